"""The ages of a screen's tickets. One is worked out when it is drawn, or when it says something else; not each second."""

from __future__ import annotations

from collections.abc import Callable

from display.core.aging import Age, ticked
from display.core.board import TicketKey
from heard.stream import AgeLimits, StationProfile
from heard.ticket import Ticket

AgeOf = Callable[[Ticket, int, AgeLimits], Age]
"""How a style works an age out: `tiles.Style.age`."""


class Ages:
    """Of one style. `at` begins each picture; whoever keeps what `said` told keeps `begun` with it."""

    def __init__(self, age_of: AgeOf) -> None:
        self._age_of = age_of
        self._profile: StationProfile | None = None
        self.begun = 0
        """Counts up when all is worked out anew: other limits, or a hub whose time is an earlier one."""
        self.tick_ms = 0
        self._exact: dict[TicketKey, tuple[Ticket, Age]] = {}
        self._said: dict[TicketKey, tuple[Ticket, Age]] = {}

    def at(self, now_ms: int, profile: StationProfile) -> None:
        """The moment and the limits of what is asked from here on."""
        tick_ms = ticked(now_ms)
        if profile is not self._profile or tick_ms < self.tick_ms:
            self._profile = profile
            self.begun += 1
            self._said.clear()
            self._exact.clear()
        elif tick_ms != self.tick_ms:
            self._exact.clear()
        self.tick_ms = tick_ms

    def exact(self, key: TicketKey, ticket: Ticket) -> Age:
        """To the second."""
        known = self._exact.get(key)
        if known is None or known[0] is not ticket:
            known = self._exact[key] = (ticket, self._worked_out(ticket))
        return known[1]

    def said(self, key: TicketKey, ticket: Ticket) -> Age:
        """Its level and whether it is NEW; its seconds may be old ones. The same object until one of them changes."""
        known = self._said.get(key)
        if known is None or known[0] is not ticket or known[1].until_ms <= self.tick_ms:
            known = self._said[key] = (ticket, self._worked_out(ticket))
        return known[1]

    def forget_but(self, keys: set[TicketKey]) -> None:
        """Only these tickets are still there."""
        self._said = {key: one for key, one in self._said.items() if key in keys}

    def _worked_out(self, ticket: Ticket) -> Age:
        assert self._profile is not None, "at() comes first"
        limits = self._profile.age_limits(ticket.order.type.name, ticket.order.type_name)
        return self._age_of(ticket, self.tick_ms, limits)
