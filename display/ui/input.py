"""Keys, mouse and fingers of pygame as the names and touches that core knows.

A touch screen also sends made-up mouse events: they are ignored. Letters and digits count by their place on the keyboard,
so that an Arabic layout bumps as well as a Latin one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pygame

MOUSE = -1  # its finger number
_SCANCODE_A, _SCANCODE_1, _SCANCODE_0 = 4, 30, 39  # USB usage table, which SDL's scancodes follow
_NAMES = {
    "return": "enter",
    "keypad enter": "kp enter",
    "pagedown": "page down",
    "pageup": "page up",
}


@dataclass(frozen=True, slots=True)
class Key:
    """A key that went down, by name."""

    name: str
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Finger:
    """A finger or the mouse: "down", "move" or "up" at x, y px of the screen as the cook sees it."""

    what: str
    number: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Closed:
    """The window is to be closed."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The window was hidden or shown again; `redraw`: its content is lost."""

    visible: bool
    redraw: bool = False


Input = Key | Finger | Closed | Shown


def inputs(
    events: Iterable[pygame.event.Event], size: tuple[int, int], turned: Callable[[int, int], tuple[int, int]]
) -> list[Input]:
    """What the events mean; `turned` takes a place on the panel to its place on the picture."""
    found: list[Input] = []
    for event in events:
        one = _input(event, size, turned)
        if one is not None:
            found.append(one)
    return found


def _input(
    event: pygame.event.Event, size: tuple[int, int], turned: Callable[[int, int], tuple[int, int]]
) -> Input | None:
    kind = event.type
    if kind == pygame.KEYDOWN:
        return Key(key_name(event), bool(getattr(event, "repeat", False)))
    if kind in (pygame.FINGERDOWN, pygame.FINGERMOTION, pygame.FINGERUP):
        what = {pygame.FINGERDOWN: "down", pygame.FINGERMOTION: "move", pygame.FINGERUP: "up"}[kind]
        return Finger(what, event.finger_id, *turned(int(event.x * size[0]), int(event.y * size[1])))
    if kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
        if getattr(event, "touch", False) or event.button != pygame.BUTTON_LEFT:
            return None
        return Finger("down" if kind == pygame.MOUSEBUTTONDOWN else "up", MOUSE, *turned(*event.pos))
    if kind == pygame.MOUSEMOTION:
        if getattr(event, "touch", False) or not event.buttons[0]:
            return None
        return Finger("move", MOUSE, *turned(*event.pos))
    if kind in (pygame.QUIT, pygame.WINDOWCLOSE):
        return Closed()
    if kind in (pygame.WINDOWHIDDEN, pygame.WINDOWMINIMIZED):
        return Shown(False)
    if kind in (pygame.WINDOWSHOWN, pygame.WINDOWRESTORED, pygame.WINDOWEXPOSED):
        return Shown(True, redraw=True)
    return None


def key_name(event: pygame.event.Event) -> str:
    """The name by which keymaps know a key. What it types names a sign ("!"), but not on the keypad, whose minus is a key of its own."""
    name = pygame.key.name(event.key, use_compat=False).lower()
    if name.startswith("keypad "):
        return _NAMES.get(name) or "kp " + name.removeprefix("keypad ")
    typed = getattr(event, "unicode", "")
    if len(typed) == 1 and typed.isascii() and typed.isprintable() and not typed.isalnum() and typed != " ":
        return str(typed)
    if not name.isascii() or not name:
        name = _by_place(getattr(event, "scancode", 0)) or name
    if name.isdigit() and getattr(event, "mod", 0) & pygame.KMOD_SHIFT:
        # The system tells what was typed a moment later, sometimes too late: a shifted digit must never select a tile.
        return "!" if name == "1" else f"shift {name}"
    return _NAMES.get(name, name)


def _by_place(scancode: int) -> str:
    if _SCANCODE_A <= scancode < _SCANCODE_A + 26:
        return chr(ord("a") + scancode - _SCANCODE_A)
    if _SCANCODE_1 <= scancode <= _SCANCODE_0:
        return str((scancode - _SCANCODE_1 + 1) % 10)
    return ""
