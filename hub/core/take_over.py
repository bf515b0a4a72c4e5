"""A station does not see its orders: its backup takes over what nobody has begun, and nothing is made twice. Pure.

What a screen there painted stays. What was never sent to it goes over plainly; what was sent and not confirmed goes over with the
word to ask there first. Only who can show it now takes over, and what the backup does not see either goes home once its own
screen is back. A key of the lost station still counts: what it starts or bumps is made there, and leaves the backup.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import replace

from heard.command import Command, LineAnswer, Outcome, PaintedLine, Reason, UnknownVerb
from heard.order import ChangeKind, Line, LineState, Order, StationLine
from heard.ticket import MADE_STATES, is_open
from heard.why import why
from hub.core.decision import Decision, Docs, order_key
from hub.core.edit import Edit, with_stations
from hub.core.hearing_facts import NotHeard
from hub.core.sequence import next_step
from hub.core.site import Site

HUB = "hub"
VERB = "take_over"
STALE = why("line.changed")


def decide_take_over(docs: Docs, lost: NotHeard, now_ms: int, site: Site, live: Container[str]) -> Decision:
    """Moves each line that may go to the next of its chain. Reads the order; writes nothing where none may go.

    `live` are the stations with a screen or a printer that works now.
    """
    key = order_key(lost.order_id)
    order = docs.get(key)
    if not isinstance(order, Order):
        return Decision(None, {key: None})
    reads = {key: order.version}
    there = order.at(lost.station)
    if not is_open(order) or there is None or there.ticket_version != lost.version:
        return Decision(None, reads)  # it changed meanwhile: its own time runs
    edit = Edit(order, Command(lost.order_id, UnknownVerb(), device=HUB), now_ms, site)
    edit.verb, edit.station = VERB, lost.station
    went: dict[str, None] = {}
    sent = (
        lost.station in site.routing.floor.papers
    )  # a slip may have come out, whatever the printer answered
    for line in order.lines:
        at = line.at(lost.station)
        to = None if at is None else _next_of(line, at, lost, site, live)
        if at is not None and to is not None:
            _move(edit, line, at, to, sent=sent or at.queued_at_ms <= lost.sent_until_ms)
            went[to] = None
    if not went:
        return Decision(None, reads)
    for station in (lost.station, *went):
        edit.touch(station)
    edit.close_tile(lost.station)
    edit.detail = f"to {', '.join(went)}"
    return Decision(None, reads, {key: edit.finish()})


def _next_of(line: Line, at: StationLine, lost: NotHeard, site: Site, live: Container[str]) -> str | None:
    """Who takes it over; None: it stays where it is. Home is gone to once, so that no ticket wanders for ever."""
    begun = at.started_at_ms or at.done_at_ms or at.made_milli or at.recalled
    if at.state is not LineState.QUEUED or begun or at.version <= lost.proven or line.nobodys:
        return None
    had = (*at.taken_from, at.station)
    home = had[0]
    chain = site.rules.backup.get(home, ())
    places = [chain.index(one) for one in had if one in chain]
    next_up = max(places, default=-1) + 1
    wanted = [one for one in (*chain[next_up:], *chain[:next_up]) if one not in had]
    if had.count(home) == 1 and at.station != home:
        wanted.insert(0, home)
    floor = site.routing.floor
    return next((one for one in wanted if one in live and floor.cooks(one) and line.at(one) is None), None)


def _move(edit: Edit, line: Line, at: StationLine, to: str, *, sent: bool) -> None:
    there = edit.station_state(to)
    edit.put_station(there)
    moved = replace(
        at,
        station=to,
        version=edit.version,
        batch=there.batch,
        acknowledged_version=edit.version,  # to this cook it is news as it is now
        taken_from=(*at.taken_from, at.station),
        may_be_at=tuple([one for one in (*at.may_be_at, *([at.station] if sent else ())) if one != to]),
    )
    edit.put_line(with_stations(line, tuple([moved if one is at else one for one in line.stations])))
    edit.line_ids.append(line.line_id)


def came_back(
    edit: Edit,
    name: str,
    station: str,
    painted: PaintedLine,
    line: Line,
    change: Callable[[StationLine], StationLine],
) -> LineAnswer | None:
    """A key of a station whose line was taken over: made there, where nobody was done with it. None: it was not taken."""
    at = next((one for one in line.stations if station in one.taken_from), None)
    if at is None or name not in ("start", "bump"):
        return None
    if at.state in MADE_STATES:
        return LineAnswer(painted.line_id, Outcome.ALREADY)
    if line.voided:
        return edit.refuse(painted.line_id, Reason.NOT_NOW, why("line.voided"), line)
    if 0 < edit.command.epoch_n < edit.site.epoch_n or any(
        one.version > painted.version and one.kind is not ChangeKind.MOVED for one in line.changes
    ):
        return edit.refuse(painted.line_id, Reason.STALE, STALE, line)
    if name == "start" and at.state is LineState.STARTED:
        return edit.refuse(painted.line_id, Reason.NOT_NOW, why("line.begun", station=at.station), line)
    there = edit.station_state(station)
    edit.put_station(there)
    # Turned round, so that a key of the backup that comes later finds it too.
    others = tuple(one for one in (*at.taken_from, at.station) if one != station)
    back = replace(change(at), station=station, batch=there.batch, taken_from=others, may_be_at=())
    made = with_stations(line, tuple([back if one is at else one for one in line.stations]))
    edit.put_line(made)
    edit.line_ids.append(line.line_id)
    if name == "bump" and line.then:
        next_step(edit, made, [])
    for touched in (station, at.station):
        edit.touch(touched)
        edit.close_tile(touched)
    edit.undo_changed = True  # an UNDO must not reach behind it
    return LineAnswer(painted.line_id, Outcome.DONE)
