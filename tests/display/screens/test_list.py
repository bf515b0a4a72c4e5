"""The list by item: pictures, counted, and what keys do on it."""

from __future__ import annotations

import json

import pytest

from display.core.effects import Click, Send
from display.core.fixture import Fixture, fixture
from display.core.keymap import Action
from display.screens.from_fixture import look_of, scene_of
from display.ui.icons import Icons
from display.ui.text import TextEngine
from heard.command import Acknowledge, BumpLines, EightySix, StartLines
from heard.order import LineState
from tests.display.counting_list import check_list
from tests.display.desks import Bench
from tests.display.golden import check_golden
from tests.display.kitchens import FOLDER
from tests.display.passes import lists

NAMES = tuple(lists())


def load(name: str) -> Fixture:
    """A fixture from its file, as `--fixture` reads it."""
    return fixture(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", NAMES)
def test_the_screen_is_painted_as_its_golden(
    name: str, text: TextEngine, icons: Icons, update_goldens: bool
) -> None:
    content = load(name)
    scene = scene_of(content, text)
    check_list(scene, content, look_of(content, text))
    check_golden(f"prep-{name}", scene.picture, text, icons, update=update_goldens)


@pytest.mark.parametrize("name", NAMES)
def test_the_fixture_files_are_what_the_kitchens_say(name: str) -> None:
    written = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert written == lists()[name], "run python -m tests.display.kitchens"


@pytest.fixture
def bench() -> Bench:
    """Three tickets: each asks for Dish 0, two for Dish 1, one for Dish 2."""
    made = Bench(layout="list")
    for lines in (1, 2, 3):
        made.hold(lines)
    made.wait(2.0)
    return made


def test_a_bump_on_a_dish_names_the_lines_of_every_ticket(bench: Bench) -> None:
    assert [order for _, order, _ in bench.shown()] == ["item:dish-0|", "item:dish-1|", "item:dish-2|"]
    bench.digit(2)
    sends = [effect for effect in bench.press(Action.BUMP) if isinstance(effect, Send)]
    assert [
        (one.order_id, [line.line_id for line in one.verb.lines])
        for one in sends
        if isinstance(one.verb, BumpLines)
    ] == [
        ("o02", ["o02-1"]),
        ("o03", ["o03-1"]),
    ]
    assert (2, "item:dish-1|", "bumped") in bench.shown()
    bench.deliver()
    bench.wait(5.0)
    assert [order for _, order, _ in bench.shown()] == ["item:dish-0|", "item:dish-2|"]
    assert bench.orders["o02"].lines[1].stations[0].state is LineState.DONE


def test_a_row_is_one_tickets_part(bench: Bench) -> None:
    bench.digit(1)
    bench.press(Action.LINE_DOWN)
    bench.press(Action.LINE_DOWN)
    effects = bench.press(Action.START)
    assert [effect.order_id for effect in effects if isinstance(effect, Send)] == ["o02"]
    assert all(isinstance(effect.verb, StartLines) for effect in effects if isinstance(effect, Send))
    bench.digit(3)
    sends = [effect for effect in bench.press(Action.OUT) if isinstance(effect, Send)]
    assert isinstance(sends[0].verb, EightySix)


def test_a_void_is_acknowledged_before_the_dish_is_bumped(bench: Bench) -> None:
    bench.void("o02", 1)
    bench.wait(1.0)
    bench.digit(2)
    sends = [effect for effect in bench.press(Action.BUMP) if isinstance(effect, Send)]
    assert [(one.order_id, type(one.verb)) for one in sends] == [("o02", Acknowledge)]
    bench.deliver()
    bench.wait(1.0)
    sends = [effect for effect in bench.press(Action.BUMP) if isinstance(effect, Send)]
    assert [(one.order_id, type(one.verb)) for one in sends] == [("o03", BumpLines)]


def test_what_came_within_half_a_second_is_not_bumped(bench: Bench) -> None:
    bench.digit(3)
    bench.hold(3)
    bench.wait(0.2)
    sends = [effect for effect in bench.press(Action.BUMP) if isinstance(effect, Send)]
    assert [one.order_id for one in sends] == ["o03"]
    bench.wait(1.0)
    bench.digit(9)
    assert bench.press(Action.BUMP) == (Click(),)


def test_a_ticket_is_heard_when_all_its_dishes_were_painted(bench: Bench) -> None:
    reported = {order_id: version for one in bench.reports for order_id, version in one.newly_shown}
    assert reported == {"o01": 1, "o02": 1, "o03": 1}
    bench.add("o01")
    assert bench.reports[-1].newly_shown == (("o01", 2),)
