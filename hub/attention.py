"""Tells the pass of stations that do not answer: the core's `attention` over the store, as live values of its screens."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from heard.stream import Notice
from hub.core.attention import Attention
from hub.core.site import Site
from hub.rpc.live import LiveValues
from hub.store.seam import Entry, Store

LOOK_MS = 1_000
EXPO_SCREENS = "expo"
"""The audience of all screens at the pass."""

log = logging.getLogger("heard.alarm")


class AttentionKeeper:
    """`keyed` hears of keys, `tick` is called about four times a second."""

    def __init__(self, store: Store, live: LiveValues, site: Callable[[], Site]) -> None:
        """Takes in the store's open orders, and every commit from now on."""
        self._store, self._live, self._site = store, live, site
        self._attention = Attention(store.now_ms())
        self._standing: dict[str, Notice] = {}
        self._next_ms = 0
        for order in store.open_orders():
            self._attention.put(order.order_id, order)
        self.keyed = self._attention.keyed
        store.on_commit(self._committed)

    def tick(self) -> None:
        """What began to stand is put where the pass looks, what is answered is taken down."""
        now_ms = self._store.now_ms()
        if now_ms < self._next_ms:
            return
        self._next_ms = now_ms + LOOK_MS
        found = self._attention.look(now_ms, self._site())
        for key, notice in found.items():
            if notice != self._standing.get(key):
                if key not in self._standing:
                    log.warning("%s", notice.text.get("en", ""))
                self._live.put(EXPO_SCREENS, key, notice)
        for key in self._standing.keys() - found.keys():
            self._live.put(EXPO_SCREENS, key, None)
        self._standing = found

    def _committed(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            order_id = entry.key.partition("/")[2]
            self._attention.put(order_id, entry.order if entry.new_views else None)
