"""Reads from disk: short read transactions, never one across an await."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice, takewhile

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
from hub.store.overlay import Look, Rows
from hub.store.record import unseal
from hub.store.seam import CorruptRecord, Entry
from hub.store.wal import WAL_KEY

RECALL_LIMIT_MAX = 500  # orders in one answer; a person reads fifty
RECALL_SCAN_MAX = 20_000  # index rows looked at: a very large day; 20 ms at most on the loop


LOOKS_MAX = (
    50  # a checkpoint a second falls into one look in hundreds; a disk that stands still into some in a row
)


def bare(_txn: Txn) -> Mapping[bytes, Rows]:
    """Nothing lies over the tables."""
    return {}


class Reader:
    """Reads of one environment; each call is one transaction of its own."""

    def __init__(
        self,
        env: lmdb.Environment,
        tables: Tables,
        ahead: Callable[[Txn], Mapping[bytes, Rows] | None] = bare,
    ) -> None:
        """`ahead` gives what lies over the tables of a transaction, None where it has to begin anew; it is asked for each read."""
        self._env = env
        self._tables = tables
        self._ahead = ahead
        self._pid = os.getpid()

    @contextmanager
    def _begin(self) -> Iterator[Look]:
        if os.getpid() != self._pid:  # LMDB does not refuse it, and breaks
            raise RuntimeError("this store belongs to the process that opened it; a child must not touch it")
        for _ in range(LOOKS_MAX):
            with self._env.begin() as txn:
                rows = self._ahead(txn)
                if rows is not None:
                    yield Look(txn, self._tables, rows)
                    return
        raise CorruptRecord(WAL_KEY, f"it moved on {LOOKS_MAX} times while it was read")

    def outbox(self) -> OutboxReader:
        """What leaves for the cloud, as it is committed."""
        return OutboxReader(self._begin)

    def identity(self) -> Identity:
        """Raises CorruptRecord."""
        return Identity.from_record(self._raw(META, IDENTITY_KEY) or b"")

    def state(self) -> State:
        """Raises CorruptRecord."""
        return State.from_record(self._raw(META, STATE_KEY) or b"")

    def get(self, key: Key) -> Doc | None:
        """The newest committed document. Raises CorruptRecord."""
        raw_key = key.encode()
        table = table_of(key)
        with self._begin() as look:
            if table is not None:
                record = look.get(table, raw_key)
            else:
                record = look.get(CLOSED, raw_key)
                if record is None:
                    record = look.get(OPEN, raw_key)
        return None if record is None else decode_doc(raw_key, unseal(raw_key, record))

    def documents(self, *tables: bytes) -> Iterator[tuple[Key, Doc]]:
        """All documents of these tables. Raises CorruptRecord."""
        with self._begin() as look:
            for table in tables:
                for raw_key, record in look.walk(table):
                    yield raw_key.decode(), decode_doc(raw_key, unseal(raw_key, record))

    def orders(self, *tables: bytes) -> Iterator[Order]:
        """All orders of OPEN or CLOSED. Raises CorruptRecord."""
        for _, doc in self.documents(*tables):
            if isinstance(doc, Order):
                yield doc

    def day_orders(self, business_date: str) -> Iterator[Order]:
        """All orders of that business date, closed ones in the order of closing, then open ones. Raises CorruptRecord."""
        prefix = day_prefix(business_date)
        with self._begin() as look:
            for key, _ in takewhile(lambda row: row[0].startswith(prefix), look.walk(BY_DAY, prefix)):
                order = _closed(look, order_id_of(key))
                if order is not None:
                    yield order
        for order in self.orders(OPEN):
            if order.business_date == business_date:
                yield order

    def papers(self, kind: str) -> Iterator[Paper]:
        """All immutable documents of that kind. Raises CorruptRecord."""
        prefix = f"{kind}/".encode()
        with self._begin() as look:
            for raw_key, record in takewhile(
                lambda row: row[0].startswith(prefix), look.walk(PAPERS, prefix)
            ):
                yield decode_paper(raw_key, unseal(raw_key, record))

    def newest_closed(self, limit: int) -> Sequence[Order]:
        """The last closed orders of all days, last first. Raises CorruptRecord."""
        found: list[Order] = []
        with self._begin() as look:
            for key, _ in look.walk_back(BY_DAY):
                if len(found) >= limit:
                    break
                order = _closed(look, order_id_of(key))
                if order is not None:
                    found.append(order)
        return found

    def newest_log(self, limit: int) -> Sequence[tuple[Entry, int]]:
        """The newest entries, oldest of them first, each with its commit's hub time. Raises CorruptRecord."""
        found: list[tuple[Entry, int]] = []
        with self._begin() as look:
            for raw_key, record in islice(look.walk_back(LOG), limit):
                row = decode_log(raw_key, unseal(raw_key, record))
                found.append((to_entry(rev_of_log_key(raw_key), row), row.hub_ms))
        return found[::-1]

    def count(self, table: bytes) -> int:
        """Records in a table."""
        with self._begin() as look:
            return look.count(table)

    def resident(self) -> Iterator[tuple[Key, Doc]]:
        """What is held in memory while the hub runs."""
        return self.documents(DOCS, OPEN)

    def notes(self) -> Iterator[tuple[str, str, bytes]]:
        """All (table, key, value). Raises CorruptRecord."""
        with self._begin() as look:
            for raw_key, record in look.walk(NOTES):
                table, _, key = raw_key.decode().partition("\0")
                yield table, key, unseal(raw_key, record)

    def log_records(self, from_rev: int, to_rev: int, limit: int) -> Sequence[tuple[int, LogRecord]]:
        """At least `limit` records in (from_rev, to_rev] where there are as many; whole revisions. Raises CorruptRecord."""
        found: list[tuple[int, LogRecord]] = []
        with self._begin() as look:
            for raw_key, record in look.walk(LOG, log_key_after(from_rev)):
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
        with self._begin() as look:
            # From the first key behind the day's last one we go backwards.
            for raw_key, record in islice(look.walk_back(BY_DAY, prefix[:-1] + b"\1"), RECALL_SCAN_MAX):
                if len(found) >= min(limit, RECALL_LIMIT_MAX) or not raw_key.startswith(prefix):
                    break
                if summary_matches(unseal(raw_key, record), station, search, voided=voided):
                    order = _closed(look, order_id_of(raw_key))
                    if order is not None:
                        found.append(order)
        return found

    def _raw(self, table: bytes, key: bytes) -> bytes | None:
        with self._begin() as look:
            return look.get(table, key)


def _closed(look: Look, order_id: str) -> Order | None:
    raw_key = f"order/{order_id}".encode()
    record = look.get(CLOSED, raw_key)
    if record is None:
        return None
    doc = decode_doc(raw_key, unseal(raw_key, record))
    return doc if isinstance(doc, Order) else None


def to_entry(rev: int, record: LogRecord) -> Entry:
    """The entry of a log record; a long resume decodes no order that its view does not look into."""
    return Entry(rev, record.key, None, record.old_views, record.new_views, record.order_bytes or b"")
