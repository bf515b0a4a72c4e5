"""Lines that change their place: pushed or pulled to another station, or routed anew where type or area changed."""

from __future__ import annotations

from dataclasses import replace

from heard.command import LineAnswer, MoveTicket, Outcome, PaintedLine, Reason, Transfer
from heard.errors import InvalidInput
from heard.order import NO_TEXT, ChangeKind, Line, LineChange, LineState, OrderType, StationLine
from heard.ticket import TO_MAKE_STATES
from heard.why import why
from hub.core.adding import with_changes
from hub.core.cooking import NOT_HERE, judge_version
from hub.core.decision import UndoRecord
from hub.core.edit import ALREADY, DONE, Edit, Verdict
from hub.core.hold import placed, waiting_of
from hub.core.lifecycle import LINE_TABLE, Kind, stand_of

NOT_BEGUN = frozenset({LineState.WAITING, LineState.QUEUED})


def move(edit: Edit, verb: MoveTicket) -> Verdict:
    """Open lines go from one station to another with their states and ages; what is done stays where it was made."""
    routing = edit.site.routing
    known = (*routing.prep_stations, *sorted(routing.floor.papers))
    if verb.to_station not in known:
        raise InvalidInput(
            "move.to_station",
            why(
                "station.cooks_not",
                f"{verb.to_station!r} is no station that cooks or prints",
                station=verb.to_station,
            ),
            f"there are: {', '.join(known)}",
        )
    if verb.to_station == verb.from_station:
        raise InvalidInput("move.to_station", "is the same as from_station")
    edit.station = verb.from_station
    before: list[tuple[str, StationLine]] = []
    answers = [_one(edit, verb, one, before) for one in dict.fromkeys(verb.lines)]
    if before:
        edit.detail = f"to {verb.to_station}"
        for station in dict.fromkeys((verb.from_station, verb.to_station, *(at.station for _, at in before))):
            edit.touch(station)
            edit.close_tile(station)
        command = edit.command
        edit.undo_changed = True
        edit.undo = UndoRecord(
            command.incarnation,
            command.seq,
            edit.order.order_id,
            verb.to_station,
            "move",
            edit.now_ms,
            edit.version,
            tuple(one for one in before if one[1].station == verb.from_station),
        )
    return edit.verdict(answers)


def _one(
    edit: Edit, verb: MoveTicket, painted: PaintedLine, before: list[tuple[str, StationLine]]
) -> LineAnswer:
    line = edit.line(painted.line_id)
    at = None if line is None else line.at(verb.from_station)
    if line is None or at is None:
        there = None if line is None else line.at(verb.to_station)
        if there is not None:
            return LineAnswer(painted.line_id, Outcome.ALREADY)
        return edit.gone(painted.line_id, NOT_HERE)
    rule = LINE_TABLE[stand_of(at), "move"]
    if rule.kind is Kind.ALREADY:
        return LineAnswer(painted.line_id, Outcome.ALREADY)
    late = judge_version(edit, painted, line, at)
    if late is not None:
        return late
    if rule.kind is not Kind.DO:
        return edit.refuse(painted.line_id, Reason.NOT_NOW, rule.why)
    if line.at(verb.to_station) is not None and not line.nobodys:
        return edit.refuse(
            painted.line_id, Reason.NOT_NOW, why("line.made_there_too", station=verb.to_station)
        )
    before.extend((line.line_id, one) for one in line.stations if one is at or line.nobodys)
    move_line(edit, line, at, verb.to_station)
    return LineAnswer(painted.line_id, Outcome.DONE)


def move_line(edit: Edit, line: Line, at: StationLine, to_station: str) -> Line:
    """Puts the line at `to_station` in place of `at`, in the tile that new lines join there; nobody's line becomes somebody's."""
    there = edit.station_state(to_station)
    moved = replace(
        at,
        station=to_station,
        version=edit.version,
        batch=there.batch,
        may_be_at=tuple([one for one in (*at.may_be_at, *on_paper(edit, at)) if one != to_station]),
    )
    if line.nobodys:
        stations: tuple[StationLine, ...] = (moved,)
    else:
        stations = tuple([moved if one is at else one for one in line.stations])
    change = LineChange(ChangeKind.MOVED, edit.version, edit.now_ms)
    made = replace(line, stations=stations, nobodys=False, changes=with_changes(line.changes, change))
    edit.put_line(made)
    edit.put_station(there)
    edit.line_ids.append(line.line_id)
    return made


def on_paper(edit: Edit, at: StationLine) -> tuple[str, ...]:
    """The printer of a line whose slip may be coming out as it leaves: who gets it asks there first, so that nobody makes it twice."""
    wanted = at.state in TO_MAKE_STATES and at.station in edit.site.routing.floor.papers
    return (at.station,) if wanted else ()


def transfer(edit: Edit, verb: Transfer) -> Verdict:
    """Another table, server, area or type. Every open ticket says so; what nobody has begun goes where it belongs now."""
    order = edit.order
    wanted = replace(
        order,
        table=verb.table or order.table,
        server=verb.server or order.server,
        area=verb.area or order.area,
        type=order.type if verb.type is OrderType.UNSPECIFIED else verb.type,
    )
    if wanted == order:
        return ALREADY
    edit.assign(table=wanted.table, server=wanted.server, area=wanted.area, type=wanted.type)
    if wanted.type is not order.type:
        edit.assign(type_name=NO_TEXT)  # a till's own word was for the type that it had
    said = (("table", verb.table), ("server", verb.server), ("area", verb.area))
    words = [f"{name} {text}" for name, text in said if text]
    if wanted.type is not order.type:
        words.append(wanted.type.name)
    edit.detail = ", ".join(words)
    if wanted.type is not order.type or wanted.area != order.area:
        _reroute(edit, wanted.area, wanted.type)
    for station in edit.open_stations():
        edit.touch(station)
    return DONE


def _reroute(edit: Edit, area: str, kind: OrderType) -> None:
    """Nothing is cooked twice: a line that any station has begun stays where it is."""
    order = replace(edit.order, area=area, type=kind)
    if kind is not edit.order.type:
        order = replace(order, type_name=NO_TEXT)
    lines = [
        line
        for line in edit.lines
        if not line.voided and not line.remake and all(_untouched(at) for at in line.stations)
    ]
    routed = edit.site.routing.assigned(order, lines, edit.lines)
    for line in lines:
        target = routed[line.line_id]
        if set(target.stations) == {at.station for at in line.stations} or (
            line.combo and not target.stations
        ):
            continue
        known = {at.station: at for at in line.stations}
        fresh = placed(line, target, edit.version, edit.now_ms, waiting_of(edit.order), edit.stations)
        ask = tuple(
            [one for at in line.stations if at.station not in target.stations for one in on_paper(edit, at)]
        )
        age_ms = min((at.queued_at_ms for at in line.stations if at.queued_at_ms), default=0)
        starts_ms = max((at.starts_at_ms for at in line.stations), default=0)
        stations = []
        for at in fresh.stations:
            if starts_ms and at.state is LineState.QUEUED:
                at = replace(at, state=LineState.WAITING, queued_at_ms=0, starts_at_ms=starts_ms)
            elif age_ms and at.state is LineState.QUEUED:
                at = replace(at, queued_at_ms=age_ms)
            at = replace(at, may_be_at=ask) if ask else at
            stations.append(known.get(at.station, at))
        change = LineChange(ChangeKind.MOVED, edit.version, edit.now_ms)
        edit.put_line(
            replace(
                line,
                stations=tuple(stations),
                nobodys=target.nobodys,
                then=target.then,
                changes=with_changes(line.changes, change),
            )
        )
        edit.line_ids.append(line.line_id)
        for station in dict.fromkeys((*known, *(at.station for at in stations))):
            edit.touch(station)
    for station in list(edit.touched):
        edit.close_tile(station)


def _untouched(at: StationLine) -> bool:
    return at.state in NOT_BEGUN and not at.step and not at.made_milli and not at.done_at_ms
