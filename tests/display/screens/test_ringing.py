"""What rings again until somebody has seen it, at its station and then at the pass."""

from __future__ import annotations

import dataclasses

import pytest

from display.core.keymap import Action
from display.core.sounding import Sound
from heard.order import Allergen, ChangeKind, LineChange
from heard.stream import Live, Notice
from tests.display.desks import STATION, Bench

ALARM = Live("alarm/grill", "hub", 1, Notice("alarm", {"en": "Grill has not seen 201"}, STATION))


def rung(bench: Bench, what: Sound, since_s: float) -> list[int]:
    """Seconds after `since_s` at which it rang."""
    return [round(at_s - since_s) for at_s, sound in bench.rung if sound is what]


def ordered(bench: Bench) -> str:
    """An order that has stood for a minute."""
    order_id = bench.hold(2)
    bench.wait(60.0)
    return order_id


def void(bench: Bench, order_id: str) -> None:
    """The till voids a line, which the hub notes on it."""
    note(bench, order_id, ChangeKind.VOIDED)
    bench.void(order_id, 0)


def allergy(bench: Bench, order_id: str) -> None:
    """The guest remembers an allergy, after sending."""
    note(bench, order_id, ChangeKind.ALLERGY)
    bench.change(order_id, 0, lambda at, version: dataclasses.replace(at, version=version))


def note(bench: Bench, order_id: str, kind: ChangeKind) -> None:
    order = bench.orders[order_id]
    change = LineChange(kind, order.version + 1, bench.now_ms)
    line = dataclasses.replace(order.lines[0], changes=(change,))
    bench.orders[order_id] = dataclasses.replace(order, lines=(line, *order.lines[1:]))


def test_a_void_rings_three_times_and_then_no_more() -> None:
    bench = Bench()
    order_id, at_s = ordered(bench), bench.now_s
    void(bench, order_id)
    bench.wait(90.0)
    assert rung(bench, Sound.VOID, at_s) == [0, 10, 20]


def test_an_allergy_that_came_after_sending_rings_until_it_is_acknowledged() -> None:
    bench = Bench()
    order_id, at_s = ordered(bench), bench.now_s
    allergy(bench, order_id)
    bench.wait(12.0)
    assert rung(bench, Sound.ALLERGY, at_s) == [0, 10]
    bench.digit(1)
    bench.press(Action.BUMP)  # which acknowledges
    bench.wait(180.0)
    assert rung(bench, Sound.ALLERGY, at_s) == [0, 10]


def test_any_key_quiets_the_screen_for_a_minute_and_what_is_unseen_goes_on_after() -> None:
    bench = Bench()
    order_id, at_s = ordered(bench), bench.now_s
    void(bench, order_id)
    bench.wait(5.0)
    bench.press(Action.PAGE_NEXT)
    bench.wait(120.0)
    assert rung(bench, Sound.VOID, at_s) == [0, 65, 75]


def test_a_touch_quiets_too() -> None:
    bench = Bench()
    order_id, at_s = ordered(bench), bench.now_s
    void(bench, order_id)
    bench.wait(5.0)
    bench.tap(5, 5)
    bench.wait(50.0)
    assert rung(bench, Sound.VOID, at_s) == [0]


@pytest.mark.parametrize("what", [void, allergy])
def test_what_its_station_has_not_seen_in_three_rounds_is_expos(what: object) -> None:
    assert callable(what)
    bench = Bench(role="expo")
    order_id, at_s = ordered(bench), bench.now_s
    what(bench, order_id)
    sound = Sound.VOID if what is void else Sound.ALLERGY
    bench.wait(25.0)
    bench.rung.clear()  # what rings at the pass when it happens
    bench.wait(90.0)
    assert rung(bench, sound, at_s) == [30, 40, 50]


def test_not_heard_rings_at_the_pass_until_the_station_has_painted_it() -> None:
    bench = Bench(role="expo")
    ordered(bench)
    at_s = bench.now_s
    bench.desk.live_values((ALARM,), bench.now_s)
    bench.turn()
    bench.wait(12.0)
    assert rung(bench, Sound.NOT_HEARD, at_s) == [0, 10]
    bench.desk.live_values((dataclasses.replace(ALARM, value=None),), bench.now_s)
    bench.wait(60.0)
    assert rung(bench, Sound.NOT_HEARD, at_s) == [0, 10]


def test_an_alarm_of_the_hub_itself_stands_there_and_is_silent() -> None:
    bench = Bench(role="expo")
    own = dataclasses.replace(ALARM, key="alarm/cloud", value=Notice("alarm", {"en": "No cloud"}))
    bench.desk.live_values((own,), bench.now_s)
    bench.wait(60.0)
    assert bench.rung == []


def test_an_allergy_after_sending_rings_at_the_pass_until_expo_confirms_it() -> None:
    bench = Bench(role="expo")
    order_id, at_s = ordered(bench), bench.now_s
    order = bench.orders[order_id]
    nuts = Allergen("nuts", {"en": "Nut allergy"}, added_version=order.version + 1)
    bench.put(dataclasses.replace(order, allergens=(nuts,), version=order.version + 1))
    bench.wait(12.0)
    assert rung(bench, Sound.ALLERGY, at_s) == [0, 10]
    order = bench.orders[order_id]
    bench.put(dataclasses.replace(order, allergy_confirmed_version=order.version, version=order.version + 1))
    bench.wait(60.0)
    assert rung(bench, Sound.ALLERGY, at_s) == [0, 10]


def test_an_allergy_that_came_with_the_order_does_not_nag() -> None:
    bench = Bench(role="expo")
    order_id = bench.hold()
    order = bench.orders[order_id]
    nuts = Allergen("nuts", {"en": "Nut allergy"}, added_version=1)
    bench.rung.clear()
    bench.desk.documents((), (order_id,), reset=False, pending=())
    bench.put(dataclasses.replace(order, order_id="o99", allergens=(nuts,)))
    bench.wait(60.0)
    assert Sound.ALLERGY not in [sound for _, sound in bench.rung]
