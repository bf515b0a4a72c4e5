"""How many tickets are open on each screen, as the tills see it: counts what is under way too. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from heard.order import Order
from heard.ticket import tickets


class OpenTickets:
    """Fed with every hold and with every document of the tills' views."""

    def __init__(self, stations: Iterable[str]) -> None:
        self._at: dict[str, set[str]] = {station: set() for station in stations}
        self._under_way: set[str] = set()

    def held(self, order_id: str) -> None:
        """Accepted at a till; until its document comes it may be a ticket at every station."""
        self._under_way.add(order_id)

    def put(self, order: Order) -> None:
        """The order as the hub has it."""
        self._under_way.discard(order.order_id)
        stations = {at.station for line in order.lines for at in line.stations}
        for station in stations | self._at.keys():
            here = self._at.setdefault(station, set())
            if station in stations and tickets(order, station):
                here.add(order.order_id)
            else:
                here.discard(order.order_id)

    def gone(self, order_id: str) -> None:
        """It left the till's view."""
        self._under_way.discard(order_id)
        for here in self._at.values():
            here.discard(order_id)

    @property
    def most(self) -> int:
        """Open tickets on the fullest screen, with all that is under way."""
        return len(self._under_way) + max((len(here) for here in self._at.values()), default=0)

    @property
    def under_way(self) -> int:
        return len(self._under_way)

    @property
    def none(self) -> bool:
        """No ticket is open or under way."""
        return self.most == 0
