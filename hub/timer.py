"""The hub's own clockwork: what is due is decided and stored like any command, on the ahead image, in its turn."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from heard.order import Order
from hub.core.decision import Decision, Docs, order_key
from hub.core.due import Agenda, decide_due, due_at
from hub.core.site import Site
from hub.core.staging import Staging
from hub.store.seam import Committed, Entry, Store

AGAIN_MS = 1_000
"""After a full disk or an outcome that is not known: a look a second."""

log = logging.getLogger("heard.timer")


class Timer:
    """Takes in the open orders and every commit; `tick` about four times a second."""

    def __init__(self, store: Store, site: Callable[[], Site]) -> None:
        self._store = store
        self._site = site
        self._agenda = Agenda()
        self._staging = Staging()
        self._paused: frozenset[str] = frozenset()
        for order in store.open_orders():
            self._put(order.order_id, order)
        store.on_commit(self._committed)

    @property
    def waiting(self) -> int:
        """Scheduled orders that the kitchen does not have yet."""
        return len(self._staging)

    def pause_changed(self) -> None:
        """A pause may have begun or ended: what waited for its end is due now."""
        paused = frozenset(one.station for one in self._site().state.stations if one.paused_until_ms)
        if paused != self._paused:
            self._paused = paused
            self.look_again()

    def look_again(self) -> None:
        """A setting changed."""
        for order in self._store.open_orders():
            self._put(order.order_id, order)
        self._staging.look_again()

    def tick(self) -> None:
        """Does what is due."""
        now_ms = self._store.now_ms()
        for order_id in self._agenda.take(now_ms):
            self._submit(order_id, release=False)
        site = self._site()
        paused = [one.station for one in site.state.stations if one.paused_until_ms]
        for order_id in self._staging.take(now_ms, site.rules, paused):
            self._submit(order_id, release=True)

    def _submit(self, order_id: str, *, release: bool) -> None:
        def decide(docs: Docs, now_ms: int) -> Decision:
            return decide_due(docs, order_id, now_ms, self._site(), release=release)

        done = partial(self._done, order_id, release)
        self._store.submit_soon(frozenset((order_key(order_id),)), decide, done)

    def _done(self, order_id: str, release: bool, outcome: Committed | Exception) -> None:
        if isinstance(outcome, Committed):
            return
        log.error("what was due of order %s could not be stored", order_id, exc_info=outcome)
        self._agenda.put(order_id, self._store.now_ms() + AGAIN_MS)
        if release:
            self._staging.missed(order_id)

    def _committed(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            order_id = entry.key.partition("/")[2]
            if entry.order is None or not entry.new_views:
                self._agenda.put(order_id, None)
                if entry.old is None or entry.old.scheduled:
                    self._staging.put(order_id, None, self._site().rules)
            else:
                self._put(order_id, entry.order)

    def _put(self, order_id: str, order: Order) -> None:
        site = self._site()
        self._agenda.put(order_id, due_at(order, site))
        if order.due_at_ms:
            self._staging.put(order_id, order, site.rules)
