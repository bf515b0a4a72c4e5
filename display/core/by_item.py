"""The list by item: what is to be made of one dish over all tickets of the station stands together, as one tile."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from display.core.allday import AllDayKey, key_of
from display.core.board import TicketKey
from heard.order import LineState, Order
from heard.ticket import TO_MAKE_STATES, Ticket, TicketLine, work_key

PREFIX = "item:"


@dataclass(frozen=True, slots=True)
class ItemTicket(Ticket):
    """One dish in one way of making it. `members`: each ticket that asks for it, with its lines, in the order of work."""

    item: AllDayKey
    members: tuple[tuple[Ticket, tuple[TicketLine, ...]], ...]

    @property
    def to_make_milli(self) -> int:
        return sum(line.to_make_milli for line in self.lines if line.at.state in TO_MAKE_STATES)


@dataclass(frozen=True, slots=True)
class Ticked:
    """A line that a finger on its row has just made: it stays in its place for a while, done, to be touched again.

    `ticket` and `line` are as they were; `token` is that of the bump, which the second touch takes back.
    """

    ticket: Ticket
    line: TicketLine
    token: int
    at_s: float


def by_item(
    order: Sequence[Ticket], ticked: Sequence[Ticked] = ()
) -> tuple[Mapping[TicketKey, Ticket], tuple[Ticket, ...]]:
    """The tiles of the list and their order: what is asked for first stands first. Done lines are in no dish.

    Nor are held ones: a ticket of which all waits is one row at the end, which FIRE can be meant for.
    """
    found: dict[AllDayKey, list[tuple[Ticket, tuple[TicketLine, ...]]]] = {}
    for ticket in order:
        if _waits(ticket):
            continue
        own: dict[AllDayKey, list[TicketLine]] = {}
        for line in ticket.lines:
            if line.at.state in TO_MAKE_STATES or line.unseen:
                own.setdefault(key_of(line.line), []).append(line)
        for key, lines in own.items():
            found.setdefault(key, []).append((ticket, tuple(lines)))
    made: dict[tuple[AllDayKey, TicketKey], list[Ticked]] = {}
    for one in ticked:
        made.setdefault((key_of(one.line.line), one.ticket.key), []).append(one)
    for (key, ticket_key), ticks in made.items():
        members = found.setdefault(key, [])
        if all(ticket.key != ticket_key for ticket, _ in members):
            members.append((ticks[0].ticket, tuple(_done(tick.line) for tick in ticks)))
            members.sort(key=lambda member: work_key(member[0]))
    dishes = [_tile(key, members) for key, members in found.items()]
    tiles = sorted((*dishes, *(ticket for ticket in order if _waits(ticket))), key=work_key)
    return {tile.key: tile for tile in tiles}, tuple(tiles)


def _done(line: TicketLine) -> TicketLine:
    return replace(line, at=replace(line.at, state=LineState.DONE))


def _waits(ticket: Ticket) -> bool:
    """Nothing of it is to be made or to be seen."""
    return ticket.waiting_only and not ticket.unseen


def _tile(key: AllDayKey, members: list[tuple[Ticket, tuple[TicketLine, ...]]]) -> ItemTicket:
    first = members[0][0]
    lines = tuple(line for _, own in members for line in own)
    modifiers = "|".join(f"{one}*{milli}" for one, milli in key.modifier_ids)
    fields = {field.name: getattr(first, field.name) for field in dataclasses.fields(Ticket)}
    fields |= {
        "order": Order(
            f"{PREFIX}{key.item_id}|{modifiers}",
            version=max(ticket.order.version for ticket, _ in members),
            rush=any(ticket.order.rush and not ticket.cancelled for ticket, _ in members),
            held_at_ms=min(ticket.order.held_at_ms for ticket, _ in members),
        ),
        "batch": 0,
        "lines": lines,
        "age_from_ms": min(
            line.at.queued_at_ms or ticket.age_from_ms for ticket, own in members for line in own
        ),
        "cancelled": all(ticket.cancelled for ticket, _ in members),
        "recalled": all(ticket.recalled for ticket, _ in members),
        "waiting_only": False,
        "allergens": (),
        "elsewhere": (),
    }
    return ItemTicket(**fields, item=key, members=tuple(members))


def keys_on(lines: Sequence[object]) -> set[TicketKey]:
    """The tickets that these painted lines belong to, where they say so."""
    found = set()
    for line in lines:
        ticket = getattr(line, "ticket", None)
        if ticket is not None:
            found.add(ticket)
    return found
