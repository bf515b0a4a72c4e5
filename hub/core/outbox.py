"""The outbox: one row per document that the cloud must have, written in the document's own transaction.

A state document (an order) has one row, whatever its version: a newer version takes the place of an older one that was not pushed
yet. An immutable document has a row of its own for ever. A row becomes SYNCED or ERROR only by compare-and-set on its version:
an answer to an older version changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from itertools import chain
from typing import Protocol, TypeAlias

from heard.quick import quick
from hub.core.papers import DAY_CLOSE, FISCAL_DOCUMENT, LOYALTY, PAYMENT, REFUND, Paper

BATCH_DOCUMENTS_MAX = 50
BATCH_BYTES_MAX = 256 << 10
"""Both are the contract's; a single larger document goes alone."""
URGENT_KINDS = frozenset({PAYMENT, LOYALTY, REFUND, FISCAL_DOCUMENT, DAY_CLOSE})
"""Wake the pusher at once, as a paid order does; all else may wait for the sweeper."""
REASON_BYTES_MAX = 400
"""Of why a document is in ERROR: two lines for people. A cloud may say more; the row stays small."""


class OrderSyncState(Enum):
    """Where a document stands between the hub's disk and the cloud's."""

    NOT_SYNCED = "NOT_SYNCED"
    SYNCED = "SYNCED"
    ERROR = "ERROR"
    """The cloud will never take this version; people are shown why."""


class PushResult(Enum):
    """The cloud's word on one document."""

    ACCEPTED = "ACCEPTED"
    ALREADY = "ALREADY"
    AHEAD = "AHEAD"
    STALE_EPOCH = "STALE_EPOCH"
    REJECTED = "REJECTED"


@quick
@dataclass(frozen=True, slots=True)
class OutboxRow:
    """`key` is `order/ID` or `KIND/ID/CONTENT_HASH`; immutable documents have version 1. `reason` in plain words, with ERROR."""

    key: str
    version: int
    state: OrderSyncState
    changed_at_ms: int
    size_bytes: int
    urgent: bool = False
    immutable: bool = False
    reason: str = ""


class Outbox(Protocol):
    """The rows in NOT_SYNCED, from an index of the store."""

    def live(self, from_ms: int) -> Iterator[OutboxRow]:
        """Changed at or after `from_ms`, oldest first."""
        ...

    def backlog(self, from_ms: int) -> Iterator[OutboxRow]:
        """Changed before `from_ms`, oldest first."""
        ...

    def get(self, key: str) -> OutboxRow | None:
        """The row of a key, in whatever state."""
        ...


class Verdict(Enum):
    """What is to be done with one document that was pushed."""

    SYNCED = "SYNCED"
    ERROR = "ERROR"
    MERGE = "MERGE"
    """The cloud is ahead: make a new version of both; that one will be pushed."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """One document's verdict; carry it out by compare-and-set on the version."""

    row: OutboxRow
    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """The cloud's answer to one document; `reason` in plain words, with REJECTED."""

    result: PushResult
    reason: str = ""


def state_row(order_id: str, version: int, changed_at_ms: int, size_bytes: int, urgent: bool) -> OutboxRow:
    """The row of an order's new version, which takes the place of the row before: a new version deserves a new try."""
    return OutboxRow(
        f"order/{order_id}", version, OrderSyncState.NOT_SYNCED, changed_at_ms, size_bytes, urgent
    )


def immutable_row(
    kind: str, document_id: str, content_hash: str, changed_at_ms: int, size_bytes: int
) -> OutboxRow:
    """The row of a document that never changes."""
    key = f"{kind}/{document_id}/{content_hash}"
    urgent = kind in URGENT_KINDS
    return OutboxRow(key, 1, OrderSyncState.NOT_SYNCED, changed_at_ms, size_bytes, urgent, immutable=True)


def settled(row: OutboxRow | None, version: int, state: OrderSyncState, reason: str = "") -> OutboxRow | None:
    """Compare-and-set: the row with its new state, or None when it is gone, changed since, or settled already."""
    if row is None or row.version != version or row.state is not OrderSyncState.NOT_SYNCED:
        return None
    return replace(row, state=state, reason=reason if state is OrderSyncState.ERROR else "")


def retried(row: OutboxRow) -> OutboxRow | None:
    """One in ERROR is to be tried again; None when it is not in ERROR."""
    if row.state is not OrderSyncState.ERROR:
        return None
    return replace(row, state=OrderSyncState.NOT_SYNCED, reason="")


def reoffered(row: OutboxRow) -> OutboxRow | None:
    """In a new epoch every state document is offered again, since the cloud may know more or less of it; None: leave it."""
    if row.immutable:
        return None  # its key has no epoch: what was confirmed stays confirmed
    if row.state is OrderSyncState.NOT_SYNCED:
        return None
    return replace(row, state=OrderSyncState.NOT_SYNCED, reason="")


@dataclass(frozen=True, slots=True)
class Settle:
    """The cloud's word on one version is kept: SYNCED, or ERROR with its reason. Nothing where it changed since."""

    key: str
    version: int
    state: OrderSyncState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """Another try of one in ERROR."""

    key: str


@dataclass(frozen=True, slots=True)
class Reoffer:
    """The control totals found that the cloud has not what we took for SYNCED."""

    key: str
    version: int


OutboxChange: TypeAlias = Settle | Retry | Reoffer | Paper
"""What a decision does to the outbox beside the rows of its orders, which follow by themselves."""


def row_of_paper(paper: Paper) -> OutboxRow:
    """The row of an immutable document that is new."""
    return immutable_row(
        paper.kind, paper.document_id, paper.content_hash, paper.made_at_ms, len(paper.body.encode())
    )


def row_after(row: OutboxRow | None, change: OutboxChange) -> OutboxRow | None:
    """The row that stands after a change; None: nothing changes."""
    match change:
        case Settle():
            return settled(row, change.version, change.state, change.reason)
        case Retry():
            return None if row is None else retried(row)
        case Reoffer():
            if row is None or row.version != change.version or row.state is not OrderSyncState.SYNCED:
                return None
            return replace(row, state=OrderSyncState.NOT_SYNCED)
        case Paper():
            return (
                row_of_paper(change) if row is None else None
            )  # the same content again is the same document


def fill_batch(rows: Iterable[OutboxRow], documents_max: int) -> tuple[OutboxRow, ...]:
    """The first rows that fit in one push, in their order; a single larger one alone."""
    found: list[OutboxRow] = []
    size = 0
    for row in rows:
        size += row.size_bytes
        if found and size > BATCH_BYTES_MAX:
            break
        found.append(row)
        if len(found) >= min(documents_max, BATCH_DOCUMENTS_MAX) or size > BATCH_BYTES_MAX:
            break
    return tuple(found)


def halves(rows: tuple[OutboxRow, ...]) -> tuple[tuple[OutboxRow, ...], tuple[OutboxRow, ...]]:
    """A batch that was refused whole, in two, to find the poisoned one."""
    middle = (len(rows) + 1) // 2
    return rows[:middle], rows[middle:]


def live_first(live: Iterable[OutboxRow], backlog: Iterable[OutboxRow]) -> Iterator[OutboxRow]:
    """Live sales, then what gathered during an outage; each oldest first, as given."""
    return chain(live, backlog)
