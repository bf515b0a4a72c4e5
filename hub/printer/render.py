"""A slip as a picture of one bit a dot: so Arabic comes out shaped and right to left on any printer, whatever its code pages."""

from __future__ import annotations

import unicodedata
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
LINE = 1.45
"""Of the size: Arabic reaches far below its line."""
HEIGHT_DOTS_MAX = 16_000
"""Two metres of paper: an order of 200 lines; what is longer is cut there, and says so."""
TOO_LONG = "… TOO LONG: SEE SCREEN"


def picture(rows: tuple[Row, ...], paper_mm: int = 80) -> Image.Image:
    """The slip, black on white. Needs a Pillow that shapes Arabic (see `extra`)."""
    width = WIDTH_DOTS[paper_mm]
    parts = [_row(row, width) for row in rows]
    height, shown = 0, []
    for part in parts:
        if height + part.height > HEIGHT_DOTS_MAX:
            part = _row(Row(Style.WORD, (TOO_LONG,)), width)
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


def _row(row: Row, width: int) -> Image.Image:
    if row.style is Style.RULE:
        rule = Image.new("L", (width, 2 * GAP + 3), 255)
        ImageDraw.Draw(rule).rectangle((MARGIN, GAP, width - MARGIN, GAP + 2), fill=0)
        return rule
    font = _font(SIZES[row.style], row.style in BOLD)
    inverted = row.style in (Style.WORD, Style.ALLERGY)
    rtl = bool(row.texts) and _right_to_left(row.texts[0])
    indent = INDENT if row.start else MARGIN
    end_w = round(font.getlength(row.end)) + 2 * MARGIN if row.end else 0
    room = width - indent - MARGIN - end_w
    lines = [(piece, _right_to_left(text)) for text in row.texts for piece in wrapped(text, font, room)]
    step = round(SIZES[row.style] * LINE)
    image = Image.new("L", (width, max(1, len(lines)) * step + 2 * GAP), 0 if inverted else 255)
    draw = ImageDraw.Draw(image)
    ink = 255 if inverted else 0
    for number, (piece, from_right) in enumerate(lines):
        # A row belongs to the side that its first language begins on; another language keeps its own direction.
        place = width - indent if rtl else indent
        _put(draw, piece, place, GAP + number * step, font, ink, right=rtl, rtl=from_right)
        if row.struck:
            length = font.getlength(piece)
            x0 = place - length if rtl else place
            y = GAP + number * step + step // 2
            draw.rectangle((x0, y - 1, x0 + length, y + 2), fill=ink)
    if row.start:
        _put(draw, row.start, width - MARGIN if rtl else MARGIN, GAP, font, ink, right=rtl, rtl=False)
    if row.end:
        _put(
            draw,
            row.end,
            MARGIN if rtl else width - MARGIN,
            GAP,
            font,
            ink,
            right=not rtl,
            rtl=_right_to_left(row.end),
        )
    return image


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
