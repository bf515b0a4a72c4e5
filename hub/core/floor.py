"""The stations as they stand now: which cook, which are equal, which are closed and who does their work. Pure.

A rule names stations or groups; what of them gets a line is settled here, once, and stored on the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType

from heard.order import Order

SPREAD_BYTES = 4
NO_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType({})
NO_CLOSED: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Settled:
    """Where wanted stations really are. `nobodys`: a closed one had nobody to do its work; `why` is for people."""

    stations: tuple[str, ...]
    nobodys: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Floor:
    """`prep` are the stations that cook, `groups` word -> equal stations, `closed` station -> who does its work ("": all).

    A station that is not in `prep` is as a closed one: work that stands there is shown elsewhere.
    """

    prep: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NO_GROUPS)
    closed: Mapping[str, str] = field(default_factory=lambda: NO_CLOSED)
    papers: frozenset[str] = frozenset()
    """Printers: what a rule sends there stands there, and nobody else's work ever does."""
    open: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The prep stations that cook now; all of them where everything is closed, so that no order is hidden."""

    _cooking: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        cooking = tuple(one for one in self.prep if one not in self.closed) or self.prep
        object.__setattr__(self, "open", cooking)
        object.__setattr__(self, "_cooking", self.papers.union(cooking))

    @property
    def plain(self) -> bool:
        """Nothing to settle: every station is itself."""
        return not self.groups and not self.closed

    def cooks(self, station: str) -> bool:
        """True where work may stand at this station."""
        return station in self._cooking

    def settle(self, wanted: tuple[str, ...], order: Order) -> Settled:
        """The stations that get a line of `order` which `wanted` (stations or groups) make. Never empty."""
        if self._cooking.issuperset(wanted):
            return Settled(wanted)  # nearly every line, whatever is closed
        found: dict[str, None] = {}
        nobodys = False
        reasons: list[str] = []
        for name in wanted:
            members = self.groups.get(name)
            if members is not None:
                chosen, lost, why = self._share(name, members, order)
            elif self.cooks(name):
                chosen, lost, why = (name,), False, ""
            else:
                chosen, lost, why = self._stand_in(name, order)
            found.update(dict.fromkeys(chosen))
            nobodys = nobodys or lost
            if why:
                reasons.append(why)
        return Settled(tuple(found), nobodys, "; ".join(reasons))

    def _share(self, group: str, members: tuple[str, ...], order: Order) -> tuple[tuple[str, ...], bool, str]:
        cooking = [one for one in members if self.cooks(one)]
        if not cooking:
            return self._stand_in(members[0], order)
        chosen = next((one for one in cooking if order.at(one) is not None), None)
        if chosen is not None:
            return (chosen,), False, f"{chosen} has this order's other lines of {group}"
        chosen = cooking[spread(order) % len(cooking)]
        return (chosen,), False, f"{chosen}'s turn of {group}"

    def _stand_in(self, station: str, order: Order) -> tuple[tuple[str, ...], bool, str]:
        """Who does the work of a station that does not cook: whom it was closed to, its equals, else everybody."""
        seen = {station}
        to = self.closed.get(station, "")
        while to and not self.cooks(to) and to not in seen:
            seen.add(to)
            to = self.closed.get(to, "")
        if to and self.cooks(to):
            return (to,), False, f"{station} is closed: goes to {to}"
        for members in self.groups.values():
            cooking = [one for one in members if self.cooks(one)]
            if station in members and cooking:
                held = next((one for one in cooking if order.at(one) is not None), None)
                chosen = held or cooking[spread(order) % len(cooking)]
                return (chosen,), False, f"{station} is closed: goes to its equal {chosen}"
        word = "closed" if station in self.closed or station in self.prep else "no station any more"
        return self.open, True, f"{station} is {word} and nobody has its work: shown on every prep screen"


def spread(order: Order) -> int:
    """A number that shares orders out evenly and is the same whenever it is asked.

    Call numbers follow one another, so equal stations take turns also inside one burst and after a restart, and no counter
    is written with every hold.
    """
    digits = "".join(sign for sign in order.call_number if sign.isascii() and sign.isdigit())
    if digits:
        return int(digits)
    return int.from_bytes(blake2b(order.order_id.encode(), digest_size=SPREAD_BYTES).digest(), "big")
