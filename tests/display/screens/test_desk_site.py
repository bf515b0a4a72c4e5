"""What a prep desk says to and hears from the site: fire, hold, remake, 86, pause, what nobody makes."""

from __future__ import annotations

import dataclasses

from display.core.effects import Click, Send
from display.core.keymap import Action
from display.core.sounding import Sound
from heard.command import (
    EightySix,
    FireCourse,
    HoldCourse,
    Pause,
    Remake,
    Rush,
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
from tests.display.benches import verb, written
from tests.display.desks import STATION, Bench


def test_rush_names_the_wanted_state(bench: Bench) -> None:
    bench.digit(3)
    effects = bench.press(Action.RUSH)
    assert isinstance(effects[0], Send)
    assert effects[0].verb == Rush(True)
    bench.deliver()
    bench.wait(2.0)
    assert bench.shown()[0][1] == "o03"


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
