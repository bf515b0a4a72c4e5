"""The menu of a tile, and the small choosers behind it: which station, which reason, which dish. Pure values.

A menu is about what stood on the picture that the key or finger meant, and nothing in it moves while it is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from display.core.board import TicketKey
from display.core.look import pick
from heard.order import NO_TEXT, Line, Order, Text
from heard.station import REMAKE_REASONS
from heard.stream import SiteProfile, SiteState, StationProfile

MENU_S = 10.0
"""Without a key or touch it closes: it lies over tickets."""
ENTRIES_MAX = 18
"""Two columns of what fits a small screen; a kitchen has some ten stations, a ticket some ten dishes."""


MORE = "more"
"""What a touch on the button of the screen's own menu asks for."""


class Kind(StrEnum):
    """What is asked."""

    TICKET = "ticket"
    ROWS = "rows"
    PUSH = "push"
    FROM = "from"
    PULL = "pull"
    LINES = "lines"
    REASON = "reason"
    OUT = "out"
    SCREEN = "screen"


@dataclass(frozen=True, slots=True)
class Entry:
    """One button. `what` says what is done; its text is `word` of the wording or a `name`, with a `note` below or beside it."""

    what: str
    word: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    name: Text = NO_TEXT
    note: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a menu is about, as it was painted: `seen` is line id -> version; `line_ids` the row that was meant, () all of it.

    `key` None: an order of the recall list, which stands in no tile. `meant_s` is when the key or finger came.
    """

    order: Order
    key: TicketKey | None
    seen: Mapping[str, int]
    line_ids: tuple[str, ...] = ()
    meant_s: float = 0.0

    def wants(self, line_id: str) -> bool:
        """Whether the row that was meant has this line."""
        return line_id in self.seen and (not self.line_ids or line_id in self.line_ids)


@dataclass(frozen=True, slots=True)
class Menu:
    """An open menu. `at`: where the finger was, None for a key; `from_station` is where a push takes the lines from, `rows`
    are the tickets of which one is meant.
    """

    kind: Kind
    entries: tuple[Entry, ...]
    opened_s: float
    subject: Subject | None = None
    cursor: int = 0
    at: tuple[int, int] | None = None
    from_station: str = ""
    rows: tuple[Subject, ...] = ()

    @property
    def chosen(self) -> Entry | None:
        return self.entries[self.cursor] if 0 <= self.cursor < len(self.entries) else None

    def entry(self, what: str) -> Entry | None:
        """The button that does this."""
        return next((one for one in self.entries if one.what == what), None)

    def stepped(self, by: int) -> Menu:
        """The next button is chosen, round and round."""
        return replace(self, cursor=(self.cursor + by) % max(1, len(self.entries)))


def station_entries(
    profile: SiteProfile, site: SiteState, own: str, among: Iterable[str] | None = None
) -> tuple[Entry, ...]:
    """The other open stations that cook, equal ones first; `among`: only these."""
    wanted = None if among is None else frozenset(among)
    mine = profile.station(own)
    group = mine.group if mine is not None else ""
    found = [
        one
        for one in profile.stations
        if one.role == "prep"
        and one.station != own
        and not site.of(one.station).closed
        and (wanted is None or one.station in wanted)
    ]
    found.sort(key=lambda one: not _equal(one, group))
    return tuple(
        Entry(
            one.station, name=one.name or {"en": one.station}, note="menu.equal" if _equal(one, group) else ""
        )
        for one in found[:ENTRIES_MAX]
    )


def _equal(station: StationProfile, group: str) -> bool:
    return bool(group) and station.group == group


def reason_entries(profile: SiteProfile) -> tuple[Entry, ...]:
    """Why something is made again; what the hub gets is the reason in the site's first language, for one count of each."""
    reasons = profile.remake_reasons or REMAKE_REASONS
    return tuple(
        Entry(pick(one, profile.languages[0], profile.languages), name=one) for one in reasons[:ENTRIES_MAX]
    )


def line_entries(lines: Iterable[Line], *, all_of_it: bool) -> tuple[Entry, ...]:
    """A button for each line; before them one for all."""
    found = [Entry(line.line_id, name=line.name or {"en": line.item_id}, note=_count(line)) for line in lines]
    if all_of_it and len(found) > 1:
        found.insert(0, Entry("", "menu.all_of_it"))
    return tuple(found[:ENTRIES_MAX])


def _count(line: Line) -> str:
    whole, rest = divmod(line.quantity_milli, 1000)
    return f"{whole}×" if not rest else f"{line.quantity_milli / 1000:g}×"
