"""A simulated cook works through whatever stands on the screen, on its other pages too."""

import pytest

from display.core.cook import Cook, profile
from display.core.effects import Send
from display.core.keymap import Action, Grammar
from heard.command import Acknowledge
from heard.order import LineState, VoidAnswer
from tests.display.desks import STATION, Bench

TURNS_MAX = 400


def cook(bench: Bench, kind: str) -> list[Action]:
    """Until nothing is left to do; the actions pressed."""
    one = Cook(profile(kind), Grammar.SELECT, lambda: 0.5)
    pressed: list[Action] = []
    for _ in range(TURNS_MAX):
        for thought in bench.desk.thoughts(one, bench.now_s):
            for press in thought:
                bench.carry(bench.desk.press(press, bench.now_s))
                pressed.append(press.action)
        bench.deliver()
        if done(bench):
            return pressed
        bench.wait(0.2)
    raise AssertionError("it was not all made")


def done(bench: Bench) -> bool:
    return all(
        at is not None and at.state is LineState.DONE
        for order in bench.orders.values()
        for line in order.lines
        for at in [line.at(STATION)]
    )


@pytest.mark.parametrize("kind", ["human:1", "instant"])
def test_a_ticket_that_goes_on_on_another_page_is_made_whole(kind: str) -> None:
    """Its first lines were bumped, and the rest stands on page 2: the cook turns the page."""
    bench = Bench(w=640, h=480)
    bench.hold(24)
    bench.hold(2)
    bench.wait(1.0)
    assert bench.turn().pages > 1
    assert Action.PAGE_NEXT in cook(bench, kind)


@pytest.mark.parametrize("kind", ["human:1", "instant"])
def test_on_one_page_no_page_is_turned(kind: str) -> None:
    bench = Bench()
    for lines in (1, 3, 2):
        bench.hold(lines)
    bench.wait(1.0)
    assert Action.PAGE_NEXT not in cook(bench, kind)


@pytest.mark.parametrize(
    ("kind", "chance", "key", "answer"),
    [
        ("human:1", 0.2, Action.MADE, VoidAnswer.MADE),
        ("instant:1:wavers", 0.5, Action.NOT_MADE, VoidAnswer.NOT_MADE),
        ("human:1", 0.9, Action.BUMP, VoidAnswer.UNSPECIFIED),
        ("instant", 0.2, Action.BUMP, VoidAnswer.UNSPECIFIED),
    ],
)
def test_of_a_void_that_he_did_not_start_he_says_whether_it_was_made(
    kind: str, chance: float, key: Action, answer: VoidAnswer
) -> None:
    bench = Bench()
    order_id = bench.hold(2)
    bench.wait(1.0)
    bench.void(order_id, 0)
    bench.wait(1.0)
    one = Cook(profile(kind), Grammar.SELECT, lambda: chance)
    pressed: list[Action] = []
    while not any(
        isinstance(effect, Send) and isinstance(effect.verb, Acknowledge) for effect in bench.effects
    ):
        for thought in bench.desk.thoughts(one, bench.now_s):
            for press in thought:
                bench.carry(bench.desk.press(press, bench.now_s))
                pressed.append(press.action)
        bench.wait(0.2)
        assert bench.now_s < 1030.0
    verb = next(
        effect.verb
        for effect in bench.effects
        if isinstance(effect, Send) and isinstance(effect.verb, Acknowledge)
    )
    assert (verb.void_answer, key in pressed) == (answer, True)
