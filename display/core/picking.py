"""Which ticket, line and page a cook has chosen on one screen, and what was last said to him."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from display.core.board import Board, TicketKey
from display.core.effects import Last, Saying
from display.core.keymap import Action, Grammar
from display.core.menu import MENU_S, Menu
from display.core.recall import IDLE_S, RecallList
from display.core.slots import Slots, Timing
from display.core.staged import PREFIX
from display.core.standing import History, Stands, line_key
from heard.ticket import Ticket

SAY_S = 3.0
"""How long the bar says what became of a key."""


@dataclass(frozen=True, slots=True)
class FullView:
    """All-day over the whole screen: which row is chosen."""

    cursor: int = 0


class Picking:
    """The state of the keys, and the moves that change nothing but the picture."""

    def __init__(
        self,
        board: Board,
        slots: Slots,
        history: History,
        *,
        grammar: Grammar = Grammar.SELECT,
        rtl: bool = False,
        rail: bool = True,
    ) -> None:
        self._board, self._slots, self._history = board, slots, history
        self.grammar, self.rtl, self.rail = grammar, rtl, rail
        self.selected: TicketKey | None = None
        self.selected_line = ""
        self.page = 0
        self.pages = 1
        self.menu: Menu | None = None
        self.recall: RecallList | None = None
        self.full: FullView | None = None
        self.filter = ""
        """Only tickets with this item to make are drawn; the others are counted as waiting."""
        self._has_rail = rail
        self.saying: Saying | None = None
        self.last: Last | None = None
        self.live = True
        self._token = 0
        self._tens_s: float | None = None
        self._last_bump_s = float("-inf")
        self._last_input_s = float("-inf")
        self._turned_s = float("-inf")
        self._finger_s: float | None = None
        self._deaf_touch_s = self._deaf_keys_s = float("-inf")

    @property
    def _timing(self) -> Timing:
        return self._slots.timing

    def say(self, key: str, now_s: float, **values: object) -> None:
        """Tell the cook something for a moment."""
        self.say_for(key, now_s, SAY_S, **values)

    def say_for(self, key: str, now_s: float, seconds: float, **values: object) -> None:
        """Tell the cook something for so long."""
        stood = self.saying
        again = stood is not None and not stood.again and (stood.key, stood.values) == (key, values)
        self.saying = Saying(key, now_s + seconds, values, again)

    def paged(self, pages: int) -> None:
        """The newest picture has this many pages."""
        self.pages = pages
        self.page = min(self.page, pages - 1)

    def touched(self, now_s: float) -> None:
        """A key or finger came: what ends by itself begins to wait anew."""
        self._last_input_s = now_s
        self._slots.touched(now_s)

    @property
    def covered(self) -> bool:
        """Something lies over tickets: a menu, the recall list, the full all-day."""
        return self.menu is not None or self.recall is not None or self.full is not None

    def _cover_due_s(self) -> float | None:
        """When what lies over tickets goes by itself."""
        if self.menu is not None:
            return max(self._last_input_s, self.menu.opened_s) + MENU_S
        if self.recall is not None:
            return self._last_input_s + IDLE_S
        return self._last_input_s + self._timing.page_idle_s if self.full is not None else None

    def _uncover(self, now_s: float, *, by_itself: bool = False) -> None:
        """Close all of it. A finger that was on its way to it means no tile; nor does a key, where it went by itself."""
        self.menu = self.recall = self.full = None
        self._deaf_touch_s = now_s + self._timing.settle_s
        if by_itself:
            self._deaf_keys_s = now_s + self._timing.settle_s

    def _select(self, key: TicketKey | None) -> None:
        self.selected = key
        self.selected_line = ""

    def _turn(self, by: int, now_s: float) -> None:
        page = (self.page + by) % max(1, self.pages)
        if page != self.page:
            self.page = page
            self._turned_s = now_s
        else:
            self.say("page_of", now_s, n=page + 1, total=self.pages)
        self._select(None)

    def _step(self, action: Action) -> None:
        keys = self._history.newest.keys()
        if not keys:
            return
        forward = action is Action.NEXT or action is (Action.LEFT if self.rtl else Action.RIGHT)
        if self.selected not in keys:
            self._select(keys[0] if forward else keys[-1])
            return
        at = keys.index(self.selected) + (1 if forward else -1)
        self._select(keys[at % len(keys)])

    def _step_line(self, by: int) -> None:
        if self.selected is None:
            self._step(Action.NEXT)
            return
        lines: list[str] = []
        for tile in self._history.newest.tiles:
            if tile.key == self.selected:
                lines += [line_key(rows.lines[0]) for rows in tile.rows if rows.lines]
        lines = list(dict.fromkeys(lines))
        if not lines:
            return
        at = lines.index(self.selected_line) + by if self.selected_line in lines else (0 if by > 0 else -1)
        self.selected_line = lines[at] if -len(lines) <= at < len(lines) else ""

    def _meant(self, now_s: float) -> Stands:
        """The picture that this key means; a finger's is that of the moment when it came down."""
        at_s = self._means_s(now_s)
        meant = self._history.meant(at_s)
        if at_s - self._turned_s < self._timing.settle_s and meant.page != self.page:
            return Stands(self.page)  # the cook turned the page just now and cannot mean a slot of it yet
        return meant

    def _seen(self, key: TicketKey, now_s: float) -> Mapping[str, int]:
        """Lines of a ticket by the version that was painted for whoever pressed now."""
        return self._history.seen(key, self._means_s(now_s))

    def _means_s(self, now_s: float) -> float:
        """When the key was pressed or the finger came down."""
        return now_s if self._finger_s is None else self._finger_s

    def _stands(self, key: TicketKey) -> bool:
        return self._ticket(key) is not None or key[0].startswith(PREFIX)

    def _ticket(self, key: TicketKey) -> Ticket | None:
        """What a tile shows, as it is now."""
        return self._board.tickets.get(key)
