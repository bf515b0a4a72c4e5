"""The seam between the kitchen and the engine that holds its documents (see ARCHITECTURE, "The store").

Rules that every engine keeps: one revision per decision; revisions rise, may have gaps, come from the store and stand in
no document; at most 48 keys and 1 MiB a decision, 256 KiB a value; a commit may carry many decisions and may be split
between two, never inside one; nobody is answered or woken before the commit is on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from heard.order import Order
from heard.revision import Epoch
from hub.core.decision import Decision, Doc, Docs, Key


@dataclass(frozen=True, slots=True)
class Entry:
    """One changed order in the durable log. `old_views`/`new_views`: see `heard.ticket.views`; `order` None: deleted."""

    rev: int
    key: Key
    order: Order | None
    old_views: frozenset[str]
    new_views: frozenset[str]


@dataclass(frozen=True, slots=True)
class Committed:
    """The decision is on disk at `rev`."""

    rev: int
    decision: Decision


class StoreUnavailable(Exception):
    """Disk or map full: the group is known not to be stored; nothing was consumed. Try again later."""


class OutcomeUnknown(Exception):
    """A commit failed in a way that does not say whether it is on disk: the process must exit 1 and open anew."""


Decide = Callable[[Docs, int], Decision]
"""Pure: documents read and hub time in ms -> the decision. May be called again when a read no longer holds."""


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

    async def submit(self, keys: frozenset[Key], decide: Decide) -> Committed:
        """Decides on the ahead image at once and returns when the decision is on disk.

        Calls made from one task one after another are decided in that order. Raises StoreUnavailable, OutcomeUnknown.
        """
        ...

    def submit_soon(self, keys: frozenset[Key], decide: Decide, done: Callable[[Committed | Exception], None]) -> None:
        """As submit without a task: `done` is called on the event loop after the commit."""
        ...

    def get(self, key: Key) -> Doc | None:
        """A committed document; closed orders are read from disk."""
        ...

    def open_orders(self) -> Sequence[Order]:
        """All open orders at the committed revision, as one consistent copy."""
        ...

    def log(self, from_rev: int, limit: int) -> Sequence[Entry]:
        """Committed entries with rev > from_rev, oldest first. Raises Compacted below compact_rev."""
        ...

    def on_commit(self, wake: Callable[[Sequence[Entry]], None]) -> None:
        """`wake` is called on the event loop after each commit with its entries, in order of rev."""
        ...

    def note(self, table: str, key: str, value: bytes | None) -> None:
        """Side tables without revision (what was heard): rides in the next commit and at clean stop."""
        ...

    def notes(self, table: str) -> Sequence[tuple[str, bytes]]: ...


class Compacted(Exception):
    """The log no longer reaches back that far: the watcher needs a snapshot."""
