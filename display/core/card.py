"""Expo's card of an order as a ticket, so that slots, pages, reports and keys treat it as they treat a station's.

Each line's state is that of all its stations together, its version the one that SEND OUT names.
"""

from __future__ import annotations

from dataclasses import dataclass

from display.core.board import Sight
from heard.expo import ExpoCard, ExpoLine, Progress, card_version, expo_card, expo_key, progress_of
from heard.order import LineState, Order, StationLine
from heard.ticket import (
    TO_MAKE_STATES,
    Ticket,
    TicketLine,
    allergens_of,
    is_cancelled,
    unseen_changes,
    unseen_void,
)

EXPO = "expo"
"""The station that a card's lines are said to stand at; no station of a hub is asked for it."""

_STATES = {
    Progress.MISSING: LineState.QUEUED,
    Progress.DONE: LineState.DONE,
    Progress.PACK: LineState.DONE,
    Progress.HELD: LineState.WAITING,
    Progress.VOIDED: LineState.VOIDED,
}


@dataclass(frozen=True, slots=True)
class CardTicket(Ticket):
    """One card: the ticket, and what it was made from."""

    card: ExpoCard


def card_tickets(order: Order) -> tuple[CardTicket, ...]:
    """The card of an order, if it has one."""
    card = expo_card(order)
    if card is None:
        return ()
    voided = [one for one in card.voided if card.cancelled or _void_unseen(one)]
    lines = (*voided, *card.missing, *card.held, *card.done, *card.packing)
    return (
        CardTicket(
            order=order,
            station=EXPO,
            batch=0,
            lines=tuple(_line(one) for one in lines),
            age_from_ms=card.ready_at_ms if card.ready else card.age_from_ms,
            cancelled=card.cancelled,
            recalled=any(there.recalled for there in order.stations),
            waiting_only=card.waiting_only,
            allergens=card.allergens,
            elsewhere=(),
            card=card,
        ),
    )


def whole_card(order: Order) -> Ticket | None:
    """Every line of an order as one ticket, out or not: to look at."""
    lines = tuple(
        _line(ExpoLine(line, progress, (), card_version(line)))
        for line in order.lines
        if (progress := progress_of(line)) is not None
    )
    if not lines:
        return None
    allergens = allergens_of(order, order.lines)
    return Ticket(order, EXPO, 0, lines, order.held_at_ms, is_cancelled(order), False, False, allergens, ())


def card_of(ticket: Ticket) -> ExpoCard:
    """The card that an expo screen's ticket was made from."""
    assert isinstance(ticket, CardTicket)
    return ticket.card


def _void_unseen(one: ExpoLine) -> bool:
    return any(unseen_void(at) for at in one.line.stations)


def _line(one: ExpoLine) -> TicketLine:
    line, progress = one.line, one.progress
    open_at = [at for at in line.stations if at.state in TO_MAKE_STATES]
    state = _STATES.get(progress, LineState.DONE)
    if progress is Progress.MISSING and any(at.state is LineState.STARTED for at in open_at):
        state = LineState.STARTED
    left = line.quantity_milli
    if progress is Progress.MISSING and open_at:
        left = max(line.quantity_milli - at.made_milli for at in open_at)
    changes = [change for at in line.stations for change in unseen_changes(line, at)]
    was = next((one.was_quantity_milli for one in changes if one.was_quantity_milli), None)
    at = StationLine(
        EXPO,
        state,
        one.version,
        queued_at_ms=min((at.queued_at_ms for at in open_at), default=0),
        done_at_ms=max((at.done_at_ms for at in line.stations), default=0),
        may_be_at=tuple(dict.fromkeys(place for at in open_at for place in at.may_be_at)),
    )
    return TicketLine(line, at, max(0, left), was, line.added_version > 1, unseen=False)


def _order(ticket: Ticket) -> tuple[int | str, ...]:
    return expo_key(card_of(ticket))


def _ages(ticket: Ticket) -> bool:
    return not (ticket.waiting_only or ticket.cancelled or card_of(ticket).ready)


EXPO_SIGHT = Sight(card_tickets, _order, _ages)
"""All open orders as cards: ready and waiting first, then by due time; what is ready is not late."""
