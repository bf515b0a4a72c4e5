"""What of all tickets stands on the page, and what the bars say of the others."""

from __future__ import annotations

from dataclasses import dataclass

from display.core.aging import NEVER_MS, Level
from display.core.layout import Layout
from display.core.slots import Place, Stand
from display.screens.ticket_ages import Ages
from heard.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Behind:
    """What the bars say of the tickets that are not on the page."""

    tickets: int
    late: int
    oldest_s: int
    rush: bool
    allergy: bool


class Elsewhere:
    """Of one page of a layout. Who is late is counted anew when one becomes so, not each second."""

    def __init__(
        self, places: tuple[Place, ...], layout: Layout, page: int, others: tuple[Ticket, ...]
    ) -> None:
        """`others`: tickets without a place on any page."""
        self._of = (places, layout, page, others)
        parts = layout.on(page)
        first, end = (parts[0].tile, parts[-1].tile + 1) if parts else (0, 0)
        self.shown = tuple([one.key for one in places[first:end] if one.stand is Stand.LIVE])
        """Live tickets of which something stands on the page."""
        hidden = places[:first] + places[end:]
        self._tickets = [(one.key, one.ticket) for one in hidden if one.stand is Stand.LIVE]
        self._tickets += [(ticket.key, ticket) for ticket in others]
        self.keys = tuple([key for key, _ in self._tickets])
        """Those of which nothing does."""
        self._rush = any(ticket.order.rush for _, ticket in self._tickets)
        self._allergy = any(ticket.allergens for _, ticket in self._tickets)
        aging = (one for one in self._tickets if not one[1].waiting_only and not one[1].cancelled)
        self._oldest = min(aging, key=lambda one: one[1].age_from_ms, default=None)
        self._late = 0
        self._late_of = (0, 0)

    def is_of(self, places: tuple[Place, ...], layout: Layout, page: int, others: tuple[Ticket, ...]) -> bool:
        """Whether these are the very ones that it was made of."""
        of = self._of
        return of[0] is places and of[1] is layout and of[2] == page and of[3] is others

    def behind(self, ages: Ages) -> Behind:
        """As of the moment of `ages`."""
        begun, until_ms = self._late_of
        if begun != ages.begun or ages.tick_ms >= until_ms:
            said = [ages.said(key, ticket) for key, ticket in self._tickets]
            self._late = sum(age.level is Level.LATE for age in said)
            self._late_of = (ages.begun, min((age.until_ms for age in said), default=NEVER_MS))
        oldest_s = ages.exact(*self._oldest).seconds if self._oldest is not None else 0
        return Behind(len(self._tickets), self._late, oldest_s, self._rush, self._allergy)
