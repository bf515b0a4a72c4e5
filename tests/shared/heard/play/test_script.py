"""Recorded orders become acts with their real spacing, complete and with ids of their own."""

import itertools
from dataclasses import replace
from datetime import datetime

import pytest

from heard.command import ChangeOrder, Hold
from heard.order import Order
from heard.play.menu import item_id, without_menu
from heard.play.recorded import RecordedLine, RecordedOrder
from heard.play.script import Act, from_recorded, promised, sent_order

RECORDED = [
    RecordedOrder("630", datetime(2018, 4, 29, 16, 0), (RecordedLine("Korma", 2000, 895),), 2),  # noqa: DTZ001
    RecordedOrder("631", datetime(2018, 4, 29, 16, 0), (RecordedLine("Puree", 250, 1000),), 3),  # noqa: DTZ001
    RecordedOrder("632", datetime(2018, 4, 29, 17, 0), (RecordedLine("Puree", 1000, 100),) * 3, 4),  # noqa: DTZ001
]


def test_spacing_is_real_and_a_minute_is_shared() -> None:
    numbers = itertools.count(1)
    script = from_recorded(RECORDED, without_menu(), lambda: f"o{next(numbers)}")
    assert [act.at_s for act in script.acts] == [0.0, 30.0, 3600.0]
    assert script.seconds == 3600.0
    assert script.orders == 3


def test_an_order_keeps_everything_that_the_file_says() -> None:
    script = from_recorded(RECORDED, without_menu(), iter(["a", "b", "c"]).__next__)
    verbs = [act.verb for act in script.acts]
    orders = [verb.order for verb in verbs if isinstance(verb, Hold)]
    assert [order.aggregator_code for order in orders] == ["630", "631", "632"]
    assert orders[0].lines[0].quantity_milli == 2000
    assert orders[0].totals.total_minor == 1790
    assert orders[1].lines[0].total_minor == 250
    assert [line.line_id for line in orders[2].lines] == ["c.1", "c.2", "c.3"]
    assert list(sent_order(orders[2]).lines) == ["c.1", "c.2", "c.3"]


def test_tills_share_the_orders_and_an_order_stays_with_its_till() -> None:
    script = from_recorded(RECORDED, without_menu(), iter(["a", "b", "c"]).__next__)
    assert [[act.order_id for act in till] for till in script.per_till(2)] == [["a", "c"], ["b"]]


@pytest.mark.parametrize(
    ("due_in_s", "speed", "due_ms"),
    [
        (300.0, None, (20 * 60 + 6) * 1000),
        (300.0, 1.0, 25 * 60_000),
        (300.0, 60.0, (20 * 60 + 5) * 1000),
        (-120.0, None, 18 * 60_000),
        (-20 * 60.0, 60.0, 0),
    ],
)
def test_what_is_promised_is_a_time_of_the_wall_clock(
    due_in_s: float, speed: float | None, due_ms: int
) -> None:
    change = Act(0.0, "o1", ChangeOrder(), due_in_s)
    assert promised(change, 1_000, speed) == ChangeOrder(due_at_ms=1_000 + due_ms)
    held = promised(replace(change, verb=Hold(Order("o1"))), 1_000, speed)
    assert isinstance(held, Hold)
    assert sent_order(held.order).due_at_ms == 1_000 + due_ms


def test_item_ids_are_ascii() -> None:
    assert item_id("Tandoori Chicken (1/4)") == "tandoori-chicken-1-4"
    assert item_id("كفتة").isascii()
    assert len(item_id("x" * 120)) <= 60
