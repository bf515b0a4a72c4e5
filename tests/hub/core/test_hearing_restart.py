"""Heard across a restart or a kill of the hub: remembered, told again or proved by a bump, and no false alarm."""

from __future__ import annotations

from heard.command import (
    MarkPaid,
    MoveTicket,
)
from heard.stream import (
    HeardState,
    Painted,
)
from hub.core.hearing import GRACE_MS, Hearing
from tests.hub.core.hearing_room import EPOCH, PROFILE, Room
from tests.hub.core.making import line


def test_a_restart_of_the_hub_raises_no_false_alarm() -> None:
    """Screens come back, and what they painted before is remembered or told again as a whole picture."""
    room = Room()
    room.hold()
    room.paint("grill")
    notes = list(room.notes.items())
    room.hearing = Hearing(room.now_ms, PROFILE, EPOCH)
    room.take(room.hearing.restore([room.kitchen.order()], [*notes, ("gone", b"grill=4")], room.now_ms))
    assert room.notes == dict(notes)
    assert (room.state("grill"), room.state("fry")) == (HeardState.HEARD, HeardState.PENDING)
    room.wait(GRACE_MS - 1)
    assert room.alarms == []
    room.join("fry")
    room.take(
        room.hearing.painted(
            "screen-fry", "fry", Painted(EPOCH, (("o1", 1),), whole_picture=True), room.now_ms
        )
    )
    room.wait(20_000, "fry")
    assert room.alarms == []


def test_a_bump_is_proof_also_for_a_hub_that_was_killed_after_it() -> None:
    """A replay with kills told the till MOOT of two orders: their notes had died with the hub, and fry's bump came last."""
    room = Room()
    room.hold()
    room.cook("bump", "grill", "a", "b")
    room.cook("bump", "fry", "c")
    room.do(MarkPaid())
    room.hearing = Hearing(room.now_ms, PROFILE, EPOCH)
    room.take(room.hearing.restore([room.kitchen.order()], [], room.now_ms))
    assert (room.state("grill"), room.state("fry")) == (HeardState.HEARD, HeardState.HEARD)


def test_what_was_moved_away_unpainted_stays_moot_for_a_hub_that_was_killed() -> None:
    room = Room()
    room.hold(line("a"))
    room.do(MoveTicket("grill", "fry", room.kitchen.painted("grill")), "expo")
    room.hearing = Hearing(room.now_ms, PROFILE, EPOCH)
    room.take(room.hearing.restore([room.kitchen.order()], [], room.now_ms))
    assert (room.state("grill"), room.state("fry")) == (HeardState.MOOT, HeardState.PENDING)


def test_after_the_grace_of_a_restart_a_silent_station_alarms() -> None:
    room = Room()
    room.hold()
    room.hearing = Hearing(room.now_ms, PROFILE, EPOCH)
    room.take(room.hearing.restore([room.kitchen.order()], [("o1", b"\xff=x\ngrill=1")], room.now_ms))
    room.hold(order_id="o2")
    room.wait(GRACE_MS - 1)
    assert room.alarms == []
    room.wait(1)
    assert {alarm.station for alarm in room.alarms} == {"grill", "fry"}
