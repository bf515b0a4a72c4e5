"""Whether every all-day that a screen drew was right: each against the sum over the hub's orders at the picture's revision. Pure.

The sums are made here anew, from the states of lines alone, so that a mistake in what hub and screens share is found too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from heard.order import Line, LineState, ModifierKind, Order, OrderState
from heard.play.compare import Verdict
from heard.play.screen_ledger import DrawnSums
from heard.sums_name import SumKey, sums_name

TO_MAKE = frozenset({LineState.QUEUED, LineState.STARTED})
OVER = frozenset({OrderState.PICKED_UP, OrderState.MERGED})


class AllDayProof:
    """Feed `change` with the log in its order, then `end`."""

    def __init__(self, drawn: Mapping[str, Sequence[DrawnSums]], verdict: Verdict) -> None:
        self._verdict = verdict
        self._stations = {
            station: _Station(sorted(pictures, key=lambda one: one.rev))
            for station, pictures in drawn.items()
        }
        self.checked = 0
        """Pictures that were held against the hub's orders."""
        self.wrong = 0

    def change(self, rev: int, order: Order) -> None:
        """The order as it stands from `rev` on."""
        for name, station in self._stations.items():
            self._check(name, station, station.before(rev))
            station.put(name, order)

    def end(self) -> None:
        """Nothing more comes."""
        for name, station in self._stations.items():
            self._check(name, station, station.before(None))

    def _check(self, name: str, station: _Station, pictures: Iterable[DrawnSums]) -> None:
        for one in pictures:
            self.checked += 1
            if one.rail != one.tickets:
                self._say(name, one, "is not the sum of its own tickets")
            elif one.orders != station.name:
                self._say(name, one, f"is {station.to_make_milli / 1000:g} in the hub's orders")

    def _say(self, name: str, one: DrawnSums, why: str) -> None:
        self.wrong += 1
        self._verdict.say(
            f"all-day: {name} counted {one.to_make_milli / 1000:g} to make at revision {one.rev}, which {why}"
        )


class _Station:
    """The sums of one station as the log goes on, and what its screen drew."""

    def __init__(self, pictures: Sequence[DrawnSums]) -> None:
        self._pictures = pictures
        self._next = 0
        self._of_order: dict[str, dict[SumKey, int]] = {}
        self._sums: dict[SumKey, int] = {}
        self._name: str | None = None

    def before(self, rev: int | None) -> Iterable[DrawnSums]:
        """The pictures up to that revision, each once; None: all that are left."""
        start = self._next
        while self._next < len(self._pictures) and (rev is None or self._pictures[self._next].rev < rev):
            self._next += 1
        return self._pictures[start : self._next]

    def put(self, station: str, order: Order) -> None:
        found: dict[SumKey, int] = {}
        for line in order.lines if order.state not in OVER else ():
            for at in line.stations:
                if at.station == station and at.state in TO_MAKE:
                    left = max(0, line.quantity_milli - at.made_milli)
                    found[_key(line)] = found.get(_key(line), 0) + left
        before = self._of_order.pop(order.order_id, {})
        if found:
            self._of_order[order.order_id] = found
        if found == before:
            return
        self._name = None
        for sums, sign in ((before, -1), (found, 1)):
            for key, milli in sums.items():
                self._sums[key] = self._sums.get(key, 0) + sign * milli
                if not self._sums[key]:
                    del self._sums[key]

    @property
    def name(self) -> str:
        if self._name is None:
            self._name = sums_name(self._sums)
        return self._name

    @property
    def to_make_milli(self) -> int:
        return sum(self._sums.values())


def _key(line: Line) -> SumKey:
    changing = [
        (one.modifier_id, one.quantity_milli)
        for one in line.modifiers
        if not one.cosmetic and one.kind is not ModifierKind.ALLERGY
    ]
    return (line.item_id or min(line.name.values(), default=""), tuple(sorted(changing)))
