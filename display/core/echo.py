"""A key shows at once: what the screen's own commands will make of an order, until the stream shows what they made.

Only what stands as the cook saw it is echoed: a line that has changed since keeps showing the change.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from heard.command import (
    Acknowledge,
    BumpLines,
    ConfirmAllergy,
    FireCourse,
    MoveTicket,
    PackBags,
    PaintedLine,
    RecallLines,
    RiderHere,
    Rush,
    SendOut,
    StartLines,
    Verb,
)
from heard.expo import card_version
from heard.order import LineState, Order, StationLine
from heard.ticket import TO_MAKE_STATES


def echoed(order: Order, verbs: Iterable[Verb]) -> Order:
    """The order as it will be when the hub has done `verbs`, oldest first."""
    for verb in verbs:
        match verb:
            case StartLines(station, lines):
                order = _at_station(order, station, lines, _started)
            case BumpLines(station, lines):
                order = _at_station(order, station, lines, _done)
            case Acknowledge(station, lines, _):
                order = _acknowledged(order, station, lines)
            case RecallLines(station, lines):
                order = _at_station(order, station, lines, _recalled)
            case MoveTicket(station, to, lines):
                order = _moved(order, station, to, lines)
            case Rush(rush):
                order = dataclasses.replace(order, rush=rush)
            case SendOut(lines, _):
                order = _sent(order, lines)
            case ConfirmAllergy(_, version):
                order = dataclasses.replace(order, allergy_confirmed_version=version or order.version)
            case RiderHere(here):
                order = dataclasses.replace(
                    order, rider_here_at_ms=order.rider_here_at_ms or 1 if here else 0
                )
            case PackBags(bags):
                order = dataclasses.replace(order, bags=bags)
            case FireCourse(course, 0):
                order = _fired(order, course)
            case _:
                pass
    return order


def _started(at: StationLine, quantity_milli: int) -> StationLine:
    return dataclasses.replace(at, state=LineState.STARTED) if at.state is LineState.QUEUED else at


def _done(at: StationLine, quantity_milli: int) -> StationLine:
    if at.state not in TO_MAKE_STATES:
        return at
    return dataclasses.replace(at, state=LineState.DONE, made_milli=quantity_milli)


def _recalled(at: StationLine, quantity_milli: int) -> StationLine:
    if at.state is not LineState.DONE:
        return at
    return dataclasses.replace(at, state=LineState.QUEUED, recalled=True, made_milli=0)


def _at_station(
    order: Order,
    station: str,
    painted: tuple[PaintedLine, ...],
    change: Callable[[StationLine, int], StationLine],
) -> Order:
    versions = {one.line_id: one.version for one in painted}
    lines = []
    for line in order.lines:
        if line.line_id in versions:
            stations = tuple(
                change(at, line.quantity_milli)
                if at.station == station and at.version == versions[line.line_id]
                else at
                for at in line.stations
            )
            if stations != line.stations:
                line = dataclasses.replace(line, stations=stations)
        lines.append(line)
    return dataclasses.replace(order, lines=tuple(lines))


def _moved(order: Order, station: str, to: str, painted: tuple[PaintedLine, ...]) -> Order:
    """What one station has to make is another one's."""
    versions = {one.line_id: one.version for one in painted}
    lines = []
    for line in order.lines:
        at = line.at(station)
        if at is not None and versions.get(line.line_id) == at.version and line.at(to) is None:
            there = dataclasses.replace(at, station=to)
            stations = tuple(there if one is at else one for one in line.stations)
            line = dataclasses.replace(line, stations=stations)
        lines.append(line)
    return dataclasses.replace(order, lines=tuple(lines))


def _sent(order: Order, painted: tuple[PaintedLine, ...]) -> Order:
    """What expo sent out is SENT where it was open."""
    versions = {one.line_id: one.version for one in painted}
    lines = []
    for line in order.lines:
        if not line.voided and versions.get(line.line_id) == card_version(line):
            stations = tuple(
                dataclasses.replace(at, state=LineState.SENT) if at.state in TO_MAKE_STATES else at
                for at in line.stations
            )
            line = dataclasses.replace(line, stations=stations, sent_at_ms=line.sent_at_ms or 1)
        lines.append(line)
    return dataclasses.replace(order, lines=tuple(lines))


def _fired(order: Order, course: int) -> Order:
    """A course that may be made is QUEUED; when, the hub says."""
    courses = tuple(
        dataclasses.replace(one, fired=True) if one.course == course else one for one in order.courses
    )
    lines = tuple(
        dataclasses.replace(
            line,
            stations=tuple(
                dataclasses.replace(at, state=LineState.QUEUED)
                if at.state is LineState.WAITING and not at.step
                else at
                for at in line.stations
            ),
        )
        if line.course == course
        else line
        for line in order.lines
    )
    return dataclasses.replace(order, courses=courses, lines=lines, scheduled=False)


def _acknowledged(order: Order, station: str, painted: tuple[PaintedLine, ...]) -> Order:
    """An acknowledgement covers what was painted: everything up to the version that the cook saw."""
    versions = {one.line_id: one.version for one in painted}
    lines = []
    for line in order.lines:
        seen = versions.get(line.line_id)
        if seen is not None:
            stations = tuple(
                dataclasses.replace(at, acknowledged_version=max(at.acknowledged_version, seen))
                if at.station == station
                else at
                for at in line.stations
            )
            line = dataclasses.replace(line, stations=stations)
        lines.append(line)
    return dataclasses.replace(order, lines=tuple(lines))
