"""Stations one after another (make, oven, cut): the next gets the line when the ones before it are done."""

from __future__ import annotations

from dataclasses import replace

from heard.order import Line, LineState, StationLine
from heard.ticket import MADE_STATES, not_here_yet
from hub.core.edit import Edit, with_stations


def next_step(edit: Edit, line: Line, before: list[tuple[str, StationLine]]) -> Line:
    """After a bump: the stations whose turn it is now may make the line. `before` takes what stood, for UNDO.

    What the cooks of the next station never saw needs no acknowledgement there.
    """
    step = min((at.step for at in line.stations if at.state not in MADE_STATES), default=None)
    if step is not None:
        coming = [at for at in line.stations if at.step == step and not_here_yet(at)]
        fresh = [_begun(edit, at) for at in coming]
    else:
        coming, fresh = _appended(edit, line)
    if not fresh:
        return line
    stations = {at.station: at for at in (*line.stations, *fresh)}
    before.extend((line.line_id, at) for at in coming)
    for at in fresh:
        edit.touch(at.station)
    made = with_stations(line, tuple(stations.values()))
    edit.put_line(made)
    return made


def _appended(edit: Edit, line: Line) -> tuple[list[StationLine], list[StationLine]]:
    """The next of `line.then` that has not had the line yet."""
    done = max((at.step for at in line.stations), default=0)
    here = {at.station for at in line.stations}
    for step, name in enumerate(line.then[done:], start=done + 1):
        stations = [
            one for one in edit.site.routing.floor.settle((name,), edit.order).stations if one not in here
        ]
        if stations:
            coming = [
                StationLine(one, LineState.WAITING, 0, edit.station_state(one).batch, step=step)
                for one in stations
            ]
            return coming, [_begun(edit, at) for at in coming]
    return [], []


def _begun(edit: Edit, at: StationLine) -> StationLine:
    if at.station not in edit.stations:
        edit.put_station(edit.station_state(at.station))
    return replace(
        at,
        state=LineState.QUEUED,
        version=edit.version,
        batch=edit.station_state(at.station).batch,
        queued_at_ms=edit.now_ms,
        acknowledged_version=max(at.acknowledged_version, edit.order.version),
    )


def later_steps_wait(edit: Edit, line: Line, station: str, before: list[tuple[str, StationLine]]) -> Line:
    """After a recall at `station`: the stations after it get the line again when it is done there once more."""
    here = line.at(station)
    if here is None or not any(at.step > here.step for at in line.stations):
        return line
    stations = []
    for at in line.stations:
        if at.step > here.step and at.state is not LineState.VOIDED and not not_here_yet(at):
            before.append((line.line_id, at))
            edit.touch(at.station)
            at = replace(at, state=LineState.WAITING, version=edit.version, queued_at_ms=0, recalled=True)
        stations.append(at)
    made = with_stations(line, tuple(stations))
    edit.put_line(made)
    return made


def finished(line: Line) -> bool:
    """True where no station, and none that is still to come, has anything left to do."""
    if any(at.state not in MADE_STATES for at in line.stations):
        return False
    return not line.then or max((at.step for at in line.stations), default=0) >= len(line.then)
