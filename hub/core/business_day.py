"""The business date: stored state, owned by the hub, stamped at creation and never recomputed.

It rolls by a manager's close, or past the cut-off hour at the first half hour without a new order and with no open ticket, at
the latest 4 h later; never backwards, never twice in 8 h, never while the clock is suspect (the wiring does not ask then).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date as calendar_date
from datetime import timedelta, tzinfo

from heard.business_date import date_of
from heard.errors import UserError
from heard.order import Order
from heard.ticket import line_is_open
from hub.core.decision import DAY_KEY, BusinessDay, ClosedDay, Decision, Docs
from hub.core.papers import Paper
from hub.core.site import Site

HOUR_MS = 3_600_000
QUIET_MS = HOUR_MS // 2
"""So long without a new order, and the night's service is over."""
LATEST_H = 4
"""After the cut-off; a kitchen that never closes gets its new day then."""
TWICE_MS = 8 * HOUR_MS
"""Between two rolls: a clock that jumps, or a close by mistake, cannot make two days of one."""
AHEAD_DAYS_MAX = 1
"""A close late in the evening opens tomorrow; the date never runs further ahead of the calendar."""
UNREPORTED_MAX = 8
"""Closed days whose report is not made yet; a hub makes one within seconds."""
CUT_OFF = "cut-off"
CLOSED_BY_HAND = "closed"


def first_day(now_ms: int, site: Site) -> BusinessDay:
    """The day of a store that has none."""
    wall_ms = now_ms + site.wall_offset_ms
    return BusinessDay(1, date_of(wall_ms, site.zone, site.cut_off_hour), now_ms, wall_ms)


def open_date(docs: Docs, now_ms: int, site: Site) -> str:
    """The open business date as `docs` have it; "" where they were not asked for."""
    if DAY_KEY not in docs:
        return ""
    day = docs[DAY_KEY]
    return (day if isinstance(day, BusinessDay) else first_day(now_ms, site)).date


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
    """True where any station still has something to make or to acknowledge; what is scheduled for later does not count."""
    return any(
        line_is_open(at)
        for order in orders
        if not order.scheduled
        for line in order.lines
        for at in line.stations
    )


def close_to(day: BusinessDay, wall_ms: int, zone: tzinfo, cut_off_hour: float, now_ms: int) -> str:
    """The date that a manager's close at this moment opens. Raises UserError where the day may not be closed now."""
    open_ms = now_ms - day.opened_at_ms
    if day.version > 1 and open_ms < TWICE_MS:
        raise UserError(
            f"the business day {day.date} was opened {_hours(open_ms)} ago, and no two days begin within 8 h",
            f"it may be closed in {_hours(TWICE_MS - open_ms)}",
            1,
        )
    following = (calendar_date.fromisoformat(day.date) + timedelta(days=1)).isoformat()
    opened = max(following, date_of(wall_ms, zone, cut_off_hour))
    today = date_of(wall_ms, zone, 0)
    if opened > (calendar_date.fromisoformat(today) + timedelta(days=AHEAD_DAYS_MAX)).isoformat():
        raise UserError(
            f"closing {day.date} would open {opened}, and today is {today}",
            "the business date is never more than a day ahead; close it tomorrow",
            1,
        )
    return opened


def decide_roll(docs: Docs, date: str, now_ms: int, site: Site, how: str = CUT_OFF, by: str = "") -> Decision:
    """Writes the new day; a day that stands at `date` or after stays as it is. Reads DAY_KEY.

    The day that ended is kept in `unreported` until its close document is stored.
    """
    day = docs.get(DAY_KEY)
    if not isinstance(day, BusinessDay):
        return Decision(None, {DAY_KEY: None}, {DAY_KEY: first_day(now_ms, site)})
    if day.date >= date:
        return Decision(None, {DAY_KEY: day.version})
    wall_ms = now_ms + site.wall_offset_ms
    ended = ClosedDay(day.date, day.opened_at_ms, day.opened_wall_ms, now_ms, wall_ms, how, by, date)
    unreported = (*day.unreported, ended)[-UNREPORTED_MAX:]
    made = BusinessDay(day.version + 1, date, now_ms, wall_ms, unreported, day.date)
    return Decision(None, {DAY_KEY: day.version}, {DAY_KEY: made})


def decide_close(docs: Docs, now_ms: int, site: Site, by: str) -> Decision:
    """A manager closes the day. Reads DAY_KEY. Raises UserError where it may not be closed now."""
    day = docs.get(DAY_KEY)
    if not isinstance(day, BusinessDay):
        raise UserError("no business day is open", "wait until the hub has started", 1)
    date = close_to(day, now_ms + site.wall_offset_ms, site.zone, site.cut_off_hour, now_ms)
    return decide_roll(docs, date, now_ms, site, CLOSED_BY_HAND, by)


def decide_reported(docs: Docs, paper: Paper, date: str) -> Decision:
    """Stores the close document of a day that ended; the same again changes nothing. Reads DAY_KEY."""
    day = docs.get(DAY_KEY)
    if not isinstance(day, BusinessDay) or not any(one.date == date for one in day.unreported):
        return Decision(None, {DAY_KEY: day.version if isinstance(day, BusinessDay) else None})
    left = tuple(one for one in day.unreported if one.date != date)
    made = replace(day, version=day.version + 1, unreported=left)
    return Decision(None, {DAY_KEY: day.version}, {DAY_KEY: made}, outbox=(paper,))


def _hours(ms: int) -> str:
    minutes = ms // 60_000
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
