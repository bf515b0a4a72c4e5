"""Fixtures: short forms, and errors that name the field."""

import pytest

from display.core.fixture import fixture
from heard.errors import InvalidInput
from heard.order import LineState, OrderType

ORDER = {
    "order_id": "o1",
    "type": "CAR",
    "age_s": 60,
    "lines": [{"item_id": "x", "name": "Tea", "quantity": 1.5, "at": {"grill": "STARTED"}}],
}


def test_short_forms() -> None:
    made = fixture({"station": "grill", "profile": {}, "orders": [ORDER], "now_ms": 100_000})
    order = made.orders[0]
    assert order.type is OrderType.CAR
    assert order.held_at_ms == 40_000
    assert order.lines[0].quantity_milli == 1500
    assert order.lines[0].name == {"en": "Tea"}
    at = order.lines[0].at("grill")
    assert at is not None
    assert (at.state, at.queued_at_ms) == (LineState.STARTED, 40_000)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ([], ""),
        ({"station": "grill", "profile": {}, "orders": {}}, "orders"),
        ({"station": 5, "profile": {}, "orders": []}, "station"),
        ({"station": "grill", "profile": {}, "orders": [], "colums": 3}, "colums"),
        ({"station": "grill", "profile": {}, "orders": [ORDER | {"type": "CART"}]}, "orders[0].type"),
        ({"station": "grill", "profile": {}, "orders": [ORDER | {"tabel": "3"}]}, "orders[0].tabel"),
        ({"station": "grill", "profile": {}, "orders": [5]}, "orders[0]"),
        ({"profile": {}, "orders": []}, ""),
    ],
)
def test_an_error_names_the_field(data: object, field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        fixture(data)
    assert error.value.field == field


def test_an_unknown_field_names_the_nearest() -> None:
    with pytest.raises(InvalidInput) as error:
        fixture({"station": "grill", "profile": {}, "orders": [], "colums": 3})
    assert "columns" in error.value.hint
