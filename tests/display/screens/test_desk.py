"""What a cook's keys and touches do to the tickets of a prep desk, in the kitchen's words."""

from __future__ import annotations

import dataclasses

import pytest

from display.core.effects import Click, Send, TakeBack
from display.core.keymap import Action, Grammar
from heard.command import (
    Acknowledge,
    Answer,
    BumpLines,
    Command,
    Outcome,
    Reason,
    RecallLines,
    StartLines,
)
from heard.order import LineState
from tests.display.desks import Bench, named


def test_digit_selects_and_bump_names_every_line_as_it_was_painted(bench: Bench) -> None:
    assert bench.digit(2) == ()
    assert bench.desk.intents.selected == ("o02", 0)
    effects = bench.press(Action.BUMP)
    assert isinstance(effects[0], Send)
    assert isinstance(effects[0].verb, BumpLines)
    assert {(line.line_id, line.version) for line in named(effects)} == {("o02-0", 1), ("o02-1", 1)}
    assert bench.desk.intents.selected is None, "after a bump nothing is selected"


def test_a_second_bump_within_700_ms_only_clicks(bench: Bench) -> None:
    bench.digit(1)
    bench.press(Action.BUMP)
    bench.wait(0.3)
    bench.digit(2)
    assert bench.press(Action.BUMP) == (Click(),)
    bench.wait(0.5)
    assert isinstance(bench.press(Action.BUMP)[0], Send)


@pytest.mark.parametrize(
    ("action", "number"),
    [(Action.DIGIT, 9), (Action.BUMP, 0), (Action.UNDO, 0), (Action.START, 0), (Action.PAGE_NEXT, 0)],
)
def test_a_key_that_is_answered_with_the_words_that_stand_there_is_seen_too(
    bench: Bench, action: Action, number: int
) -> None:
    """A cook who sees nothing presses again: of 60 keys one showed nothing, as "nothing under 1" stood there already."""
    pictures = [bench.turn().picture]
    for _ in range(3):
        bench.wait(0.8)
        before = bench.turn().picture
        bench.press(action, number)
        pictures.append(bench.turn().picture)
        assert pictures[-1] != before
    bench.wait(4.0)
    assert bench.turn().picture.ops[-1] == pictures[0].ops[-1], "the keys stand in the bar again"


def test_a_digit_means_the_picture_of_half_a_second_before(bench: Bench) -> None:
    bench.digit(1)
    bench.press(Action.BUMP)
    bench.deliver()
    bench.wait(3.05)  # the gap has just closed: o2 stands under 1 now, o3 under 2
    assert bench.shown() == [(1, "o02", "live"), (2, "o03", "live")]
    bench.digit(2)
    assert bench.desk.intents.selected == ("o02", 0), "the finger was on its way to o2, which stood under 2"
    bench.wait(0.6)
    bench.digit(2)
    assert bench.desk.intents.selected == ("o03", 0)


def test_a_new_ticket_cannot_be_bumped_before_it_stood_half_a_second(bench: Bench) -> None:
    bench.hold()
    bench.turn()
    bench.wait(0.2)
    assert bench.digit(4) == (Click(),)
    bench.wait(0.4)
    assert bench.digit(4) == ()
    assert bench.desk.intents.selected == ("o04", 0)


def test_a_line_that_came_under_the_finger_is_not_bumped_with_the_rest(bench: Bench) -> None:
    bench.digit(1)
    bench.add("o01")
    bench.turn()
    bench.wait(0.1)
    effects = bench.press(Action.BUMP)
    assert [line.line_id for line in named(effects)] == ["o01-0"]
    bench.deliver()
    bench.wait(1.0)
    assert (1, "o01", "live") in bench.shown(), "the new line stays"


def test_bump_first_acknowledges_a_void_then_bumps(bench: Bench) -> None:
    bench.void("o02", 0)
    bench.wait(1.0)
    bench.digit(2)
    effects = bench.press(Action.BUMP)
    assert isinstance(effects[0], Send)
    assert isinstance(effects[0].verb, Acknowledge)
    assert [line.line_id for line in named(effects)] == ["o02-0"]
    bench.deliver()
    bench.wait(1.0)
    effects = bench.press(Action.BUMP)
    assert isinstance(effects[0], Send)
    assert isinstance(effects[0].verb, BumpLines)
    assert [line.line_id for line in named(effects)] == ["o02-1"]


@pytest.mark.parametrize(
    ("rest", "voids", "key", "says"),
    [
        (LineState.DONE, [0], Action.BUMP, "say.seen"),
        (LineState.QUEUED, [0], Action.BUMP, "say.acknowledged"),
        (LineState.WAITING, [0], Action.BUMP, "say.rest_stays"),
        (LineState.QUEUED, [0, 1], Action.BUMP, "say.seen"),
        (LineState.QUEUED, [0, 1], Action.BUMP_LINE, "say.rest_stays"),
    ],
)
def test_what_is_said_of_a_seen_void_becomes_true(
    bench: Bench, rest: LineState, voids: list[int], key: Action, says: str
) -> None:
    """A starter is voided while the main is made, is on hold, is to be made, or is voided too."""
    bench.change("o02", 1, lambda at, version: dataclasses.replace(at, state=rest, version=version))
    for n in voids:
        bench.void("o02", n)
    bench.wait(3.0)
    bench.digit(next(slot for slot, order, _ in bench.shown() if order == "o02"))
    assert isinstance(bench.press(key)[0], Send)
    assert bench.desk.intents.saying is not None
    assert bench.desk.intents.saying.key == says
    bench.deliver()
    bench.wait(4.0)
    assert any(order == "o02" for _, order, _ in bench.shown()) == (says != "say.seen")


def test_a_void_of_this_moment_is_looked_at_first(bench: Bench) -> None:
    bench.digit(2)
    bench.void("o02", 0)
    bench.turn()
    assert bench.press(Action.BUMP) == (Click(),)
    assert bench.desk.intents.saying is not None
    assert bench.desk.intents.saying.key == "say.changed_meanwhile"


def test_undo_brings_the_tile_back_at_once_and_only_once(bench: Bench) -> None:
    bench.digit(2)
    bench.press(Action.BUMP)
    bench.deliver()
    bench.wait(1.0)
    effects = bench.press(Action.UNDO)
    assert isinstance(effects[0], TakeBack)
    assert (2, "o02", "live") in bench.shown(), "before the hub has confirmed"
    bench.deliver()
    bench.wait(1.0)
    assert (2, "o02", "live") in bench.shown()
    assert bench.press(Action.UNDO) == (Click(),)


def test_undo_of_a_bump_that_the_hub_has_not_seen(bench: Bench) -> None:
    bench.live = False
    bench.digit(2)
    bench.press(Action.BUMP)
    bench.wait(1.0)
    bench.press(Action.UNDO)
    assert (2, "o02", "live") in bench.shown()
    bench.deliver()
    bench.wait(1.0)
    assert (2, "o02", "live") in bench.shown()


def test_undo_after_a_minute_says_so(bench: Bench) -> None:
    bench.digit(2)
    bench.press(Action.BUMP)
    bench.deliver()
    bench.wait(61.0)
    assert bench.press(Action.UNDO) == (Click(),)


def test_start_names_only_what_is_not_started(bench: Bench) -> None:
    bench.digit(2)
    effects = bench.press(Action.START)
    assert isinstance(effects[0], Send)
    assert isinstance(effects[0].verb, StartLines)
    assert len(named(effects)) == 2
    bench.deliver()
    bench.wait(1.0)
    assert bench.press(Action.START) == (Click(),)


def test_a_chosen_line_is_bumped_alone(bench: Bench) -> None:
    bench.digit(3)
    bench.press(Action.LINE_DOWN)
    bench.press(Action.LINE_DOWN)
    effects = bench.press(Action.BUMP)
    assert [line.line_id for line in named(effects)] == ["o03-1"]
    bench.deliver()
    bench.wait(1.0)
    assert (3, "o03", "live") in bench.shown()


def test_held_lines_cannot_be_bumped(bench: Bench) -> None:
    bench.change(
        "o01", 0, lambda at, version: dataclasses.replace(at, state=LineState.WAITING, version=version)
    )
    bench.wait(3.0)
    slot = next(slot for slot, order, _ in bench.shown() if order == "o01")
    assert slot == 3, "a ticket that only waits stands last"
    bench.digit(slot)
    assert bench.press(Action.BUMP) == (Click(),)
    assert bench.desk.intents.saying is not None
    assert bench.desk.intents.saying.key == "say.fire_first"


def test_auto_repeat_bumps_once(bench: Bench) -> None:
    bench.digit(1)
    assert isinstance(bench.press(Action.BUMP)[0], Send)
    bench.wait(0.8)
    bench.digit(2)
    assert bench.press(Action.BUMP, repeat=True) == ()


def test_digit_bumps_in_the_other_grammar_and_tens_have_a_prefix() -> None:
    bench = Bench(grammar=Grammar.BUMP, w=3840, h=2160)
    for _ in range(12):
        bench.hold()
    bench.wait(2.0)
    assert [line.line_id for line in named(bench.digit(3))] == ["o03-0"]
    bench.wait(1.0)
    assert bench.digit(0) == ()
    assert [line.line_id for line in named(bench.digit(2))] == ["o12-0"]
    assert bench.digit(3) == (Click(),), "its tile is greyed"


def test_touch_header_bumps_again_undoes_line_is_done_and_not_done(bench: Bench) -> None:
    tile = bench.flips[-1][1].tiles[2]
    x, y = tile.box.x + 200, tile.box.y + 20
    row = tile.rows[0]
    effects = bench.tap(row.x + 100, row.y + 10)
    assert [line.line_id for line in named(effects)] == ["o03-0"]
    bench.deliver()
    bench.wait(1.0)
    effects = bench.tap(row.x + 100, row.y + 10)
    assert isinstance(effects[0], Send)
    assert isinstance(effects[0].verb, RecallLines)
    bench.deliver()
    bench.wait(1.0)
    effects = bench.tap(x, y)
    assert isinstance(effects[0], Send)
    assert len(named(effects)) == 3
    bench.wait(0.3)
    assert bench.tap(x, y) == (Click(),), "a slip of the finger"
    bench.wait(0.7)
    assert isinstance(bench.tap(x, y)[0], TakeBack)


def test_undo_pill_takes_back_at_once(bench: Bench) -> None:
    tile = bench.flips[-1][1].tiles[1]
    bench.tap(tile.box.x + 200, tile.box.y + 20)
    bench.wait(0.6)
    undo = bench.flips[-1][1].tiles[1].undo
    assert undo is not None
    assert isinstance(bench.tap(undo.x + 5, undo.y + 5)[0], TakeBack)


def test_a_refused_bump_puts_the_tile_back(bench: Bench) -> None:
    bench.digit(2)
    effects = bench.press(Action.BUMP)
    assert isinstance(effects[0], Send)
    bench.wait(0.5)
    bench.desk.failed(effects[0].token, bench.now_s, "say.journal_broken")
    bench.turn()
    assert (2, "o02", "live") in bench.shown()


def test_what_another_screen_bumped_leaves(bench: Bench) -> None:
    bench.change("o02", 0, lambda at, version: dataclasses.replace(at, state=LineState.DONE, version=version))
    bench.change("o02", 1, lambda at, version: dataclasses.replace(at, state=LineState.DONE, version=version))
    bench.wait(2.0)
    assert [order for _, order, _ in bench.shown()] == ["o01", "o03"]


def test_a_refusal_that_gives_no_reason_is_said_in_words(bench: Bench) -> None:
    bench.digit(1)
    sent = next(one for one in bench.press(Action.BUMP) if isinstance(one, Send))
    answer = Answer(Outcome.REJECTED, 1, reason=Reason.INVALID)
    bench.desk.answered(Command(sent.order_id, sent.verb, 1), answer, sent.token, bench.now_s)
    saying = bench.desk.intents.saying
    assert saying is not None
    assert saying.values["why"] == "it gives no reason"
