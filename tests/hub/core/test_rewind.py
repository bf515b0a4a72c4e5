"""A moment of the past, from recorded changes: the hub's line orders them, the wall's clock finds them."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.rewind import Recorded, rewind, wall_clock, wall_of
from tests.hub.core.making import Kitchen, line

WALL_MS = 1_795_435_200_000


def recorded(kitchen: Kitchen, changes: list[Recorded], order_id: str = "o1") -> None:
    changes.append(Recorded(len(changes) + 1, kitchen.now_ms, order_id, kitchen.order(order_id)))


def an_evening() -> list[Recorded]:
    """Held, bumped at grill a minute later, all of it on a hub whose line began at 1,000,000."""
    from dataclasses import replace

    kitchen = Kitchen()
    kitchen.site = replace(kitchen.site, wall_offset_ms=WALL_MS - kitchen.now_ms)
    changes: list[Recorded] = []
    kitchen.hold()
    recorded(kitchen, changes)
    kitchen.now_ms += 60_000
    kitchen.bump("grill")
    recorded(kitchen, changes)
    kitchen.now_ms += 60_000
    kitchen.hold(line("a"), order_id="o2")
    recorded(kitchen, changes, "o2")
    return changes


@pytest.mark.parametrize(
    ("after_s", "grill", "fry", "rev"),
    [
        (-1, [], [], 0),
        (0, ["o1"], ["o1"], 1),
        (59, ["o1"], ["o1"], 1),
        (61, [], ["o1"], 2),
        (500, ["o2"], ["o1"], 3),
    ],
)
def test_what_each_screen_held(after_s: int, grill: list[str], fry: list[str], rev: int) -> None:
    moment = rewind(an_evening(), WALL_MS + after_s * 1000)
    assert [order.order_id for order in moment.seen_by("prep:grill")] == grill
    assert [order.order_id for order in moment.seen_by("prep:fry")] == fry
    assert moment.rev == rev
    if rev:
        assert moment.at_ms == 1_000_000 + after_s * 1000, "ages are drawn by the hub's line"


def test_a_deleted_order_is_gone_and_one_from_the_night_before_stands() -> None:
    changes = an_evening()
    night = Recorded(0, changes[0].at_ms - 1, "night", changes[0].order)
    gone = Recorded(9, changes[-1].at_ms + 1, "o2", None)
    moment = rewind([night, *changes, gone], WALL_MS + 500_000)
    assert "o2" not in moment.orders
    assert "night" in moment.orders


@given(st.integers(-5, 200), st.integers(-5, 200))
def test_later_moments_apply_all_that_earlier_ones_did(one: int, other: int) -> None:
    early, late = sorted((one, other))
    changes = an_evening()
    assert rewind(changes, WALL_MS + early * 1000).rev <= rewind(changes, WALL_MS + late * 1000).rev


@pytest.mark.parametrize(
    ("day", "clock", "zone", "wanted"),
    [
        ("2026-11-23", time(19, 42), "Asia/Riyadh", datetime(2026, 11, 23, 16, 42, tzinfo=UTC)),
        ("2026-11-23", time(1, 30), "Asia/Riyadh", datetime(2026, 11, 23, 22, 30, tzinfo=UTC)),
        ("2026-11-23", time(4, 0), "Asia/Riyadh", datetime(2026, 11, 23, 1, 0, tzinfo=UTC)),
        ("2026-03-29", time(12, 0), "Europe/London", datetime(2026, 3, 29, 11, 0, tzinfo=UTC)),
    ],
)
def test_the_clock_on_the_wall_of_a_business_day(day: str, clock: time, zone: str, wanted: datetime) -> None:
    found = wall_of(day, clock, ZoneInfo(zone), 4)
    assert found == wanted.timestamp() * 1000
    assert wall_clock(found, ZoneInfo(zone)) == f"{clock:%H:%M}"
