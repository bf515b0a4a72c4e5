"""Start, bump, recall, undo, acknowledge: what a cook does touches only what was painted.

Longer than a room: the rules of one chapter, a test each.
"""

from __future__ import annotations

from dataclasses import MISSING, fields, replace

import pytest

from heard.command import (
    Acknowledge,
    AddLines,
    BumpLines,
    ChangeLine,
    MarkPickedUp,
    Outcome,
    PaintedLine,
    Reason,
    RecallLines,
    Rush,
    Undo,
    VoidLines,
    VoidOrder,
)
from heard.order import Line, LineState, OrderState, StationLine, StationState, VoidAnswer
from heard.ticket import is_open, tickets, views
from hub.core.edit import with_stations
from tests.hub.core.making import Kitchen, line, waiting


def at(kitchen: Kitchen, line_id: str, station: str = "grill") -> StationLine:
    found = kitchen.order().line(line_id)
    assert found is not None
    there = found.at(station)
    assert there is not None
    return there


def station(kitchen: Kitchen, name: str = "grill") -> StationState:
    found = kitchen.order().at(name)
    assert found is not None
    return found


def test_a_bump_touches_only_the_lines_that_it_names() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill", "a")
    assert [at(kitchen, "a").state, at(kitchen, "b").state] == [LineState.DONE, LineState.QUEUED]
    assert kitchen.order().state is OrderState.STARTED
    assert station(kitchen).batch == 0


def test_a_tile_whose_last_line_is_done_is_gone_and_the_order_ready_when_all_are() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.now_ms += 7
    kitchen.bump("grill")
    there = station(kitchen)
    assert (there.batch, there.bumped_at_ms, there.first_bumped_at_ms) == (1, kitchen.now_ms, kitchen.now_ms)
    assert tickets(kitchen.order(), "grill") == ()
    assert kitchen.order().state is OrderState.STARTED
    kitchen.bump("fry")
    assert kitchen.order().state is OrderState.READY
    assert kitchen.order().ready_at_ms == kitchen.now_ms


def test_a_bump_at_fry_does_not_make_grills_bump_stale() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    painted = kitchen.painted("grill")
    kitchen.bump("fry")
    assert kitchen.do(BumpLines("grill", painted), "grill").outcome is Outcome.DONE


def test_a_line_that_changed_since_it_was_painted_is_not_bumped() -> None:
    """The others of the tile are; the answer brings the line as it is now."""
    kitchen = Kitchen()
    kitchen.hold()
    painted = kitchen.painted("grill")
    kitchen.do(ChangeLine("a", quantity_milli=2000))
    answer = kitchen.do(BumpLines("grill", painted), "grill")
    assert answer.outcome is Outcome.PARTLY
    a, b = answer.lines
    assert (a.outcome, a.reason, a.current) == (
        Outcome.REJECTED,
        Reason.STALE,
        replace(kitchen.order().lines[0], stations=kitchen.order().lines[0].stations),
    )
    assert b.outcome is Outcome.DONE
    assert at(kitchen, "a").state is LineState.QUEUED
    assert kitchen.bump("grill", "a").outcome is Outcome.DONE


def test_a_second_bump_of_the_same_lines_is_already() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    painted = kitchen.painted("grill")
    kitchen.do(BumpLines("grill", painted), "grill")
    before = kitchen.order()
    answer = kitchen.do(BumpLines("grill", painted), "grill-2")
    assert answer.outcome is Outcome.ALREADY
    assert kitchen.order() == before


@pytest.mark.parametrize("named", [("grill", "zz"), ("fry", "a"), ("nowhere", "a")])
def test_a_line_that_the_station_does_not_have_is_gone(named: tuple[str, str]) -> None:
    kitchen = Kitchen()
    kitchen.hold()
    before = kitchen.order()
    answer = kitchen.do(BumpLines(named[0], (PaintedLine(named[1], 1),)), "grill")
    assert (answer.outcome, answer.reason) == (Outcome.REJECTED, Reason.GONE)
    assert kitchen.order() == before


def test_naming_a_line_twice_is_naming_it_once() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    painted = kitchen.painted("grill", "a")
    answer = kitchen.do(BumpLines("grill", painted * 3), "grill")
    assert len(answer.lines) == 1
    assert kitchen.order().history[-1].line_ids == ("a",)


def test_what_waits_for_its_course_keeps_the_tile_and_cannot_be_bumped() -> None:
    courses, later = waiting("d")
    kitchen = Kitchen()
    kitchen.hold(line("a"), *later, courses=courses)
    answer = kitchen.bump("grill")
    assert answer.outcome is Outcome.PARTLY
    assert "FIRE first" in answer.message
    assert station(kitchen).batch == 0
    assert tickets(kitchen.order(), "grill")[0].waiting_only
    assert at(kitchen, "d").queued_at_ms == 0


def test_recall_brings_done_lines_back_and_keeps_the_first_bump() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill")
    first = at(kitchen, "a").done_at_ms
    kitchen.now_ms += 60_000
    kitchen.recall("grill", "a")
    there = at(kitchen, "a")
    assert (there.state, there.recalled, there.done_at_ms) == (LineState.QUEUED, True, first)
    (tile,) = tickets(kitchen.order(), "grill")
    assert tile.recalled
    assert [one.open for one in tile.lines] == [True, False]
    kitchen.now_ms += 1
    kitchen.bump("grill", "a")
    assert at(kitchen, "a").done_at_ms == first
    assert station(kitchen).first_bumped_at_ms == first
    assert tickets(kitchen.order(), "grill") == ()


def test_recall_after_ready_takes_ready_back() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill")
    kitchen.bump("fry")
    kitchen.recall("fry")
    assert kitchen.order().state is OrderState.STARTED
    assert kitchen.order().ready_at_ms == 0


@pytest.mark.parametrize("end", [MarkPickedUp(), VoidOrder()])
def test_recall_never_brings_back_what_was_picked_up_or_cancelled(end: MarkPickedUp | VoidOrder) -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill")
    painted = kitchen.painted("grill")
    kitchen.do(end)
    before = kitchen.order()
    answer = kitchen.do(RecallLines("grill", painted), "grill")
    assert answer.reason is Reason.NOT_NOW
    assert kitchen.order() == before


def test_a_bump_from_a_journal_counts_after_the_pick_up() -> None:
    """The screen had no hub when the guest left: the line is done, the order stays picked up."""
    kitchen = Kitchen()
    kitchen.hold()
    answer = kitchen.do(MarkPickedUp("counter 2"))
    assert answer.message == "still open at grill, fry"
    assert not is_open(kitchen.order())
    assert kitchen.bump("grill").outcome is Outcome.DONE
    assert kitchen.order().state is OrderState.PICKED_UP


# --- undo


def test_undo_of_a_whole_bump_brings_the_tile_back() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    before = kitchen.order()
    kitchen.bump("grill")
    kitchen.undo("grill")
    after = kitchen.order()
    assert after.version == before.version + 2
    assert tickets(after, "grill")[0].batch == 0
    assert station(kitchen).bumped_at_ms == 0
    assert after.state is OrderState.HELD


def test_undo_works_once_and_only_the_last_action() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill", "a")
    first = kitchen.seqs["grill"]
    kitchen.bump("grill", "b")
    assert kitchen.do(Undo("grill", first), "grill").reason is Reason.NOT_NOW
    second = kitchen.seqs["grill"] - 1
    assert kitchen.do(Undo("grill", second), "grill").outcome is Outcome.DONE
    assert kitchen.do(Undo("grill", second), "grill").reason is Reason.NOT_NOW
    assert at(kitchen, "a").state is LineState.DONE


def bump_dish(kitchen: Kitchen, *orders: str) -> list[int]:
    """One key on the list by dish: a bump in each of these orders. Their seqs."""
    seqs: list[int] = []
    for order_id in orders:
        verb = BumpLines("grill", kitchen.painted("grill", "a", order_id=order_id))
        kitchen.do(verb, "grill", order_id, first_seq=seqs[0] if seqs else 0)
        seqs.append(kitchen.seqs["grill"])
    return seqs


def test_undo_takes_back_all_that_one_key_did_in_several_orders_each_once() -> None:
    kitchen = Kitchen()
    orders = ("o1", "o2", "o3")
    for order_id in orders:
        kitchen.hold(order_id=order_id)
    seqs = bump_dish(kitchen, *orders)
    kitchen.do(VoidLines(("a",)), "T1", "o2")
    outcomes = [
        kitchen.do(Undo("grill", seq), "grill", order_id).outcome
        for seq, order_id in reversed(list(zip(seqs, orders, strict=True)))
    ]
    assert outcomes == [Outcome.DONE, Outcome.REJECTED, Outcome.DONE], (
        "of the one in the middle a void came between"
    )
    assert [kitchen.at("a", order_id=one).state for one in ("o1", "o3")] == [LineState.QUEUED] * 2
    assert kitchen.do(Undo("grill", seqs[0]), "grill", "o1").reason is Reason.NOT_NOW


def test_undo_does_not_reach_behind_the_key() -> None:
    kitchen = Kitchen()
    for order_id in ("o1", "o2", "o3"):
        kitchen.hold(order_id=order_id)
    (alone,) = bump_dish(kitchen, "o1")
    first, second = bump_dish(kitchen, "o2", "o3")
    assert kitchen.do(Undo("grill", alone), "grill", "o1").reason is Reason.NOT_NOW
    assert kitchen.do(Undo("grill", first), "grill", "o3").reason is Reason.NOT_NOW, "another order's"
    kitchen.do(Rush(), "grill", "o1")
    assert kitchen.do(Undo("grill", second), "grill", "o3").reason is Reason.NOT_NOW, "another key came"


def test_undo_is_never_another_screens() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill")
    seq = kitchen.seqs["grill"]
    assert kitchen.do(Undo("grill", seq), "grill-2").reason is Reason.NOT_NOW


@pytest.mark.parametrize(("later_ms", "outcome"), [(60_000, Outcome.DONE), (60_001, Outcome.REJECTED)])
def test_undo_ends_after_a_minute(later_ms: int, outcome: Outcome) -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill")
    kitchen.now_ms += later_ms
    assert kitchen.undo("grill").outcome is outcome


def test_undo_gives_way_to_what_came_between_on_its_lines() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill", "a")
    seq = kitchen.seqs["grill"]
    kitchen.do(VoidLines(("a",)))
    before = kitchen.order()
    answer = kitchen.do(Undo("grill", seq), "grill")
    assert answer.reason is Reason.NOT_NOW
    assert kitchen.order() == before


def test_what_came_between_elsewhere_does_not_hinder_undo() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill")
    seq = kitchen.seqs["grill"]
    kitchen.bump("fry")
    kitchen.do(AddLines((line("d"),)))
    assert kitchen.do(Undo("grill", seq), "grill").outcome is Outcome.DONE
    assert [tile.batch for tile in tickets(kitchen.order(), "grill")] == [0, 1]
    assert station(kitchen).batch == 1


def test_undo_of_rush() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.do(Rush(), "grill")
    assert kitchen.order().rush
    assert kitchen.undo("grill").outcome is Outcome.DONE
    assert not kitchen.order().rush


def test_undo_of_rush_gives_way_to_a_later_rush() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.do(Rush(), "grill")
    seq = kitchen.seqs["grill"]
    kitchen.do(Rush(rush=False))
    kitchen.do(Rush())
    assert kitchen.do(Undo("grill", seq), "grill").reason is Reason.NOT_NOW
    assert kitchen.order().rush


# --- acknowledge


def acknowledge(kitchen: Kitchen, *line_ids: str, given: VoidAnswer = VoidAnswer.UNSPECIFIED) -> Outcome:
    return kitchen.do(Acknowledge("grill", kitchen.painted("grill", *line_ids), given), "grill").outcome


@pytest.mark.parametrize(
    ("before", "given", "answer"),
    [
        (LineState.STARTED, VoidAnswer.NOT_MADE, VoidAnswer.MADE),
        (LineState.DONE, VoidAnswer.UNSPECIFIED, VoidAnswer.MADE),
        (LineState.QUEUED, VoidAnswer.MADE, VoidAnswer.MADE),
        (LineState.QUEUED, VoidAnswer.NOT_MADE, VoidAnswer.NOT_MADE),
        (LineState.QUEUED, VoidAnswer.UNSPECIFIED, VoidAnswer.UNKNOWN),
        (LineState.QUEUED, VoidAnswer(9), VoidAnswer.UNKNOWN),
        (LineState.WAITING, VoidAnswer.MADE, VoidAnswer.NOT_MADE),
    ],
)
def test_what_the_kitchen_says_of_a_void(before: LineState, given: VoidAnswer, answer: VoidAnswer) -> None:
    """Started or done is made, not fired is not made; else as the cook says, and never guessed."""
    courses, later = waiting("a")
    kitchen = Kitchen()
    kitchen.hold(*(later if before is LineState.WAITING else (line("a"),)), line("b"), courses=courses)
    if before is LineState.STARTED:
        kitchen.start("grill", "a")
    elif before is LineState.DONE:
        kitchen.bump("grill", "a")
    kitchen.do(VoidLines(("a",)))
    assert tickets(kitchen.order(), "grill")[0].lines[0].unseen
    assert acknowledge(kitchen, "a", given=given) is Outcome.DONE
    assert at(kitchen, "a").void_answer is answer
    assert not tickets(kitchen.order(), "grill")[0].lines[0].unseen
    assert acknowledge(kitchen, "a") is Outcome.ALREADY


def test_acknowledging_the_last_open_line_ends_the_tile() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill", "a")
    kitchen.do(VoidLines(("b",)))
    assert len(tickets(kitchen.order(), "grill")) == 1
    acknowledge(kitchen, "b")
    assert tickets(kitchen.order(), "grill") == ()
    assert station(kitchen).batch == 1
    assert station(kitchen).first_bumped_at_ms == kitchen.now_ms


def test_what_changed_again_is_not_acknowledged_unseen() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.do(ChangeLine("a", quantity_milli=2000))
    painted = kitchen.painted("grill", "a")
    kitchen.do(ChangeLine("a", quantity_milli=3000))
    answer = kitchen.do(Acknowledge("grill", painted), "grill")
    assert answer.reason is Reason.STALE
    assert tickets(kitchen.order(), "grill")[0].unseen


def test_the_bump_that_follows_an_acknowledgement_at_once_is_not_stale() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.do(ChangeLine("a", quantity_milli=2000))
    painted = kitchen.painted("grill")
    kitchen.do(Acknowledge("grill", painted), "grill")
    assert kitchen.do(BumpLines("grill", painted), "grill").outcome is Outcome.DONE


def test_a_cancelled_order_stays_until_every_station_acknowledged() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.do(VoidOrder("guest left"))
    assert [tile.cancelled for tile in tickets(kitchen.order(), "grill")] == [True]
    acknowledge(kitchen)
    assert views(kitchen.order()) >= {"prep:fry", "expo", "board", "terminal:T1"}
    painted = kitchen.painted("fry")
    kitchen.do(Acknowledge("fry", painted, VoidAnswer.NOT_MADE), "fry")
    assert views(kitchen.order()) == frozenset()
    assert {one.stations[0].void_answer for one in kitchen.order().lines} == {
        VoidAnswer.UNKNOWN,
        VoidAnswer.NOT_MADE,
    }


def test_the_ticket_version_rises_only_where_the_ticket_changed() -> None:
    """What must be heard: grill's bump is no news at fry, a rush is at both, paid at none."""
    kitchen = Kitchen()
    kitchen.hold()

    def versions() -> tuple[int, int]:
        return station(kitchen, "grill").ticket_version, station(kitchen, "fry").ticket_version

    assert versions() == (1, 1)
    kitchen.bump("grill", "a")
    assert versions() == (2, 1)
    kitchen.do(Rush())
    assert versions() == (3, 3)
    kitchen.do(AddLines((line("d", "fry"),)))
    assert versions() == (3, 4)
    kitchen.do(ChangeLine("b", quantity_milli=5000))
    assert versions() == (5, 4)
    kitchen.do(ChangeLine("b", total_minor=900))
    assert versions() == (5, 4)


def test_a_bump_at_a_station_where_only_its_own_ticket_is_gone_keeps_the_order_in_other_views() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill")
    assert views(kitchen.order()) == {"expo", "prep:fry", "board", "terminal:T1"}


def test_history_says_who_did_what_when() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.do(VoidLines(("a", "b"), "dropped"), user="ali")
    entry = kitchen.order().history[-1]
    assert (entry.verb, entry.line_ids, entry.device, entry.user, entry.version, entry.detail) == (
        "void_lines",
        ("a", "b"),
        "T1",
        "ali",
        2,
        "dropped",
    )


def test_history_is_bounded_and_keeps_its_first_entry() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    first = kitchen.order().history[0]
    for number in range(520):
        kitchen.do(Rush(rush=number % 2 == 0))
    history = kitchen.order().history
    assert len(history) == 500
    assert history[0] == first
    assert [entry.version for entry in history[1:]] == list(range(23, 522))


def test_a_line_keeps_all_its_fields_through_a_bump() -> None:
    """`with_stations` writes the fields out by hand: a field that is added to Line must be added there."""
    values = {one.name: one.default if one.default is not MISSING else "x" for one in fields(Line)}
    numbered = {
        name: (number if isinstance(value, int) and not isinstance(value, bool) else value)
        for number, (name, value) in enumerate(values.items(), start=1)
    }
    flags = {name: not value if isinstance(value, bool) else value for name, value in numbered.items()}
    words = {name: f"w-{name}" if isinstance(value, str) else value for name, value in flags.items()}
    groups = {name: (name,) if value == () else value for name, value in words.items()}
    full = Line(**groups)  # type: ignore[arg-type]
    there = (StationLine("grill", LineState.QUEUED, 1),)
    assert with_stations(full, there) == replace(full, stations=there)
