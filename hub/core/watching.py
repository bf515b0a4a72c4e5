"""What a watcher of a view gets of the log: the filter on old and new views, the digest of each view, and when to resume.

A watcher is a cursor, one revision; nothing is queued for it. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import Enum

from heard.board import board_entry
from heard.order import Order
from heard.revision import DIGEST_MODULUS, NO_EPOCH, Epoch, entry_hash
from heard.stream import Document, ViewKind
from heard.ticket import views


class Picked(Enum):
    """What an entry of the log means for a view."""

    PUT = "PUT"
    REMOVE = "REMOVE"
    NOTHING = "NOTHING"


def pick(view_name: str, old_views: Collection[str], new_views: Collection[str]) -> Picked:
    """Filters on both images: an order that leaves the view is a REMOVE."""
    if view_name in new_views:
        return Picked.PUT
    return Picked.REMOVE if view_name in old_views else Picked.NOTHING


def document_for(kind: ViewKind, order: Order) -> Document | None:
    """The order as views of that kind hold it: whole, or the board's entry without lines."""
    return board_entry(order) if kind is ViewKind.BOARD else order


def why_reset(epoch: Epoch, rev: int, compact_rev: int, client_epoch: Epoch, from_rev: int) -> str:
    """Why a client cannot resume from where it stands; "" when it can."""
    if client_epoch == NO_EPOCH:
        return "the client begins"
    if client_epoch != epoch:
        return f"the client stands in epoch {client_epoch}, the hub in {epoch}"
    if from_rev > rev:
        return f"the client is at revision {from_rev}, ahead of the hub's {rev}"
    if from_rev < compact_rev:
        return f"the log begins after revision {compact_rev}, the client is at {from_rev}"
    return ""


def is_ahead(epoch: Epoch, rev: int, client_epoch: Epoch, from_rev: int) -> bool:
    """True where a client has seen what the hub does not have: the store was rolled back without a new epoch."""
    return client_epoch == epoch and from_rev > rev


@dataclass(slots=True)
class _InView:
    hash: int
    views: Collection[str]


@dataclass(slots=True)
class Digests:
    """Digest and number of documents of every view, kept with each committed entry: one change costs its own views only."""

    _digest: dict[str, int] = field(default_factory=dict)
    _count: dict[str, int] = field(default_factory=dict)
    _held: dict[str, _InView] = field(default_factory=dict)

    def load(self, orders: Iterable[Order]) -> None:
        """The open orders of a store that was just opened."""
        for order in orders:
            self.put(order.order_id, order.version, views(order))

    def put(self, order_id: str, version: int, new_views: Collection[str]) -> None:
        """The order stands at `version` in these views now; in none, it is gone."""
        old = self._held.pop(order_id, None)
        if old is not None:
            for name in old.views:
                count = self._count[name] - 1
                if count:
                    self._count[name] = count
                    self._digest[name] = (self._digest[name] - old.hash) % DIGEST_MODULUS
                else:
                    del self._count[name], self._digest[name]
        if new_views:
            hashed = entry_hash(order_id, version)
            self._held[order_id] = _InView(hashed, new_views)
            for name in new_views:
                self._count[name] = self._count.get(name, 0) + 1
                self._digest[name] = (self._digest.get(name, 0) + hashed) % DIGEST_MODULUS

    def digest(self, view_name: str) -> int:
        """What the view adds up to now."""
        return self._digest.get(view_name, 0)

    def count(self, view_name: str) -> int:
        """How many documents the view has now."""
        return self._count.get(view_name, 0)
