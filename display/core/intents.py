"""Keys and touches of a ticket screen: selection, pages, bump and undo, alike for every role.

A command names what the cook saw: the picture of half a second before the key. Pure: what must be done comes back as
effects, which the shell carries out in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from display.core.board import TicketKey
from display.core.effects import Click, Effect, Last, Send, TakeBack, TurnSound
from display.core.keymap import DESTRUCTIVE, Action, Grammar, Press
from display.core.picking import FullView, Picking
from display.core.recall import RecallList
from display.core.slots import Stand
from display.core.staged import PREFIX
from display.core.standing import Stood, line_key
from display.core.touch import Gesture, Touched
from heard.command import Rush, Verb
from heard.ticket import Ticket

UNDO_S = 60.0
"""The hub takes back a screen's last action for this long; afterwards it is RECALL."""
UNDO_TAP_AFTER_S = 0.7
"""A second tap on a tile within this is a slip of the finger, not a wish to undo."""
TENS_S = 1.5
"""After 0 the next digit belongs to it for this long."""


class Intents(Picking):
    """What the cook is doing on one screen: selection, page, and the last action.

    A role says what BUMP, a tap on a line and its own keys mean.
    """

    # What comes in

    def press(self, press: Press, now_s: float) -> tuple[Effect, ...]:
        """A key went down."""
        self.touched(now_s)
        if press.repeat and press.action in DESTRUCTIVE:
            return ()
        if now_s < self._deaf_keys_s:
            return (Click(),)
        if press.action is Action.SOUND:
            return (TurnSound(),)
        if self.menu is not None:
            return self._in_menu(press, now_s)
        if self.recall is not None:
            return self._in_recall(press, now_s)
        if self.full is not None:
            return self._in_full(press, now_s)
        match press.action:
            case Action.DIGIT:
                return self._digit(press.number, now_s)
            case Action.BUMP:
                return self._bump_key(now_s)
            case Action.UNDO:
                return self._undo(now_s)
            case Action.RUSH:
                return self._rush(now_s)
            case Action.RECALL:
                return self._look_back(RecallList(self._looks_at))
            case Action.ALL_DAY:
                self._all_day(now_s)
            case Action.PAGE_NEXT | Action.PAGE_PREVIOUS:
                self._turn(1 if press.action is Action.PAGE_NEXT else -1, now_s)
            case Action.HOME:
                self._turn(-self.page, now_s)
            case Action.NEXT | Action.PREVIOUS | Action.RIGHT | Action.LEFT:
                self._step(press.action)
            case Action.LINE_DOWN | Action.LINE_UP:
                self._step_line(1 if press.action is Action.LINE_DOWN else -1)
            case Action.BACK:
                self._select(None)
                self.filter = ""
            case _:
                return self._own(press, now_s)
        return ()

    def touch(self, touched: Touched, now_s: float) -> tuple[Effect, ...]:
        """A finger or the mouse: header bumps, a line is done or not done, UNDO takes back, a hold opens the menu."""
        self.touched(now_s)
        self._finger_s = touched.down_s
        try:
            return self._touch(touched, now_s)
        finally:
            self._finger_s = None

    def _touch(self, touched: Touched, now_s: float) -> tuple[Effect, ...]:
        if touched.gesture is Gesture.LET_GO:
            return ()  # its hold was answered already
        if touched.gesture is Gesture.TOWEL:
            if self.menu is not None and self.menu.at == (touched.x, touched.y):
                self._uncover(now_s)  # it was no finger
            return ()
        if self.covered:
            self._uncover(now_s)  # a finger beside it closes it
            return ()
        down_s = now_s if touched.down_s is None else touched.down_s
        if down_s < self._deaf_touch_s:
            return (Click(),)
        meant = self._history.meant(down_s).at(touched.x, touched.y)
        if meant is None:
            return (Click(),) if self._history.newest.at(touched.x, touched.y) is not None else ()
        if meant.stand is Stand.BUMPED or self._is_bumped(meant.key):
            return self._tap_on_bumped(meant, touched, now_s)
        if meant.stand is Stand.GAP:
            return (Click(),)
        if touched.gesture is Gesture.HOLD:
            return self._held(meant, touched, now_s)
        if touched.y < meant.box.y + meant.header_h:
            return self._bump(meant.key, now_s)
        for rows in meant.rows:
            if rows.holds(touched.x, touched.y):
                if rows.action:
                    return self._tap_action(meant, rows.action, now_s)
                return self._tap_line(meant, frozenset(map(line_key, rows.lines)), now_s)
        self._select(meant.key)
        return ()

    def passed(self, now_s: float) -> bool:
        """Let time pass; True when something on the screen changes by it."""
        changed = False
        if self.saying is not None and now_s >= self.saying.until_s:
            self.saying = None
            changed = True
        if self._tens_s is not None and now_s - self._tens_s >= TENS_S:
            self._tens_s = None
        if self.page and now_s >= self._last_input_s + self._timing.page_idle_s:
            self.page = 0
            self._select(None)
            changed = True
        if self.filter and now_s >= self._last_input_s + self._timing.page_idle_s:
            self.filter = ""
            changed = True
        due_s = self._cover_due_s()
        if due_s is not None and now_s >= due_s:
            self._uncover(now_s, by_itself=True)
            changed = True
        subject = self.menu.subject if self.menu is not None else None
        if subject is not None and subject.key is not None and subject.key not in self._board.tickets:
            self._uncover(now_s, by_itself=True)  # somebody else was faster
            self.say("say.changed_meanwhile", now_s)
            changed = True
        if self.selected is not None and not self._stands(self.selected):
            self._select(None)
            changed = True
        return changed

    def next_due_s(self) -> float | None:
        """When `passed` will change something."""
        due = []
        if self.saying is not None:
            due.append(self.saying.until_s)
        if self.page or self.filter:
            due.append(self._last_input_s + self._timing.page_idle_s)
        cover_s = self._cover_due_s()
        if cover_s is not None:
            due.append(cover_s)
        return min(due, default=None)

    # What became of it

    def refused(self, token: int, now_s: float, key: str, **values: object) -> None:
        """A command did not happen: a tile that was greyed for it stands again."""
        if self.last is not None and self.last.token == token:
            self._slots.unbumped(self.last.ticket)
            self.last = None
        self.say(key, now_s, **values)

    @property
    def undo_of(self) -> TicketKey | None:
        """The bumped tile that UNDO would bring back."""
        return self.last.ticket if self.last is not None and self.last.bumped else None

    # Slots

    def _digit(self, number: int, now_s: float) -> tuple[Effect, ...]:
        if self._tens_s is not None and now_s - self._tens_s < TENS_S:
            self._tens_s = None
            number += 10
        elif number == 0:
            self._tens_s = now_s
            return ()
        stood = self._meant(now_s).under(number)
        if stood is None or stood.stand is not Stand.LIVE or not self._stands(stood.key):
            self.say("say.nothing_there", now_s, n=number)
            return (Click(),)
        if self.grammar is Grammar.BUMP:
            return self._bump(stood.key, now_s)
        self._select(stood.key)
        return ()

    # Acting

    def _bump_key(self, now_s: float) -> tuple[Effect, ...]:
        if now_s - self._last_bump_s < self._timing.double_s:
            self.say("say.twice", now_s)
            return (Click(),)
        if self.selected is None:
            self.say("say.nothing_selected", now_s)
            return (Click(),)
        if self.selected[0].startswith(PREFIX):
            self.say("say.staged", now_s)
            return (Click(),)
        return self._bump(self.selected, now_s, self._of_line())

    def _of_line(self) -> frozenset[str] | None:
        """The lines drawn in the selected row; None: the whole ticket."""
        if not self.selected_line:
            return None
        for tile in self._history.newest.tiles:
            for rows in tile.rows:
                ids = frozenset(map(line_key, rows.lines))
                if tile.key == self.selected and self.selected_line in ids:
                    return ids
        return None

    def _rush(self, now_s: float) -> tuple[Effect, ...]:
        ticket, _ = self._standing(self.selected, now_s) if self.selected is not None else (None, {})
        if ticket is None:
            self.say("say.nothing_selected", now_s)
            return (Click(),)
        return (self._act(ticket, Rush(not ticket.order.rush), now_s, bumped=False),)

    def _undo(self, now_s: float) -> tuple[Effect, ...]:
        last = self.last
        if last is None or now_s - last.at_s > UNDO_S:
            self.say("say.nothing_to_undo", now_s)
            return (Click(),)
        self.last = None
        self._last_bump_s = float("-inf")
        if last.bumped:
            self._slots.taken_back(last.ticket, now_s)
        effects = []
        for token, order_id in ((last.token, last.order_id or last.ticket[0]), *reversed(last.before)):
            self._token += 1
            effects.append(TakeBack(self._token, order_id, token))
        return tuple(effects)

    def _tap_on_bumped(self, stood: Stood, touched: Touched, now_s: float) -> tuple[Effect, ...]:
        on_undo = stood.undo is not None and stood.undo.holds(touched.x, touched.y)
        if self.undo_of != stood.key or self.last is None:
            return (Click(),)
        if on_undo or now_s - self.last.at_s >= UNDO_TAP_AFTER_S:
            return self._undo(now_s)
        return (Click(),)

    def _is_bumped(self, key: TicketKey) -> bool:
        newest = next((tile for tile in self._history.newest.tiles if tile.key == key), None)
        return newest is not None and newest.stand is Stand.BUMPED

    def _standing(self, key: TicketKey, now_s: float) -> tuple[Ticket | None, Mapping[str, int]]:
        """The ticket, if it stood on the picture that this key means, and its lines as they were painted."""
        meant = self._meant(now_s)
        if not any(tile.key == key and tile.stand is Stand.LIVE for tile in meant.tiles):
            return None, {}
        return self._ticket(key), self._seen(key, now_s)

    def _nothing(self, now_s: float) -> tuple[Effect, ...]:
        self.say("say.changed_meanwhile", now_s)
        return (Click(),)

    def _send(self, ticket: Ticket, verb: Verb) -> Send:
        self._token += 1
        return Send(self._token, ticket.order.order_id, verb)

    def _act(self, ticket: Ticket, verb: Verb, now_s: float, *, bumped: bool) -> Send:
        send = self._send(ticket, verb)
        self.last = Last(send.token, now_s, ticket.key, bumped)
        return send

    def _act_on_each(
        self, wishes: Sequence[tuple[Ticket, Verb]], key: TicketKey, now_s: float, *, bumped: bool
    ) -> tuple[Effect, ...]:
        """One key, a command for each of these orders; UNDO takes all of them back."""
        sends: list[Send] = []
        for ticket, verb in wishes:
            send = self._send(ticket, verb)
            first = sends[0].token if sends else send.token
            sends.append(replace(send, first=first if len(wishes) > 1 else 0))
        if sends:
            before = tuple((one.token, one.order_id) for one in sends[:-1])
            self.last = Last(sends[-1].token, now_s, key, bumped, sends[-1].order_id, before)
        return tuple(sends)

    # All-day

    def _all_day(self, now_s: float) -> None:
        """The rail, all of it over the tickets, nothing; where there is no rail, only the last two."""
        if self.rail or not self._has_rail:
            self.rail = False
            self.full = FullView()
        else:
            self.rail = True

    def _in_full(self, press: Press, now_s: float) -> tuple[Effect, ...]:
        full = self.full
        assert full is not None
        match press.action:
            case Action.ALL_DAY:
                self._uncover(now_s)
            case Action.BACK:
                self._uncover(now_s)
                self.rail = self._has_rail
            case Action.LINE_DOWN | Action.NEXT | Action.RIGHT:
                self.full = FullView(min(full.cursor + 1, max(0, len(self._board.all_day_items()) - 1)))
            case Action.LINE_UP | Action.PREVIOUS | Action.LEFT:
                self.full = FullView(max(0, full.cursor - 1))
            case Action.BUMP:
                items = self._board.all_day_items()
                if full.cursor < len(items):
                    self.filter_by(items[full.cursor], now_s)
        return ()

    def filter_by(self, item_id: str, now_s: float) -> None:
        """Show only the tickets that have this item to make; the same once more shows all."""
        self.filter = "" if self.filter == item_id else item_id
        if self.full is not None:
            self._uncover(now_s)
        self.rail = self._has_rail
        self.page = 0
        self._select(None)

    # What a role means by it

    def _own(self, press: Press, now_s: float) -> tuple[Effect, ...]:
        """A key that only this role knows."""
        return ()

    def _bump(self, key: TicketKey, now_s: float, only: frozenset[str] | None = None) -> tuple[Effect, ...]:
        """BUMP on a ticket, or on some lines of it."""
        raise NotImplementedError

    def _tap_line(self, stood: Stood, ids: frozenset[str], now_s: float) -> tuple[Effect, ...]:
        """A finger on a row."""
        raise NotImplementedError

    def _tap_action(self, stood: Stood, action: str, now_s: float) -> tuple[Effect, ...]:
        """A finger on a part of a tile that asks for something."""
        return ()

    def _held(self, stood: Stood, touched: Touched, now_s: float) -> tuple[Effect, ...]:
        """A finger that stays on a tile."""
        raise NotImplementedError

    def _in_menu(self, press: Press, now_s: float) -> tuple[Effect, ...]:
        """A key while a menu is open."""
        raise NotImplementedError

    @property
    def _looks_at(self) -> str:
        """Whose tickets the recall list has; "" is every station's."""
        return self._board.station

    def _look_back(self, recall: RecallList) -> tuple[Effect, ...]:
        """Open the recall list."""
        raise NotImplementedError

    def _in_recall(self, press: Press, now_s: float) -> tuple[Effect, ...]:
        """A key while it is open."""
        raise NotImplementedError
