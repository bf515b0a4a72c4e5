"""Ages: levels, the bar, the text, and the common tick."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.core.aging import (
    NEVER_MS,
    NEW_S,
    TICK_MS,
    Level,
    age,
    duration,
    flash_on,
    late_at_ms,
    next_flash_ms,
    ticked,
)
from heard.stream import AgeLimits

LIMITS = AgeLimits(warn_s=480, late_s=720)


@pytest.mark.parametrize(
    ("seconds", "level", "full"),
    [
        (0, Level.FRESH, 0),
        (479, Level.FRESH, 479 / 720),
        (480, Level.WARN, 480 / 720),
        (720, Level.LATE, 1),
        (9999, Level.LATE, 1),
    ],
)
def test_levels_and_the_bar(seconds: int, level: Level, full: float) -> None:
    found = age(1_000, 1_000 + seconds * 1000, LIMITS)
    assert (found.seconds, found.level, found.full) == (seconds, level, full)


def test_a_stamp_of_the_future_is_age_zero() -> None:
    assert age(5_000, 1_000, LIMITS).seconds == 0


def test_all_ages_roll_at_the_same_moment() -> None:
    ages = [
        [age(start, now, LIMITS).seconds for start in (10_250, 10_900)] for now in (20_000, 20_999, 21_000)
    ]
    assert ages[0] == ages[1], "nothing rolls within a second"
    assert [after - before for before, after in zip(ages[1], ages[2], strict=True)] == [1, 1]
    assert ticked(20_999) == 20_000


def test_limits_of_zero_do_not_divide() -> None:
    assert age(0, 1_000, AgeLimits(0, 0)).full == 1.0


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (7, "0:07"), (872, "14:32"), (3753, "1:02:33"), (-5, "0:00")]
)
def test_duration(seconds: int, text: str) -> None:
    assert duration(seconds) == text


def test_a_new_ticket_flashes_three_times_a_quarter_of_a_second() -> None:
    on = [flash_on(ms) for ms in range(0, 2000, 50)]
    changes = sum(a != b for a, b in itertools.pairwise(on))
    assert on[0]
    assert changes == 5, "three times on, and off for good"
    moments, ms = [], 0
    while (wait := next_flash_ms(ms)) is not None:
        ms += wait
        moments.append(ms)
    assert moments == [250, 500, 750, 1000, 1250]


@pytest.mark.parametrize(
    ("seconds", "level", "full"),
    [
        (0, Level.FRESH, 0.0),
        (479, Level.FRESH, 0.399),
        (480, Level.WARN, 0.4),
        (1_199, Level.WARN, 0.999),
        (1_200, Level.LATE, 1.0),
    ],
)
def test_a_scheduled_order_is_late_past_its_due_time_and_not_before(
    seconds: int, level: Level, full: float
) -> None:
    """It came to the kitchen 20 minutes before it is due; the station's own limit of 12 minutes says nothing here."""
    found = age(5_000, 5_000 + seconds * 1000, AgeLimits(480, 720), due_ms=5_000 + 1_200_000)
    assert (found.seconds, found.level) == (seconds, level)
    assert found.full == pytest.approx(full, abs=0.001)


@given(
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(-5, 900),
    st.integers(-5, 900),
    st.just(0) | st.integers(1, 10**6),
    st.integers(0, 2 * 10**6),
)
def test_until_the_moment_that_an_age_names_it_says_the_same(
    age_from_ms: int, now_ms: int, warn_s: int, late_s: int, due_ms: int, later_ms: int
) -> None:
    limits = AgeLimits(warn_s=warn_s, late_s=late_s)
    first = age(age_from_ms, now_ms, limits, due_ms)

    def says_the_same(at_ms: int) -> bool:
        later = age(age_from_ms, at_ms, limits, due_ms)
        return (later.level, later.seconds < NEW_S) == (first.level, first.seconds < NEW_S)

    for at_ms in (now_ms + later_ms, first.until_ms - TICK_MS):
        assert says_the_same(at_ms) or not now_ms <= ticked(at_ms) < first.until_ms
    if first.until_ms != NEVER_MS and not due_ms and 0 < warn_s < late_s:
        next_tick_ms = -(-first.until_ms // TICK_MS) * TICK_MS
        assert not says_the_same(next_tick_ms), "nobody looks in vain"


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(-5, 2_000), st.integers(0, 10**7))
def test_the_moment_of_late_is_the_first_tick_that_says_so(
    age_from_ms: int, now_ms: int, late_s: int, due_ms: int
) -> None:
    limits = AgeLimits(warn_s=10, late_s=late_s)
    late = late_at_ms(age_from_ms, limits, due_ms) <= ticked(now_ms)
    assert late is (age(age_from_ms, now_ms, limits, due_ms).level is Level.LATE)
