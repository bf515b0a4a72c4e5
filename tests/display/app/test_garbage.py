"""A screen looks for garbage behind its flips: often for the young, seldom and only in quiet moments for the rest."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest

from display.app import garbage
from display.app.garbage import ALL_EVERY_S, IDLE_S, OLDER_EVERY_S, Collector


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The generations that were looked through."""
    found: list[int] = []
    switch_s = sys.getswitchinterval()
    monkeypatch.setattr(gc, "collect", lambda generation=2: found.append(generation))
    monkeypatch.setattr(gc, "freeze", lambda: None)
    monkeypatch.setattr(gc, "disable", lambda: None)
    yield found
    sys.setswitchinterval(switch_s)


def started(looked: list[int]) -> Collector:
    collector = Collector()
    collector.start(0.0)
    looked.clear()
    return collector


def test_the_young_are_looked_through_when_there_are_many(
    looked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    collector = started(looked)
    for young, wanted in ((garbage.YOUNG_MAX, []), (garbage.YOUNG_MAX + 1, [0])):
        monkeypatch.setattr(gc, "get_count", lambda young=young: (young, 0, 0))
        collector.behind_flip(1.0, 1.0)
        assert looked == wanted


@pytest.mark.parametrize(
    ("now_s", "next_s", "wanted"),
    [
        (OLDER_EVERY_S, OLDER_EVERY_S + IDLE_S / 2, []),
        (OLDER_EVERY_S, OLDER_EVERY_S + 2 * IDLE_S, [1]),
        (ALL_EVERY_S, ALL_EVERY_S + 1, [2]),
        (OLDER_EVERY_S - 1, OLDER_EVERY_S, []),
    ],
)
def test_the_rest_waits_for_a_quiet_moment(
    looked: list[int], now_s: float, next_s: float, wanted: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 0))
    collector = started(looked)
    collector.behind_flip(now_s, next_s)
    assert looked == wanted
    collector.behind_flip(now_s, next_s)
    assert looked == wanted, "once"


def test_the_collector_is_given_back() -> None:
    collector = Collector()
    collector.start(0.0)
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()


def test_other_threads_give_way_to_a_picture_soon_while_it_runs(looked: list[int]) -> None:
    before = sys.getswitchinterval()
    collector = started(looked)
    try:
        assert sys.getswitchinterval() == pytest.approx(garbage.SWITCH_S)
    finally:
        collector.stop()
    assert sys.getswitchinterval() == pytest.approx(before)
