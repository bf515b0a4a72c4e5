"""A slip as a picture of one bit a dot: so Arabic comes out shaped and right to left on any printer, whatever its code pages."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

import hub
from hub.core.slip_rows import Row, Style

WIDTH_DOTS = {58: 384, 80: 576}
"""Of the two paper widths that there are, in mm, at 203 dots an inch."""
MARGIN, GAP = 8, 6
INDENT = 84
"""Names begin here; quantities and signs stand before."""
BESIDE = 24
"""At least so far from each other stand two languages in one row."""
SIZES = {
    Style.TITLE: 84,
    Style.WORD: 44,
    Style.ALLERGY: 42,
    Style.ITEM: 42,
    Style.MODIFIER: 34,
    Style.SMALL: 26,
    Style.RULE: 0,
}
BOLD = frozenset({Style.TITLE, Style.WORD, Style.ALLERGY, Style.ITEM})
SECOND = 0.75
"""Of the first language's size; an allergy is as large in every language."""
LINE = 1.45
"""Of the size: Arabic reaches far below its line."""
HEIGHT_DOTS_MAX = 16_000
"""Two metres of paper: an order of 200 lines; what is longer is cut there, and says so."""
TOO_LONG = "… TOO LONG: SEE SCREEN"


@dataclass(frozen=True, slots=True)
class _Piece:
    """One line of text in a row; `far`: at the other side than the row's."""

    text: str
    size: int
    font: ImageFont.FreeTypeFont
    rtl: bool
    far: bool = False


def picture(rows: tuple[Row, ...], paper_mm: int = 80, *, mirrored: bool = False) -> Image.Image:
    """The slip, black on white; `mirrored`: it begins on the right. Needs a Pillow that shapes Arabic (see `extra`)."""
    width = WIDTH_DOTS[paper_mm]
    height, shown = 0, []
    for row in rows:
        part = _row(row, width, mirrored)
        if height + part.height > HEIGHT_DOTS_MAX:
            part = _row(Row(Style.WORD, (TOO_LONG,)), width, mirrored)
            shown.append(part)
            height += part.height
            break
        shown.append(part)
        height += part.height
    whole = Image.new("L", (width, height), 255)
    at = 0
    for part in shown:
        whole.paste(part, (0, at))
        at += part.height
    return whole.point(lambda dot: 255 if dot > 127 else 0, mode="1")


def _row(row: Row, width: int, mirrored: bool) -> Image.Image:
    if row.style is Style.RULE:
        rule = Image.new("L", (width, 2 * GAP + 3), 255)
        ImageDraw.Draw(rule).rectangle((MARGIN, GAP, width - MARGIN, GAP + 2), fill=0)
        return rule
    inverted = row.style in (Style.WORD, Style.ALLERGY)
    ink = 255 if inverted else 0
    indent = INDENT if row.start or row.inset else MARGIN
    lines = _lines(row, width - indent - MARGIN)
    top = max(GAP, *(_above(piece) for piece in lines[0])) if lines else GAP
    steps = [round(max((one.size for one in line), default=SIZES[row.style]) * LINE) for line in lines]
    image = Image.new("L", (width, top + sum(steps) + GAP), 0 if inverted else 255)
    draw = ImageDraw.Draw(image)
    y = top
    for line, step in zip(lines, steps, strict=True):
        for piece in line:
            right = mirrored != piece.far
            from_edge = MARGIN if piece.far else indent
            x = width - from_edge if right else from_edge
            _put(draw, piece.text, x, y, piece.font, ink, right=right, rtl=piece.rtl)
            if row.struck:
                length = piece.font.getlength(piece.text)
                left = x - length if right else x
                middle = y + step // 2
                draw.rectangle((left, middle - 1, left + length, middle + 2), fill=ink)
        y += step
    if row.start:
        font = _font(SIZES[row.style], row.style in BOLD)
        _put(
            draw, row.start, width - MARGIN if mirrored else MARGIN, top, font, ink, right=mirrored, rtl=False
        )
    return image


def _lines(row: Row, room: int) -> list[list[_Piece]]:
    """The row's texts line by line, `end` beside the first one where there is room, else on lines of its own."""
    size, bold = SIZES[row.style], row.style in BOLD
    font = _font(size, bold)
    end = _Piece(row.end, size, font, _right_to_left(row.end), far=True) if row.end else None
    beside = end if end is not None and font.getlength(end.text) <= room / 2 else None
    if beside is not None:
        room -= round(font.getlength(beside.text)) + BESIDE
    found: list[list[_Piece]] = []
    for number, text in enumerate(row.texts):
        shrinks = number > 0 and row.style is not Style.ALLERGY
        its_size = round(size * SECOND) if shrinks else size
        its = _font(its_size, bold)
        rtl = _right_to_left(text)
        found += [[_Piece(piece, its_size, its, rtl)] for piece in wrapped(text, its, room)]
    if row.style is Style.MODIFIER and not row.end and len(row.texts) == 2 and len(found) == 2:
        (first,), (second,) = found
        if first.font.getlength(first.text) + BESIDE + second.font.getlength(second.text) <= room:
            found = [[first, replace(second, far=True)]]
    if beside is not None:
        found = found or [[]]
        found[0].append(beside)
    elif end is not None:
        found += [[replace(end, text=piece, far=False)] for piece in wrapped(end.text, font, room)]
    return found


def _above(piece: _Piece) -> int:
    """How far its marks reach above its line."""
    return GAP - round(min(0, piece.font.getbbox(piece.text, direction="rtl" if piece.rtl else "ltr")[1]))


def _put(
    draw: ImageDraw.ImageDraw,
    text: str,
    x: float,
    y: int,
    font: ImageFont.FreeTypeFont,
    ink: int,
    *,
    right: bool,
    rtl: bool,
) -> None:
    draw.text(
        (x, y), text, font=font, fill=ink, anchor="ra" if right else "la", direction="rtl" if rtl else "ltr"
    )


def wrapped(text: str, font: ImageFont.FreeTypeFont, room: float) -> list[str]:
    """The text in pieces that fit, broken at spaces, and inside a word only where one alone is too wide; nothing is left out."""
    pieces: list[str] = []
    now = ""
    for word in text.split():
        longer = f"{now} {word}" if now else word
        if font.getlength(longer) <= room:
            now = longer
            continue
        if now:
            pieces.append(now)
        while font.getlength(word) > room and len(word) > 1:
            fits = next((n for n in range(len(word) - 1, 0, -1) if font.getlength(word[:n]) <= room), 1)
            pieces.append(word[:fits])
            word = word[fits:]
        now = word
    return [*pieces, now] if now or not pieces else pieces


def _right_to_left(text: str) -> bool:
    """By the first letter that has a direction."""
    return next((unicodedata.bidirectional(one) in ("R", "AL") for one in text if one.isalpha()), False)


@lru_cache(maxsize=32)
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    # One distribution, one set of fonts: they lie with the display's assets, in a checkout and in the wheel.
    folder = Path(hub.__file__).parent.parent / "display" / "assets" / "fonts"
    name = "IBMPlexSansArabic-Bold.ttf" if bold else "IBMPlexSansArabic-Medium.ttf"
    return ImageFont.truetype(str(folder / name), size, layout_engine=ImageFont.Layout.RAQM)
