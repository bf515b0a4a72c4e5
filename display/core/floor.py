"""What the hub says of the site besides orders, as a screen keeps it: alarms, paused and closed stations, what is out (86)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from display.core import palette as p
from display.core.bars import Count
from display.core.look import Look
from heard.stream import Live, Notice, OutItems, SiteState

STORE_REPLACED = "alarm/store/store-replaced"
"""The hub's key of that alarm."""


class Floor:
    """The newest of each live value."""

    def __init__(self) -> None:
        self.site = SiteState()
        self.out = OutItems()
        self.out_ids: frozenset[str] = frozenset()
        self._notices: dict[str, Notice] = {}

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

    @property
    def store_replaced(self) -> bool:
        """The hub found its store bad and serves an older copy."""
        return STORE_REPLACED in self._notices

    def notices(self) -> tuple[Notice, ...]:
        """What people must be told, newest last."""
        return tuple(self._notices.values())


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
    names = tuple(look.pick(one.name) or one.item_id for one in reversed(floor.out.items))
    return Standing(word, names)
