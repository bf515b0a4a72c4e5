"""What a station has to make: its tickets from the documents, in the order of work, with their counts and all-day sums.

Every change costs what the changed order costs, not what all open ones cost; only the order of work is sorted anew.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from types import MappingProxyType
from typing import TypeAlias

from display.core.aging import late_at_ms, ticked
from display.core.allday import AllDay, AllDayKey, sums
from display.core.echo import echoed
from heard.command import Verb
from heard.order import Order
from heard.stream import Document, StationProfile
from heard.ticket import Ticket, tickets, work_key

TicketKey: TypeAlias = tuple[str, int]
"""(order id, tile number): which tile of which order."""
_FIRST = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a screen makes of an order: its tickets there, and where a ticket stands in the order of work."""

    tickets: Callable[[Order], tuple[Ticket, ...]]
    order: Callable[[Ticket], tuple[int | str, ...]] = work_key
    ages: Callable[[Ticket], bool] = lambda ticket: (
        not ticket.waiting_only and not ticket.cancelled and any(line.open for line in ticket.lines)
    )
    """Whether its age counts for Oldest and Late."""
    stages: bool = False
    """Many scheduled orders for one minute are drawn as one row."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The top bar: age of the oldest ticket that may be made, and how many are late."""

    oldest_s: int | None
    late: int


class Board:
    """The tickets of one station; `sight` is another way to look at the orders than a station's."""

    def __init__(self, station: str, sight: Sight | None = None) -> None:
        self.station = station
        self.sight = sight or Sight(lambda order: tickets(order, station))
        self._orders: dict[str, Order] = {}
        self._echoes: dict[str, tuple[Verb, ...]] = {}
        self._tickets: dict[TicketKey, Ticket] = {}
        self._of_order: dict[str, tuple[TicketKey, ...]] = {}
        self._all_day_of: dict[str, AllDay] = {}
        self.all_day: Mapping[AllDayKey, int] = MappingProxyType({})
        """What is to be made now, in thousandths, by item and the modifiers that change the food; another one for each change."""
        self._held_milli = 0
        self._aging: dict[TicketKey, Ticket] = {}
        self._ages_from: list[int] = []  # of these, sorted
        self._late_at: list[tuple[int, TicketKey]] = []  # from when on they are late, sorted; by `_late_by`
        self._late_at_ms: dict[TicketKey, int] = {}
        self._late_by: StationProfile | None = None
        self._work_keys: dict[TicketKey, tuple[int | str, ...]] = {}
        self._sorted: list[tuple[tuple[int | str, ...], TicketKey, Ticket]] = []
        self._before: dict[TicketKey, Ticket | None] = {}
        self._in_order: tuple[Ticket, ...] | None = ()
        self._changed: dict[TicketKey, Ticket] = {}
        self.tickets: Mapping[TicketKey, Ticket] = MappingProxyType(self._tickets)
        self.changed: Mapping[TicketKey, Ticket] = MappingProxyType(self._changed)
        """Those of which something changed or came after sending."""
        self.orders: Mapping[str, Order] = MappingProxyType(self._orders)

    def apply(
        self, puts: Iterable[Document], removes: Iterable[str] = (), *, reset: bool = False
    ) -> Mapping[TicketKey, Ticket | None]:
        """Take in a batch; after a reset `puts` is the whole picture. The tickets that it touched, as they were before."""
        orders = [document for document in puts if isinstance(document, Order)]
        if reset:
            kept = {order.order_id for order in orders}
            removes = [order_id for order_id in self._orders if order_id not in kept]
        for order_id in removes:
            self._orders.pop(order_id, None)
            self._project(order_id)
        for order in orders:
            self._orders[order.order_id] = order
            self._project(order.order_id)
        return self._touched()

    def echo(self, verbs: Mapping[str, tuple[Verb, ...]]) -> Mapping[TicketKey, Ticket | None]:
        """The commands that the stream does not show yet, by order id; they replace those of the last call.

        The tickets that it touched, as they were before.
        """
        before, self._echoes = self._echoes, dict(verbs)
        for order_id in before.keys() | self._echoes.keys():
            if before.get(order_id, ()) != self._echoes.get(order_id, ()):
                self._project(order_id)
        return self._touched()

    def _touched(self) -> Mapping[TicketKey, Ticket | None]:
        before, self._before = self._before, {}
        return before

    def in_order(self) -> tuple[Ticket, ...]:
        """All tickets in the order of work."""
        if self._in_order is None:
            self._in_order = tuple([ticket for _, _, ticket in self._sorted])
        return self._in_order

    def late(self, now_ms: int, profile: StationProfile) -> list[TicketKey]:
        """The tickets that are late, not to be changed. Looked through again when one changed or becomes so."""
        if profile is not self._late_by:
            self._late_by = profile
            self._late_at_ms.clear()
            self._late_at.clear()
            for key, ticket in self._aging.items():
                self._will_be_late(key, ticket)
        end = bisect_right(self._late_at, ticked(now_ms), key=_FIRST)
        return [key for _, key in self._late_at[:end]]

    def _will_be_late(self, key: TicketKey, ticket: Ticket) -> None:
        if self._late_by is not None:
            limits = self._late_by.age_limits(ticket.order.type.name, ticket.order.type_name)
            at_ms = self._late_at_ms[key] = late_at_ms(ticket.age_from_ms, limits, ticket.due_ms)
            insort(self._late_at, (at_ms, key))

    def counts(self, now_ms: int, profile: StationProfile) -> Counts:
        """Of the tickets that may be made now; held back and cancelled ones have no age."""
        oldest = max(0, (ticked(now_ms) - self._ages_from[0]) // 1000) if self._ages_from else None
        return Counts(oldest, len(self.late(now_ms, profile)))

    def all_day_items(self) -> tuple[str, ...]:
        """Item ids, the most to make first, as the rail and the full view list them."""
        by: dict[str, int] = {}
        for key, milli in self.all_day.items():
            by[key.item_id] = by.get(key.item_id, 0) + milli
        return tuple(sorted(by, key=lambda item_id: (-by[item_id], item_id)))

    @property
    def held_milli(self) -> int:
        """What waits for its course."""
        return self._held_milli

    def _project(self, order_id: str) -> None:
        order = self._orders.get(order_id)
        if order is not None and order_id in self._echoes:
            order = echoed(order, self._echoes[order_id])
        found = self.sight.tickets(order) if order is not None else ()
        for key in self._of_order.pop(order_id, ()):
            self._before.setdefault(key, self._tickets.pop(key))
            del self._sorted[bisect_left(self._sorted, (self._work_keys.pop(key), key))]
            if (aged := self._aging.pop(key, None)) is not None:
                del self._ages_from[bisect_left(self._ages_from, aged.age_from_ms)]
            if (at_ms := self._late_at_ms.pop(key, None)) is not None:
                del self._late_at[bisect_left(self._late_at, (at_ms, key))]
            self._changed.pop(key, None)
        for ticket in found:
            key = ticket.key
            self._before.setdefault(key, None)
            self._tickets[key] = ticket
            place = self._work_keys[key] = self.sight.order(ticket)
            insort(self._sorted, (place, key, ticket))
            if self.sight.ages(ticket):
                self._aging[key] = ticket
                insort(self._ages_from, ticket.age_from_ms)
                self._will_be_late(key, ticket)
            if any(line.unseen or line.added for line in ticket.lines):
                self._changed[key] = ticket
        if found:
            self._of_order[order_id] = tuple(ticket.key for ticket in found)
        self._count(order_id, found)
        self._in_order = None

    def _count(self, order_id: str, found: tuple[Ticket, ...]) -> None:
        before = self._all_day_of.pop(order_id, None)
        after = sums(found)
        all_day = self.all_day.copy()  # type: ignore[attr-defined]  # a mappingproxy has it
        if before is not None:
            self._held_milli -= before.held_milli
            for key, milli in before.to_make_milli.items():
                all_day[key] -= milli
                if not all_day[key]:
                    del all_day[key]
        if found:
            self._all_day_of[order_id] = after
            self._held_milli += after.held_milli
            for key, milli in after.to_make_milli.items():
                all_day[key] = all_day.get(key, 0) + milli
        self.all_day = MappingProxyType(all_day)
