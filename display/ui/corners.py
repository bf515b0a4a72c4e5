"""Anti-aliased quarter circles for rounded rectangles, cached."""

from __future__ import annotations

import math
from functools import lru_cache

import pygame

from display.core.draw import Colour
from display.ui.fill import fill

SUBROWS = 8  # samples of a pixel's height; its width is exact
DISCS_CACHED_MAX = 128  # surfaces of (2 r)² px


def fill_rounded(
    surface: pygame.Surface, rect: pygame.Rect, colour: pygame.Color, name: Colour, radius: int
) -> None:
    """A filled rectangle with round corners."""
    r = min(radius, rect.w // 2, rect.h // 2)
    if r <= 0:
        fill(surface, colour, rect)
        return
    fill(surface, colour, pygame.Rect(rect.x + r, rect.y, rect.w - 2 * r, r))
    fill(surface, colour, pygame.Rect(rect.x, rect.y + r, rect.w, rect.h - 2 * r))
    fill(surface, colour, pygame.Rect(rect.x + r, rect.bottom - r, rect.w - 2 * r, r))
    _blit_corners(surface, rect, _disc(r, 0, name, False), r)


def frame_rounded(
    surface: pygame.Surface, rect: pygame.Rect, colour: pygame.Color, name: Colour, radius: int, border: int
) -> None:
    """A frame of `border` px inside the rectangle's edges; without room for a hole it is filled."""
    if 2 * border >= min(rect.size):
        fill_rounded(surface, rect, colour, name, radius)
        return
    r = min(radius, rect.w // 2, rect.h // 2)
    surface.fill(colour, (rect.x + r, rect.y, rect.w - 2 * r, border))
    surface.fill(colour, (rect.x + r, rect.bottom - border, rect.w - 2 * r, border))
    upright_y = rect.y + max(r, border)
    upright_h = rect.h - 2 * max(r, border)
    surface.fill(colour, (rect.x, upright_y, border, upright_h))
    surface.fill(colour, (rect.right - border, upright_y, border, upright_h))
    if r > 0:
        _blit_corners(surface, rect, _disc(r, max(0, r - border), name, False), r)


def cut_corners(surface: pygame.Surface, rect: pygame.Rect, behind: Colour, radius: int) -> None:
    """Paints `behind` outside the rounded corners."""
    r = min(radius, rect.w // 2, rect.h // 2)
    if r > 0:
        _blit_corners(surface, rect, _disc(r, 0, behind, True), r)


def _blit_corners(surface: pygame.Surface, rect: pygame.Rect, disc: pygame.Surface, r: int) -> None:
    surface.blit(disc, rect.topleft, (0, 0, r, r))
    surface.blit(disc, (rect.right - r, rect.y), (r, 0, r, r))
    surface.blit(disc, (rect.x, rect.bottom - r), (0, r, r, r))
    surface.blit(disc, (rect.right - r, rect.bottom - r), (r, r, r, r))


@lru_cache(maxsize=DISCS_CACHED_MAX)
def _disc(radius: int, hole: int, colour: Colour, outside: bool) -> pygame.Surface:
    """A disc (with a hole, or all but the disc) of one colour in a square of 2 r."""
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    outer, inner = _coverage(radius, radius), _coverage(radius, hole)
    quarter = [
        [255 - a if outside else a - b for a, b in zip(row, hole_row, strict=True)]
        for row, hole_row in zip(outer, inner, strict=True)
    ]
    half = [row[::-1] + row for row in quarter]
    alphas = b"".join(map(bytes, half[::-1] + half))
    pixels = bytearray(bytes((red, green, blue, 0)) * len(alphas))
    pixels[3::4] = alphas
    size = (2 * radius, 2 * radius)
    return pygame.image.frombytes(bytes(pixels), size, "RGBA")


def _coverage(box: int, radius: int) -> list[list[int]]:
    """How much of each pixel of the lower right quarter a circle covers, 0-255; rows from the centre."""
    rows: list[list[int]] = []
    for y in range(box):
        chords = [math.sqrt(max(0.0, radius**2 - (y + (sub + 0.5) / SUBROWS) ** 2)) for sub in range(SUBROWS)]
        whole, none = min(chords), max(chords)  # only the pixels between them are cut by the circle
        rows.append(
            [
                255
                if x + 1 <= whole
                else 0
                if x >= none
                else round(255 * sum(min(1.0, max(0.0, chord - x)) for chord in chords) / SUBROWS)
                for x in range(box)
            ]
        )
    return rows
