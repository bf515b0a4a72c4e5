"""What keys do, as data: named presets, each a table key -> action, and how a digit is meant.

Key names are those of `ui.input`: "1", "enter", "kp 1", "page down", "f" … A bump bar is a keyboard whose codes differ by
vendor, so nothing else in the program knows a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What a cook can ask for."""

    DIGIT = "digit"
    NEXT = "next"
    PREVIOUS = "previous"
    RIGHT = "right"
    LEFT = "left"
    LINE_DOWN = "line_down"
    LINE_UP = "line_up"
    BUMP = "bump"
    BUMP_LINE = "bump_line"
    START = "start"
    UNDO = "undo"
    RECALL = "recall"
    RUSH = "rush"
    ALL_DAY = "all_day"
    PAGE_NEXT = "page_next"
    PAGE_PREVIOUS = "page_previous"
    HOME = "home"
    CONFIRM = "confirm"
    BAG = "bag"
    RIDER = "rider"
    FIRE = "fire"
    HOLD = "hold"
    REMAKE = "remake"
    MADE = "made"
    NOT_MADE = "not_made"
    OUT = "eighty_six"
    PAUSE = "pause"
    REVIEW = "review"
    PUSH = "push"
    PULL = "pull"
    MENU = "menu"
    PRINT = "print"
    SOUND = "sound"
    BACK = "back"
    ERASE = "erase"


DESTRUCTIVE = frozenset(
    {
        Action.BUMP,
        Action.BUMP_LINE,
        Action.START,
        Action.UNDO,
        Action.RECALL,
        Action.RUSH,
        Action.DIGIT,
        Action.CONFIRM,
        Action.BAG,
        Action.RIDER,
        Action.FIRE,
        Action.HOLD,
        Action.REMAKE,
        Action.MADE,
        Action.NOT_MADE,
        Action.OUT,
        Action.PAUSE,
        Action.REVIEW,
        Action.PUSH,
        Action.PULL,
        Action.MENU,
        Action.PRINT,
        Action.SOUND,
    }
)
"""Held down, these act once: the keyboard's auto-repeat is ignored."""


ICONS: Mapping[Action, str] = {
    Action.BUMP: "check",
    Action.UNDO: "undo",
    Action.RECALL: "history",
    Action.START: "flame",
    Action.ALL_DAY: "list",
    Action.PAGE_NEXT: "files",
    Action.BAG: "shopping-bag",
    Action.RIDER: "bike",
    Action.FIRE: "flame",
    Action.RUSH: "zap",
    Action.PAUSE: "pause",
}
"""Signs on the buttons of a touch screen."""


class Grammar(StrEnum):
    """`SELECT`: a digit selects, BUMP acts. `BUMP`: a digit bumps that tile at once. 0 is the tens prefix in both."""

    SELECT = "digit-selects"
    BUMP = "digit-bumps"


@dataclass(frozen=True, slots=True)
class Press:
    """One key: `number` of a digit, `repeat` where the keyboard repeats a held key."""

    action: Action
    number: int = 0
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Keymap:
    """A preset. `labels` are what stands on the keys, for the hints."""

    name: str
    keys: Mapping[str, Press]
    labels: Mapping[Action, str]


def keys_of(labels: Mapping[Action, str], closes: Action) -> dict[str, str]:
    """What stands on the keys, by the action's name; what `closes` a panel is said by BACK's key where its own is none."""
    back = labels.get(Action.BACK, "")
    return {closes.value: back, **{action.value: label for action, label in labels.items()}}


ARROWS: Mapping[Action, str] = {
    Action.LINE_UP: "↑",
    Action.LINE_DOWN: "↓",
    Action.LEFT: "←",
    Action.RIGHT: "→",
}
"""Of presets whose arrows are keys with that sign."""


def digit_keys(*prefixes: str) -> dict[str, Press]:
    """A key for each digit, named with each of these before it."""
    return {f"{prefix}{n}": Press(Action.DIGIT, n) for prefix in prefixes for n in range(10)}


KEYBOARD = Keymap(
    "keyboard",
    {
        **digit_keys("", "kp "),
        "enter": Press(Action.BUMP),
        "kp enter": Press(Action.BUMP),
        "space": Press(Action.BUMP),
        "l": Press(Action.BUMP_LINE),
        "u": Press(Action.UNDO),
        "r": Press(Action.RECALL),
        "s": Press(Action.START),
        "a": Press(Action.ALL_DAY),
        "c": Press(Action.CONFIRM),
        "b": Press(Action.BAG),
        "d": Press(Action.RIDER),
        "f": Press(Action.FIRE),
        "h": Press(Action.HOLD),
        "m": Press(Action.REMAKE),
        "y": Press(Action.MADE),
        "n": Press(Action.NOT_MADE),
        "x": Press(Action.OUT),
        "p": Press(Action.PAUSE),
        "v": Press(Action.REVIEW),
        "t": Press(Action.PUSH),
        "g": Press(Action.PULL),
        "menu": Press(Action.MENU),
        "application": Press(Action.MENU),
        "f10": Press(Action.MENU),
        "f8": Press(Action.PRINT),
        "q": Press(Action.SOUND),
        "!": Press(Action.RUSH),
        "f9": Press(Action.RUSH),
        "right": Press(Action.RIGHT),
        "left": Press(Action.LEFT),
        "tab": Press(Action.NEXT),
        "down": Press(Action.LINE_DOWN),
        "up": Press(Action.LINE_UP),
        "page down": Press(Action.PAGE_NEXT),
        "page up": Press(Action.PAGE_PREVIOUS),
        "home": Press(Action.HOME),
        "escape": Press(Action.BACK),
        "backspace": Press(Action.ERASE),
    },
    {
        Action.DIGIT: "1–9",
        Action.BUMP: "Enter",
        Action.UNDO: "U",
        Action.RECALL: "R",
        Action.START: "S",
        Action.ALL_DAY: "A",
        Action.CONFIRM: "C",
        Action.BAG: "B",
        Action.RIDER: "D",
        Action.FIRE: "F",
        Action.OUT: "X",
        Action.PAUSE: "P",
        Action.REMAKE: "M",
        Action.REVIEW: "V",
        Action.PUSH: "T",
        Action.PULL: "G",
        Action.MENU: "F10",
        Action.PRINT: "F8",
        Action.SOUND: "Q",
        Action.PAGE_NEXT: "PgDn",
        Action.MADE: "Y",
        Action.NOT_MADE: "N",
        Action.BACK: "Esc",
        **ARROWS,
    },
)
