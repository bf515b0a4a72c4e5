"""Which stations make a line. Rules stand in order and the first that matches decides; it may name several stations.

A line that no rule matches is shown on every prep screen as nobody's line: a wrong rule makes noise, never silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from heard.order import Line, Order

_FIELDS = ("item", "category", "order type", "area", "terminal")


@dataclass(frozen=True, slots=True)
class Rule:
    """Matches when every condition that is given holds; one condition holds when any of its words does, in any case.

    Order types are words: "DINE_IN", or the type name that a till sends for a type of its own.
    """

    stations: tuple[str, ...]
    items: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    order_types: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    terminals: tuple[str, ...] = ()

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
    """Where a line goes and why. No stations: no kitchen makes it. `nobodys`: no rule matched."""

    stations: tuple[str, ...]
    nobodys: bool
    why: str


@dataclass(frozen=True, slots=True)
class _Compiled:
    conditions: tuple[tuple[int, frozenset[str]], ...]
    routed: Routed


@dataclass(frozen=True, slots=True)
class RoutingPlan:
    """The site's rules. `prep_stations` get what no rule matches; there must be one (ValueError)."""

    rules: tuple[Rule, ...]
    prep_stations: tuple[str, ...]
    _compiled: tuple[_Compiled, ...] = field(init=False, repr=False, compare=False)
    _nobodys: Routed = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.prep_stations:
            raise ValueError("a routing plan needs at least one prep station")
        compiled = []
        for number, rule in enumerate(self.rules, start=1):
            stations = tuple(dict.fromkeys(rule.stations))
            if not stations:
                raise ValueError(f"routing rule {number} names no station")
            compiled.append(_Compiled(rule.conditions(), Routed(stations, False, _why(number, rule))))
        object.__setattr__(self, "_compiled", tuple(compiled))
        nobodys = "no rule matches: nobody's line, shown on every prep screen"
        object.__setattr__(self, "_nobodys", Routed(tuple(dict.fromkeys(self.prep_stations)), True, nobodys))

    def route(self, order: Order, line: Line) -> Routed:
        """Where `line` of `order` goes by its own item and category; combos and sides: see `assigned`."""
        return self._match(line, _order_words(order))

    def _match(self, line: Line, of_order: tuple[tuple[str, ...], ...]) -> Routed:
        if line.no_kitchen:
            return NO_KITCHEN
        words = ((line.item_id.casefold(),), (line.category.casefold(),), *of_order)
        for one in self._compiled:
            for index, wanted in one.conditions:
                if not wanted.isdisjoint(words[index]):
                    continue
                break
            else:
                return one.routed
        return self._nobodys

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
                found[line.line_id] = self._match(line, of_order)
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
    return (tuple(types), (order.area.casefold(),), (order.terminal.casefold(),))


def _why(number: int, rule: Rule) -> str:
    given = (rule.items, rule.categories, rule.order_types, rule.areas, rule.terminals)
    said = [f"{name} {' or '.join(words)}" for name, words in zip(_FIELDS, given, strict=True) if words]
    return f"rule {number}: {', '.join(said) or 'everything'} -> {', '.join(dict.fromkeys(rule.stations))}"


def nobodys_lines(order: Order) -> int:
    """How many lines of the order no rule matched, for the counter that a manager watches."""
    return sum(line.nobodys for line in order.lines)
