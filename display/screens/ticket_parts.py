"""What stands of a layout on one page: slots, tickets, sums; and whether a part is still the same."""

from __future__ import annotations

from collections.abc import Mapping

from display.core.allday import AllDayKey, sums_of_lines
from display.core.board import TicketKey
from display.core.layout import Layout, Placed
from display.core.tiles import Part
from display.screens.scene import View
from heard.ticket import TO_MAKE_STATES, Ticket


def slots_of(parts: tuple[Placed, ...], *, cells: bool) -> dict[int, int]:
    """Slot numbers of a page; a tile that goes on from the page before has the first. `cells`: by the place."""
    numbers: dict[int, int] = {}
    for placed in parts:
        numbers.setdefault(placed.tile, placed.column + 1 if cells else len(numbers) + 1)
    return numbers


def same_part(a: Part, b: Part) -> bool:
    """The same piece of the same body; a body is made anew when its ticket changes."""
    return a.body is b.body and (a.index, a.start, a.end, a.h, a.more, a.more_page) == (
        b.index,
        b.start,
        b.end,
        b.h,
        b.more,
        b.more_page,
    )


def page_of(key: TicketKey, view: View, layout: Layout) -> int | None:
    """Where a ticket begins; the first page for one that the filter leaves out, None for one without a tile of its own."""
    for place, page in zip(view.places, layout.first_page, strict=True):
        if place.key == key:
            return page
    return 0 if any(ticket.key == key for ticket in view.others) else None


def sums_on(ticket: Ticket, part: Part) -> Mapping[AllDayKey, int]:
    """All-day sums of the lines that stand on a part of its tile."""
    ids = {line.line_id for line in part.body.lines_in(part.start, part.end)}
    return sums_of_lines(
        line for line in ticket.lines if line.line.line_id in ids and line.at.state in TO_MAKE_STATES
    ).to_make_milli
