"""The signs beside words: Lucide's SVG drawings and our riyal sign, in any size and colour."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path

import pygame

from display.core.draw import Colour

ICONS = Path(__file__).parent.parent / "assets" / "icons"
ICONS_CACHED_MAX = 256  # surfaces; some 40 kB at most each


class Icons:
    """Draws icons. The surfaces belong to its cache: blit them, do not change them."""

    def __init__(self, folder: Path = ICONS) -> None:
        self._drawings = {
            file.stem: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.svg"))
        }
        self.icon = lru_cache(maxsize=ICONS_CACHED_MAX)(self._icon)

    @property
    def names(self) -> tuple[str, ...]:
        """What can be drawn."""
        return tuple(self._drawings)

    def _icon(self, name: str, size_px: int, colour: Colour, mirrored: bool = False) -> pygame.Surface:
        """A square surface; `mirrored` left to right. Raises ValueError for a name that is not shipped."""
        drawing = self._drawings.get(name)
        if drawing is None:
            raise ValueError(f"no icon {name!r}; there are {', '.join(self._drawings)}")
        svg = io.BytesIO(drawing.replace("currentColor", colour).encode())
        surface = pygame.image.load_sized_svg(svg, (size_px, size_px))
        return pygame.transform.flip(surface, True, False) if mirrored else surface
