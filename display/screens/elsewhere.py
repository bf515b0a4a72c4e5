"""What of all tickets stands on the page, and what the bars say of the others."""

from __future__ import annotations

from dataclasses import dataclass

from display.core.aging import NEVER_MS, Level
from display.core.board import TicketKey
from display.core.layout import Layout
from display.core.same_ends import same_ends
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
        self,
        places: tuple[Place, ...],
        layout: Layout,
        page: int,
        others: tuple[Ticket, ...],
        before: Elsewhere | None = None,
    ) -> None:
        """`others`: tickets without a place on any page. `before`: what came since is added to what is known of the rest."""
        self._of = (places, layout, page, others)
        parts = layout.on(page)
        here = {one.tile for one in parts}
        first, end = (min(here), max(here) + 1) if here else (0, 0)
        standing, hidden = places[first:end], places[:first] + places[end:]
        if len(standing) != len(here):  # in a grid what is too high for its row goes on after later ones
            standing = tuple([one for n, one in enumerate(places) if n in here])
            hidden = tuple([one for n, one in enumerate(places) if n not in here])
        self.shown = tuple([one.key for one in standing if one.stand is Stand.LIVE])
        """Live tickets of which something stands on the page."""
        self.hidden = tuple([one for one in hidden if one.stand is Stand.LIVE])
        """The places of those of which nothing does."""
        self._rush = self._allergy = False
        self._oldest: tuple[TicketKey, Ticket] | None = None
        self._late = 0
        self._late_of = (0, 0)
        start, end = same_ends(before.hidden, self.hidden) if before is not None else (0, 0)
        if before is not None and before._of[3] == others and start + end == len(before.hidden):
            self._rush, self._allergy, self._oldest = before._rush, before._allergy, before._oldest
            self._late, self._late_of = before._late, before._late_of
            came = _listed(self.hidden[start : len(self.hidden) - end])
            self._uncounted: list[tuple[TicketKey, Ticket]] = before._uncounted + came
        else:  # something of it has gone, or changed
            self._uncounted = came = self._all()
        self._rush = self._rush or any(ticket.order.rush for _, ticket in came)
        self._allergy = self._allergy or any(ticket.allergens for _, ticket in came)
        aging = [one for one in came if not one[1].waiting_only and not one[1].cancelled]
        aging += [self._oldest] if self._oldest is not None else []
        self._oldest = min(aging, key=lambda one: one[1].age_from_ms, default=None)

    def _all(self) -> list[tuple[TicketKey, Ticket]]:
        return _listed(self.hidden) + [(ticket.key, ticket) for ticket in self._of[3]]

    def is_of(self, places: tuple[Place, ...], layout: Layout, page: int, others: tuple[Ticket, ...]) -> bool:
        """Whether these are the very ones that it was made of."""
        of = self._of
        return of[0] is places and of[1] is layout and of[2] == page and of[3] is others

    def behind(self, ages: Ages) -> Behind:
        """As of the moment of `ages`."""
        begun, until_ms = self._late_of
        if begun != ages.begun or ages.tick_ms >= until_ms:
            self._uncounted, self._late, until_ms = self._all(), 0, NEVER_MS
        said = [ages.said(key, ticket) for key, ticket in self._uncounted]
        self._uncounted = []
        self._late += sum(age.level is Level.LATE for age in said)
        self._late_of = (ages.begun, min([until_ms, *(age.until_ms for age in said)]))
        oldest_s = ages.exact(*self._oldest).seconds if self._oldest is not None else 0
        return Behind(len(self.hidden) + len(self._of[3]), self._late, oldest_s, self._rush, self._allergy)


def _listed(places: tuple[Place, ...]) -> list[tuple[TicketKey, Ticket]]:
    return [(place.key, place.ticket) for place in places]
