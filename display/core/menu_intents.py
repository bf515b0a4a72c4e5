"""What the menu of a tile does, by finger and by key: RECALL, RUSH, MOVE, REMAKE, 86, PRINT; and PUSH and PULL.

A menu is about the tile as it stood half a second before the finger came down or the key was pressed; what it sends names the
lines as they were painted then.

Longer than a room: a few lines for each entry of one menu, and they share what it is about.
"""

from __future__ import annotations

from dataclasses import replace

from display.core.board import TicketKey
from display.core.effects import BeginPreflight, Click, Effect, Send, TurnSound
from display.core.keymap import ICONS, Action, Press
from display.core.menu import (
    MORE,
    Entry,
    Kind,
    Menu,
    Subject,
    line_entries,
    reason_entries,
    station_entries,
)
from display.core.recall import RecallList, made_lines
from display.core.site_intents import SiteIntents, next_course
from display.core.standing import Stood, line_key
from display.core.touch import Touched
from heard.command import (
    MoveTicket,
    PaintedLine,
    PrintTicket,
    RecallLines,
    Remake,
    Rush,
)
from heard.expo import EXPO
from heard.order import Line, Order
from heard.stream import SiteProfile
from heard.ticket import Ticket

MENU = "menu:"
"""Before what an entry does, as what a touch on it asks for."""


class MenuIntents(SiteIntents):
    """The shell's desk keeps `profile` as the hub says it."""

    profile: SiteProfile = SiteProfile()
    buttons: tuple[tuple[Action, str], ...] = ()
    """Actions of a touch screen's bar, with their words: those for which it has no room are in the screen's menu."""

    @property
    def asks_made(self) -> bool:
        """True where the selected tile has a void of which only the cook knows whether it was made."""
        return False

    def _own(self, press: Press, now_s: float) -> tuple[Effect, ...]:
        match press.action:
            case Action.MENU if self.selected is None:
                return self._open_for_screen(now_s)
            case Action.MENU:
                return self._open_for_selected(None, now_s)
            case Action.REMAKE:
                subject = self._selected_subject(now_s)
                return (Click(),) if subject is None else self._remake(subject, now_s)
            case Action.PUSH:
                subject = self._selected_subject(now_s)
                return (Click(),) if subject is None else self._push(subject, now_s)
            case Action.PULL:
                return self._pull(now_s)
            case Action.PRINT:
                subject = self._selected_subject(now_s)
                return (Click(),) if subject is None else self._print(subject, now_s)
        return super()._own(press, now_s)

    # Opening

    def _held(self, stood: Stood, touched: Touched, now_s: float) -> tuple[Effect, ...]:
        """What the finger rests on is selected, as a key would, and its menu opens beside it."""
        self._select(stood.key)
        rows = next((one for one in stood.rows if one.lines and one.holds(touched.x, touched.y)), None)
        if rows is not None:
            self.selected_line = line_key(rows.lines[0])
        elif touched.y >= stood.box.y + stood.header_h:
            self.selected_line = ""
        return self._open_for_selected((touched.x, touched.y), now_s)

    def _open_for_selected(self, at: tuple[int, int] | None, now_s: float) -> tuple[Effect, ...]:
        subject = self._selected_subject(now_s)
        if subject is None:
            return (Click(),)
        self.menu = Menu(Kind.TICKET, self._entries(subject), now_s, subject, at=at)
        return ()

    def _open_for_screen(self, now_s: float) -> tuple[Effect, ...]:
        """What is about no ticket: a finger reaches it by a button, a key by MENU while nothing is selected."""
        stood = self._history.newest
        found = [
            Entry(action.value, word, icon=ICONS.get(action, ""))
            for action, word in self.buttons
            if not stood.has(action.value)
        ]
        if station_entries(self.profile, self.site, self._board.station):
            found.append(Entry("pull", "menu.pull", icon="arrow-left"))
        found += [
            Entry("review", "menu.review", icon="history"),
            Entry("sound", "menu.sound", icon="volume-2"),
            Entry("preflight", "menu.preflight", icon="circle-check"),
        ]
        self.menu = Menu(Kind.SCREEN, tuple(found), now_s)
        return ()

    def _of_screen(self, entry: Entry, now_s: float) -> tuple[Effect, ...]:
        if entry.what == "sound":
            return (TurnSound(),)  # the menu stays, for one step is seldom enough
        self._close_menu(now_s)
        match entry.what:
            case "pull":
                return self._pull(now_s)
            case "review":
                return self._look_back(RecallList(self._looks_at, review=True))
            case "preflight":
                return (BeginPreflight(),)
        return self.press(Press(Action(entry.what)), now_s)

    def _selected_subject(self, now_s: float) -> Subject | None:
        """The selected ticket as it was painted, or its selected row; None is said."""
        ticket = self._chosen(now_s)
        if ticket is None:
            return None
        seen, lines = self._seen(ticket.key, now_s), self._row_lines(ticket.key)
        return Subject(ticket.order, ticket.key, seen, lines, self._means_s(now_s))

    def _row_lines(self, key: TicketKey) -> tuple[str, ...]:
        """The lines of that ticket in the selected row; () where no row is selected."""
        if not self.selected_line:
            return ()
        for tile in self._history.newest.tiles:
            for rows in tile.rows:
                if tile.key == self.selected and self.selected_line in map(line_key, rows.lines):
                    return tuple(one.line_id for one in rows.lines if one.ticket in (None, key))
        return ()

    def _entries(self, subject: Subject) -> tuple[Entry, ...]:
        """Only what has something to do here."""
        ticket, order = self._board.tickets.get(subject.key or ("", 0)), subject.order
        found = [Entry("list", "menu.recall_list", icon="history")]
        if ticket is not None:
            done = self._recallable(ticket, subject)
            if done is not None:
                values = {"n": len(done.lines)}
                word = "menu.recall.one" if len(done.lines) == 1 else "menu.recall"
                found[0] = Entry("recall", word, values, icon="history")
        word, what = ("menu.rush_off", "rush:off") if order.rush else ("menu.rush", "rush:on")
        found.append(Entry(what, word, icon="zap"))
        if ticket is not None and self._sources(ticket, subject):
            found.append(Entry("move", "menu.move", icon="arrow-right"))
        if ticket is not None and next_course(order) is not None:
            found.append(Entry("fire", "menu.fire", icon="flame"))
        if ticket is not None and self._course_to_hold(ticket):
            found.append(Entry("hold", "menu.hold", icon="pause-circle"))
        if self._remakable(subject):
            found.append(Entry("remake", "menu.remake", icon="refresh-cw"))
        items = self._items(subject)
        if len(items) == 1:
            out = self.is_out(items[0].item_id)
            found.append(Entry("out", "menu.back" if out else "menu.out", name=items[0].name, icon="ban"))
        elif items:
            found.append(Entry("out", "menu.out_of", icon="ban"))
        if self._printers():
            found.append(Entry("print", "menu.print", icon="printer"))
        return tuple(found)

    # Keys and fingers while it is open

    def _in_menu(self, press: Press, now_s: float) -> tuple[Effect, ...]:
        menu = self.menu
        assert menu is not None
        match press.action:
            case Action.DIGIT if 1 <= press.number <= len(menu.entries):
                return self._choose(menu, menu.entries[press.number - 1], now_s)
            case Action.DIGIT:
                return (Click(),)
            case Action.BUMP:
                entry = menu.chosen
                return self._choose(menu, entry, now_s) if entry is not None else (Click(),)
            case Action.LINE_DOWN | Action.NEXT:
                self.menu = menu.stepped(1)
            case Action.LINE_UP | Action.PREVIOUS:
                self.menu = menu.stepped(-1)
            case Action.RIGHT | Action.LEFT:
                forward = Action.LEFT if self.rtl else Action.RIGHT
                self.menu = menu.stepped(1 if press.action is forward else -1)
            case Action.BACK | Action.MENU | Action.PUSH | Action.PULL | Action.REMAKE:
                self._close_menu(now_s)
        return ()

    def pointed(self, action: str, now_s: float) -> tuple[Effect, ...]:
        if action == MORE:
            return self._open_for_screen(now_s)
        if action.startswith(MENU):
            menu = self.menu
            entry = menu.entry(action.removeprefix(MENU)) if menu is not None else None
            return self._choose(menu, entry, now_s) if menu is not None and entry is not None else (Click(),)
        return super().pointed(action, now_s)

    def _close_menu(self, now_s: float) -> None:
        """The recall list under it stays."""
        recall = self.recall
        self._uncover(now_s)
        self.recall = recall

    def _ask(self, menu: Menu) -> tuple[Effect, ...]:
        """Another question in its place."""
        at = self.menu.at if self.menu is not None else None
        self.menu = replace(menu, at=at)
        return ()

    def _choose(self, menu: Menu, entry: Entry, now_s: float) -> tuple[Effect, ...]:
        subject = menu.subject
        if menu.kind is Kind.PULL:
            return self._look_back(RecallList(entry.what, pulls=True))
        if menu.kind is Kind.SCREEN:
            return self._of_screen(entry, now_s)
        if menu.kind is Kind.ROWS:
            row = menu.rows[int(entry.what)]
            return self._ask(Menu(Kind.TICKET, self._entries(row), now_s, row))
        assert subject is not None
        match menu.kind:
            case Kind.TICKET:
                return self._of_ticket(subject, entry, now_s)
            case Kind.FROM:
                return self._ask_where(subject, entry.what, now_s)
            case Kind.PUSH:
                return self._move(subject, menu.from_station, entry, now_s)
            case Kind.LINES:
                ids = (entry.what,) if entry.what else subject.line_ids
                return self._ask_why(replace(subject, line_ids=ids), now_s)
            case Kind.REASON:
                return self._make_again(subject, entry, now_s)
        return self._take_out(subject, entry.what, now_s)

    def _of_ticket(self, subject: Subject, entry: Entry, now_s: float) -> tuple[Effect, ...]:
        ticket = self._board.tickets.get(subject.key or ("", 0))
        if entry.what == "list":
            return self._look_back(RecallList(self._looks_at))
        if ticket is None:
            self._close_menu(now_s)
            return self._nothing(now_s)
        match entry.what:
            case "recall":
                verb = self._recallable(ticket, subject)
                self._close_menu(now_s)
                return (
                    self._nothing(now_s) if verb is None else (self._act(ticket, verb, now_s, bumped=False),)
                )
            case "rush:on" | "rush:off":
                self._close_menu(now_s)
                return (self._act(ticket, Rush(entry.what == "rush:on"), now_s, bumped=False),)
            case "move":
                return self._push(subject, now_s)
            case "fire":
                self._close_menu(now_s)
                return self._fire_of(ticket, now_s)
            case "hold":
                self._close_menu(now_s)
                return self._hold_of(ticket, now_s)
            case "remake":
                return self._remake(subject, now_s)
            case "out":
                items = self._items(subject)
                if len(items) == 1:
                    return self._take_out(subject, items[0].line_id, now_s)
                return self._ask(Menu(Kind.OUT, line_entries(items, all_of_it=False), now_s, subject))
        return self._print(subject, now_s)

    # RECALL of what stands on the tile

    def _recallable(self, ticket: Ticket, subject: Subject) -> RecallLines | None:
        """The done lines that were painted."""
        verb = self._recalls(ticket.order)
        if not isinstance(verb, RecallLines):
            return None
        lines = tuple(
            one
            for one in verb.lines
            if subject.wants(one.line_id) and subject.seen[one.line_id] == one.version
        )
        return replace(verb, lines=lines) if lines else None

    # MOVE: push to another station, pull from one

    def _push(self, subject: Subject, now_s: float) -> tuple[Effect, ...]:
        ticket = self._board.tickets.get(subject.key or ("", 0))
        sources = self._sources(ticket, subject) if ticket is not None else {}
        if not sources:
            self._close_menu(now_s)
            self.say("say.nowhere", now_s)
            return (Click(),)
        if len(sources) > 1:
            entries = station_entries(self.profile, self.site, "", sources)
            return self._ask(Menu(Kind.FROM, entries, now_s, subject))
        return self._ask_where(subject, next(iter(sources)), now_s)

    def _ask_where(self, subject: Subject, from_station: str, now_s: float) -> tuple[Effect, ...]:
        entries = station_entries(self.profile, self.site, from_station)
        return self._ask(Menu(Kind.PUSH, entries, now_s, subject, from_station=from_station))

    def _sources(self, ticket: Ticket, subject: Subject) -> dict[str, tuple[PaintedLine, ...]]:
        """Stations that still have open lines of it, as they were painted, and which could give them to another one."""
        return {
            station: lines
            for station, lines in self._open_at(ticket, subject).items()
            if lines and station_entries(self.profile, self.site, station)
        }

    def _open_at(self, ticket: Ticket, subject: Subject) -> dict[str, tuple[PaintedLine, ...]]:
        """Open lines by station, as they were painted."""
        raise NotImplementedError

    def _move(self, subject: Subject, from_station: str, to: Entry, now_s: float) -> tuple[Effect, ...]:
        ticket = self._board.tickets.get(subject.key or ("", 0))
        lines = self._sources(ticket, subject).get(from_station, ()) if ticket is not None else ()
        self._close_menu(now_s)
        if ticket is None or not lines:
            return self._nothing(now_s)
        self._last_bump_s = now_s
        leaves = self._leaves(ticket, from_station, lines)
        if leaves:
            self._select(None)
            self._slots.bumped(ticket.key, now_s, "moved_away")
        self.say("say.moved", now_s, number=_number(ticket.order), station=to.name)
        return (self._act(ticket, MoveTicket(from_station, to.what, lines), now_s, bumped=leaves),)

    def _leaves(self, ticket: Ticket, from_station: str, lines: tuple[PaintedLine, ...]) -> bool:
        """Whether the tile goes with these lines."""
        return False

    def _pull(self, now_s: float) -> tuple[Effect, ...]:
        """Which station's tickets? With one other station there is no question."""
        entries = station_entries(self.profile, self.site, self._board.station)
        if not entries:
            self.say("say.nowhere", now_s)
            return (Click(),)
        if len(entries) == 1:
            return self._look_back(RecallList(entries[0].what, pulls=True))
        self.menu = Menu(Kind.PULL, entries, now_s)
        return ()

    # REMAKE

    def _remakable(self, subject: Subject) -> tuple[Line, ...]:
        made = made_lines(subject.order, self._looks_at)
        wanted = [line for line in subject.order.lines if line.line_id in made]
        return tuple(line for line in wanted if subject.key is None or subject.wants(line.line_id))

    def _remake(self, subject: Subject, now_s: float) -> tuple[Effect, ...]:
        """The meant line, or which one? Then why."""
        lines = self._remakable(subject)
        if not lines:
            self._close_menu(now_s)
            self.say("say.nothing_made", now_s)
            return (Click(),)
        subject = replace(subject, line_ids=tuple(line.line_id for line in lines))
        if len(lines) == 1 or self.selected_line:
            return self._ask_why(subject, now_s)
        return self._ask(Menu(Kind.LINES, line_entries(lines, all_of_it=True), now_s, subject))

    def _remake_chosen(self, recall: RecallList, now_s: float) -> tuple[Effect, ...]:
        order = recall.chosen
        if order is None or not self._stood_in_list(order, now_s):
            return (Click(),)
        subject = Subject(order, None, {}, meant_s=now_s)
        lines = tuple(line.line_id for line in self._remakable(subject) if recall.line in ("", line.line_id))
        if not lines:
            self.say("say.nothing_made", now_s)
            return (Click(),)
        return self._ask_why(replace(subject, line_ids=lines), now_s)

    def _ask_why(self, subject: Subject, now_s: float) -> tuple[Effect, ...]:
        return self._ask(Menu(Kind.REASON, reason_entries(self.profile), now_s, subject))

    def _make_again(self, subject: Subject, why: Entry, now_s: float) -> tuple[Effect, ...]:
        """A new line, first in order; the hub tells when the order is gone."""
        self._uncover(now_s)
        self._last_bump_s = now_s
        self._token += 1
        order = subject.order
        self.say("say.remake", now_s, number=_number(order), why=why.name)
        return (Send(self._token, order.order_id, Remake(subject.line_ids, why.what)),)

    # 86

    def _items(self, subject: Subject) -> tuple[Line, ...]:
        """A line of each dish."""
        found: dict[str, Line] = {}
        for line in subject.order.lines:
            if line.item_id and subject.wants(line.line_id):
                found.setdefault(line.item_id, line)
        return tuple(found.values())

    def _take_out(self, subject: Subject, line_id: str, now_s: float) -> tuple[Effect, ...]:
        line = next((one for one in self._items(subject) if one.line_id == line_id), None)
        self._close_menu(now_s)
        return (Click(),) if line is None else (self._out(line.item_id, line.name, now_s),)

    # PRINT

    def _printers(self) -> tuple[str, ...]:
        return tuple(one.station for one in self.profile.stations if one.role == "printer")

    def _print(self, subject: Subject, now_s: float) -> tuple[Effect, ...]:
        """Once more on paper; where there are several printers the hub's settings say which."""
        self._close_menu(now_s)
        printers = self._printers()
        if not printers:
            self.say("say.no_printer", now_s)
            return (Click(),)
        self._token += 1
        order = subject.order
        self.say("say.print", now_s, number=_number(order))
        printer = printers[0] if len(printers) == 1 else ""
        verb = PrintTicket(self._looks_at or EXPO, subject.line_ids, printer)
        return (Send(self._token, order.order_id, verb),)

    def _print_chosen(self, recall: RecallList, now_s: float) -> tuple[Effect, ...]:
        order = recall.chosen
        if order is None or not self._stood_in_list(order, now_s):
            return (Click(),)
        return self._print(Subject(order, None, {}, (recall.line,) if recall.line else ()), now_s)


def _number(order: Order) -> str:
    return f"#{order.call_number or order.order_id[-4:]}"
