"""Own commands until the stream shows them, and a bump that only our own START made stale."""

import dataclasses

from display.core.pending import Wishes
from heard.command import (
    Answer,
    BumpLines,
    Command,
    LineAnswer,
    Outcome,
    PaintedLine,
    Reason,
    StartLines,
)
from heard.order import ChangeKind, Line, LineChange, LineState, StationLine

STARTED = Line("l1", stations=(StationLine("grill", LineState.STARTED, 2),), added_version=1)
START = StartLines("grill", (PaintedLine("l1", 1),))
BUMP = BumpLines("grill", (PaintedLine("l1", 1),))


def stale(current: Line) -> Answer:
    line = LineAnswer("l1", Outcome.REJECTED, Reason.STALE, current)
    return Answer(Outcome.REJECTED, 2, reason=Reason.STALE, lines=(line,))


def test_an_echo_stays_until_the_stream_has_it() -> None:
    wishes = Wishes()
    wishes.made(1, "o1", BUMP)
    assert not wishes.settle(()), "not in the journal yet"
    wishes.journaled(1, 7)
    assert not wishes.settle({7})
    assert wishes.echoes() == {"o1": (BUMP,)}
    assert wishes.settle(())
    assert wishes.echoes() == {}
    assert wishes.seq_of(1) == 7, "UNDO still needs it"


def test_what_is_taken_back_is_not_echoed() -> None:
    wishes = Wishes()
    wishes.made(1, "o1", BUMP)
    wishes.undone(1)
    assert wishes.echoes() == {}


def test_a_bump_after_our_own_start_is_sent_again_as_it_stands_now() -> None:
    wishes = Wishes()
    wishes.made(1, "o1", START)
    wishes.made(2, "o1", BUMP)
    again = wishes.second_try(Command("o1", BUMP, 2), stale(STARTED))
    assert again == BumpLines("grill", (PaintedLine("l1", 2),))


def test_a_bump_of_what_changed_meanwhile_is_not_sent_again() -> None:
    wishes = Wishes()
    wishes.made(1, "o1", START)
    change = LineChange(ChangeKind.QUANTITY, 2, was_quantity_milli=1000)
    for current in (
        dataclasses.replace(STARTED, changes=(change,)),
        dataclasses.replace(STARTED, stations=(StationLine("grill", LineState.QUEUED, 2),)),
        dataclasses.replace(STARTED, stations=(StationLine("grill", LineState.VOIDED, 2),)),
    ):
        assert wishes.second_try(Command("o1", BUMP, 2), stale(current)) is None


def test_another_screens_start_is_not_ours() -> None:
    assert Wishes().second_try(Command("o1", BUMP, 2), stale(STARTED)) is None
