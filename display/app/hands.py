"""Keys and fingers: from the window's events to what a desk is asked. Nothing polls but a window without a descriptor."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from display.app.learning import Learning
from display.app.preflight import PreflightHere
from display.core.effects import Click, Effect
from display.core.keymap import Keymap
from display.core.touch import Gesture, Touched, Touches
from display.screens.role import Desk
from display.ui import input as ui_input
from display.ui.window import Outlet
from heard.clock import Clock

log = logging.getLogger("heard.display")

POLL_IDLE_S, POLL_BUSY_S, BUSY_S = 1 / 30, 1 / 125, 2.0
"""Where the window system gives no descriptor: how often keys are asked for, and for how long faster after one."""
IDLE_WAKES_MAX = 200
"""A descriptor that wakes us so often without an event is not the keyboard's."""
INCH_MM = 25.4
MODIFIERS = frozenset(
    {"left shift", "right shift", "left ctrl", "right ctrl", "left alt", "right alt", "capslock", "numlock"}
)
"""Without a function they are silent: they only begin another key."""
KEYS, TOUCH = "keys", "touch"
"""What a key was on, in the order's history. A bump bar is a keyboard."""


class Hands:
    """Reads the window. `carry` takes what the desk wants done, `soon` asks for a turn, `at_once` for one that shows a key."""

    def __init__(
        self,
        window: Outlet,
        desk: Desk,
        keymap: Keymap,
        screen_inches: float,
        clock: Clock,
        *,
        carry: Callable[[tuple[Effect, ...], str], None],
        soon: Callable[[], None],
        at_once: Callable[[], None],
        shown: Callable[[bool, bool], None],
        closed: Callable[[], None],
        learning: Learning | None = None,
        preflight: PreflightHere | None = None,
    ) -> None:
        self._window, self._desk, self.keymap, self._clock = window, desk, keymap, clock
        self._carry, self._soon, self._shown, self._closed = carry, soon, shown, closed
        self._at_once = at_once
        self._learning, self._preflight = learning, preflight
        mm = 0.0
        if screen_inches:
            w, h = window.panel_size
            mm = screen_inches * INCH_MM / float((w * w + h * h) ** 0.5)
        self._touches = Touches(mm)
        self._input_s = float("-inf")
        self.key_s: float | None = None
        """When the last key or finger came, for the hub: is anybody there?"""
        self._idle_wakes = 0
        self._polling = False

    def listen(self) -> None:
        """Wake up by the window's descriptors, or poll where it has none."""
        loop = asyncio.get_running_loop()
        for fd in self._window.input_fds:
            loop.add_reader(fd, self._woken, fd)
        if not self._window.headless and not self._window.input_fds:
            self._polling = True
            self._poll()

    def take(self) -> bool:
        """Hand on what came in; True for anything at all."""
        events = self._window.events()
        found = ui_input.inputs(events, self._window.panel_size, self._window.to_picture)
        now_s = self._clock.monotonic()
        for touched in self._touches.due(now_s):
            self._touched(touched, now_s)
        for one in found:
            self._input_s = now_s
            self.feed(one, now_s)
        return bool(events)

    def feed(self, one: ui_input.Input, now_s: float) -> None:
        """One key, finger or word of the window."""
        if isinstance(one, ui_input.Key | ui_input.Finger):
            self.key_s = now_s
        match one:
            case ui_input.Key(name, repeat):
                self._at_once()
                if self._learning is not None and self._learning.takes(name, now_s, repeat=repeat):
                    return
                if self._preflight is not None and self._preflight.takes(name, KEYS, now_s, repeat=repeat):
                    self._desk.stirred(now_s)
                    return
                press = self.keymap.keys.get(name)
                if press is not None:
                    pressed = replace(press, repeat=True) if repeat else press
                    self._carry(self._desk.press(pressed, now_s), KEYS)
                else:
                    self._desk.stirred(now_s)
                    if name not in MODIFIERS and not repeat:
                        self._carry((Click(),), KEYS)
            case ui_input.Finger("down", number, x, y):
                self._touches.down(number, x, y, now_s)
            case ui_input.Finger("move", number, x, y):
                self._touches.moved(number, x, y)
            case ui_input.Finger(_, number, x, y):
                touched = self._touches.up(number, x, y, now_s)
                if touched is not None:
                    self._touched(touched, now_s)
            case ui_input.Shown(visible, redraw):
                self._shown(visible, redraw)
            case ui_input.Closed():
                self._closed()

    def _touched(self, touched: Touched, now_s: float) -> None:
        if self._learning is not None and self._learning.on:
            return  # what it covers cannot be touched
        towel = touched.gesture is Gesture.TOWEL  # it touches nothing, also no preflight
        if towel or self._preflight is None or not self._preflight.takes(TOUCH, TOUCH, now_s):
            self._carry(self._desk.touch(touched, now_s), TOUCH)

    def next_due_s(self) -> float | None:
        """When a finger becomes a hold."""
        return self._touches.next_due_s()

    def _woken(self, fd: int) -> None:
        if self.take():
            self._idle_wakes = 0
            self._soon()
            return
        self._idle_wakes += 1
        if self._idle_wakes > IDLE_WAKES_MAX:
            log.warning("input descriptor %d wakes without input; polling instead", fd)
            asyncio.get_running_loop().remove_reader(fd)
            self._idle_wakes = 0
            if not self._polling:
                self._polling = True
                self._poll()

    def _poll(self) -> None:
        if self.take():
            self._soon()
        busy = self._clock.monotonic() - self._input_s < BUSY_S
        asyncio.get_running_loop().call_later(POLL_BUSY_S if busy else POLL_IDLE_S, self._poll)
