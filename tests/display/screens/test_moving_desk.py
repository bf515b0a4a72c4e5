"""PUSH and PULL on a desk: what was painted goes to another station, or comes from one."""

from __future__ import annotations

import dataclasses

from display.core.effects import AskRecall, Click, TakeBack
from display.core.keymap import Action
from display.core.menu import Kind
from heard.command import MoveTicket
from heard.order import Order, OrderState
from heard.stream import SITE_STATE_KEY, Live, SiteState, StationStatus
from tests.display.benches import verb, words
from tests.display.desks import STATION, Bench


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
