"""Looks every 2 s whether a bump bar is still plugged in, in a thread: a hanging USB port must not stop the screen."""

from __future__ import annotations

import asyncio
import logging
import struct
from collections.abc import Callable
from pathlib import Path

from display.core.bump_bar import Plugged, bump_bars

DEVICES = Path("/proc/bus/input/devices")
WORD_BITS = struct.calcsize("P") * 8
"""The kernel writes words of the length that the reading program has."""
EVERY_S = 2.0
"""Sooner than a cook presses a key a second time."""

log = logging.getLogger("heard.display")


class BumpBar:
    """`gone` is what the screen says; `soon` asks for a turn when it changes. `expected`: this station works with one."""

    def __init__(
        self, devices: Path, soon: Callable[[], None], expected: Callable[[], bool] = lambda: False
    ) -> None:
        self._devices, self._soon, self._expected = devices, soon, expected
        self._plugged = Plugged()

    @property
    def gone(self) -> bool:
        """No keyboard that could bump is there, and one was or should be."""
        return self._plugged.gone

    async def run(self) -> None:
        """For ever; ends where the system has no such list."""
        while True:
            try:
                listing = await asyncio.to_thread(self._devices.read_text, "utf-8", "replace")
            except OSError as error:
                log.info("an unplugged bump bar will not be noticed: %s", error)
                return
            if self._plugged.seen(bump_bars(listing, WORD_BITS), expected=self._expected()):
                log.warning("there is no bump bar") if self.gone else log.info("the bump bar is back")
                self._soon()
            await asyncio.sleep(EVERY_S)
