"""From a decision to what the writer puts on disk, with the limits of the seam. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from heard.order import LineState, Order
from hub.core.decision import (
    BYTES_PER_DECISION_MAX,
    BYTES_PER_VALUE_MAX,
    KEYS_PER_DECISION_MAX,
    OUTBOX_PER_DECISION_MAX,
    Decision,
    Key,
)
from hub.core.outbox import URGENT_KINDS, OutboxChange
from hub.core.papers import Paper
from hub.store.codec import LogRecord, encode_doc, encode_log
from hub.store.images import Changed
from hub.store.layout import (
    BY_DAY,
    CLOSED,
    KEY_BYTES_MAX,
    LOG,
    OPEN,
    day_key,
    log_key,
)
from hub.store.outbox import is_urgent, order_writes
from hub.store.overlay import Writes
from hub.store.record import seal
from hub.store.seam import Decide, DecisionTooLarge, Done, Entry


@dataclass(slots=True, eq=False)
class Item:
    """One submitted decision on its way to the disk."""

    keys: frozenset[Key]
    decide: Decide
    done: Done
    decision: Decision = field(default_factory=lambda: Decision(None))
    rev: int = 0
    tries: int = 0
    changes: tuple[Changed, ...] = ()
    writes: tuple[tuple[bytes, bytes, bytes | None], ...] = ()
    entries: tuple[Entry, ...] = ()
    outbox: tuple[OutboxChange, ...] = ()
    urgent: bool = False

    @property
    def stored(self) -> bool:
        """True when there is something to put on disk."""
        return bool(self.writes or self.outbox)


def check_limits(decision: Decision) -> None:
    """Raises DecisionTooLarge when it names too many or too long keys."""
    keys = decision.puts.keys() | decision.reads.keys() | decision.deletes
    if len(decision.outbox) > OUTBOX_PER_DECISION_MAX:
        what = f"{len(decision.outbox)} changes of the outbox in one decision"
        raise DecisionTooLarge(f"{what}; at most {OUTBOX_PER_DECISION_MAX}")
    if len(keys) > KEYS_PER_DECISION_MAX:
        raise DecisionTooLarge(f"{len(keys)} keys in one decision; at most {KEYS_PER_DECISION_MAX}")
    for key in keys | {change.key for change in decision.outbox} if decision.outbox else keys:
        if len(key.encode()) > KEY_BYTES_MAX:
            raise DecisionTooLarge(f"the key {key[:60]}… has more than {KEY_BYTES_MAX} bytes")


def prepare(item: Item, decision: Decision, changes: tuple[Changed, ...], rev: int) -> None:
    """Fills in what the writer needs; each document is encoded here, once. Raises DecisionTooLarge."""
    writes: list[tuple[bytes, bytes, bytes | None]] = []
    entries: list[Entry] = []
    urgent = False
    total = 0
    for one in changes:
        table = one.table
        key = one.key.encode()
        body = None if one.new is None else encode_doc(one.new)
        if body is not None:
            total += len(body)
            if len(body) > BYTES_PER_VALUE_MAX:
                raise DecisionTooLarge(f"{one.key} has {len(body)} bytes; at most {BYTES_PER_VALUE_MAX}")
        record = None if body is None else seal(key, body)
        if table is not None:
            writes.append((table, key, record))
            continue
        _order_writes(writes, one, key, record)
        old, new = _orders(one)
        writes.extend(order_writes(key, old, new, 0 if body is None else len(body)))
        urgent = urgent or is_urgent(old, new)
        entries.append(_entry(rev, one, body))
    for change in decision.outbox:
        if isinstance(change, Paper):
            size = len(change.body.encode())
            if size > BYTES_PER_VALUE_MAX:
                raise DecisionTooLarge(f"{change.key} has {size} bytes; at most {BYTES_PER_VALUE_MAX}")
            total += size
            urgent = urgent or change.kind in URGENT_KINDS
    if total > BYTES_PER_DECISION_MAX:
        raise DecisionTooLarge(f"{total} bytes in one decision; at most {BYTES_PER_DECISION_MAX}")
    item.decision, item.changes, item.rev = decision, changes, rev
    item.writes, item.entries = tuple(writes), tuple(entries)
    item.outbox, item.urgent = decision.outbox, urgent


def gather(items: Iterable[Item], hub_ms: int) -> Writes:
    """All writes of one commit; a document that several of its decisions wrote is written once."""
    found: Writes = {LOG: {}}
    log = found[LOG]
    for item in items:
        for table, key, record in item.writes:
            rows = found.get(table)
            if rows is None:
                rows = found[table] = {}
            rows[key] = record
        for index, entry in enumerate(item.entries):
            key = log_key(entry.rev, index)
            order_bytes = None if entry.order is None else entry.order_bytes
            row = LogRecord(hub_ms, entry.key, order_bytes, entry.old_views, entry.new_views)
            log[key] = seal(key, encode_log(row))
    return found


def _order_writes(
    writes: list[tuple[bytes, bytes, bytes | None]], one: Changed, key: bytes, record: bytes | None
) -> None:
    old, new = one.old, one.new
    if isinstance(old, Order):
        if one.old_views and not one.new_views:
            writes.append((OPEN, key, None))
        elif not one.old_views:
            writes.append((BY_DAY, day_key(old.business_date, old.changed_at_ms, old.order_id), None))
            if one.new_views or new is None:
                writes.append((CLOSED, key, None))
    if isinstance(new, Order):
        writes.append((OPEN if one.new_views else CLOSED, key, record))
        if not one.new_views:
            by_day = day_key(new.business_date, new.changed_at_ms, new.order_id)
            if len(by_day) > KEY_BYTES_MAX:
                raise DecisionTooLarge(f"the order id {new.order_id[:60]}… is too long")
            writes.append((BY_DAY, by_day, seal(by_day, summary(new))))


def _orders(one: Changed) -> tuple[Order | None, Order | None]:
    old = one.old if isinstance(one.old, Order) else None
    return old, one.new if isinstance(one.new, Order) else None


def _entry(rev: int, one: Changed, body: bytes | None) -> Entry:
    old, new = _orders(one)
    return Entry(rev, one.key, new, one.old_views, one.new_views, b"" if body is None else body[1:], old)


SUMMARY_BREAK = "\x1e"
SUMMARY_COMMA = "\x1f"
VOIDED = "v"


def summary(order: Order) -> bytes:
    """What closed orders are searched by, so that a search decodes only what it found: texts, stations, where something was voided."""
    texts = (
        order.call_number,
        order.table,
        order.guest,
        order.aggregator_code,
        order.terminal,
        order.order_id,
    )
    stations = {at.station for line in order.lines for at in line.stations}
    words = SUMMARY_COMMA.join(texts).casefold()
    voided = any(at.state is LineState.VOIDED for line in order.lines for at in line.stations)
    found = f"{words}{SUMMARY_BREAK}{SUMMARY_COMMA.join(sorted(stations))}"
    return (f"{found}{SUMMARY_BREAK}{VOIDED}" if voided else found).encode()


def summary_matches(body: bytes, station: str, search: str, *, voided: bool = False) -> bool:
    """True where a `summary` fits; empty `station` and `search` fit all, `voided` only such with voids."""
    words, _, rest = body.decode().partition(SUMMARY_BREAK)
    stations, _, flag = rest.partition(SUMMARY_BREAK)
    if voided and flag != VOIDED:
        return False
    if station and station not in stations.split(SUMMARY_COMMA):
        return False
    return not search or search.casefold() in words
