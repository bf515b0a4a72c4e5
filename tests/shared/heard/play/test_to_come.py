"""A guest goes when all that the script has for the order was answered and seen, not before."""

from __future__ import annotations

from heard.command import AddLines, Answer, Command, Hold, Merge, Outcome, Remake, Verb
from heard.order import Order, OrderState
from heard.play.script import Act, Script
from heard.play.to_come import ToCome

DONE, REFUSED = Outcome.DONE, Outcome.REJECTED


def to_come(*acts: tuple[str, Verb]) -> ToCome:
    return ToCome(Script(tuple(Act(0.0, order_id, verb) for order_id, verb in acts)))


def ready(order_id: str, version: int) -> Order:
    return Order(order_id, version=version, state=OrderState.READY)


def answer(there: ToCome, order_id: str, verb: Verb, outcome: Outcome, version: int) -> tuple[str, ...]:
    return there.answered(Command(order_id, verb), Answer(outcome, order_version=version))


def test_after_the_last_answer_and_once_its_version_is_seen() -> None:
    there = to_come(("a", Hold(Order("a"))), ("a", AddLines()))
    assert not there.over(ready("a", 5))
    assert answer(there, "a", AddLines(), DONE, 6) == ("a",)
    assert not there.over(ready("a", 5)), "the picture is older than the answer"
    assert there.over(ready("a", 6))


def test_what_a_table_brings_is_waited_for_until_it_is_seen() -> None:
    there = to_come(("a", Merge("b")))
    assert answer(there, "a", Merge("b"), DONE, 3) == ("a",)
    assert not there.over(ready("b", 2))
    assert there.gone("a") == "b"
    assert there.over(ready("b", 3))


def test_a_table_that_stays_is_not_waited_for() -> None:
    there = to_come(("a", Merge("b")))
    assert answer(there, "a", Merge("b"), REFUSED, 0) == ("a", "b")
    assert there.over(ready("b", 1))
    assert there.gone("a") == ""


def test_what_was_dropped_had_been_made() -> None:
    there = to_come(("a", AddLines()), ("a", Remake(("l",))))
    assert there.now_ready(ready("a", 1)) is None, "something else comes first"
    answer(there, "a", AddLines(), DONE, 2)
    assert there.now_ready(ready("a", 2)) == Remake(("l",))
    assert there.now_ready(ready("a", 2)) is None
    answer(there, "a", Remake(("l",)), DONE, 3)
    assert there.over(ready("a", 4))
