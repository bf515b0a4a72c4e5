"""What a cook's keys mean on a prep screen: BUMP, START, and a tap on a line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from display.core.board import TicketKey
from display.core.effects import Click, Effect
from display.core.keymap import Action, Press
from display.core.menu import Entry, Subject
from display.core.menu_intents import MenuIntents
from display.core.recall import recall_verb
from display.core.standing import Stood, line_key
from heard.command import Acknowledge, BumpLines, PaintedLine, RecallLines, StartLines, Verb
from heard.order import LineState, Order, StationLine, VoidAnswer
from heard.ticket import OPEN_STATES, TO_MAKE_STATES, Ticket, TicketLine, line_is_open, unseen_void

ANSWERS = {Action.MADE: VoidAnswer.MADE, Action.NOT_MADE: VoidAnswer.NOT_MADE}
"""What the hub cannot know of a void that nobody had started; see `hub.core.acknowledge`."""


def only_the_cook_knows(at: StationLine) -> bool:
    """True for a void to be seen of a line that nobody had started."""
    return unseen_void(at) and at.state_before_void is LineState.QUEUED and not at.made_milli


def seen_word(lines: Iterable[TicketLine], known: Collection[str]) -> str:
    """What a tile of these lines says once changes and voids of the `known` ones are seen: it leaves, the next BUMP bumps it, or neither."""
    stays = [
        one
        for one in lines
        if line_is_open(one.at) and (one.line.line_id not in known or one.at.state in OPEN_STATES)
    ]
    if not stays:
        return "say.seen"
    more = any(one.unseen and one.line.line_id not in known for one in stays)
    makes = any(one.at.state in TO_MAKE_STATES for one in stays)
    return "say.acknowledged" if makes and not more else "say.rest_stays"


class PrepIntents(MenuIntents):
    """The keys of one station."""

    def _own(self, press: Press, now_s: float) -> tuple[Effect, ...]:
        if press.action is Action.START:
            return self._start(now_s)
        if press.action is Action.BUMP_LINE:
            return self._bump_line(now_s)
        if press.action in ANSWERS:
            return self._answer(ANSWERS[press.action], self._of_line(), now_s)
        return super()._own(press, now_s)

    @property
    def asks_made(self) -> bool:
        ticket = self._ticket(self.selected) if self.selected is not None else None
        return ticket is not None and any(only_the_cook_knows(line.at) for line in ticket.lines)

    def _answer(self, answer: VoidAnswer, only: frozenset[str] | None, now_s: float) -> tuple[Effect, ...]:
        """The selected tile's voids are seen, and whether they were made; what else changed there still waits to be seen."""
        if self.selected is None:
            self.say("say.nothing_selected", now_s)
            return (Click(),)
        voids = self._voids(self.selected, only, now_s)
        if not voids:
            self.say("say.nothing_voided" if voids is not None else "say.changed_meanwhile", now_s)
            return (Click(),)
        self._last_bump_s = now_s
        self.selected_line = ""
        self.say("say.said_made" if answer is VoidAnswer.MADE else "say.said_not_made", now_s)
        return tuple(
            self._send(ticket, Acknowledge(self._board.station, lines, answer)) for ticket, lines in voids
        )

    def _voids(
        self, key: TicketKey, only: frozenset[str] | None, now_s: float
    ) -> list[tuple[Ticket, tuple[PaintedLine, ...]]] | None:
        """Voids to be seen as they were painted, by ticket; None where one came under the finger."""
        ticket, seen = self._standing(key, now_s)
        lines = ticket.lines if ticket is not None else ()
        voids = [one for one in lines if unseen_void(one.at) and (only is None or one.line.line_id in only)]
        if ticket is None or any(seen.get(one.line.line_id) != one.at.version for one in voids):
            return None
        found = tuple(PaintedLine(one.line.line_id, one.at.version) for one in voids)
        return [(ticket, found)] if found else []

    def _entries(self, subject: Subject) -> tuple[Entry, ...]:
        """A void is answered first."""
        ticket = self._board.tickets.get(subject.key or ("", 0))
        lines = ticket.lines if ticket is not None else ()
        if any(only_the_cook_knows(one.at) and subject.wants(one.line.line_id) for one in lines):
            made = Entry("made", "menu.made", icon="check"), Entry("not_made", "menu.not_made", icon="ban")
            return (*made, *super()._entries(subject))
        return super()._entries(subject)

    def _of_ticket(self, subject: Subject, entry: Entry, now_s: float) -> tuple[Effect, ...]:
        if entry.what not in (Action.MADE.value, Action.NOT_MADE.value):
            return super()._of_ticket(subject, entry, now_s)
        self._close_menu(now_s)
        only = frozenset(subject.line_ids) or None
        return self._answer(ANSWERS[Action(entry.what)], only, now_s)

    def _bump_line(self, now_s: float) -> tuple[Effect, ...]:
        """The selected line, else the first that is left; the ticket stays selected, so that the key goes on line by line."""
        key = self.selected
        if key is not None and not self.selected_line:
            self.selected_line = next(self._lines_left(key), "")
            if not self.selected_line:
                return self._nothing(now_s)
        done = self._bump_key(now_s)
        if key is not None and self._stands(key):
            self._select(key)
        return done

    def _lines_left(self, key: TicketKey) -> Iterator[str]:
        """Painted rows of which something is to be made or to be seen."""
        ticket = self._ticket(key)
        lines = ticket.lines if ticket is not None else ()
        left = {one.line.line_id for one in lines if one.unseen or one.at.state in TO_MAKE_STATES}
        for tile in self._history.newest.tiles:
            for rows in tile.rows if tile.key == key else ():
                yield from (line_key(one) for one in rows.lines[:1] if one.line_id in left)

    def _recalls(self, order: Order) -> Verb | None:
        return recall_verb(order, self._board.station)

    def _open_at(self, ticket: Ticket, subject: Subject) -> dict[str, tuple[PaintedLine, ...]]:
        lines = tuple(
            PaintedLine(line.line.line_id, line.at.version)
            for line in ticket.lines
            if line.at.state in OPEN_STATES
            and subject.wants(line.line.line_id)
            and subject.seen[line.line.line_id] == line.at.version
        )
        return {self._board.station: lines}

    def _leaves(self, ticket: Ticket, from_station: str, lines: tuple[PaintedLine, ...]) -> bool:
        gone = {one.line_id for one in lines}
        return all(line.line.line_id in gone for line in ticket.lines if line.open or line.unseen)

    def _bump(self, key: TicketKey, now_s: float, only: frozenset[str] | None = None) -> tuple[Effect, ...]:
        ticket, seen = self._standing(key, now_s)
        if ticket is None:
            return self._nothing(now_s)
        unseen = [
            line for line in ticket.lines if line.unseen and (only is None or line.line.line_id in only)
        ]
        if unseen:
            known = tuple(
                PaintedLine(line.line.line_id, line.at.version)
                for line in unseen
                if seen.get(line.line.line_id) == line.at.version
            )
            if len(known) < len(unseen):  # something came under the finger: look first
                self.say("say.changed_meanwhile", now_s)
                return (Click(),)
            self._last_bump_s = now_s
            self.selected_line = ""
            self.say(seen_word(ticket.lines, {one.line_id for one in known}), now_s)
            return (self._send(ticket, Acknowledge(self._board.station, known)),)
        to_make = [
            line
            for line in ticket.lines
            if line.at.state in TO_MAKE_STATES and (only is None or line.line.line_id in only)
        ]
        lines = tuple(
            PaintedLine(line.line.line_id, line.at.version)
            for line in to_make
            if seen.get(line.line.line_id) == line.at.version
        )
        if not lines:
            if not to_make and any(line.at.state is LineState.WAITING for line in ticket.lines):
                self.say("say.fire_first", now_s)
            elif to_make:
                self.say("say.changed_meanwhile", now_s)
            return (Click(),)
        self._last_bump_s = now_s
        self._select(None)
        self._slots.bumped(key, now_s)
        return (self._act(ticket, BumpLines(self._board.station, lines), now_s, bumped=True),)

    def _start(self, now_s: float) -> tuple[Effect, ...]:
        if self.selected is None:
            self.say("say.nothing_selected", now_s)
            return (Click(),)
        ticket, seen = self._standing(self.selected, now_s)
        if ticket is None:
            return self._nothing(now_s)
        only = self._of_line()
        lines = tuple(
            PaintedLine(line.line.line_id, line.at.version)
            for line in ticket.lines
            if line.at.state is LineState.QUEUED
            and seen.get(line.line.line_id) == line.at.version
            and (only is None or line.line.line_id in only)
        )
        if not lines:
            self.say("say.nothing_to_start", now_s)
            return (Click(),)
        return (self._act(ticket, StartLines(self._board.station, lines), now_s, bumped=False),)

    def _tap_line(self, stood: Stood, ids: frozenset[str], now_s: float) -> tuple[Effect, ...]:
        """A line that is to be made is done, a done one is not done; the verb names the wanted state."""
        ticket, seen = self._standing(stood.key, now_s)
        if ticket is None:
            return self._nothing(now_s)
        touched = [line for line in ticket.lines if line.line.line_id in ids]
        done = tuple(
            PaintedLine(line.line.line_id, line.at.version)
            for line in touched
            if line.at.state is LineState.DONE and seen.get(line.line.line_id) == line.at.version
        )
        if done and len(done) == len(touched):
            verb = RecallLines(self._board.station, done)
            return (self._act(ticket, verb, now_s, bumped=False),)
        return self._bump(stood.key, now_s, ids)
