"""The business date: it rolls in the quiet after the cut-off, at the latest 4 h later, never back and never twice."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heard.business_date import date_of, is_date
from hub.core.business_day import HOUR_MS, TWICE_MS, decide_roll, first_day, has_open_ticket, roll_due
from hub.core.decision import DAY_KEY, BusinessDay
from tests.hub.core.making import SITE, Kitchen

RIYADH = ZoneInfo("Asia/Riyadh")


def wall(text: str) -> int:
    """Unix ms of a local time in Riyadh (3 h before UTC)."""
    return int(datetime.fromisoformat(f"{text}+03:00").timestamp() * 1000)


@pytest.mark.parametrize(
    ("at", "date"),
    [
        ("2026-11-23T12:00", "2026-11-23"),
        ("2026-11-24T03:59", "2026-11-23"),
        ("2026-11-24T04:00", "2026-11-24"),
    ],
)
def test_a_moment_belongs_to_the_day_that_began_at_the_cut_off(at: str, date: str) -> None:
    assert date_of(wall(at), RIYADH, 4) == date


@pytest.mark.parametrize(
    ("text", "good"), [("2026-11-23", True), ("2026-13-01", False), ("20261123", False), ("", False)]
)
def test_dates_are_written_in_one_way(text: str, good: bool) -> None:
    assert is_date(text) is good


@pytest.mark.parametrize(
    ("at", "quiet_minutes", "any_open", "rolled_h_ago", "rolls_to"),
    [
        ("2026-11-24T03:59", 300, False, 24, None),
        ("2026-11-24T04:00", 30, False, 24, "2026-11-24"),
        ("2026-11-24T04:00", 29, False, 24, None),
        ("2026-11-24T04:30", 300, True, 24, None),
        ("2026-11-24T07:59", 0, True, 24, None),
        ("2026-11-24T08:00", 0, True, 24, "2026-11-24"),
        ("2026-11-24T08:00", 300, False, 7, None),
        ("2026-11-24T08:00", 300, False, 8, "2026-11-24"),
        ("2026-11-22T12:00", 300, False, 24, None),
        ("2026-11-23T12:00", 300, False, 24, None),
        ("2026-11-27T12:00", 0, True, 99, "2026-11-27"),
    ],
)
def test_when_it_rolls(
    at: str, quiet_minutes: int, any_open: bool, rolled_h_ago: int, rolls_to: str | None
) -> None:
    """The day stands at 2026-11-23; a wall clock that fell back never takes the date back."""
    now_ms = 1_000 * HOUR_MS
    day = BusinessDay(5, "2026-11-23", now_ms - rolled_h_ago * HOUR_MS)
    last_order_ms = now_ms - quiet_minutes * 60_000
    assert roll_due(day, wall(at), RIYADH, 4, last_order_ms, any_open, now_ms) == rolls_to


def test_a_new_store_may_roll_soon_after_it_was_made() -> None:
    day = BusinessDay(1, "2026-11-23", 0)
    assert roll_due(day, wall("2026-11-24T04:30"), RIYADH, 4, None, False, HOUR_MS) == "2026-11-24"


def test_the_roll_is_written_once_and_orders_keep_their_date() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    day = kitchen.docs[DAY_KEY]
    assert isinstance(day, BusinessDay)
    assert kitchen.order().business_date == day.date
    for expected_version in (2, 2):
        found = decide_roll({DAY_KEY: kitchen.docs[DAY_KEY]}, "2030-01-01", 77, SITE)
        kitchen.docs.update(found.puts)
        after = kitchen.docs[DAY_KEY]
        assert isinstance(after, BusinessDay)
        assert (after.version, after.date, after.opened_at_ms) == (expected_version, "2030-01-01", 77)
    kitchen.hold(order_id="o2")
    kitchen.hold(order_id="late", business_date=day.date)
    assert kitchen.order("o1").business_date == day.date
    assert kitchen.order("o2").business_date == "2030-01-01"
    assert kitchen.order("late").business_date == day.date


def test_a_store_without_a_day_gets_its_first() -> None:
    found = decide_roll({DAY_KEY: None}, "2030-01-01", 5, SITE)
    assert found.puts == {DAY_KEY: first_day(5, SITE)}


def test_an_open_ticket_is_one_that_a_station_still_shows() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    assert has_open_ticket([kitchen.order()])
    kitchen.bump("grill")
    kitchen.bump("fry")
    assert not has_open_ticket([kitchen.order()])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 6 * HOUR_MS),
            st.integers(-30 * HOUR_MS, 30 * HOUR_MS),
            st.booleans(),
            st.booleans(),
        ),
        max_size=40,
    ),
    st.sampled_from(["Asia/Riyadh", "Europe/Berlin", "America/New_York"]),
)
def test_whatever_the_clock_does_dates_never_fall_and_never_roll_twice_in_8_h(
    steps: list[tuple[int, int, bool, bool]], zone_name: str
) -> None:
    zone = ZoneInfo(zone_name)
    start_wall_ms = int(datetime(2026, 3, 28, 12, tzinfo=UTC).timestamp() * 1000)
    now_ms = 0
    day = BusinessDay(1, date_of(start_wall_ms, zone, 4), 0)
    rolls: list[int] = []
    for step_ms, jump_ms, open_, busy in steps:
        now_ms += step_ms
        date = roll_due(
            day, start_wall_ms + now_ms + jump_ms, zone, 4, now_ms if busy else None, open_, now_ms
        )
        if date is not None:
            assert date > day.date
            assert not rolls or now_ms - rolls[-1] >= TWICE_MS
            rolls.append(now_ms)
            day = BusinessDay(day.version + 1, date, now_ms)


def test_what_is_scheduled_for_tomorrow_keeps_no_day_open() -> None:
    kitchen = Kitchen()
    kitchen.hold(due_at_ms=kitchen.now_ms + 20 * HOUR_MS)
    assert not has_open_ticket([kitchen.order()])
