"""A tile keeps its slot and place until it leaves: which ticket stands where, and when gaps may close.

A bumped tile stays greyed in its place with UNDO, then leaves a gap. Gaps close, and new, rush and recalled tickets take
their place by the order of work, when no key or touch came for a while, at the latest after a time. Until then new ones
stand at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from display.core.board import TicketKey
from display.core.same_ends import same_ends
from heard.quick import quick
from heard.ticket import Ticket, work_key


@dataclass(frozen=True, slots=True)
class Timing:
    """Delays of a cooking screen in seconds."""

    undo_s: float = 3.0
    """A bumped tile stays greyed in its place."""
    close_after_s: float = 1.5
    """Without a key or touch, gaps close."""
    close_latest_s: float = 10.0
    """In a busy kitchen a key is always coming: gaps close all the same."""
    settle_s: float = 0.5
    """A finger that was on its way means the picture from before."""
    double_s: float = 0.7
    """A second BUMP within this only clicks."""
    page_idle_s: float = 10.0
    """Back to the first page."""
    apart_s: float = 1 / 60
    """What came is shown at once where it stands, or last; the place that it takes then is a picture of its own, a frame later:
    a page that moves costs several times what its news costs."""


STABLE = Timing()
SHIFTING = Timing(undo_s=0.0, close_after_s=0.0, close_latest_s=0.0, apart_s=0.0)
"""`slots = shifting`: what is left moves up at once, for kitchens that want 1-1-1."""
NO_DELAYS = Timing(0.0, 0.0, 0.0, 0.0, 0.0, 10.0, 0.0)
"""For a simulated cook, who reads and presses in one moment."""


RETURN_S = 10.0
"""How long a tile that was taken back stands without its ticket; without a hub it greys again, the undo is queued."""


class Stand(StrEnum):
    """What is in a place."""

    LIVE = "live"
    BUMPED = "bumped"
    GAP = "gap"


@quick
@dataclass(frozen=True, slots=True)
class Place:
    """One place on the screen. Of a gap and a bumped tile `ticket` is the last that stood there."""

    key: TicketKey
    ticket: Ticket
    stand: Stand = Stand.LIVE
    since_s: float = 0.0
    word: str = "bumped"  # what a greyed tile says of itself


class Slots:
    """The places of one screen, in painting order. Seconds are monotonic."""

    def __init__(
        self, timing: Timing = STABLE, order: Callable[[Ticket], tuple[int | str, ...]] = work_key
    ) -> None:
        self.timing = timing
        self._work_key = order
        self.places: tuple[Place, ...] = ()
        self._bumped_s: dict[TicketKey, float] = {}
        self._words: dict[TicketKey, str] = {}
        self._returning: dict[TicketKey, float] = {}
        self._last_input_s = float("-inf")
        self._due_since_s: float | None = None
        self._tickets: tuple[Ticket, ...] = ()
        self._order: tuple[TicketKey, ...] = ()
        self._at_rest = False

    def touched(self, now_s: float) -> None:
        """A key or touch came."""
        self._last_input_s = now_s

    def bumped(self, key: TicketKey, now_s: float, word: str = "bumped") -> None:
        """This screen bumped the tile, or moved it: when it leaves the tickets it stays greyed, with that word."""
        self._bumped_s[key] = now_s
        self._words[key] = word

    def unbumped(self, key: TicketKey) -> None:
        """The bump was refused, or taking it back was."""
        self._bumped_s.pop(key, None)
        self._words.pop(key, None)
        self._returning.pop(key, None)

    def taken_back(self, key: TicketKey, now_s: float) -> None:
        """UNDO: the tile stands again at once, until the stream brings it, for RETURN_S at most."""
        self._bumped_s.pop(key, None)
        self._returning[key] = now_s + RETURN_S
        self._at_rest = False
        self.places = tuple(
            Place(key, place.ticket, Stand.LIVE, now_s)
            if place.key == key and place.stand is Stand.BUMPED
            else place
            for place in self.places
        )

    def sync(self, tickets: Mapping[TicketKey, Ticket], order: tuple[Ticket, ...], now_s: float) -> bool:
        """Take the newest tickets and let time pass; True when any place changed."""
        if order is self._tickets and self._at_rest:
            return False
        before = self.places
        if order is not self._tickets:
            known, self._tickets = self._tickets, order
            start, end = same_ends(known, order)
            came = order[start : len(order) - end]
            keys = tuple([ticket.key for ticket in came])
            gone = self._order[start : len(known) - end]
            self._order = (*self._order[:start], *keys, *self._order[len(known) - end :])
            if self._at_rest and (keys == gone or (not gone and not end)):
                # Some changed where they stand, or came last: every other place is as it was.
                changed = [
                    Place(ticket.key, ticket, Stand.LIVE, place.since_s)
                    for ticket, place in zip(came, before[start : start + len(gone)], strict=False)
                ]
                changed += [Place(ticket.key, ticket) for ticket in came[len(gone) :]]
                self.places = (*before[:start], *changed, *before[start + len(gone) :])
                return True
        stays = (
            Stand.LIVE if not self._returning else None
        )  # nearly all of them, and nothing is to be remembered
        places = [
            place
            if place.stand is stays and tickets.get(place.key) is place.ticket
            else self._next(place, tickets, now_s)
            for place in before
        ]
        standing = {place.key for place in places}
        places += [Place(key, tickets[key]) for key in self._order if key not in standing]
        self.places = self._closed_if_due(places, now_s)
        return self.places != before

    def may_move_at_s(self, since_s: float) -> float:
        """When what was to move at `since_s` may: when no key or touch came for a while, at the latest after a time."""
        at = max(since_s, self._last_input_s + self.timing.close_after_s)
        return min(at, since_s + self.timing.close_latest_s)

    def next_due_s(self) -> float | None:
        """When `sync` will change something by itself."""
        due = [place.since_s + self.timing.undo_s for place in self.places if place.stand is Stand.BUMPED]
        due += self._returning.values()
        if self._due_since_s is not None:
            due.append(self._close_at_s(self.places, self._due_since_s))
        return min(due, default=None)

    def _next(self, place: Place, tickets: Mapping[TicketKey, Ticket], now_s: float) -> Place:
        ticket = tickets.get(place.key)
        if ticket is not None:
            self._returning.pop(place.key, None)
            if place.stand is not Stand.LIVE:
                self._bumped_s.pop(place.key, None)
            if place.stand is Stand.LIVE and ticket is place.ticket:
                return place
            return Place(
                place.key, ticket, Stand.LIVE, now_s if place.stand is not Stand.LIVE else place.since_s
            )
        if place.stand is Stand.LIVE:
            if self._returning.get(place.key, now_s) > now_s:
                return place
            self._returning.pop(place.key, None)
            bumped_s = self._bumped_s.get(place.key)
            if bumped_s is not None and now_s < bumped_s + self.timing.undo_s:
                word = self._words.pop(place.key, "bumped")
                return Place(place.key, place.ticket, Stand.BUMPED, bumped_s, word)
            self._bumped_s.pop(place.key, None)
            self._words.pop(place.key, None)
            return Place(place.key, place.ticket, Stand.GAP, now_s)
        if place.stand is Stand.BUMPED and now_s >= place.since_s + self.timing.undo_s:
            self._bumped_s.pop(place.key, None)
            return Place(place.key, place.ticket, Stand.GAP, now_s)
        return place

    def _closed_if_due(self, places: list[Place], now_s: float) -> tuple[Place, ...]:
        live = tuple([place.key for place in places if place.stand is Stand.LIVE])
        gaps = Stand.GAP in [place.stand for place in places]
        if not gaps and live == self._order:
            self._due_since_s = None
            self._at_rest = not self._returning and len(live) == len(places)
            return tuple(places)
        self._at_rest = False
        if self._due_since_s is None:
            self._due_since_s = now_s
        if now_s < self._close_at_s(places, self._due_since_s):
            return tuple(places)
        kept = [place for place in places if place.stand is not Stand.GAP]
        kept.sort(key=lambda place: self._work_key(place.ticket))  # a greyed one by its last ticket
        self._due_since_s = None
        return tuple(kept)

    def _close_at_s(self, places: Sequence[Place], due_since_s: float) -> float:
        """No sooner than the tile that is greyed has had its time, unless it is already late."""
        gaps = Stand.GAP in [place.stand for place in places]
        apart_s = 0.0 if gaps else self.timing.apart_s
        at = max(due_since_s + apart_s, self._last_input_s + self.timing.close_after_s)
        greyed = [place.since_s + self.timing.undo_s for place in places if place.stand is Stand.BUMPED]
        return min(max(at, *greyed) if greyed else at, due_since_s + self.timing.close_latest_s)
