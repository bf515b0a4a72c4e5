"""Pure projections of an order: the tickets of a station, the board's entry, and in which views an order stands.

The hub filters its streams with them and a display draws them, so both always agree on what a station has to make.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from heard.order import (
    Allergen,
    ChangeKind,
    Line,
    LineChange,
    LineState,
    Order,
    OrderState,
    OrderType,
    StationLine,
    Text,
)
from heard.quick import quick

OPEN_STATES = frozenset({LineState.WAITING, LineState.QUEUED, LineState.STARTED})
TO_MAKE_STATES = frozenset({LineState.QUEUED, LineState.STARTED})
MADE_STATES = frozenset({LineState.DONE, LineState.SENT})
"""The station has nothing left to do with it."""
NO_TICKET_STATES = frozenset({OrderState.PICKED_UP, OrderState.MERGED})
DUE_LEAD_MS = 20 * 60_000
"""A scheduled order takes its place in the order of work as if it had come this long before it is due."""


@quick
@dataclass(frozen=True, slots=True)
class TicketLine:
    """A line as one station sees it; `to_make_milli` is what is left to make, `was_milli` the number before a change."""

    line: Line
    at: StationLine
    to_make_milli: int
    was_milli: int | None
    added: bool
    unseen: bool

    @property
    def open(self) -> bool:
        return self.at.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class Progress:
    """How far another station is with the same order: `done` of `total` lines."""

    station: str
    done: int
    total: int


@quick
@dataclass(frozen=True, slots=True)
class Ticket:
    """One tile: the lines of `order` at `station` in tile number `batch` (above 0: ADD-ON)."""

    order: Order
    station: str
    batch: int
    lines: tuple[TicketLine, ...]
    age_from_ms: int
    cancelled: bool
    recalled: bool
    waiting_only: bool
    allergens: tuple[Allergen, ...]
    elsewhere: tuple[Progress, ...]

    @property
    def key(self) -> tuple[str, int]:
        return (self.order.order_id, self.batch)

    @property
    def add_on(self) -> bool:
        return self.batch > 0

    @property
    def version(self) -> int:
        """The order version that a screen reports as painted."""
        return self.order.version

    @property
    def unseen(self) -> bool:
        """True while a void or change waits for the cook's acknowledgement."""
        return any(line.unseen for line in self.lines)

    @property
    def scheduled(self) -> bool:
        """The kitchen gets it later; until then it counts down to `due_ms`."""
        return self.order.scheduled

    @property
    def due_ms(self) -> int:
        """When it is promised, hub time; 0 for now. Late for a scheduled order means past this."""
        return due_ms(self.order) if self.order.due_at_ms else 0

    @property
    def remake(self) -> bool:
        """Something on it is made a second time: first in order."""
        return any(line.line.remake and line.open for line in self.lines)


def due_ms(order: Order) -> int:
    """When the order is promised, on the hub's own time line; 0 where nothing is promised.

    `due_at_ms` is of the wall clock; the hub's time stood beside it when the order was held.
    """
    return order.due_at_ms - (order.held_wall_ms - order.held_at_ms) if order.due_at_ms else 0


def unseen_void(at: StationLine) -> bool:
    """True where a void must still be acknowledged at this station."""
    return at.state is LineState.VOIDED and at.acknowledged_version < at.version


def unseen_sent(at: StationLine) -> bool:
    """True while the station's screen still says SENT BY EXPO."""
    return at.state is LineState.SENT and at.acknowledged_version < at.version


def not_here_yet(at: StationLine) -> bool:
    """True for a later station of a sequence (oven, cut) before its turn: nothing of it is on its screen."""
    return at.step > 0 and at.state is LineState.WAITING


def is_cancelled(order: Order) -> bool:
    """True for an order that was voided, as a whole or line by line."""
    return order.state is OrderState.VOIDED or (
        bool(order.lines) and all(line.voided for line in order.lines)
    )


def line_is_open(at: StationLine) -> bool:
    """True where the line keeps its tile on the screen: not made yet, or voided or sent out and not acknowledged."""
    state = at.state
    if state in OPEN_STATES:
        return not at.step or state is not LineState.WAITING
    return state is not LineState.DONE and (unseen_void(at) or unseen_sent(at))


def unseen_changes(line: Line, at: StationLine) -> tuple[LineChange, ...]:
    """Changes after sending that this station has not acknowledged; a line that came is news, not a change to confirm."""
    if not line.changes:  # nearly all lines, and everybody asks
        return ()
    return tuple(
        change
        for change in line.changes
        if change.version > at.acknowledged_version and change.kind not in NEWS
    )


NEWS = frozenset({ChangeKind.ADDED, ChangeKind.MOVED})


def ticket_line(order: Order, line: Line, at: StationLine) -> TicketLine:
    """The line as the station at which it stands `at` sees it."""
    was: int | None = None
    for change in line.changes:
        if change.kind is ChangeKind.QUANTITY and was is None:
            was = change.was_quantity_milli
    if was == line.quantity_milli:
        was = None
    to_make = line.quantity_milli
    if at.state in OPEN_STATES:
        to_make = max(0, line.quantity_milli - at.made_milli)
    unseen = unseen_void(at) or (at.state in OPEN_STATES and bool(unseen_changes(line, at)))
    added = line.added_version > 1 and at.batch == 0
    return TicketLine(line, at, to_make, was if at.made_milli == 0 else None, added, unseen)


def speaks_of_allergy(text: Text, words: Iterable[str]) -> bool:
    """True where a note or name contains one of the site's allergy words, in any case and language.

    Words of Latin letters match where a word begins ("nut" in "nuts", not in "donut"), all others anywhere ("مكسرات").
    """
    wanted = tuple(words)
    return any(_speaks(said, wanted) for said in text.values())


@lru_cache(maxsize=4096)  # names come from the menu again and again
def _speaks(said: str, words: tuple[str, ...]) -> bool:
    folded = said.casefold()
    spaced = "".join(sign if sign.isalnum() else " " for sign in folded)
    for word in words:
        wanted = word.casefold()
        if wanted and (f" {wanted}" in f" {spaced}" if wanted.isascii() else wanted in folded):
            return True
    return False


def tickets(order: Order, station: str) -> tuple[Ticket, ...]:
    """The open tiles of `station` for this order, first tile first; empty when it has nothing (left) to show there."""
    if order.state in NO_TICKET_STATES:
        return ()
    by_batch: dict[int, list[tuple[Line, StationLine]]] = {}
    for line in order.lines:
        at = line.at(station)
        if at is not None and not not_here_yet(at):
            by_batch.setdefault(at.batch, []).append((line, at))
    found = []
    for batch in sorted(by_batch):
        pairs = by_batch[batch]
        if not any(line_is_open(at) for _, at in pairs):
            continue
        found.append(_ticket(order, station, batch, pairs))
    return tuple(found)


def whole_ticket(order: Order, station: str) -> Ticket | None:
    """All that the station has or had of an order as one tile, made or not, whatever became of the order: to look at."""
    pairs = [
        (line, at) for line in order.lines if (at := line.at(station)) is not None and not not_here_yet(at)
    ]
    return _ticket(order, station, 0, pairs) if pairs else None


def _ticket(order: Order, station: str, batch: int, pairs: list[tuple[Line, StationLine]]) -> Ticket:
    lines = tuple(ticket_line(order, line, at) for line, at in pairs)
    # A fired course has its own age: what was done before it says nothing of how long it waits.
    starts = [at.queued_at_ms for _, at in pairs if at.state in TO_MAKE_STATES and at.queued_at_ms]
    starts = starts or [at.queued_at_ms for _, at in pairs if at.queued_at_ms]
    allergens = allergens_of(order, [line for line, _ in pairs]) if order.allergens else ()
    open_states = [line.at.state for line in lines if line_is_open(line.at)]
    return Ticket(
        order=order,
        station=station,
        batch=batch,
        lines=lines,
        age_from_ms=min(starts) if starts else order.held_at_ms,
        cancelled=is_cancelled(order),
        recalled=any(at.recalled and at.state in OPEN_STATES for _, at in pairs),
        waiting_only=bool(open_states) and all(state is LineState.WAITING for state in open_states),
        allergens=allergens,
        elsewhere=_elsewhere(order, station),
    )


def allergens_of(order: Order, lines: Iterable[Line]) -> tuple[Allergen, ...]:
    """The allergies that concern these lines: of the order, of their seats, of themselves or of the dish they belong to."""
    ids: set[str] = set()
    seats: set[str] = set()
    for line in lines:
        ids.update((line.line_id, line.part_of))
        seats.add(line.seat)
    return tuple(
        one
        for one in order.allergens
        if (one.line_id in ids if one.line_id else not one.seat or one.seat in seats)
    )


def _elsewhere(order: Order, station: str) -> tuple[Progress, ...]:
    done: dict[str, int] = {}
    total: dict[str, int] = {}
    for line in order.lines:
        for at in line.stations:
            if at.station == station or at.state is LineState.VOIDED or line.nobodys:
                continue
            total[at.station] = total.get(at.station, 0) + 1
            done[at.station] = done.get(at.station, 0) + (at.state in MADE_STATES)
    return tuple(Progress(name, done[name], total[name]) for name in total)


def work_key(ticket: Ticket) -> tuple[int, int, int, str, int]:
    """Sort key of the order of work: held back last, remakes first, then rush, then by due time or age, oldest first."""
    order = ticket.order
    begin_ms = ticket.age_from_ms
    if order.due_at_ms:
        begin_ms = max(begin_ms, due_ms(order) - DUE_LEAD_MS)
    return (
        1 if ticket.waiting_only else 0,
        0 if ticket.remake else 1 if order.rush else 2,
        begin_ms,
        order.order_id,
        ticket.batch,
    )


def is_open(order: Order) -> bool:
    """True until it is picked up or merged, all sent out to a table that has paid, or cancelled and all of it acknowledged.

    Open orders never expire; the hub takes as picked up what is made everywhere and its business day is over.
    """
    if order.state in NO_TICKET_STATES:
        return False
    if is_cancelled(order):
        return order.see_cashier or any(unseen_void(at) for line in order.lines for at in line.stations)
    return not (order.paid and order.type is OrderType.DINE_IN and all_out(order))


def all_out(order: Order) -> bool:
    """True where expo has sent out every line, and no screen shows anything of it any more."""
    sent = False
    for line in order.lines:
        if line.combo and not line.stations:
            continue
        if not line.voided:
            if not line.sent_at_ms:
                return False
            sent = True
        if any(line_is_open(at) for at in line.stations):
            return False
    return sent


def views(order: Order) -> frozenset[str]:
    """Names of the views in which this order stands: "prep:grill", "expo", "board", "terminal:T1"."""
    if not is_open(order):
        return frozenset()
    # Called for every change of every order, so without building tickets and entries: one open line makes a ticket,
    # and every open pick-up order has its board entry.
    names = {"expo"}
    for line in order.lines:
        for at in line.stations:
            if line_is_open(at):
                names.add(f"prep:{at.station}")
    if order.type is not OrderType.DINE_IN and not order.scheduled:
        names.add("board")
    if order.terminal:
        names.add(f"terminal:{order.terminal}")
    return frozenset(names)
