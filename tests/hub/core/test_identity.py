"""One command has one effect: seqs, repeated answers, simple clients, and what can never be accepted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heard.command import (
    AddLines,
    BumpLines,
    Command,
    Hold,
    MarkPaid,
    Outcome,
    PaintedLine,
    Reason,
    Rush,
    UnknownVerb,
    VoidLines,
)
from heard.errors import InvalidInput
from heard.order import Modifier, Order
from hub.core.decision import AnswerRecord, Decision, DeviceRecord
from hub.core.identity import FORKED_SEQ, INCARNATIONS_MAX, order_hash, same_content
from hub.core.kitchen import Expected, refuse
from tests.hub.core.making import Kitchen, line, order


def test_a_repeated_command_gets_its_answer_again_and_changes_nothing() -> None:
    kitchen = Kitchen()
    command = kitchen.command(Hold(order()))
    first = kitchen.run(command)
    docs = dict(kitchen.docs)
    again = kitchen.run(command)
    assert (first.outcome, again.outcome) == (Outcome.DONE, Outcome.ALREADY)
    assert replace(again, outcome=Outcome.DONE) == first
    assert kitchen.docs == docs


def test_a_refusal_stays_a_refusal_when_repeated() -> None:
    kitchen = Kitchen()
    command = kitchen.command(Rush(), order_id="nowhere")
    first = kitchen.run(command)
    assert first.reason is Reason.GONE
    assert kitchen.run(command) == first


def test_a_command_before_its_time_is_told_which_seq_comes_next() -> None:
    kitchen = Kitchen()
    early = kitchen.command(Hold(order()), seq=3)
    assert kitchen.decide(early) == Expected(1)
    kitchen.run(replace(early, seq=1))
    assert kitchen.decide(early) == Expected(2)


def test_each_incarnation_counts_for_itself() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    fresh = kitchen.command(Rush(), incarnation="i2", seq=1)
    assert kitchen.run(fresh).outcome is Outcome.DONE
    record = kitchen.docs["device/T1"]
    assert isinstance(record, DeviceRecord)
    assert record.expected == {"i1": 2, "i2": 2}


def test_incarnations_are_bounded_and_the_oldest_go() -> None:
    kitchen = Kitchen()
    for number in range(INCARNATIONS_MAX + 5):
        kitchen.run(Command("o1", UnknownVerb(), 1, "", "T1", f"i{number}"))
    record = kitchen.docs["device/T1"]
    assert isinstance(record, DeviceRecord)
    assert len(record.expected) == INCARNATIONS_MAX
    assert f"i{INCARNATIONS_MAX + 4}" in record.expected


def test_an_answer_that_was_forgotten_is_already() -> None:
    kitchen = Kitchen()
    command = kitchen.command(Hold(order()))
    kitchen.run(command)
    del kitchen.docs["answer/T1/i1/0000000000000001"]
    assert kitchen.run(command).outcome is Outcome.ALREADY


def test_a_second_machine_under_one_name_is_told_to_begin_anew_and_loses_nothing() -> None:
    """Two cards of one clone: another order under a seq that was answered is not taken for that order's command."""
    kitchen = Kitchen()
    kitchen.hold()
    other = kitchen.command(Hold(order("o2")), order_id="o2", seq=1)
    assert kitchen.decide(other) == Expected(FORKED_SEQ)
    assert kitchen.run(kitchen.command(Hold(order()), seq=1)).outcome is Outcome.ALREADY, "the same one again"


def test_a_hold_is_known_by_its_id_and_content_whoever_sends_it() -> None:
    """By a new seq, a new incarnation or the unary call; other content under the same id is a conflict."""
    kitchen = Kitchen()
    kitchen.hold()
    before = kitchen.order()
    kitchen.do(Rush())
    for again in (
        kitchen.command(Hold(order())),
        Command("o1", Hold(order()), 1, "", "T1", "new"),
        Command("o1", Hold(order()), device="T1"),
    ):
        answer = kitchen.run(again)
        assert answer.outcome is Outcome.ALREADY
        assert (answer.call_number, answer.order_version) == ("214", before.version + 1)
    other = kitchen.do(Hold(order("o1", line("x"))))
    assert (other.outcome, other.reason) == (Outcome.REJECTED, Reason.CONFLICT)
    assert kitchen.order().rush
    assert len(kitchen.order().lines) == 3


def test_a_unary_hold_writes_only_the_order_and_the_day() -> None:
    kitchen = Kitchen()
    kitchen.run(Command("o1", Hold(order()), device="T1"))
    assert set(kitchen.docs) == {"order/o1", "day"}
    assert kitchen.last is not None
    kitchen.run(Command("o2", Hold(order("o2")), device="T1"))
    assert set(kitchen.last.puts) == {"order/o2"}


def test_a_unary_command_is_known_by_its_id_and_content() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    pay = Command("o1", MarkPaid(500), command_id="pay-1", device="T9")
    assert kitchen.run(pay).outcome is Outcome.DONE
    version = kitchen.order().version
    assert kitchen.run(pay).outcome is Outcome.ALREADY
    assert kitchen.run(replace(pay, verb=MarkPaid(900))).reason is Reason.CONFLICT
    assert kitchen.run(replace(pay, order_id="o2")).reason is Reason.CONFLICT
    assert kitchen.order().version == version


@pytest.mark.parametrize(
    ("verb", "field"),
    [
        (Hold(order("o9", line("a"), line("a"))), "hold.order.lines"),
        (Hold(replace(order("o9"), lines=())), "hold.order.lines"),
        (Hold(order("o9", line("a", part_of="zz"))), "hold.order.lines[0].part_of"),
        (Hold(order("o9", *(line(f"l{n}") for n in range(201)))), "hold.order.lines"),
        (AddLines((line("x", part_of="zz"),)), "add_lines.lines[3].part_of"),
        (AddLines(tuple(line(f"n{n}") for n in range(198))), "add_lines.lines"),
    ],
)
def test_what_can_never_be_accepted_names_the_field_and_blocks_nobody(
    verb: Hold | AddLines, field: str
) -> None:
    kitchen = Kitchen()
    kitchen.hold()
    before = kitchen.order()
    order_id = "o9" if isinstance(verb, Hold) else "o1"
    answer = kitchen.do(verb, order_id=order_id)
    assert (answer.outcome, answer.reason, answer.field) == (Outcome.REJECTED, Reason.INVALID, field)
    assert kitchen.order() == before
    assert kitchen.do(Rush()).outcome is Outcome.DONE


def test_what_the_door_refuses_consumes_its_seq_once() -> None:
    kitchen = Kitchen()
    command = kitchen.command(Hold(order()))
    error = InvalidInput("command.hold.order.lines[0].quantity_milli", "is 0", "give at least 1")
    keys = {"order/o1", "day", "device/T1", "answer/T1/i1/0000000000000001"}
    found = refuse(dict.fromkeys(keys), command, 5, error)
    assert isinstance(found, Decision)
    assert found.answer is not None
    assert (found.answer.reason, found.answer.field) == (Reason.INVALID, error.field)
    assert found.answer.message == "command.hold.order.lines[0].quantity_milli: is 0 (give at least 1)"
    kitchen.docs.update(found.puts)
    assert kitchen.run(command) == found.answer
    assert refuse(dict(kitchen.docs), replace(command, seq=5), 6, error) == Expected(2)
    assert isinstance(kitchen.docs["answer/T1/i1/0000000000000001"], AnswerRecord)


def test_gone_consumes_its_seq() -> None:
    kitchen = Kitchen()
    assert kitchen.do(VoidLines(("a",)), order_id="no").reason is Reason.GONE
    assert kitchen.hold().outcome is Outcome.DONE


@pytest.mark.parametrize(
    "other",
    [
        order("o1", line("a"), line("b"), line("c", "fry"), table="7"),
        order("o1", line("a"), line("b"), line("c", "fry", 2)),
        order("o1", line("a"), line("b"), line("c", "fry", modifiers=(Modifier("m"),))),
        order("o1", line("a"), line("b"), line("c", "fry", name={"en": "c", "ar": "ج"})),
        order(type_name={"en": "Drone"}),
    ],
)
def test_any_difference_of_content_shows_in_the_hash(other: Order) -> None:
    assert order_hash(order()) != order_hash(other)


def test_the_hash_does_not_depend_on_the_order_of_languages_nor_on_what_the_hub_sets() -> None:
    one = order("o1", line("a", name={"en": "x", "ar": "y"}))
    two = order("o1", line("a", name={"ar": "y", "en": "x"}, voided=True, added_version=9), version=7)
    assert order_hash(one) == order_hash(two)
    assert same_content("1:aa", "2:bb")
    assert not same_content("1:aa", "1:bb")


@pytest.mark.parametrize(
    ("command_epoch", "version", "outcome", "reason"),
    [
        (1, 1, Outcome.ALREADY, Reason.NONE),
        (2, 1, Outcome.REJECTED, Reason.STALE),
        (0, 1, Outcome.REJECTED, Reason.STALE),
        (2, 2, Outcome.DONE, Reason.NONE),
        (1, 2, Outcome.REJECTED, Reason.STALE),
        (1, 9, Outcome.REJECTED, Reason.STALE),
    ],
)
def test_a_bump_made_in_an_earlier_epoch(
    command_epoch: int, version: int, outcome: Outcome, reason: Reason
) -> None:
    """Naming an older version it is ALREADY; naming one that came in this epoch it is of another history: STALE."""
    kitchen = Kitchen()
    kitchen.site = replace(kitchen.site, epoch_n=2, epoch_began_ms=kitchen.now_ms)
    kitchen.hold()
    kitchen.now_ms += 1
    kitchen.start("grill", "a")
    answer = kitchen.do(BumpLines("grill", (PaintedLine("a", version),)), "grill", epoch_n=command_epoch)
    assert (answer.outcome, answer.reason) == (outcome, reason)


def test_a_bump_of_an_earlier_epoch_counts_for_what_both_epochs_have() -> None:
    """Version 1 is as it was held, and what was on the backup came before the epoch began."""
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.start("grill", "a")
    kitchen.now_ms += 1000
    kitchen.site = replace(kitchen.site, epoch_n=2, epoch_began_ms=kitchen.now_ms)
    both = (PaintedLine("a", 2), PaintedLine("b", 1))
    assert kitchen.do(BumpLines("grill", both), "grill", epoch_n=1).outcome is Outcome.DONE
