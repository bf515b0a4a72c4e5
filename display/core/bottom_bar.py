"""The bottom bar: keys or buttons, the page and what waits; what was said after a key or was changed takes their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from display.core import palette as p
from display.core.draw import Group, Weight
from display.core.isolate import ltr
from display.core.look import Look, Said
from display.core.pen import Pen
from display.core.tiles import Area
from heard.quick import quick

SAY_TEXTS = (28, 24, 20, 15)
"""Sizes of what is said: the first two in one row, the others in two."""
TURNS = frozenset({"undo"})  # signs that follow the reading direction


@dataclass(frozen=True, slots=True)
class Hint:
    """A key (or several) and what it does; `queued` where it will wait for the hub."""

    key: str
    text: str
    queued: bool = False
    action: str = ""
    icon: str = ""


@quick
@dataclass(frozen=True, slots=True)
class BottomBar:
    """What the bottom bar shows; `say` and `changed` take the place of the hints.

    `said_again`: `say` is the answer to one more key, so it must look another than the same words before.
    """

    hints: tuple[Hint, ...]
    page: int
    pages: int
    waiting: int = 0
    waiting_oldest_min: int = 0
    waiting_late: int = 0
    waiting_rush: bool = False
    waiting_allergy: bool = False
    at_least: bool = False
    say: str = ""
    said_again: bool = False
    changed: Said | None = None
    touch: bool = False


def bottom_bar(
    look: Look, w: int, y: int, h: int, bar: BottomBar
) -> tuple[Group, tuple[tuple[Area, str], ...]]:
    """Keys or buttons and the page; with the areas that may be touched (from the bar's corner) and their actions."""
    t = look.theme
    pen = Pen(look, w)
    end = _page(look, pen, bar, h)
    areas: tuple[tuple[Area, str], ...] = ()
    if bar.say:
        _say(look, pen, Said(bar.say, look.rtl), h, end, again=bar.said_again)
    elif bar.changed is not None:
        width = pen.width(bar.changed, t.bar_text, Weight.SEMIBOLD) + 2 * t.pill_padding
        pen.rect(t.bar_padding, (h - t.key_h) // 2, width, t.key_h, p.CHIP, t.key_radius)
        x = t.bar_padding + t.pill_padding
        pen.text(x, h // 2, bar.changed, t.bar_text, Weight.SEMIBOLD, p.NOTE)
        areas = (_area(pen, t.bar_padding, 0, width, h, "changed"),)
    elif bar.touch:
        areas = _buttons(look, pen, bar.hints, h, end)
    else:
        _keys(look, pen, bar.hints, h, end)
    return Group("bottom", 0, y, w, h, p.BAR, tuple(pen.ops)), areas


def _say(look: Look, pen: Pen, said: Said, h: int, end: int, *, again: bool) -> None:
    """What became of a key: in one row, smaller, or in two; every other time on a chip."""
    t, y = look.theme, h // 2
    room = max(1, end - t.bar_padding)
    for size, rows_max in zip(map(t.px, SAY_TEXTS), (1, 1, 2, 2), strict=True):
        rows = look.measurer.wrap(said.text, size, Weight.SEMIBOLD, room, said.rtl)
        if len(rows) <= rows_max:
            break
    if again:
        width = max(pen.width(Said(text, said.rtl), size, Weight.SEMIBOLD) for text in rows[:2])
        pen.rect(t.bar_padding - t.px(10), t.px(4), width + t.px(20), h - t.px(8), p.CHIP, t.key_radius)
    for n, text in enumerate(rows[:2]):
        at = y if len(rows) == 1 else y + (size * 3 // 5 if n else -size * 3 // 5)
        pen.text(t.bar_padding, at, Said(text, said.rtl), size, Weight.SEMIBOLD, p.QUANTITY_MANY)


def _area(pen: Pen, x: int, y: int, w: int, h: int, action: str) -> tuple[Area, str]:
    return Area(pen.w - x - w if pen.rtl else x, y, w, h), action


def _page(look: Look, pen: Pen, bar: BottomBar, h: int) -> int:
    """Page and waiting at the end edge; where the hints must stop."""
    t, words = look.theme, look.words
    y, end = h // 2, pen.w - t.bar_padding
    if bar.waiting:
        text = words.say("plus_waiting", n=bar.waiting)
        if bar.at_least:
            text = f"{ltr('≥')} {text}"
        if bar.waiting_oldest_min:
            text += " · " + words.say("minutes", n=bar.waiting_oldest_min)
        said = Said(text, look.rtl)
        pen.text(end, y, said, t.bar_text, Weight.BOLD, p.QUANTITY_MANY, at="end")
        end -= pen.width(said, t.bar_text, Weight.BOLD) + t.px(14)
        if bar.waiting_allergy:
            pen.icon(end - t.link_icon, y, "triangle-alert", t.link_icon, p.OVERDUE)
            end -= t.link_icon + t.px(10)
        if bar.waiting_rush:
            pen.icon(end - t.link_icon, y, "zap", t.link_icon, p.PILL_RUSH)
            end -= t.link_icon + t.px(10)
        end -= t.px(16)
    if bar.pages > 1 or bar.page > 0:
        said = Said(words.say("page_of", n=bar.page + 1, total=bar.pages), look.rtl)
        pen.text(end, y, said, t.hint_text, Weight.REGULAR, p.LABEL, at="end")
        end -= pen.width(said, t.hint_text, Weight.REGULAR) + t.px(30)
    return end


def _keys(look: Look, pen: Pen, hints: Sequence[Hint], h: int, end: int) -> None:
    t, x = look.theme, look.theme.bar_padding
    y = h // 2
    for hint in hints:
        key_w = max(pen.width(hint.key, t.key_text, Weight.BOLD) + 2 * t.key_padding, t.key_h)
        said = Said(hint.text, look.rtl)
        queued = Said(look.words.say("key.queued"), look.rtl) if hint.queued else None
        text_w = pen.width(said, t.hint_text, Weight.REGULAR)
        queued_w = pen.width(queued, t.px(24), Weight.BOLD) + t.px(8) if queued is not None else 0
        if x + key_w + t.px(10) + text_w + queued_w > end:
            return
        pen.rect(x, y - t.key_h // 2, key_w, t.key_h, p.CHIP, t.key_radius)
        pen.text(x + key_w // 2, y, hint.key, t.key_text, Weight.BOLD, p.INK, at="centre")
        x += key_w + t.px(10)
        pen.text(x, y, said, t.hint_text, Weight.REGULAR, p.LABEL)
        x += text_w
        if queued is not None:
            pen.text(x + t.px(8), y, queued, t.px(24), Weight.BOLD, p.WARN)
            x += queued_w
        x += t.px(26)


def _buttons(look: Look, pen: Pen, hints: Sequence[Hint], h: int, end: int) -> tuple[tuple[Area, str], ...]:
    t, x = look.theme, look.theme.bar_padding
    found = []
    for hint in hints:
        said = Said(hint.text, look.rtl)
        icon_w = t.px(28) + t.px(14) if hint.icon else 0
        text_w = pen.width(said, t.bar_text, Weight.SEMIBOLD)
        width = max(icon_w + text_w + t.px(44), h)
        if x + width > end:
            break
        pen.rect(x, t.px(4), width, h - t.px(8), p.CHIP, t.key_radius)
        start = x + (width - icon_w - text_w) // 2
        if hint.icon:
            pen.icon(start, h // 2, hint.icon, t.px(28), p.INK, mirrored=hint.icon in TURNS)
        pen.text(start + icon_w, h // 2, said, t.bar_text, Weight.SEMIBOLD, p.INK)
        found.append(_area(pen, x, 0, width, h, hint.action))
        x += width + t.px(12)
    return tuple(found)
