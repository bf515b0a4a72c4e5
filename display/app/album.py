"""Pictures of a running screen by a word that stands on a tile; of several pictures with it the fullest is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from display.core.draw import Group, Picture, Text
from display.ui.window import Outlet, save

ANY = "*"
"""As a word: whatever stands there."""


def tiles_with(picture: Picture, word: str) -> int:
    """How many tiles stand there if the word is written on one of them, else 0."""
    tiles = [one for one in picture.ops if isinstance(one, Group) and "/" in one.key]
    found = word == ANY or any(isinstance(op, Text) and word in op.text for tile in tiles for op in tile.ops)
    return len(tiles) if found else 0


class Album:
    """Looks at each picture after its flip. Files are written behind it, one after another."""

    def __init__(
        self,
        wanted: Iterable[tuple[str, Path]],
        window: Outlet,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._wanted = dict(wanted)
        self._window, self._spawn = window, spawn
        self._fullest = dict.fromkeys(self._wanted, 0)
        self._writing = asyncio.Lock()

    def look(self, picture: Picture | None) -> None:
        """Keep what is fuller than before."""
        if picture is None:
            return
        for word, file in self._wanted.items():
            tiles = tiles_with(picture, word)
            if tiles > self._fullest[word]:
                self._fullest[word] = tiles
                self._spawn(self._write(partial(save, self._window.surface.copy(), file)))

    async def _write(self, picture: Callable[[], None]) -> None:
        async with self._writing:
            await asyncio.to_thread(picture)
