"""What keys mean on the list by item: BUMP on a dish is one command for each order that asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from display.core.board import TicketKey
from display.core.by_item import ItemTicket, Ticked
from display.core.effects import Click, Effect, Send, TakeBack
from display.core.intents import UNDO_TAP_AFTER_S
from display.core.keymap import Action, Press
from display.core.menu import ENTRIES_MAX, Entry, Kind, Menu, Subject
from display.core.prep_intents import PrepIntents, only_the_cook_knows, seen_word
from display.core.standing import Stood, line_key
from display.core.touch import Touched
from heard.command import Acknowledge, BumpLines, PaintedLine, Rush, StartLines
from heard.order import LineState
from heard.ticket import TO_MAKE_STATES, Ticket, TicketLine, unseen_void

_Wanted: TypeAlias = Callable[[TicketLine], bool]

TICKED_MAX = 32
"""Rows that stand done at once; more than fingers touch in three seconds."""


class ListIntents(PrepIntents):
    """The keys of a station that cooks by dish. `items` are the tiles as they stand now."""

    items: Mapping[TicketKey, Ticket] = {}
    ticked: tuple[Ticked, ...] = ()
    """Rows that a finger has just made; another tuple when it is another."""

    def _ticket(self, key: TicketKey) -> Ticket | None:
        return self.items.get(key)

    def _bump(self, key: TicketKey, now_s: float, only: frozenset[str] | None = None) -> tuple[Effect, ...]:
        if not isinstance(self.items.get(key), ItemTicket):
            return super()._bump(key, now_s, only)  # a ticket that waits
        item = self._item(key, now_s)
        if item is None:
            return self._nothing(now_s)
        unseen = self._named(item, only, now_s, lambda line: line.unseen)
        if unseen is None:
            return self._nothing(now_s)
        if unseen:
            self._last_bump_s = now_s
            self.selected_line = ""
            known = {one.line_id for _, lines in unseen for one in lines}
            self.say(seen_word(self.items[key].lines, known), now_s)
            return tuple(
                self._send(ticket, Acknowledge(self._board.station, lines)) for ticket, lines in unseen
            )
        made = self._named(item, only, now_s, lambda line: line.at.state in TO_MAKE_STATES)
        if not made:
            return self._nothing(now_s)
        self._last_bump_s = now_s
        self._select(None)
        if only is None:
            self._slots.bumped(key, now_s)
        wishes = [(ticket, BumpLines(self._board.station, lines)) for ticket, lines in made]
        return self._act_on_each(wishes, key, now_s, bumped=only is None)

    @property
    def asks_made(self) -> bool:
        item = self.items.get(self.selected) if self.selected is not None else None
        return item is not None and any(only_the_cook_knows(line.at) for line in item.lines)

    def _voids(
        self, key: TicketKey, only: frozenset[str] | None, now_s: float
    ) -> list[tuple[Ticket, tuple[PaintedLine, ...]]] | None:
        if not isinstance(self.items.get(key), ItemTicket):
            return super()._voids(key, only, now_s)
        item = self._item(key, now_s)
        return None if item is None else self._named(item, only, now_s, lambda line: unseen_void(line.at))

    def _tap_line(self, stood: Stood, ids: frozenset[str], now_s: float) -> tuple[Effect, ...]:
        """A row that is to be made is done; touched again while it stands there done, it is not."""
        ticks = [one for one in self.ticked if _key(one.ticket, one.line) in ids]
        if ticks:
            return self._untick(ticks[0], now_s)
        rows = self._rows_of(stood.key, ids)
        effects = self._bump(stood.key, now_s, ids)
        tokens = {
            (one.order_id, line.line_id): one.token
            for one in effects
            if isinstance(one, Send) and isinstance(one.verb, BumpLines)
            for line in one.verb.lines
        }
        made = [
            Ticked(ticket, line, token, now_s)
            for ticket, line in rows
            if (token := tokens.get((ticket.order.order_id, line.line.line_id))) is not None
        ]
        self.ticked = (*self.ticked, *made)[-TICKED_MAX:]
        return effects

    def _untick(self, tick: Ticked, now_s: float) -> tuple[Effect, ...]:
        if now_s - tick.at_s < UNDO_TAP_AFTER_S:
            return (Click(),)
        if self.last is not None and self.last.token == tick.token:
            return self._undo(now_s)
        self._forget({tick.token})
        self._token += 1
        return (TakeBack(self._token, tick.ticket.order.order_id, tick.token),)

    def _undo(self, now_s: float) -> tuple[Effect, ...]:
        effects = super()._undo(now_s)
        self._forget({one.of for one in effects if isinstance(one, TakeBack)})
        return effects

    def refused(self, token: int, now_s: float, key: str, **values: object) -> None:
        self._forget({token})
        super().refused(token, now_s, key, **values)

    def passed(self, now_s: float) -> bool:
        over = {one.token for one in self.ticked if now_s >= one.at_s + self._timing.undo_s}
        self._forget(over)
        return super().passed(now_s) or bool(over)

    def next_due_s(self) -> float | None:
        due = [one.at_s + self._timing.undo_s for one in self.ticked]
        other = super().next_due_s()
        return min((*due, other) if other is not None else due, default=None)

    def _forget(self, tokens: set[int]) -> None:
        if any(one.token in tokens for one in self.ticked):
            self.ticked = tuple(one for one in self.ticked if one.token not in tokens)

    def _rows_of(self, key: TicketKey, ids: frozenset[str]) -> list[tuple[Ticket, TicketLine]]:
        item = self.items.get(key)
        members = item.members if isinstance(item, ItemTicket) else ()
        return [(ticket, line) for ticket, lines in members for line in lines if _key(ticket, line) in ids]

    def _start(self, now_s: float) -> tuple[Effect, ...]:
        item = self._item(self.selected, now_s) if self.selected is not None else None
        if item is None:
            self.say("say.nothing_selected", now_s)
            return (Click(),)
        named = self._named(item, self._of_line(), now_s, lambda line: line.at.state is LineState.QUEUED)
        if not named:
            self.say("say.nothing_to_start", now_s)
            return (Click(),)
        wishes = [(ticket, StartLines(self._board.station, lines)) for ticket, lines in named]
        return self._act_on_each(wishes, item.key, now_s, bumped=False)

    def _rush(self, now_s: float) -> tuple[Effect, ...]:
        ticket = self._chosen(now_s)
        if ticket is None:
            return (Click(),)
        return self._act_on_each([(ticket, Rush(not ticket.order.rush))], ticket.key, now_s, bumped=False)

    def _own(self, press: Press, now_s: float) -> tuple[Effect, ...]:
        return self._start(now_s) if press.action is Action.START else super()._own(press, now_s)

    def _held(self, stood: Stood, touched: Touched, now_s: float) -> tuple[Effect, ...]:
        """A dish that several tickets ask for: which of them?"""
        if not isinstance(self.items.get(stood.key), ItemTicket):
            return super()._held(stood, touched, now_s)
        item = self._item(stood.key, now_s)
        if item is None:
            return self._nothing(now_s)
        if touched.y >= stood.box.y + stood.header_h or len(item.members) == 1:
            return super()._held(stood, touched, now_s)
        self._select(stood.key)
        rows = tuple(
            Subject(
                ticket.order,
                ticket.key,
                self._seen(ticket.key, now_s),
                tuple(line.line.line_id for line in lines),
                self._means_s(now_s),
            )
            for ticket, lines in item.members[:ENTRIES_MAX]
        )
        numbers = [f"#{one.order.call_number or one.order.order_id[-4:]}" for one in rows]
        entries = tuple(Entry(str(n), name={"": number}) for n, number in enumerate(numbers))
        self.menu = Menu(Kind.ROWS, entries, now_s, at=(touched.x, touched.y), rows=rows)
        return ()

    def _row_lines(self, key: TicketKey) -> tuple[str, ...]:
        """Of a dish that one ticket asks for, those lines: a menu of the dish is about no other."""
        lines, item = super()._row_lines(key), self.items.get(self.selected or ("", 0))
        if lines or not isinstance(item, ItemTicket):
            return lines
        return tuple(line.line.line_id for ticket, own in item.members if ticket.key == key for line in own)

    def _leaves(self, ticket: Ticket, from_station: str, lines: tuple[PaintedLine, ...]) -> bool:
        return False  # a tile is a dish, not a ticket

    def _chosen(self, now_s: float) -> Ticket | None:
        """The ticket of the selected row, or of the only one; or one that waits."""
        if self.selected is not None and not isinstance(self.items.get(self.selected), ItemTicket):
            return super()._chosen(now_s)
        found = self._line(now_s)
        return found[0] if found is not None else None

    def _means(self, ticket: Ticket, line: TicketLine) -> bool:
        return self.selected_line == _key(ticket, line) or super()._means(ticket, line)

    def _line(self, now_s: float) -> tuple[Ticket, TicketLine] | None:
        if self.selected is not None and not isinstance(self.items.get(self.selected), ItemTicket):
            return super()._line(now_s)
        item = self._item(self.selected, now_s) if self.selected is not None else None
        if item is None:
            self.say("say.nothing_selected", now_s)
            return None
        rows = [
            (ticket, line)
            for ticket, lines in item.members
            for line in lines
            if self._means(ticket, line) and line.at.state is not LineState.DONE
        ]
        if len({ticket.key for ticket, _ in rows}) != 1:
            self.say("say.select_line", now_s)
            return None
        return rows[0]

    def _item(self, key: TicketKey, now_s: float) -> ItemTicket | None:
        ticket, _ = self._standing(key, now_s)
        return ticket if isinstance(ticket, ItemTicket) else None

    def _named(
        self, item: ItemTicket, only: frozenset[str] | None, now_s: float, wanted: _Wanted
    ) -> list[tuple[Ticket, tuple[PaintedLine, ...]]] | None:
        """The wanted lines by ticket as they were painted; one that was not is left out, None where none was.

        What came back to the dish since (an UNDO a moment ago) did not stand in it: this key did not mean it.
        """
        stood = {
            line_key(one)
            for tile in self._meant(now_s).tiles
            if tile.key == item.key
            for one in tile.box.lines
        }
        found = []
        missed = False
        for ticket, lines in item.members:
            seen = self._seen(ticket.key, now_s)
            chosen = [line for line in lines if wanted(line) and (only is None or _key(ticket, line) in only)]
            named = tuple(
                PaintedLine(line.line.line_id, line.at.version)
                for line in chosen
                if seen.get(line.line.line_id) == line.at.version and _key(ticket, line) in stood
            )
            missed = missed or len(named) < len(chosen)
            if named:
                found.append((ticket, named))
        return None if missed and not found else found


def _key(ticket: Ticket, line: TicketLine) -> str:
    return f"{ticket.key[0]}/{ticket.key[1]}/{line.line.line_id}"
