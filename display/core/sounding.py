"""Which sound, and when: one at a time, at most one in three seconds, the gravest first; LATE once for each ticket. Pure."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from display.core.board import TicketKey
from heard.order import ChangeKind, LineState
from heard.ticket import Ticket, unseen_changes

PAUSE_S = 3.0
"""Between two sounds, so that people go on listening to them."""
LATE_KNOWN_MAX = 4_096
"""Tickets that are known to have rung; a station has some hundreds a day."""


class Sound(StrEnum):
    """From the gravest to the slightest."""

    ALLERGY = "allergy"
    VOID = "void"
    NOT_HEARD = "not_heard"
    NOT_LIVE = "not_live"
    RUSH = "rush"
    CHANGED = "changed"
    LATE = "late"
    NEW = "new"
    PAUSE_ENDS = "pause_ends"
    """In a minute the kitchen goes on."""
    READY = "ready"
    """On the guests' board: a number may be fetched."""


GRAVITY = {sound: n for n, sound in enumerate(Sound)}
"""0 is the gravest."""


def sound_of(old: Ticket | None, new: Ticket) -> Sound | None:
    """What rings when a ticket comes or changes."""
    before = {line.line.line_id: line for line in old.lines} if old is not None else {}
    fresh = [
        line
        for line in new.lines
        if line.unseen
        and (line.line.line_id not in before or before[line.line.line_id].at.version != line.at.version)
    ]
    if (old is not None and len(new.allergens) > len(old.allergens)) or any(
        one.kind is ChangeKind.ALLERGY
        for line in fresh
        if line.open
        for one in unseen_changes(line.line, line.at)
    ):
        return Sound.ALLERGY
    if any(line.at.state is LineState.VOIDED for line in fresh):
        return Sound.VOID
    if new.order.rush and (old is None or not old.order.rush):
        return Sound.RUSH
    if fresh or (
        old is not None and any(line.added and line.line.line_id not in before for line in new.lines)
    ):
        return Sound.CHANGED
    if old is None or (new.recalled and not old.recalled):
        return None if new.waiting_only else Sound.NEW
    return None


class Sounds:
    """What waits to ring. Seconds are monotonic."""

    def __init__(self) -> None:
        self._waiting: set[Sound] = set()
        self._last_s = float("-inf")
        self._late: dict[TicketKey, None] = {}

    def happened(self, sound: Sound | None) -> None:
        """Something that rings; of those that wait only the gravest will."""
        if sound is not None:
            self._waiting.add(sound)

    def late(self, ticket: Ticket) -> None:
        """It is late: it rings once. A recalled one does not."""
        if ticket.recalled or ticket.key in self._late:
            return
        self._late[ticket.key] = None
        if len(self._late) > LATE_KNOWN_MAX:
            del self._late[next(iter(self._late))]
        self.happened(Sound.LATE)

    def due(self, now_s: float, silent: Collection[str] = ()) -> Sound | None:
        """What to play now. What is `silent` here neither rings nor keeps another one from ringing."""
        if not self._waiting or now_s < self._last_s + PAUSE_S:
            return None
        ringing = [sound for sound in self._waiting if sound not in silent]
        self._waiting.clear()
        if not ringing:
            return None
        self._last_s = now_s
        return min(ringing, key=GRAVITY.__getitem__)

    def next_due_s(self) -> float | None:
        """When `due` will have something."""
        return None if not self._waiting else self._last_s + PAUSE_S
