"""CLOCK_SUSPECT: how it begins, how it ends, and what time it is meanwhile."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.clock_guard import CLOUD_AGREES_MS, STEP_MS, ClockGuard, Doubt

BUILD = 1_000_000_000
HOUR = 3_600_000
NOW = BUILD + 1_000 * HOUR


def a_guard(
    wall_ms: int = NOW, hub_ms: int = NOW, *, remembered: bool = False, in_step: bool = False
) -> ClockGuard:
    guard = ClockGuard(BUILD, remembered)
    guard.look(wall_ms, hub_ms, in_step=in_step)
    return guard


@pytest.mark.parametrize(
    ("wall_ms", "hub_ms", "in_step", "doubt", "gap"),
    [
        (NOW, NOW, False, Doubt.NONE, False),
        (NOW, NOW + STEP_MS, False, Doubt.NONE, False),  # NTP had taken a little back
        (NOW, NOW + STEP_MS + 1, False, Doubt.BEHIND_MARK, True),
        (NOW, NOW + STEP_MS + 1, True, Doubt.NONE, True),  # right again, but how long was it off?
        (0, NOW, False, Doubt.BEFORE_BUILD, True),
        (0, NOW, True, Doubt.BEFORE_BUILD, True),  # whatever NTP says
        (0, BUILD, False, Doubt.BEFORE_BUILD, False),  # a new store, whose time line begins with the build
    ],
)
def test_at_start(wall_ms: int, hub_ms: int, in_step: bool, doubt: Doubt, gap: bool) -> None:
    guard = a_guard(wall_ms, hub_ms, in_step=in_step)
    assert guard.doubt is doubt
    assert bool(guard.gap_at_ms) is gap
    assert bool(guard.why()) is guard.suspect


@pytest.mark.parametrize(
    ("passed", "jump", "doubt"),
    [(HOUR, 0, Doubt.NONE), (HOUR, STEP_MS, Doubt.NONE), (HOUR, -STEP_MS, Doubt.NONE),
     (1, STEP_MS + 1, Doubt.JUMPED), (1, -STEP_MS - 1, Doubt.JUMPED), (HOUR, -NOW, Doubt.BEFORE_BUILD)],
)  # fmt: skip
def test_while_it_runs(passed: int, jump: int, doubt: Doubt) -> None:
    guard = a_guard()
    guard.look(NOW + passed + jump, NOW + passed, in_step=False)
    assert guard.doubt is doubt
    if doubt is not Doubt.NONE:
        assert guard.wall_ms(NOW + passed + jump, NOW + passed) == NOW + passed, "as if it had not jumped"
        assert guard.since_ms == NOW + passed
        assert guard.look(NOW + 2 * passed, NOW + 2 * passed, in_step=False)
        assert not guard.suspect, "the clock has come back"


def test_a_clock_that_started_wrong_and_was_set_by_hand_waits_for_somebody_who_knows() -> None:
    guard = a_guard(0, NOW)
    assert guard.wall_ms(0, NOW + 5) == NOW + 5, "on from the mark"
    assert not guard.confirm(0, NOW), "1970 is not to be confirmed"
    assert not guard.cloud_said(0, 0, NOW)
    guard.look(NOW + HOUR, NOW + 1, in_step=False)
    assert guard.doubt is Doubt.BEHIND_MARK
    assert guard.confirm(NOW + HOUR, NOW + 1)
    assert guard.wall_ms(NOW + HOUR, NOW + 1) == NOW + HOUR
    assert guard.gap_at_ms == NOW, "older ages stay in doubt"


@pytest.mark.parametrize(
    ("off", "ends"), [(CLOUD_AGREES_MS, True), (-CLOUD_AGREES_MS, True), (CLOUD_AGREES_MS + 1, False)]
)
def test_the_cloud_agrees(off: int, ends: bool) -> None:
    guard = a_guard(remembered=True)
    assert guard.doubt is Doubt.REMEMBERED
    assert guard.cloud_said(NOW + off, NOW, NOW) is ends
    assert guard.suspect is not ends


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, HOUR), st.integers(-3 * HOUR, 3 * HOUR)), max_size=30))
def test_whatever_an_unguarded_clock_does_the_best_known_time_stays_near_the_truth(
    steps: list[tuple[int, int]],
) -> None:
    """A jump of more than ten minutes never moves what the hub takes for the time; smaller ones add up at most."""
    guard = a_guard()
    hub = NOW
    small = 0
    offset = 0
    for passed, jump in steps:
        hub += passed
        offset += jump
        before = guard.wall_ms(hub + offset, hub)
        guard.look(hub + offset, hub, in_step=False)
        best = guard.wall_ms(hub + offset, hub)
        if guard.suspect:
            assert best == before or abs(best - before) <= 3 * HOUR
        small += STEP_MS
        assert abs(best - hub) <= small
