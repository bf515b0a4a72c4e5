"""Reads from disk: short read transactions, never one across an await."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import lmdb

from heard.order import Order
from hub.core.decision import Doc, Key
from hub.core.papers import Paper
from hub.store.codec import LogRecord, decode_doc, decode_log
from hub.store.env import Tables, Txn
from hub.store.group import summary_matches
from hub.store.layout import (
    BY_DAY,
    CLOSED,
    DOCS,
    IDENTITY_KEY,
    LOG,
    META,
    NOTES,
    OPEN,
    PAPERS,
    STATE_KEY,
    Identity,
    State,
    day_prefix,
    log_key_after,
    order_id_of,
    rev_of_log_key,
    table_of,
)
from hub.store.outbox import OutboxReader, decode_paper
from hub.store.record import unseal
from hub.store.seam import Entry

RECALL_LIMIT_MAX = 500  # orders in one answer; a person reads fifty
RECALL_SCAN_MAX = 20_000  # index rows looked at: a very large day; 20 ms at most on the loop


class Reader:
    """Reads of one environment; each call is one transaction of its own."""

    def __init__(self, env: lmdb.Environment, tables: Tables) -> None:
        self._env = env
        self._tables = tables
        self._pid = os.getpid()

    def _begin(self) -> Txn:
        if os.getpid() != self._pid:  # LMDB does not refuse it, and breaks
            raise RuntimeError("this store belongs to the process that opened it; a child must not touch it")
        return self._env.begin()

    def outbox(self) -> OutboxReader:
        """What leaves for the cloud, as it is committed."""
        return OutboxReader(self._env, self._tables, self._begin)

    def identity(self) -> Identity:
        """Raises CorruptRecord."""
        return Identity.from_record(self._raw(META, IDENTITY_KEY) or b"")

    def state(self) -> State:
        """Raises CorruptRecord."""
        return State.from_record(self._raw(META, STATE_KEY) or b"")

    def get(self, key: Key) -> Doc | None:
        """The newest document on disk. Raises CorruptRecord."""
        raw_key = key.encode()
        table = table_of(key)
        with self._begin() as txn:
            if table is not None:
                record = txn.get(raw_key, db=self._tables[table])
            else:
                record = txn.get(raw_key, db=self._tables[CLOSED])
                if record is None:
                    record = txn.get(raw_key, db=self._tables[OPEN])
        return None if record is None else decode_doc(raw_key, unseal(raw_key, record))

    def documents(self, *tables: bytes) -> Iterator[tuple[Key, Doc]]:
        """All documents of these tables. Raises CorruptRecord."""
        with self._begin() as txn:
            for table in tables:
                for raw_key, record in txn.cursor(self._tables[table]):
                    yield raw_key.decode(), decode_doc(raw_key, unseal(raw_key, record))

    def orders(self, *tables: bytes) -> Iterator[Order]:
        """All orders of OPEN or CLOSED. Raises CorruptRecord."""
        for _, doc in self.documents(*tables):
            if isinstance(doc, Order):
                yield doc

    def day_orders(self, business_date: str) -> Iterator[Order]:
        """All orders of that business date, closed ones in the order of closing, then open ones. Raises CorruptRecord."""
        prefix = day_prefix(business_date)
        with self._begin() as txn:
            cursor = txn.cursor(self._tables[BY_DAY])
            there = cursor.set_range(prefix)
            while there and cursor.key().startswith(prefix):
                order = self._closed(txn, order_id_of(cursor.key()))
                if order is not None:
                    yield order
                there = cursor.next()
        for order in self.orders(OPEN):
            if order.business_date == business_date:
                yield order

    def papers(self, kind: str) -> Iterator[Paper]:
        """All immutable documents of that kind. Raises CorruptRecord."""
        prefix = f"{kind}/".encode()
        with self._begin() as txn:
            cursor = txn.cursor(self._tables[PAPERS])
            there = cursor.set_range(prefix)
            while there and cursor.key().startswith(prefix):
                raw_key, record = cursor.item()
                yield decode_paper(raw_key, unseal(raw_key, record))
                there = cursor.next()

    def newest_closed(self, limit: int) -> Sequence[Order]:
        """The last closed orders of all days, last first. Raises CorruptRecord."""
        found: list[Order] = []
        with self._begin() as txn:
            cursor = txn.cursor(self._tables[BY_DAY])
            there = cursor.last()
            while there and len(found) < limit:
                order = self._closed(txn, order_id_of(cursor.key()))
                if order is not None:
                    found.append(order)
                there = cursor.prev()
        return found

    def newest_log(self, limit: int) -> Sequence[tuple[Entry, int]]:
        """The newest entries, oldest of them first, each with its commit's hub time. Raises CorruptRecord."""
        found: list[tuple[Entry, int]] = []
        with self._begin() as txn:
            cursor = txn.cursor(self._tables[LOG])
            there = cursor.last()
            while there and len(found) < limit:
                raw_key, record = cursor.item()
                row = decode_log(raw_key, unseal(raw_key, record))
                found.append((to_entry(rev_of_log_key(raw_key), row), row.hub_ms))
                there = cursor.prev()
        return found[::-1]

    def count(self, table: bytes) -> int:
        """Records in a table."""
        with self._begin() as txn:
            return int(txn.stat(self._tables[table])["entries"])

    def resident(self) -> Iterator[tuple[Key, Doc]]:
        """What is held in memory while the hub runs."""
        return self.documents(DOCS, OPEN)

    def notes(self) -> Iterator[tuple[str, str, bytes]]:
        """All (table, key, value). Raises CorruptRecord."""
        with self._begin() as txn:
            for raw_key, record in txn.cursor(self._tables[NOTES]):
                table, _, key = raw_key.decode().partition("\0")
                yield table, key, unseal(raw_key, record)

    def log_records(self, from_rev: int, to_rev: int, limit: int) -> Sequence[tuple[int, LogRecord]]:
        """At least `limit` records in (from_rev, to_rev] where there are as many; whole revisions. Raises CorruptRecord."""
        found: list[tuple[int, LogRecord]] = []
        with self._begin() as txn:
            cursor = txn.cursor(self._tables[LOG])
            if not cursor.set_range(log_key_after(from_rev)):
                return found
            for raw_key, record in cursor:
                rev = rev_of_log_key(raw_key)
                if rev > to_rev or (len(found) >= limit and rev != found[-1][0]):
                    break
                found.append((rev, decode_log(raw_key, unseal(raw_key, record))))
        return found

    def log(self, from_rev: int, to_rev: int, limit: int) -> Sequence[Entry]:
        """As `log_records`, decoded."""
        return [to_entry(rev, record) for rev, record in self.log_records(from_rev, to_rev, limit)]

    def oldest_log(self) -> tuple[int, LogRecord] | None:
        """The first entry of the log, None when it is empty. Raises CorruptRecord."""
        found = self.log_records(0, (1 << 63), 1)
        return found[0] if found else None

    def closed_orders(
        self, business_date: str, station: str, search: str, limit: int, *, voided: bool
    ) -> Sequence[Order]:
        """Last closed first; Raises CorruptRecord."""
        found: list[Order] = []
        prefix = day_prefix(business_date)
        with self._begin() as txn:
            cursor = txn.cursor(self._tables[BY_DAY])
            # The first key behind the day's last one; from its neighbour on we go backwards.
            there = cursor.prev() if cursor.set_range(prefix[:-1] + b"\1") else cursor.last()
            scanned = 0
            while there and len(found) < min(limit, RECALL_LIMIT_MAX) and scanned < RECALL_SCAN_MAX:
                raw_key, record = cursor.item()
                if not raw_key.startswith(prefix):
                    break
                scanned += 1
                if summary_matches(unseal(raw_key, record), station, search, voided=voided):
                    order = self._closed(txn, order_id_of(raw_key))
                    if order is not None:
                        found.append(order)
                there = cursor.prev()
        return found

    def _closed(self, txn: Txn, order_id: str) -> Order | None:
        raw_key = f"order/{order_id}".encode()
        record = txn.get(raw_key, db=self._tables[CLOSED])
        if record is None:
            return None
        doc = decode_doc(raw_key, unseal(raw_key, record))
        return doc if isinstance(doc, Order) else None

    def _raw(self, table: bytes, key: bytes) -> bytes | None:
        with self._begin() as txn:
            found: bytes | None = txn.get(key, db=self._tables[table])
            return found


def to_entry(rev: int, record: LogRecord) -> Entry:
    """The entry of a log record; a long resume decodes no order that its view does not look into."""
    return Entry(rev, record.key, None, record.old_views, record.new_views, record.order_bytes or b"")
