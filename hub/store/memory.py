"""A second small engine behind the seam, for tests: a dict that has gaps in its revisions and real conflicts.

Decisions are made on the committed documents when they are submitted, as in a replicated engine, and checked at their
commit: when a read no longer holds, or now and then for no reason, the core must decide again. All limits of the seam
are enforced as errors.
"""

from __future__ import annotations

import asyncio
import random
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from heard.order import Order
from heard.revision import Epoch
from heard.ticket import is_open, views
from heard.wire import encode_order
from hub.core.decision import BYTES_PER_DECISION_MAX, BYTES_PER_VALUE_MAX, Decision, Doc, Key
from hub.core.outbox import OrderSyncState, OutboxChange, OutboxRow, row_after, state_row
from hub.core.papers import Paper
from hub.store.codec import decode_doc, encode_doc
from hub.store.group import check_limits, summary, summary_matches
from hub.store.outbox import is_urgent
from hub.store.rows import MemoryRows
from hub.store.seam import (
    Committed,
    Compacted,
    Decide,
    DecisionTooLarge,
    Done,
    Entry,
    OutboxCount,
)

GAP_MAX = 3
NO_VIEWS: frozenset[str] = frozenset()


class SeamBroken(AssertionError):
    """The core broke a rule of the seam."""


@dataclass(slots=True)
class _Waiting:
    keys: frozenset[Key]
    decide: Decide
    done: Done
    decision: Decision


class MemoryStore:
    """A `hub.store.seam.Store` in memory. `conflicts`: share of commits that are decided again for no reason.

    With an event loop running, commits follow by themselves; without one, `step` makes the next.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        gaps: bool = True,
        conflicts: float = 0.1,
        now_ms: Callable[[], int] | None = None,
        store_id: str = "memory",
    ) -> None:
        self._random = random.Random(seed)
        self._gaps = gaps
        self._conflicts = conflicts
        self._now_ms = now_ms or _Ticks()
        self._store_id = store_id
        self._epoch = Epoch(1, self._random.getrandbits(64))
        self._rev = 0
        self._compact_rev = 0
        self._docs: dict[Key, Doc] = {}
        self._entries: list[Entry] = []
        self._notes: dict[str, dict[str, bytes]] = {}
        self._waiting: deque[_Waiting] = deque()
        self._due: deque[tuple[Done, Committed | Exception]] = deque()
        self._step_planned = False
        self._wakes: list[Callable[[Sequence[Entry]], None]] = []
        self._urgent_wakes: list[Callable[[], None]] = []
        self._outbox = MemoryOutbox(self._docs)
        self.decided_again = 0
        self.rows = MemoryRows()

    @property
    def store_id(self) -> str:
        return self._store_id

    @property
    def epoch(self) -> Epoch:
        return self._epoch

    @property
    def rev(self) -> int:
        return self._rev

    @property
    def compact_rev(self) -> int:
        return self._compact_rev

    def now_ms(self) -> int:
        return self._now_ms()

    async def submit(self, keys: frozenset[Key], decide: Decide) -> Committed:
        future: asyncio.Future[Committed] = asyncio.get_running_loop().create_future()

        def done(outcome: Committed | Exception) -> None:
            if future.done():
                return
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

        self.submit_soon(keys, decide, done)
        return await future

    def submit_soon(self, keys: frozenset[Key], decide: Decide, done: Done) -> None:
        try:
            decision = self._decide(keys, decide)
        except Exception as error:
            self._due.append((done, error))
        else:
            self._waiting.append(_Waiting(keys, decide, done, decision))
        self._plan_step()

    def step(self) -> bool:
        """Commits one waiting decision and makes the calls that are due; False when there was nothing to do."""
        busy = bool(self._waiting or self._due)
        if self._waiting:
            self._commit(self._waiting.popleft())
        while self._due:
            done, outcome = self._due.popleft()
            done(outcome)
        return busy

    def compact(self, rev: int) -> None:
        """Forgets the log up to `rev`."""
        self._compact_rev = max(self._compact_rev, min(rev, self._rev))
        self._entries = [entry for entry in self._entries if entry.rev > self._compact_rev]

    def get(self, key: Key) -> Doc | None:
        return self._docs.get(key)

    def docs_under(self, prefix: str) -> Sequence[Doc]:
        return [doc for key, doc in self._docs.items() if key.startswith(prefix)]

    def open_orders(self) -> Sequence[Order]:
        return [doc for doc in self._docs.values() if isinstance(doc, Order) and is_open(doc)]

    def closed_orders(
        self,
        business_date: str,
        station: str = "",
        search: str = "",
        limit: int = 50,
        *,
        voided: bool = False,
    ) -> Sequence[Order]:
        found = [
            doc
            for doc in self._docs.values()
            if isinstance(doc, Order)
            and not is_open(doc)
            and doc.business_date == business_date
            and summary_matches(summary(doc), station, search, voided=voided)
        ]
        found.sort(key=lambda order: (order.changed_at_ms, order.order_id), reverse=True)
        return found[:limit]

    def log(self, from_rev: int, limit: int) -> Sequence[Entry]:
        if from_rev < self._compact_rev:
            raise Compacted(f"the log begins after {self._compact_rev}, asked from {from_rev}")
        start = bisect_right(self._entries, from_rev, key=lambda entry: entry.rev)
        end = start + limit
        while start < end < len(self._entries) and self._entries[end].rev == self._entries[end - 1].rev:
            end += 1
        return self._entries[start:end]

    def on_commit(self, wake: Callable[[Sequence[Entry]], None]) -> None:
        self._wakes.append(wake)

    @property
    def outbox(self) -> MemoryOutbox:
        return self._outbox

    def on_urgent(self, wake: Callable[[], None]) -> None:
        self._urgent_wakes.append(wake)

    def note(self, table: str, key: str, value: bytes | None) -> None:
        rows = self._notes.setdefault(table, {})
        if value is None:
            rows.pop(key, None)
        else:
            rows[key] = value

    def notes(self, table: str) -> Sequence[tuple[str, bytes]]:
        return list(self._notes.get(table, {}).items())

    def _plan_step(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        if not self._step_planned:
            self._step_planned = True
            loop.call_soon(self._planned_step)

    def _planned_step(self) -> None:
        self._step_planned = False
        if self.step():
            self._plan_step()

    def _decide(self, keys: frozenset[Key], decide: Decide) -> Decision:
        decision = decide({key: self._docs.get(key) for key in keys}, self._now_ms())
        check_limits(decision)
        sizes = [len(encode_doc(doc)) for doc in decision.puts.values()]
        if max(sizes, default=0) > BYTES_PER_VALUE_MAX or sum(sizes) > BYTES_PER_DECISION_MAX:
            raise DecisionTooLarge(f"{sum(sizes)} bytes in one decision, {max(sizes)} in one value")
        written = decision.puts.keys() | decision.deletes
        if not decision.reads.keys() <= keys:
            raise SeamBroken(f"read without asking for it: {sorted(decision.reads.keys() - keys)}")
        if not written <= decision.reads.keys():
            raise SeamBroken(f"written without being read: {sorted(written - decision.reads.keys())}")
        for key, version in decision.reads.items():
            if version != self._version(key):
                raise SeamBroken(f"{key} was read at {version}, it stands at {self._version(key)}")
        for key, doc in decision.puts.items():
            if doc.version <= (self._version(key) or 0):
                raise SeamBroken(f"{key} goes from version {self._version(key)} to {doc.version}")
            if decode_doc(key.encode(), encode_doc(doc)) != doc:
                raise SeamBroken(f"{key} does not come back from its bytes as it was")
        return decision

    def _version(self, key: Key) -> int | None:
        doc = self._docs.get(key)
        return None if doc is None else doc.version

    def _commit(self, one: _Waiting) -> None:
        stale = any(self._version(key) != version for key, version in one.decision.reads.items())
        if stale or self._random.random() < self._conflicts:
            self.decided_again += 1
            try:
                one.decision = self._decide(one.keys, one.decide)
            except Exception as error:
                self._due.append((one.done, error))
                return
        decision = one.decision
        if decision.puts or decision.deletes or decision.outbox:
            self._rev += 1 + (self._random.randrange(GAP_MAX + 1) if self._gaps else 0)
            self._apply(decision)
        self._due.append((one.done, Committed(self._rev, decision)))

    def _apply(self, decision: Decision) -> None:
        entries = []
        urgent = False
        for key in (*decision.puts, *decision.deletes):
            old, new = self._docs.get(key), decision.puts.get(key)
            if new is None:
                self._docs.pop(key, None)
            else:
                self._docs[key] = new
            if key.startswith("order/"):
                entry = _entry(self._rev, key, old, new)
                entries.append(entry)
                self._outbox.changed(key, entry.order, len(entry.order_bytes))
                urgent = urgent or is_urgent(entry.old, entry.order)
        urgent = self._outbox.apply(decision.outbox) or urgent
        self._entries.extend(entries)
        if entries:
            for wake in self._wakes:
                wake(entries)
        if urgent:
            for urgent_wake in self._urgent_wakes:
                urgent_wake()


class MemoryOutbox:
    """A `hub.store.seam.OutboxBook`: every list is made anew from the rows."""

    def __init__(self, docs: dict[Key, Doc]) -> None:
        self._docs = docs
        self._rows: dict[str, OutboxRow] = {}
        self._papers: dict[str, Paper] = {}

    def changed(self, key: Key, order: Order | None, size_bytes: int) -> None:
        """An order was put, or deleted (None)."""
        if order is None:
            self._rows.pop(key, None)
        else:
            row = state_row(order.order_id, order.version, order.changed_at_ms, size_bytes, order.paid)
            self._rows[key] = row

    def apply(self, changes: Sequence[OutboxChange]) -> bool:
        """True when something urgent is new."""
        urgent = False
        for change in changes:
            row = row_after(self._rows.get(change.key), change)
            if row is not None:
                self._rows[change.key] = row
                if isinstance(change, Paper):
                    self._papers[change.key] = change
                    urgent = urgent or row.urgent
        return urgent

    def get(self, key: str) -> OutboxRow | None:
        return self._rows.get(key)

    def live(self, from_ms: int) -> Iterator[OutboxRow]:
        return iter([row for row in self._in(OrderSyncState.NOT_SYNCED) if row.changed_at_ms >= from_ms])

    def backlog(self, from_ms: int) -> Iterator[OutboxRow]:
        return iter([row for row in self._in(OrderSyncState.NOT_SYNCED) if row.changed_at_ms < from_ms])

    def errors(self) -> Iterator[OutboxRow]:
        return iter(self._in(OrderSyncState.ERROR))

    def count(self) -> OutboxCount:
        pending = self._in(OrderSyncState.NOT_SYNCED)
        errors = len(self._in(OrderSyncState.ERROR))
        return OutboxCount(len(pending), errors, pending[0].changed_at_ms if pending else 0)

    def order(self, order_id: str) -> Order | None:
        doc = self._docs.get(f"order/{order_id}")
        return doc if isinstance(doc, Order) else None

    def paper(self, key: str) -> Paper | None:
        return self._papers.get(key)

    def closed_on(self, business_date: str) -> list[str]:
        orders = [doc for doc in self._docs.values() if isinstance(doc, Order) and not is_open(doc)]
        return [order.order_id for order in orders if order.business_date == business_date]

    def papers_of(self, business_date: str) -> list[str]:
        return sorted(key for key, one in self._papers.items() if one.business_date == business_date)

    def _in(self, state: OrderSyncState) -> list[OutboxRow]:
        found = [row for row in self._rows.values() if row.state is state]
        return sorted(found, key=lambda row: (row.changed_at_ms, row.key))


class _Ticks:
    """A time line of its own: one millisecond a look."""

    def __init__(self) -> None:
        self._now_ms = 1_700_000_000_000

    def __call__(self) -> int:
        self._now_ms += 1
        return self._now_ms


def _entry(rev: int, key: Key, old: Doc | None, new: Doc | None) -> Entry:
    before = old if isinstance(old, Order) else None
    after = new if isinstance(new, Order) else None
    return Entry(
        rev,
        key,
        after,
        NO_VIEWS if before is None else views(before),
        NO_VIEWS if after is None else views(after),
        b"" if after is None else encode_order(after),
        before,
    )
