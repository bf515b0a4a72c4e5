"""Master data on disk: both engines keep the same promises; the real one goes between decisions and survives a full map."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import lmdb
import pytest

from hub.store.check import check
from hub.store.corrupt import CorruptRecord
from hub.store.layout import ROWS, DataDir
from hub.store.lmdb_store import LmdbStore
from hub.store.memory import MemoryStore
from hub.store.seam import StoreUnavailable
from tests.hub.store.making import SMALL, hold

AnyStore = LmdbStore | MemoryStore


async def whole(folder: Path) -> bool:
    return (await asyncio.to_thread(check, DataDir(folder).store, whole=True)).ok


@pytest.fixture(params=["lmdb", "memory"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStore]:
    if request.param == "memory":
        yield MemoryStore(seed=7)
        return
    opened = await LmdbStore.open(tmp_path / "data", SMALL)
    yield opened
    await opened.close()


async def test_rows_come_back_in_order_and_go_when_they_are_told_to(store: AnyStore) -> None:
    rows = store.rows
    await rows.write({f"r/a/{n}": str(n).encode() for n in (3, 1, 2)} | {"r/b/1": b"", "q": b"q"})
    assert rows.row("r/a/2") == b"2"
    assert rows.row("r/b/1") == b""
    assert rows.row("r/a/") is None
    assert rows.rows("r/a/", "r/a0", 2) == [("r/a/1", b"1"), ("r/a/2", b"2")]
    assert rows.rows("r/a/2", "r/a0", 9) == [("r/a/3", b"3")]
    await rows.write({"r/a/1": None, "r/a/2": b"new", "none": None})
    assert rows.rows("r/a/", "r/a0", 9) == [("r/a/2", b"new"), ("r/a/3", b"3")]


async def test_rows_have_no_revision_and_wake_nobody(store: AnyStore) -> None:
    woken: list[object] = []
    store.on_commit(woken.append)
    before = store.rev
    await store.rows.write({"k": b"v"})
    assert (store.rev, woken) == (before, [])


async def test_decisions_go_on_between_slices(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)

    async def fill() -> None:
        for n in range(60):
            await store.rows.write({f"r/{n}/{i}": b"x" * 200 for i in range(50)})

    filling = asyncio.create_task(fill())
    for n in range(40):
        await store.submit(*hold(f"o{n}"))
    assert not filling.done(), "the holds were done while rows were still being written"
    await filling
    assert store.stats.rows_written == 3_000
    assert len(store.open_orders()) == 40
    await store.close()


async def test_a_flood_of_decisions_does_not_starve_a_slice(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    written = asyncio.create_task(store.rows.write({"k": b"v"}))
    n = 0
    while not written.done():
        await asyncio.gather(*(store.submit(*hold(f"o{n}-{i}")) for i in range(20)))
        n += 1
        assert n < 500
    await store.close()


async def test_rows_survive_a_restart_and_a_store_without_them_is_whole(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    await store.rows.write({"k": b"v"})
    await store.close()
    again = await LmdbStore.open(tmp_path, SMALL)
    assert again.rows.row("k") == b"v"
    await again.close()
    assert await whole(tmp_path)


async def test_a_damaged_row_is_found(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    await store.rows.write({"key-of-a-row": b"value-of-a-row"})
    await store.close()
    file = DataDir(tmp_path).store / "data.mdb"
    data = await asyncio.to_thread(file.read_bytes)
    assert b"value-of-a-row" in data
    await asyncio.to_thread(file.write_bytes, data.replace(b"value-of-a-row", b"value-of-a-cow"))
    assert not await whole(tmp_path)
    again = await LmdbStore.open(tmp_path, SMALL)
    with pytest.raises(CorruptRecord):
        again.rows.row("key-of-a-row")
    await again.close()


async def test_a_full_map_refuses_the_slice_whole_and_orders_go_on(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, replace(SMALL, map_bytes=1 << 20, map_bytes_max=1 << 20))

    async def fill() -> None:
        for n in range(100):
            await store.rows.write({f"r/{n}/{i}": b"x" * 1_000 for i in range(100)})

    with pytest.raises(StoreUnavailable):
        await fill()
    last = store.rows.rows("", "\x7f", 10_000)
    assert len(last) % 100 == 0, "a part of a slice was written"
    await store.rows.write(dict.fromkeys([key for key, _ in last[:200]]))
    await store.submit(*hold("o1"))
    await store.close()


async def test_a_closed_store_refuses(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    await store.close()
    with pytest.raises(StoreUnavailable):
        await store.rows.write({"k": b"v"})


async def test_a_copy_made_before_there_were_rows_is_opened(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    await store.submit(*hold("o1"))
    await store.close()
    await asyncio.to_thread(without_rows, DataDir(tmp_path).store)
    assert await whole(tmp_path)
    again = await LmdbStore.open(tmp_path, SMALL)
    assert len(again.open_orders()) == 1
    await again.rows.write({"k": b"v"})
    await again.close()


def without_rows(store: Path) -> None:
    env = lmdb.open(str(store), max_dbs=32)
    table = env.open_db(ROWS)
    with env.begin(write=True) as txn:
        txn.drop(table)
    env.close()
