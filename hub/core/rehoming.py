"""Work that stands at a station which does not cook (closed, or gone from the settings) moves to who does its work. Pure.

One order a decision, so that holds get in between however much a station had open.
"""

from __future__ import annotations

from dataclasses import replace

from heard.command import Command, MoveTicket
from heard.order import Line, Order, StationLine
from heard.ticket import OPEN_STATES, is_open, line_is_open, unseen_sent, unseen_void
from hub.core.decision import Decision, Docs, order_key
from hub.core.edit import Edit, with_stations
from hub.core.floor import Floor
from hub.core.site import Site

HUB = "hub"


def is_homeless(order: Order, floor: Floor) -> bool:
    """True where a screen of a station that does not cook would have to show something of this order."""
    return any(
        not floor.cooks(at.station) and line_is_open(at) for line in order.lines for at in line.stations
    )


def decide_rehome(docs: Docs, order_id: str, now_ms: int, site: Site) -> Decision:
    """Moves what is open; what is done stays where it was made. Reads the order."""
    key = order_key(order_id)
    order = docs.get(key)
    if not isinstance(order, Order):
        return Decision(None, {key: None})
    floor = site.routing.floor
    if not is_open(order) or not is_homeless(order, floor):
        return Decision(None, {key: order.version})
    command = Command(order_id, MoveTicket("", "", ()), device=HUB)
    edit = Edit(order, command, now_ms, site)
    left: dict[str, None] = {}
    reasons: dict[str, None] = {}
    for line in order.lines:
        for at in line.stations:
            if line_is_open(at) and not floor.cooks(at.station):
                left[at.station] = None
                reasons[_move(edit, line.line_id, at, floor)] = None
    for station in left:
        edit.touch(station)
        edit.close_tile(station)
    edit.station = next(iter(left))
    edit.detail = "; ".join(reasons)[:200]
    return Decision(None, {key: order.version}, {key: edit.finish()})


def _move(edit: Edit, line_id: str, at: StationLine, floor: Floor) -> str:
    """One line from one station; its state, its age and a void that nobody acknowledged go with it. Returns why, for people."""
    line = edit.line(line_id)
    assert line is not None
    if unseen_sent(at):  # nothing is left to do; that the pass sent it need not be seen where it never was
        edit.put_at(line, replace(at, version=edit.version, acknowledged_version=edit.version))
        return f"{at.station} cooks no longer"
    settled = floor.settle((at.station,), edit.order)
    kept = [one for one in line.stations if one.station != at.station]
    there = {one.station for one in kept}
    for station in settled.stations:
        if station in there:
            if unseen_void(at) and not any(unseen_void(one) for one in kept):
                # It had acknowledged its own part; of this one nobody has, and its answer stays what it was.
                kept = [replace(one, version=edit.version) if one.station == station else one for one in kept]
                edit.touch(station)
                continue
            if at.state not in OPEN_STATES or any(one.state in OPEN_STATES for one in kept):
                continue
            # It has made a part of it already, and makes this one too: nothing that is open gets lost.
            kept = [one for one in kept if one.station != station]
        kept.append(_arrived(edit, at, station))
        edit.touch(station)
    made: Line = with_stations(line, tuple(kept))
    if settled.nobodys and not made.nobodys:
        made = replace(made, nobodys=True)
        for one in kept:  # its tiles say so now
            if line_is_open(one):
                edit.touch(one.station)
    edit.put_line(made)
    edit.line_ids.append(line_id)
    return settled.why


def _arrived(edit: Edit, at: StationLine, station: str) -> StationLine:
    state = edit.station_state(station)
    if station not in edit.stations:
        edit.put_station(state)
    # To this cook the line is news as it is now: nothing of it is a change. A void must be acknowledged by somebody.
    seen = at.acknowledged_version if unseen_void(at) else edit.version
    return replace(at, station=station, version=edit.version, batch=state.batch, acknowledged_version=seen)
