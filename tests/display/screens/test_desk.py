"""What a cook's keys and touches do on a prep desk, in the kitchen's words."""

from __future__ import annotations

import dataclasses

import pytest

from display.core.cook import Cook, Profile
from display.core.draw import Group, Text
from display.core.effects import Click, Effect, Send, TakeBack
from display.core.keymap import Action, Grammar
from display.core.slots import NO_DELAYS, SHIFTING
from display.core.sounding import Sound
from display.screens.scene import Scene
from heard.command import (
    Acknowledge,
    BumpLines,
    EightySix,
    FireCourse,
    HoldCourse,
    Pause,
    RecallLines,
    Remake,
    Rush,
    StartLines,
    Verb,
)
from heard.order import Course, LineState
from heard.stream import (
    OUT_ITEMS_KEY,
    SITE_STATE_KEY,
    ItemAvailability,
    Live,
    OutItems,
    SiteState,
    StationStatus,
)
from tests.display.desks import STATION, Bench, named


@pytest.fixture
def bench() -> Bench:
    """Three tickets that have stood for a while."""
    made = Bench()
    for lines in (1, 2, 3):
        made.hold(lines)
    made.wait(2.0)
    return made


def test_digit_selects_and_bump_names_every_line_as_it_was_painted(bench: Bench) -> None:
    assert bench.digit(2) == ()
    assert bench.desk.intents.selected == ("o02", 0)
    effects = bench.press(Action.BUMP)
    assert isinstance(effects[0], Send)
    assert isinstance(effects[0].verb, BumpLines)
    assert {(line.line_id, line.version) for line in named(effects)} == {("o02-0", 1), ("o02-1", 1)}
    assert bench.desk.intents.selected is None, "after a bump nothing is selected"


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


def test_a_second_bump_within_700_ms_only_clicks(bench: Bench) -> None:
    bench.digit(1)
    bench.press(Action.BUMP)
    bench.wait(0.3)
    bench.digit(2)
    assert bench.press(Action.BUMP) == (Click(),)
    bench.wait(0.5)
    assert isinstance(bench.press(Action.BUMP)[0], Send)


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
    import dataclasses

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


def test_a_rush_takes_its_place_at_the_next_closing(bench: Bench) -> None:
    bench.press(Action.LINE_DOWN)  # a hand is at the keys
    bench.hold(rush=True)
    bench.turn()
    assert bench.shown()[-1] == (4, "o04", "live"), "it joins the end"
    bench.wait(1.6)
    assert bench.shown()[0] == (1, "o04", "live")


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


def test_rush_names_the_wanted_state(bench: Bench) -> None:
    bench.digit(3)
    effects = bench.press(Action.RUSH)
    assert isinstance(effects[0], Send)
    assert effects[0].verb == Rush(True)
    bench.deliver()
    bench.wait(2.0)
    assert bench.shown()[0][1] == "o03"


def test_a_refused_bump_puts_the_tile_back(bench: Bench) -> None:
    bench.digit(2)
    effects = bench.press(Action.BUMP)
    assert isinstance(effects[0], Send)
    bench.wait(0.5)
    bench.desk.failed(effects[0].token, bench.now_s, "say.journal_broken")
    bench.turn()
    assert (2, "o02", "live") in bench.shown()


def test_what_another_screen_bumped_leaves(bench: Bench) -> None:
    import dataclasses

    bench.change("o02", 0, lambda at, version: dataclasses.replace(at, state=LineState.DONE, version=version))
    bench.change("o02", 1, lambda at, version: dataclasses.replace(at, state=LineState.DONE, version=version))
    bench.wait(2.0)
    assert [order for _, order, _ in bench.shown()] == ["o01", "o03"]


def test_fire_hold_and_remake_name_what_is_selected(bench: Bench) -> None:
    order = bench.orders["o02"]
    held = dataclasses.replace(order.lines[1].stations[0], state=LineState.WAITING)
    lines = (order.lines[0], dataclasses.replace(order.lines[1], course=2, stations=(held,)))
    bench.put(dataclasses.replace(order, lines=lines, courses=(Course(2),), version=2))
    bench.wait(1.0)
    bench.digit(2)
    assert verb(bench.press(Action.FIRE)) == FireCourse(2)
    assert bench.desk.board.tickets["o02", 0].lines[1].at.state is LineState.QUEUED, "at once"
    bench.deliver()
    bench.wait(1.0)
    assert verb(bench.press(Action.HOLD)) == HoldCourse(2)
    bench.digit(1)
    assert bench.press(Action.REMAKE) == (Click(),), "nothing of it is made yet"
    bench.change("o02", 0, lambda at, version: dataclasses.replace(at, state=LineState.DONE, version=version))
    bench.wait(1.0)
    bench.digit(2)
    bench.press(Action.LINE_DOWN)
    bench.press(Action.REMAKE)
    assert verb(bench.digit(2)) == Remake(("o02-0",), "Cold"), "the hub takes no remake without a reason"


def test_86_takes_the_selected_item_out_and_brings_it_back(bench: Bench) -> None:
    bench.digit(2)
    assert bench.press(Action.OUT) == (Click(),), "which of the two?"
    bench.press(Action.LINE_DOWN)
    bench.press(Action.LINE_DOWN)
    assert verb(bench.press(Action.OUT)) == EightySix("dish-1", False, {"en": "Dish 1"})
    out = OutItems((ItemAvailability("dish-1", False, {"en": "Dish 1"}),))
    bench.desk.live_values((Live(OUT_ITEMS_KEY, "hub", 1, out),), bench.now_s)
    assert "86: Dish 1" in written(bench.turn(), "top")
    assert verb(bench.press(Action.OUT)) == EightySix("dish-1", True, {"en": "Dish 1"})


def test_a_pause_holds_late_back_and_ends_by_itself(bench: Bench) -> None:
    assert verb(bench.press(Action.PAUSE)) == Pause(STATION, bench.now_ms + 15 * 60_000)
    paused = SiteState((StationStatus(STATION, paused_until_ms=bench.now_ms + 15 * 60_000),))
    bench.desk.live_values((Live(SITE_STATE_KEY, "hub", 1, paused),), bench.now_s)
    assert any(text.startswith("PAUSED") for text in written(bench.turn(), "top"))
    assert verb(bench.press(Action.PAUSE)) == Pause(STATION, resume=True)
    bench.wait(13.5 * 60.0)
    assert {sound for _, sound in bench.rung}.isdisjoint({Sound.LATE, Sound.PAUSE_ENDS})
    bench.wait(31.0)
    assert [sound for _, sound in bench.rung].count(Sound.PAUSE_ENDS) == 1
    bench.wait(10.0)
    assert [sound for _, sound in bench.rung].count(Sound.PAUSE_ENDS) == 1
    assert Sound.LATE not in {sound for _, sound in bench.rung}
    bench.wait(61.0)
    assert not any(text.startswith("PAUSED") for text in written(bench.turn(), "top"))
    assert Sound.LATE in {sound for _, sound in bench.rung}


def test_nobodys_lines_stay_counted_on_every_screen_until_there_are_none(bench: Bench) -> None:
    assert "Nobody's" not in written(bench.turn(), "top")
    for lines, shown in ((3, True), (0, False)):
        bench.desk.live_values((Live(SITE_STATE_KEY, "hub", 1, SiteState((), lines)),), bench.now_s)
        assert ("Nobody's" in written(bench.wait(1.0), "top")) is shown


def test_what_expo_sent_out_is_said_and_counts_no_more(bench: Bench) -> None:
    bench.change("o01", 0, lambda at, version: dataclasses.replace(at, state=LineState.SENT, version=version))
    scene = bench.wait(1.0)
    assert "SENT BY EXPO" in written(scene, "o01")
    assert sum(bench.desk.board.all_day.values()) == sum(
        line.quantity_milli for order_id in ("o02", "o03") for line in bench.orders[order_id].lines
    )
    bench.digit(1)
    assert bench.press(Action.BUMP) == (Click(),)


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


def verb(effects: tuple[Effect, ...]) -> Verb:
    """The one command among effects."""
    sends = [effect for effect in effects if isinstance(effect, Send)]
    assert len(sends) == 1, effects
    return sends[0].verb


def written(scene: Scene, prefix: str) -> list[str]:
    """What stands in the groups whose key begins so."""
    return [
        op.text
        for group in scene.picture.ops
        if isinstance(group, Group) and group.key.startswith(prefix)
        for op in group.ops
        if isinstance(op, Text)
    ]


def test_undo_after_hold_never_takes_back_the_bump_before_it(bench: Bench) -> None:
    bench.digit(1)
    bench.press(Action.BUMP)
    bench.deliver()
    bench.wait(1.0)
    order = bench.orders["o02"]
    lines = tuple(dataclasses.replace(line, course=2) for line in order.lines)
    bench.put(dataclasses.replace(order, lines=lines, version=order.version + 1))
    bench.wait(1.0)
    bench.digit(2)
    assert isinstance(next(one for one in bench.press(Action.HOLD) if isinstance(one, Send)).verb, HoldCourse)
    assert bench.press(Action.UNDO) == (Click(),)
