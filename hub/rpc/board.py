"""What order boards are told besides their entries: that an order which was ready was voided, while its guest may still wait."""

from __future__ import annotations

from collections.abc import Sequence

from heard.order import OrderState
from heard.stream import PickUpCancelled
from heard.ticket import is_cancelled
from hub.rpc.live import LiveValues
from hub.store.seam import Entry, Store

BOARD = "board"
TOLD_MS = 60_000
"""A board says "please see the cashier" for so long; one that connects within it is told too."""


class CancelledPickUps:
    """Make it before the feeds, so that a board has the word in the message with which the order leaves its view."""

    def __init__(self, store: Store, live: LiveValues) -> None:
        self._store = store
        self._live = live
        self._told: dict[str, int] = {}
        store.on_commit(self._committed)

    def _committed(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            order = entry.order
            if order is None or BOARD not in entry.old_views or BOARD in entry.new_views:
                continue
            if entry.old is not None and entry.old.state is OrderState.READY and is_cancelled(order):
                self._told[order.order_id] = self._store.now_ms() + TOLD_MS
                self._live.put(BOARD, _key(order.order_id), PickUpCancelled(order.order_id))

    def tick(self) -> None:
        """Time has passed."""
        while self._told:
            order_id, due_ms = next(iter(self._told.items()))
            if due_ms > self._store.now_ms():
                break
            del self._told[order_id]
            self._live.forget(BOARD, _key(order_id))


def _key(order_id: str) -> str:
    return f"cancelled/{order_id}"
