"""Where tickets stand on a prep desk while a cook works: gaps, pages, a fixed grid, filters, what is staged."""

from __future__ import annotations

import dataclasses

from display.core.cook import Cook, Profile
from display.core.effects import Click, Send
from display.core.keymap import Action, Grammar
from display.core.slots import NO_DELAYS, SHIFTING, STABLE
from heard.order import LineState
from tests.display.benches import written
from tests.display.desks import Bench


def test_a_bumped_tile_stays_greyed_three_seconds_then_leaves_a_gap_that_closes(bench: Bench) -> None:
    bench.digit(2)
    bench.press(Action.BUMP)
    assert bench.shown() == [(1, "o01", "live"), (2, "o02", "bumped"), (3, "o03", "live")]
    bench.deliver()
    bench.wait(2.9)
    assert bench.shown()[1] == (2, "o02", "bumped"), "the hub's answer does not take UNDO away"
    bench.wait(0.2)
    assert bench.shown() == [(1, "o01", "live"), (2, "o03", "live")], "1.5 s without a key: the gap is closed"


def test_keys_keep_a_gap_open_for_ten_seconds_at_most(bench: Bench) -> None:
    bench.digit(1)
    bench.press(Action.BUMP)
    bench.deliver()
    gap_s = bench.now_s + 3.0
    while bench.now_s < gap_s + 9.5:
        bench.wait(1.0)
        bench.press(Action.LINE_UP)
        if gap_s < bench.now_s < gap_s + 9.9:
            assert (1, "o01", "gap") in bench.shown()
    bench.wait(0.9)
    assert [order for _, order, _ in bench.shown()] == ["o02", "o03"]


def test_a_rush_takes_its_place_at_the_next_closing(bench: Bench) -> None:
    bench.press(Action.LINE_DOWN)  # a hand is at the keys
    bench.hold(rush=True)
    bench.turn()
    assert bench.shown()[-1] == (4, "o04", "live"), "it joins the end"
    bench.wait(1.6)
    assert bench.shown()[0] == (1, "o04", "live")


def test_a_rush_says_so_at_once_and_takes_its_place_in_the_next_picture(bench: Bench) -> None:
    bench.wait(2.0)  # no hand is near
    third = bench.orders["o03"]
    bench.put(dataclasses.replace(third, rush=True, version=third.version + 1))
    assert bench.shown()[-1] == (3, "o03", "live")
    assert "RUSH" in written(bench.turn(), "o03/")
    bench.wait(STABLE.apart_s)
    assert bench.shown() == [(1, "o03", "live"), (2, "o01", "live"), (3, "o02", "live")]


def test_pages_turn_by_the_cook_and_go_back_after_ten_seconds(bench: Bench) -> None:
    for _ in range(30):
        bench.hold(4)
    bench.wait(2.0)
    assert bench.desk.intents.pages > 1
    bench.press(Action.PAGE_NEXT)
    assert bench.flips[-1][1].page == 1
    assert bench.digit(1) == (Click(),), "the cook cannot mean a slot of a page that was not there"
    bench.wait(1.0)
    bench.digit(1)
    second = bench.desk.intents.selected
    assert second is not None
    assert second not in {tile.key for _, stands in bench.flips[:1] for tile in stands.tiles}
    bench.wait(9.5)
    assert bench.flips[-1][1].page == 1
    bench.wait(1.0)
    assert bench.flips[-1][1].page == 0
    assert bench.desk.intents.selected is None


def test_shifting_slots_close_at_once() -> None:
    bench = Bench(timing=SHIFTING)
    for _ in range(3):
        bench.hold()
    bench.wait(2.0)
    bench.digit(1)
    bench.press(Action.BUMP)
    bench.deliver()
    bench.turn()
    assert [(slot, order) for slot, order, _ in bench.shown()] == [(1, "o02"), (2, "o03")]


def test_without_delays_a_simulated_cook_bumps_what_it_reads() -> None:
    bench = Bench(timing=NO_DELAYS)
    bench.hold()
    bench.turn()
    bench.digit(1)
    assert isinstance(bench.press(Action.BUMP)[0], Send)
    assert bench.shown() == []


def test_a_simulated_cook_turns_the_pages_of_a_long_ticket_that_changed_before_he_bumps() -> None:
    """An allergy that comes late changes every line: a replay stood still, for every BUMP waits until all of it was seen."""
    bench = Bench(timing=NO_DELAYS)
    order_id = bench.hold(90)
    for n in range(90):
        bench.raise_(order_id, n)
    cook = Cook(Profile(True), Grammar.SELECT, lambda: 0.99)
    verbs: list[str] = []
    for _ in range(12):
        for thought in bench.desk.thoughts(cook, bench.now_s):
            for press in thought:
                effects = bench.press(press.action, press.number)
                verbs += [one.verb.name for one in effects if isinstance(one, Send)]
        bench.deliver()
        bench.turn()
    assert verbs[:2] == ["acknowledge", "bump"]
    assert all(line.stations[0].acknowledged_version for line in bench.orders[order_id].lines)


def test_all_day_opens_over_the_tickets_and_an_item_of_it_filters_them(bench: Bench) -> None:
    bench.press(Action.ALL_DAY)
    assert written(bench.turn(), "all-day")
    assert bench.desk.board.all_day_items() == ("dish-1", "dish-0", "dish-2")
    bench.reports.clear()
    bench.hold(1)
    assert [one.newly_shown for one in bench.reports] == [()], "nothing is painted through it"
    assert "+1 waiting" in written(bench.turn(), "bottom")
    bench.press(Action.LINE_DOWN)
    bench.press(Action.LINE_DOWN)
    bench.press(Action.BUMP)
    scene = bench.turn()
    assert [order for _, order, _ in bench.shown()] == ["o03"], "only who has a third dish to make"
    assert "ONLY Dish 2" in written(scene, "top")
    assert "+3 waiting" in written(scene, "bottom")
    assert bench.reports[-1].behind, "what is not drawn is behind"
    bench.press(Action.BACK)
    assert len(bench.shown()) == 4
    bench.press(Action.ALL_DAY)
    bench.wait(11.0)
    assert not written(bench.turn(), "all-day"), "nobody looks: the tickets are back"


def test_the_rail_counts_what_comes_while_a_filter_hides_it(bench: Bench) -> None:
    """The picture of tickets stays the same then; the rail must not be kept with it."""
    rows = next(one for one in bench.turn().stands.buttons if one.action == "filter:dish-2")
    bench.tap(rows.x + 10, rows.y + 10)
    before = written(bench.turn(), "rail")
    bench.hold(1)
    after = written(bench.turn(), "rail")
    assert [order for _, order, _ in bench.shown()] == ["o03"]
    assert before != after


def test_a_finger_on_the_rail_filters_and_another_one_shows_all_again(bench: Bench) -> None:
    scene = bench.turn()
    rows = next(one for one in scene.stands.buttons if one.action == "filter:dish-2")
    bench.tap(rows.x + 10, rows.y + 10)
    assert [order for _, order, _ in bench.shown()] == ["o03"]
    bench.tap(rows.x + 10, rows.y + 10)
    assert len(bench.shown()) == 3
    bench.tap(rows.x + 10, rows.y + 10)
    bench.wait(11.0)
    assert len(bench.shown()) == 3, "a filter hides nothing for long"


def test_in_a_grid_a_number_is_always_at_the_same_place() -> None:
    bench = Bench(layout="grid")
    for lines in (1, 12, 1):
        bench.hold(lines)
    bench.wait(2.0)
    by_slot = {tile.slot: tile.box for tile in bench.flips[-1][1].tiles}
    assert sorted(by_slot) == [1, 2, 4], "the long one takes two places"
    bench.digit(4)
    assert bench.desk.intents.selected == ("o03", 0)
    bench.digit(3)
    assert bench.desk.intents.selected == ("o03", 0), "nothing of its own stands at 3"
    place = by_slot[4]
    bench.digit(1)
    bench.press(Action.BUMP)
    bench.deliver()
    bench.wait(2.9)
    assert {tile.slot: tile.box for tile in bench.flips[-1][1].tiles}[4] == place


def test_many_orders_for_one_minute_are_one_row_until_they_are_released(bench: Bench) -> None:
    due_ms = bench.now_ms + 30 * 60_000
    for _ in range(5):
        order_id = bench.hold(2)
        order = bench.orders[order_id]
        waits = tuple(
            dataclasses.replace(line, stations=(dataclasses.replace(at, state=LineState.WAITING),))
            for line in order.lines
            for at in line.stations
        )
        bench.put(
            dataclasses.replace(
                order, lines=waits, scheduled=True, due_at_ms=due_ms, held_wall_ms=order.held_at_ms, version=2
            )
        )
    scene = bench.wait(11.0)
    assert [order for _, order, _ in bench.shown()][:3] == ["o01", "o02", "o03"]
    assert "5 orders" in " ".join(written(scene, "staged:"))
    assert len(bench.shown()) == 4
    bench.digit(4)
    assert bench.press(Action.BUMP) == (Click(),)
    order = bench.orders["o04"]
    queued = tuple(
        dataclasses.replace(
            line,
            stations=(
                dataclasses.replace(line.stations[0], state=LineState.QUEUED, queued_at_ms=bench.now_ms),
            ),
        )
        for line in order.lines
    )
    bench.put(dataclasses.replace(order, lines=queued, scheduled=False, version=3))
    scene = bench.wait(11.0)
    assert {order for _, order, _ in bench.shown()} >= {"o01", "o02", "o03", "o04"}
    assert "4 orders" in " ".join(written(scene, "staged:"))
