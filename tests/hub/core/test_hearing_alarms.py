"""Alarms of what nobody painted in 5 s: raised once a station, taken down by themselves, and never false."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heard.command import (
    ChangeLine,
    MarkPickedUp,
    VoidOrder,
)
from heard.order import Order
from heard.stream import (
    Alive,
    HeardState,
    SiteProfile,
    StationProfile,
)
from hub.core.hearing import NOT_HEARD_MS
from hub.core.hearing_words import not_heard_words, took_over_words
from hub.core.site import LEAD_MS
from tests.hub.core.hearing_room import Room
from tests.hub.core.making import line


def test_an_alarm_is_told_in_the_kitchens_languages() -> None:
    profile = SiteProfile(
        stations=(
            StationProfile("grill", {"en": "Grill", "ar": "الشواية"}),
            StationProfile("fry", {"en": "Fry"}),
            StationProfile("bar", {"ar": "البار"}, role="printer"),
        )
    )
    order = Order("o1", "214")
    assert not_heard_words(profile, "grill", order, 12_000, 1) == {
        "en": "Grill has not seen #214 and 1 more (0:12). Tell the grill.",
        "ar": "لم ترَ الشواية الطلب #214 و1 غيره (0:12). أخبر الشواية.",
    }
    assert "Fry" in not_heard_words(profile, "fry", order, 0)["ar"], "a name that is missing falls back"
    at_table = replace(order, call_number="", table="7")
    assert "طاولة 7" in not_heard_words(profile, "grill", at_table, 0)["ar"]
    printer = not_heard_words(profile, "bar", order, 0)
    assert printer["en"] == "البار has not printed #214 (0:00). Look at the printer."
    assert printer["ar"].endswith("تفقّد الطابعة.")
    assert took_over_words(profile, "grill", ["fry", "bar"]) == {
        "en": "Fry and البار took over orders that Grill has not seen.",
        "ar": "أُحيلت إلى Fry والبار طلبات لم ترها الشواية.",
    }


def test_an_order_that_nobody_painted_alarms_once_and_clears_itself() -> None:
    """One line a station, with what to do; its end is told once as well."""
    room = Room()
    room.hold()
    room.paint("fry")
    room.wait(NOT_HEARD_MS - 1, "grill")
    assert room.alarms == []
    room.wait(1, "grill")
    assert [(alarm.station, alarm.raised) for alarm in room.alarms] == [("grill", True)]
    assert room.alarms[0].message == "Grill has not seen #214 (0:05). Tell the grill."
    assert room.told[-1].state is HeardState.NOT_HEARD
    room.hold(order_id="o2")
    room.paint("fry", order_id="o2")
    room.wait(60_000, "grill")
    assert len(room.alarms) == 1
    (line_of_alarm,) = room.hearing.alarms(room.now_ms)
    assert line_of_alarm.message == "Grill has not seen #214 and 1 more (1:05). Tell the grill."
    room.paint("grill")
    assert len(room.alarms) == 1
    room.paint("grill", order_id="o2")
    assert [alarm.raised for alarm in room.alarms] == [True, False]
    assert room.alarms[-1].message == "Grill has seen all its orders."
    assert room.hearing.alarms(room.now_ms) == []
    assert room.hearing.not_heard_total == 2


def test_the_age_of_an_unheard_change_is_not_renewed_by_the_next_one() -> None:
    room = Room()
    room.hold()
    room.paint("fry")
    for _ in range(4):
        room.wait(1_200, "grill")
        room.do(ChangeLine("a", quantity_milli=room.now_ms))
    room.wait(200, "grill")
    assert [alarm.station for alarm in room.alarms] == ["grill"]


@pytest.mark.parametrize("how", ["silent", "left", "hidden", "output off"])
def test_what_was_behind_on_a_screen_that_is_lost_is_pending_again(how: str) -> None:
    room = Room()
    room.hold()
    room.paint("fry")
    room.behind("grill", 3)
    room.wait(60_000, "grill", "fry")
    match how:
        case "left":
            room.take(room.hearing.screen_left("screen-grill", "grill", room.now_ms))
        case "hidden":
            room.take(room.hearing.alive("screen-grill", "grill", Alive(0, hidden=True), room.now_ms))
        case "output off":
            room.take(room.hearing.alive("screen-grill", "grill", Alive(0, output_off=True), room.now_ms))
        case _:
            room.wait(4_000, "fry")
    assert room.state() is HeardState.PENDING
    room.wait(NOT_HEARD_MS, "fry")
    assert [alarm.station for alarm in room.alarms] == ["grill"]


def test_a_station_without_a_screen_alarms_at_once() -> None:
    room = Room()
    room.hold(line("x", "nothing known"))
    room.paint("grill")
    room.paint("fry")
    assert [(alarm.station, alarm.raised) for alarm in room.alarms] == [("cold", True)]
    assert room.alarms[0].message == "Cold has not seen #214 (0:00). Tell the cold."
    room.join("cold")
    room.paint("cold")
    assert [alarm.raised for alarm in room.alarms] == [True, False]


def test_a_screen_that_left_has_its_five_seconds_to_come_back() -> None:
    room = Room()
    room.take(room.hearing.screen_left("screen-grill", "grill", room.now_ms))
    room.hold()
    room.paint("fry")
    assert room.alarms == []
    room.wait(2_000, "fry")
    room.join("grill")
    room.paint("grill")
    room.wait(10_000, "grill", "fry")
    assert room.alarms == []


def test_a_scheduled_order_waits_for_its_time() -> None:
    """Until the kitchen gets it nobody must hear it; from its release on it is an order like any other."""
    room = Room()
    room.hold(line("a"), due_at_ms=room.now_ms + LEAD_MS + 60_000)
    assert room.state() is HeardState.SCHEDULED
    room.wait(59_000, "grill")
    assert room.state() is HeardState.SCHEDULED
    room.release()
    assert room.state() is HeardState.PENDING
    assert room.told[-1].state is HeardState.PENDING, "the till is told that it counts from now on"
    room.wait(NOT_HEARD_MS, "grill")
    assert [alarm.station for alarm in room.alarms] == ["grill"]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("hold"), st.integers(0, 3)),
        st.tuples(st.just("change"), st.integers(0, 3)),
        st.tuples(st.just("void"), st.integers(0, 3)),
        st.tuples(st.just("pick up"), st.integers(0, 3)),
        st.tuples(st.just("paint"), st.integers(0, 3)),
        st.tuples(st.just("wait"), st.integers(100, 7000)),
        st.tuples(st.just("leave"), st.just(0)),
        st.tuples(st.just("join"), st.just(0)),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_alarms_alternate_and_nothing_is_heard_that_was_not_painted(steps: list[tuple[str, int]]) -> None:
    """Per station raised, cleared, raised …; HEARD only at a version that was painted; closed orders are forgotten."""
    room = Room()
    painted: dict[str, int] = {}
    for step, number in steps:
        order_id = f"o{number}"
        known = room.kitchen.docs.get(f"order/{order_id}")
        match step:
            case "hold" if known is None:
                room.hold(line("a"), order_id=order_id)
            case "change" if known is not None:
                room.do(ChangeLine("a", quantity_milli=room.now_ms + len(steps)), order_id=order_id)
            case "void" if known is not None:
                room.do(VoidOrder(), order_id=order_id)
            case "pick up" if known is not None:
                room.do(MarkPickedUp(), order_id=order_id)
            case "paint" if known is not None:
                before = room.hearing.screens.live("grill")
                room.paint("grill", order_id=order_id)
                if before or room.hearing.screens.live("grill"):
                    painted[order_id] = room.kitchen.order(order_id).version
            case "wait":
                room.wait(number, "grill")
            case "leave":
                room.take(room.hearing.screen_left("screen-grill", "grill", room.now_ms))
            case "join":
                room.join("grill")
        room.kitchen.now_ms += 1
    for value in room.told:
        if value.state is HeardState.HEARD:
            assert painted.get(value.order_id, 0) >= value.version
    raised = [alarm.raised for alarm in room.alarms]
    assert raised == [index % 2 == 0 for index in range(len(raised))]
    open_orders = {value.order_id for value in room.hearing.values_for("T1", room.now_ms)}
    assert open_orders == {
        key.removeprefix("order/")
        for key, doc in room.kitchen.docs.items()
        if isinstance(doc, Order) and doc.state.name not in ("PICKED_UP",)
    }
