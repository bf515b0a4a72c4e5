"""What comes out of one printer for one order, as rows: its own tickets, and slips that were asked for. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from heard.expo import EXPO
from heard.order import ChangeKind, Order, WantedSlip
from heard.station import RIGHT_TO_LEFT
from heard.stream import SiteProfile, StationProfile
from heard.ticket import Ticket, due_ms
from hub.core.printing import to_print
from hub.core.site import Site
from hub.core.slip import Marks, Place, pass_slip, sample_slip, slip
from hub.core.slip_rows import WORDS, Look, Slip, names_of
from hub.core.slip_wishes import joined_fields, joined_notes
from hub.core.slips import slip_ticket


def ticket_slips(
    order: Order, printer: StationProfile, site: Site, *, may_be_printed: bool
) -> tuple[Slip, ...]:
    """What of the printer's own lines is not on paper yet, a slip each ticket; empty where nothing is left."""
    look, place = _look(printer, site), _place(order, printer, site)
    return tuple(
        slip(
            ticket,
            place,
            look,
            replace(
                _of_old_paper(
                    _marks(ticket, site, copy=ticket.recalled, may_be_printed=may_be_printed), ticket
                ),
                may_be_on=_other_numbers(ticket),
            ),
        )
        for ticket in to_print(order, printer.station)
    )


def wanted_rows(
    order: Order, wanted: WantedSlip, printer: StationProfile, site: Site, *, copy: bool, may_be_printed: bool
) -> Slip:
    """A slip that was asked for, in the printer's languages; empty where nothing of it is there any more."""
    ticket = slip_ticket(order, wanted)
    if ticket is None:
        return ()
    look = _look(printer, site)
    marks = replace(
        _marks(ticket, site, copy=copy, may_be_printed=may_be_printed),
        changed=wanted.changed,
        gone_notes=wanted.gone_notes,
        moved_from=wanted.moved_from,
    )
    if wanted.station == EXPO:
        place = _place(order, _pass(site), site)
        return pass_slip(ticket, place, look, site.profile, marks)
    whose = site.profile.station(wanted.station) or StationProfile(wanted.station)
    return slip(ticket, _place(order, whose, site), look, marks)


def begins_right(profile: SiteProfile, printer: str) -> bool:
    """True where the slips of this printer are mirrored: its main language is written from the right."""
    found = profile.station(printer)
    languages = found.languages if found is not None and found.languages else profile.languages
    return languages[0] in RIGHT_TO_LEFT


def sample_rows(printer: StationProfile, site: Site, address: str, now_ms: int) -> Slip:
    """The slip of `heard printer test`."""
    place = Place(
        printer.name or {"en": printer.station.capitalize()}, _clock(now_ms + site.wall_offset_ms, site)
    )
    return sample_slip(place, _look(printer, site), address)


def _look(printer: StationProfile, site: Site) -> Look:
    return Look(printer.languages or site.profile.languages, site.profile.allergy_words)


def _place(order: Order, whose: StationProfile, site: Site) -> Place:
    held_at = order.held_wall_ms or order.held_at_ms + site.wall_offset_ms
    due_at = order.due_at_ms if due_ms(order) else 0
    return Place(
        whose.name or {"en": whose.station.capitalize()}, _clock(held_at, site), _clock(due_at, site)
    )


def _pass(site: Site) -> StationProfile:
    return next((one for one in site.profile.stations if one.role == EXPO and one.name), PASS)


PASS = StationProfile(EXPO, WORDS["pass"], role=EXPO)


def _clock(wall_ms: int, site: Site) -> str:
    return (
        datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(site.zone).strftime("%H:%M") if wall_ms else ""
    )


def _of_old_paper(marks: Marks, ticket: Ticket) -> Marks:
    """Its dishes are on the paper of an order that they left, and no slip has said so yet: this one does, and what changed above them."""
    line_ids = {line.line.line_id for line in ticket.lines}
    untold = [
        one
        for one in ticket.order.slips
        if one.moved_from and one.printer == ticket.station and not line_ids.isdisjoint(one.line_ids)
    ]
    return replace(
        marks,
        was=tuple(dict.fromkeys(one.moved_from for one in untold)),
        changed=joined_fields(*(one.changed for one in untold)),
        gone_notes=joined_notes(*(one.gone_notes for one in untold)),
    )


def _other_numbers(ticket: Ticket) -> tuple[str, ...]:
    """Of orders that a line came from while its slip was on the way: it may lie there under that number."""
    moves = (
        change.from_number
        for line in ticket.lines
        for change in line.line.changes
        if change.kind is ChangeKind.MOVED and change.version > line.at.acknowledged_version
    )
    return tuple(dict.fromkeys(one for one in moves if one and one != ticket.order.call_number))


def _marks(ticket: Ticket, site: Site, *, copy: bool, may_be_printed: bool) -> Marks:
    ask = dict.fromkeys(one for line in ticket.lines for one in line.at.may_be_at)
    homes = dict.fromkeys(line.at.taken_from[0] for line in ticket.lines if line.at.taken_from)
    instead_of = [one for one in homes if one not in ask and one != ticket.station]
    return Marks(
        copy,
        may_be_printed,
        names_of(site.profile, ask) if ask else None,
        instead_of=names_of(site.profile, instead_of) if instead_of else None,
    )
