"""Whole screens for scenarios, without a window, and what a cook reads on them and does with them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from display.app.options import Options
from display.app.screen import ScreenApp
from display.app.start import Output, output_on
from display.config import Config
from display.core.draw import Group, Text
from display.ui.input import Finger, Input, Key
from display.ui.window import Memory
from tests.fakes.clock import Hurry
from tests.waiting import until

SIZE = (1280, 720)
LOOKED_S = 0.6
"""A key means the picture of half a second before: so long a cook has looked."""


@dataclass
class Screen:
    """One that is live."""

    app: ScreenApp
    clock: Hurry

    def texts(self, key: str = "") -> list[Text]:
        """What is written, in groups whose key begins so."""
        picture = self.app.picture
        found: list[Text] = []
        for op in picture.ops if picture is not None else ():
            if isinstance(op, Text) and not key:
                found.append(op)
            elif isinstance(op, Group) and op.key.startswith(key):
                found += [one for one in op.ops if isinstance(one, Text)]
        return found

    def words(self, key: str = "") -> str:
        """The same in one string."""
        return " ".join(one.text for one in self.texts(key))

    def tiles(self) -> dict[str, Group]:
        """Where each ticket stands, by order id."""
        picture = self.app.picture
        groups = [one for one in picture.ops if isinstance(one, Group)] if picture is not None else []
        return {one.key.partition("/")[0]: one for one in groups if "/" in one.key}

    async def says(self, *words: str, key: str = "") -> None:
        """Until all of these stand there."""
        await until(
            lambda: all(one in self.words(key) for one in words),
            why=lambda: f"stood there {words}, but: {self.words(key)}",
        )

    def later(self, seconds: float) -> None:
        """So much time goes by at this screen."""
        self.clock.ahead_s += seconds
        self.app.wake()

    async def painted(self, seconds: float = 0.0) -> None:
        """After so much time: until the next picture stands there."""
        before = self.app.picture
        self.later(seconds)
        await until(lambda: self.app.picture is not before)

    def key(self, *names: str) -> None:
        """Keys of somebody who does not look."""
        for name in names:
            self.app.feed(Key(name))

    def press(self, *names: str) -> None:
        """Keys of somebody who has looked first."""
        self.later(LOOKED_S)
        self.key(*names)

    def tap(self, x: int, y: int) -> None:
        """A finger."""
        taps: tuple[Input, ...] = (Finger("down", 1, x, y), Finger("up", 1, x, y))
        for one in taps:
            self.app.feed(one)


@asynccontextmanager
async def a_screen(
    fonts: Output,
    hub: str,
    folder: Path,
    role: str = "prep",
    station: str = "grill",
    *,
    device: str = "",
    clock: Hurry | None = None,
    **settings: Any,
) -> AsyncIterator[Screen]:
    """A screen that runs in the block; what it paints counts. The hub may be away: then it is not live yet."""
    clock = clock or Hurry()
    device = device or f"screen-{station if role == 'prep' else role}"
    state = folder / device
    await asyncio.to_thread(state.mkdir, exist_ok=True)
    config = Config(station=station if role == "prep" else "", hub=hub, **settings)
    options = Options(
        config, SIZE, headless=True, count_headless=True, mdns=False, state=state, device=device, role=role
    )
    output = await asyncio.to_thread(output_on, fonts, Memory(SIZE))
    app = ScreenApp(options, output, clock)
    task = asyncio.create_task(app.run())
    try:
        await until(lambda: app.live_picture)
        yield Screen(app, clock)
    finally:
        app.stop()
        await task
