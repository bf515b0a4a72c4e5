"""When a terminal gets a new block of call numbers. The block itself is the core's decision; see `hub.core.call_numbers`.

A terminal says with each message how many numbers it has left. Told again after a hub's restart or a lost answer is the
newest block, which it knows by its lease_id, unless it lost its journal since (a new incarnation); a further one comes only after it held an order with a number of its own, so
that a client that does not use blocks (and says 0 for ever) does not use them up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from heard.stream import NumberLease
from hub.core.call_numbers import BLOCK, begins_too_often, lease, newest_lease
from hub.core.decision import CALL_NUMBERS_KEY, Decision, Docs
from hub.core.site import Site
from hub.rpc.caller import Caller
from hub.store.seam import Committed, Store

FEW = BLOCK // 2
"""Numbers left at which a terminal gets its next block: half an hour of a busy till without a hub."""
TERMINALS_MAX = 2_000
"""Terminals remembered since start; the oldest is forgotten and told its newest block again."""

log = logging.getLogger("heard.rpc")


@dataclass(slots=True)
class _Terminal:
    numbers_used: int = 0
    asked: bool = False


class Leases:
    """Leases by device and incarnation since this start of the hub."""

    def __init__(self, store: Store, site: Callable[[], Site]) -> None:
        self._store = store
        self._site = site
        self._terminals: dict[Caller, _Terminal] = {}
        self._exhausted = False

    def used(self, caller: Caller) -> None:
        """The device held an order with a number that it gave itself."""
        known = self._terminals.get(caller)
        if known is not None:
            known.numbers_used += 1

    def left(self, caller: Caller, numbers_left: int, tell: Callable[[NumberLease], None]) -> None:
        """The device has so many numbers left; `tell` is called with a block where it needs one."""
        if numbers_left > FEW:
            return
        known = self._terminals.get(caller)
        if known is None:
            if len(self._terminals) >= TERMINALS_MAX:
                del self._terminals[next(iter(self._terminals))]
            known = self._terminals[caller] = _Terminal()
            newest = newest_lease(self._store.get(CALL_NUMBERS_KEY), caller.device, caller.incarnation)
            if newest is not None:
                tell(newest)
                return
        elif known.asked or not known.numbers_used:
            return
        counters = self._store.get(CALL_NUMBERS_KEY)
        if begins_too_often(counters, caller.device, caller.incarnation, self._store.now_ms()):
            log.warning(
                "%s begins a new journal at each connect: it gets no more call numbers", caller.device
            )
            return
        known.asked = True
        self._lease(caller, known, tell)

    def _lease(self, caller: Caller, known: _Terminal, tell: Callable[[NumberLease], None]) -> None:
        blocks: list[NumberLease] = []

        def decide(docs: Docs, now_ms: int) -> Decision:
            blocks.clear()
            decision, block = lease(docs, caller.device, now_ms, self._site(), caller.incarnation)
            if block is not None:
                blocks.append(block)
            return decision

        def done(outcome: Committed | Exception) -> None:
            known.asked = False
            if isinstance(outcome, Exception):
                return  # it asks again with its next message
            known.numbers_used = 0
            self._say_exhausted(not blocks)
            if blocks:
                tell(blocks[0])

        self._store.submit_soon(frozenset((CALL_NUMBERS_KEY,)), decide, done)

    def _say_exhausted(self, exhausted: bool) -> None:
        if exhausted and not self._exhausted:
            log.warning("no call numbers are free: terminals go on with letters; widen [call_numbers]")
        elif self._exhausted and not exhausted:
            log.info("call numbers are free again")
        self._exhausted = exhausted
