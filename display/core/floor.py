"""What the hub says of the site besides orders, as a screen keeps it: alarms, paused and closed stations, what is out (86)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from display.core import palette as p
from display.core.bars import Count
from display.core.look import Look, pick
from heard.order import Order
from heard.stream import Live, Notice, OutItems, SiteState, StationProfile
from heard.ticket import TO_MAKE_STATES

NOBODY_MS = 5 * 60_000
"""A station with a ticket past warn and without a sign of a cook for so long: is anybody there?"""
STATIONS_MAX = 200
"""Stations whose last sign is remembered; a hub has some tens."""


class Floor:
    """The newest of each live value. Times are of the hub's line, pauses of the wall."""

    def __init__(self) -> None:
        self.site = SiteState()
        self.out = OutItems()
        self.out_ids: frozenset[str] = frozenset()
        self._notices: dict[str, Notice] = {}
        self._acted: dict[str, int] = {}

    def told(self, values: Iterable[Live]) -> None:
        """Take these in; a cleared key is gone."""
        for one in values:
            self._notices.pop(one.key, None)
            match one.value:
                case SiteState():
                    self.site = one.value
                case OutItems():
                    self.out = one.value
                    self.out_ids = frozenset(item.item_id for item in one.value.items if not item.available)
                case Notice():
                    self._notices[one.key] = one.value

    def notices(self) -> tuple[Notice, ...]:
        """What people must be told, newest last."""
        return tuple(self._notices.values())

    def saw(self, orders: Iterable[Order]) -> None:
        """Signs of cooks in these orders."""
        for order in orders:
            for entry in order.history[-1:]:
                if entry.station:
                    self._sign(entry.station, entry.at_ms)
            for line in order.lines:
                for at in line.stations:
                    self._sign(at.station, max(at.started_at_ms, at.done_at_ms))

    def _sign(self, station: str, at_ms: int) -> None:
        if at_ms > self._acted.get(station, 0) and (
            station in self._acted or len(self._acted) < STATIONS_MAX
        ):
            self._acted[station] = at_ms

    def nobody(
        self, orders: Iterable[Order], stations: Iterable[StationProfile], now_ms: int, wall_ms: int
    ) -> tuple[str, ...]:
        """Stations where a ticket is past warn and no key came for NOBODY_MS. A paused one is waited for."""
        profiles = {one.station: one for one in stations}
        found: dict[str, None] = {}
        for order in orders:
            for line in order.lines:
                for at in line.stations:
                    if at.state not in TO_MAKE_STATES or at.station in found or not at.queued_at_ms:
                        continue
                    profile = profiles.get(at.station)
                    limits = (profile or StationProfile(at.station)).age_limits(order.type.name)
                    since_ms = max(self._acted.get(at.station, 0), at.queued_at_ms)
                    if (
                        now_ms - at.queued_at_ms >= limits.warn_s * 1000
                        and now_ms - since_ms >= NOBODY_MS
                        and self.site.paused_until_ms(at.station) <= wall_ms
                    ):
                        found[at.station] = None
        return tuple(found)


PAUSE_ENDS_MS = 60_000
"""So long before a pause ends a sound calls the cooks back."""


class PauseEnds:
    """Whether that sound is due: once for each pause."""

    def __init__(self) -> None:
        self._rang_ms = 0

    def due(self, until_ms: int, wall_ms: int) -> bool:
        """`until_ms` is when this screen's pause ends, 0 for none."""
        if until_ms == self._rang_ms or not 0 < until_ms - wall_ms <= PAUSE_ENDS_MS:
            return False
        self._rang_ms = until_ms
        return True


def nobodys_count(floor: Floor) -> tuple[Count, ...]:
    """Open lines that no routing rule knew, as long as there are any."""
    lines = floor.site.nobodys_lines
    return (Count("nobodys.count", lines, p.OVERDUE),) if lines else ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How this screen's own station stands: "" or words for the top bar, and what is out."""

    word: str = ""
    out: tuple[str, ...] = ()


OPEN = Standing()


def standing(look: Look, floor: Floor, station: str, wall_ms: int) -> Standing:
    """PAUSED 12:00, CLOSED, and the names of what is out, the newest first."""
    until_ms = floor.site.paused_until_ms(station)
    word = ""
    if station and floor.site.of(station).closed:
        word = look.words.say("closed")
    elif until_ms > wall_ms:
        word = look.words.say("paused", time=look.local_time(until_ms))
    names = tuple(
        pick(one.name, look.first, look.site_languages) or one.item_id for one in reversed(floor.out.items)
    )
    return Standing(word, names)
