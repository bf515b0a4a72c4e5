"""The business date: stored state, owned by the hub, stamped at creation and never recomputed.

It rolls past the cut-off hour, at the first half hour without a new order and with no open ticket, at the latest 4 h later;
never backwards, never twice in 8 h.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from heard.business_date import date_of
from heard.order import Order
from heard.ticket import line_is_open
from hub.core.decision import DAY_KEY, BusinessDay, Decision, Docs
from hub.core.site import Site

HOUR_MS = 3_600_000
QUIET_MS = HOUR_MS // 2
"""So long without a new order, and the night's service is over."""
LATEST_H = 4
"""After the cut-off; a kitchen that never closes gets its new day then."""
TWICE_MS = 8 * HOUR_MS
"""Between two rolls: a clock that jumps cannot make two days of one."""


def first_day(now_ms: int, site: Site) -> BusinessDay:
    """The day of a store that has none."""
    wall_ms = now_ms + site.wall_offset_ms
    return BusinessDay(1, date_of(wall_ms, site.zone, site.cut_off_hour), now_ms, wall_ms)


def roll_due(
    day: BusinessDay,
    wall_now_ms: int,
    zone: tzinfo,
    cut_off_hour: float,
    last_order_at_ms: int | None,
    any_open: bool,
    now_ms: int,
) -> str | None:
    """The date to roll to, None while the day goes on. `any_open`: some station has an open ticket."""
    calendar = date_of(wall_now_ms, zone, cut_off_hour)
    if calendar <= day.date:
        return None
    if day.version > 1 and now_ms - day.opened_at_ms < TWICE_MS:
        return None
    quiet = last_order_at_ms is None or now_ms - last_order_at_ms >= QUIET_MS
    if quiet and not any_open:
        return calendar
    return calendar if date_of(wall_now_ms, zone, cut_off_hour + LATEST_H) > day.date else None


def has_open_ticket(orders: Iterable[Order]) -> bool:
    """True where any station still has something to make or to acknowledge."""
    return any(line_is_open(at) for order in orders for line in order.lines for at in line.stations)


def decide_roll(docs: Docs, date: str, now_ms: int, site: Site) -> Decision:
    """Writes the new day; a day that stands at `date` or after stays as it is. Reads DAY_KEY."""
    day = docs.get(DAY_KEY)
    if not isinstance(day, BusinessDay):
        return Decision(None, {DAY_KEY: None}, {DAY_KEY: first_day(now_ms, site)})
    if day.date >= date:
        return Decision(None, {DAY_KEY: day.version})
    made = BusinessDay(day.version + 1, date, now_ms, now_ms + site.wall_offset_ms)
    return Decision(None, {DAY_KEY: day.version}, {DAY_KEY: made})
