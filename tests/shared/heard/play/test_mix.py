"""What is mixed into recorded orders: the same evening for the same seed, everything in it, and nothing that makes no sense."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random

from heard.command import (
    AddLines,
    ChangeLine,
    ChangeOrder,
    FireCourse,
    Hold,
    Merge,
    Split,
    VoidLines,
    VoidOrder,
)
from heard.order import OrderType
from heard.play.menu import without_menu
from heard.play.mix import MAIN, counted, mixed
from heard.play.recorded import RecordedLine, RecordedOrder
from heard.play.script import LEAD_MIN, Script, from_recorded, shares_with

MENU = without_menu(4)


def ids() -> Iterator[str]:
    return (f"o{number}" for number in count(1))


def an_evening(seed: int, orders: int = 300) -> Script:
    start = datetime(2018, 4, 29, 16, 0)  # noqa: DTZ001  # the shop's own clock
    dishes = ("Korma", "Onion Bhaji", "Plain Naan", "Madras", "Raita")
    recorded = [
        RecordedOrder(
            str(number),
            start + timedelta(minutes=2 * number),
            tuple(RecordedLine(dish, 1000 + 1000 * (number % 2), 500) for dish in dishes[: 1 + number % 5]),
            number,
        )
        for number in range(orders)
    ]
    mint = ids()
    return mixed(from_recorded(recorded, MENU, lambda: next(mint)), MENU, Random(seed), lambda: next(mint))


def test_a_seed_gives_the_same_evening_again_and_another_one_another() -> None:
    assert an_evening(7) == an_evening(7)
    assert an_evening(7) != an_evening(8)


def test_everything_is_mixed_in_and_no_order_is_left_out() -> None:
    script = an_evening(7)
    assert script.orders == 300
    later = [act for act in script.acts if act.due_in_s is not None and isinstance(act.verb, Hold)]
    moved = [
        act.due_in_s for act in script.acts if act.due_in_s is not None and isinstance(act.verb, ChangeOrder)
    ]
    assert 10 < len(later) < 50
    assert min(moved) == -LEAD_MIN * 60.0, "brought to now"
    assert max(moved) > 60.0
    assert counted(script).keys() == {
        "add_lines", "change_line", "change_order", "fire", "hold_course", "merge", "remake", "rush", "split", "transfer",
        "void_lines", "void_order",
    }  # fmt: skip
    changes = [act.verb for act in script.acts if isinstance(act.verb, ChangeLine)]
    assert {
        (one.quantity_milli is not None, one.modifiers is not None, one.notes is not None) for one in changes
    } == {(True, False, False), (False, True, False), (False, False, True)}


def test_what_happens_makes_sense() -> None:
    """Every act is about an order that was held or split off before, and about lines that stand in it; a held course is fired."""
    lines: dict[str, set[str]] = {}
    held: set[str] = set()
    for act in an_evening(3).acts:
        verb = act.verb
        if isinstance(verb, Hold):
            order = verb.order
            lines[act.order_id] = {line.line_id for line in order.lines}
            assert not order.courses or order.type is OrderType.DINE_IN
            if any(line.course == MAIN for line in order.lines):
                held.add(act.order_id)
            continue
        here = lines[act.order_id]
        match verb:
            case AddLines(added, _):
                here |= {line.line_id for line in added}
            case ChangeLine(line_id):
                assert line_id in here
            case VoidLines(line_ids):
                assert set(line_ids) < here
            case VoidOrder():
                held.discard(act.order_id)
            case FireCourse(course):
                assert course == MAIN
                held.discard(act.order_id)
            case Split(new_order_id, line_ids):
                assert set(line_ids) < here
                lines[new_order_id] = set(line_ids)
                here -= set(line_ids)
            case Merge(into):
                assert into != act.order_id
                lines[into] |= here
                if act.order_id in held:
                    held.discard(act.order_id)
                    held.add(into)
    assert held == set(), "these wait for ever"


def test_orders_that_share_lines_stay_at_one_till() -> None:
    script = an_evening(5)
    till_of: dict[str, int] = {}
    for till, acts in enumerate(script.per_till(3)):
        assert acts
        for act in acts:
            assert till_of.setdefault(act.order_id, till) == till
            if other := shares_with(act.verb):
                assert till_of.setdefault(other, till) == till
