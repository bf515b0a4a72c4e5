"""Every schema that was ever shipped opens, is brought up to today's, and a second time changes nothing."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import lmdb
import pytest

from heard.command import Answer, Outcome
from heard.errors import UserError
from heard.order import LineState, Order, StationLine
from hub.core.decision import (
    CALL_NUMBERS_KEY,
    DAY_KEY,
    AnswerRecord,
    BusinessDay,
    CallNumbers,
    DeviceRecord,
    UndoRecord,
    device_key,
    unary_key,
)
from hub.store import migrations
from hub.store.env import Tables, Txn, open_env, open_tables
from hub.store.layout import DOCS, META, SCHEMA, SCHEMA_KEY, DataDir, data_file
from hub.store.lmdb_store import LmdbStore
from tests.hub.store.making import SMALL, hold, numbers

DATABASES = Path(__file__).parents[2] / "databases"
HUB_MS = 1_795_000_000_000


def test_every_schema_has_its_sample() -> None:
    assert sorted(one.name for one in DATABASES.glob("*.mdb")) == [
        f"schema-{n}.mdb" for n in range(1, SCHEMA + 1)
    ]
    assert set(migrations.MIGRATIONS) == set(range(1, SCHEMA))


@pytest.mark.parametrize("schema", range(1, SCHEMA + 1))
async def test_a_shipped_store_opens_and_serves_twice(schema: int, tmp_path: Path) -> None:
    files = DataDir(tmp_path)
    files.store.mkdir()
    shutil.copyfile(DATABASES / f"schema-{schema}.mdb", data_file(files.store))
    for time in (1, 2):
        store = await LmdbStore.open(tmp_path, SMALL)
        assert {"last", "open"} <= set(numbers(store.open_orders()))
        order = store.get("order/open")
        assert isinstance(order, Order)
        assert (order.version, order.table, order.guest, order.held_at_ms) == (2, "12", "Zoë", HUB_MS)
        assert order.lines[0].stations == (StationLine("grill", LineState.QUEUED, 1),)
        assert numbers(store.closed_orders("2026-11-23", "grill", "227")) == ["closed"]
        assert store.get(DAY_KEY) == BusinessDay(1, "2026-11-23", HUB_MS, HUB_MS)
        assert store.get(CALL_NUMBERS_KEY) == CallNumbers(1, 240, 3)
        before = (("l1", StationLine("grill", LineState.QUEUED, 1)),)
        undo = UndoRecord("i1", 2, "open", "grill", "bump", HUB_MS, 2, before)
        assert store.get(device_key("grill-1")) == DeviceRecord("grill-1", 1, {"i1": 3}, undo)
        assert store.get(device_key("T1")) == DeviceRecord("T1", 1, {"i1": 2})
        answer = Answer(Outcome.DONE, order_id="closed")
        assert store.get(unary_key("c1")) == AnswerRecord(1, answer, HUB_MS, "ab")
        assert store.notes("heard") == [("open/grill", b"2")]
        log = store.log(0, 100)
        assert [entry.key.removeprefix("order/") for entry in log][:7] == [
            "open", "open", "closed", "closed", "deleted", "deleted", "last",
        ]  # fmt: skip
        assert store.now_ms() >= HUB_MS
        assert (await store.submit(*hold(f"new-{time}"))).rev == log[-1].rev + 1
        await store.close()


def test_steps_run_in_order_in_one_transaction(tmp_path: Path) -> None:
    def mark(step: int) -> migrations.Migration:
        def migrate(txn: Txn, tables: Tables) -> None:
            done = txn.get(b"steps", default=b"", db=tables[DOCS])
            txn.put(b"steps", done + str(step).encode(), db=tables[DOCS])

        return migrate

    def fails(_txn: Txn, _tables: Tables) -> None:
        raise RuntimeError("a mistake in a migration")

    asyncio.run(empty_store(tmp_path))
    env = open_env(tmp_path / "store")
    tables = open_tables(env, create=False)
    with pytest.raises(RuntimeError):
        migrations.migrate(env, tables, SCHEMA + 2, {SCHEMA: mark(1), SCHEMA + 1: fails})
    assert found(env, tables) == (str(SCHEMA), None), "a failed migration must change nothing"
    assert migrations.migrate(env, tables, SCHEMA + 2, {SCHEMA: mark(1), SCHEMA + 1: mark(2)}) == SCHEMA
    assert found(env, tables) == (str(SCHEMA + 2), b"12")
    assert migrations.migrate(env, tables, SCHEMA + 2, {}) == SCHEMA + 2
    assert found(env, tables) == (str(SCHEMA + 2), b"12")
    with pytest.raises(UserError, match="newer hub"):
        migrations.migrate(env, tables)
    with pytest.raises(UserError, match="nothing is known"):
        migrations.migrate(env, tables, SCHEMA + 3, {})
    env.close()


def found(env: lmdb.Environment, tables: Tables) -> tuple[str, bytes | None]:
    with env.begin() as txn:
        return txn.get(SCHEMA_KEY, b"", db=tables[META]).decode(), txn.get(b"steps", db=tables[DOCS])


async def empty_store(place: Path) -> None:
    store = await LmdbStore.open(place, SMALL)
    await store.close()
