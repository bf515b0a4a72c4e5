"""The shop's own pictures for a guest's screen: read and scaled in a thread, so that no frame waits for a disk."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pygame

from display.core.draw import Image

if TYPE_CHECKING:
    import asyncio

log = logging.getLogger("heard.display")

KINDS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".svg"})
PICTURES_MAX = 200
"""Of a folder; a guest sees some five."""
FILE_BYTES_MAX = 32 << 20
KEPT_MAX = 3
"""The one that stands, the next, and a logo; each is as large as the screen."""


class Pictures:
    """Surfaces by name and size. `wanted` asks for one; when it is there, `on_ready` is called on the loop."""

    def __init__(self) -> None:
        self.on_ready: Callable[[], None] = lambda: None
        self._ready: OrderedDict[tuple[str, int, int, bool], pygame.Surface] = OrderedDict()
        self._broken: set[str] = set()
        self._loading: set[asyncio.Task[None]] = set()
        self._asked: set[tuple[str, int, int, bool]] = set()

    def ready(self, op: Image) -> bool:
        """It can be painted now; one that is not there yet is asked for."""
        key = _key(op)
        if key in self._ready:
            self._ready.move_to_end(key)
            return True
        if key not in self._asked and op.name not in self._broken:
            self._asked.add(key)
            import asyncio  # after the first frame, which asks for no picture

            task = asyncio.get_running_loop().create_task(self._load(op))
            self._loading.add(task)
            task.add_done_callback(self._loading.discard)
        return False

    def broken(self, name: str) -> bool:
        """It was looked at, and is no picture."""
        return name in self._broken

    def blit(self, surface: pygame.Surface, op: Image) -> None:
        """Paint it where it is ready; else nothing."""
        found = self._ready.get(_key(op))
        if found is not None:
            x = op.x + (op.w - found.get_width()) // 2
            y = op.y + (op.h - found.get_height()) // 2
            surface.blit(found, (x, y))

    async def _load(self, op: Image) -> None:
        import asyncio

        key = _key(op)
        try:
            self._ready[key] = await asyncio.to_thread(_read, op)
        except (OSError, pygame.error, ValueError) as error:
            log.warning("%s is not shown: %s", op.name, error)
            self._broken.add(op.name)
        finally:
            self._asked.discard(key)
        while len(self._ready) > KEPT_MAX:
            self._ready.popitem(last=False)
        self.on_ready()

    def close(self) -> None:
        """Nothing more is loaded."""
        for task in self._loading:
            task.cancel()


def folder_pictures(folder: Path) -> tuple[str, ...]:
    """The pictures of a folder by name, hidden files left out; empty where there are none."""
    try:
        found = [
            one for one in folder.iterdir() if one.suffix.lower() in KINDS and not one.name.startswith(".")
        ]
    except OSError as error:
        log.warning("no pictures from %s: %s", folder, error.strerror)
        return ()
    return tuple(str(one) for one in sorted(found)[:PICTURES_MAX])


def _key(op: Image) -> tuple[str, int, int, bool]:
    return op.name, op.w, op.h, op.cover


def _read(op: Image) -> pygame.Surface:
    path = Path(op.name)
    if path.stat().st_size > FILE_BYTES_MAX:
        raise ValueError(f"it is larger than {FILE_BYTES_MAX >> 20} MiB")
    if path.suffix.lower() == ".svg":
        side = max(op.w, op.h) if op.cover else min(op.w, op.h)
        image = pygame.image.load_sized_svg(path, (side, side))
    else:
        image = pygame.image.load(path)
    w, h = image.get_size()
    if not w or not h:
        raise ValueError("it is empty")
    ratio = max(op.w / w, op.h / h) if op.cover else min(op.w / w, op.h / h)
    size = max(1, round(w * ratio)), max(1, round(h * ratio))
    if image.get_bitsize() < 24:
        full = pygame.Surface((w, h), pygame.SRCALPHA, 32)
        full.blit(image, (0, 0))
        image = full
    scaled = pygame.transform.smoothscale(image, size)
    if op.cover:
        scaled = scaled.subsurface(((size[0] - op.w) // 2, (size[1] - op.h) // 2, min(op.w, size[0]), min(op.h, size[1]))).copy()  # fmt: skip
    return scaled
