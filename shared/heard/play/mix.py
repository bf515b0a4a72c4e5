"""What happens to recorded orders besides being cooked: courses, second thoughts, mistakes and other tables, mixed in by a seed.

Pure: all chance comes from the `random.Random` that is handed in, so a seed gives the same evening again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from heard.command import (
    AddLines,
    ChangeLine,
    ChangeOrder,
    FireCourse,
    Hold,
    HoldCourse,
    Merge,
    Remake,
    Rush,
    Split,
    Transfer,
    Verb,
    VoidLines,
    VoidOrder,
)
from heard.order import ONE_MILLI, Allergen, Course, Line, Modifier, ModifierKind, Note, Order, OrderType
from heard.play.menu import Menu
from heard.play.script import LEAD_MIN, Act, MintId, Script

TABLE_SHARE, COURSES_SHARE = 0.35, 0.6
"""Of all orders: eaten here; of those with some lines: with a main course that waits until it is fired."""
TABLES = 40
MAIN = 2
AT_ONCE_SHARE, AT_ONCE_S, LATER_S = 0.35, 2.0, (5.0, 300.0)
"""So many changes come while the first bump is in the air; the others while the order is cooked, or after."""
FIRED_S = (20.0, 240.0)
SCHEDULED_SHARE = 0.08
"""Of all orders: ordered for later."""
DUE_IN_S, DUE_LATER_S, PROMISED_S = (30.0, 300.0), (60.0, 300.0), (-900.0, -60.0)
"""How long the kitchen waits for such an order, and from when it is put off; and what is promised that is made at once."""
MERGE_WITHIN_S = 1_800.0
"""Tables that are put together came within half an hour."""
QUANTITY_MAX_MILLI = 9 * ONE_MILLI

SHARES: Mapping[str, float] = {
    "add lines": 0.16,
    "more": 0.09,
    "fewer": 0.06,
    "modifiers": 0.08,
    "note": 0.06,
    "order note": 0.05,
    "guests": 0.03,
    "allergy": 0.03,
    "void line": 0.09,
    "void order": 0.04,
    "rush": 0.06,
    "no rush": 0.02,
    "hold again": 0.12,
    "transfer": 0.07,
    "split": 0.06,
    "merge": 0.10,
    "remake": 0.03,
    "due sooner": 0.05,
}
"""Of all orders: how many this happens to. What makes no sense for an order is left out."""
SCHEDULED_SHARES: Mapping[str, float] = {"due later": 0.4, "due sooner": 0.2, "due now": 0.25}
"""The same, of orders for later, besides."""

_MODIFIERS = (
    Modifier("extra-chilli", {"en": "Extra chilli"}, ModifierKind.ADD),
    Modifier("no-onion", {"en": "No onion"}, ModifierKind.REMOVE),
    Modifier("well-done", {"en": "Well done"}, ModifierKind.PREPARE),
)
_NOTES = ({"en": "cut in half"}, {"en": "sauce on the side"})
_OF_ORDER = ({"en": "for the whole table: no onion"}, {"en": "nut allergy"})
_ALLERGENS = (Allergen("nuts", {"en": "Nuts"}), Allergen("gluten", {"en": "Gluten"}))


def mixed(script: Script, menu: Menu, random: Random, mint: MintId) -> Script:
    """The script with everything that people do to its orders."""
    return _Evening(script, menu, random, mint).script()


def counted(script: Script) -> dict[str, int]:
    """How often each verb stands in it, but for the holds."""
    return dict(
        sorted(Counter(act.verb.name for act in script.acts if not isinstance(act.verb, Hold)).items())
    )


@dataclass(slots=True)
class _Known:
    """An order as its till knows it: what can still be done to it."""

    order_id: str
    held_s: float
    lines: dict[str, Line]
    courses: bool
    table: bool
    closed: bool = False
    last_s: float = 0.0

    def some(self, random: Random) -> Line:
        return random.choice(list(self.lines.values()))


@dataclass(slots=True)
class _Evening:
    recorded: Script
    menu: Menu
    random: Random
    mint: MintId
    acts: list[Act] = field(default_factory=list)
    tables: list[_Known] = field(default_factory=list)
    dishes: Sequence[Line] = ()
    count: int = 0

    def script(self) -> Script:
        holds = [act for act in self.recorded.acts if isinstance(act.verb, Hold)]
        self.dishes = [line for act in holds if isinstance(act.verb, Hold) for line in act.verb.order.lines]
        for act in holds:
            assert isinstance(act.verb, Hold)
            self._order(act.at_s, act.verb.order)
        return Script(tuple(sorted(self.acts, key=lambda act: act.at_s)))

    def _order(self, at_s: float, recorded: Order) -> None:
        order = self._seated(recorded)
        known = _Known(
            order.order_id,
            at_s,
            {line.line_id: line for line in order.lines},
            bool(order.courses),
            order.type is OrderType.DINE_IN,
        )
        known.last_s = at_s
        scheduled = self.random.random() < SCHEDULED_SHARE
        due_in_s = self.random.uniform(*DUE_IN_S) if scheduled else None
        self.acts.append(Act(at_s, order.order_id, Hold(order), due_in_s))
        for when, what in self._plan(at_s, {**SHARES, **SCHEDULED_SHARES} if scheduled else SHARES):
            if not known.closed:
                self._do(when, what, known)
        if known.courses and not known.closed:
            fired_s = max(known.last_s + 0.1, at_s + self.random.uniform(*FIRED_S))
            self._act(fired_s, known, FireCourse(MAIN))
        if known.table and not known.closed:
            self.tables = [one for one in self.tables if one.held_s > at_s - MERGE_WITHIN_S]
            self.tables.append(known)

    def _seated(self, order: Order) -> Order:
        """Some eat here, and some of those in two courses."""
        random = self.random
        if random.random() >= TABLE_SHARE:
            return order
        order = replace(order, type=OrderType.DINE_IN, table=str(random.randint(1, TABLES)), paid=False)
        if len(order.lines) < 2 or random.random() >= COURSES_SHARE:
            return order
        first = random.randint(1, len(order.lines) - 1)
        lines = tuple(
            replace(line, course=1 if place < first else MAIN) for place, line in enumerate(order.lines)
        )
        return replace(order, lines=lines, courses=(Course(MAIN, {"en": "Main"}),))

    def _plan(self, at_s: float, shares: Mapping[str, float]) -> Iterable[tuple[float, str]]:
        random = self.random
        found = []
        for what, share in shares.items():
            if random.random() < share:
                soon = random.random() < AT_ONCE_SHARE
                found.append(
                    (at_s + (random.uniform(0, AT_ONCE_S) if soon else random.uniform(*LATER_S)), what)
                )
        return sorted(found)

    def _act(self, at_s: float, known: _Known, verb: Verb, due_in_s: float | None = None) -> None:
        known.last_s = max(known.last_s, at_s)
        self.acts.append(Act(at_s, known.order_id, verb, due_in_s))

    def _do(self, at_s: float, what: str, known: _Known) -> None:
        verb = self._change(what, known)
        if verb is not None:
            self._act(at_s, known, verb)
            return
        match what:
            case "split" if len(known.lines) > 1:
                self._split(at_s, known)
            case "merge" if known.table:
                self._merge(at_s, known)
            case "due later" | "due sooner":
                spread = DUE_LATER_S if what == "due later" else PROMISED_S
                self._act(at_s, known, ChangeOrder(), self.random.uniform(*spread))
            case "due now":
                self._act(at_s, known, ChangeOrder(), -LEAD_MIN * 60.0)

    def _change(self, what: str, known: _Known) -> Verb | None:
        """A change of the order alone; None where it makes no sense."""
        random, line = self.random, known.some(self.random)
        match what:
            case "add lines":
                return self._added(known)
            case "more" if line.quantity_milli < QUANTITY_MAX_MILLI:
                return self._quantity(known, line, random.randint(1, 2))
            case "fewer" if line.quantity_milli > ONE_MILLI:
                return self._quantity(known, line, -1)
            case "modifiers":
                return ChangeLine(line.line_id, modifiers=(random.choice(self._modifiers()),))
            case "note":
                return ChangeLine(line.line_id, notes=(Note(random.choice(self.menu.notes or _NOTES)),))
            case "order note":
                return ChangeOrder(notes=random.choice(((), (Note(random.choice(_OF_ORDER)),))))
            case "guests":
                return ChangeOrder(covers=random.randint(1, 8)) if known.table else ChangeOrder(guest="Nora")
            case "allergy":
                return AddLines(allergens=(random.choice(self.menu.allergens or _ALLERGENS),))
            case "void line" if len(known.lines) > 1:
                del known.lines[line.line_id]
                return VoidLines((line.line_id,), "guest changed their mind")
            case "void order":
                known.closed = True
                return VoidOrder("guest left")
            case "rush" | "no rush":
                return Rush(what == "rush")
            case "hold again" if known.courses:
                return HoldCourse(MAIN)
            case "transfer":
                return Transfer(str(random.randint(1, TABLES)), area="terrace") if known.table else None
            case "remake":
                return Remake((line.line_id,), "dropped")
            case _:
                return None

    def _modifiers(self) -> Sequence[Modifier]:
        return tuple(self.menu.modifiers.values()) or _MODIFIERS

    def _added(self, known: _Known) -> AddLines:
        self.count += 1
        dish = self.random.choice(self.dishes)
        line = replace(
            dish,
            line_id=f"{known.order_id}.a{self.count}",
            course=MAIN if known.courses and self.random.random() < 0.5 else 0,
            quantity_milli=self.random.randint(1, 3) * ONE_MILLI,
        )
        known.lines[line.line_id] = line
        return AddLines((line,))

    def _quantity(self, known: _Known, line: Line, by: int) -> ChangeLine:
        quantity = max(ONE_MILLI, line.quantity_milli + by * ONE_MILLI)
        known.lines[line.line_id] = replace(line, quantity_milli=quantity)
        return ChangeLine(line.line_id, quantity_milli=quantity)

    def _split(self, at_s: float, known: _Known) -> None:
        """Some guests have a bill and a ticket of their own; their main course is fired for them too."""
        random = self.random
        chosen = tuple(random.sample(list(known.lines), random.randint(1, len(known.lines) - 1)))
        other = _Known(
            self.mint(),
            known.held_s,
            {line_id: known.lines.pop(line_id) for line_id in chosen},
            known.courses,
            known.table,
        )
        self._act(at_s, known, Split(other.order_id, chosen))
        if random.random() < 0.3:
            self._act(at_s + random.uniform(0.1, 60), other, Rush())
        if other.courses:
            fired_s = max(at_s + 0.1, known.held_s + random.uniform(*FIRED_S), other.last_s + 0.1)
            self._act(fired_s, other, FireCourse(MAIN))

    def _merge(self, at_s: float, known: _Known) -> None:
        """The table joins one that came before; what it still waits for is fired there."""
        others = [one for one in self.tables if at_s - one.held_s < MERGE_WITHIN_S and not one.closed]
        if not others:
            return
        into = self.random.choice(others)
        self._act(at_s, known, Merge(into.order_id))
        known.closed = True
        if known.courses or into.courses:
            into.courses = True
            self._act(max(at_s, into.last_s) + self.random.uniform(0.1, 120), into, FireCourse(MAIN))
