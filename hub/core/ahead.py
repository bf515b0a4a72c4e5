"""The cloud holds more of an order than this hub, as after a restore from a backup: what of it comes back, as a new version.

Paid, voided and picked up are never undone, and a line that only the cloud knows is not lost. All else stays as this hub has it:
that is what the screens painted since, and the terminals' journals bring again what they did.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from heard.order import HistoryEntry, Line, LineState, Order, OrderState, StationLine, StationState
from hub.core.payments import joined

FINALITY = {OrderState.PICKED_UP: 1, OrderState.MERGED: 2, OrderState.VOIDED: 3}
"""States that are never undone, the later the higher; all others are 0. The contract's AHEAD is made of the same."""
VERB = "merge_cloud"
DEVICE = "cloud"


@dataclass(frozen=True, slots=True)
class AheadMerge:
    """What a merge does to this hub's order. `state` None: stays as it is."""

    version: int
    state: OrderState | None
    paid: bool
    voided_line_ids: tuple[str, ...]
    lines_added: tuple[Line, ...]


def decide_merge(ours: Order, theirs: Order) -> AheadMerge:
    """What the cloud's order changes in ours. The version is above both, so that the cloud takes it."""
    ours_by_id = {line.line_id: line for line in ours.lines}
    theirs_is_final = FINALITY.get(theirs.state, 0) > FINALITY.get(ours.state, 0)
    state = theirs.state if theirs_is_final else None
    all_voided = OrderState.VOIDED in (ours.state, state)
    voided = {line.line_id for line in theirs.lines if line.voided or all_voided}
    voided |= {line.line_id for line in ours.lines if all_voided}
    return AheadMerge(
        version=max(ours.version, theirs.version) + 1,
        state=state,
        paid=theirs.paid and not ours.paid,
        voided_line_ids=tuple(
            line.line_id for line in ours.lines if line.line_id in voided and not line.voided
        ),
        lines_added=tuple(line for line in theirs.lines if line.line_id not in ours_by_id),
    )


def merged(ours: Order, theirs: Order, now_ms: int, history_max: int) -> Order:
    """Our order with what `decide_merge` says, as a new version; `now_ms` is hub time."""
    merge = decide_merge(ours, theirs)
    version = merge.version
    all_voided = OrderState.VOIDED in (ours.state, merge.state)
    lines = [
        _voided(line, version) if line.line_id in merge.voided_line_ids else line for line in ours.lines
    ] + [_added(line, version, now_ms, voided=line.voided or all_voided) for line in merge.lines_added]
    touched = {
        there.station
        for line in lines
        if line.line_id in merge.voided_line_ids or line.added_version == version
        for there in line.stations
    }
    entry = HistoryEntry(
        VERB, DEVICE, now_ms, version, line_ids=tuple(line.line_id for line in merge.lines_added)
    )
    order = replace(
        ours,
        version=version,
        changed_at_ms=now_ms,
        lines=tuple(lines),
        stations=_stations(ours, touched, version),
        history=(*ours.history[:1], *ours.history[1:][-(history_max - 2) :], entry),
    )
    if merge.paid:
        paid = joined(ours.payments, theirs.payments)
        order = replace(order, paid=True, totals=replace(theirs.totals), payments=paid)
    if merge.state is not None:
        order = replace(
            order,
            state=merge.state,
            picked_up_at_ms=order.picked_up_at_ms or theirs.picked_up_at_ms,
            merged_into=theirs.merged_into if merge.state is OrderState.MERGED else order.merged_into,
        )
    return order


def _voided(line: Line, version: int) -> Line:
    stations = tuple(
        replace(at, state=LineState.VOIDED, state_before_void=at.state, version=version)
        if at.state is not LineState.VOIDED
        else at
        for at in line.stations
    )
    return replace(line, voided=True, stations=stations)


def _added(line: Line, version: int, now_ms: int, voided: bool) -> Line:
    """A line that only the cloud knew, new to every screen here."""
    stations = tuple(_fresh(at, version) for at in line.stations)
    fresh = replace(line, added_version=version, added_at_ms=now_ms, changes=(), stations=stations)
    return _voided(fresh, version) if voided else fresh


def _fresh(at: StationLine, version: int) -> StationLine:
    acknowledged = version if at.state is LineState.VOIDED and at.acknowledged_version else 0
    return replace(at, version=version, acknowledged_version=acknowledged)


def _stations(ours: Order, touched: set[str], version: int) -> tuple[StationState, ...]:
    known = {there.station for there in ours.stations}
    marked = [
        replace(one, ticket_version=version) if one.station in touched else one for one in ours.stations
    ]
    fresh = [StationState(station, ticket_version=version) for station in sorted(touched - known)]
    return (*marked, *fresh)
