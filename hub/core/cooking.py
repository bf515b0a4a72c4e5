"""What cooks do with lines that they saw: start, bump, recall.

Each names lines with the version that was painted. A line that changed since is never touched: it answers ALREADY when
it stands in the wanted state anyway, else REJECTED(STALE) with the line as it is now.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from heard.command import BumpLines, LineAnswer, Outcome, PaintedLine, Reason, RecallLines, StartLines
from heard.order import Line, LineState, Order, StationLine
from heard.why import why
from hub.core.decision import UndoRecord
from hub.core.edit import Edit, Verdict
from hub.core.lifecycle import LINE_TABLE, Kind, stand_of
from hub.core.sequence import later_steps_wait, next_step
from hub.core.site import Site
from hub.core.take_over import STALE, came_back

Change = Callable[[StationLine], StationLine]
NOT_HERE = why("line.not_here")


def start(edit: Edit, verb: StartLines) -> Verdict:
    """QUEUED lines are STARTED."""

    def change(at: StationLine) -> StationLine:
        return replace(
            at,
            state=LineState.STARTED,
            version=edit.version,
            started_at_ms=at.started_at_ms or edit.now_ms,
            acknowledged_version=edit.order.version,
        )

    return _each(edit, verb.station, verb.lines, change)


def bump(edit: Edit, verb: BumpLines) -> Verdict:
    """Lines are DONE; when the tile has none left that is open, it is gone and what comes later is an ADD-ON."""

    def change(at: StationLine) -> StationLine:
        return replace(
            at,
            state=LineState.DONE,
            version=edit.version,
            done_at_ms=at.done_at_ms or edit.now_ms,
            acknowledged_version=edit.order.version,
        )

    return _each(edit, verb.station, verb.lines, change)


def recall(edit: Edit, verb: RecallLines) -> Verdict:
    """DONE lines are QUEUED again in their own tile; the first bump is kept for reports."""

    def change(at: StationLine) -> StationLine:
        line_made = at.made_milli
        return replace(at, state=LineState.QUEUED, version=edit.version, recalled=True, made_milli=line_made)

    return _each(edit, verb.station, verb.lines, change)


def _each(edit: Edit, station: str, painted: tuple[PaintedLine, ...], change: Change) -> Verdict:
    edit.station = station
    name = edit.command.verb.name
    before: list[tuple[str, StationLine]] = []
    station_before = edit.station_state(station)
    answers = [_one(edit, name, station, one, change, before) for one in dict.fromkeys(painted)]
    if before:
        edit.touch(station)
        if name == "bump":
            for changed in dict.fromkeys(at.station for _, at in before):
                edit.close_tile(changed)
        elif name == "recall":
            there = edit.station_state(station)
            edit.put_station(replace(there, recalled=True, bumped_at_ms=0))
        edit.undo_changed = True
        edit.undo = UndoRecord(
            edit.command.incarnation,
            edit.command.seq,
            edit.order.order_id,
            station,
            name,
            edit.now_ms,
            edit.version,
            tuple(before),
            station_before,
        )
    return edit.verdict(answers)


def _one(
    edit: Edit,
    name: str,
    station: str,
    painted: PaintedLine,
    change: Change,
    before: list[tuple[str, StationLine]],
) -> LineAnswer:
    line = edit.line(painted.line_id)
    at = None if line is None else line.at(station)
    if line is not None and at is None:
        taken = came_back(edit, name, station, painted, line, change)
        if taken is not None:
            return taken
    if line is None or at is None:
        return edit.gone(painted.line_id, NOT_HERE)
    rule = LINE_TABLE[stand_of(at), name]
    if rule.kind is Kind.ALREADY:
        return LineAnswer(painted.line_id, Outcome.ALREADY)
    late = judge_version(edit, painted, line, at)
    if late is not None:
        return late
    if rule.kind is not Kind.DO:
        return edit.refuse(painted.line_id, Reason.NOT_NOW, rule.why)
    before.append((line.line_id, at))
    edit.line_ids.append(line.line_id)
    made = change(at)
    if name == "recall" and made.made_milli >= line.quantity_milli:
        made = replace(made, made_milli=0)  # all of it was made: all of it is made again
    line = edit.put_at(line, made)
    if name == "bump" and line.nobodys:
        _made_for_all(edit, line, at.station, before)
    elif name == "bump" and line.then:
        next_step(edit, line, before)
    elif name == "recall" and line.then:
        later_steps_wait(edit, line, station, before)
    return LineAnswer(painted.line_id, Outcome.DONE)


def _made_for_all(edit: Edit, line: Line, station: str, before: list[tuple[str, StationLine]]) -> None:
    """Nobody's line stands on every prep screen, and who makes it has made it for all."""
    for at in line.stations:
        if at.station == station or at.state not in (LineState.QUEUED, LineState.STARTED):
            continue
        before.append((line.line_id, at))
        line = edit.put_at(
            line,
            replace(
                at,
                state=LineState.DONE,
                version=edit.version,
                done_at_ms=at.done_at_ms or edit.now_ms,
            ),
        )
        edit.touch(at.station)


def judge_version(edit: Edit, painted: PaintedLine, line: Line, at: StationLine) -> LineAnswer | None:
    """None where the painted version is the line's version; else what to answer."""
    epoch_n = edit.command.epoch_n
    if epoch_n and epoch_n < edit.site.epoch_n:
        if painted.version < at.version:
            return LineAnswer(painted.line_id, Outcome.ALREADY)
        if painted.version == at.version and not written_since(edit.order, at.version, edit.site):
            return None
    elif painted.version == at.version:
        return None
    return edit.refuse(painted.line_id, Reason.STALE, STALE, line)


def written_since(order: Order, version: int, site: Site) -> bool:
    """True for a version that may have come in this epoch, so that a screen of an earlier one saw another of that number.

    Version 1 is as it was held, in every epoch.
    """
    if version <= 1 or not site.epoch_began_ms:
        return False
    at_ms = next((entry.at_ms for entry in reversed(order.history) if entry.version == version), None)
    return at_ms is None or at_ms >= site.epoch_began_ms
