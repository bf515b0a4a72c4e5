"""Call numbers: blocks of 20 that the hub leases to each terminal, and a block of its own for orders without a number.

A number never repeats one that is open or was given out less than 12 h ago. Gaps are fine. A terminal holds its newest
blocks until it has taken newer ones; how it used them the hub need not know.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from heard.order import Order
from heard.stream import NumberLease
from heard.ticket import is_open
from hub.core.decision import CALL_NUMBERS_KEY, CallNumbers, Decision, Doc, Docs, Key, Lease
from hub.core.site import Site

BLOCK = 20
"""Numbers a lease: an hour of a busy till, and little lost with a dead one."""
OWN_BLOCK = 100
"""Numbers of the hub's own block: it loses none of them, and every new block is a look at all that are given out."""
HELD_LEASES = 3
"""Newest blocks that a terminal may still use: the one in use, the next, and one whose delivery was lost."""
REST_MS = 12 * 3_600_000
"""No guest holds a receipt longer."""
HOUR_MS = 3_600_000
JOURNALS_PER_HOUR_MAX = 6
"""New ones of one terminal that get a block: a client that begins one at each connect would use up all numbers."""
ABANDONED_MS = 30 * 24 * 3_600_000
"""A terminal that took no block for so long is gone; its journal has been for weeks."""
RESTORE_SKIP = 100
"""Blocks passed over in a new epoch: a restored hub does not know what was leased since the backup (an hour's, and more)."""
OWN_NUMBERS_KEY: Key = "own-numbers"
HUB = ""
OWN_LETTER = "H"
"""Before the hub's own count when no number is free; terminals have letters of their own."""


class OpenNumbers:
    """Which call numbers open orders carry; kept by the wiring from committed orders. Callable as `Site.number_taken`."""

    def __init__(self) -> None:
        self._of: dict[str, str] = {}
        self._count: Counter[str] = Counter()

    def put(self, order_id: str, order: Order | None) -> None:
        """The order as it stands now; None for one that is gone."""
        old = self._of.pop(order_id, None)
        if old is not None:
            self._count[old] -= 1
            if not self._count[old]:
                del self._count[old]
        if order is not None and order.call_number and is_open(order):
            self._of[order_id] = order.call_number
            self._count[order.call_number] += 1

    def __call__(self, number: str) -> bool:
        return number in self._count

    def __len__(self) -> int:
        return len(self._of)


def lease(
    docs: Docs, device: str, now_ms: int, site: Site, incarnation: str = ""
) -> tuple[Decision, NumberLease | None]:
    """The next block for a terminal; None when every number is open or too young. Reads CALL_NUMBERS_KEY."""
    old = _counters(docs)
    made, block = _leased(old, device, now_ms, site, incarnation)
    if block is None:
        return Decision(None, {CALL_NUMBERS_KEY: old.version or None}), None
    reads = {CALL_NUMBERS_KEY: old.version or None}
    return Decision(None, reads, {CALL_NUMBERS_KEY: made}), NumberLease(
        block.first, block.last, block.lease_id
    )


def newest_lease(doc: Doc | None, device: str, incarnation: str = "") -> NumberLease | None:
    """The block that this terminal got last, to be told again after a lost answer; it knows blocks by their lease_id.

    None where it got that block in another incarnation: a till that lost its journal does not know what it gave of it.
    """
    if not isinstance(doc, CallNumbers):
        return None
    mine = [one for one in doc.leases if one.device == device and not one.released_at_ms]
    if not mine or mine[-1].incarnation != incarnation:
        return None
    return NumberLease(mine[-1].first, mine[-1].last, mine[-1].lease_id)


def begins_too_often(doc: Doc | None, device: str, incarnation: str, now_ms: int) -> bool:
    """True for a terminal that lost its journal again and again within the hour; it goes on with its letter."""
    if not isinstance(doc, CallNumbers):
        return False
    mine = {one.incarnation for one in doc.leases if one.device == device and now_ms - one.at_ms < HOUR_MS}
    return incarnation not in mine and len(mine) >= JOURNALS_PER_HOUR_MAX


def own_number(docs: Docs, now_ms: int, site: Site) -> tuple[str, dict[Key, Doc]]:
    """A number from the hub's own block and what to write for it; a letter and a count when none is free."""
    own = docs.get(OWN_NUMBERS_KEY)
    if not isinstance(own, CallNumbers):
        own = CallNumbers(0, 1, 0)
    puts: dict[Key, Doc] = {}
    fresh = own.epoch_n != site.epoch_n  # after a restore the rest of the block may have been used
    next_number, last, lease_id = (
        (1, 0, own.lease_id) if fresh else (own.next_number, own.last_number, own.lease_id)
    )
    while next_number <= last and site.number_taken(str(next_number)):
        next_number += 1
    if next_number > last:
        made, block = _leased(_counters(docs), HUB, now_ms, site)
        if block is None:
            made = replace(own, version=own.version + 1, epoch_n=site.epoch_n)
            return f"{OWN_LETTER}{made.version}", {OWN_NUMBERS_KEY: made}
        puts[CALL_NUMBERS_KEY] = made
        next_number, last, lease_id = block.first, block.last, block.lease_id
    puts[OWN_NUMBERS_KEY] = CallNumbers(
        own.version + 1, next_number + 1, lease_id, last_number=last, epoch_n=site.epoch_n
    )
    return str(next_number), puts


def _counters(docs: Docs) -> CallNumbers:
    doc = docs.get(CALL_NUMBERS_KEY)
    return doc if isinstance(doc, CallNumbers) else CallNumbers(0, 0, 0)


def _leased(
    old: CallNumbers, device: str, now_ms: int, site: Site, incarnation: str = ""
) -> tuple[CallNumbers, Lease | None]:
    start = old.next_number or site.first_number
    if old.version and old.epoch_n != site.epoch_n:
        start += RESTORE_SKIP * BLOCK
    kept = [one for one in old.leases if not _free(one, now_ms)]
    found = _free_block(start, kept, site, OWN_BLOCK if device == HUB else BLOCK)
    if found is None:
        return old, None
    first, last = found
    block = Lease(old.lease_id + 1, first, last, device, now_ms, incarnation=incarnation)
    kept = _released(kept, device, now_ms)
    return (
        CallNumbers(old.version + 1, last + 1, block.lease_id, (*kept, block), epoch_n=site.epoch_n),
        block,
    )


def _free(one: Lease, now_ms: int) -> bool:
    if one.released_at_ms:
        return now_ms - one.released_at_ms >= REST_MS
    return now_ms - one.at_ms >= ABANDONED_MS


def _released(kept: list[Lease], device: str, now_ms: int) -> list[Lease]:
    """The device is about to get one more block: its oldest is no longer its own. The hub itself has one at a time."""
    held = [one for one in kept if one.device == device and not one.released_at_ms]
    keep = 0 if device == HUB else HELD_LEASES - 1
    done = {one.lease_id for one in held[: max(0, len(held) - keep)]}
    return [replace(one, released_at_ms=now_ms) if one.lease_id in done else one for one in kept]


def _free_block(start: int, kept: list[Lease], site: Site, block: int) -> tuple[int, int] | None:
    """The next run of at most `block` free numbers, from `start` on and once around."""
    low, high = site.first_number, site.last_number
    size = high - low + 1
    busy = bytearray(size)
    for one in kept:
        first, after = max(one.first, low) - low, min(one.last, high) + 1 - low
        if first < after:
            busy[first:after] = b"\1" * (after - first)
    if not busy.count(0):
        return None
    position = (start - low) % size
    looked = 0
    while looked < size:
        first = position
        while (
            position < size
            and position - first < block
            and looked < size
            and not busy[position]
            and not site.number_taken(str(position + low))
        ):
            position += 1
            looked += 1
        if position > first:
            return first + low, position - 1 + low
        position = (position + 1) % size
        looked += 1
    return None
