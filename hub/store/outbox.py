"""The outbox on disk: a row per document, an index of what is to be pushed, one of what is in ERROR, and the papers.

An order's row follows from the order itself and is written with it: no verb can forget it, and none is read for it. All other
changes are made by the writer, by compare-and-set on the row that stands there.
"""

from __future__ import annotations

import contextlib
import json
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import takewhile

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
from hub.store.overlay import Look, Writes
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


def add_changes(changes: Iterable[OutboxChange], look: Look, writes: Writes) -> None:
    """Adds to the `writes` of a commit what these changes of the outbox write, after all else that it writes.

    Each is made by compare-and-set; nothing happens where it does not fit what stands there. Raises CorruptRecord.
    """
    for change in changes:
        key = change.key.encode()
        there = writes.get(OUTBOX, {})
        record = there[key] if key in there else look.get(OUTBOX, key)
        old = None if record is None else decode_row(key, unseal(key, record))
        for table, at, value in _change_writes(key, old, change):
            writes.setdefault(table, {})[at] = value


def _change_writes(key: bytes, old: OutboxRow | None, change: OutboxChange) -> Iterator[Write]:
    new = row_after(old, change)
    if new is None:
        return
    if isinstance(change, Paper):
        yield PAPERS, key, seal(key, encode_paper(change))
        by_day = paper_day_key(change.business_date, key)
        yield PAPERS_BY_DAY, by_day, seal(by_day, b"")
    yield from _row_writes(key, old, new)


def read_row(look: Look, key: bytes) -> OutboxRow | None:
    """The row of a key. Raises CorruptRecord."""
    record = look.get(OUTBOX, key)
    return None if record is None else decode_row(key, unseal(key, record))


def drop_row(look: Look, key: bytes) -> list[Write]:
    """The writes that forget a document's row, where its document goes."""
    row = read_row(look, key)
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
                    put_all(txn, tables, _row_writes(key, row, again))
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
                put_all(txn, tables, order_writes(key, None, order, len(body) - len(ORDER_KIND)))


def put_all(txn: Txn, tables: Tables, writes: Iterable[Write]) -> None:
    """Puts them into the tables."""
    for table, key, record in writes:
        if record is None:
            txn.delete(key, db=tables[table])
        else:
            txn.put(key, record, db=tables[table])


def _row_writes(key: bytes, old: OutboxRow | None, new: OutboxRow) -> Iterator[Write]:
    if old is not None and old.state in _INDEX_OF:
        yield _INDEX_OF[old.state], change_key(old.changed_at_ms, key), None
    if new.state in _INDEX_OF:
        there = change_key(new.changed_at_ms, key)
        yield _INDEX_OF[new.state], there, seal(there, b"")
    yield OUTBOX, key, seal(key, encode_row(new))


class OutboxReader:
    """The committed outbox, for `hub.store.seam.OutboxBook`; each read is a short transaction of its own."""

    def __init__(self, begin: Callable[[], AbstractContextManager[Look]]) -> None:
        self._begin = begin

    def get(self, key: str) -> OutboxRow | None:
        with self._begin() as look:
            return read_row(look, key.encode())

    def live(self, from_ms: int) -> Iterator[OutboxRow]:
        return self._walk(UNSYNCED, change_key(max(0, from_ms), b""), None)

    def backlog(self, from_ms: int) -> Iterator[OutboxRow]:
        return self._walk(UNSYNCED, b"", change_key(max(0, from_ms), b""))

    def errors(self) -> Iterator[OutboxRow]:
        return self._walk(UNPUSHABLE, b"", None)

    def count(self) -> OutboxCount:
        with self._begin() as look:
            oldest = next(look.walk(UNSYNCED), None)
            oldest_ms = 0 if oldest is None else changed_at_ms_of(oldest[0])
            return OutboxCount(look.count(UNSYNCED), look.count(UNPUSHABLE), oldest_ms)

    def order(self, order_id: str) -> Order | None:
        key = f"order/{order_id}".encode()
        with self._begin() as look:
            record = look.get(OPEN, key) or look.get(CLOSED, key)
        doc = None if record is None else decode_doc(key, unseal(key, record))
        return doc if isinstance(doc, Order) else None

    def paper(self, key: str) -> Paper | None:
        raw_key = key.encode()
        with self._begin() as look:
            record = look.get(PAPERS, raw_key)
        return None if record is None else decode_paper(raw_key, unseal(raw_key, record))

    def closed_on(self, business_date: str) -> list[str]:
        return [order_id_of(key) for key in self._day(BY_DAY, business_date)]

    def papers_of(self, business_date: str) -> list[str]:
        start = len(day_prefix(business_date))
        return [key[start:].decode() for key in self._day(PAPERS_BY_DAY, business_date)]

    def _day(self, name: bytes, business_date: str) -> list[bytes]:
        prefix = day_prefix(business_date)
        with self._begin() as look:
            return [
                key for key, _ in takewhile(lambda row: row[0].startswith(prefix), look.walk(name, prefix))
            ]

    def _walk(self, name: bytes, start: bytes, end: bytes | None) -> Iterator[OutboxRow]:
        """The rows of an index, some at a time: no transaction lives while the caller thinks."""
        rows, after = self._some(name, start, end)
        while rows:
            yield from rows
            rows, after = self._some(name, after, end)

    def _some(self, name: bytes, start: bytes, end: bytes | None) -> tuple[list[OutboxRow], bytes]:
        found: list[OutboxRow] = []
        with self._begin() as look:
            for key, _ in look.walk(name, start):
                if len(found) >= READ_ROWS or (end is not None and key >= end):
                    break
                start = key + b"\0"
                # A bad record is the scrub's to tell; it must not stand in the way of all that come behind it.
                with contextlib.suppress(CorruptRecord):
                    row = read_row(look, outbox_key_of(key))
                    if row is not None:
                        found.append(row)
        return found, start
