"""Makes the sample database of today's schema: `python -m tests.databases.make`. Once shipped, a sample is never changed."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from heard.command import Answer, Outcome
from heard.order import LineState, StationLine
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
from hub.core.outbox import OrderSyncState, Settle
from hub.store.backup import make_backup
from hub.store.layout import SCHEMA, DataDir, data_file
from hub.store.lmdb_store import LmdbStore
from hub.store.options import StoreOptions
from tests.hub.store.making import SMALL, a_paper, change, changed_outbox, command, delete, hold, pick_up, put

FOLDER = Path(__file__).parent
HUB_MS = 1_795_000_000_000
OPTIONS: StoreOptions = replace(SMALL, wall_ms=lambda: HUB_MS, monotonic=lambda: 1.0)
UNDO = UndoRecord(
    "i1", 2, "open", "grill", "bump", HUB_MS, 2, (("l1", StationLine("grill", LineState.QUEUED, 1)),)
)
PAYMENT = a_paper("pay-1", at_ms=HUB_MS)


async def _fill(data: Path) -> None:
    store = await LmdbStore.open(data, OPTIONS)
    await store.submit(*put(DAY_KEY, lambda _doc, now_ms: BusinessDay(1, "2026-11-23", now_ms, now_ms)))
    await store.submit(*put(CALL_NUMBERS_KEY, lambda _doc, _now_ms: CallNumbers(1, 240, 3)))
    await store.submit(*command("open", "T1", 1))
    await store.submit(*change("open", table="12", guest="Zoë"))
    await store.submit(
        *put(device_key("grill-1"), lambda _doc, _now_ms: DeviceRecord("grill-1", 1, {"i1": 3}, UNDO))
    )
    answer = Answer(Outcome.DONE, order_id="closed")
    await store.submit(*put(unary_key("c1"), lambda _doc, now_ms: AnswerRecord(1, answer, now_ms, "ab")))
    await store.submit(*hold("closed", call_number="227"))
    await store.submit(*pick_up("closed"))
    await store.submit(*hold("deleted"))
    await store.submit(*delete("deleted"))
    store.note("heard", "open/grill", b"2")
    await store.submit(*changed_outbox(Settle("order/closed", 2, OrderSyncState.SYNCED), PAYMENT))
    await store.submit(*hold("last"))
    await store.close()


def main() -> None:
    """Writes schema-N.mdb beside this file; refuses where it is there."""
    sample = FOLDER / f"schema-{SCHEMA}.mdb"
    if sample.exists():
        sys.exit(f"{sample} is shipped: it stays as it is")
    with tempfile.TemporaryDirectory() as place:
        files = DataDir(Path(place))
        asyncio.run(_fill(files.root))
        made = make_backup(files.store, files.backups)
        shutil.copyfile(data_file(made.path), sample)


if __name__ == "__main__":
    main()
