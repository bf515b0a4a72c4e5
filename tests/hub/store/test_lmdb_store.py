"""The store on LMDB: groups, restarts, failures of the disk, one process, one thread."""

from __future__ import annotations

import asyncio
import dataclasses
import errno
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lmdb
import pytest

from heard.command import Outcome
from heard.errors import UserError
from heard.order import Order
from hub.store.env import LMDB_FLAGS, open_env
from hub.store.layout import Identity, State
from hub.store.lmdb_store import LmdbStore
from hub.store.seam import Committed, Entry, OutcomeUnknown, StoreUnavailable
from hub.store.stats import Stats
from hub.store.swap import create_store
from hub.store.wal import Wal
from hub.store.writer import GroupLost, Writer
from tests.hub.store.making import SMALL, change, command, hold, numbers, pick_up
from tests.waiting import until

Stores = Callable[..., Any]


@contextmanager
def failing_writes(monkeypatch: pytest.MonkeyPatch, errors: list[Exception | None]) -> Iterator[None]:
    """The next writes of any store raise these, one after another; None lets one through."""
    real: Stores = Writer.store

    def store(self: Writer, *arguments: Any) -> Any:
        if errors and (error := errors.pop(0)) is not None:
            raise error
        return real(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "store", store)
        yield


@contextmanager
def held_back(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """No write begins before the event is set: a slow disk."""
    real: Stores = Writer.store
    go = threading.Event()

    def store(self: Writer, *arguments: Any) -> Any:
        assert go.wait(10)
        return real(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "store", store)
        yield go


async def test_all_that_gathers_during_a_commit_goes_in_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    wakes: list[list[int]] = []
    store.on_commit(lambda entries: wakes.append([entry.rev for entry in entries]))
    with held_back(monkeypatch) as go:
        first = asyncio.ensure_future(store.submit(*hold("first")))
        await asyncio.sleep(0)
        await until(lambda: not store._thread.gathered)
        rest = [asyncio.ensure_future(store.submit(*hold(f"o{n}"))) for n in range(50)]
        await asyncio.sleep(0.01)
        assert not first.done(), "answered before the commit"
        assert store.rev == 0
        assert store.open_orders() == []
        assert store.get("order/first") is None
        assert wakes == []
        go.set()
        await asyncio.gather(first, *rest)
    assert wakes == [[1], list(range(2, 52))], "one wake-up for each commit"
    assert store.stats.commits == 2
    assert store.stats.group_size_max == 50
    await store.close()


async def test_decisions_of_one_turn_of_the_loop_share_a_commit(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    await until(lambda: store._thread.idle)  # a writer that comes back meanwhile rightly takes what is there
    await asyncio.gather(*(store.submit(*hold(f"o{n}")) for n in range(20)))
    assert store.stats.commits == 1
    await store.close()


async def test_a_restart_goes_on_where_it_was(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    await store.submit(*hold("open"))
    await store.submit(*hold("closed"))
    await store.submit(*pick_up("closed"))
    await store.submit(*command("o3", "T1", 1))
    store.note("heard", "open/grill", b"1")
    before = (store.store_id, store.epoch, store.rev, store.compact_rev, store.log(0, 9), store.now_ms())
    await store.close()

    again = await LmdbStore.open(tmp_path, SMALL)
    after = (again.store_id, again.epoch, again.rev, again.compact_rev)
    assert after == before[:4]
    assert numbers(again.open_orders()) == ["o3", "open"]
    assert numbers(again.closed_orders("2026-11-23")) == ["closed"]
    assert again.notes("heard") == [("open/grill", b"1")]
    assert [strip(entry) for entry in again.log(0, 9)] == [strip(entry) for entry in before[4]]
    assert again.now_ms() >= before[5]
    assert (await again.submit(*hold("new"))).rev == before[2] + 1
    assert [entry.rev for entry in again.log(before[2] - 1, 9)] == [before[2], before[2] + 1], (
        "disk, then tail"
    )
    await again.close()


def strip(entry: Entry) -> tuple[object, ...]:
    return (entry.rev, entry.key, entry.order, entry.old_views, entry.new_views, entry.order_bytes)


async def test_hub_time_goes_on_from_the_mark_when_the_wall_clock_is_behind_it(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    await store.submit(*hold("o1"))
    last = store.now_ms()
    await store.close()
    in_1970 = dataclasses.replace(SMALL, wall_ms=lambda: 0)
    store = await LmdbStore.open(tmp_path, in_1970)
    assert last <= store.now_ms() < last + 60_000
    await store.close()


async def test_close_commits_what_was_submitted_and_refuses_what_comes_after(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    outcomes: list[Committed | Exception] = []
    for n in range(10):
        store.submit_soon(*hold(f"o{n}"), outcomes.append)
    await store.close()
    await store.close()
    assert [isinstance(one, Committed) for one in outcomes] == [True] * 10
    with pytest.raises(StoreUnavailable, match="closed"):
        await store.submit(*hold("late"))
    store = await LmdbStore.open(tmp_path, SMALL)
    assert len(store.open_orders()) == 10
    await store.close()


async def test_a_cancelled_caller_does_not_take_its_decision_back(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    task = asyncio.ensure_future(store.submit(*hold("o1")))
    await asyncio.sleep(0)
    task.cancel()
    await store.submit(*hold("o2"))
    assert numbers(store.open_orders()) == ["o1", "o2"]
    await store.close()


def system_error(code: int) -> lmdb.Error:
    """As LMDB words an error of the system."""
    return lmdb.Error(f"mdb_txn_commit: {os.strerror(code)}")


NO_SPACE = GroupLost("no space left on device", map_full=False)


async def test_a_lost_group_is_decided_again_once_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    with failing_writes(monkeypatch, [NO_SPACE]):
        found = await asyncio.gather(
            store.submit(*hold("o1")),
            store.submit(*change("o1", table="1")),
            store.submit(*change("o1", table="2")),
            store.submit(*hold("o1")),
        )
    answers = [one.decision.answer for one in found]
    assert [one and (one.outcome, one.order_version) for one in answers] == [
        (Outcome.DONE, 1),
        (Outcome.DONE, 2),
        (Outcome.DONE, 3),
        (Outcome.ALREADY, 3),
    ]
    assert store.stats.groups_lost == 1
    assert store.stats.decided_again == 4
    assert [entry.rev for entry in store.log(0, 9)] == [one.rev for one in found[:3]]
    await store.close()


async def test_a_group_lost_twice_is_unavailable_and_consumes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    await store.submit(*hold("before"))
    store.note("heard", "before/grill", b"1")
    with failing_writes(monkeypatch, [NO_SPACE, NO_SPACE]):
        found = await asyncio.gather(
            *(store.submit(*change("before", table=str(n))) for n in range(3)), return_exceptions=True
        )
    assert [type(one) for one in found] == [StoreUnavailable] * 3
    assert store.rev == 1
    order = store.get("order/before")
    assert isinstance(order, Order)
    assert (order.version, order.table) == (1, "")
    assert (await store.submit(*change("before", table="9"))).rev > 1, "it goes on by itself"
    await store.close()
    store = await LmdbStore.open(tmp_path, SMALL)
    assert store.notes("heard") == [("before/grill", b"1")], "a note of a lost group rides in a later one"
    await store.close()


async def test_what_gathered_behind_a_lost_group_is_decided_again_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    with held_back(monkeypatch) as go, failing_writes(monkeypatch, [NO_SPACE, NO_SPACE]):
        go.set()
        first = asyncio.ensure_future(store.submit(*hold("o1")))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        second = asyncio.ensure_future(store.submit(*change("o1", table="2")))
        outcomes = await asyncio.gather(first, second, return_exceptions=True)
    assert isinstance(outcomes[0], StoreUnavailable)
    if isinstance(outcomes[1], Committed):
        answer = outcomes[1].decision.answer
        assert answer is not None
        assert answer.outcome is Outcome.REJECTED, "it was decided on an order that was never stored"
    assert store.get("order/o1") is None
    await store.close()


async def test_an_unknown_outcome_answers_nobody_as_stored_and_stops_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    told: list[Exception] = []
    store.on_broken(told.append)
    with failing_writes(monkeypatch, [OutcomeUnknown("I/O error")]):
        with pytest.raises(OutcomeUnknown):
            await store.submit(*hold("o1"))
        assert [str(one) for one in told] == ["I/O error"]
        with pytest.raises(OutcomeUnknown):
            await store.submit(*hold("o2"))
    await store.close()


@pytest.mark.parametrize(
    ("error", "meta_moved", "lost"),
    [
        (lmdb.MapFullError("map full"), False, True),
        (lmdb.DiskError("no space"), False, True),
        (system_error(errno.EDQUOT), False, True),
        (system_error(errno.EFBIG), False, True),
        (lmdb.DiskError("no space"), True, False),
        (system_error(errno.EIO), False, False),
        (lmdb.CorruptedError("damaged"), False, False),
        (lmdb.PanicError("panic"), False, False),
    ],
)
def test_only_no_space_before_the_meta_page_counts_as_known_lost(
    tmp_path: Path, error: lmdb.Error, meta_moved: bool, lost: bool
) -> None:
    create_store(tmp_path / "store", Identity("s", 1, 1), 0)
    env = open_env(tmp_path / "store", map_bytes=64 << 20)
    writer = Writer(env, {}, State(0, 0, 0), lambda: 0, Stats(), Wal(tmp_path / "wal", 0))
    before = env.info()["last_txnid"] - (1 if meta_moved else 0)
    judged = writer._judge(error, before)
    assert isinstance(judged, GroupLost if lost else OutcomeUnknown)
    env.close()


async def fill(store: LmdbStore, prefix: str, until: Callable[[], bool] = lambda: False) -> list[str]:
    """Stores large orders until there is no room or `until` says so; returns their ids."""
    stored: list[str] = []
    for n in range(1_000):
        if until():
            return stored
        try:
            await store.submit(*hold(f"{prefix}{n}", guest="x" * 50_000))
        except StoreUnavailable:
            return stored
        stored.append(f"{prefix}{n}")
    raise AssertionError("it never was full")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MiB: a mount of its own for root, else a limit on the size of files."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() == 0:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=4m,mode=0700", "heard-test", str(place)], check=False
        )
        if done.returncode == 0:
            yield place
            subprocess.run(["umount", "-l", str(place)], check=True)
            return
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 20, hard))
    yield place
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_stops_orders_not_reads_and_it_recovers_by_itself(small_disk: Path) -> None:
    data = small_disk / "data"
    store = await LmdbStore.open(data, SMALL)
    stored = await fill(store, "o")
    assert stored, "not one order fitted"
    assert numbers(store.open_orders()) == sorted(stored)
    assert store.get("order/o0") is not None
    assert "no-space" in store.alarms.current()
    with pytest.raises(StoreUnavailable):
        await store.submit(*hold("too-much", guest="x" * 200_000))
    await asyncio.to_thread(make_room, small_disk)
    assert (await store.submit(*hold("after", guest="x" * 50_000))).rev > len(stored)
    assert numbers(store.open_orders()) == sorted([*stored, "after"])
    await store.close()
    store = await LmdbStore.open(data, SMALL)
    assert numbers(store.open_orders()) == sorted([*stored, "after"])
    await store.close()


def make_room(disk: Path) -> None:
    if disk.is_mount():
        subprocess.run(["mount", "-o", "remount,size=16m", str(disk)], check=True)
    else:
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (16 << 20, hard))


async def test_the_ballast_is_given_back_when_the_disk_is_full(small_disk: Path) -> None:
    store = await LmdbStore.open(small_disk / "data", dataclasses.replace(SMALL, ballast_bytes=512 << 10))
    await until(lambda: (small_disk / "data" / "ballast").exists())
    await fill(store, "o", until=lambda: not (small_disk / "data" / "ballast").exists())
    if await asyncio.to_thread(
        small_disk.is_mount
    ):  # a limit on one file's size is not lifted by removing another
        assert (await store.submit(*hold("on-the-reserve"))).rev > 1
        assert "the reserve of this hub was given back" in store.alarms.current()["no-space"]
    await store.close()


async def test_a_full_map_grows_and_the_group_goes_on(tmp_path: Path) -> None:
    options = dataclasses.replace(SMALL, map_bytes=1 << 20, map_bytes_max=8 << 20)
    store = await LmdbStore.open(tmp_path, options)
    for n in range(20):
        await store.submit(*hold(f"o{n}", guest="x" * 100_000))
    assert len(store.open_orders()) == 20
    assert store.stats.groups_lost >= 1
    await fill(store, "p")
    await store.close()
    store = await LmdbStore.open(tmp_path, options)
    assert len(store.open_orders()) >= 20
    await store.close()


async def test_a_second_hub_on_the_same_store_is_told_at_once(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    code = (
        "import asyncio, sys; from hub.store.lmdb_store import LmdbStore\n"
        "try: asyncio.run(LmdbStore.open(sys.argv[1]))\n"
        "except Exception as error: print(type(error).__name__, error.exit_code, error.what)"
    )
    started = time.monotonic()
    done = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        code,
        str(tmp_path),
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    output, _ = await done.communicate()
    assert output.decode().startswith(f"UserError 1 another process (pid {os.getpid()}) is using the store")
    assert time.monotonic() - started < 10
    with pytest.raises(UserError, match="another process"):
        await LmdbStore.open(tmp_path, SMALL)
    assert (await store.submit(*hold("o1"))).rev == 1, "the first one goes on"
    await store.close()


async def test_a_forked_child_must_not_touch_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    parent = os.getpid()
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: parent + 1)
        with pytest.raises(RuntimeError, match="process that opened it"):
            await store.submit(*hold("o1"))
        with pytest.raises(RuntimeError, match="process that opened it"):
            store.get("order/closed-long-ago")
    await store.close()


async def test_only_the_writers_thread_writes(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    await store.submit(*hold("o1"))
    with pytest.raises(AssertionError, match="own thread"):
        store._writer.commit((), {("heard", "x"): b"1"})
    await store.close()


@pytest.mark.parametrize("flag", ["sync", "metasync", "writemap"])
def test_other_flags_than_the_safe_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flag: str
) -> None:
    real = lmdb.open
    wrong = {flag: not LMDB_FLAGS[flag]}
    monkeypatch.setattr(lmdb, "open", lambda *args, **options: real(*args, **{**options, **wrong}))
    with pytest.raises(AssertionError, match=flag):
        open_env(tmp_path)


async def test_an_unusable_folder_is_an_error_for_people(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError) as caught:
        await LmdbStore.open(tmp_path / "file" / "data", SMALL)
    assert caught.value.exit_code == 1
    assert "--data" in caught.value.hint


async def test_the_state_record_is_written_with_every_commit(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    await store.submit(*hold("o1"))
    state = store._reader.state()
    assert state.rev == 1
    assert abs(state.hub_ms - store.now_ms()) < 60_000
    await store.close()
