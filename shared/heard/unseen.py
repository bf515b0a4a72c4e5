"""What waits for a cook's key at its station: a void, an allergy that came after sending. Pure.

It rings every AGAIN_S, ROUNDS times; any key at the station quiets it for QUIET_S; then it goes to the pass.
"""

from __future__ import annotations

from dataclasses import dataclass

from heard.order import ChangeKind, Line, Order, StationLine
from heard.ticket import OPEN_STATES, not_here_yet, unseen_changes, unseen_void

AGAIN_S = 10.0
QUIET_S = 60.0
ROUNDS = 3
"""With the first, which rings when it happens; louder would only be heard less."""


@dataclass(frozen=True, slots=True)
class UnseenChange:
    """One change of a line that its station has not acknowledged; `since_ms` is hub time. `kind`: VOIDED or ALLERGY."""

    kind: ChangeKind
    order_id: str
    line_id: str
    station: str
    version: int
    since_ms: int


def unseen_of(order: Order) -> tuple[UnseenChange, ...]:
    """All of an order, at all stations."""
    return tuple(
        found
        for line in order.lines
        for at in line.stations
        if (found := _unseen(order, line, at)) is not None
    )


def _unseen(order: Order, line: Line, at: StationLine) -> UnseenChange | None:
    if unseen_void(at):
        kind = ChangeKind.VOIDED
    elif at.state in OPEN_STATES and not not_here_yet(at) and allergy_unseen(line, at):
        kind = ChangeKind.ALLERGY
    else:
        return None
    times = [one.at_ms for one in line.changes if one.kind is kind and one.version > at.acknowledged_version]
    since_ms = min(times, default=order.changed_at_ms)
    return UnseenChange(kind, order.order_id, line.line_id, at.station, at.version, since_ms)


def allergy_unseen(line: Line, at: StationLine) -> bool:
    """True where an allergy came after sending and waits for this station's key."""
    return any(one.kind is ChangeKind.ALLERGY for one in unseen_changes(line, at))
