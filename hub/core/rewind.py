"""What stood on a screen at a moment of the past, from a day's recorded changes. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from heard.order import Order
from heard.ticket import views


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded change: the order as it stood then, None where it was deleted. Times are of the hub's line, in ms."""

    rev: int
    at_ms: int
    order_id: str
    order: Order | None


@dataclass(slots=True)
class Moment:
    """All orders as they stood at `until_wall_ms` (`at_ms` on the hub's line); `rev` and `wall_ms` are of the last change before."""

    rev: int = 0
    at_ms: int = 0
    wall_ms: int = 0
    until_wall_ms: int = 0
    orders: dict[str, Order] = field(default_factory=dict)

    def seen_by(self, view: str) -> list[Order]:
        """The orders that the view ("prep:grill", "expo") held, oldest first."""
        found = [order for order in self.orders.values() if view in views(order)]
        return sorted(found, key=lambda order: (order.held_at_ms, order.order_id))


def wall_of(business_date: str, clock: time, zone: tzinfo, cut_off_hour: int) -> int:
    """The moment, unix ms, at which a clock on the wall of that business day showed `clock`; 01:30 belongs to the night after."""
    day = date.fromisoformat(business_date) + timedelta(days=clock.hour < cut_off_hour)
    return round(datetime.combine(day, clock, zone).astimezone(UTC).timestamp() * 1000)


def wall_clock(wall_ms: int, zone: tzinfo) -> str:
    """ "19:42" at the site."""
    return datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(zone).strftime("%H:%M")


def rewind(changes: Iterable[Recorded], until_wall_ms: int) -> Moment:
    """Applies the changes up to that moment of the wall clock.

    The hub's time line orders them; its distance to the wall clock is taken from the newest order that was held, so a clock
    that was set during the day moves nothing that came before.
    """
    found = Moment(until_wall_ms=until_wall_ms)
    offset_ms: int | None = None
    for change in changes:
        order = change.order
        if order is not None and order.held_wall_ms and (offset_ms is None or order.version == 1):
            offset_ms = order.held_wall_ms - order.held_at_ms
        wall_ms = change.at_ms + (offset_ms or 0)
        if wall_ms > until_wall_ms:
            break
        if change.rev:
            found.rev, found.wall_ms = change.rev, wall_ms
        if order is None:
            found.orders.pop(change.order_id, None)
        else:
            found.orders[change.order_id] = order
    found.at_ms = until_wall_ms - (offset_ms or 0)
    return found
