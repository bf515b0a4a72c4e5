"""What of an order is to be put on paper at a printer's station, and what it means that it was. Pure.

A printer has no key: when the paper is out, the hub itself is done with those lines there, so that the pass is not kept waiting.
That is no cook's work: no time of a station is counted from it, and a void is answered UNKNOWN.
"""

from __future__ import annotations

from dataclasses import replace

from heard.command import Command, UnknownVerb
from heard.order import LineState, Order, StationLine, VoidAnswer, WantedSlip
from heard.ticket import TO_MAKE_STATES, Ticket, is_open, tickets, unseen_void
from hub.core.decision import Decision, Docs, order_key
from hub.core.edit import Edit
from hub.core.sequence import next_step
from hub.core.site import Site
from hub.core.slip_wishes import slip_on_late_change

PRINTER = "printer"
"""The role of a station whose screen is paper."""
HUB = "hub"
VERB = "printed"
SLIP_VERB = "slip"
"""In an order's history: its own lines came out, or a slip that was asked for."""


def to_print(order: Order, station: str) -> tuple[Ticket, ...]:
    """The tiles of the station with only what is not on paper yet; what waits for its course is none of it."""
    found = []
    for ticket in tickets(order, station):
        lines = tuple(one for one in ticket.lines if _wanted(one.at))
        if lines:
            found.append(replace(ticket, lines=lines))
    return tuple(found)


def on_own_tickets(order: Order, slip: WantedSlip) -> frozenset[str]:
    """Of a slip that says DO NOT MAKE AGAIN: the lines that are to be printed as work once more (changed, recalled, voided since)."""
    if not slip.moved_from:
        return frozenset()
    own = frozenset(one.line.line_id for ticket in to_print(order, slip.printer) for one in ticket.lines)
    return own.intersection(slip.line_ids)


def was_printed(order: Order, station: str) -> bool:
    """True where something of the order came out of that printer and nothing is left to."""
    return not to_print(order, station) and any(
        entry.verb in (VERB, SLIP_VERB) and entry.station == station for entry in order.history
    )


def decide_printed(
    docs: Docs, order_id: str, station: str, version: int, now_ms: int, site: Site
) -> Decision:
    """The slip of that version is on paper: done with its lines, but for those that changed since. Reads the order."""
    key = order_key(order_id)
    order = docs.get(key)
    if not isinstance(order, Order):
        return Decision(None, {key: None})
    reads = {key: order.version}
    if not is_open(order):
        return Decision(None, reads)
    edit = Edit(order, Command(order_id, UnknownVerb(), device=HUB), now_ms, site)
    edit.verb, edit.station = VERB, station
    for line in order.lines:
        at = line.at(station)
        if at is None or at.version > version or not _wanted(at):
            continue
        edit.line_ids.append(line.line_id)
        made = edit.put_at(line, _printed(edit, at))
        if made.then and at.state in TO_MAKE_STATES:
            next_step(edit, made, [])
    if not edit.line_ids:
        return Decision(None, reads)
    edit.touch(station)
    edit.close_tile(station)
    _old_number_told(edit)
    slip_on_late_change(edit, version)
    return Decision(None, reads, {key: edit.finish()})


def _old_number_told(edit: Edit) -> None:
    """The tickets that came out said which number their lines had: no slip says it after them."""
    told = frozenset(edit.line_ids)
    left: list[WantedSlip] = []
    for slip in edit.order.slips:
        line_ids = slip.line_ids
        if slip.moved_from and slip.printer == edit.station:
            line_ids = tuple(one for one in line_ids if one not in told)
        if line_ids or not slip.line_ids:
            left.append(replace(slip, line_ids=line_ids))
    if tuple(left) != edit.order.slips:
        edit.assign(slips=tuple(left))


def _wanted(at: StationLine) -> bool:
    return at.state in TO_MAKE_STATES or unseen_void(at)


def _printed(edit: Edit, at: StationLine) -> StationLine:
    if at.state is LineState.VOIDED:
        return replace(at, acknowledged_version=edit.order.version, void_answer=VoidAnswer.UNKNOWN)
    return replace(
        at,
        state=LineState.DONE,
        version=edit.version,
        acknowledged_version=edit.order.version,
        recalled=False,  # its COPY is out; what changes later is news
        may_be_at=(),
    )
