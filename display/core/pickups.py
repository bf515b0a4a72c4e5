"""What the order board says: who is being prepared, who is ready and in which cell, and who is to be called. Pure.

A number is ready only when its order is, and 3 s later, for a cook may take the last bump back. It keeps its cell until
it leaves. Times are of the hub's time line (ms); while the link is not live nothing changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from display.core.graphemes import clusters
from heard.board import BoardEntry
from heard.order import OrderState, OrderType

UNDO_WINDOW_MS = 3_000
NEWEST_MS = 15_000
"""A number that has just become ready stands out for so long."""
CANCELLED_MS = 60_000
"""A ready order that was voided says "see the cashier" for so long."""
OLD_MS = 5 * 60_000
"""What is ready for longer may go to the row when there is no room."""
CALLS_MAX = 20
"""Numbers that wait to be called aloud; after a long break nobody wants to hear more."""
NOT_YET = frozenset({OrderState.UNSPECIFIED, OrderState.HELD, OrderState.STARTED})
_APART = re.compile(r"[\s#:]+")


@dataclass(frozen=True, slots=True)
class Rules:
    """A site's choices. `names`: "none", "masked" or "full"; `types`: the order types that are picked up here."""

    types: frozenset[OrderType] = frozenset({OrderType.TAKEAWAY, OrderType.DELIVERY})
    names: str = "none"
    leaves_min: int = 15


@dataclass(frozen=True, slots=True)
class Called:
    """One number on the board. `brand` is the aggregator's name of a rider's order."""

    order_id: str
    number: str
    name: str = ""
    brand: str = ""
    point: str = ""
    cancelled: bool = False
    newest: bool = False
    old: bool = False
    since: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Guests, or riders: `ready` by cell (None is a free one), `preparing` oldest first."""

    ready: tuple[Called | None, ...] = ()
    preparing: tuple[Called, ...] = ()


@dataclass(frozen=True, slots=True)
class Numbers:
    """All that stands on the board."""

    guests: Block = Block()
    riders: Block = Block()


@dataclass(slots=True)
class _Ready:
    entry: BoardEntry
    rider: bool
    shown_ms: int
    cell: int
    cancelled_ms: int = 0
    fresh: bool = True


@dataclass(slots=True)
class PickUps:
    """Follows the board's entries."""

    rules: Rules = Rules()
    _entries: dict[str, BoardEntry] = field(default_factory=dict)
    _ready: dict[str, _Ready] = field(default_factory=dict)
    _cancelled: dict[str, None] = field(default_factory=dict)
    _any: bool = False
    _was_live: bool = False
    _calls: list[str] = field(default_factory=list)
    _numbers: Numbers = Numbers()
    _now_ms: int = 0

    # What comes in

    def apply(self, puts: Iterable[BoardEntry], removes: Iterable[str], *, reset: bool) -> None:
        """A batch from the stream."""
        if reset:
            self._entries = {}
        for entry in puts:
            self._entries[entry.order_id] = entry
            if entry.state is not OrderState.VOIDED:
                self._cancelled.pop(entry.order_id, None)
        for order_id in removes:
            self._entries.pop(order_id, None)

    def cancelled(self, order_id: str, gone: bool = False) -> None:
        """The hub says that a ready order was voided, or that enough was said of it."""
        if gone:
            self._cancelled.pop(order_id, None)
        else:
            self._cancelled[order_id] = None

    # What stands there

    def at(self, now_ms: int, *, live: bool) -> Numbers:
        """The board at a moment. While it is not live nothing comes or goes."""
        if not live and self._any:
            return self._numbers
        self._now_ms = max(now_ms, self._now_ms)
        self._settle(self._now_ms, quiet=not self._was_live)
        self._any, self._was_live = True, live or self._was_live
        self._numbers = Numbers(self._block(rider=False), self._block(rider=True))
        return self._numbers

    def take_calls(self) -> tuple[str, ...]:
        """Numbers that became ready since the last call of this; each once."""
        found, self._calls = tuple(self._calls[-CALLS_MAX:]), []
        return found

    def _settle(self, now_ms: int, *, quiet: bool) -> None:
        for order_id, one in list(self._ready.items()):
            entry = self._entries.get(order_id)
            voided = entry is not None and entry.state is OrderState.VOIDED
            if voided or (entry is None and (order_id in self._cancelled or one.cancelled_ms)):
                one.cancelled_ms = one.cancelled_ms or now_ms
                if now_ms >= one.cancelled_ms + CANCELLED_MS:
                    del self._ready[order_id]
                    self._cancelled.pop(order_id, None)
            elif entry is None or not self._is_ready(entry, now_ms):
                del self._ready[order_id]
            else:
                one.entry, one.cancelled_ms = entry, 0
        new = [
            entry
            for order_id, entry in self._entries.items()
            if order_id not in self._ready and self._belongs(entry) and self._is_ready(entry, now_ms)
        ]
        for entry in sorted(new, key=lambda one: (one.ready_at_ms, one.order_id)):
            rider = is_rider(entry)
            taken = {one.cell for one in self._ready.values() if one.rider is rider}
            cell = next(n for n in range(len(taken) + 1) if n not in taken)
            self._ready[entry.order_id] = _Ready(entry, rider, now_ms, cell, fresh=not quiet)
            if not quiet:
                self._calls.append(number_of(entry))

    def _belongs(self, entry: BoardEntry) -> bool:
        known = entry.type is not OrderType.UNSPECIFIED and not entry.type.name.startswith("UNKNOWN")
        return entry.type in self.rules.types or bool(entry.aggregator_code) or not known

    def _is_ready(self, entry: BoardEntry, now_ms: int) -> bool:
        return (
            entry.state is OrderState.READY
            and entry.ready_at_ms + UNDO_WINDOW_MS <= now_ms
            and now_ms < entry.ready_at_ms + self.rules.leaves_min * 60_000
        )

    def _is_preparing(self, entry: BoardEntry) -> bool:
        if entry.order_id in self._ready or not self._belongs(entry):
            return False
        if entry.state is OrderState.READY:
            return self._now_ms < entry.ready_at_ms + UNDO_WINDOW_MS
        return entry.state in NOT_YET or entry.state.name.startswith("UNKNOWN")

    def _block(self, *, rider: bool) -> Block:
        cells: Mapping[int, _Ready] = {one.cell: one for one in self._ready.values() if one.rider is rider}
        last = max(cells, default=-1)
        ready = tuple(self._called(cells[n]) if n in cells else None for n in range(last + 1))
        waiting = [
            entry
            for entry in self._entries.values()
            if is_rider(entry) is rider and self._is_preparing(entry)
        ]
        waiting.sort(key=lambda one: (one.held_at_ms, one.order_id))
        return Block(ready, tuple(self._named(entry) for entry in waiting))

    def _called(self, one: _Ready) -> Called:
        named = self._named(one.entry)
        return Called(
            named.order_id,
            named.number,
            named.name,
            named.brand,
            one.entry.pick_up_point,
            cancelled=bool(one.cancelled_ms),
            newest=one.fresh and not one.cancelled_ms and self._now_ms < one.shown_ms + NEWEST_MS,
            old=self._now_ms >= one.entry.ready_at_ms + OLD_MS,
            since=one.entry.ready_at_ms,
        )

    def _named(self, entry: BoardEntry) -> Called:
        brand, number = "", number_of(entry)
        if entry.aggregator_code:
            brand, number = split_code(entry.aggregator_code)
        name = "" if is_rider(entry) else shown_name(entry.guest, self.rules.names)
        return Called(entry.order_id, number, name, brand)

    def next_due_ms(self) -> int | None:
        """When the board changes by itself next, on the hub's time line; only while it is live."""
        now, due = self._now_ms, []
        for entry in self._entries.values():
            if entry.state is OrderState.READY:
                due.append(entry.ready_at_ms + UNDO_WINDOW_MS)
                due.append(entry.ready_at_ms + self.rules.leaves_min * 60_000)
                due.append(entry.ready_at_ms + OLD_MS)
        for one in self._ready.values():
            due.append(one.shown_ms + NEWEST_MS)
            if one.cancelled_ms:
                due.append(one.cancelled_ms + CANCELLED_MS)
        return min((at for at in due if at > now), default=None)

    @property
    def versions(self) -> tuple[tuple[str, int], ...]:
        """(order, version) of all that stands on the board, for what is reported as painted."""
        shown = [one.entry for one in self._ready.values()]
        shown += [entry for entry in self._entries.values() if self._is_preparing(entry)]
        return tuple((entry.order_id, entry.version) for entry in shown)


def number_of(entry: BoardEntry) -> str:
    """What the guest was told; an order without a number shows the end of its id."""
    return entry.call_number or entry.order_id[-4:]


def is_rider(entry: BoardEntry) -> bool:
    """A rider fetches it: an aggregator's order, or a delivery."""
    return bool(entry.aggregator_code) or entry.type is OrderType.DELIVERY


def split_code(code: str) -> tuple[str, str]:
    """ "HungerStation 8841" as brand and code; a code without a brand, or without a digit, stands whole."""
    words = [word for word in _APART.split(code) if word]
    if len(words) < 2 or not any(char.isdigit() for char in words[-1]):
        return "", code.strip()
    return " ".join(words[:-1]), words[-1]


def shown_name(name: str, how: str) -> str:
    """A guest's name as the site wants it: not at all, "A•••", or whole."""
    name = name.strip()
    if how == "none" or not name:
        return ""
    return f"{next(iter(clusters(name)))}•••" if how == "masked" else name
