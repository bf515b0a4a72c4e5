"""Which sound, and when."""

import dataclasses

import pytest

from display.core.sounding import Sound, Sounds, sound_of
from heard.order import Allergen, LineState
from heard.ticket import Ticket, tickets
from tests.display.desks import STATION, Bench


def ticket(bench: Bench, order_id: str) -> Ticket:
    return tickets(bench.orders[order_id], STATION)[0]


def test_the_gravest_waits_and_rings_once() -> None:
    sounds = Sounds()
    for one in (Sound.NEW, Sound.VOID, Sound.LATE):
        sounds.happened(one)
    assert sounds.due(100.0) is Sound.VOID
    assert sounds.due(110.0) is None


def test_what_is_switched_off_neither_rings_nor_hides_what_is_not() -> None:
    sounds = Sounds()
    for one in (Sound.NEW, Sound.VOID):
        sounds.happened(one)
    assert sounds.due(100.0, {"void"}) is Sound.NEW
    sounds.happened(Sound.VOID)
    assert sounds.due(110.0, {"void"}) is None
    sounds.happened(Sound.NEW)
    assert sounds.due(111.0, {"void"}) is Sound.NEW, "what did not ring makes nobody wait"


def test_at_most_one_in_three_seconds() -> None:
    sounds = Sounds()
    sounds.happened(Sound.NEW)
    assert sounds.due(100.0) is Sound.NEW
    sounds.happened(Sound.NEW)
    assert sounds.due(102.9) is None
    assert sounds.next_due_s() == 103.0
    assert sounds.due(103.0) is Sound.NEW


def test_late_rings_once_a_ticket_and_never_for_a_recalled_one() -> None:
    bench = Bench()
    one = ticket(bench, bench.hold())
    sounds = Sounds()
    sounds.late(one)
    assert sounds.due(10.0) is Sound.LATE
    sounds.late(one)
    assert sounds.due(20.0) is None
    sounds.late(dataclasses.replace(one, recalled=True, batch=3))
    assert sounds.due(30.0) is None


@pytest.mark.parametrize("what", ["new", "rush", "void", "raise", "add", "allergy", "progress", "held"])
def test_what_rings_for_what(what: str) -> None:
    bench = Bench()
    order_id = bench.hold(2)
    old: Ticket | None = ticket(bench, order_id)
    order = bench.orders[order_id]
    expected: Sound | None = None
    if what == "new":
        old, expected = None, Sound.NEW
    elif what == "rush":
        bench.put(dataclasses.replace(order, rush=True, version=2))
        expected = Sound.RUSH
    elif what == "void":
        bench.void(order_id, 0)
        expected = Sound.VOID
    elif what == "raise":
        bench.raise_(order_id, 0)
        expected = Sound.CHANGED
    elif what == "add":
        bench.add(order_id)
        expected = Sound.CHANGED
    elif what == "allergy":
        bench.put(dataclasses.replace(order, allergens=(Allergen("nuts"),), version=2))
        expected = Sound.ALLERGY
    elif what == "progress":
        bench.put(dataclasses.replace(order, version=2))
    else:
        for n in (0, 1):
            bench.change(
                order_id,
                n,
                lambda at, version: dataclasses.replace(at, state=LineState.WAITING, version=version),
            )
        old = None
    assert sound_of(old, ticket(bench, order_id)) is expected


def test_the_screen_rings_after_it_has_painted() -> None:
    bench = Bench()
    bench.wait(1.0)
    bench.hold()
    assert bench.rung[-1][1] is Sound.NEW
    painted_s = next(at_s for at_s, stands in bench.flips if stands.tiles)
    assert bench.rung[-1][0] >= painted_s
