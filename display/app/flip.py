"""Brings a picture to the panel and tells the hub of it, in this order: paint, flip, Painted, Alive."""

from __future__ import annotations

from collections.abc import Callable

from display.app.ledger import Ledger
from display.app.start import Output
from display.core.draw import Picture
from display.screens.role import Desk, Moment
from display.screens.waiting import Waiting, waiting
from heard.clock import Clock
from heard.link import Link
from heard.stream import Alive, Painted

ALIVE_S = 1.0
"""The hub calls a screen live for 3 s after this."""
KEY_AGO_MS_MAX = 24 * 3_600_000
"""A key of yesterday says as little as none."""


class Flip:
    """What stands on the panel, and when it was put there."""

    def __init__(self, output: Output, desk: Desk, clock: Clock, ledger: Ledger | None) -> None:
        self._output, self._desk, self._clock, self._ledger = output, desk, clock, ledger
        self.picture: Picture | None = None
        self.live = False
        """A live picture of the desk stands there."""
        self._alive_s = float("-inf")
        self._arrived_s: float | None = None

    def arrived(self, came_s: float) -> None:
        """Something that must be painted came from the hub; the first of several counts."""
        if self._arrived_s is None:
            self._arrived_s = came_s

    def connected(self) -> None:
        """Nobody knows of what stands here: report all of it, and that the screen lives, at the next flip."""
        self._desk.connected()
        self._alive_s = float("-inf")

    def hidden(self) -> None:
        """Nobody can see it any more: say so at the next flip, not at the next heartbeat."""
        self._alive_s = float("-inf")

    def forget(self) -> None:
        """The panel lost what stood on it."""
        self.picture = None

    def show(
        self,
        moment: Moment,
        link: Link,
        waits: Waiting | None,
        over: Callable[[Picture], Picture] | None = None,
        key_s: float | None = None,
    ) -> float | None:
        """Paint the desk's picture, or what the screen waits for; the second of the flip, None where the panel showed it already.

        `over` lays something over the tickets: nothing is called painted through it. `key_s`: when the last key came."""
        window = self._output.window
        if waits is not None:
            picture = waiting(self._desk.look, *window.size, waits)
        else:
            picture = self._desk.scene(moment).picture
        if over is not None:
            picture = over(picture)
        changed = self._output.painter.paint(picture, self.picture)
        window.present(changed)
        self.picture = picture
        self.live = waits is None and moment.live
        now_s = self._clock.monotonic()
        if waits is None and over is None:
            painted = self._desk.flipped(now_s, link.epoch)
            self._note(painted, now_s, link)
            if painted is not None and link.state.live and window.visible:
                link.painted(painted)
            elif painted is not None:
                self._desk.connected()  # nobody heard of it, or saw it: all of it is told again
        if now_s - self._alive_s >= ALIVE_S * 0.9:
            self._alive_s = now_s
            ago_ms = None if key_s is None else min(round((now_s - key_s) * 1000), KEY_AGO_MS_MAX)
            hidden, off = not window.visible, window.output_off
            link.alive(Alive(link.rev, link.digest, hidden, off, ago_ms))
        return now_s if changed else None

    def _note(self, painted: Painted | None, now_s: float, link: Link) -> None:
        """Into the ledger: painted is painted, whether a hub is there to hear it or not."""
        arrived_s, self._arrived_s = self._arrived_s, None
        if self._ledger is not None:
            self._ledger.live(self.live, now_s)
            drawn = self._desk.drawn() if link.state.live and link.complete else None
            if drawn is not None:
                self._ledger.drawn(link.rev, drawn)
            took_ms = (now_s - arrived_s) * 1000 if arrived_s is not None else 0.0
            if painted is not None:
                self._ledger.painted(painted, self._desk.tiles(), now_s, took_ms)
            if arrived_s is not None:
                self._ledger.flipped(now_s, took_ms)
