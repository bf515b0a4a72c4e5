"""The real store alone: one commit against a bare append + fdatasync, and the same with few and with many stored orders."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

from heard.command import Answer, Outcome
from heard.order import LineState, Order, OrderState, StationLine
from heard.quick import replaced
from hub.core.decision import Decision, Docs, order_key
from hub.store.lmdb_store import LmdbStore
from hub.store.options import StoreOptions
from tests.benchmarks import job

FEW = 1_000
FILL_GROUP = 500
"""Decisions in flight while a store is filled: large groups, few fsyncs."""
ROUND = 25
"""Measured one after another on each store before the next one's turn, so that a slow moment of the disk hits all."""
MICRO = 1e6
OPTIONS = StoreOptions(ballast_bytes=0, backup_every_s=0)


def _closed_once() -> Order:
    order = job.order(0)
    line = replace(order.lines[0], stations=(StationLine(job.STATION, LineState.DONE, 2),))
    return replace(order, lines=(line,), version=3, state=OrderState.PICKED_UP, business_date="2026-11-01")


CLOSED = _closed_once()


def closed(seq: int) -> Order:
    """A small order that was picked up long ago; a million of them are made."""
    return replaced(CLOSED, order_id=job.order_id(seq))


def opened(seq: int) -> Order:
    """An order as a hold stores it."""
    order = job.order(seq)
    lines = tuple(
        replace(line, stations=(StationLine(job.STATION, LineState.QUEUED, 1),)) for line in order.lines
    )
    return replace(order, lines=lines, version=1, state=OrderState.HELD, business_date="2026-11-01")


def put(order: Order) -> Callable[[Docs, int], Decision]:
    """A decision that stores this order, whatever was there."""
    key = order_key(order.order_id)

    def decide(docs: Docs, now_ms: int) -> Decision:
        there = docs[key]
        stamped = replaced(order, changed_at_ms=now_ms)
        return Decision(
            Answer(Outcome.DONE, order_id=order.order_id),
            {key: there.version if there else None},
            {key: stamped},
        )

    return decide


async def fill(store: LmdbStore, first: int, count: int, make: Callable[[int], Order] = closed) -> None:
    """Store `count` orders."""
    for start in range(first, first + count, FILL_GROUP):
        orders = [make(seq) for seq in range(start, min(start + FILL_GROUP, first + count))]
        await asyncio.gather(
            *(store.submit(frozenset({order_key(one.order_id)}), put(one)) for one in orders)
        )


async def _commits(store: LmdbStore, first: int) -> list[float]:
    found = []
    for seq in range(first, first + ROUND):
        order = opened(seq)
        before = len(store.stats.commit_s)
        await store.submit(frozenset({order_key(order.order_id)}), put(order))
        assert len(store.stats.commit_s) > before or before == store.stats.commit_s.maxlen
        found.append(store.stats.commit_s[-1] * MICRO)
    return found


def _lookups(store: LmdbStore, random: Random, count: int) -> list[float]:
    found = []
    for _ in range(ROUND):
        key = order_key(job.order_id(random.randrange(count)))
        start = time.perf_counter()
        order = store.get(key)
        found.append((time.perf_counter() - start) * MICRO)
        assert order is not None
    return found


def _fdatasyncs(file: int, payload: bytes) -> list[float]:
    found = []
    for _ in range(ROUND):
        start = time.perf_counter()
        os.write(file, payload)
        os.fdatasync(file)
        found.append((time.perf_counter() - start) * MICRO)
    return found


async def measure(folder: Path, many: int, rounds: int, say: Callable[[str], None]) -> dict[str, float]:
    """Medians in µs over `rounds` rounds of 25 each, on a store of 1,000 and one of `many` orders."""
    few_store = await LmdbStore.open(folder / "few", OPTIONS)
    many_store = await LmdbStore.open(folder / "many", OPTIONS)
    file = os.open(folder / "raw", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    names = ("commit_few_us", "commit_many_us", "lookup_few_us", "lookup_many_us", "fdatasync_us")
    found: dict[str, list[float]] = {name: [] for name in names}
    try:
        await fill(few_store, 0, FEW)
        started = time.monotonic()
        await fill(many_store, 0, many)
        say(f"{many:,} orders stored in {time.monotonic() - started:.0f} s")
        payload = job.payload(1)
        random = Random(7)
        for number in range(rounds):
            first = 10_000_000 + number * ROUND
            found["fdatasync_us"] += _fdatasyncs(file, payload)
            found["commit_few_us"] += await _commits(few_store, first)
            found["commit_many_us"] += await _commits(many_store, first)
            found["lookup_few_us"] += _lookups(few_store, random, FEW)
            found["lookup_many_us"] += _lookups(many_store, random, many)
    finally:
        os.close(file)
        await few_store.close()
        await many_store.close()
    figures = {name: statistics.median(values) for name, values in found.items()}
    return figures | {"commit_us": figures["commit_few_us"], "stored_many": float(many)}
