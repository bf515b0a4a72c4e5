"""A change to a ticket on a later page, pulled into view as one row until its page is painted or it is acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from display.core.board import TicketKey
from display.core.header import number_of
from display.core.look import Look, Said
from display.core.standing import History
from heard.order import LineState
from heard.ticket import Ticket, TicketLine


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """The row. `page` is where its ticket stands; `says_all`: the row counts as painted for `order_id`."""

    said: Said
    order_id: str
    key: TicketKey
    says_all: bool


def changed_row(
    look: Look,
    tickets: Mapping[TicketKey, Ticket],
    behind: Iterable[TicketKey],
    history: History,
    fits: Callable[[Said], bool],
) -> ChangedRow | None:
    """The first ticket on a later page with a change that was not painted; None when there is none.

    `tickets` need hold only those of which something changed."""
    unpainted = {key for key, ticket in tickets.items() if _unpainted_changes(ticket, history)}
    changed = [key for key in behind if key in unpainted] if unpainted else []
    if not changed:
        return None
    ticket = tickets[changed[0]]
    lines = _unpainted_changes(ticket, history)
    words = look.words
    head = words.say("changed_row", number=number_of(ticket, look))
    tail = [words.say("changed_row.more", n=len(changed) - 1)] if len(changed) > 1 else []
    for count in range(len(lines), -1, -1):
        pieces = [head, *(_piece(look, line) for line in lines[:count]), *tail]
        said = Said(" · ".join(pieces), look.rtl)
        if count == 0 or fits(said):
            break
    # A void or an allergy must be acknowledged; the row alone does not count for them.
    grave = any(line.at.state is LineState.VOIDED for line in lines) or bool(ticket.allergens)
    return ChangedRow(said, ticket.order.order_id, ticket.key, count == len(lines) and not grave)


def _unpainted_changes(ticket: Ticket, history: History) -> list[TicketLine]:
    painted = history.painted_lines(ticket.key)
    return [
        line
        for line in ticket.lines
        if (line.unseen or line.added) and painted.get(line.line.line_id) != line.at.version
    ]


def _piece(look: Look, line: TicketLine) -> str:
    name = look.name(line.line.name, line.line.item_id).text
    if line.at.state is LineState.VOIDED:
        return f"{look.words.say('void')} {look.number(line.line.quantity_milli)} {name}"
    text = f"{look.number(line.to_make_milli)} {name}"
    if line.was_milli is not None:
        return f"{text} ({look.words.say('was', n=look.number(line.was_milli))})"
    return f"+ {text}" if line.added else f"{text} ({look.words.say('changed')})"
