"""Slips that somebody asked for: a ticket once more, and the slip of the pass. The order keeps each until it is on paper. Pure.

They are no work of a station: nothing is done with a line because its copy came out, and nobody waits for one to be heard.
"""

from __future__ import annotations

from dataclasses import replace

from heard.command import Command, PrintTicket, Reason, UnknownVerb
from heard.errors import InvalidInput
from heard.expo import EXPO, Progress, progress_of
from heard.order import Line, LineState, Order, StationLine, WantedSlip
from heard.ticket import (
    TO_MAKE_STATES,
    Ticket,
    TicketLine,
    allergens_of,
    is_cancelled,
    not_here_yet,
    ticket_line,
    unseen_changes,
)
from heard.why import WORDS, Why, why
from hub.core.decision import Decision, Docs, order_key
from hub.core.edit import ALREADY, DONE, Edit, Verdict, refused
from hub.core.hearing_words import station_name
from hub.core.printing import HUB, SLIP_VERB, on_own_tickets
from hub.core.site import Site
from hub.core.slip_wishes import SLIPS_MAX, waiting_slips

DROPPED_VERB = "no_slip"
"""In an order's history: it died."""


def print_ticket(edit: Edit, verb: PrintTicket) -> Verdict:
    """The ticket comes out once more. Asked for again while it waits for paper, it is ALREADY."""
    site, station = edit.site, verb.station
    papers = site.routing.floor.papers
    cooking = dict.fromkeys((*site.routing.prep_stations, *sorted(papers)))
    if station != EXPO and station not in cooking and not _lines_of(edit.order, station):
        known = f"there are: {', '.join(cooking)}, and {EXPO} for the pass"
        raise InvalidInput("print.station", f"{station!r} is no station that cooks or prints", known)
    if verb.printer and verb.printer not in papers:
        known = f"there are: {', '.join(sorted(papers))}" if papers else "there is none"
        raise InvalidInput("print.printer", f"{verb.printer!r} is no printer", known)
    printer = verb.printer or site.rules.printers.get(station, "")
    if not printer:
        key = "kitchen.slip_on_bump" if station == EXPO else f"stations.{station}.printer"
        return refused(Reason.NOT_NOW, _why(site, "print.no_printer", station, key=key), "print.station")
    lines = _lines_of(edit.order, station)
    if not lines:
        return refused(Reason.GONE, _why(site, "print.nothing", station), "print.station")
    ready = [line.line_id for line in lines if _may_be_printed(line, station)]
    if not ready:
        return refused(Reason.NOT_NOW, why("line.fire_first"), "print.station")
    line_ids = tuple(one for one in ready if not verb.line_ids or one in verb.line_ids)
    if not line_ids:
        return refused(Reason.GONE, _why(site, "print.none_of_these", station), "print.line_ids")
    told = f"prints at {station_name(site.profile, printer)}"
    waiting = waiting_slips(edit.order, edit.now_ms)
    if any((one.printer, one.station, one.line_ids) == (printer, station, line_ids) for one in waiting):
        return replace(ALREADY, message=told)
    if len(waiting) >= SLIPS_MAX:
        return refused(Reason.NOT_NOW, why("print.many", n=SLIPS_MAX))
    slip = WantedSlip(printer, station, line_ids, edit.version, edit.now_ms, copy=True)
    edit.assign(slips=(*waiting, slip))
    edit.station, edit.detail = station, f"at {printer}"
    edit.line_ids.extend(line_ids)
    return replace(DONE, message=told)


def _why(site: Site, code: str, station: str, **values: str) -> Why:
    """With the station's name in English."""
    name = "The pass" if station == EXPO else station_name(site.profile, station)
    return why(code, WORDS[code][0].format(station=name, **values), station=station, **values)


def slip_on_bump(edit: Edit) -> None:
    """What expo sends out (`edit.line_ids`) gets its slip where the site wants one; COPY where any of it had one before."""
    printer = edit.site.rules.slip_on_bump
    if not printer or printer not in edit.site.routing.floor.papers:
        return
    line_ids = tuple(edit.line_ids)
    waiting = waiting_slips(edit.order, edit.now_ms)
    slip = WantedSlip(
        printer, EXPO, line_ids, edit.version, edit.now_ms, copy=had_a_pass_slip(edit.order, line_ids)
    )
    edit.assign(slips=(*waiting, slip)[-SLIPS_MAX:])


def take_back(edit: Edit, version: int) -> None:
    """The bump that asked for a slip at that version is undone: what is not on paper yet is not printed."""
    left = tuple(one for one in edit.order.slips if one.version != version)
    if len(left) < len(edit.order.slips):
        edit.assign(slips=left)


def had_a_pass_slip(order: Order, line_ids: tuple[str, ...]) -> bool:
    """True where any of these lines stands on a slip of the pass that came out."""
    named = frozenset(line_ids)
    return any(
        entry.verb == SLIP_VERB and entry.station == EXPO and not named.isdisjoint(entry.line_ids)
        for entry in order.history
    )


def decide_slip(
    docs: Docs, order_id: str, slip: WantedSlip, version: int, now_ms: int, site: Site, died: str = ""
) -> Decision:
    """The slip is on paper as that version of the order had it, or will never be (`died` says why). Reads the order.

    One that was taken back while it came out is written down too: the next one of these lines is a COPY. What it left to the
    tickets of its printer it waits for: they say the old number.
    """
    key = order_key(order_id)
    order = docs.get(key)
    if not isinstance(order, Order):
        return Decision(None, {key: None})
    own = on_own_tickets(order, slip)
    kept = tuple(
        line.line_id
        for line in order.lines
        if line.line_id in own
        and (at := line.at(slip.printer)) is not None
        and (died or at.version <= version)
    )
    rest = (replace(slip, line_ids=kept),) if kept else ()
    left = tuple(now for one in order.slips for now in (rest if one == slip else (one,)))
    if died and left == order.slips:
        return Decision(None, {key: order.version})
    edit = Edit(order, Command(order_id, UnknownVerb(), device=HUB), now_ms, site)
    edit.verb, edit.station = DROPPED_VERB if died else SLIP_VERB, slip.station
    edit.detail = f"at {slip.printer}: {died}"[:200] if died else f"at {slip.printer}"
    edit.line_ids.extend(one for one in slip.line_ids if one not in kept)
    edit.assign(slips=left)
    if not died and slip.station == slip.printer:
        _told(edit, slip)
    return Decision(None, {key: order.version}, {key: edit.finish()})


def _told(edit: Edit, slip: WantedSlip) -> None:
    """What the slip said of its dishes is news on no later one."""
    for line_id in slip.line_ids:
        line = edit.line(line_id)
        at = None if line is None else line.at(slip.printer)
        if line is None or at is None or at.state is not LineState.DONE:
            continue
        if at.acknowledged_version < slip.version and unseen_changes(line, at):
            edit.put_at(line, replace(at, acknowledged_version=slip.version))


def slip_ticket(order: Order, slip: WantedSlip) -> Ticket | None:
    """The ticket that a slip shows, as the order stands now; None where nothing is left for it to say."""
    wanted = frozenset(slip.line_ids) - on_own_tickets(order, slip)
    found = [line for line in _lines_of(order, slip.station) if line.line_id in wanted]
    if not found:
        return None
    if slip.station == EXPO:
        lines = tuple(_packed(line) for line in found)
    else:
        pairs = [(line, line.at(slip.station)) for line in found]
        lines = tuple(ticket_line(order, line, at) for line, at in pairs if at is not None)
    return Ticket(
        order=order,
        station=slip.station,
        batch=min(one.at.batch for one in lines),
        lines=lines,
        age_from_ms=order.held_at_ms,
        cancelled=is_cancelled(order),
        recalled=False,
        waiting_only=False,
        allergens=allergens_of(order, found) if order.allergens else (),
        elsewhere=(),
    )


def slips_due(order: Order, printer: str) -> tuple[WantedSlip, ...]:
    """The slips that this printer is to put out now; one whose every dish comes on a ticket of its own waits for that."""
    return tuple(
        one
        for one in order.slips
        if one.printer == printer
        and not (one.moved_from and on_own_tickets(order, one) and slip_ticket(order, one) is None)
    )


def missing_at(line: Line) -> tuple[str, ...]:
    """The stations that were not done with it when it was, or would be, sent out."""
    return tuple(
        at.station for at in line.stations if at.state in TO_MAKE_STATES or at.state is LineState.SENT
    )


def _packed(line: Line) -> TicketLine:
    """A line on the slip of the pass: all of it, whoever made it."""
    at = StationLine(EXPO, LineState.VOIDED if line.voided else LineState.DONE)
    return TicketLine(line, at, line.quantity_milli, None, added=False, unseen=False)


def _lines_of(order: Order, station: str) -> list[Line]:
    if station == EXPO:
        return [line for line in order.lines if line.voided or progress_of(line) is not None]
    return [line for line in order.lines if (at := line.at(station)) is not None and not not_here_yet(at)]


def _may_be_printed(line: Line, station: str) -> bool:
    """What waits for its course is on no paper, and the pass has no use for what was voided."""
    if station == EXPO:
        return progress_of(line) not in (Progress.HELD, Progress.VOIDED)
    at = line.at(station)
    return at is not None and at.state is not LineState.WAITING
