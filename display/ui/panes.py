"""One window as two screens, side by side or on an upright panel one above the other: each pane is a window of its own to whoever paints and listens there.

Fingers and the mouse belong to the pane where they came down, keys to the one that is marked; SWITCH marks the other one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pygame

from display.core import palette as p
from display.ui import input as ui_input
from display.ui.window import Outlet
from heard.clock import Clock, SystemClock

SWITCH = "f7"
"""The key that gives the keys to the other pane; no preset has it, as a bar needs all that it has."""
BETWEEN_PX = 4
MARK_PX = 4
DEAF_S = 0.5
"""After the panes changed sides a finger that comes down means neither: it aimed at the picture before."""
EVENTS_MAX = 256
"""Events that wait for a pane; a hand makes some tens a second."""
_ELSEWHERE = pygame.USEREVENT
_FINGERS = (pygame.FINGERDOWN, pygame.FINGERMOTION, pygame.FINGERUP)
_DOWN = (pygame.FINGERDOWN, pygame.MOUSEBUTTONDOWN)
_MOUSE = (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP, pygame.MOUSEMOTION)


class Pane:
    """A part of a window, with the same face. `wake` is called when something came for it through the other one."""

    visible = True

    def __init__(self, panes: Panes, rect: pygame.Rect, input_fds: tuple[int, ...]) -> None:
        self._panes, self.rect, self.input_fds = panes, rect, input_fds
        self.surface = panes.window.surface.subsurface(rect)
        self.headless = panes.window.headless
        self.wake: Callable[[], None] = lambda: None
        self.redraw: Callable[[], None] = lambda: None
        self.waiting: list[pygame.event.Event] = []

    @property
    def size(self) -> tuple[int, int]:
        return self.surface.get_size()

    @property
    def panel_size(self) -> tuple[int, int]:
        return self._panes.window.panel_size

    @property
    def output_off(self) -> bool:
        return self._panes.window.output_off

    def present(self, rects: Sequence[pygame.Rect]) -> None:
        """Bring the changed rectangles to the panel, and the mark of the keys over them."""
        if rects:
            marked = self._panes.mark(self)
            self._panes.window.present([rect.move(self.rect.topleft) for rect in rects] + marked)

    def events(self) -> list[pygame.event.Event]:
        """What came for this pane; what came for the other one is dealt, and stands here as an event of no meaning."""
        dealt = self._panes.deal(self)
        found, self.waiting = self.waiting, []
        return found + [pygame.event.Event(_ELSEWHERE)] * (dealt and not found)

    def to_picture(self, x: int, y: int) -> tuple[int, int]:
        x, y = self._panes.window.to_picture(x, y)
        return x - self.rect.x, y - self.rect.y

    def close(self) -> None:
        """The window is closed by its owner."""


class Panes:
    """The two panes of a window. Right to left, the first one stands on the right; on an upright panel above.

    Which it is follows the first one's station: where its cooks begin to read. Each pane inside is as its own station reads.
    """

    def __init__(self, window: Outlet, *, rtl: bool = False, clock: Clock | None = None) -> None:
        self.window = window
        self._clock = clock or SystemClock()
        w, h = window.size
        if h > w:
            half = (h - BETWEEN_PX) // 2
            places = [pygame.Rect(0, 0, w, half), pygame.Rect(0, h - half, w, half)]
        else:
            half = (w - BETWEEN_PX) // 2
            places = [pygame.Rect(0, 0, half, h), pygame.Rect(w - half, 0, half, h)]
            if rtl:
                places.reverse()
        self.first = Pane(self, places[0], window.input_fds)
        self.second = Pane(self, places[1], ())
        self.keys = self.first
        self._rtl, self._upright = rtl, h > w
        self._deaf_until_s = float("-inf")
        self._fingers: dict[int, Pane] = {}

    def turn(self, *, rtl: bool) -> bool:
        """Right to left, or not: True where the panes have changed sides, and whoever paints there must paint all of it anew."""
        if self._upright or rtl is self._rtl:
            return False
        self._rtl = rtl
        self._deaf_until_s = self._clock.monotonic() + DEAF_S
        first, second = self.first, self.second
        first.rect, second.rect = second.rect, first.rect
        first.surface, second.surface = second.surface, first.surface
        return True

    def deal(self, asking: Pane) -> bool:
        """Give each event to its pane; True when there was any."""
        events = self.window.events()
        for event in events:
            for pane in self._whose(event):
                if len(pane.waiting) < EVENTS_MAX:
                    pane.waiting.append(event)
                if pane is not asking:
                    pane.wake()
        return bool(events)

    def mark(self, pane: Pane) -> list[pygame.Rect]:
        """Draw the mark on the pane that has the keys; where it was drawn."""
        if pane is not self.keys:
            return []
        return [self.window.surface.fill(p.SELECTED, (*pane.rect.topleft, pane.rect.w, MARK_PX))]

    def _whose(self, event: pygame.event.Event) -> tuple[Pane, ...]:
        both = (self.first, self.second)
        if event.type == pygame.KEYDOWN:
            if ui_input.key_name(event) == SWITCH:
                self.keys = self.second if self.keys is self.first else self.first
                for pane in both:
                    pane.redraw()
                return ()
            return (self.keys,)
        if event.type in _DOWN and self._clock.monotonic() < self._deaf_until_s:
            return ()
        if event.type in _FINGERS or event.type in _MOUSE:
            return (self._under(event),)
        return both

    def _under(self, event: pygame.event.Event) -> Pane:
        """Where it came down; it stays with that pane until it is up."""
        if event.type in _FINGERS:
            number = int(event.finger_id)
            w, h = self.window.panel_size
            place = int(event.x * w), int(event.y * h)
        else:
            number, place = ui_input.MOUSE, event.pos
        if event.type in _DOWN or number not in self._fingers:
            where = self.window.to_picture(*place)
            here = next(
                (pane for pane in (self.first, self.second) if pane.rect.collidepoint(where)),
                self.first,
            )
            if event.type in _DOWN:
                self._fingers = {**dict(list(self._fingers.items())[-31:]), number: here}
            return here
        if event.type in (pygame.FINGERUP, pygame.MOUSEBUTTONUP):
            return self._fingers.pop(number)
        return self._fingers[number]
