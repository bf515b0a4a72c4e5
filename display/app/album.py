"""Pictures of a running screen by a word that comes on a tile; of the moments when it came the fullest is kept, each for one word."""

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
    """Looks at each picture after its flip. Files are written behind it, one after another.

    No two are the same picture: two words that come at once are kept from two of them.
    """

    def __init__(
        self,
        wanted: Iterable[tuple[str, Path]],
        window: Outlet,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        pairs = sorted(
            wanted, key=lambda one: one[0] == ANY
        )  # whatever stands there leaves words the first choice
        self._wanted = dict(pairs)
        self._window, self._spawn = window, spawn
        self._fullest = dict.fromkeys(self._wanted, 0)
        self._kept: dict[str, Picture] = {}
        self._stood: frozenset[str] = frozenset()
        self._writing = asyncio.Lock()

    def look(self, picture: Picture | None) -> None:
        """Keep what is fuller than before, for one word."""
        if picture is None:
            return
        tiles = {word: found for word in self._wanted if (found := tiles_with(picture, word))}
        for word, found in tiles.items():
            came = word == ANY or word not in self._stood
            if found > self._fullest[word] if came else not self._fullest[word]:
                if any(one == picture for other, one in self._kept.items() if other != word):
                    continue  # the same still stands there
                self._kept[word] = picture
                self._fullest[word] = found if came else 1  # … a moment late, until it comes again
                self._spawn(self._write(partial(save, self._window.surface.copy(), self._wanted[word])))
                break
        self._stood = frozenset(tiles)

    async def _write(self, picture: Callable[[], None]) -> None:
        async with self._writing:
            await asyncio.to_thread(picture)
