"""The process whose disk is recorded: the real store, held to its word by what it prints.

`python writer.py DATA FROM TO sync|nosync|nometasync|nowalsync`. Prints "order version rev" for each decision when, and only when,
the store has said that it is on disk. Ends as a killed process does.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from pathlib import Path

from heard.order import Order, OrderState
from hub.store import env, purge, upkeep, wal, writer_thread
from hub.store.lmdb_store import LmdbStore
from hub.store.options import StoreOptions
from hub.store.seam import Committed
from tests.hub.store.making import Submission, change, command, pick_up

OPTIONS = StoreOptions(
    map_bytes=64 << 20,
    map_bytes_max=64 << 20,
    ballast_bytes=0,
    wal_bytes=128 << 10,
    backup_every_s=0,
    marker_every_s=0.02,
    log_keep_ms=0,
    log_keep_revs=60,
)
FLAGS = {"sync": {}, "nosync": {"sync": False}, "nometasync": {"metasync": False}, "nowalsync": {}}
FLYING_MAX = 6  # submissions not yet answered: groups of several decisions


async def write(data: Path, first: int, end: int) -> None:
    """Holds, changes and closes: the decisions from `first` to below `end`."""
    chance = random.Random(7 + first)
    store = await LmdbStore.open(data, OPTIONS)
    flying: set[asyncio.Task[None]] = set()
    for n in range(first, end):
        submission = _next(chance, store, n)
        flying.add(asyncio.create_task(_tell(store, submission)))
        store.note("heard", f"o{n % 9}", str(n).encode())
        if len(flying) >= FLYING_MAX or chance.random() < 0.4:
            done, flying = await asyncio.wait(
                flying, return_when=chance.choice([asyncio.FIRST_COMPLETED, asyncio.ALL_COMPLETED])
            )
            for task in done:
                task.result()
    await asyncio.gather(*flying)


def _next(chance: random.Random, store: LmdbStore, n: int) -> Submission:
    opened = [order.order_id for order in store.open_orders()]
    kind = chance.random()
    if kind < 0.5 or not opened:
        return command(f"o{n:04d}", f"T{n % 3}", n)
    name = chance.choice(opened)
    if kind < 0.8:
        return change(name, guest="x" * chance.choice((10, 300, 4_000, 20_000)))
    return pick_up(name) if kind < 0.95 else change(name, state=OrderState.STARTED)


async def _tell(store: LmdbStore, submission: Submission) -> None:
    committed: Committed = await store.submit(*submission)
    for key, doc in committed.decision.puts.items():
        if isinstance(doc, Order):
            os.write(1, f"{key} {doc.version} {committed.rev}\n".encode())


def main() -> None:
    """Runs until the last answer."""
    data, first, end, mode = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    if FLAGS[mode]:
        # The control: a store that lies about its fsyncs. Its own assertion is switched off with the flags.
        env.LMDB_FLAGS = {**env.LMDB_FLAGS, **FLAGS[mode]}
    if mode == "nowalsync":
        wal.flush = lambda _file: None
    writer_thread.IDLE_S = 0.005  # much upkeep between the commits
    upkeep.STEP_ROWS = purge.STEP_ROWS = 20
    asyncio.run(write(data, first, end))
    os._exit(9)


if __name__ == "__main__":
    main()
