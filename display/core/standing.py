"""What stood under each slot, and when: a key or touch means the picture that the cook saw, not the one of this moment."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from display.core.blocks import Painted
from display.core.board import TicketKey
from display.core.slots import Stand
from heard.quick import quick

PICTURES_MAX = 512
"""Pictures kept; at 60 a second they cover eight seconds, more than any settle time."""


def line_key(line: Painted) -> str:
    """What names a painted line on its screen: its id, with its ticket where a tile shows lines of several."""
    return line.line_id if line.ticket is None else f"{line.ticket[0]}/{line.ticket[1]}/{line.line_id}"


@quick
@dataclass(frozen=True, slots=True)
class Rows:
    """A touchable rectangle on the screen that shows these lines, or asks for `action`."""

    x: int
    y: int
    w: int
    h: int
    lines: tuple[Painted, ...]
    action: str = ""

    def holds(self, x: int, y: int) -> bool:
        return self.x <= x < self.x + self.w and self.y <= y < self.y + self.h


@quick
@dataclass(frozen=True, slots=True)
class Stood:
    """One tile part as it was painted. `lines`: every line that it showed, at its version."""

    key: TicketKey
    slot: int
    page: int
    stand: Stand
    box: Rows
    header_h: int
    rows: tuple[Rows, ...] = ()
    undo: Rows | None = None
    version: int = 0  # of the order


@dataclass(frozen=True, slots=True)
class Stands:
    """One painted picture: what stood on its page, and what else could be touched there (`Rows.action` says what for)."""

    page: int
    tiles: tuple[Stood, ...] = ()
    buttons: tuple[Rows, ...] = ()

    def under(self, slot: int) -> Stood | None:
        """The tile with this slot number."""
        return next((tile for tile in self.tiles if tile.slot == slot), None)

    def at(self, x: int, y: int) -> Stood | None:
        """The tile under a finger."""
        return next((tile for tile in self.tiles if tile.box.holds(x, y)), None)

    def button(self, x: int, y: int) -> Rows | None:
        """The button under a finger."""
        return next((one for one in self.buttons if one.holds(x, y)), None)

    def has(self, action: str) -> bool:
        """Whether a button for this stood there."""
        return any(one.action == action for one in self.buttons)

    def keys(self) -> tuple[TicketKey, ...]:
        """The tickets in painting order, each once."""
        return tuple(dict.fromkeys(tile.key for tile in self.tiles if tile.stand is Stand.LIVE))


EMPTY = Stands(0)


class History:
    """The pictures of the last moments, each with the second of its flip (monotonic)."""

    def __init__(self, settle_s: float) -> None:
        self._settle_s = settle_s
        self._pictures: deque[tuple[float, Stands]] = deque(maxlen=PICTURES_MAX)
        self._line_seen: dict[TicketKey, dict[str, tuple[int, float]]] = {}

    @property
    def newest(self) -> Stands:
        return self._pictures[-1][1] if self._pictures else EMPTY

    def painted(self, stands: Stands, now_s: float) -> None:
        """This picture was flipped to the screen."""
        if stands is self.newest:
            return  # only ages moved on
        if not self._pictures or self._pictures[-1][1] != stands:
            while len(self._pictures) > 1 and self._pictures[1][0] <= now_s - self._settle_s - 1.0:
                self._pictures.popleft()
            self._pictures.append((now_s, stands))
        for tile in stands.tiles:
            if tile.stand is not Stand.LIVE:
                continue
            for line in tile.box.lines:
                seen = self._line_seen.setdefault(line.ticket or tile.key, {})
                if seen.get(line.line_id, (-1, 0.0))[0] != line.version:
                    seen[line.line_id] = (line.version, now_s)

    def meant(self, now_s: float) -> Stands:
        """The picture that a key pressed now means."""
        meant = EMPTY
        for at_s, stands in self._pictures:
            if at_s > now_s - self._settle_s:
                break
            meant = stands
        return meant

    def seen(self, key: TicketKey, now_s: float) -> Mapping[str, int]:
        """Lines of a ticket that the cook could see by now, by id, with the version that was painted."""
        return {
            line_id: version
            for line_id, (version, at_s) in self._line_seen.get(key, {}).items()
            if at_s <= now_s - self._settle_s
        }

    def painted_lines(self, key: TicketKey) -> Mapping[str, int]:
        """Lines of a ticket that were flipped at all, with their newest painted version."""
        return {line_id: version for line_id, (version, _) in self._line_seen.get(key, {}).items()}

    def forget(self, key: TicketKey) -> None:
        """The ticket has left."""
        self._line_seen.pop(key, None)
