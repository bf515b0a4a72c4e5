"""Expo's card of an order: what is missing and where, what is done, what to pack, which allergies to make sure of. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from heard.order import Allergen, ChangeKind, Line, ModifierKind, Order
from heard.ticket import (
    DUE_LEAD_MS,
    MADE_STATES,
    NO_TICKET_STATES,
    TO_MAKE_STATES,
    allergens_of,
    due_ms,
    is_cancelled,
)

EXPO = "expo"
"""The pass, where commands and history name a station: one place however many screens it has."""


class Progress(Enum):
    """How far one line is, seen from the pass."""

    MISSING = "missing"
    """Some station still has to make it."""
    DONE = "done"
    HELD = "held"
    """Its course is not fired, or the order not released."""
    PACK = "pack"
    """No kitchen makes it: drinks, sauces, cutlery."""
    VOIDED = "voided"
    OUT = "out"
    """Sent out; it is on the card no more."""


@dataclass(frozen=True, slots=True)
class ExpoLine:
    """A line on the card. `stations` are those that still have it; `version` is what SEND OUT names."""

    line: Line
    progress: Progress
    stations: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class ExpoCard:
    """One order at the pass. `missing` stands by station; `made` of `total` counts neither held nor voided nor packed lines."""

    order: Order
    missing: tuple[ExpoLine, ...]
    done: tuple[ExpoLine, ...]
    packing: tuple[ExpoLine, ...]
    held: tuple[ExpoLine, ...]
    voided: tuple[ExpoLine, ...]
    allergens: tuple[Allergen, ...]
    allergy_lines: tuple[Line, ...]
    """Lines whose notes or modifiers speak of an allergy."""
    unconfirmed: bool
    """An allergy waits for expo's own key; SEND OUT is refused until then."""
    age_from_ms: int
    fires_at_ms: int
    """When the next held course is planned to be fired, hub time; 0 when by hand."""
    cancelled: bool

    @property
    def key(self) -> str:
        return self.order.order_id

    @property
    def version(self) -> int:
        """The order version that a screen reports as painted, and that CONFIRM names."""
        return self.order.version

    @property
    def made(self) -> int:
        return len(self.done)

    @property
    def total(self) -> int:
        return len(self.done) + len(self.missing)

    @property
    def ready(self) -> bool:
        """Everything that was fired is made: the green header."""
        return not self.missing and bool(self.done or self.packing) and not self.cancelled

    @property
    def waiting_only(self) -> bool:
        """Nothing to do yet: one header row at the end."""
        return not (self.missing or self.done or self.packing) and bool(self.held)

    @property
    def ready_at_ms(self) -> int:
        """Since when it waits at the pass; 0 while something is missing."""
        if not self.ready:
            return 0
        if self.order.ready_at_ms:
            return self.order.ready_at_ms
        return max((at.done_at_ms for one in self.done for at in one.line.stations), default=self.age_from_ms)

    @property
    def lines_to_send(self) -> tuple[ExpoLine, ...]:
        """What BUMP sends out: all but held and voided lines."""
        return (*self.missing, *self.done, *self.packing)


def card_version(line: Line) -> int:
    """The newest version of a line at its stations, which SEND OUT names."""
    newest = max((change.version for change in line.changes), default=line.added_version)
    return max(newest, max((at.version for at in line.stations), default=0))


def progress_of(line: Line) -> Progress | None:
    """How far the line is; None for a combo that stands for its parts."""
    if line.voided:
        return Progress.VOIDED
    if line.combo and not line.stations:
        return None
    if any(at.state in TO_MAKE_STATES for at in line.stations):
        return Progress.MISSING
    if any(at.state not in MADE_STATES for at in line.stations):
        # A station that waits for the one before it is on its way; one that waits for its course is held.
        begun = any(at.state in MADE_STATES for at in line.stations)
        return Progress.MISSING if begun else Progress.HELD
    if line.sent_at_ms:
        return Progress.OUT
    return Progress.DONE if line.stations else Progress.PACK


def expo_card(order: Order) -> ExpoCard | None:
    """The card of an open order; None when nothing of it is left to send out."""
    if order.state in NO_TICKET_STATES:
        return None
    by: dict[Progress, list[ExpoLine]] = {progress: [] for progress in Progress}
    for line in order.lines:
        progress = progress_of(line)
        if progress is not None:
            stations = tuple([at.station for at in line.stations if at.state in TO_MAKE_STATES])
            by[progress].append(ExpoLine(line, progress, stations, card_version(line)))
    missing, done, packing, held = (
        tuple(by[progress]) for progress in (Progress.MISSING, Progress.DONE, Progress.PACK, Progress.HELD)
    )
    cancelled = is_cancelled(order)
    if not (missing or done or packing or held or cancelled):
        return None
    if order.scheduled:
        held, packing = (*held, *packing), ()  # drinks wait with the rest
    shown = [one.line for one in (*missing, *done, *packing, *held)]
    waits = [at.queued_at_ms for one in missing for at in one.line.stations if at.state in TO_MAKE_STATES]
    return ExpoCard(
        order=order,
        missing=tuple(sorted(missing, key=lambda one: one.stations)),
        done=done,
        packing=packing,
        held=held,
        voided=tuple(by[Progress.VOIDED]),
        allergens=allergens_of(order, shown) if order.allergens else (),
        allergy_lines=tuple(line for line in shown if speaks(line)),
        unconfirmed=unconfirmed(order, shown),
        age_from_ms=min((ms for ms in waits if ms), default=order.held_at_ms),
        fires_at_ms=min(
            (one.fires_at_ms for one in order.courses if one.fires_at_ms and not one.fired), default=0
        ),
        cancelled=cancelled,
    )


def expo_key(card: ExpoCard) -> tuple[int, int, int, int, str]:
    """Sort key at the pass: what is held last, ready and waiting first, remakes and rush, then by due time."""
    order = card.order
    first = 0 if order.rush or any(one.line.remake for one in card.missing) else 1
    due = due_ms(order) or card.age_from_ms + DUE_LEAD_MS
    return (1 if card.waiting_only else 0, 0 if card.ready else 1, first, due, order.order_id)


def speaks(line: Line) -> bool:
    """True where a note or modifier of the line is an allergy, by its kind or by the site's list (the hub marks them)."""
    return any(one.allergy or one.kind is ModifierKind.ALLERGY for one in line.modifiers) or any(
        note.allergy for note in line.notes
    )


def unconfirmed(order: Order, lines: Iterable[Line]) -> bool:
    """True where an allergy that concerns these lines waits for expo's key."""
    seen = order.allergy_confirmed_version
    concerned = list(lines)
    if not concerned:
        return False
    if order.allergens and any(one.added_version > seen for one in allergens_of(order, concerned)):
        return True
    if not seen and any(note.allergy for note in order.notes):
        return True
    return any(allergy_version(line) > seen for line in concerned)


def allergy_version(line: Line) -> int:
    """The order version that brought the newest allergy of the line's own notes and modifiers; 0 where it has none."""
    newest = max((one.version for one in line.changes if one.kind is ChangeKind.ALLERGY), default=0)
    return max(newest, line.added_version if speaks(line) else 0)
