"""UNDO: the last action of this very device, within 60 s, once, and only if nothing came between on its lines.

Where one key asked for several commands, each of them is taken back by an UNDO of its own.
"""

from __future__ import annotations

from dataclasses import replace

from heard.command import Reason, Undo
from heard.order import StationLine
from heard.why import why
from hub.core.decision import UndoRecord
from hub.core.edit import DONE, Edit, Verdict, refused
from hub.core.slips import take_back

UNDO_MS = 60_000
"""After that it is RECALL."""


def undo(edit: Edit, verb: Undo) -> Verdict:
    """Puts back what stood before; the versions rise all the same."""
    edit.station = verb.station
    command, device = edit.command, edit.device
    record = None
    if device is not None:
        record = device.undoable(command.incarnation, verb.undo_seq, command.order_id)
    if record is None:
        return refused(Reason.NOT_NOW, why("undo.not_last"))
    if edit.now_ms - record.at_ms > UNDO_MS:
        return refused(Reason.NOT_NOW, why("undo.late"))
    match record.verb:
        case "rush":
            verdict = _undo_rush(edit, record)
        case "fire":
            verdict = _undo_fire(edit, record)
        case "move":
            verdict = _undo_move(edit, record)
        case "send_out":
            verdict = _undo_send_out(edit, record)
        case _:
            verdict = _undo_lines(edit, record)
    if verdict is DONE:
        edit.undo_changed = True
        edit.detail = record.verb
    return verdict


BETWEEN = refused(Reason.NOT_NOW, why("undo.between"))


def _undo_lines(edit: Edit, record: UndoRecord) -> Verdict:
    for line_id, before in record.lines_before:
        line = edit.line(line_id)
        at = None if line is None else line.at(before.station)
        if at is None or at.version != record.order_version:
            return BETWEEN
    for line_id, before in record.lines_before:
        line = edit.line(line_id)
        at = None if line is None else line.at(before.station)
        if line is not None and at is not None:
            edit.put_at(line, _as_before(edit, before, at))
            edit.line_ids.append(line_id)
            edit.touch(before.station)
    there, old = edit.station_state(record.station), record.station_before
    if old is not None:
        newest = max(
            (at.batch for line in edit.lines for at in line.stations if at.station == record.station),
            default=0,
        )
        edit.put_station(replace(old, batch=max(old.batch, newest), ticket_version=there.ticket_version))
    return DONE


def _as_before(edit: Edit, before: StationLine, at: StationLine) -> StationLine:
    seen = max(before.acknowledged_version, at.acknowledged_version)
    return replace(before, version=edit.version, acknowledged_version=seen)


def _undo_rush(edit: Edit, record: UndoRecord) -> Verdict:
    newest = next((entry.version for entry in reversed(edit.order.history) if entry.verb == "rush"), 0)
    if newest != record.order_version:
        return BETWEEN
    edit.assign(rush=not edit.order.rush)
    for station in edit.open_stations():
        edit.touch(station)
    return DONE


def _undo_fire(edit: Edit, record: UndoRecord) -> Verdict:
    verdict = _undo_lines(edit, record)
    if verdict is not DONE:
        return verdict
    by_hand = edit.site.rules.auto_fire  # or it would be fired again at once
    courses = tuple(
        replace(one, fired=False, fired_at_ms=0, by_hand=by_hand)
        if record.course and one.course == record.course
        else one
        for one in edit.order.courses
    )
    edit.assign(courses=courses)
    if record.was_scheduled:
        edit.assign(scheduled=True)
    return DONE


def _undo_move(edit: Edit, record: UndoRecord) -> Verdict:
    """The lines stand at `record.station` now."""
    found = []
    for line_id, before in record.lines_before:
        line = edit.line(line_id)
        at = None if line is None else line.at(record.station)
        if (
            line is None
            or at is None
            or at.version != record.order_version
            or line.at(before.station) is not None
        ):
            return BETWEEN
        found.append((line, at, before))
    for line, at, before in found:
        back = replace(before, version=edit.version, acknowledged_version=at.acknowledged_version)
        stations = tuple([back if one is at else one for one in line.stations])
        edit.put_line(replace(line, stations=stations))
        edit.line_ids.append(line.line_id)
        edit.touch(before.station)
        there = edit.station_state(before.station)
        edit.put_station(replace(there, batch=max(there.batch, before.batch)))
    edit.touch(record.station)
    edit.close_tile(record.station)
    return DONE


def _undo_send_out(edit: Edit, record: UndoRecord) -> Verdict:
    entry = next((one for one in edit.order.history if one.version == record.order_version), None)
    if entry is None:
        return BETWEEN
    lines = [line for one in entry.line_ids if (line := edit.line(one)) is not None]
    if any(line.voided or line.sent_at_ms != record.at_ms for line in lines):
        return BETWEEN
    if record.lines_before:
        verdict = _undo_lines(edit, record)
        if verdict is not DONE:
            return verdict
    for line in lines:
        edit.put_line(replace(edit.line(line.line_id) or line, sent_at_ms=0))
    edit.line_ids = list(entry.line_ids)
    take_back(edit, record.order_version)
    return DONE
