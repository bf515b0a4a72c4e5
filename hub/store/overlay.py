"""What is committed and not in the tables yet (see `wal`), and a look at the tables with that laid over them. Pure but for LMDB."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from hub.store.env import Tables, Txn

Rows: TypeAlias = Mapping[bytes, bytes | None]
"""Key -> record, or None where it is deleted."""
Writes: TypeAlias = dict[bytes, dict[bytes, bytes | None]]
"""Table -> its rows; the last write of a key wins."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The writes of one commit; numbers rise."""

    number: int
    writes: Writes


@dataclass(slots=True)
class Overlay:
    """The layers that the tables have not got, oldest first, and what they come to. For one thread."""

    layers: deque[Layer] = field(default_factory=deque)
    rows: Writes = field(default_factory=dict)
    written: int = 0
    """Rows of all layers together: what bringing them into the tables costs at most."""

    def add(self, layer: Layer) -> None:
        """Lays one more on top."""
        self.layers.append(layer)
        for table, rows in layer.writes.items():
            self.rows.setdefault(table, {}).update(rows)
            self.written += len(rows)

    def drop(self, number: int) -> None:
        """All layers up to `number` are in the tables."""
        if not self.layers or self.layers[0].number > number:
            return
        kept = [layer for layer in self.layers if layer.number > number]
        self.layers.clear()
        self.rows.clear()
        self.written = 0
        for layer in kept:
            self.add(layer)


class Look:
    """One read transaction, with the rows of an overlay over its tables. Not longer than its transaction."""

    def __init__(self, txn: Txn, tables: Tables, over: Mapping[bytes, Rows] | None = None) -> None:
        self._txn = txn
        self._tables = tables
        self._over: Mapping[bytes, Rows] = over or {}

    def get(self, table: bytes, key: bytes) -> bytes | None:
        """The record of a key."""
        rows = self._over.get(table)
        if rows is not None and key in rows:
            return rows[key]
        record: bytes | None = self._txn.get(key, db=self._tables[table])
        return record

    def walk(self, table: bytes, start: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
        """(key, record) from `start` on, in order of keys."""
        over = self._over.get(table)
        if not over:
            return self._forward(table, start)
        mine = sorted((key, record) for key, record in over.items() if record is not None and key >= start)
        return heapq.merge(mine, _without(over, self._forward(table, start)))

    def walk_back(self, table: bytes, before: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
        """(key, record) below `before`, the last first; of all where `before` is empty."""
        over = self._over.get(table)
        if not over:
            return self._backward(table, before)
        mine = [(key, one) for key, one in over.items() if one is not None and (not before or key < before)]
        return heapq.merge(
            sorted(mine, reverse=True), _without(over, self._backward(table, before)), reverse=True
        )

    def count(self, table: bytes) -> int:
        """Records of a table."""
        found = int(self._txn.stat(self._tables[table])["entries"])
        for key, record in self._over.get(table, {}).items():
            there = self._txn.get(key, db=self._tables[table]) is not None
            found += (record is not None) - there
        return found

    def _forward(self, table: bytes, start: bytes) -> Iterator[tuple[bytes, bytes]]:
        cursor = self._txn.cursor(self._tables[table])
        if cursor.set_range(start) if start else cursor.first():
            yield from cursor

    def _backward(self, table: bytes, before: bytes) -> Iterator[tuple[bytes, bytes]]:
        cursor = self._txn.cursor(self._tables[table])
        # The first key that is not below `before`; its neighbour is the last one that is.
        if cursor.prev() if before and cursor.set_range(before) else cursor.last():
            yield from cursor.iterprev()


def _without(over: Rows, rows: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    return (row for row in rows if row[0] not in over)
