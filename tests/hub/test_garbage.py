"""Garbage is looked for when it is quiet, when much of it may lie about, and at the latest after some hours."""

import gc
from collections.abc import Iterator

import pytest

from hub.garbage import AT_LATEST_S, EVERY_S, QUIET_S, STREAMS_ENDED_MAX, Collector


@pytest.fixture
def collector() -> Iterator[Collector]:
    one = Collector()
    one.start(0.0)
    yield one
    one.stop()
    assert gc.isenabled()


def test_it_is_ours_meanwhile(collector: Collector) -> None:
    assert not gc.isenabled()
    assert gc.get_freeze_count() > 10_000


def test_a_quiet_moment(collector: Collector) -> None:
    assert not collector.tick(EVERY_S - 1, 1, 0)
    assert not collector.tick(EVERY_S, 2, 0)  # a commit just now
    assert not collector.tick(EVERY_S + QUIET_S - 1, 2, 0)
    assert collector.tick(EVERY_S + QUIET_S, 2, 0)
    assert not collector.tick(EVERY_S + QUIET_S + 1, 2, 0)


def test_a_kitchen_that_is_never_quiet(collector: Collector) -> None:
    times = [float(second) for second in range(1, int(AT_LATEST_S) + 20, 10)]
    collected = [now_s for rev, now_s in enumerate(times, 1) if collector.tick(now_s, rev, 0)]
    assert len(collected) == 1
    assert collected[0] >= AT_LATEST_S


def test_many_streams_that_ended(collector: Collector) -> None:
    assert not collector.tick(1.0, 1, STREAMS_ENDED_MAX - 1)
    assert collector.tick(2.0, 2, STREAMS_ENDED_MAX)
    assert not collector.tick(3.0, 3, STREAMS_ENDED_MAX + 1)


def test_cycles_are_freed(collector: Collector) -> None:
    class Node:
        other: object = None

    import weakref

    a, b = Node(), Node()
    a.other, b.other = b, a
    gone = weakref.ref(a)
    del a, b
    assert gone() is not None
    assert collector.tick(AT_LATEST_S, 1, 0)
    assert gone() is None
