"""The list by item: pictures, counted, and what keys do on it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from display.core.aging import Level
from display.core.effects import Click, Effect, Send, TakeBack
from display.core.fixture import Fixture, fixture
from display.core.keymap import Action
from display.core.list_style import ListStyle
from display.screens.from_fixture import look_of, scene_of
from display.ui.icons import Icons
from display.ui.text import TextEngine
from heard.command import Acknowledge, BumpLines, EightySix, FireCourse, HoldCourse, StartLines
from heard.order import Course, LineState
from heard.stream import AgeLimits
from tests.display.benches import words
from tests.display.counting_list import check_list
from tests.display.desks import Bench
from tests.display.dishes import FOLDER
from tests.display.golden import check_golden
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


def touched(bench: Bench, dish: str, row: int) -> tuple[Effect, ...]:
    """A finger on a row of a dish."""
    tile = next(one for one in bench.flips[-1][1].tiles if one.key[0] == f"item:{dish}|")
    at = tile.rows[row]
    return bench.tap(at.x + at.w // 2, at.y + at.h // 2)


def rows(bench: Bench) -> dict[str, list[str]]:
    """The orders under each dish."""
    tiles = bench.flips[-1][1].tiles
    return {tile.key[0]: [line.ticket[0] for line in tile.box.lines if line.ticket] for tile in tiles}


def state(bench: Bench, order_id: str, n: int) -> LineState:
    return bench.orders[order_id].lines[n].stations[0].state


@pytest.fixture
def by_touch() -> Bench:
    """The same three tickets on a screen with fingers."""
    made = Bench(layout="list", touch=True)
    for lines in (1, 2, 3):
        made.hold(lines)
    made.wait(2.0)
    return made


@pytest.mark.parametrize("then", ["the last one", "another row since", "the key"])
def test_a_row_that_a_finger_made_stands_done_and_is_not_done_at_its_second_touch(
    by_touch: Bench, then: str
) -> None:
    bench, before = by_touch, rows(by_touch)
    touched(bench, "dish-0", 0)  # all that o01 has
    bench.deliver()
    assert state(bench, "o01", 0) is LineState.DONE
    bench.wait(0.3)
    assert touched(bench, "dish-0", 0) == (Click(),), "a finger that trembles"
    assert rows(bench) == before, "no row moves under it"
    bench.wait(1.0)
    if then == "another row since":
        touched(bench, "dish-2", 0)
        bench.wait(0.6)
    taken = bench.press(Action.UNDO) if then == "the key" else touched(bench, "dish-0", 0)
    assert [type(one) for one in taken] == [TakeBack]
    bench.deliver()
    bench.wait(4.0)
    assert state(bench, "o01", 0) is LineState.QUEUED
    assert rows(bench)["item:dish-0|"] == before["item:dish-0|"]
    assert ("item:dish-2|" in rows(bench)) is (then != "another row since"), "its three seconds are over"


def test_a_row_of_two_lines_of_one_dish_stands_done_with_all_of_it(by_touch: Bench) -> None:
    first = by_touch.orders["o01"]
    other = replace(first.lines[0], line_id="o01-seat-2", quantity_milli=4000)
    by_touch.put(replace(first, lines=(*first.lines, other), version=2))
    by_touch.wait(0.6)
    assert "5" in words(by_touch.turn(), "item:dish-0|/0/0").split()
    touched(by_touch, "dish-0", 0)
    by_touch.deliver()
    assert "5" in words(by_touch.turn(), "item:dish-0|/0/0").split()


def test_hold_means_the_course_of_the_selected_row(bench: Bench) -> None:
    third = bench.orders["o03"]
    lines = tuple(replace(line, course=n) for n, line in enumerate(third.lines))
    bench.put(replace(third, lines=lines, courses=(Course(1), Course(2)), version=2))
    bench.wait(1.0)
    bench.digit(3)  # the third dish, which only o03 has
    bench.press(Action.LINE_DOWN)
    (held,) = (effect for effect in bench.press(Action.HOLD) if isinstance(effect, Send))
    assert (held.order_id, held.verb) == ("o03", HoldCourse(2))


def test_a_ticket_that_only_waits_is_not_late(bench: Bench) -> None:
    order = bench.orders["o01"]
    waiting = tuple(
        replace(line, course=2, stations=(replace(line.stations[0], state=LineState.WAITING),))
        for line in order.lines
    )
    bench.put(replace(order, lines=waiting, courses=(Course(2),), version=2))
    held = next(one for one in bench.desk.slots.places if one.key[0] == "o01").ticket
    late_ms = held.age_from_ms + 3_600_000
    assert ListStyle().age(held, late_ms, AgeLimits(480, 720)).level is Level.FRESH


def test_a_row_that_was_made_leaves_after_three_seconds(by_touch: Bench) -> None:
    touched(by_touch, "dish-1", 0)
    by_touch.deliver()
    by_touch.wait(2.9)
    assert rows(by_touch)["item:dish-1|"] == ["o02", "o03"]
    by_touch.wait(0.2)
    assert rows(by_touch)["item:dish-1|"] == ["o03"]


def test_a_ticket_that_waits_is_a_row_at_the_end_which_fire_can_mean(bench: Bench) -> None:
    order_id = bench.hold(2)
    order = bench.orders[order_id]
    waiting = tuple(
        replace(line, course=2, stations=(replace(line.stations[0], state=LineState.WAITING),))
        for line in order.lines
    )
    bench.put(replace(order, lines=waiting, courses=(Course(2),), version=2))
    bench.wait(3.0)
    slot, last, _ = bench.shown()[-1]
    assert last == order_id
    bench.digit(slot)
    assert bench.press(Action.BUMP) == (Click(),), "FIRE first"
    assert bench.desk.intents.saying is not None
    assert bench.desk.intents.saying.key == "say.fire_first"
    bench.desk.settle(replace(bench.desk.look, held_lines=True), bench.desk.panel, bench.desk.intents.profile)
    bench.wait(1.0)
    assert bench.shown()[-1][1] == order_id, "with its dishes, where a station wants them"
    bench.digit(slot)
    (fired,) = (effect for effect in bench.press(Action.FIRE) if isinstance(effect, Send))
    assert fired.verb == FireCourse(2)
