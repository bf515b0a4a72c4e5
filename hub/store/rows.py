"""Master data from the cloud on disk, and in memory for tests: bytes by key, without revisions (`seam.Rows`)."""

from __future__ import annotations

import asyncio
import os
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence

import lmdb

from hub.store.env import Tables
from hub.store.layout import KEY_BYTES_MAX, ROWS
from hub.store.record import seal, unseal
from hub.store.writer_thread import Slice


class LmdbRows:
    """A `hub.store.seam.Rows` in the store's own file; each read is a transaction of its own."""

    def __init__(self, env: lmdb.Environment, tables: Tables, hand_over: Callable[[Slice], None]) -> None:
        self._env = env
        self._table = tables[ROWS]
        self._hand_over = hand_over
        self._pid = os.getpid()

    def row(self, key: str) -> bytes | None:
        raw_key = key.encode()
        self._require_own_process()
        with self._env.begin() as txn:
            record = txn.get(raw_key, db=self._table)
        return None if record is None else unseal(raw_key, record)

    def rows(self, after: str, before: str, limit: int) -> Sequence[tuple[str, bytes]]:
        found: list[tuple[str, bytes]] = []
        end = before.encode()
        self._require_own_process()
        with self._env.begin() as txn, txn.cursor(self._table) as cursor:
            there = cursor.set_range(after.encode() + b"\0")
            while there and len(found) < limit:
                raw_key, record = cursor.item()
                if raw_key >= end:
                    break
                found.append((raw_key.decode(), unseal(raw_key, record)))
                there = cursor.next()
        return found

    async def write(self, rows: Mapping[str, bytes | None]) -> float:
        records: dict[bytes, bytes | None] = {}
        for key, value in rows.items():
            raw_key = key.encode()
            if len(raw_key) > KEY_BYTES_MAX:
                raise ValueError(f"the key {key[:60]}… has more than {KEY_BYTES_MAX} bytes")
            records[raw_key] = None if value is None else seal(raw_key, value)
        written: asyncio.Future[float] = asyncio.get_running_loop().create_future()

        def done(outcome: float | Exception) -> None:
            if written.done():
                return  # who waited has gone; what was written stands
            if isinstance(outcome, Exception):
                written.set_exception(outcome)
            else:
                written.set_result(outcome)

        self._hand_over(Slice({ROWS: records}, done))
        return await written

    def _require_own_process(self) -> None:
        if os.getpid() != self._pid:  # LMDB does not refuse it, and breaks
            raise RuntimeError("this store belongs to the process that opened it; a child must not touch it")


class MemoryRows:
    """The same in a dict."""

    def __init__(self) -> None:
        self._values: dict[str, bytes] = {}
        self._keys: list[str] = []

    def row(self, key: str) -> bytes | None:
        return self._values.get(key)

    def rows(self, after: str, before: str, limit: int) -> Sequence[tuple[str, bytes]]:
        start, end = bisect_right(self._keys, after), bisect_left(self._keys, before)
        return [(key, self._values[key]) for key in self._keys[start : min(end, start + limit)]]

    async def write(self, rows: Mapping[str, bytes | None]) -> float:
        await asyncio.sleep(0)  # as a real one, it lets others run before it is done
        for key, value in rows.items():
            if value is None:
                self._values.pop(key, None)
            else:
                self._values[key] = value
        self._keys = sorted(self._values)
        return 0.0
