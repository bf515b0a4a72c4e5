"""The menu of a tile by finger and by key, PUSH and PULL, REMAKE, the recall list and REVIEW, in the kitchen's words."""

from __future__ import annotations

import dataclasses

import pytest

from display.core.draw import Group, Text
from display.core.effects import AskRecall, Click, Effect, Send, TakeBack
from display.core.keymap import Action
from display.core.menu import MENU_S, Kind
from display.core.recall import IDLE_S
from display.core.standing import Stood
from display.core.touch import HOLD_S, Gesture
from display.screens.scene import Scene
from heard.command import EightySix, MoveTicket, PrintTicket, RecallLines, Remake, Rush, Verb
from heard.order import HistoryEntry, LineState, Order, OrderState, StationState
from heard.stream import SITE_STATE_KEY, Live, SiteState, StationProfile, StationStatus
from tests.display.desks import STATION, Bench, named


@pytest.fixture
def bench() -> Bench:
    """Three tickets that have stood for a while."""
    made = Bench()
    for lines in (1, 2, 3):
        made.hold(lines)
    made.wait(2.0)
    return made


@pytest.fixture
def touched() -> Bench:
    """The same on a touch screen."""
    made = Bench(touch=True)
    for lines in (1, 2, 3):
        made.hold(lines)
    made.wait(2.0)
    return made


def verb(effects: tuple[Effect, ...]) -> Verb:
    sends = [effect for effect in effects if isinstance(effect, Send)]
    assert len(sends) == 1, effects
    return sends[0].verb


def words(scene: Scene, key: str) -> str:
    found = []

    def look(ops: tuple[object, ...]) -> None:
        for op in ops:
            if isinstance(op, Group):
                look(op.ops)
            elif isinstance(op, Text):
                found.append(op.text)

    look(tuple(op for op in scene.picture.ops if isinstance(op, Group) and op.key == key))
    return "\n".join(found)


def header(bench: Bench, n: int) -> tuple[int, int]:
    box = bench.flips[-1][1].tiles[n].box
    return box.x + 200, box.y + 20


def tile(bench: Bench, order_id: str) -> Stood:
    return next(one for one in bench.flips[-1][1].tiles if one.key[0] == order_id)


def done(bench: Bench, order_id: str, *lines: int) -> None:
    """These lines were bumped."""
    for n in lines:
        bench.change(
            order_id, n, lambda at, version: dataclasses.replace(at, state=LineState.DONE, version=version)
        )


# By finger


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


def test_a_slow_finger_on_a_button_means_the_button(touched: Bench) -> None:
    place = touched.button("recall")
    touched.hold_finger(*place)
    assert touched.desk.intents.recall is not None


# MOVE


def test_push_moves_what_was_painted_and_leaves_a_greyed_tile_with_undo(bench: Bench) -> None:
    bench.digit(2)
    assert bench.press(Action.PUSH) == ()
    menu = bench.desk.intents.menu
    assert menu is not None
    assert [entry.what for entry in menu.entries] == ["fry-2", "cold"], "its equal first"
    moved = verb(bench.digit(1))
    assert isinstance(moved, MoveTicket)
    assert (moved.from_station, moved.to_station) == (STATION, "fry-2")
    assert {(one.line_id, one.version) for one in moved.lines} == {("o02-0", 1), ("o02-1", 1)}
    assert (2, "o02", "bumped") in bench.shown()
    scene = bench.turn()
    assert "MOVED" in words(scene, "o02/0/0")
    assert "#202 moved to Fry-2" in words(scene, "bottom")
    bench.deliver()
    bench.wait(1.0)
    assert isinstance(bench.press(Action.UNDO)[0], TakeBack)
    assert (2, "o02", "live") in bench.shown(), "at once"
    bench.deliver()
    assert {at.station for line in bench.orders["o02"].lines for at in line.stations} == {STATION}


def test_push_of_one_line_leaves_the_ticket(bench: Bench) -> None:
    bench.digit(3)
    bench.press(Action.LINE_DOWN)
    bench.press(Action.PUSH)
    moved = verb(bench.digit(2))
    assert isinstance(moved, MoveTicket)
    assert [one.line_id for one in moved.lines] == ["o03-0"]
    assert (3, "o03", "live") in bench.shown()


def test_push_leaves_out_what_came_this_moment_and_closed_stations(bench: Bench) -> None:
    closed = SiteState((StationStatus("fry-2", closed=True),))
    bench.desk.live_values((Live(SITE_STATE_KEY, "hub", 1, closed),), bench.now_s)
    bench.digit(1)
    bench.add("o01")
    bench.press(Action.PUSH)
    menu = bench.desk.intents.menu
    assert menu is not None
    assert [entry.what for entry in menu.entries] == ["cold"]
    moved = verb(bench.digit(1))
    assert isinstance(moved, MoveTicket)
    assert [one.line_id for one in moved.lines] == ["o01-0"]
    assert (1, "o01", "live") in bench.shown(), "the new line stays here"


def test_push_without_anybody_to_push_to_says_so(bench: Bench) -> None:
    gone = SiteState((StationStatus("fry-2", closed=True), StationStatus("cold", closed=True)))
    bench.desk.live_values((Live(SITE_STATE_KEY, "hub", 1, gone),), bench.now_s)
    bench.digit(1)
    assert bench.press(Action.PUSH) == (Click(),)
    assert bench.desk.intents.saying is not None
    assert bench.desk.intents.saying.key == "say.nowhere"
    assert bench.press(Action.PULL) == (Click(),)


def elsewhere(bench: Bench) -> Order:
    """An order whose lines stand at cold."""
    bench.holds += 1
    order_id = f"o{bench.holds:02d}"
    line = bench._line(f"{order_id}-0", 0, 1)
    at = dataclasses.replace(line.stations[0], station="cold", version=4)
    line = dataclasses.replace(line, stations=(at,))
    order = Order(order_id, "250", lines=(line,), version=4, state=OrderState.HELD, held_at_ms=bench.now_ms)
    bench.orders[order_id] = order
    return order


def test_pull_asks_where_from_then_what_and_takes_it_as_it_stood_there(bench: Bench) -> None:
    order = elsewhere(bench)
    bench.press(Action.PULL)
    menu = bench.desk.intents.menu
    assert menu is not None
    assert menu.kind is Kind.PULL
    ask = AskRecall("", "cold", open_now=True)
    assert bench.digit(2) == (ask,)
    bench.desk.recalled(ask, (order,))
    bench.turn()
    bench.wait(0.6)
    assert "TAKE FROM Cold" in words(bench.turn(), "recall").replace("cold", "Cold")
    pulled = verb(bench.press(Action.BUMP))
    assert isinstance(pulled, MoveTicket)
    assert (pulled.from_station, pulled.to_station) == ("cold", STATION)
    assert [(one.line_id, one.version) for one in pulled.lines] == [(f"{order.order_id}-0", 4)]
    bench.deliver()
    assert (4, order.order_id, "live") in bench.shown()
    assert isinstance(bench.press(Action.UNDO)[0], TakeBack), "within a minute it goes back"


# The recall list, REVIEW and REMAKE


def recalled(bench: Bench, *orders: Order, search: str = "") -> None:
    bench.desk.recalled(AskRecall(search, STATION), orders)
    bench.turn()
    bench.wait(0.6)


def a_bumped(bench: Bench, state: OrderState = OrderState.READY) -> Order:
    """An order that this station has made; the first line of it was bumped by a key."""
    order = bench.orders[bench.hold(2)]
    done(bench, order.order_id, 0, 1)
    order = bench.orders[order.order_id]
    history = (
        HistoryEntry("bump", "grill-2", bench.now_ms, 2, station=STATION, key_device="keys"),
        HistoryEntry("bump", "fry-1", bench.now_ms, 3, station="fry"),
    )
    there = StationState(STATION, bumped_at_ms=bench.now_ms)
    order = dataclasses.replace(order, state=state, history=history, stations=(there,))
    bench.orders[order.order_id] = order
    bench.wait(5.0)
    return order


def test_review_shows_a_bumped_ticket_with_who_and_when_and_reopens_nothing(bench: Bench) -> None:
    order = a_bumped(bench)
    assert bench.press(Action.REVIEW) == (AskRecall("", STATION),)
    assert "Asking the hub" in words(bench.turn(), "recall")
    bench.desk.recalled(AskRecall("", STATION), None)
    assert "there is none now" in words(bench.turn(), "recall").replace("\n", " ")
    recalled(bench, order)
    panel = words(bench.turn(), "recall")
    assert "REVIEW" in panel
    assert "Dish 0" in panel
    assert "Dish 1" in panel
    assert "bumped · grill-2 · by key" in panel
    assert "fry-1" not in panel, "what others did is on their screens"
    assert bench.press(Action.BACK) == ()
    assert not bench.waiting
    bench.wait(1.0)
    assert all(state == "live" for _, _, state in bench.shown())


def test_recall_of_one_picked_line_leaves_the_other_done(bench: Bench) -> None:
    order = a_bumped(bench)
    bench.press(Action.RECALL)
    recalled(bench, order)
    bench.press(Action.RIGHT)
    bench.press(Action.RIGHT)
    back = verb(bench.press(Action.BUMP))
    assert isinstance(back, RecallLines)
    assert [one.line_id for one in back.lines] == [order.lines[1].line_id]


def test_recall_of_a_list_that_came_this_moment_waits_for_eyes(bench: Bench) -> None:
    order = a_bumped(bench)
    bench.press(Action.RECALL)
    bench.desk.recalled(AskRecall("", STATION), (order,))
    bench.turn()
    assert bench.press(Action.BUMP) == (Click(),), "nobody has seen this row yet"
    bench.wait(0.6)
    assert isinstance(verb(bench.press(Action.BUMP)), RecallLines)


def test_after_pick_up_only_remake_with_its_reason(bench: Bench) -> None:
    order = a_bumped(bench, OrderState.PICKED_UP)
    bench.press(Action.RECALL)
    recalled(bench, order)
    assert "PICKED UP" in words(bench.turn(), "recall")
    assert bench.press(Action.BUMP) == (Click(),)
    assert bench.desk.intents.saying is not None
    assert bench.desk.intents.saying.key == "say.only_remake"
    bench.press(Action.REMAKE)
    assert "WHY?" in words(bench.turn(), "menu")
    ids = tuple(line.line_id for line in order.lines)
    assert verb(bench.digit(1)) == Remake(ids, "Dropped")
    assert bench.desk.intents.recall is None


def test_the_sites_own_reasons_are_offered_in_the_screens_language(bench: Bench) -> None:
    bench.desk.intents.profile = dataclasses.replace(
        bench.desk.intents.profile, remake_reasons=({"en": "Hair", "ar": "شعرة"},)
    )
    done(bench, "o02", 0, 1)
    bench.add("o02")
    bench.wait(5.0)
    bench.digit(tile(bench, "o02").slot)
    bench.press(Action.REMAKE)
    menu = bench.desk.intents.menu
    assert menu is not None
    assert [entry.what for entry in menu.entries] == ["", "o02-0", "o02-1"], "all of it, or one"
    bench.digit(3)
    assert "Hair" in words(bench.turn(), "menu")
    assert verb(bench.digit(1)) == Remake(("o02-1",), "Hair")


def test_back_in_the_reasons_goes_back_to_the_list(bench: Bench) -> None:
    order = a_bumped(bench)
    bench.press(Action.RECALL)
    recalled(bench, order)
    bench.press(Action.REMAKE)
    bench.press(Action.BACK)
    assert bench.desk.intents.menu is None
    assert bench.desk.intents.recall is not None
    bench.wait(IDLE_S + 1.0)
    assert bench.desk.intents.recall is None, "it covers the tickets: nobody reads it any more"


def test_the_recall_list_works_without_a_single_key(touched: Bench) -> None:
    first, second = a_bumped(touched), a_bumped(touched)
    touched.tap(*touched.button("recall"))
    recalled(touched, first, second)
    touched.tap(*touched.button("digit:2"))
    assert touched.effects[-1] == AskRecall("2", STATION)
    recalled(touched, first, second, search="2")
    touched.tap(*touched.button(f"row:{second.order_id}"))
    touched.wait(0.6)
    touched.tap(*touched.button(f"line:{second.lines[0].line_id}"))
    touched.wait(0.6)
    back = verb(touched.tap(*touched.button("bump")))
    assert isinstance(back, RecallLines)
    assert [one.line_id for one in back.lines] == [second.lines[0].line_id]
    assert touched.desk.intents.recall is None
    touched.wait(3.6)
    touched.tap(*touched.button("recall"))
    touched.wait(0.6)
    touched.tap(*touched.button("back"))
    assert touched.desk.intents.recall is None


# By key


def test_the_menu_by_key_answers_to_digits_arrows_and_bump(bench: Bench) -> None:
    assert bench.press(Action.MENU) == (Click(),), "of which ticket?"
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


# The list by dish


@pytest.fixture
def dishes() -> Bench:
    """Dish 0 is asked for by three tickets, dish 1 by two."""
    made = Bench(layout="list")
    for lines in (1, 2, 2):
        made.hold(lines)
    made.wait(2.0)
    return made


def states(bench: Bench) -> list[str]:
    return [at.state.name for order in bench.orders.values() for line in order.lines for at in line.stations]


def test_a_dish_that_was_bumped_in_three_tickets_is_taken_back_in_all_three(dishes: Bench) -> None:
    dishes.digit(1)
    sends = [one for one in dishes.press(Action.BUMP) if isinstance(one, Send)]
    assert [one.order_id for one in sends] == ["o01", "o02", "o03"]
    assert {one.first for one in sends} == {sends[0].token}, "one key asked for all of them"
    dishes.deliver()
    assert states(dishes).count("DONE") == 3
    dishes.wait(1.0)
    back = dishes.press(Action.UNDO)
    assert [one.order_id for one in back if isinstance(one, TakeBack)] == ["o03", "o02", "o01"]
    dishes.deliver()
    assert set(states(dishes)) == {"QUEUED"}
    assert dishes.press(Action.UNDO) == (Click(),), "once"


def test_a_finger_on_a_dish_asks_which_ticket_and_on_a_row_it_knows(dishes: Bench) -> None:
    dishes.hold_finger(*header(dishes, 0))
    panel = words(dishes.turn(), "menu")
    assert "WHICH TICKET?" in panel
    assert "#202" in panel
    dishes.wait(0.6)
    dishes.tap(*dishes.button("menu:1"))
    assert "#202 · DINE IN T2" in words(dishes.turn(), "menu")
    dishes.wait(0.6)
    assert verb(dishes.tap(*dishes.button("menu:rush:on"))) == Rush(True)
    dishes.deliver()
    dishes.wait(0.6)
    assert isinstance(dishes.press(Action.UNDO)[0], TakeBack)
    dishes.deliver()
    dishes.wait(3.6)
    row = next(one for one in dishes.flips[-1][1].tiles[0].rows if one.lines[0].line_id == "o03-0")
    dishes.hold_finger(row.x + 100, row.y + 5)
    assert "#203" in words(dishes.turn(), "menu")
    dishes.wait(0.6)
    dishes.tap(*dishes.button("menu:move"))
    dishes.wait(0.6)
    moved = verb(dishes.tap(*dishes.button("menu:cold")))
    assert isinstance(moved, MoveTicket)
    assert [one.line_id for one in moved.lines] == ["o03-0"]


# At the pass


def test_an_expeditor_pushes_what_a_station_still_has(bench: Bench) -> None:
    expo = Bench(role="expo")
    expo.hold(2)
    expo.wait(2.0)
    expo.digit(1)
    expo.press(Action.PUSH)
    assert "MOVE #201 TO" in words(expo.turn(), "menu")
    moved = verb(expo.digit(1))
    assert isinstance(moved, MoveTicket)
    assert (moved.from_station, moved.to_station) == (STATION, "fry-2")
    assert [one.line_id for one in moved.lines] == ["o01-0", "o01-1"]
    assert (1, "o01", "live") in expo.shown(), "the card stays: somebody else makes it"
    assert expo.press(Action.PULL) == (Click(),), "nothing is made at the pass"


def test_remake_of_what_waits_at_the_pass(bench: Bench) -> None:
    expo = Bench(role="expo")
    expo.hold(2)
    done(expo, "o01", 0)
    expo.wait(2.0)
    expo.digit(1)
    expo.press(Action.MENU)
    menu = expo.desk.intents.menu
    assert menu is not None
    assert "remake" in [entry.what for entry in menu.entries]
    expo.digit([entry.what for entry in menu.entries].index("remake") + 1)
    assert verb(expo.digit(3)) == Remake(("o01-0",), "Burnt")


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
