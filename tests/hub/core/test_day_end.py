"""What a business day leaves behind: only what is made everywhere, and owes nothing, is taken as fetched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heard.command import MarkPaid
from heard.order import OrderState, OrderType
from hub.core.day_end import DETAIL, decide_leave, is_left_over
from hub.core.decision import BusinessDay, order_key
from tests.hub.core.making import Kitchen, line

NEXT = BusinessDay(2, "2026-11-24", 0, previous="2026-11-23")
LATER = BusinessDay(3, "2026-11-25", 0, previous="2026-11-24")


def held(kind: OrderType = OrderType.TAKEAWAY, date: str = "2026-11-23") -> Kitchen:
    there = Kitchen()
    there.hold(line("a"), line("b", "fry"), type=kind)
    key = order_key("o1")
    there.docs[key] = replace(there.order(), business_date=date)
    return there


def leave(there: Kitchen, day: BusinessDay) -> bool:
    key = order_key("o1")
    found = decide_leave({key: there.order()}, "o1", day, there.now_ms, there.site)
    there.docs.update(found.puts)
    return bool(found.puts)


def test_what_is_ready_everywhere_is_fetched_when_its_day_is_over() -> None:
    there = held()
    there.bump("grill")
    assert not leave(there, NEXT), "fry still has a part of it"
    there.bump("fry")
    assert not leave(there, BusinessDay(1, "2026-11-23", 0)), "its day goes on"
    assert leave(there, NEXT)
    order = there.order()
    assert order.state is OrderState.PICKED_UP
    last = order.history[-1]
    assert (last.verb, last.device, last.detail) == ("mark_picked_up", "hub", DETAIL)
    assert not leave(there, NEXT)


@pytest.mark.parametrize("paid", [False, True])
def test_a_table_that_has_not_paid_is_given_a_day_more(paid: bool) -> None:
    there = held(OrderType.DINE_IN)
    there.bump("grill")
    there.bump("fry")
    if paid:
        there.do(MarkPaid())
    assert is_left_over(there.order(), NEXT) is paid
    assert is_left_over(there.order(), LATER)


def test_an_order_that_is_not_there_any_more_is_left_alone() -> None:
    there = held()
    assert decide_leave({order_key("o1"): None}, "o1", NEXT, 0, there.site).puts == {}
