"""A void of what nobody had started: only the cook knows whether it was made, and one key says so to the till."""

from __future__ import annotations

import pytest

from display.core.effects import Click, Effect, Send
from display.core.keymap import Action
from display.core.menu import Kind
from heard.command import Acknowledge
from heard.order import VoidAnswer
from tests.display.desks import STATION, Bench


@pytest.fixture(params=["columns", "list"])
def bench(request: pytest.FixtureRequest) -> Bench:
    """Two tickets of two dishes each; by ticket or by dish."""
    made = Bench(layout=request.param)
    made.hold(2)
    made.hold(2)
    made.wait(2.0)
    return made


def answered(effects: tuple[Effect, ...]) -> list[tuple[list[str], VoidAnswer]]:
    found = []
    for one in effects:
        assert isinstance(one, Send)
        assert isinstance(one.verb, Acknowledge)
        assert one.verb.station == STATION
        found.append(([line.line_id for line in one.verb.lines], one.verb.void_answer))
    return found


def hints(bench: Bench) -> list[str]:
    return [hint.action for hint in bench.desk._hints(live=True)]


@pytest.mark.parametrize(
    ("key", "answer", "says"),
    [
        (Action.MADE, VoidAnswer.MADE, "say.said_made"),
        (Action.NOT_MADE, VoidAnswer.NOT_MADE, "say.said_not_made"),
    ],
)
def test_the_key_answers_the_void_and_bump_bumps_the_rest(
    bench: Bench, key: Action, answer: VoidAnswer, says: str
) -> None:
    bench.void("o01", 0)
    bench.wait(1.0)
    bench.digit(1)
    assert answered(bench.press(key)) == [(["o01-0"], answer)]
    assert bench.desk.intents.saying is not None
    assert bench.desk.intents.saying.key == says
    bench.deliver()
    bench.wait(1.0)
    assert bench.press(key) == (Click(),), "answered once"
    assert "o01-0" not in {
        line.line.line_id
        for ticket in bench.desk.board.tickets.values()
        for line in ticket.lines
        if line.unseen
    }


def test_bump_alone_leaves_it_unknown(bench: Bench) -> None:
    bench.void("o01", 0)
    bench.wait(1.0)
    bench.digit(1)
    assert answered(bench.press(Action.BUMP)) == [(["o01-0"], VoidAnswer.UNSPECIFIED)]


def test_what_else_changed_on_the_tile_still_waits_to_be_seen() -> None:
    bench = Bench()
    bench.hold(2)
    bench.wait(2.0)
    bench.void("o01", 0)
    bench.raise_("o01", 1)
    bench.wait(1.0)
    bench.digit(1)
    assert answered(bench.press(Action.NOT_MADE)) == [(["o01-0"], VoidAnswer.NOT_MADE)]
    bench.deliver()
    bench.wait(1.0)
    assert answered(bench.press(Action.BUMP)) == [(["o01-1"], VoidAnswer.UNSPECIFIED)]


def test_a_void_of_this_moment_is_looked_at_first(bench: Bench) -> None:
    bench.digit(1)
    bench.void("o01", 0)
    bench.turn()
    assert bench.press(Action.NOT_MADE) == (Click(),)


def test_the_keys_are_hinted_while_they_are_asked_for(bench: Bench) -> None:
    assert hints(bench)[0] == Action.DIGIT
    bench.void("o01", 0)
    bench.wait(1.0)
    assert hints(bench)[0] == Action.DIGIT, "of the selected tile"
    bench.digit(1)
    bench.turn()
    assert hints(bench)[:2] == [Action.MADE, Action.NOT_MADE]
    bench.press(Action.NOT_MADE)
    bench.deliver()
    bench.wait(1.0)
    assert hints(bench)[0] == Action.DIGIT


def test_the_menu_asks_it_first() -> None:
    bench = Bench(touch=True)
    bench.hold(2)
    bench.wait(2.0)
    bench.void("o01", 0)
    bench.wait(1.0)
    bench.digit(1)
    bench.press(Action.MENU)
    menu = bench.desk.intents.menu
    assert menu is not None
    assert menu.kind is Kind.TICKET
    assert [one.what for one in menu.entries[:2]] == ["made", "not_made"]
    assert answered(bench.digit(2)) == [(["o01-0"], VoidAnswer.NOT_MADE)]
    assert bench.desk.intents.menu is None


def test_nothing_to_answer_is_said(bench: Bench) -> None:
    assert bench.press(Action.MADE) == (Click(),)
    bench.digit(1)
    assert bench.press(Action.MADE) == (Click(),)
    assert bench.desk.intents.saying is not None
    assert bench.desk.intents.saying.key == "say.nothing_voided"
