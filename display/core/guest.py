"""What the guest's screens share: their scale, two languages beside each other, amounts, and text that fits its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from display.core.draw import Colour, Down, Group, Icon, Op, Rect, Weight
from display.core.isolate import Digits, ltr
from display.core.look import Look, Said
from display.core.pen import At, Pen
from heard.money import format_minor
from heard.order import Text

SCALE_MIN = 0.5
"""800x480 on 7 inches; below this nobody reads it."""
TEXT_PX_MIN = 8
LINES_MAX = 12
"""Rows of one wrapped text: 120 characters in the narrowest column."""
_UNIT = re.compile(r"[ ](%|٪)")
SIGNS = {"SAR": "riyal"}
"""Currencies with a sign of their own among our icons; others are told by their code."""


def scale_of(w: int, h: int) -> float:
    """How much larger than on 1920x1080 (or 1080x1920) everything is drawn."""
    long, short = max(w, h), min(w, h)
    return max(min(long / 1920, short / 1080), SCALE_MIN)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A screen of w x h px and its look. Lengths are given for 1920x1080 and taken through `px`."""

    look: Look
    w: int
    h: int

    @property
    def s(self) -> float:
        return scale_of(self.w, self.h)

    @property
    def portrait(self) -> bool:
        return self.h > self.w

    def px(self, size: float) -> int:
        return max(1, round(size * self.s))

    def pen(self, w: int) -> Pen:
        return Pen(self.look, w)

    def group(
        self, key: str, x: int, y: int, w: int, h: int, fill: Colour, ops: Sequence[Op], radius: int = 0,
        behind: Colour = "#000000",
    ) -> Group:  # fmt: skip
        """A tile whose x runs from the screen's start edge."""
        left = self.w - x - w if self.look.rtl else x
        return Group(key, left, y, w, h, fill, tuple(ops), radius, behind)

    def area(self, x: int, y: int, w: int, h: int, colour: Colour, radius: int = 0) -> Rect:
        """A plain ground for tiles, whose x runs from the screen's start edge; as a tile it would cost megabytes."""
        return Rect(self.w - x - w if self.look.rtl else x, y, w, h, colour, radius)

    # Texts

    def say(self, key: str, **values: object) -> tuple[Said, ...]:
        """Words in each language of the screen."""
        return tuple(
            Said(words.say(key, **values), words.rtl) for words in map(self.look.words_in, self.languages)
        )

    def count(self, key: str, n: int, **values: object) -> tuple[Said, ...]:
        """Words for n things in each language of the screen."""
        return tuple(
            Said(words.count(key, n, **values), words.rtl)
            for words in map(self.look.words_in, self.languages)
        )

    def name(self, name: Text, otherwise: str = "") -> tuple[Said, ...]:
        """A name in the first language, and in the second where it has another one there."""
        first, second = self.look.name(name, otherwise), self.look.second_name(name)
        return (first,) if second is None else (first, second)

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.look.languages))[:2] or ("en",)

    def amount(self, minor: int, currency: str, *, signed: bool = False) -> str:
        """ "1,234.50" or "−20.90" in the site's digits; `signed` puts "+" before what is above zero."""
        text = format_minor(abs(minor), currency, _digits(self.look.digits))
        sign = "−" if minor < 0 else "+" if signed and minor > 0 else ""
        return sign + text


def _digits(digits: Digits) -> str:
    return "arabic" if digits is Digits.ARABIC_INDIC else "western"


def within(said: Said, value: str) -> Said:
    """`value` in brackets after a text, kept in its own order."""
    return Said(f"{said.text} {ltr(f'({value})')}", said.rtl)


def fitting(pen: Pen, said: Said | str, size: int, weight: Weight, room: int) -> int:
    """The size, or the largest below it at which the text is no wider than `room`."""
    width = pen.width(said, size, weight)
    while width > room and size > TEXT_PX_MIN:
        size = max(TEXT_PX_MIN, min(size - 1, size * room // width))
        width = pen.width(said, size, weight)
    return size


def line(
    pen: Pen, x: int, y: int, said: Said | str, size: int, weight: Weight, colour: Colour, room: int,
    at: At = "start", down: Down = "middle",
) -> int:  # fmt: skip
    """One line that fits `room`, smaller where it must be; its width. What fits at no size is left out."""
    size = fitting(pen, said, size, weight, max(1, room))
    width = pen.width(said, size, weight)
    if width <= max(1, room):
        pen.text(x, y, said, size, weight, colour, at=at, down=down)
    return width


def figure(
    pen: Pen, end: int, y: int, amount: str, size: int, weight: Weight, colour: Colour, room: int
) -> None:
    """An amount in a column of `room` px up to `end`: its last digit stands at the column's right, in every language."""
    x, at = (end - room, "start") if pen.rtl else (end, "end")
    line(pen, x, y, amount, size, weight, colour, room, at=at)  # type: ignore[arg-type]


def wrapped(look: Look, said: Said, size: int, weight: Weight, width: int) -> tuple[Said, ...]:
    """The text in lines no wider than `width`; one that needs too many ends with a sign that it goes on."""
    text = _UNIT.sub("\u00a0\\1", said.text)
    rows = look.measurer.wrap(text, size, weight, max(1, width), said.rtl)
    lines = [row for row in rows if look.measurer.measure(row, size, weight, said.rtl)[0] <= width]
    if len(lines) > LINES_MAX:
        lines = [*lines[: LINES_MAX - 1], "…"]
    return tuple(Said(row, said.rtl) for row in lines)


@dataclass(frozen=True, slots=True)
class Beside:
    """One text in two languages: the lines of each column and where the second one ends."""

    first: tuple[Said, ...]
    second: tuple[Said, ...]

    @property
    def rows(self) -> int:
        return max(len(self.first), len(self.second), 1)


def beside(look: Look, texts: Sequence[Said], size: int, weight: Weight, width: int, gap: int) -> Beside:
    """Two languages in one row of `width` px: side by side as they are, else wrapped where one must give way."""
    if len(texts) < 2:
        return Beside(wrapped(look, texts[0], size, weight, width) if texts else (), ())
    widths = [look.measurer.measure(one.text, size, weight, one.rtl)[0] for one in texts[:2]]
    rooms = [(width - gap) // 2] * 2
    if sum(widths) + gap <= width:
        rooms = widths
    elif widths[0] <= rooms[0]:
        rooms = [widths[0], width - gap - widths[0]]
    elif widths[1] <= rooms[1]:
        rooms = [width - gap - widths[1], widths[1]]
    made = [wrapped(look, one, size, weight, room) for one, room in zip(texts, rooms, strict=False)]
    return Beside(made[0], made[1])


def draw_beside(
    pen: Pen, what: Beside, start: int, end: int, y: int, step: int, size: int, weight: Weight, colour: Colour
) -> None:
    """First language from `start`, second up to `end`; `y` is the middle of the first row."""
    for n, said in enumerate(what.first):
        pen.text(start, y + n * step, said, size, weight, colour)
    for n, said in enumerate(what.second):
        pen.text(end, y + n * step, said, size, weight, colour, at="end")


def money(
    pen: Pen,
    sheet: Sheet,
    centre: int,
    y: int,
    amount: str,
    currency: str,
    size: int,
    colour: Colour,
    room: int,
) -> None:
    """An amount with its currency to the left of the number, whatever the direction, both in the middle of `room`."""
    sign = SIGNS.get(currency)
    code_share = 0.0 if not currency else 0.72 if sign else 0.5
    while True:
        number_w = pen.width(amount, size, Weight.BOLD)
        code_size = max(TEXT_PX_MIN, round(size * (0.4 if not sign else code_share)))
        code_w = 0 if not currency else code_size if sign else pen.width(currency, code_size, Weight.SEMIBOLD)
        gap = round(size * 0.22) if currency else 0
        whole = number_w + gap + code_w
        if whole <= room or size <= TEXT_PX_MIN:
            break
        size = max(TEXT_PX_MIN, min(size - 1, size * room // whole))
    if whole > room:
        return
    left = (pen.w - centre if pen.rtl else centre) - whole // 2
    if sign:
        pen.ops.append(Icon(left, y - code_size // 2, sign, code_size, colour))
    elif currency:
        _left_text(pen, left, y, currency, code_size, Weight.SEMIBOLD, colour)
    _left_text(pen, left + code_w + gap, y, amount, size, Weight.BOLD, colour)


def _left_text(pen: Pen, left: int, y: int, text: str, size: int, weight: Weight, colour: Colour) -> None:
    from display.core.draw import Text as DrawText

    pen.ops.append(DrawText(left, y, text, size, weight, colour))
