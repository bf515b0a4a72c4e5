"""The seam between the kitchen and the engine that holds its documents (see ARCHITECTURE, "The store").

Rules that every engine keeps: one revision per decision; revisions rise, may have gaps, come from the store and stand in
no document; at most 48 keys and 1 MiB a decision, 256 KiB a value; every key that is written was read; a commit may carry
many decisions and may be split between two, never inside one; nobody is answered or woken before the commit is on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from heard.order import Order
from heard.quick import quick
from heard.revision import Epoch
from heard.wire import decode_order
from hub.core.decision import Decision, Doc, Docs, Key
from hub.core.outbox import Outbox, OutboxRow
from hub.core.papers import Paper
from hub.store.corrupt import CorruptRecord as CorruptRecord


@quick
@dataclass(frozen=True, slots=True)
class Entry:
    """One changed order in the durable log. `old_views`/`new_views`: see `heard.ticket.views`.

    `order_bytes` is the encoded order, to be sent on without encoding it again. `known` is the order and `old` what stood
    before; entries that were read back from disk have neither.
    """

    rev: int
    key: Key
    known: Order | None
    old_views: frozenset[str]
    new_views: frozenset[str]
    order_bytes: bytes = b""
    old: Order | None = None

    @property
    def order(self) -> Order | None:
        """The order, None when it is deleted; of one from disk it is decoded at each look. Raises CorruptRecord."""
        if self.known is not None or not self.order_bytes:
            return self.known
        try:
            return decode_order(self.order_bytes)
        except Exception as error:
            raise CorruptRecord(self.key.encode(), f"its log entry cannot be read: {error}") from error


@quick
@dataclass(frozen=True, slots=True)
class Committed:
    """The decision is on disk at `rev`; one without writes rests on what is on disk at `rev`."""

    rev: int
    decision: Decision


class StoreUnavailable(Exception):
    """Disk or map full, or too much waiting: known not to be stored; nothing was consumed. Try again later."""


class OutcomeUnknown(Exception):
    """A commit failed in a way that does not say whether it is on disk: the process must exit 1 and open anew."""


class DecisionTooLarge(Exception):
    """A decision over the limits of the seam: nothing was stored, and the same command can never be."""


class Compacted(Exception):
    """The log no longer reaches back that far: the watcher needs a snapshot."""


Decide = Callable[[Docs, int], Decision]
"""Pure: documents read and hub time in ms -> the decision. May be called again when a read no longer holds."""

Done = Callable[[Committed | Exception], None]


class Rows(Protocol):
    """Master data from the cloud: bytes by key, in order of keys; no revisions, no log. Keys of at most 480 ASCII characters.

    Written by the one writer in slices of some milliseconds, with the decisions of the kitchen in between.
    """

    def row(self, key: str) -> bytes | None:
        """What is on disk. Raises CorruptRecord."""
        ...

    def rows(self, after: str, before: str, limit: int) -> Sequence[tuple[str, bytes]]:
        """The first `limit` with after < key < before. Raises CorruptRecord."""
        ...

    async def write(self, rows: Mapping[str, bytes | None]) -> float:
        """All of them or none, on disk when it returns; None deletes. How many seconds the puts took, without the fsync.

        Raises StoreUnavailable, OutcomeUnknown.
        """
        ...


@dataclass(frozen=True, slots=True)
class OutboxCount:
    """How much the cloud has not got; `oldest_ms`: since when (hub time), 0 when nothing."""

    pending: int
    errors: int
    oldest_ms: int


class OutboxBook(Outbox, Protocol):
    """The committed outbox and the documents behind it, read from disk. All of it raises CorruptRecord."""

    def errors(self) -> Iterator[OutboxRow]:
        """In ERROR, oldest first."""
        ...

    def count(self) -> OutboxCount:
        """Cheap, whatever their number."""
        ...

    def order(self, order_id: str) -> Order | None:
        """The order as it lies on disk: its row's version or a newer one."""
        ...

    def paper(self, key: str) -> Paper | None:
        """The immutable document of a row's key."""
        ...

    def closed_on(self, business_date: str) -> list[str]:
        """Ids of that day's closed orders."""
        ...

    def papers_of(self, business_date: str) -> list[str]:
        """Keys of that day's papers."""
        ...


class Store(Protocol):
    """Documents by key with revisions, a durable log and two images (ahead for deciding, committed for everything else)."""

    @property
    def store_id(self) -> str: ...

    @property
    def epoch(self) -> Epoch: ...

    @property
    def rev(self) -> int:
        """Newest committed revision."""
        ...

    @property
    def compact_rev(self) -> int:
        """Resuming needs `compact_rev <= from_rev <= rev`."""
        ...

    def now_ms(self) -> int:
        """Now on the hub's own time line: ms, never falls, goes on after a restart."""
        ...

    async def submit(self, keys: frozenset[Key], decide: Decide) -> Committed:
        """Decides on the ahead image at once and returns when the decision is on disk.

        Calls made from one task one after another are decided in that order. Raises StoreUnavailable, OutcomeUnknown,
        DecisionTooLarge, and what `decide` raises.
        """
        ...

    def submit_soon(self, keys: frozenset[Key], decide: Decide, done: Done) -> None:
        """As submit without a task: `done` is called on the event loop after the commit, never before this returns."""
        ...

    def get(self, key: Key) -> Doc | None:
        """A committed document; closed orders are read from disk. Raises CorruptRecord."""
        ...

    def docs_under(self, prefix: str) -> Sequence[Doc]:
        """The small committed documents whose key begins with `prefix`; not for orders and answers."""
        ...

    def open_orders(self) -> Sequence[Order]:
        """All open orders at the committed revision, as one consistent copy."""
        ...

    def closed_orders(
        self,
        business_date: str,
        station: str = "",
        search: str = "",
        limit: int = 50,
        *,
        voided: bool = False,
    ) -> Sequence[Order]:
        """Closed orders of that day, last closed first; `station` "" is any, `search` looks in number, table and names.

        `voided`: only those with a void that a station had to answer.
        """
        ...

    def log(self, from_rev: int, limit: int) -> Sequence[Entry]:
        """Committed entries with rev > from_rev, oldest first, never a part of a revision. Raises Compacted below compact_rev."""
        ...

    def on_commit(self, wake: Callable[[Sequence[Entry]], None]) -> None:
        """`wake` is called on the event loop after each commit with its entries, in order of rev."""
        ...

    @property
    def outbox(self) -> OutboxBook:
        """What leaves for the cloud. It changes with its documents and by `Decision.outbox`."""
        ...

    def on_urgent(self, wake: Callable[[], None]) -> None:
        """`wake` is called on the event loop after a commit with something that the cloud should have at once."""
        ...

    def note(self, table: str, key: str, value: bytes | None) -> None:
        """Side tables without revision (what was heard): rides in the next commit and at clean stop."""
        ...

    def notes(self, table: str) -> Sequence[tuple[str, bytes]]: ...
