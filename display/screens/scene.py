"""What a screen of tickets is asked to show, and what it made of it: plain values between a desk and its screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from display.core.allday import AllDayKey
from display.core.bars import Count
from display.core.board import TicketKey
from display.core.bottom_bar import Hint
from display.core.draw import Picture
from display.core.floor import OPEN, Standing
from display.core.layout import COLUMNS
from display.core.link_state import LinkBar
from display.core.look import Said
from display.core.slots import Place
from display.core.standing import Stands
from heard.quick import quick
from heard.stream import StationProfile
from heard.ticket import Ticket

FILTER = "filter:"
"""Before the item of a row that may be touched, as an action."""


@quick
@dataclass(frozen=True, slots=True)
class View:
    """Everything that a picture of the screen is made from, besides the look."""

    w: int
    h: int
    places: tuple[Place, ...]
    profile: StationProfile
    now_ms: int
    clock: str
    link: LinkBar
    all_day: Mapping[AllDayKey, int]
    held_milli: int = 0
    oldest_s: int | None = None
    late: int = 0
    page: int = 0
    columns: int = 4
    rail: bool = True
    layout: str = COLUMNS
    selected: TicketKey | None = None
    selected_line: str = ""
    pending: frozenset[str] = frozenset()
    flashing: frozenset[TicketKey] = frozenset()
    undo_of: TicketKey | None = None
    hints: tuple[Hint, ...] = ()
    say: str = ""
    said_again: bool = False
    changed: Said | None = None
    touch: bool = False
    bottom_h: int = 0
    business_date: str = ""
    suspect: bool = False
    gap_at_ms: int = 0
    live: bool = True
    unsafe: bool = False
    last_order: str = ""
    last_order_time: str = ""
    counts: tuple[Count, ...] = ()
    standing: Standing = OPEN
    only: str = ""
    """The item of which alone the tickets are shown, and its name."""
    filtered: str = ""
    others: tuple[Ticket, ...] = ()  # left out by the filter
    alarms: tuple[Said, ...] = ()
    closeness: int = 0  # how close tiles stand, see `TicketScreen.fitting`
    under: int = 0  # tickets that came while something lies over them


@quick
@dataclass(frozen=True, slots=True)
class Scene:
    """A picture and what stands on it, buttons too. `hidden` stand on other pages, `left_out` are those of the filter."""

    picture: Picture
    stands: Stands
    pages: int
    page: int
    shown: tuple[TicketKey, ...]
    hidden: tuple[Place, ...]
    left_out: tuple[Ticket, ...]
    page_of: Callable[[TicketKey], int | None]
    closeness: int = 0

    @property
    def behind(self) -> Iterator[TicketKey]:
        """The tickets that are not on this page, in order."""
        yield from (place.key for place in self.hidden)
        yield from (ticket.key for ticket in self.left_out)
