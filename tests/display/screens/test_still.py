"""A full kitchen in which nothing happens: a second costs what it changes on the screen, and the picture is right all the same."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from display.screens.role import Moment
from display.screens.scene import Scene
from display.screens.ticket_ages import Ages
from tests.display.desks import Bench

TICKETS = 40


def full(role: str = "prep") -> Bench:
    """More than two pages; the oldest is a minute older than the newest."""
    bench = Bench(role=role)
    for n in range(TICKETS):
        bench.hold(1 + n % 4, rush=n == 7)
        bench.now_s += 1.5
    bench.void("o05", 0)
    bench.wait(2.0)
    return bench


def made_anew(bench: Bench, moment: Moment) -> Scene:
    """What a screen shows that has just been given all of it."""
    fresh = Bench(role=bench.role, now_s=bench.now_s)
    fresh.desk.documents(bench.orders.values(), (), reset=True, pending=())
    fresh.desk.pass_time(moment)
    return fresh.desk.scene(moment)


@pytest.mark.parametrize("role", ["prep", "expo"])
def test_whatever_was_kept_the_picture_is_as_one_made_anew(role: str) -> None:
    bench = full(role)
    begun_s = bench.now_s
    newest_s = begun_s - 3.5
    for at_s in (
        newest_s + 29,
        newest_s + 30,
        newest_s + 61,
        newest_s + 419,
        newest_s + 480,
        newest_s + 719.5,
        newest_s + 720,
    ):
        bench.wait(at_s - bench.now_s)
        assert bench.turn().picture == made_anew(bench, bench.moment()).picture
    restored = Moment(bench.now_s, round((begun_s + 10) * 1000), "19:42", last_message_s=bench.now_s)
    bench.desk.pass_time(restored)
    assert bench.desk.scene(restored).picture == made_anew(bench, restored).picture, (
        "a hub whose time is an earlier one"
    )


def test_a_second_works_out_the_ages_of_what_is_drawn_and_reports_nothing() -> None:
    bench = full()
    bench.wait(30.0)
    stands = bench.turn().stands
    drawn = len({tile.key for tile in stands.tiles})
    bench.reports.clear()
    with patch.object(Ages, "_worked_out", autospec=True, side_effect=Ages._worked_out) as worked_out:
        bench.wait(10.0)
    assert worked_out.call_count <= 10 * (drawn + 1), "and that of the oldest on other pages"
    assert bench.turn().stands is stands, "nothing moved"
    assert not bench.reports
