"""Lines that say the same share what was worked out of it; one field more or less, and nothing is shared."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import fields, replace
from typing import Any

import pytest

from heard.alike import LINES_MAX, SAID, _known, once_a_dish, remember
from heard.errors import InvalidInput
from heard.order import Line, LineState, Modifier, Note, Order, StationLine
from heard.wire import check_order, decode_order, encode_order
from hub.core.identity import order_hash

SPICY = Modifier("spicy", {"en": "spicy"})
DISH = Line("l1", "kofta", {"en": "Kofta"}, modifiers=(SPICY,), category="grills", unit_price_minor=2400)
OTHERWISE: dict[str, Any] = {
    "part_of": "l0", "item_id": "tawook", "name": {"en": "Tawook"}, "quantity_milli": 2000, "notes": (Note({"en": "rare"}),),
    "modifiers": (replace(SPICY, quantity_milli=2000),), "seat": "4", "course": 2, "category": "cold", "unit_price_minor": 1,
    "total_minor": 7, "prep_time_s": 60, "no_kitchen": True, "combo": True, "contains": ("nuts",), "voided": True,
    "added_version": 3, "added_at_ms": 9, "stations": (StationLine("grill", LineState.QUEUED, 3),), "nobodys": True,
    "void_reason": "dropped", "remake": True, "then": ("oven",), "sent_at_ms": 5, "bill": "b", "remake_of": "l0",
}  # fmt: skip


def _brought_again(line: Line) -> Line:
    """As the wire gives it when a dish comes once more."""
    data = encode_order(Order("o", lines=(line,)))
    return [decode_order(data).lines[0] for _ in range(2)][1]


def test_a_dish_is_worked_out_once() -> None:
    asked = []

    @once_a_dish
    def length(line: Line, more: int) -> int:
        asked.append(line.line_id)
        return len(line.item_id) + more

    dish = deepcopy(DISH)
    assert length(dish, 1) == length(dish, 1) == 6
    assert asked == ["l1", "l1"]  # nobody remembers it yet
    remember(dish)
    assert [length(replace(dish, line_id=one, voided=True), 1) for one in "ab"] == [6, 6]
    assert length(replace(dish, line_id="c"), 2) == 7
    assert asked == ["l1", "l1", "a", "c"]
    again = _brought_again(DISH)
    assert [length(again, 1), length(replace(again, line_id="e"), 1)] == [6, 6]
    assert asked[4:] == ["l1"]


def test_what_is_kept_is_bounded() -> None:
    asked = []

    @once_a_dish
    def length(line: Line) -> int:
        asked.append(line.line_id)
        return len(line.item_id)

    dish = deepcopy(DISH)
    remember(dish)
    assert [length(dish), length(replace(dish, line_id="a"))] == [5, 5]
    assert asked == ["l1"]
    for number in range(LINES_MAX):
        remember(replace(dish, name={"en": f"other{number}"}))
        assert len(_known) <= LINES_MAX
    assert id(dish.name) not in _known
    assert length(replace(dish, line_id="b")) == 5
    assert asked == ["l1", "b"]


@pytest.mark.parametrize("name", [one.name for one in fields(Line) if one.name not in ("line_id", "changes")])
def test_each_field_of_a_line_counts_where_its_dish_is_known(name: str) -> None:
    held = _brought_again(DISH)
    other = replace(held, line_id="l2", **{name: OTHERWISE[name]})
    for _ in range(2):  # what was kept of either is not found for the other
        order = Order("o", lines=(held, other))
        assert decode_order(encode_order(order)) == order
        assert order_hash(order) == order_hash(deepcopy(order))
        same = replace(order, lines=(held, replace(held, line_id="l2")))
        assert (order_hash(order) != order_hash(same)) == (name in SAID)


def test_what_is_refused_of_a_dish_is_refused_of_every_line_like_it() -> None:
    short = _brought_again(replace(DISH, quantity_milli=0))
    for line_id in ("l1", "l2"):
        with pytest.raises(InvalidInput, match="not between") as refused:
            check_order(Order("o", lines=(DISH, replace(short, line_id=f"{line_id}x"))))
        assert refused.value.field == "order.lines[1].quantity_milli"
