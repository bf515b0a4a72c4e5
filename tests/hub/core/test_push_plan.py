"""The pusher's plan: what goes first, how much, when, and when it waits."""

from __future__ import annotations

from hub.core.cloud_failure import Failure
from hub.core.push_plan import (
    PAUSE_PROBE_MS,
    RETRY_CEILING_MS,
    SWEEP_INTERVAL_MS,
    Push,
    Refresh,
)
from tests.hub.core.push_site import F, S, Site


def test_starts_small_doubles_and_drains_oldest_first() -> None:
    site = Site(backlog=200)
    sizes, seen = [], []
    while isinstance(action := site.next(), Push):
        sizes.append(len(action.rows))
        seen += [row.key for row in action.rows]
        site.take()
    assert sizes == [1, 2, 4, 8, 16, 32, 50, 50, 37]
    assert seen == sorted(seen)
    assert set(site.states().values()) == {S.SYNCED}


def test_live_sales_go_ahead_of_the_backlog() -> None:
    site = Site(backlog=300)
    for _ in range(7):
        site.push()
        site.take()
    site.rows.change("live1", site.now_ms)
    site.rows.change("live2", site.now_ms + 1)
    assert site.push()[:3] == ["live1", "live2", "old0113"]


def test_what_gathered_in_an_outage_is_backlog_once_the_cloud_is_back() -> None:
    site = Site()
    for n in range(5):
        site.now_ms += 1_000
        site.rows.change(f"outage{n}", site.now_ms)
    site.plan.wake()
    site.push()
    site.fail(F.NOT_REACHED)
    site.now_ms += 60_000
    assert site.push() == ["outage0"]
    site.take()
    site.now_ms += 10
    site.rows.change("live", site.now_ms)
    assert site.push() == ["live", "outage1"]


def test_an_order_that_changes_in_flight_is_pushed_again() -> None:
    site = Site(backlog=1)
    site.push()
    site.rows.change("old0000", site.now_ms)
    site.take()
    assert site.states() == {"old0000": S.NOT_SYNCED}
    assert site.push() == ["old0000"]
    site.take()
    assert site.states() == {"old0000": S.SYNCED}


def test_nothing_more_is_pushed_while_a_batch_is_in_flight() -> None:
    site = Site(backlog=5)
    site.push()
    site.plan.wake()
    assert (site.next(), site.plan.due_ms()) == (None, None)


def test_the_sweeper_alone_delivers() -> None:
    site = Site()
    assert site.next() is None
    site.rows.change("late", site.now_ms + 1)
    assert site.plan.due_ms() == site.now_ms + SWEEP_INTERVAL_MS
    site.now_ms += SWEEP_INTERVAL_MS - 1
    assert site.next() is None
    site.now_ms += 1
    assert site.push() == ["late"]


def test_waking_pushes_at_once_but_never_cuts_a_back_off() -> None:
    site = Site()
    assert site.next() is None
    site.rows.change("paid", site.now_ms)
    site.plan.wake()
    assert site.push() == ["paid"]
    site.fail(F.NOT_REACHED)
    site.plan.wake()
    assert site.next() is None
    assert site.plan.due_ms() == site.now_ms + 500
    site.plan.network_back(site.now_ms)
    assert site.push() == ["paid"]


def test_back_off_grows_to_its_ceiling_and_a_failed_batch_is_halved() -> None:
    site = Site(backlog=100)
    for _ in range(6):
        site.push()
        site.take()
    sizes, waits = [], []
    for _ in range(12):
        sizes.append(len(site.push()))
        site.fail(F.NOT_REACHED)
        due = site.plan.due_ms()
        assert due is not None
        waits.append(due - site.now_ms)
        site.now_ms = due
    assert sizes[:7] == [37, 25, 12, 6, 3, 1, 1]
    assert waits[:3] == [500, 1_000, 2_000]
    assert waits[-1] == RETRY_CEILING_MS // 2


def test_retry_after_is_obeyed_even_when_the_network_is_said_to_be_back() -> None:
    site = Site(backlog=1)
    site.push()
    site.fail(F.THROTTLED, 45_000)
    site.plan.network_back(site.now_ms)
    site.plan.resume(site.now_ms)
    assert site.plan.due_ms() == site.now_ms + 45_000


def test_the_token_is_refreshed_once_between_two_waits() -> None:
    site = Site(backlog=1)
    site.push()
    site.fail(F.UNAUTHORIZED)
    assert isinstance(site.next(), Refresh)
    assert site.next() is None
    site.plan.refreshed()
    assert site.push() == ["old0000"]
    site.fail(F.UNAUTHORIZED)
    assert site.next() is None  # waits now
    site.now_ms += 1_000
    site.push()
    site.fail(F.UNAUTHORIZED)
    assert isinstance(site.next(), Refresh)
    site.plan.refresh_failed(Failure(F.NOT_REACHED, "no net"), site.now_ms, 0.5)
    assert site.next() is None


def test_forbidden_pauses_with_an_alarm_until_a_person_or_the_probe() -> None:
    for by_person in (True, False):
        site = Site(backlog=1)
        site.push()
        site.fail(F.FORBIDDEN)
        assert "does not let this hub in" in (site.plan.alarm or "")
        site.plan.network_back(site.now_ms)
        assert site.plan.due_ms() == site.now_ms + PAUSE_PROBE_MS
        if by_person:
            site.plan.resume(site.now_ms)
        else:
            site.now_ms += PAUSE_PROBE_MS
        site.push()
        site.take()
        assert (site.plan.alarm, site.states()) == (None, {"old0000": S.SYNCED})
