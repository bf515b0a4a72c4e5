"""A screen of tickets, alike for prep and expo: documents, keys, answers and time come in; see `display.screens.role`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from display.core.aging import next_flash_ms, ticked
from display.core.cook import Cook
from display.core.effects import AskRecall, Click, Effect, Send, TakeBack
from display.core.keymap import Action, Grammar, Press
from display.core.look import Look
from display.core.slots import Stand, Timing
from display.core.sounding import Sound, sound_of
from display.core.touch import Gesture, Touched
from display.core.unseen import Unseen
from display.screens.drawn import drawn
from display.screens.kitchen_picture import KitchenPicture
from display.screens.recall import DIGIT
from display.screens.role import Drawn, Moment, Panel
from display.screens.scene import FILTER
from heard.command import Answer, Command, Outcome, Reason, Undo, Verb
from heard.order import NO_TEXT, Order, Text
from heard.stream import Document, Live, SiteProfile
from heard.ticket import Ticket
from heard.why import LINE, Why, why

ACTIONS = frozenset(Action)
FLASHES_MAX = 64
"""Tickets that flash at once; a snapshot of a full kitchen does not flash at all."""

TOLD_S = 6.0
"""A sentence about the screen itself is read in this time."""


class KitchenDesk(KitchenPicture):
    """A screen of tickets that takes keys: a `display.screens.role.Desk`. Roles say what keys mean and what rings."""

    # What a role says

    def _sound(self, old: Ticket | None, new: Ticket) -> Sound | None:
        """What rings when a ticket comes or changes."""
        return sound_of(old, new)

    def _waits_for_eyes(self, moment: Moment) -> Iterable[Unseen]:
        """What rings again until somebody has seen it; all of it rang when it happened."""
        return self._unseen_lines.of(ticket.order for ticket in self.board.changed.values())

    def _ring_again(self, moment: Moment) -> None:
        """Every ten seconds, three rounds; see `display.core.repeats`."""
        found = {one.key: one.sound for one in self._waits_for_eyes(moment)}
        self._ring_new(self.repeats.stand(found, moment.now_s))
        self.sounds.happened(self.repeats.due(moment.now_s))

    def _ring_new(self, sound: Sound | None) -> None:
        """What has begun to wait. At its station it rang when it happened."""

    # What comes in

    def settle(self, look: Look, panel: Panel, site: SiteProfile) -> None:
        self.profile = self._own_station(site)
        self._settle_look(replace(look, out=self.floor.out_ids), panel)
        self.intents.profile = site

    def _settle_look(self, look: Look, panel: Panel) -> None:
        if look != self.look or panel != self.panel:
            if panel.layout != self.panel.layout:
                self._tiled = None
                self.panel = panel
                before = self.intents
                self.intents = self._intents(before.grammar, self._setup.config)
                self.intents.rail = before.rail
                self.intents.pauses, self.intents.buttons = before.pauses, before.buttons
                self.intents.site, self.intents.out = self.floor.site, self.floor.out
            self.look, self.panel = look, panel
            self.intents.rtl = look.rtl
            self.screen = self._screen(look)

    def use(self, grammar: Grammar, timing: Timing, rail: bool | None) -> None:
        self.intents.grammar = grammar
        if rail is not None:
            self.intents.rail = rail
        self.timing = self.slots.timing = timing

    def documents(
        self, puts: Iterable[Document], removes: Iterable[str], *, reset: bool, pending: Collection[int]
    ) -> None:
        self.wishes.settle(pending)
        echoed = self.board.echo(self.wishes.echoes())
        touched = {**self.board.apply(puts, removes, reset=reset), **echoed}
        first, self._told = not self._told, True
        for key, old in touched.items():
            ticket = self.board.tickets.get(key)
            if ticket is None:
                self._fresh.pop(key, None)
            else:
                self.sounds.happened(self._sound(old, ticket))
                if old is None and not first and len(self._fresh) < FLASHES_MAX:
                    self._fresh[key] = None

    def live_values(self, values: Sequence[Live], now_s: float) -> None:
        """Alarms, pauses and what is out."""
        self.floor.told(values)
        self.intents.site, self.intents.out = self.floor.site, self.floor.out
        if self.floor.out_ids != self.look.out:
            self.look = replace(self.look, out=self.floor.out_ids)
            self.screen = self._screen(self.look)

    def settled(self, pending: Collection[int]) -> bool:
        if not self.wishes.settle(pending):
            return False
        self.board.echo(self.wishes.echoes())
        return True

    def press(self, press: Press, now_s: float) -> tuple[Effect, ...]:
        self.repeats.pressed(now_s)
        self._tiles()  # a key is judged by what is known now
        return self._echo(self.intents.press(press, now_s))

    def touch(self, touched: Touched, now_s: float) -> tuple[Effect, ...]:
        self.repeats.pressed(now_s)
        self._tiles()
        down_s = now_s if touched.down_s is None else touched.down_s
        meant = self.history.meant(down_s).button(touched.x, touched.y)
        newest = self.history.newest.button(touched.x, touched.y)
        if (meant is None and newest is None) or touched.gesture is Gesture.TOWEL:
            return self._echo(self.intents.touch(touched, now_s))
        if touched.gesture is Gesture.HOLD:
            return ()  # a slow finger: when it lets go
        if meant is None or newest is None or meant.action != newest.action:
            return () if touched.gesture is Gesture.LET_GO else (Click(),)  # it moved under the finger
        self.intents.touched(now_s)
        return self._echo(self._pointed(newest.action, now_s))

    def _pointed(self, action: str, now_s: float) -> tuple[Effect, ...]:
        """A finger on a button."""
        if action.startswith(FILTER):
            self.intents.filter_by(action.removeprefix(FILTER), now_s)
            return ()
        if action == "changed":
            self.intents.page = self._page_of_row()
            return ()
        if action.startswith(DIGIT):
            return self.intents.press(Press(Action.DIGIT, int(action.removeprefix(DIGIT))), now_s)
        if action in ACTIONS:
            return self.intents.press(Press(Action(action)), now_s)
        return self.intents.pointed(action, now_s)

    def stirred(self, now_s: float) -> None:
        self.repeats.pressed(now_s)

    def tell(self, key: str, now_s: float, **values: object) -> None:
        self.intents.say_for(key, now_s, TOLD_S, **values)

    def _echo(self, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
        for effect in effects:
            if isinstance(effect, TakeBack):
                self.wishes.undone(effect.of)
            elif isinstance(effect, Send):
                self.made(effect.token, effect.order_id, effect.verb)
        self.board.echo(self.wishes.echoes())
        return effects

    def thoughts(self, cook: Cook, now_s: float) -> tuple[tuple[Press, ...], ...]:
        if self.intents.recall is not None:
            return cook.wavering.choosing(self.intents.recall) if cook.wavering is not None else ()
        if self.intents.pages > 1 and self._news_elsewhere():
            return ((Press(Action.PAGE_NEXT),),)
        return cook.keys(self.history.newest, {**self.board.tickets, **self._tiles()[0]}, now_s)

    def _news_elsewhere(self) -> bool:
        """A ticket on this page has a void or change on a page that was not painted yet: its BUMP waits for that."""
        for tile in self.history.newest.tiles:
            ticket = self.board.tickets.get(tile.key) if tile.stand is Stand.LIVE else None
            painted = self.history.painted_lines(tile.key)
            for line in ticket.lines if ticket is not None else ():
                if line.unseen and painted.get(line.line.line_id) != line.at.version:
                    return True
        return False

    def order(self, order_id: str) -> Order | None:
        return self.board.orders.get(order_id)

    def drawn(self) -> Drawn | None:
        rows = self.screen.rail_rows
        if rows is None or self.intents.recall is not None or self.intents.full is not None:
            return None
        in_order = self.board.in_order()
        # What an echo stands for may change at the hub while its tiles stay as they are.
        echoed = {one: self.board.orders.get(one) for one in self.wishes.orders()}
        known = self._drawn
        if known is None or known[0] is not rows or known[1] is not in_order or known[2] != echoed:
            known = self._drawn = (rows, in_order, echoed, drawn(rows, self.board, echoed))
        return known[3]

    # What becomes of a command

    def made(self, token: int, order_id: str, verb: Verb) -> None:
        self.wishes.made(token, order_id, verb)

    def taking_back(self, of: int) -> Verb | None:
        seq = self.wishes.seq_of(of)
        return Undo(self.station, seq) if seq is not None else None

    def journaled(self, token: int, seq: int) -> None:
        self.wishes.journaled(token, seq)

    def failed(self, token: int, now_s: float, key: str, **values: object) -> None:
        self.wishes.failed(token)
        self.board.echo(self.wishes.echoes())
        self.intents.refused(token, now_s, key, **values)

    def answered(self, command: Command, answer: Answer, token: int, now_s: float) -> tuple[Effect, ...]:
        """A bump that was stale by this screen's own START goes out once more; what was refused is said."""
        again = self.wishes.second_try(command, answer)
        if again is not None:
            return (Send(-command.seq, command.order_id, again),)
        if answer.outcome is Outcome.REJECTED and answer.reason is not Reason.GONE:
            key = "say.changed_meanwhile" if answer.reason is Reason.STALE else "say.refused"
            refused = answer.message or why("command.refused")
            self.failed(token, now_s, key, why=refused, dish=self._dish(command.order_id, refused))
        elif any(line.outcome is Outcome.REJECTED for line in answer.lines):
            self.intents.say("say.changed_meanwhile", now_s)
        return ()

    def _dish(self, order_id: str, refused: str) -> Text:
        """The name of the line that a reason is about."""
        order = self.board.orders.get(order_id)
        line_id = refused.values.get(LINE, "") if isinstance(refused, Why) else ""
        lines = () if order is None else order.lines
        return next((line.name for line in lines if line.line_id == line_id), NO_TEXT)

    def recalled(self, ask: AskRecall, orders: tuple[Order, ...] | None) -> None:
        self.intents.recalled(ask, orders)

    # Time

    def pass_time(self, moment: Moment) -> None:
        """Places, selection, link bar, sounds of lateness."""
        self.link.update(moment.now_s, live=moment.live, last_message_s=moment.last_message_s)
        self.intents.live = moment.live
        wall_ms = self.intents.wall_ms = self.look.wall_of(moment.now_ms)
        until_ms = self.floor.site.paused_until_ms(self._floor_station)
        paused = until_ms > wall_ms
        if self._pause_ends.due(until_ms, wall_ms):
            self.sounds.happened(Sound.PAUSE_ENDS)
        self.intents.passed(moment.now_s)
        self.slots.sync(*self._tiles(), moment.now_s)
        for key in () if paused else self.board.late(moment.now_ms, self.profile):
            self.sounds.late(self.board.tickets[key])
        self._ring_again(moment)
        if self.link.sound_due(moment.now_s):
            self.sounds.happened(Sound.NOT_LIVE)

    def next_due_s(self, moment: Moment) -> float:
        """When the next picture is due at the latest: the next common second, or sooner."""
        due = [moment.now_s + (ticked(moment.now_ms) + 1000 - moment.now_ms) / 1000]
        for one in (
            self.slots.next_due_s(),
            self.intents.next_due_s(),
            self.link.next_due_s(moment.now_s),
            self.sounds.next_due_s(),
            self.repeats.next_due_s(),
        ):
            if one is not None:
                due.append(one)
        for at_s in self._fresh.values():
            if at_s is not None:
                wait = next_flash_ms(round((moment.now_s - at_s) * 1000))
                if wait is not None:
                    due.append(moment.now_s + wait / 1000)
        return max(min(due), moment.now_s)

    def sound(self, now_s: float, silent: Collection[str] = ()) -> str | None:
        return self.sounds.due(now_s, silent)
