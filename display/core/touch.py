"""Fingers into taps and holds: what moves, lasts or comes five at once is a towel, not a finger."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

MOVE_MM_MAX = 8.0
"""A touch that moves further does nothing."""
TAP_S_MAX = 2.0
"""A touch that lasts longer does nothing."""
TOWEL_S = TAP_S_MAX + 0.001
HOLD_S = 0.6
"""A touch that stays this long asks for the menu of its tile."""
FINGERS_MAX = 4
"""Five at once are a hand with a cloth: all of them are ignored."""
FINGERS_KNOWN_MAX = 32
"""Fingers followed at once; more are not followed."""


class Gesture(StrEnum):
    TAP = "tap"
    HOLD = "hold"
    LET_GO = "let go"
    """After a hold, in time: a slow finger on a button means the button."""
    TOWEL = "towel"
    """A hold that lasts too long: what it opened is to be closed."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A gesture at the place where the finger came down, px; `down_s` is when, which says what picture it meant."""

    gesture: Gesture
    x: int
    y: int
    down_s: float | None = field(default=None, compare=False)


@dataclass(slots=True)
class _Finger:
    x: int
    y: int
    down_s: float
    spoiled: bool = False
    held: bool = False


class Touches:
    """Follows fingers. `mm_per_px` is 0 where nobody told the screen's size: then 8 mm are taken as 32 px."""

    def __init__(self, mm_per_px: float = 0.0) -> None:
        self._move_px_max = MOVE_MM_MAX / mm_per_px if mm_per_px > 0 else 32.0
        self._fingers: dict[int, _Finger] = {}

    def down(self, finger: int, x: int, y: int, now_s: float) -> None:
        if len(self._fingers) < FINGERS_KNOWN_MAX:
            self._fingers[finger] = _Finger(x, y, now_s)
        if len(self._fingers) > FINGERS_MAX:
            for one in self._fingers.values():
                one.spoiled = True

    def moved(self, finger: int, x: int, y: int) -> None:
        one = self._fingers.get(finger)
        if one is not None and (x - one.x) ** 2 + (y - one.y) ** 2 > self._move_px_max**2:
            one.spoiled = True

    def up(self, finger: int, x: int, y: int, now_s: float) -> Touched | None:
        """The finger left: a tap, the end of a hold, or nothing."""
        self.moved(finger, x, y)
        one = self._fingers.pop(finger, None)
        if one is None or one.spoiled or now_s - one.down_s > TAP_S_MAX:
            return None
        return Touched(Gesture.LET_GO if one.held else Gesture.TAP, one.x, one.y, one.down_s)

    def due(self, now_s: float) -> tuple[Touched, ...]:
        """Fingers that have stayed long enough for a hold, or too long for a finger, each once."""
        found = []
        for one in self._fingers.values():
            if not one.spoiled and not one.held and now_s >= one.down_s + HOLD_S:
                one.held = True
                found.append(Touched(Gesture.HOLD, one.x, one.y, one.down_s))
            elif not one.spoiled and now_s > one.down_s + TAP_S_MAX:
                one.spoiled = True
                found.append(Touched(Gesture.TOWEL, one.x, one.y, one.down_s))
        return tuple(found)

    def next_due_s(self) -> float | None:
        """When `due` will have something."""
        left = [one for one in self._fingers.values() if not one.spoiled]
        return min((one.down_s + (TOWEL_S if one.held else HOLD_S) for one in left), default=None)
