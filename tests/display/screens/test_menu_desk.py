"""The menu of a tile by finger and by key, in the kitchen's words."""

from __future__ import annotations

import dataclasses

import pytest

from display.core.effects import BeginPreflight, Click, Send, TakeBack, TurnSound
from display.core.keymap import Action
from display.core.menu import MENU_S
from display.core.recall import RecallList
from display.core.touch import HOLD_S, Gesture
from heard.command import EightySix, Pause, PrintTicket, RecallLines, Rush
from heard.order import OrderType
from heard.stream import StationProfile
from tests.display.benches import a_bumped, done, header, recalled, tile, verb, words
from tests.display.desks import STATION, Bench, named


def test_a_hold_opens_the_menu_beside_its_tile_and_a_tap_outside_closes_it_and_does_nothing_else(
    touched: Bench,
) -> None:
    assert touched.hold_finger(*header(touched, 1)) == ()
    menu = touched.desk.intents.menu
    assert menu is not None
    assert menu.subject is not None
    assert menu.subject.key == ("o02", 0)
    scene = touched.turn()
    assert "#202 · DINE IN T2" in words(scene, "menu")
    assert [entry.what for entry in menu.entries] == ["list", "rush:on", "move", "out"]
    touched.wait(0.6)
    assert touched.tap(*header(touched, 0)) == ()
    assert touched.desk.intents.menu is None
    assert touched.tap(*header(touched, 0)) == (Click(),), "the second knock of a finger bumps nothing"
    touched.wait(0.6)
    assert isinstance(touched.tap(*header(touched, 0))[0], Send)


def test_the_menu_of_a_car_names_its_lane(touched: Bench) -> None:
    second = touched.orders["o02"]
    touched.put(dataclasses.replace(second, type=OrderType.CAR, version=second.version + 1))
    touched.wait(0.6)
    touched.hold_finger(*header(touched, 1))
    assert "#202 · CAR Lane 2" in words(touched.turn(), "menu")


def test_a_menu_that_came_this_moment_takes_no_tap(touched: Bench) -> None:
    touched.hold_finger(*header(touched, 1))
    place = touched.button("menu:rush:on")
    assert touched.tap(*place) == (Click(),), "the finger was on its way to what stood there before"
    touched.wait(0.5)
    assert verb(touched.tap(*place)) == Rush(True)
    assert touched.desk.intents.menu is None


def test_a_hold_means_the_picture_of_half_a_second_before_the_finger_came_down(touched: Bench) -> None:
    touched.tap(*header(touched, 0))
    touched.deliver()
    touched.wait(3.05)  # the gap has just closed: o02 moved to the first place
    assert touched.shown()[0][1] == "o02"
    touched.hold_finger(*header(touched, 1))
    menu = touched.desk.intents.menu
    assert menu is not None
    assert menu.subject is not None
    assert menu.subject.order.order_id == "o02", "which stood second when the finger was on its way"


def test_the_menu_closes_by_itself_and_then_neither_key_nor_finger_means_what_was_under_it(
    touched: Bench,
) -> None:
    touched.hold_finger(*header(touched, 1))
    touched.wait(MENU_S - 0.2)
    assert words(touched.turn(), "menu")
    touched.wait(0.3)
    assert not words(touched.turn(), "menu")
    assert touched.tap(*header(touched, 2)) == (Click(),)
    assert touched.digit(1) == (Click(),)
    touched.wait(0.5)
    assert touched.digit(1) == ()


def test_a_towel_leaves_no_menu_behind(touched: Bench) -> None:
    x, y = header(touched, 1)
    down_s = touched.now_s
    touched.wait(HOLD_S)
    touched.tap(x, y, Gesture.HOLD, down_s)
    assert words(touched.turn(), "menu")
    touched.wait(1.5)
    assert touched.tap(x, y, Gesture.TOWEL, down_s) == ()
    assert not words(touched.turn(), "menu")


def test_the_menu_of_a_ticket_that_somebody_else_bumped_closes(touched: Bench) -> None:
    touched.hold_finger(*header(touched, 0))
    done(touched, "o01", 0)
    touched.turn()
    assert touched.desk.intents.menu is None
    assert touched.desk.intents.saying is not None
    assert touched.desk.intents.saying.key == "say.changed_meanwhile"


def test_what_comes_under_the_menu_is_not_called_painted_and_the_rest_is() -> None:
    touched = Bench(touch=True)
    for _ in range(4):
        touched.hold(17)
    touched.wait(2.0)
    touched.hold_finger(*header(touched, 1))
    seen = {one.key[0] for one in touched.flips[-1][1].tiles}
    assert seen == {"o01", "o02"}, "the menu lies over the two behind its own tile"
    touched.reports.clear()
    touched.add("o01")
    touched.add("o03")
    assert "+1 waiting" in words(touched.turn(), "bottom")
    told = {order_id for report in touched.reports for order_id, _ in report.newly_shown}
    behind = {one.order_id for report in touched.reports for one in report.behind}
    assert (told, behind) == ({"o01"}, {"o03"})
    touched.wait(MENU_S)
    assert {order_id for report in touched.reports for order_id, _ in report.newly_shown} == {"o01", "o03"}


def test_a_hold_on_a_line_is_about_that_line(touched: Bench) -> None:
    done(touched, "o03", 0, 1)
    touched.wait(2.0)
    row = tile(touched, "o03").rows[1]
    touched.hold_finger(row.x + 100, row.y + 10)
    scene = touched.turn()
    assert "2× Dish 1" in words(scene, "menu")
    touched.wait(0.5)
    effects = touched.tap(*touched.button("menu:recall"))
    recalled = verb(effects)
    assert isinstance(recalled, RecallLines)
    assert [one.line_id for one in recalled.lines] == ["o03-1"], "the other one stays done"


def test_86_from_the_menu_asks_which_dish(touched: Bench) -> None:
    touched.hold_finger(*header(touched, 1))
    touched.wait(0.5)
    touched.tap(*touched.button("menu:out"))
    assert "86: WHAT?" in words(touched.turn(), "menu")
    touched.wait(0.5)
    assert verb(touched.tap(*touched.button("menu:o02-1"))) == EightySix("dish-1", False, {"en": "Dish 1"})
    assert isinstance(touched.press(Action.UNDO)[0], TakeBack)


def test_what_is_about_no_ticket_is_in_the_screens_own_menu(bench: Bench, touched: Bench) -> None:
    """By key: MENU while nothing is chosen. By touch: a button, also for what the bar has no room for."""
    bench.press(Action.MENU)
    menu = bench.desk.intents.menu
    assert menu is not None
    assert [entry.what for entry in menu.entries] == ["pull", "review", "sound", "preflight"]
    assert bench.digit(3) == (TurnSound(),)
    assert bench.digit(3) == (TurnSound(),), "the menu stays for the next step"
    assert bench.digit(4) == (BeginPreflight(),)
    assert bench.desk.intents.menu is None
    assert bench.press(Action.SOUND) == (TurnSound(),)
    assert bench.press(Action.SOUND, repeat=True) == ()

    touched.tap(*touched.button("more"))
    touched.wait(0.6)
    touched.tap(*touched.button("menu:pull"))
    touched.wait(0.6)
    touched.tap(*touched.button("menu:cold"))
    assert touched.desk.intents.recall == RecallList("cold", pulls=True)


@pytest.mark.parametrize(("role", "w"), [("prep", 1080), ("expo", 1080), ("expo", 1280), ("prep", 1920)])
def test_a_finger_reaches_every_button_that_a_bar_has_no_room_for(role: str, w: int) -> None:
    bench = Bench(role, w=w, h=1080, touch=True)
    bench.hold()
    bench.wait(1.0)
    stood = {one.action for one in bench.flips[-1][1].buttons}
    bench.tap(*bench.button("more"))
    bench.wait(0.6)
    in_menu = {one.action.removeprefix("menu:") for one in bench.flips[-1][1].buttons}
    assert {action.value for action, _ in bench.desk.buttons} <= stood | in_menu
    if "pause" in in_menu:
        assert isinstance(verb(bench.tap(*bench.button("menu:pause"))), Pause)


def test_what_is_said_leaves_the_buttons_of_a_touch_screen_where_they_are(touched: Bench) -> None:
    before = {one.action: one for one in touched.flips[-1][1].buttons}
    assert touched.tap(*touched.button("bump")) == (Click(),)
    scene = touched.turn()
    assert "Select a ticket first" in words(scene, "bottom")
    for action in ("bump", "undo", "recall", "start"):
        assert {one.action: one for one in touched.flips[-1][1].buttons}[action] == before[action]


def test_a_slow_finger_on_a_button_means_the_button(touched: Bench) -> None:
    place = touched.button("recall")
    touched.hold_finger(*place)
    assert touched.desk.intents.recall is not None


def test_the_menu_by_key_answers_to_digits_arrows_and_bump(bench: Bench) -> None:
    bench.digit(3)
    bench.press(Action.MENU)
    bench.press(Action.LINE_DOWN)
    assert verb(bench.press(Action.BUMP)) == Rush(True)
    bench.deliver()
    bench.wait(2.0)
    bench.digit(1)
    bench.press(Action.MENU)
    assert bench.digit(9) == (Click(),)
    assert verb(bench.digit(2)) == Rush(False), "the verb names the wanted state"
    bench.wait(1.0)
    bench.digit(1)
    bench.press(Action.MENU)
    bench.press(Action.BACK)
    assert bench.digit(2) == (), "his own key closed it: the next one is meant"
    assert bench.press(Action.MENU, repeat=True) == ()


def test_every_gesture_says_when_the_finger_came_down() -> None:
    from display.core.touch import Touches

    touches = Touches()
    touches.down(1, 5, 6, 10.0)
    (held,) = touches.due(10.7)
    assert held.down_s == 10.0
    gone = touches.up(1, 5, 6, 11.0)
    assert gone is not None
    assert (gone.gesture, gone.down_s) == (Gesture.LET_GO, 10.0)


def test_bump_line_goes_through_a_ticket_line_by_line(bench: Bench) -> None:
    assert bench.press(Action.BUMP_LINE) == (Click(),), "of which ticket?"
    bench.digit(3)
    bumped = []
    for _ in range(3):
        effects = bench.press(Action.BUMP_LINE)
        bumped += [one.line_id for one in named(effects)]
        bench.deliver()
        bench.wait(0.8)
    assert bumped == ["o03-0", "o03-1", "o03-2"]
    assert bench.press(Action.BUMP_LINE, repeat=True) == ()


def test_print_is_offered_where_there_is_a_printer(bench: Bench) -> None:
    bench.digit(2)
    assert bench.press(Action.PRINT) == (Click(),)
    stations = (*bench.desk.intents.profile.stations, StationProfile("bar-printer", role="printer"))
    bench.desk.intents.profile = dataclasses.replace(bench.desk.intents.profile, stations=stations)
    bench.press(Action.MENU)
    menu = bench.desk.intents.menu
    assert menu is not None
    assert verb(bench.digit(len(menu.entries))) == PrintTicket(STATION, (), "bar-printer")
    order = a_bumped(bench)
    bench.press(Action.RECALL)
    recalled(bench, order)
    bench.press(Action.RIGHT)
    assert verb(bench.press(Action.PRINT)) == PrintTicket(STATION, (order.lines[0].line_id,), "bar-printer")
