"""Text as surfaces: bidi runs, each shaped in its own script and direction, on one baseline, in caches with bounds."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pygame

from display.core import itemise
from display.core.draw import Colour, Weight
from display.core.itemise import Face, Piece
from display.core.legibility import CAP_HEIGHT_EM
from display.core.wrap import wrap
from display.ui.cmap import coverage

FONTS = Path(__file__).parent.parent / "assets" / "fonts"
LINE_BYTES_MAX = 16 * 2**20  # painted lines kept; a busy board needs about 5 MiB
BYTES_PER_PIXEL = 4  # of rendered text
LAYOUTS_MAX = 8192  # measured lines kept; wrapping asks for every prefix of a name
WRAPS_MAX = 2048  # wrapped names kept
FONTS_MAX = 96  # open fonts: weights × sizes of two screens
LINE_CHARS_MAX = 500  # of one painted line; a longer one is wrapped before it comes here
LINE_PX_MAX = 8192  # wider than any screen; a surface beyond it would only cost memory
SECOND_SIZE = 0.957  # gives the second font the same cap height as the main one

_MAIN = {
    Weight.REGULAR: "IBMPlexSansArabic-Regular.ttf",
    Weight.MEDIUM: "IBMPlexSansArabic-Medium.ttf",
    Weight.SEMIBOLD: "IBMPlexSansArabic-SemiBold.ttf",
    Weight.BOLD: "IBMPlexSansArabic-Bold.ttf",
}
_SECOND = "DejaVuSans-subset.ttf"
_DEEP = "ي"  # reaches below the line box in every weight


@dataclass(frozen=True, slots=True)
class Line:
    """A painted line. `baseline` is its y in the surface; marks may reach above or below the line box."""

    surface: pygame.Surface
    baseline: int


class TextEngine:
    """Measures, wraps and renders lines. One for each process; it lives on the thread that paints.

    `rtl` is a line's base direction. No text raises: what no font holds becomes a dot, see `missing_glyphs`.
    """

    def __init__(self, fonts: Path = FONTS, line_bytes_max: int = LINE_BYTES_MAX) -> None:
        """Reads which characters the fonts hold; raises FileNotFoundError when one is not there."""
        pygame.font.init()
        self._folder = fonts
        self._has: dict[Face, frozenset[int]] = {
            "main": coverage(fonts / _MAIN[Weight.REGULAR]),
            "second": coverage(fonts / _SECOND),
        }
        self._fonts: OrderedDict[tuple[Face, int, Weight], pygame.font.Font] = OrderedDict()
        self._lines: OrderedDict[tuple[str, int, Weight, bool, Colour], Line] = OrderedDict()
        self._line_bytes = 0
        self._line_bytes_max = line_bytes_max
        self._layout = lru_cache(maxsize=LAYOUTS_MAX)(self._lay_out)
        self.measure = lru_cache(maxsize=LAYOUTS_MAX)(self._measure)
        self.wrap = lru_cache(maxsize=WRAPS_MAX)(self._wrap)
        self.missing_glyphs = lru_cache(maxsize=LAYOUTS_MAX)(self._missing_glyphs)

    def _measure(self, text: str, size_px: int, weight: Weight, rtl: bool = False) -> tuple[int, int]:
        """Width of the painted line and height of its line box, px."""
        return self._layout(text, size_px, weight, rtl)[1], self._font("main", size_px, weight).get_height()

    def ascent(self, size_px: int, weight: Weight) -> int:
        """From the top of the line box to the baseline, px."""
        return self._font("main", size_px, weight).get_ascent()

    def cap_height(self, size_px: int) -> int:
        """Height of capitals and digits above the baseline, px."""
        return round(size_px * CAP_HEIGHT_EM)

    def _wrap(
        self, text: str, size_px: int, weight: Weight, width_px: int, rtl: bool = False
    ) -> tuple[str, ...]:
        """Lines that fit `width_px`, nothing left out; at least one."""
        return wrap(text, width_px, lambda line: self._layout(line, size_px, weight, rtl)[1])

    def render(
        self, text: str, size_px: int, weight: Weight, colour: Colour, rtl: bool = False
    ) -> pygame.Surface:
        """The line as a surface that belongs to the cache: blit it, do not change it."""
        return self.line(text, size_px, weight, colour, rtl).surface

    def line(self, text: str, size_px: int, weight: Weight, colour: Colour, rtl: bool = False) -> Line:
        """As `render`, with the baseline."""
        key = (text, size_px, weight, rtl, colour)
        found = self._lines.get(key)
        if found is not None:
            self._lines.move_to_end(key)
            return found
        painted = _trimmed(self._paint(self._layout(text, size_px, weight, rtl)[0], size_px, weight, colour))
        self._lines[key] = painted
        self._line_bytes += _bytes(painted)
        while self._line_bytes > self._line_bytes_max and len(self._lines) > 1:
            _, dropped = self._lines.popitem(last=False)
            self._line_bytes -= _bytes(dropped)
        return painted

    @property
    def line_bytes(self) -> int:
        """What the kept lines weigh."""
        return self._line_bytes

    def _missing_glyphs(self, text: str) -> tuple[str, ...]:
        """The characters (grapheme clusters) of `text` that no shipped font holds; they are painted as a dot."""
        return itemise.missing(text, self._holds)

    def _holds(self, char: str, face: Face) -> bool:
        return ord(char) in self._has[face]

    def _font(self, face: Face, size_px: int, weight: Weight) -> pygame.font.Font:
        key = (face, size_px, weight)
        font = self._fonts.get(key)
        if font is None:
            if face == "main":
                font = pygame.font.Font(self._folder / _MAIN[weight], size_px)
            else:
                font = pygame.font.Font(self._folder / _SECOND, max(1, round(size_px * SECOND_SIZE)))
                font.set_bold(weight is Weight.BOLD)
            self._fonts[key] = font
            if len(self._fonts) > FONTS_MAX:
                self._fonts.popitem(last=False)
        else:
            self._fonts.move_to_end(key)
        return font

    def _shaper(self, piece: Piece, size_px: int, weight: Weight) -> pygame.font.Font:
        font = self._font(piece.face, size_px, weight)
        font.set_script(piece.script)
        font.set_direction(pygame.DIRECTION_RTL if piece.rtl else pygame.DIRECTION_LTR)
        return font

    def _lay_out(self, text: str, size_px: int, weight: Weight, rtl: bool) -> tuple[tuple[Piece, ...], int]:
        """The pieces of a line and their width."""
        text = text[:LINE_CHARS_MAX]
        found = itemise.pieces(text, "rtl" if rtl else "ltr", self._holds)
        width = sum(self._shaper(piece, size_px, weight).size(piece.text)[0] for piece in found)
        if width > LINE_PX_MAX and len(text) > 1:
            return self._lay_out(text[: max(1, len(text) * LINE_PX_MAX // (width + 1))], size_px, weight, rtl)
        return found, width

    def _paint(self, found: tuple[Piece, ...], size_px: int, weight: Weight, colour: Colour) -> Line:
        parts = [self._paint_piece(piece, size_px, weight, colour) for piece in found]
        if len(parts) == 1:
            return parts[0]
        ascent = self._font("main", size_px, weight).get_ascent()
        height = self._font("main", size_px, weight).get_height()
        above = max((part.baseline for part in parts), default=ascent)
        below = max((part.surface.get_height() - part.baseline for part in parts), default=height - ascent)
        width = sum(part.surface.get_width() for part in parts)
        surface = pygame.Surface((width, above + below), pygame.SRCALPHA)
        x = 0
        for part in parts:
            surface.blit(part.surface, (x, above - part.baseline))
            x += part.surface.get_width()
        return Line(surface, above)

    def _paint_piece(self, piece: Piece, size_px: int, weight: Weight, colour: Colour) -> Line:
        font = self._shaper(piece, size_px, weight)
        surface = font.render(piece.text, True, colour)
        baseline = font.get_ascent()
        width, height = surface.get_size()
        if width and surface.subsurface((0, 0, width, 1)).get_bounding_rect().w:
            baseline += self._overshoot(font, piece, height)
        return Line(surface, baseline)

    def _overshoot(self, font: pygame.font.Font, piece: Piece, height: int) -> int:
        """How far stacked marks reach above the line box, by which SDL moved the baseline down.

        A letter of known depth is set beside the text: what its line is higher by than that letter's own, the marks
        added on top.
        """
        font.set_script("Arab")
        deep = font.size(_DEEP)[1]
        font.set_script(piece.script)
        together = font.size(f"{piece.text} {_DEEP}")[1]
        return max(0, together - deep) if together > height else max(0, height - font.get_height())


def _trimmed(line: Line) -> Line:
    """Without the empty rows above and below the letters: half of what is blitted and kept."""
    used = line.surface.get_bounding_rect()
    if used.h in (0, line.surface.get_height()):
        return line
    rows = line.surface.subsurface((0, used.y, line.surface.get_width(), used.h))
    return Line(rows.copy(), line.baseline - used.y)


def _bytes(line: Line) -> int:
    return line.surface.get_width() * line.surface.get_height() * BYTES_PER_PIXEL
