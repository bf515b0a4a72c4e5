"""A simulated cook: looks at the painted screen and presses the same keys as a person. Chance comes in as an argument."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from display.core.board import TicketKey
from display.core.keymap import Action, Grammar, Press
from display.core.prep_intents import only_the_cook_knows
from display.core.slots import Stand
from display.core.standing import Stands
from display.core.wavering import Wavering
from heard.errors import UserError
from heard.order import LineState
from heard.ticket import TO_MAKE_STATES, Ticket

READ_S = (0.8, 2.5)
"""A person looks at a new ticket for this long before the first key."""
COOK_S_PER_LINE = (1.0, 2.8)
"""Time at the fire for each line, in the quick motion of a demonstration."""
KEY_S = (0.15, 0.45)
"""Between two keys of one thought."""
START_SHARE = 0.6
"""So many tickets are started before they are bumped; the rest are bumped at once, as cooks do."""
AT_ONCE_MAX = 3
"""Tickets that one cook has in hand."""
PAGE_S = (0.8, 1.5)
"""Where nothing on this page is to be made: before the cook turns it."""
PAGE_INSTANT_S = 0.1
ANSWERS_SHARE, MADE_SHARE = 0.7, 0.4
"""Of the voids of which only he knows whether they were made: so many he answers, and so many of these were made."""
WAVERS = "wavers"


@dataclass(frozen=True, slots=True)
class Profile:
    """How a cook works. `instant` presses all keys of a picture in the moment it was painted.

    One who `wavers` starts some tickets first, bumps some line by line, takes some bumps back, rushes and fires some. Whoever is no
    machine says of some voids whether they were made.
    """

    instant: bool
    seed: int = 0
    wavers: bool = False


def profile(text: str) -> Profile:
    """ "instant", "human:SEED", and either with ":wavers" behind its seed; UserError for anything else."""
    kind, _, rest = text.partition(":")
    seed, _, more = rest.partition(":")
    known = kind in ("instant", "human") and more in ("", WAVERS)
    if not known or (seed and not seed.isdigit()) or (kind == "instant" and seed and not more):
        raise UserError(
            f"no cook is called {text!r}",
            f"cooks are: instant, human:SEED (a number), instant:SEED:{WAVERS}, human:SEED:{WAVERS}",
        )
    return Profile(kind == "instant", int(seed or 0), bool(more))


@dataclass(slots=True)
class _InHand:
    start_s: float
    bump_s: float
    started: bool


@dataclass(frozen=True, slots=True)
class Work:
    """What a ticket asks for: whether anything, what is pressed before BUMP, and whether it is started first."""

    to_do: Callable[[Ticket], bool] = lambda ticket: _to_do(ticket)
    before: Callable[[Ticket], tuple[Press, ...]] = lambda _ticket: ()
    starts: bool = True


class Cook:
    """Decides when to press what. `chance` returns numbers from [0, 1)."""

    def __init__(self, profile: Profile, grammar: Grammar, chance: Callable[[], float]) -> None:
        self._profile, self._grammar, self._chance = profile, grammar, chance
        self._in_hand: dict[TicketKey, _InHand] = {}
        self._free_s = 0.0
        self._page_due_s: float | None = None
        self._here: frozenset[TicketKey] = frozenset()
        self._work = Work()
        self.wavering = Wavering(chance) if profile.wavers else None

    def keys(
        self, stands: Stands, tickets: dict[TicketKey, Ticket], now_s: float, work: Work | None = None
    ) -> tuple[tuple[Press, ...], ...]:
        """Thoughts to carry out now, each some keys that belong together. `work`: what there is to do, if not a station's."""
        self._work = work or Work()
        slots = {tile.key: tile.slot for tile in reversed(stands.tiles) if tile.stand is Stand.LIVE}
        here = slots
        if work is None:
            here = {key: slot for key, slot in slots.items() if _to_do_here(stands, key, tickets.get(key))}
        if self._profile.instant:
            thoughts = tuple(
                self._bump(slot, tickets[key])
                for key, slot in sorted(here.items(), key=lambda one: one[1])
                if key in tickets and self._work.to_do(tickets[key])
            )
        else:
            thoughts = self._human(here, tickets, now_s)
        self._here = frozenset(here)
        if thoughts or work is not None or not self._waits_elsewhere(tickets, now_s):
            self._page_due_s = None
        else:
            thoughts = self._page(now_s)
        if self.wavering is None:
            return thoughts
        held = {
            key: self._select(slot)
            for key, slot in slots.items()
            if key in tickets and tickets[key].waiting_only
        }
        return self.wavering.over(thoughts, held)

    def _waits_elsewhere(self, tickets: dict[TicketKey, Ticket], now_s: float) -> bool:
        """What is to be done stands on other pages only, or is in hand there and ready to be bumped."""
        if not self._here:
            return any(map(_to_do, tickets.values()))
        return any(key not in self._here and now_s >= one.bump_s for key, one in self._in_hand.items())

    def _page(self, now_s: float) -> tuple[tuple[Press, ...], ...]:
        """What is left to do stands on another page; after the last one comes the first."""
        if self._page_due_s is None:
            self._page_due_s = now_s + (PAGE_INSTANT_S if self._profile.instant else self._between(PAGE_S))
        if now_s < self._page_due_s:
            return ()
        self._page_due_s = None
        if not self._profile.instant:
            self._free_s = now_s + self._between(READ_S)  # a key pressed at once would mean the page before
        return ((Press(Action.PAGE_NEXT),),)

    def next_due_s(self) -> float | None:
        """When a thought comes up next."""
        times = [
            min(one.bump_s, one.bump_s if one.started else one.start_s)
            for key, one in self._in_hand.items()
            if key in self._here
        ]
        if self._page_due_s is not None:
            times.append(self._page_due_s)
        return max(min(times), self._free_s) if times else None

    def _human(
        self, slots: dict[TicketKey, int], tickets: dict[TicketKey, Ticket], now_s: float
    ) -> tuple[tuple[Press, ...], ...]:
        self._in_hand = {
            key: one
            for key, one in self._in_hand.items()
            if key in tickets and self._work.to_do(tickets[key])
        }
        # What stands on another page leaves the cook's hands free for what stands here.
        in_hand = sum(key in slots for key in self._in_hand)
        for key in sorted(slots, key=lambda key: slots[key]):
            if in_hand >= AT_ONCE_MAX:
                break
            if key in self._in_hand or key not in tickets or not self._work.to_do(tickets[key]):
                continue
            begin = now_s + self._between(READ_S)
            lines = sum(line.at.state in TO_MAKE_STATES for line in tickets[key].lines)
            cooked = begin + sum(self._between(COOK_S_PER_LINE) for _ in range(max(1, lines)))
            started = self._chance() >= START_SHARE or not self._work.starts
            self._in_hand[key] = _InHand(begin, cooked, started)
            in_hand += 1
        if now_s < self._free_s:
            return ()
        for key, one in self._in_hand.items():
            if key not in slots:
                continue
            if not one.started and now_s >= one.start_s:
                one.started = True
                self._free_s = now_s + self._between(KEY_S)
                return ((*self._select(slots[key]), Press(Action.START)),)
            if now_s >= one.bump_s:
                one.bump_s = now_s + 1.0  # looks again if it still stands there
                self._free_s = now_s + self._between(KEY_S)
                return (self._bump(slots[key], tickets[key]),)
        return ()

    def _between(self, bounds: tuple[float, float]) -> float:
        return bounds[0] + self._chance() * (bounds[1] - bounds[0])

    def _select(self, slot: int) -> tuple[Press, ...]:
        tens, ones = divmod(slot, 10)
        return (Press(Action.DIGIT, 0), Press(Action.DIGIT, ones)) if tens else (Press(Action.DIGIT, ones),)

    def _bump(self, slot: int, ticket: Ticket) -> tuple[Press, ...]:
        keys, before = self._select(slot), self._work.before(ticket)
        if self._grammar is Grammar.SELECT:
            keys += (*before, Press(self._answer(ticket) or Action.BUMP))
        return keys

    def _answer(self, ticket: Ticket) -> Action | None:
        """Of a void that he sees; None: he only says that he has seen it, or there is none."""
        asked = any(only_the_cook_knows(line.at) for line in ticket.lines)
        if not asked or not self._work.starts or (self._profile.instant and not self._profile.wavers):
            return None
        if self._chance() >= ANSWERS_SHARE:
            return None
        return Action.MADE if self._chance() < MADE_SHARE else Action.NOT_MADE


def _to_do_here(stands: Stands, key: TicketKey, ticket: Ticket | None) -> bool:
    """Something of it that stands on this page is to be made or to be seen: its other lines may stand on another one."""
    if ticket is None:
        return False
    painted = {line.line_id for tile in stands.tiles if tile.key == key for line in tile.box.lines}
    return any(
        line.line.line_id in painted and (line.at.state in TO_MAKE_STATES or line.unseen)
        for line in ticket.lines
    )


def _to_do(ticket: Ticket) -> bool:
    """Something may be bumped or must be acknowledged; a course that is held waits."""
    return any(line.at.state in TO_MAKE_STATES or line.unseen for line in ticket.lines) and not all(
        line.at.state is LineState.WAITING for line in ticket.lines
    )
