"""What is past its time goes: answers, closed orders, papers; some hundreds of rows a step, on the writer's thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from hub.core.alarm_words import alarm
from hub.core.outbox import OrderSyncState
from hub.store.alarms import Alarms
from hub.store.codec import answer_at_ms
from hub.store.corrupt import CorruptRecord
from hub.store.env import Txn
from hub.store.layout import (
    ANSWERS,
    BY_DAY,
    CLOSED,
    PAPERS,
    PAPERS_BY_DAY,
    UNARY,
    closed_at_ms_of,
    order_id_of,
)
from hub.store.options import StoreOptions
from hub.store.outbox import drop_row, read_row
from hub.store.overlay import Look, Writes
from hub.store.record import HEADER_BYTES
from hub.store.writer import Writer

STEP_ROWS = 500  # rows that one step looks at or deletes: 1-3 ms
ROUND_EVERY_S = 3600.0  # between two walks over the answers


class Purge:
    """Every method runs on the writer's thread, with tables that are not behind; `write` makes a commit of upkeep."""

    def __init__(
        self, writer: Writer, options: StoreOptions, alarms: Alarms, write: Callable[[Writes], None]
    ) -> None:
        self._writer = writer
        self._options = options
        self._alarms = alarms
        self._write = write
        self._next_round = options.monotonic()
        self._purge_from: dict[bytes, bytes | None] = {ANSWERS: b"", UNARY: b""}
        self._drop_from = b""
        self._papers_from = b""

    @property
    def tasks(self) -> tuple[Callable[[], None], ...]:
        """The steps, the cheapest first."""
        return self.purge_answers, self.drop_closed, self.drop_papers

    def purge_answers(self) -> None:
        """Drops answers and unary answers past their time, a part of the tables at each call."""
        now = self._options.monotonic()
        if now >= self._next_round:
            self._next_round = now + ROUND_EVERY_S
            self._purge_from = {ANSWERS: b"", UNARY: b""}
        limits = {ANSWERS: self._options.answers_keep_ms, UNARY: self._options.closed_keep_ms}
        for name, position in self._purge_from.items():
            if position is None:
                continue
            old, self._purge_from[name] = self._old_answers(name, position, limits[name])
            if old:
                self._write({name: dict.fromkeys(old)})
                self._writer.stats.purged += len(old)

    def _old_answers(self, name: bytes, position: bytes, keep_ms: int) -> tuple[list[bytes], bytes | None]:
        limit_ms = self._writer.now_ms() - keep_ms
        old: list[bytes] = []
        with self._writer.env.begin() as txn:
            cursor = txn.cursor(self._writer.tables[name])
            there = cursor.set_range(position) if position else cursor.first()
            for _ in range(STEP_ROWS):
                if not there:
                    return old, None
                key, record = cursor.item()
                if answer_at_ms(record[HEADER_BYTES:]) < limit_ms:
                    old.append(key)
                    there = cursor.next()
                elif name == ANSWERS:
                    # Seqs rise with time: the rest of this device and incarnation is newer. "0" follows "/".
                    there = cursor.set_range(key.rpartition(b"/")[0] + b"0")
                else:
                    there = cursor.next()
            return old, cursor.key() if there else None

    def drop_closed(self) -> None:
        """Drops closed orders past their time, or the oldest when they fill too much of the map."""
        stats = self._writer.stats
        crowded = stats.file_bytes * (1 - stats.free_share) > stats.map_bytes * self._options.closed_map_share
        limit_ms = self._writer.now_ms() - self._options.closed_keep_ms
        writes: Writes = {BY_DAY: {}, CLOSED: {}}
        with self._writer.env.begin() as txn:
            cursor = txn.cursor(self._writer.tables[BY_DAY])
            there = cursor.set_range(self._drop_from) if self._drop_from else cursor.first()
            for _ in range(STEP_ROWS):
                if not there or not (crowded or closed_at_ms_of(cursor.key()) < limit_ms):
                    there = False
                    break
                key = cursor.key()
                order_key = f"order/{order_id_of(key)}".encode()
                if self._may_drop(txn, order_key):
                    writes[BY_DAY][key] = None
                    writes[CLOSED][order_key] = None
                    self._forget_row(txn, order_key, writes)
                there = cursor.next()
            self._drop_from = cursor.key() if there else b""
        if writes[BY_DAY]:
            self._write(writes)
            stats.purged += len(writes[CLOSED])
            if crowded:
                self._alarms.set("map-crowded", alarm("store.map_crowded"))

    def drop_papers(self) -> None:
        """Drops immutable documents of business days past the time of closed orders."""
        limit_ms = self._writer.now_ms() - self._options.closed_keep_ms
        limit = datetime.fromtimestamp(max(0, limit_ms) / 1000, UTC).date().isoformat().encode()
        writes: Writes = {PAPERS_BY_DAY: {}, PAPERS: {}}
        with self._writer.env.begin() as txn:
            cursor = txn.cursor(self._writer.tables[PAPERS_BY_DAY])
            there = cursor.set_range(self._papers_from) if self._papers_from else cursor.first()
            for _ in range(STEP_ROWS):
                if not there or cursor.key() >= limit:
                    there = False
                    break
                key = cursor.key()
                paper_key = key[key.index(b"\0") + 1 :]
                if self._may_drop(txn, paper_key):
                    writes[PAPERS_BY_DAY][key] = None
                    writes[PAPERS][paper_key] = None
                    self._forget_row(txn, paper_key, writes)
                there = cursor.next()
            self._papers_from = cursor.key() if there else b""
        if writes[PAPERS]:
            self._write(writes)
            self._writer.stats.purged += len(writes[PAPERS])

    def _may_drop(self, txn: Txn, key: bytes) -> bool:
        """Where a cloud is set, nothing goes that is not there."""
        if not self._options.keep_unsynced:
            return True
        try:
            row = read_row(Look(txn, self._writer.tables), key)
        except CorruptRecord as error:
            self._alarms.set("corrupt", alarm("store.corrupt", why=error))
            return False
        return row is None or row.state is OrderSyncState.SYNCED

    def _forget_row(self, txn: Txn, key: bytes, writes: Writes) -> None:
        for table, at, value in drop_row(Look(txn, self._writer.tables), key):
            writes.setdefault(table, {})[at] = value
