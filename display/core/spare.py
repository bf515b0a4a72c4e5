"""A spare screen: which of the site's screens it shall be. Asked by a digit, said yes to by the same digit again. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from display.core.keymap import Action, Press
from heard.order import Text
from heard.stream import SiteProfile

ROLES = ("prep", "expo", "board")
"""What a spare can be by its station alone; a cart needs its till's id."""
PER_PAGE = 9
AGAIN_S = 8.0
"""A question that nobody answers is taken back."""
BOUNCE_S = 0.3
"""A key that bounces does not say yes."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One screen of the site."""

    role: str
    station: str
    name: Text


def choices(site: SiteProfile) -> tuple[Choice, ...]:
    """All that it may become, in the order of the settings."""
    return tuple(Choice(one.role, one.station, one.name) for one in site.stations if one.role in ROLES)


@dataclass(slots=True)
class Spare:
    """`asked`: the row of this page that was named once; `chosen`: what it becomes. Seconds are monotonic."""

    choices: tuple[Choice, ...] = ()
    page: int = 0
    asked: int | None = None
    chosen: Choice | None = None
    _asked_s: float = 0.0

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.choices) // PER_PAGE))

    @property
    def rows(self) -> tuple[Choice, ...]:
        """Of this page; the digit of the first is 1."""
        return self.choices[self.page * PER_PAGE : (self.page + 1) * PER_PAGE]

    def settle(self, found: tuple[Choice, ...]) -> None:
        """The hub's settings changed: what was asked may be another row now."""
        if found != self.choices:
            self.choices, self.page, self.asked = found, 0, None

    def press(self, press: Press, now_s: float) -> None:
        """A digit names a row, again says yes, as BUMP does; everything else takes it back."""
        if press.repeat:
            return
        if press.action is Action.DIGIT:
            self.name(press.number - 1, now_s)
        elif press.action is Action.BUMP and self.asked is not None:
            self.name(self.asked, now_s)
        elif press.action is Action.PAGE_NEXT:
            self.page, self.asked = (self.page + 1) % self.pages, None
        else:
            self.asked = None

    def name(self, row: int, now_s: float) -> None:
        """A row, by its place on the page."""
        if not 0 <= row < len(self.rows):
            self.asked = None
        elif row != self.asked:
            self.asked, self._asked_s = row, now_s
        elif now_s - self._asked_s >= BOUNCE_S:
            self.chosen = self.rows[row]

    def passed(self, now_s: float) -> None:
        """Time passes."""
        if self.asked is not None and now_s - self._asked_s >= AGAIN_S:
            self.asked = None
