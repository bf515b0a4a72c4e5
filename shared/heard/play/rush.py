"""A lunch rush of our own making: orders with modifiers, allergies, notes and courses, and what guests do to them later.

Pure: all chance comes from the `random.Random` that is handed in, so a seed gives the same rush again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar

from heard.command import AddLines, ChangeLine, Hold, Rush, Verb, VoidLines, VoidOrder
from heard.order import Allergen, Line, Note, Order, OrderType
from heard.play.menu import Dish, Menu
from heard.play.script import Act, MintId, Script, totals

ORDERS_PER_S = 0.36
"""Two cooks just keep up with this and what a demo adds; about 18 orders in its minute."""
QUIET_END_S = 12.0
"""No order is held in the last seconds, so that the cooks finish and the summary is complete."""
QUIET_SHARE_MAX = 0.3
"""… but never more than this share of a short demo."""
T = TypeVar("T")

_LINES = ((1, 18), (2, 32), (3, 26), (4, 13), (5, 6), (6, 3), (8, 2))
_QUANTITIES = ((1, 76), (2, 17), (3, 5), (4, 2))
_TYPES = (
    (OrderType.TAKEAWAY, 38),
    (OrderType.DINE_IN, 34),
    (OrderType.DELIVERY, 20),
    (OrderType.CAR, 8),
)
_GUESTS = ("Noura", "Fahad", "Abdullah", "سارة", "محمد", "ريم", "Omar", "Layan")
_AGGREGATORS = ("HS", "JZ", "TK")

MODIFIED_SHARE = 0.34
NOTE_SHARE = 0.08
ALLERGY_SHARE = 0.09


@dataclass(frozen=True, slots=True)
class Later:
    """What may happen to an order afterwards: `share` of all orders, `after_s` seconds from … to."""

    what: str
    share: float
    after_s: tuple[float, float]


LATER = (
    Later("add", 0.12, (2.0, 9.0)),
    Later("quantity", 0.08, (1.0, 5.0)),
    Later("modifiers", 0.06, (1.0, 5.0)),
    Later("note", 0.05, (1.0, 4.0)),
    Later("void line", 0.09, (1.0, 6.0)),
    Later("void order", 0.04, (0.5, 6.0)),
    Later("rush", 0.06, (0.5, 4.0)),
    Later("allergy", 0.03, (1.0, 4.0)),
)


def lunch_rush(menu: Menu, random: Random, seconds: float, mint: MintId, start_number: int = 1) -> Script:
    """About 0.42 orders a second for `seconds`, thickest in the middle, with everything that happens to them later."""
    last_s = seconds - min(QUIET_END_S, seconds * QUIET_SHARE_MAX)
    count = max(2, round(last_s * ORDERS_PER_S))
    # The mean of two even draws: a rush swells and ebbs.
    times = sorted((random.random() + random.random()) / 2 * last_s for _ in range(count - 1))
    acts: list[Act] = []
    for number, at_s in enumerate([0.0, *times], start=start_number):
        order = an_order(menu, random, mint(), number)
        acts.append(Act(at_s, order.order_id, Hold(order)))
        acts += _later(menu, random, order, at_s, last_s)
    return Script(tuple(sorted(acts, key=lambda act: act.at_s)))


def an_order(menu: Menu, random: Random, order_id: str, number: int) -> Order:
    """One order of the rush."""
    return _Maker(menu, random).order(order_id, number)


class _Maker:
    """Makes one order."""

    def __init__(self, menu: Menu, random: Random) -> None:
        self._menu = menu
        self._random = random

    def order(self, order_id: str, number: int) -> Order:
        random = self._random
        kind = _pick(random, _TYPES)
        dine_in = kind is OrderType.DINE_IN
        covers = random.randint(1, 5) if dine_in else 0
        dishes = self.dishes(_pick(random, _LINES))
        lines = tuple(
            self.line(f"{order_id}.{place}", dish, covers) for place, dish in enumerate(dishes, start=1)
        )
        delivery = kind is OrderType.DELIVERY
        return Order(
            order_id=order_id,
            type=kind,
            table=str(random.randint(1, 24)) if dine_in else "",
            covers=covers,
            guest=random.choice(_GUESTS) if kind in (OrderType.TAKEAWAY, OrderType.CAR) else "",
            aggregator_code=f"{random.choice(_AGGREGATORS)}-{number:04d}" if delivery else "",
            server=random.choice(("Huda", "Sami", "Yousef")) if dine_in else "",
            lines=lines,
            allergens=self.allergens(lines),
            totals=totals(lines, self._menu.currency),
            paid=not dine_in,
        )

    def dishes(self, count: int) -> list[Dish]:
        """Dishes by weight, each at most once, in the order of their courses."""
        pool = list(self._menu.dishes)
        chosen: list[Dish] = []
        while pool and len(chosen) < count:
            dish = self._random.choices(pool, [one.weight for one in pool])[0]
            pool.remove(dish)
            chosen.append(dish)
        return sorted(chosen, key=lambda dish: dish.course)

    def line(self, line_id: str, dish: Dish, covers: int = 0) -> Line:
        random = self._random
        quantity = _pick(random, _QUANTITIES)
        wanted = dish.modifiers if random.random() < MODIFIED_SHARE else ()
        chosen = random.sample(wanted, min(len(wanted), random.randint(1, 2)))
        modifiers = tuple(self._menu.modifiers[name] for name in chosen)
        notes: tuple[Note, ...] = ()
        if self._menu.notes and random.random() < NOTE_SHARE:
            notes = (Note(random.choice(self._menu.notes)),)
        price = dish.price_minor + sum(one.price_minor for one in modifiers)
        return Line(
            line_id=line_id,
            item_id=dish.item_id,
            name=dish.name,
            quantity_milli=quantity * 1000,
            modifiers=modifiers,
            notes=notes,
            seat=str(random.randint(1, covers)) if covers > 1 and random.random() < 0.4 else "",
            course=dish.course if covers else 0,
            category=dish.category,
            unit_price_minor=price,
            total_minor=price * quantity,
        )

    def allergens(self, lines: Iterable[Line]) -> tuple[Allergen, ...]:
        random = self._random
        if not self._menu.allergens or random.random() >= ALLERGY_SHARE:
            return ()
        found = random.choice(self._menu.allergens)
        if random.random() < 0.5:
            return (found,)
        return (replace(found, line_id=random.choice([line.line_id for line in lines])),)


def _later(menu: Menu, random: Random, order: Order, at_s: float, last_s: float) -> list[Act]:
    acts = []
    for kind in LATER:
        if random.random() >= kind.share:
            continue
        when = at_s + random.uniform(*kind.after_s)
        verb = _change(menu, random, order, kind.what)
        if verb is not None and when < last_s:
            acts.append(Act(when, order.order_id, verb))
    return acts


def _change(menu: Menu, random: Random, order: Order, what: str) -> Verb | None:
    maker = _Maker(menu, random)
    line = random.choice(order.lines)
    match what:
        case "add":
            dish = maker.dishes(1)[0]
            return AddLines((maker.line(f"{order.order_id}.a1", dish, order.covers),))
        case "quantity":
            return ChangeLine(line.line_id, quantity_milli=line.quantity_milli + 1000)
        case "modifiers":
            other = [menu.modifiers[random.choice(list(menu.modifiers))]]
            return ChangeLine(line.line_id, modifiers=tuple(other))
        case "note":
            return ChangeLine(line.line_id, notes=(Note(random.choice(menu.notes)),)) if menu.notes else None
        case "void line":
            return VoidLines((line.line_id,), "guest changed their mind") if len(order.lines) > 1 else None
        case "void order":
            return VoidOrder("guest left")
        case "rush":
            return Rush()
        case "allergy":
            return AddLines(allergens=(random.choice(menu.allergens),)) if menu.allergens else None
        case _:
            raise AssertionError(what)


def _pick(random: Random, weighted: tuple[tuple[T, int], ...]) -> T:
    return random.choices([value for value, _ in weighted], [weight for _, weight in weighted])[0]
