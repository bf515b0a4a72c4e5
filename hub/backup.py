"""Backup stations while the hub runs: what a station does not see in time is taken over, through the store, and staff is told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from heard.order import Order
from heard.stream import Notice
from hub.core.decision import Decision, Docs, order_key
from hub.core.hearing import Hearing
from hub.core.hearing_facts import NotHeard
from hub.core.hearing_words import order_name, took_over_words
from hub.core.site import Site
from hub.core.take_over import decide_take_over
from hub.rpc.live import STAFF, LiveValues
from hub.store.seam import Store, StoreUnavailable
from hub.tasks import ended

MOVES_AT_ONCE = 16
"""Orders in one commit: some ms, then holds have their turn."""

log = logging.getLogger("heard.backup")


class BackupKeeper:
    """`tick` about four times a second."""

    def __init__(
        self,
        store: Store,
        hearing: Hearing,
        live: LiveValues,
        site: Callable[[], Site],
        prints: Callable[[str], bool],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._store, self._hearing, self._live = store, hearing, live
        self._site, self._prints, self._failed = site, prints, failed
        self._tried: set[tuple[str, str, int, frozenset[str]]] = set()
        self._told: set[str] = set()
        self._moving: asyncio.Task[None] | None = None
        self.taken_total = 0

    def tick(self) -> None:
        """Looks at what is not heard; costs nothing where all is."""
        for station in tuple(self._told):
            if self._hearing.screens.live(station):
                self._told.discard(station)
                self._live.put(STAFF, f"alarm/backup/{station}", None)
        chains = self._site().rules.backup
        if not chains or (self._moving is not None and not self._moving.done()):
            return
        unheard = self._hearing.not_heard(self._store.now_ms())
        if not unheard:
            self._tried.clear()
            return
        members = {one for home, chain in chains.items() for one in (home, *chain)}
        live = frozenset(one for one in members if self._hearing.screens.live(one) or self._prints(one))
        self._tried.intersection_update([_change(one, live) for one in unheard])
        wanted = [one for one in unheard if _change(one, live) not in self._tried][:MOVES_AT_ONCE]
        if wanted:
            self._moving = asyncio.create_task(self._take_over(wanted, live), name="heard-take-over")

    async def close(self) -> None:
        """What was not taken over is not heard after the next start either, and is then."""
        await ended(self._moving)

    async def _take_over(self, wanted: list[NotHeard], live: frozenset[str]) -> None:
        try:
            await asyncio.gather(*(self._one(lost, live) for lost in wanted))
        except StoreUnavailable:
            return  # tried again in a moment
        except Exception as error:
            self._failed(error)

    async def _one(self, lost: NotHeard, live: frozenset[str]) -> None:
        key = order_key(lost.order_id)
        made: list[Decision] = []

        def decide(docs: Docs, now_ms: int) -> Decision:
            made.append(decide_take_over(docs, lost, now_ms, self._site(), live))
            return made[-1]

        await self._store.submit(frozenset((key,)), decide)
        self._tried.add(_change(lost, live))
        order = made[-1].puts.get(key)
        if not isinstance(order, Order):
            return
        self.taken_total += 1
        detail = order.history[-1].detail
        log.warning("%s did not see %s in time: it went %s", lost.station, order_name(order), detail)
        takers = detail.removeprefix("to ").split(", ")
        text = took_over_words(self._site().profile, lost.station, takers)
        self._told.add(lost.station)
        self._live.put(STAFF, f"alarm/backup/{lost.station}", Notice("alarm", text, lost.station))


def _change(lost: NotHeard, live: frozenset[str]) -> tuple[str, str, int, frozenset[str]]:
    """Tried once for each change, and again when who could take it over has changed."""
    return lost.order_id, lost.station, lost.version, live
