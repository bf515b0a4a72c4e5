"""Heard: what a live screen painted is heard, in which version and at which station, and what proves nothing."""

from __future__ import annotations

import pytest

from heard.command import (
    Acknowledge,
    AddLines,
    ChangeLine,
    MarkPaid,
    MarkPickedUp,
    Rush,
    VoidOrder,
)
from heard.order import VoidAnswer
from heard.revision import Epoch
from heard.stream import (
    Alive,
    HeardState,
    LineVoided,
    Painted,
)
from hub.core.hearing import GRACE_MS, NOT_HEARD_MS
from tests.hub.core.hearing_room import Room
from tests.hub.core.making import line, waiting


def test_a_painted_order_is_heard_at_each_station_for_itself() -> None:
    room = Room()
    room.hold()
    assert room.state() is HeardState.PENDING
    room.paint("grill")
    assert (room.state("grill"), room.state("fry")) == (HeardState.HEARD, HeardState.PENDING)
    room.paint("fry")
    assert [(value.station, value.state, value.version) for value in room.told] == [
        ("grill", HeardState.HEARD, 1),
        ("fry", HeardState.HEARD, 1),
    ]
    room.wait(20_000)
    assert room.alarms == []


def test_an_older_version_proves_nothing_and_a_newer_one_everything_before_it() -> None:
    room = Room()
    room.hold()
    room.do(ChangeLine("a", quantity_milli=2000))
    room.paint("grill", 1)
    assert room.state() is HeardState.PENDING
    room.do(MarkPaid(100))
    room.paint("grill", 3)
    assert room.state() is HeardState.HEARD
    assert room.told[-1].version == 2


def test_a_version_that_the_order_does_not_have_yet_proves_nothing() -> None:
    room = Room()
    room.hold()
    room.paint("grill", 99)
    room.do(ChangeLine("a", quantity_milli=2000))
    assert room.state() is HeardState.PENDING


def test_a_change_asks_only_where_it_alters_the_ticket() -> None:
    room = Room()
    room.hold()
    room.paint("grill")
    room.paint("fry")
    told = len(room.told)
    room.do(MarkPaid(100))
    room.do(ChangeLine("a", quantity_milli=2000))
    assert (room.state("grill"), room.state("fry")) == (HeardState.PENDING, HeardState.HEARD)
    room.do(Rush())
    assert room.state("fry") is HeardState.PENDING
    assert len(room.told) == told


def test_a_cooks_key_on_what_he_had_seen_is_no_news_for_him() -> None:
    room = Room()
    room.hold()
    room.paint("grill")
    room.cook("bump", "grill", "a")
    assert room.state() is HeardState.HEARD
    room.cook("bump", "grill", "b")
    assert room.state() is HeardState.HEARD


def test_a_bump_is_itself_proof() -> None:
    """The report was lost, but the key names what was on the glass."""
    room = Room()
    room.hold()
    room.cook("start", "grill", "a")
    assert room.state() is HeardState.HEARD
    assert room.notes["o1"] == b"grill=2"


def test_a_bump_of_one_line_does_not_prove_another_that_came_later() -> None:
    """The cook bumped what he saw; the added line has not been painted yet."""
    room = Room()
    room.hold()
    room.paint("grill")
    room.paint("fry")
    room.do(AddLines((line("d"),)))
    room.cook("bump", "grill", "a")
    assert room.state() is HeardState.PENDING
    room.wait(NOT_HEARD_MS, "grill", "fry")
    assert [alarm.station for alarm in room.alarms] == ["grill"]
    room.paint("grill")
    assert [alarm.raised for alarm in room.alarms] == [True, False]


def test_what_is_on_a_later_page_is_behind_and_does_not_alarm() -> None:
    room = Room()
    room.hold()
    room.paint("fry")
    room.behind("grill", 3)
    assert (room.told[-1].state, room.told[-1].behind) == (HeardState.BEHIND, 3)
    assert room.told[-1].message == "3 tickets before it"
    told = len(room.told)
    room.behind("grill", 3)
    assert len(room.told) == told
    room.wait(30_000, "grill", "fry")
    assert room.alarms == []
    room.behind("grill", 1)
    assert room.told[-1].message == "1 ticket before it"
    room.paint("grill")
    assert room.state() is HeardState.HEARD


@pytest.mark.parametrize("alive", [Alive(0, hidden=True), Alive(0, output_off=True)])
def test_a_screen_that_nobody_can_read_proves_nothing(alive: Alive) -> None:
    room = Room()
    room.take(room.hearing.alive("screen-grill", "grill", alive, room.now_ms))
    room.hold()
    room.paint("grill")
    assert room.state() is HeardState.PENDING


def test_a_report_of_another_epoch_or_of_no_screen_of_the_station_proves_nothing() -> None:
    room = Room()
    room.hold()
    room.take(room.hearing.painted("screen-grill", "grill", Painted(Epoch(2, 7), (("o1", 1),)), room.now_ms))
    room.paint("grill", device="screen-fry")
    room.join("grill", "tool", counts=False)
    room.paint("grill", device="tool")
    assert room.state() is HeardState.PENDING


def test_a_new_stream_of_a_screen_may_begin_before_the_old_one_ended() -> None:
    room = Room()
    room.join("grill")
    room.take(room.hearing.screen_left("screen-grill", "grill", room.now_ms))
    room.hold()
    room.paint("grill")
    assert room.state() is HeardState.HEARD


def test_what_waits_for_its_course_is_held_back_until_it_is_heard() -> None:
    courses, later = waiting("d")
    room = Room()
    room.hold(*later, courses=courses)
    assert room.told[-1].state is HeardState.HELD_BACK
    room.wait(60_000, "grill", "fry")
    assert room.alarms == []
    room.paint("grill")
    assert room.state() is HeardState.HEARD


def test_what_is_gone_before_it_was_painted_is_moot() -> None:
    room = Room()
    room.hold()
    room.wait(NOT_HEARD_MS, "grill", "fry")
    assert len(room.alarms) == 2
    room.do(MarkPickedUp())
    assert [value.state for value in room.told[-2:]] == [HeardState.MOOT, HeardState.MOOT]
    assert [alarm.raised for alarm in room.alarms] == [True, True, False, False]
    assert room.hearing.values_for("T1", room.now_ms) == []


def test_a_cancelled_order_must_be_heard_and_the_till_is_told_what_was_made() -> None:
    room = Room()
    room.hold(line("a"), line("b"))
    room.paint("grill")
    room.do(VoidOrder())
    assert room.state() is HeardState.PENDING
    room.paint("grill")
    old = room.kitchen.order()
    room.kitchen.do(Acknowledge("grill", room.kitchen.painted("grill"), VoidAnswer.NOT_MADE), "grill")
    room.take(room.hearing.changed(old, room.kitchen.order(), room.now_ms))
    assert room.told[-1].message == "void a=NOT_MADE b=NOT_MADE"
    assert room.told[-1].voided == (
        LineVoided("a", VoidAnswer.NOT_MADE),
        LineVoided("b", VoidAnswer.NOT_MADE),
    )
    assert room.notes == {}


def test_a_terminal_that_connects_is_told_all_about_its_open_orders() -> None:
    room = Room()
    room.hold()
    room.hold(order_id="o2", terminal="T2")
    room.paint("grill")
    room.hearing.tick(room.now_ms)
    values = room.hearing.values_for("T1", room.now_ms)
    assert {(value.order_id, value.station, value.state.name) for value in values} == {
        ("o1", "grill", "HEARD"),
        ("o1", "fry", "PENDING"),
    }
    assert room.hearing.values_for("nobody", room.now_ms) == []
    assert room.hearing.counts()["PENDING"] == 3


def test_paper_is_told_as_printed() -> None:
    room = Room()
    room.hold()
    room.take(room.hearing.printed("o1", "grill", 1))
    assert room.told[-1].state is HeardState.PRINTED
    room.take(room.hearing.printed("zz", "grill", 1))
    room.wait(10_000, "grill", "fry")
    assert [alarm.station for alarm in room.alarms] == ["fry"]


def test_memory_is_bounded_by_the_open_orders() -> None:
    room = Room()
    for number in range(300):
        order_id = f"n{number}"
        room.hold(order_id=order_id)
        room.do(MarkPickedUp(), order_id=order_id)
        room.kitchen.now_ms += 100
    room.wait(GRACE_MS, "grill", "fry")
    hearing = room.hearing
    assert not hearing.values_for("T1", room.now_ms)
    assert hearing.next_due_ms() is None
    assert sum(hearing.counts().values()) == 0


def test_the_pass_must_hear_every_change_once_it_has_a_screen() -> None:
    room = Room()
    room.hold()
    assert room.state("expo") is HeardState.UNSPECIFIED, "without a screen there nobody waits for it"
    room.join("expo")
    room.paint("grill")
    room.paint("fry")
    room.cook("bump", "grill", "a")
    assert room.state("expo") is HeardState.PENDING
    room.paint("expo")
    assert room.state("expo") is HeardState.HEARD
    room.cook("bump", "fry", "c")
    room.wait(NOT_HEARD_MS, "grill", "fry")
    assert room.state("expo") is HeardState.NOT_HEARD
    assert [(alarm.station, alarm.message) for alarm in room.alarms] == [
        ("expo", "Expo has not seen #214 (0:05). Tell the expo.")
    ]
    room.join("expo")
    room.paint("expo")
    assert room.state("expo") is HeardState.HEARD
    assert room.alarms[-1].raised is False
