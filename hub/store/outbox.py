"""The outbox on disk: a row per document, an index of what is to be pushed, one of what is in ERROR, and the papers.

An order's row follows from the order itself and is written with it: no verb can forget it, and none is read for it. All other
changes are made inside the write transaction, by compare-and-set on the row that stands there.
"""

from __future__ import annotations

import contextlib
import json
import struct
from collections.abc import Callable, Iterator

import lmdb

from heard.order import Order
from hub.core.outbox import (
    REASON_BYTES_MAX,
    OrderSyncState,
    OutboxChange,
    OutboxRow,
    reoffered,
    row_after,
    state_row,
)
from hub.core.papers import Paper
from hub.store.codec import ORDER_KIND, decode_doc
from hub.store.corrupt import CorruptRecord
from hub.store.env import Tables, Txn
from hub.store.layout import (
    BY_DAY,
    CLOSED,
    META,
    OFFERED_KEY,
    OPEN,
    OUTBOX,
    PAPERS,
    PAPERS_BY_DAY,
    UNPUSHABLE,
    UNSYNCED,
    change_key,
    changed_at_ms_of,
    day_prefix,
    order_id_of,
    outbox_key_of,
    paper_day_key,
)
from hub.store.plain import from_plain, to_plain
from hub.store.record import seal, unseal
from hub.store.seam import OutboxCount

OFFER_ROWS = 10_000  # rows of one transaction of a new epoch: a second and some megabytes on a small machine
READ_ROWS = 64  # rows of an index read in one transaction: a batch and a little more

Write = tuple[bytes, bytes, bytes | None]

_ROW = struct.Struct(">BQQIB")  # state, version, changed_at_ms, size, flags; the reason follows
_STATES = (OrderSyncState.NOT_SYNCED, OrderSyncState.SYNCED, OrderSyncState.ERROR)
_NUMBER_OF = {state: number for number, state in enumerate(_STATES)}
_INDEX_OF = {OrderSyncState.NOT_SYNCED: UNSYNCED, OrderSyncState.ERROR: UNPUSHABLE}
_URGENT, _IMMUTABLE = 1, 2
_SIZE_MAX = (1 << 32) - 1


def encode_row(row: OutboxRow) -> bytes:
    """The body of a row's record; its key is the record's."""
    flags = _URGENT * row.urgent | _IMMUTABLE * row.immutable
    size = min(row.size_bytes, _SIZE_MAX)
    head = _ROW.pack(_NUMBER_OF[row.state], row.version, row.changed_at_ms, size, flags)
    return head + row.reason.encode()[:REASON_BYTES_MAX] if row.reason else head


def decode_row(key: bytes, body: bytes) -> OutboxRow:
    """The row of a record's body. Raises CorruptRecord."""
    try:
        number, version, changed_at_ms, size, flags = _ROW.unpack_from(body)
        reason = body[_ROW.size :].decode(errors="ignore")
        urgent, immutable = bool(flags & _URGENT), bool(flags & _IMMUTABLE)
        return OutboxRow(
            key.decode(), version, _STATES[number], changed_at_ms, size, urgent, immutable, reason
        )
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise CorruptRecord(key, f"cannot be read: {error!r}") from error


def order_writes(key: bytes, old: Order | None, new: Order | None, size_bytes: int) -> Iterator[Write]:
    """What a change of an order does to the outbox. `key` is the order's, which is also its row's."""
    if old is not None:
        before = change_key(old.changed_at_ms, key)
        yield UNSYNCED, before, None
        yield UNPUSHABLE, before, None
    if new is None:
        yield OUTBOX, key, None
        return
    row = state_row(new.order_id, new.version, new.changed_at_ms, size_bytes, new.paid)
    yield OUTBOX, key, seal(key, encode_row(row))
    there = change_key(new.changed_at_ms, key)
    yield UNSYNCED, there, seal(there, b"")


def is_urgent(old: Order | None, new: Order | None) -> bool:
    """True for a change that wakes the pusher: the order was paid, or its loyalty points are new."""
    if new is None:
        return False
    paid = new.paid and not (old is not None and old.paid)
    return paid or new.loyalty_points != (old.loyalty_points if old is not None else 0)


def apply_change(txn: Txn, tables: Tables, change: OutboxChange) -> None:
    """Makes one change by compare-and-set; nothing happens where it does not fit what stands there."""
    key = change.key.encode()
    old = read_row(txn, tables, key)
    new = row_after(old, change)
    if new is None:
        return
    if isinstance(change, Paper):
        txn.put(key, seal(key, encode_paper(change)), db=tables[PAPERS])
        by_day = paper_day_key(change.business_date, key)
        txn.put(by_day, seal(by_day, b""), db=tables[PAPERS_BY_DAY])
    _put_row(txn, tables, key, old, new)


def read_row(txn: Txn, tables: Tables, key: bytes) -> OutboxRow | None:
    """The row of a key. Raises CorruptRecord."""
    record = txn.get(key, db=tables[OUTBOX])
    return None if record is None else decode_row(key, unseal(key, record))


def drop_row(txn: Txn, tables: Tables, key: bytes) -> list[Write]:
    """The writes that forget a document's row, where its document goes."""
    row = read_row(txn, tables, key)
    if row is None:
        return []
    there = change_key(row.changed_at_ms, key)
    return [(OUTBOX, key, None), (UNSYNCED, there, None), (UNPUSHABLE, there, None)]


def encode_paper(paper: Paper) -> bytes:
    """The body of a paper's record."""
    return json.dumps(to_plain(paper), ensure_ascii=False, separators=(",", ":")).encode()


def decode_paper(key: bytes, body: bytes) -> Paper:
    """The paper of a record's body. Raises CorruptRecord."""
    try:
        return from_plain(Paper, json.loads(body))
    except (ValueError, TypeError) as error:
        raise CorruptRecord(key, f"cannot be read: {error}") from error


def offer_again(env: lmdb.Environment, tables: Tables, epoch: bytes) -> int:
    """In a new epoch every state document is offered again, once; returns how many were.

    A crash in between does no harm: what was offered again stays so, and the rest follows at the next opening.
    """
    with env.begin() as txn:
        record = txn.get(OFFERED_KEY, db=tables[META])
    if record is not None and unseal(OFFERED_KEY, record) == epoch:
        return 0
    count, after = 0, b""
    while True:
        with env.begin(write=True) as txn:
            rows, after = _rows_from(txn, tables, after)
            for key, row in rows:
                again = reoffered(row)
                if again is not None:
                    _put_row(txn, tables, key, row, again)
                    count += 1
            if not after:
                txn.put(OFFERED_KEY, seal(OFFERED_KEY, epoch), db=tables[META])
                return count


def _rows_from(txn: Txn, tables: Tables, after: bytes) -> tuple[list[tuple[bytes, OutboxRow]], bytes]:
    """Some rows from `after` on, and where to go on; b"" at the end."""
    found: list[tuple[bytes, OutboxRow]] = []
    cursor = txn.cursor(tables[OUTBOX])
    there = cursor.set_range(after) if after else cursor.first()
    while there and len(found) < OFFER_ROWS:
        key, record = cursor.item()
        found.append((key, decode_row(key, unseal(key, record))))
        there = cursor.next()
    return found, cursor.key() if there else b""


def add_outbox(txn: Txn, tables: Tables) -> None:
    """Schema 1 to 2: a hub that had no outbox has pushed nothing, so every order gets a row in NOT_SYNCED."""
    for name in (OPEN, CLOSED):
        for key, record in txn.cursor(tables[name]):
            body = unseal(key, record)
            order = decode_doc(key, body)
            if isinstance(order, Order):
                for table, at, value in order_writes(key, None, order, len(body) - len(ORDER_KIND)):
                    txn.put(at, value or b"", db=tables[table])


def _put_row(txn: Txn, tables: Tables, key: bytes, old: OutboxRow | None, new: OutboxRow) -> None:
    if old is not None and old.state in _INDEX_OF:
        txn.delete(change_key(old.changed_at_ms, key), db=tables[_INDEX_OF[old.state]])
    if new.state in _INDEX_OF:
        there = change_key(new.changed_at_ms, key)
        txn.put(there, seal(there, b""), db=tables[_INDEX_OF[new.state]])
    txn.put(key, seal(key, encode_row(new)), db=tables[OUTBOX])


class OutboxReader:
    """The committed outbox, for `hub.store.seam.OutboxBook`; each read is a short transaction of its own."""

    def __init__(self, env: lmdb.Environment, tables: Tables, begin: Callable[[], Txn]) -> None:
        self._env = env
        self._tables = tables
        self._begin = begin

    def get(self, key: str) -> OutboxRow | None:
        with self._begin() as txn:
            return read_row(txn, self._tables, key.encode())

    def live(self, from_ms: int) -> Iterator[OutboxRow]:
        return self._walk(UNSYNCED, change_key(max(0, from_ms), b""), None)

    def backlog(self, from_ms: int) -> Iterator[OutboxRow]:
        return self._walk(UNSYNCED, b"", change_key(max(0, from_ms), b""))

    def errors(self) -> Iterator[OutboxRow]:
        return self._walk(UNPUSHABLE, b"", None)

    def count(self) -> OutboxCount:
        with self._begin() as txn:
            pending = txn.stat(self._tables[UNSYNCED])["entries"]
            errors = txn.stat(self._tables[UNPUSHABLE])["entries"]
            cursor = txn.cursor(self._tables[UNSYNCED])
            oldest_ms = changed_at_ms_of(cursor.key()) if cursor.first() else 0
        return OutboxCount(pending, errors, oldest_ms)

    def order(self, order_id: str) -> Order | None:
        key = f"order/{order_id}".encode()
        with self._begin() as txn:
            record = txn.get(key, db=self._tables[OPEN]) or txn.get(key, db=self._tables[CLOSED])
        doc = None if record is None else decode_doc(key, unseal(key, record))
        return doc if isinstance(doc, Order) else None

    def paper(self, key: str) -> Paper | None:
        raw_key = key.encode()
        with self._begin() as txn:
            record = txn.get(raw_key, db=self._tables[PAPERS])
        return None if record is None else decode_paper(raw_key, unseal(raw_key, record))

    def closed_on(self, business_date: str) -> list[str]:
        return [order_id_of(key) for key in self._day(BY_DAY, business_date)]

    def papers_of(self, business_date: str) -> list[str]:
        start = len(day_prefix(business_date))
        return [key[start:].decode() for key in self._day(PAPERS_BY_DAY, business_date)]

    def _day(self, name: bytes, business_date: str) -> list[bytes]:
        prefix = day_prefix(business_date)
        found: list[bytes] = []
        with self._begin() as txn:
            cursor = txn.cursor(self._tables[name])
            if cursor.set_range(prefix):
                for key in cursor.iternext(keys=True, values=False):
                    if not key.startswith(prefix):
                        break
                    found.append(key)
        return found

    def _walk(self, name: bytes, start: bytes, end: bytes | None) -> Iterator[OutboxRow]:
        """The rows of an index, some at a time: no transaction lives while the caller thinks."""
        rows, after = self._some(name, start, end)
        while rows:
            yield from rows
            rows, after = self._some(name, after, end)

    def _some(self, name: bytes, start: bytes, end: bytes | None) -> tuple[list[OutboxRow], bytes]:
        found: list[OutboxRow] = []
        with self._begin() as txn:
            cursor = txn.cursor(self._tables[name])
            there = cursor.set_range(start) if start else cursor.first()
            while there and len(found) < READ_ROWS:
                key = cursor.key()
                if end is not None and key >= end:
                    break
                start = key + b"\0"
                # A bad record is the scrub's to tell; it must not stand in the way of all that come behind it.
                with contextlib.suppress(CorruptRecord):
                    row = read_row(txn, self._tables, outbox_key_of(key))
                    if row is not None:
                        found.append(row)
                there = cursor.next()
        return found, start
