"""What rings again until somebody has seen it, at its station and then at the pass."""

from __future__ import annotations

import dataclasses

import pytest

from display.core.draw import Group, Text
from display.core.keymap import Action
from display.core.sounding import Sound
from heard.order import Allergen, ChangeKind, LineChange
from heard.stream import Live, Notice
from tests.display.desks import STATION, Bench

ALARM = Live("alarm/grill", "hub", 1, Notice("alarm", {"en": "Grill has not seen 201"}, STATION))


def rung(bench: Bench, what: Sound, since_s: float) -> list[int]:
    """Seconds after `since_s` at which it rang."""
    return [round(at_s - since_s) for at_s, sound in bench.rung if sound is what]


def told(bench: Bench, live: Live) -> None:
    bench.desk.live_values((live,), bench.now_s)
    bench.turn()


def alarm(bench: Bench) -> list[str]:
    """What is written in the alarm's block of the top bar."""
    groups = [op for op in bench.turn().picture.ops if isinstance(op, Group) and op.key == "top"]
    return [op.text for op in groups[0].ops if isinstance(op, Text)][-2:]


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


@pytest.mark.parametrize("sound", [Sound.VOID, Sound.ALLERGY])
def test_what_its_station_does_not_answer_stands_and_rings_at_the_pass(sound: Sound) -> None:
    bench = Bench(role="expo")
    at_s = bench.now_s
    words = "GRILL has not answered the void of #201. Tell the grill."
    notice = Notice("alarm", {"en": words}, STATION, sound.value, ("o01",))
    told(bench, Live("alarm/unanswered/grill", "hub", 1, notice))
    assert words in alarm(bench)
    bench.wait(60.0)
    assert rung(bench, sound, at_s) == [0, 10, 20]
    two = dataclasses.replace(notice, order_ids=("o01", "o02"))
    told(bench, Live("alarm/unanswered/grill", "hub", 2, two))
    bench.wait(5.0)
    assert len(rung(bench, sound, at_s)) == 4, "one more rings anew"
    told(bench, Live("alarm/unanswered/grill", "hub", 3, notice))
    bench.wait(5.0)
    assert len(rung(bench, sound, at_s)) == 4, "one less does not"
    told(bench, Live("alarm/unanswered/grill", "hub", 4, None))
    assert words not in alarm(bench)
    bench.wait(60.0)
    assert len(rung(bench, sound, at_s)) == 4


def test_of_several_alarms_the_gravest_stands_first() -> None:
    bench = Bench(role="expo")
    said = {
        "alarm/nobody/fry": Notice("warn", {"en": "NOBODY AT FRY?"}, "fry"),
        "alarm/grill": ALARM.value,
        "alarm/unanswered/grill": Notice("alarm", {"en": "the allergy"}, STATION, "allergy", ("o01",)),
    }
    for n, (key, notice) in enumerate(said.items()):
        told(bench, Live(key, "hub", n, notice))
    assert set(alarm(bench)) == {"the allergy", "+2"}


def test_a_key_that_means_nothing_quiets_too() -> None:
    bench = Bench()
    order_id, at_s = ordered(bench), bench.now_s
    void(bench, order_id)
    bench.wait(5.0)
    bench.desk.stirred(bench.now_s)
    bench.wait(50.0)
    assert rung(bench, Sound.VOID, at_s) == [0]


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


@pytest.mark.parametrize(("language", "words"), [("en", "WENT BACK TO A COPY"), ("ar", "نسخة سابقة")])
def test_that_the_hub_went_back_to_a_copy_stands_at_each_station_for_ten_minutes(
    language: str, words: str
) -> None:
    bench = Bench()
    bench.desk.settle(
        dataclasses.replace(bench.desk.look, languages=(language,)),
        bench.desk.panel,
        bench.desk.intents.profile,
    )
    notice = Live("alarm/store/store-replaced", "hub", 1, Notice("alarm", {"en": "the store was bad"}))
    other = Live("alarm/store/backup", "hub", 2, Notice("alarm", {"en": "the backup failed"}))
    bench.desk.live_values((notice, other), bench.now_s)
    assert words in _in_top(bench)
    assert "backup" not in _in_top(bench), "which is nothing for cooks"
    bench.wait(599.0)
    assert words in _in_top(bench)
    bench.wait(2.0)
    assert words not in _in_top(bench)


def _in_top(bench: Bench) -> str:
    top = next(op for op in bench.turn().picture.ops if isinstance(op, Group) and op.key == "top")
    return " ".join(op.text for op in top.ops if isinstance(op, Text))


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
