"""Key maps by name, and a station's own keys over them.

A bump bar is a keyboard whose codes are programmable and differ by vendor: a preset is where an installer begins, and learn
mode (`display.core.learn`) replaces what differs. Codes seen: SDCloud sends left Ctrl for BUMP and keypad minus for RECALL; the
legends of Logic Controls' KB1700 and KB9000 are 1-0, BUMP, RECALL, SUM, PAGE, REDRAW, UP, DOWN, HOME, SCROLL, MODE.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from display.core.keymap import ARROWS, KEYBOARD, Action, Keymap, Press, digit_keys

DIGITS = tuple(str(n) for n in range(10))
FUNCTIONS: tuple[str, ...] = (
    *DIGITS[1:],
    DIGITS[0],
    *(action.value for action in Action if action is not Action.DIGIT),
)
"""What a key can be: a digit, or an action by its name; also the names in the hub's `key_map`."""


SDCLOUD = Keymap(
    "sdcloud",
    {
        **digit_keys("", "kp "),
        "left ctrl": Press(Action.BUMP),
        "kp -": Press(Action.RECALL),
        "kp +": Press(Action.ALL_DAY),
        "kp enter": Press(Action.START),
        "kp *": Press(Action.SOUND),
        "backspace": Press(Action.UNDO),
        "page down": Press(Action.PAGE_NEXT),
        "page up": Press(Action.PAGE_PREVIOUS),
        "right": Press(Action.RIGHT),
        "left": Press(Action.LEFT),
        "down": Press(Action.LINE_DOWN),
        "up": Press(Action.LINE_UP),
        "home": Press(Action.HOME),
        "escape": Press(Action.BACK),
        "f10": Press(Action.MENU),
    },
    {
        Action.DIGIT: "1–9",
        Action.BUMP: "Bump",
        Action.RECALL: "Recall",
        Action.ALL_DAY: "Sum",
        Action.START: "Start",
        Action.UNDO: "Undo",
        Action.PAGE_NEXT: "Page",
        Action.SOUND: "KP *",
        Action.BACK: "Esc",
        **ARROWS,
    },
)


LOGIC_CONTROLS: Mapping[str, Action] = MappingProxyType(
    {
        "BUMP": Action.BUMP,
        "RECALL": Action.RECALL,
        "SUM": Action.ALL_DAY,
        "PAGE": Action.PAGE_NEXT,
        "REDRAW": Action.UNDO,
        "UP": Action.LINE_UP,
        "DOWN": Action.LINE_DOWN,
        "HOME": Action.HOME,
        "SCROLL": Action.NEXT,
        "MODE": Action.START,
    }
)
"""What the printed keys of their bars do here besides the digits. None says MENU or SOUND, so no hint names a key for them: MENU is learnt,
or programmed as F10, and has SOUND."""


def _logic_controls(name: str, more: Mapping[str, Press]) -> Keymap:
    """The legend of their bars; the codes are their makers' programming tool's first choice and often changed."""
    return Keymap(
        name,
        {
            **digit_keys(""),
            "enter": Press(Action.BUMP),
            "r": Press(Action.RECALL),
            "s": Press(Action.ALL_DAY),
            "page down": Press(Action.PAGE_NEXT),
            "d": Press(Action.UNDO),
            "up": Press(Action.LINE_UP),
            "down": Press(Action.LINE_DOWN),
            "home": Press(Action.HOME),
            "right": Press(Action.NEXT),
            "m": Press(Action.START),
            "escape": Press(Action.BACK),
            "f10": Press(Action.MENU),
            "q": Press(Action.SOUND),
            **more,
        },
        {Action.DIGIT: "1–0", **{action: label for label, action in LOGIC_CONTROLS.items()}},
    )


KB1700 = _logic_controls("kb1700", {})
KB9000 = _logic_controls("kb9000", {"left": Press(Action.PREVIOUS), "page up": Press(Action.PAGE_PREVIOUS)})

SIGNED: Mapping[str, str] = MappingProxyType(
    {
        **{action.value.removeprefix("line_"): sign for action, sign in ARROWS.items()},
        "escape": KEYBOARD.labels[Action.BACK],
        "page down": KEYBOARD.labels[Action.PAGE_NEXT],
    }
)
"""Keys whose label is not their name."""

PRESETS: Mapping[str, Keymap] = MappingProxyType(
    {one.name: one for one in (KEYBOARD, SDCLOUD, KB1700, KB9000)}
)


def with_own_keys(preset: Keymap, own: Mapping[str, str]) -> Keymap:
    """`own` is function -> key: such a function has only that key, and the key no other function. Unknown functions are left out."""
    wanted = {key: press for function, key in own.items() if (press := press_of(function)) is not None}
    if not wanted:
        return preset
    replaced = {(press.action, press.number) for press in wanted.values()}
    keys = {
        key: press
        for key, press in preset.keys.items()
        if key not in wanted and (press.action, press.number) not in replaced
    }
    labels = {}
    for action, label in preset.labels.items():
        left = [key for key, press in keys.items() if press.action is action]
        if left and label in map(label_of, wanted):  # that key has another meaning now
            labels[action] = label_of(left[0])
        elif left:
            labels[action] = label
    for key, press in wanted.items():
        if press.action is not Action.DIGIT:
            labels[press.action] = label_of(key)
    chosen = {press.number for press in wanted.values() if press.action is Action.DIGIT}
    left_digits = [n for n in DIGITS if n in keys or int(n) in chosen]
    labels[Action.DIGIT] = _digits_label(preset.labels[Action.DIGIT], left_digits)
    return Keymap(preset.name, {**keys, **wanted}, labels)


def _digits_label(whole: str, left: Sequence[str]) -> str:
    """ "1–9", or "1–4 6–9" where 5 is the key of something else; "1–0" is with 0."""
    row = (*DIGITS[1:], DIGITS[0])[: 10 if whole.endswith(DIGITS[0]) else 9]
    runs = "".join(n if n in left else " " for n in row).split()
    return " ".join(run if len(run) < 3 else f"{run[0]}–{run[-1]}" for run in runs)


def press_of(function: str) -> Press | None:
    """What a function's key does; None for a word that is none."""
    if function in DIGITS:
        return Press(Action.DIGIT, int(function))
    if function in FUNCTIONS:
        return Press(Action(function))
    return None


def label_of(key: str) -> str:
    """What stands in the hints: "F1", "Left ctrl", "KP −", "↓"."""
    if key in SIGNED:
        return SIGNED[key]
    if len(key) <= 3 or key.startswith("kp "):
        return key.upper()
    return key[:1].upper() + key[1:]
