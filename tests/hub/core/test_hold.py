"""A hold keeps every word of the till and is told from any other one; the hub's own fields are the hub's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest

from heard.command import AddLines, Hold
from heard.order import (
    Allergen,
    Course,
    Line,
    LineChange,
    LineState,
    Modifier,
    ModifierKind,
    Note,
    Order,
    OrderState,
    OrderType,
    Payment,
    StationLine,
    TaxAmount,
    Totals,
)
from hub.core.hold import part_id
from hub.core.identity import order_hash
from tests.hub.core.making import Kitchen

LINE_OF_HUB = frozenset(
    {
        "voided",
        "added_version",
        "added_at_ms",
        "changes",
        "stations",
        "nobodys",
        "void_reason",
        "remake",
        "then",
        "sent_at_ms",
        "bill",
        "remake_of",
    }
)
ORDER_OF_HUB = frozenset(
    {
        "version",
        "state",
        "held_at_ms",
        "changed_at_ms",
        "started_at_ms",
        "ready_at_ms",
        "picked_up_at_ms",
        "held_wall_ms",
        "merged_into",
        "history",
        "stations",
        "scheduled",
        "allergy_confirmed_version",
        "rider_here_at_ms",
        "bags",
        "split_from",
        "voided_at_ms",
        "see_cashier",
        "slips",
    }
)
PARTS = {
    "name": {"en": "n", "ar": "ن"},
    "type_name": {"en": "t"},
    "text": {"en": "words"},
    "type": OrderType.DINE_IN,
    "kind": ModifierKind.REMOVE,
    "part_of": "",
    "routed_item_id": "",
    "business_date": "2026-11-20",
    "combo": False,
}


def full(kind: type[Any], left_out: frozenset[str] = frozenset(), **values: Any) -> Any:
    """A value with every field away from its default."""
    made: dict[str, Any] = {}
    for number, one in enumerate(fields(kind), start=2):
        if one.name in left_out:
            continue
        if one.name in values:
            made[one.name] = values[one.name]
        elif one.name in PARTS:
            made[one.name] = PARTS[one.name]
        elif isinstance(one.default, bool):
            made[one.name] = not one.default
        elif isinstance(one.default, int):
            made[one.name] = number
        else:
            made[one.name] = f"{kind.__name__}-{one.name}"
    return kind(**made)


MODIFIER: Modifier = full(Modifier)
NOTE: Note = full(Note)
LINE: Line = full(Line, LINE_OF_HUB, modifiers=(MODIFIER,), notes=(NOTE,), no_kitchen=False)
PAYMENT_OF_HUB = frozenset({"at_ms", "wall_ms", "device"})
PAYMENT: Payment = full(Payment, PAYMENT_OF_HUB)
ORDER: Order = full(
    Order,
    ORDER_OF_HUB,
    order_id="o1",
    lines=(LINE,),
    allergens=(full(Allergen, line_id=LINE.line_id, added_version=0),),
    notes=(NOTE,),
    courses=(full(Course, course=LINE.course, fired_at_ms=0),),
    totals=full(Totals, taxes=(full(TaxAmount),), paid_minor=PAYMENT.amount_minor),
    payments=(PAYMENT,),
)


def held(order: Order) -> Order:
    kitchen = Kitchen()
    kitchen.do(Hold(order))
    return kitchen.order()


def test_every_field_of_the_till_is_kept() -> None:
    """The hub writes orders and lines out by hand: a field that is added to the model must be added there."""
    made = held(ORDER)
    for one in fields(Order):
        if one.name not in ORDER_OF_HUB | {"lines", "allergens", "courses", "payments"}:
            assert getattr(made, one.name) == getattr(ORDER, one.name), one.name
    for one in fields(Line):
        if one.name not in LINE_OF_HUB:
            assert getattr(made.lines[0], one.name) == getattr(LINE, one.name), one.name
    assert replace(made.allergens[0], added_version=0) == ORDER.allergens[0]
    assert replace(made.courses[0], fired_at_ms=0) == ORDER.courses[0]
    assert replace(made.payments[0], at_ms=0, wall_ms=0, device="") == PAYMENT


def test_an_added_line_is_kept_as_well() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.do(AddLines((LINE,)))
    made = kitchen.order().lines[-1]
    for one in fields(Line):
        if one.name not in LINE_OF_HUB:
            assert getattr(made, one.name) == getattr(LINE, one.name), one.name


def test_what_is_the_hubs_to_say_is_not_taken_from_a_till() -> None:
    line = replace(
        LINE,
        voided=True,
        added_version=9,
        changes=(LineChange(1, 2),),  # type: ignore[arg-type]
        stations=(StationLine("x", LineState.DONE),),
        nobodys=True,
        remake=True,
    )
    bold = replace(ORDER, lines=(line,), version=9, state=OrderState.PICKED_UP, held_at_ms=5, merged_into="z")
    assert held(bold) == held(ORDER)


def varied(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return type(value)(value + 1)
    if isinstance(value, str):
        return value + "x"
    return {**value, "en": "other"}


CONTENT = [
    *(("order", one.name) for one in fields(Order) if one.name not in ORDER_OF_HUB),
    *(("line", one.name) for one in fields(Line) if one.name not in LINE_OF_HUB),
    *(("modifier", one.name) for one in fields(Modifier)),
    *(("note", one.name) for one in fields(Note)),
    *(("order note", one.name) for one in fields(Note)),
    *(("allergen", one.name) for one in fields(Allergen) if one.name != "added_version"),
    *(("course", one.name) for one in fields(Course) if one.name != "fired_at_ms"),
    *(("totals", one.name) for one in fields(Totals)),
    *(("tax", one.name) for one in fields(TaxAmount)),
    *(("payment", one.name) for one in fields(Payment) if one.name not in PAYMENT_OF_HUB),
]
NESTED = frozenset({"lines", "modifiers", "notes", "allergens", "courses", "totals", "taxes", "payments"})


@pytest.mark.parametrize(("where", "name"), [one for one in CONTENT if one[1] not in NESTED])
def test_every_field_of_the_till_shows_in_the_hash(where: str, name: str) -> None:
    def other(value: Any) -> Any:
        return replace(value, **{name: varied(getattr(value, name))})

    line = ORDER.lines[0]
    change: dict[str, Callable[[], Order]] = {
        "order": lambda: other(ORDER),
        "line": lambda: replace(ORDER, lines=(other(line),)),
        "modifier": lambda: replace(ORDER, lines=(replace(line, modifiers=(other(MODIFIER),)),)),
        "note": lambda: replace(ORDER, lines=(replace(line, notes=(other(NOTE),)),)),
        "order note": lambda: replace(ORDER, notes=(other(NOTE),)),
        "allergen": lambda: replace(ORDER, allergens=(other(ORDER.allergens[0]),)),
        "course": lambda: replace(ORDER, courses=(other(ORDER.courses[0]),)),
        "totals": lambda: replace(ORDER, totals=other(ORDER.totals)),
        "tax": lambda: replace(ORDER, totals=replace(ORDER.totals, taxes=(other(ORDER.totals.taxes[0]),))),
        "payment": lambda: replace(ORDER, payments=(other(PAYMENT),)),
    }
    assert order_hash(change[where]()) != order_hash(ORDER)


@pytest.mark.parametrize("name", ["lines", "allergens", "notes", "courses", "payments"])
def test_a_list_that_is_emptied_shows_in_the_hash(name: str) -> None:
    emptied: dict[str, Any] = {name: ()}
    assert order_hash(replace(ORDER, **emptied)) != order_hash(ORDER)


def test_a_modifier_is_not_taken_for_a_note_nor_one_line_for_two() -> None:
    """Lists end where they end: what moves from one into the next is other content."""
    two = replace(ORDER, lines=(LINE, replace(LINE, line_id="l2", modifiers=(), notes=())))
    moved = replace(ORDER, lines=(replace(LINE, modifiers=(), notes=()), replace(LINE, line_id="l2")))
    assert order_hash(two) != order_hash(moved)
    on_line = replace(ORDER, notes=())
    on_order = replace(ORDER, lines=(replace(LINE, notes=()),))
    assert order_hash(on_line) != order_hash(on_order)


def test_part_ids_are_stable_and_short() -> None:
    assert part_id("l1", "fries") == part_id("l1", "fries") != part_id("l1", "salad")
    assert part_id("l1", "fries").startswith("l1+")
    long = part_id("l" * 64, "fries")
    assert len(long) <= 64
    assert long != part_id("l" * 63 + "m", "fries")
