"""How long a station stood still: pauses by key and by timetable, cut where somebody resumed, none counted twice."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.decision import PausedSpan, StationBook
from hub.core.pauses import Pauses, Span, joined, total_ms
from hub.core.stations import TimedPause

RIYADH = ZoneInfo("Asia/Riyadh")
MINUTE_MS = 60_000
PRAYER = TimedPause(11 * 60 + 50, 12 * 60 + 20)


def at(clock: str, day: int = 23) -> int:
    """That time on the wall in Riyadh, a day of November 2026 (the 23rd is a Monday)."""
    hour, minute = map(int, clock.split(":"))
    return int(datetime(2026, 11, day, hour, minute, tzinfo=RIYADH).timestamp() * 1000)


def pauses(*spans: PausedSpan, timetable: tuple[TimedPause, ...] = (), until: int = at("23:59")) -> Pauses:
    return Pauses(StationBook(1, (), spans), timetable, at("04:00"), until, RIYADH)


def said(found: Pauses) -> dict[str, list[str]]:
    def clock(ms: int) -> str:
        return datetime.fromtimestamp(ms / 1000, UTC).astimezone(RIYADH).strftime("%H:%M")

    return {one: [f"{clock(a)}-{clock(b)}" for a, b in spans] for one, spans in found.spans.items()}


@pytest.mark.parametrize(
    ("spans", "timetable", "until", "wanted"),
    [
        ((), (), "23:59", {}),
        ((PausedSpan("grill", at("10:00"), at("10:15")),), (), "23:59", {"grill": ["10:00-10:15"]}),
        ((), (PRAYER,), "23:59", {"": ["11:50-12:20"]}),
        ((), (PRAYER,), "12:00", {"": ["11:50-12:00"]}),
        ((), (PRAYER,), "11:40", {}),
        ((PausedSpan("", at("12:00"), at("12:40")),), (PRAYER,), "23:59", {"": ["11:50-12:40"]}),
        # Resumed by hand in the middle of the timetable's pause; one by hand in that time still counts.
        ((PausedSpan("", at("12:05"), at("12:20"), resumed=True),), (PRAYER,), "23:59", {"": ["11:50-12:05"]}),
        (
            (PausedSpan("", at("12:05"), at("12:20"), resumed=True), PausedSpan("", at("12:10"), at("12:15"))),
            (PRAYER,), "23:59", {"": ["11:50-12:05", "12:10-12:15"]},
        ),
        # Only on Fridays, at two stations, over midnight.
        ((), (TimedPause(0, 60, ("fri",), ("grill", "fry")),), "23:59", {}),
        ((), (TimedPause(0, 60, ("mon",), ("grill", "fry")),), "23:59", {}),
        ((), (TimedPause(23 * 60 + 50, 15, (), ("grill",)),), "23:59", {"grill": ["23:50-23:59"]}),
        # What came before the business day began.
        ((PausedSpan("grill", at("03:50"), at("04:10")),), (), "23:59", {"grill": ["04:00-04:10"]}),
    ],
)  # fmt: skip
def test_spans(
    spans: tuple[PausedSpan, ...], timetable: tuple[TimedPause, ...], until: str, wanted: dict[str, list[str]]
) -> None:
    assert said(pauses(*spans, timetable=timetable, until=at(until))) == wanted


def test_a_station_stands_still_with_the_whole_site_and_no_minute_counts_twice() -> None:
    found = pauses(PausedSpan("grill", at("12:00"), at("12:30")), timetable=(PRAYER,))
    assert found.within("grill", at("11:00"), at("13:00")) == 40 * MINUTE_MS
    assert found.within("fry", at("11:00"), at("13:00")) == 30 * MINUTE_MS
    assert found.within("grill", at("12:10"), at("12:25")) == 15 * MINUTE_MS
    assert found.within("grill", at("13:00"), at("14:00")) == 0


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)


@given(SPANS)
def test_joined_spans_hold_the_same_minutes_once(spans: list[Span]) -> None:
    found = joined(spans)
    minutes = {minute for begin, end in spans for minute in range(begin, end)}
    assert {minute for begin, end in found for minute in range(begin, end)} == minutes
    assert total_ms(found) == len(minutes)
    assert all(before[1] < after[0] for before, after in pairwise(found))
