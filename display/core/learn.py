"""Learn mode: "press the key that you use for BUMP", one function after another. Pure.

BUMP is asked first and must be answered; from then on BUMP itself skips what a bar does not have. A key that has a function
already is taken for the new one only when it is pressed twice. Nothing is kept before the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from display.core.keymap import Action

ORDER: tuple[str, ...] = (
    Action.BUMP.value,
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "0",
    Action.UNDO.value, Action.RECALL.value, Action.START.value, Action.ALL_DAY.value,
    Action.PAGE_NEXT.value, Action.MENU.value, Action.PAGE_PREVIOUS.value, Action.HOME.value,
    Action.NEXT.value, Action.PREVIOUS.value, Action.LINE_DOWN.value, Action.LINE_UP.value,
    Action.RUSH.value, Action.FIRE.value, Action.BACK.value,
    Action.BUMP_LINE.value, Action.REVIEW.value, Action.PUSH.value, Action.PULL.value,
    Action.NOT_MADE.value, Action.MADE.value,
    Action.REMAKE.value, Action.OUT.value, Action.HOLD.value, Action.PAUSE.value, Action.PRINT.value,
    Action.SOUND.value,
)  # fmt: skip
"""Bump bars have 17 to 20 keys: what most of them have comes first, so that an installer may stop early.

MENU early: it stands for every function that the bar has no key for.
"""
ABANDONED_S = 30.0
"""Without a key for so long nobody is there: the old keys stay."""
BETWEEN_S = 0.25
"""A key that bounces answers one question, not two."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What the screen shows: the function asked for, how far, and what was wrong with the last key."""

    function: str
    number: int
    of: int
    taken_by: str = ""
    """The function that this key has: pressed again, it changes hands."""
    skippable: bool = False


@dataclass(slots=True)
class Learn:
    """One run of learn mode. Seconds are monotonic."""

    began_s: float
    keys: dict[str, str] = field(default_factory=dict)
    """Function -> key, as learnt so far."""
    done: bool = False
    abandoned: bool = False
    _at: int = 0
    _doubted: str = ""
    _last_s: float = float("-inf")

    @property
    def asking(self) -> Asking:
        """The question on the screen."""
        owner = self._owner(self._doubted) if self._doubted else ""
        return Asking(ORDER[min(self._at, len(ORDER) - 1)], self._at + 1, len(ORDER), owner, self._at > 0)

    @property
    def learnt(self) -> Mapping[str, str]:
        """For the hub, once it is `done`."""
        return dict(self.keys)

    def press(self, key: str, now_s: float) -> None:
        """A key, by the name that the window gives it."""
        if self.done or self.abandoned or now_s < self._last_s + BETWEEN_S:
            return
        self._last_s = now_s
        bump = self.keys.get(Action.BUMP.value)
        if self._at and key == bump:
            self._next()
            return
        owner = self._owner(key)
        if owner and self._doubted != key:
            self._doubted = key
            return
        if owner:
            del self.keys[owner]
        self.keys[ORDER[self._at]] = key
        self._next()

    def finish(self) -> None:
        """The installer has enough; what was not asked stays as the preset says."""
        if self.keys:
            self.done = True
        else:
            self.abandoned = True

    def passed(self, now_s: float) -> None:
        """Time passes."""
        if not self.done and now_s >= max(self._last_s, self.began_s) + ABANDONED_S:
            self.abandoned = True

    def next_due_s(self) -> float:
        """When `passed` will change something."""
        return max(self._last_s, self.began_s) + ABANDONED_S

    def _next(self) -> None:
        self._doubted = ""
        self._at += 1
        self.done = self._at >= len(ORDER)

    def _owner(self, key: str) -> str:
        return next((function for function, there in self.keys.items() if there == key), "")
