"""Which stations make a line. Rules stand in order and the first that matches decides; it may name several stations.

What a rule names are stations or groups of equal ones; the floor says which of them cook now. A line that no rule matches is shown on every prep screen as nobody's line: a wrong rule makes noise, never silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from heard.order import Line, Order
from hub.core.floor import Floor

_FIELDS = ("item", "category", "order type", "area", "terminal")


@dataclass(frozen=True, slots=True)
class Rule:
    """Matches when every condition that is given holds; one condition holds when any of its words does, in any case.

    Order types are words: "DINE_IN", or the type name that a till sends for a type of its own. `then` are stations that make
    the line after `stations`, one after another.
    """

    stations: tuple[str, ...]
    items: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    order_types: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    terminals: tuple[str, ...] = ()
    then: tuple[str, ...] = ()

    def conditions(self) -> tuple[tuple[int, frozenset[str]], ...]:
        """(which of item, category, order type, area, terminal; the words) for each condition that is given."""
        given = (self.items, self.categories, self.order_types, self.areas, self.terminals)
        return tuple(
            (index, frozenset(word.strip().casefold() for word in words))
            for index, words in enumerate(given)
            if words
        )


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a line goes and why. No stations: no kitchen makes it.

    `nobodys`: it is shown on every prep screen, as no rule matched (`ruled` False) or nobody does a closed station's work.
    """

    stations: tuple[str, ...]
    nobodys: bool
    why: str
    then: tuple[str, ...] = ()
    ruled: bool = True


@dataclass(frozen=True, slots=True)
class Tried:
    """One rule against one line: `missed` is the first condition that does not hold, "" where the rule matches."""

    number: int
    says: str
    missed: str


@dataclass(frozen=True, slots=True)
class _Compiled:
    conditions: tuple[tuple[int, frozenset[str]], ...]
    routed: Routed


@dataclass(frozen=True, slots=True)
class RoutingPlan:
    """The site's rules. `prep_stations` get what no rule matches; there must be one (ValueError)."""

    rules: tuple[Rule, ...]
    prep_stations: tuple[str, ...]
    floor: Floor = field(default_factory=lambda: Floor(()))
    _compiled: tuple[_Compiled, ...] = field(init=False, repr=False, compare=False)
    _nobodys: Routed = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.prep_stations:
            raise ValueError("a routing plan needs at least one prep station")
        if not self.floor.prep:
            object.__setattr__(self, "floor", Floor(self.prep_stations))
        compiled = []
        for number, rule in enumerate(self.rules, start=1):
            stations = tuple(dict.fromkeys(rule.stations))
            if not stations:
                raise ValueError(f"routing rule {number} names no station")
            compiled.append(
                _Compiled(rule.conditions(), Routed(stations, False, _why(number, rule), rule.then))
            )
        object.__setattr__(self, "_compiled", tuple(compiled))
        nobodys = "no rule matches: nobody's line, shown on every prep screen"
        everybody = tuple(dict.fromkeys(self.floor.open))
        object.__setattr__(self, "_nobodys", Routed(everybody, True, nobodys, ruled=False))

    def route(self, order: Order, line: Line) -> Routed:
        """Where `line` of `order` goes by its own item and category; combos and sides: see `assigned`."""
        return self._match(order, line, _order_words(order))

    def _match(self, order: Order, line: Line, of_order: tuple[tuple[str, ...], ...]) -> Routed:
        if line.no_kitchen:
            return NO_KITCHEN
        words = ((line.item_id.casefold(),), (line.category.casefold(),), *of_order)
        for one in self._compiled:
            for index, wanted in one.conditions:
                if not wanted.isdisjoint(words[index]):
                    continue
                break
            else:
                return one.routed if self.floor.plain else self._settled(one.routed, order)
        return self._nobodys

    def _settled(self, routed: Routed, order: Order) -> Routed:
        settled = self.floor.settle(routed.stations, order)
        if settled.stations is routed.stations:
            return routed
        why = f"{routed.why} ({settled.why})" if settled.why else routed.why
        return Routed(settled.stations, settled.nobodys, why, routed.then)

    def tried(self, order: Order, line: Line) -> list[Tried]:
        """Every rule that was looked at for `line`, in order, to the one that matches."""
        found = []
        words = _words(order, line)
        for number, rule in enumerate(self.rules, start=1):
            missed = ""
            for index, wanted in rule.conditions():
                if wanted.isdisjoint(words[index]):
                    has = " or ".join(word for word in words[index] if word)
                    missed = f"{_FIELDS[index]} is {has or 'empty'}, not {' or '.join(sorted(wanted))}"
                    break
            found.append(Tried(number, says(rule), missed))
            if not missed:
                break
        return found

    def assigned(self, order: Order, lines: Iterable[Line], known: Iterable[Line] = ()) -> dict[str, Routed]:
        """Where each of `lines` goes, by line id; `known` are other lines of the order that may be their parts.

        A combo is made by nobody, its parts are; but one with modifiers or notes of its own goes where its parts go,
        so that somebody reads them.
        """
        found: dict[str, Routed] = {}
        combos = []
        of_order = _order_words(order)
        for line in lines:
            if line.combo:
                combos.append(line)
            else:
                found[line.line_id] = self._match(order, line, of_order)
        if combos:
            self._assign_combos(order, combos, [*lines, *known], found)
        return found

    def _assign_combos(
        self, order: Order, combos: list[Line], everything: list[Line], found: dict[str, Routed]
    ) -> None:
        for combo in combos:
            parts = [line for line in everything if line.part_of == combo.line_id and not line.combo]
            if not parts:
                found[combo.line_id] = self.route(order, combo)
            elif combo.notes or any(not one.routed_item_id for one in combo.modifiers):
                stations = tuple(
                    dict.fromkeys(
                        station
                        for part in parts
                        for station in (found.get(part.line_id) or self.route(order, part)).stations
                    )
                )
                found[combo.line_id] = Routed(
                    stations, False, "a combo with wishes of its own: where its parts go"
                )
            else:
                found[combo.line_id] = COMBO


NO_KITCHEN = Routed((), False, "no kitchen makes it")
COMBO = Routed((), False, "a combo: its parts are made, it is not")


def _order_words(order: Order) -> tuple[tuple[str, ...], ...]:
    types = [order.type.name.casefold()]
    if order.type_name:
        types += [name.strip().casefold() for name in order.type_name.values()]
    return (tuple(types), (order.area.strip().casefold(),), (order.terminal.strip().casefold(),))


def _words(order: Order, line: Line) -> tuple[tuple[str, ...], ...]:
    return ((line.item_id.casefold(),), (line.category.casefold(),), *_order_words(order))


def _why(number: int, rule: Rule) -> str:
    return f"rule {number}: {says(rule)}"


def says(rule: Rule) -> str:
    """ "category fried, area hall -> fry, then cut"."""
    given = (rule.items, rule.categories, rule.order_types, rule.areas, rule.terminals)
    said = [f"{name} {' or '.join(words)}" for name, words in zip(_FIELDS, given, strict=True) if words]
    steps = [", ".join(dict.fromkeys(rule.stations)), *rule.then]
    return f"{', '.join(said) or 'everything'} -> {', then '.join(steps)}"


def nobodys_lines(order: Order) -> int:
    """How many lines of the order no rule matched, for the counter that a manager watches."""
    return sum(line.nobodys for line in order.lines)
