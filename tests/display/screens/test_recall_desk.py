"""The recall list and REVIEW, and taking back what was bumped, by key and by finger."""

from __future__ import annotations

import dataclasses

import pytest

from display.core.effects import AskRecall, Click, Send, TakeBack
from display.core.keymap import Action
from display.core.recall import IDLE_S
from heard.command import MoveTicket, RecallLines, Remake, Rush
from heard.order import OrderState
from tests.display.benches import a_bumped, done, header, recalled, tile, verb, words
from tests.display.desks import STATION, Bench


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
