"""The bottom bar: keys or buttons, the page and what waits; what was said or changed stands in place of keys, beside buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from display.core import palette as p
from display.core.draw import Colour, Group, Weight
from display.core.isolate import ltr
from display.core.keymap import Action
from display.core.look import Look, Said
from display.core.menu import MORE
from display.core.pen import Pen
from display.core.tiles import Area
from heard.quick import quick

SAY_TEXTS = (28, 24, 20, 15)
"""Sizes of what is said, and how many rows of each there may be: in place of keys, and beside the buttons of a higher bar."""
KEYS_ROWS, TOUCH_ROWS = (1, 1, 2, 2), (2, 3, 3, 4)
TOUCH_SAY_W = 460
BUTTON_GAP = 12
KEY_GAPS = ((26, 10), (18, 8), (12, 7))
"""Between one hint and the next, and between its key and its word: closer before the last ones have no room."""
QUEUED_TEXT, QUEUED_GAP = 24, 8
TURNS = frozenset({"undo"})  # signs that follow the reading direction


@dataclass(frozen=True, slots=True)
class Hint:
    """A key (or several) and what it does; `queued` where it will wait for the hub."""

    key: str
    text: str
    queued: bool = False
    action: str = ""
    icon: str = ""


def more_button(look: Look) -> Hint:
    """The last button of a touch screen: the screen's own menu."""
    return Hint("", look.words.say("key.more"), False, MORE, "ellipsis")


@quick
@dataclass(frozen=True, slots=True)
class BottomBar:
    """What the bottom bar shows; `say` and `changed` take the place of key hints, and stand beside buttons.

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
    start, rows_max = t.bar_padding, KEYS_ROWS
    if bar.touch:
        places = _places(look, pen, bar.hints, h, end)
        if bar.say or bar.changed is not None:
            rows_max = TOUCH_ROWS
            room = end - _touch_say_w(look, end)
            places = [one for one in places if one[1] + one[2] <= room]  # the others keep their places
            start = max((x + width + t.px(BUTTON_GAP) for _, x, width in places), default=start)
        areas = _buttons(look, pen, places, h)
        if bar.pages > 1 and end < w - t.bar_padding:
            areas += (_area(pen, end, 0, w - end, h, Action.PAGE_NEXT.value),)
    if bar.say:
        _say(look, pen, Said(bar.say, look.rtl), h, start, end, rows_max, again=bar.said_again)
    elif bar.changed is not None and bar.touch:
        pen.rect(start, t.px(4), end - start, h - t.px(8), p.CHIP, t.key_radius)
        inside = t.pill_padding
        _say(look, pen, bar.changed, h, start + inside, end - inside, rows_max, p.NOTE)
        areas += (_area(pen, start, 0, end - start, h, "changed"),)
    elif bar.changed is not None:
        width = pen.width(bar.changed, t.bar_text, Weight.SEMIBOLD) + 2 * t.pill_padding
        pen.rect(t.bar_padding, (h - t.key_h) // 2, width, t.key_h, p.CHIP, t.key_radius)
        x = t.bar_padding + t.pill_padding
        pen.text(x, h // 2, bar.changed, t.bar_text, Weight.SEMIBOLD, p.NOTE)
        areas = (_area(pen, t.bar_padding, 0, width, h, "changed"),)
    elif not bar.touch:
        _keys(look, pen, bar.hints, h, end)
    return Group("bottom", 0, y, w, h, p.BAR, tuple(pen.ops)), areas


def fits_beside_buttons(look: Look, said: Said, h: int, end: int) -> bool:
    """Whether all of it can be said on a touch screen's bar of which page and waiting leave the part up to `end`."""
    room = _touch_say_w(look, end) - 2 * look.theme.pill_padding
    return _wrapped(look, said, h, room, TOUCH_ROWS)[2]


def _touch_say_w(look: Look, end: int) -> int:
    """What is said beside buttons gets at least this."""
    return min(look.theme.px(TOUCH_SAY_W), (end - look.theme.bar_padding) * 9 // 20)


def _say(
    look: Look,
    pen: Pen,
    said: Said,
    h: int,
    start: int,
    end: int,
    rows_max: tuple[int, ...],
    ink: Colour = p.QUANTITY_MANY,
    again: bool = False,
) -> None:
    """What became of a key: in one row, smaller, or in as many as there may be of that size; every other time on a chip."""
    t, y = look.theme, h // 2
    size, rows, _ = _wrapped(look, said, h, max(1, end - start), rows_max)
    if again:
        width = max(pen.width(Said(text, said.rtl), size, Weight.SEMIBOLD) for text in rows)
        pen.rect(start - t.px(10), t.px(4), width + t.px(20), h - t.px(8), p.CHIP, t.key_radius)
    for n, text in enumerate(rows):
        at = y + (2 * n - len(rows) + 1) * size * 3 // 5
        pen.text(start, at, Said(text, said.rtl), size, Weight.SEMIBOLD, ink)


def _wrapped(
    look: Look, said: Said, h: int, room: int, rows_max: tuple[int, ...]
) -> tuple[int, tuple[str, ...], bool]:
    """Size and rows of what is said, and whether that is all of it."""
    for size, most in zip(map(look.theme.px, SAY_TEXTS), rows_max, strict=True):
        rows = look.measurer.wrap(said.text, size, Weight.SEMIBOLD, room, said.rtl)
        if len(rows) <= most and len(rows) * size * 6 // 5 <= h:
            return size, rows, True
    return size, rows[:most], False


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
    """As many as there is room for; what is left out the menu has, or learn mode's list of keys."""
    t, x, y = look.theme, look.theme.bar_padding, h // 2
    queued = Said(look.words.say("key.queued"), look.rtl)
    widths = [_hint_w(look, pen, hint, queued) for hint in hints]
    room = end - x
    for between, beside in KEY_GAPS:
        gap, space = t.px(between), t.px(beside)
        if sum(map(sum, widths)) + len(hints) * space + (len(hints) - 1) * gap <= room:
            break
    for hint, (key_w, text_w, queued_w) in zip(hints, widths, strict=True):
        if x + key_w + space + text_w + queued_w > end:
            return
        pen.rect(x, y - t.key_h // 2, key_w, t.key_h, p.CHIP, t.key_radius)
        pen.text(x + key_w // 2, y, hint.key, t.key_text, Weight.BOLD, p.INK, at="centre")
        x += key_w + space
        pen.text(x, y, Said(hint.text, look.rtl), t.hint_text, Weight.REGULAR, p.LABEL)
        x += text_w
        if queued_w:
            pen.text(x + t.px(QUEUED_GAP), y, queued, t.px(QUEUED_TEXT), Weight.BOLD, p.WARN)
        x += queued_w + gap


def _hint_w(look: Look, pen: Pen, hint: Hint, queued: Said) -> tuple[int, int, int]:
    """Of the key, its word, and the mark of one that will wait for the hub."""
    t = look.theme
    key_w = max(pen.width(hint.key, t.key_text, Weight.BOLD) + 2 * t.key_padding, t.key_h)
    queued_w = pen.width(queued, t.px(QUEUED_TEXT), Weight.BOLD) + t.px(QUEUED_GAP) if hint.queued else 0
    return key_w, pen.width(Said(hint.text, look.rtl), t.hint_text, Weight.REGULAR), queued_w


def _places(look: Look, pen: Pen, hints: Sequence[Hint], h: int, end: int) -> list[tuple[Hint, int, int]]:
    """Which buttons stand there, their x and width: from the first on as many as fit, and always the last, which has the rest."""
    t, x = look.theme, look.theme.bar_padding
    gap = t.px(BUTTON_GAP)
    widths = [_button_w(look, pen, hint, h) for hint in hints]
    places = []
    for n, (hint, width) in enumerate(zip(hints, widths, strict=True)):
        last = n == len(hints) - 1
        if x + width + (0 if last else gap + widths[-1]) <= end:
            places.append((hint, x, width))
            x += width + gap
        elif not last and x + widths[-1] <= end:
            places.append((hints[-1], x, widths[-1]))
            break
    return places


def _button_w(look: Look, pen: Pen, hint: Hint, h: int) -> int:
    t = look.theme
    icon_w = t.px(28) + t.px(14) if hint.icon else 0
    return max(icon_w + pen.width(Said(hint.text, look.rtl), t.bar_text, Weight.SEMIBOLD) + t.px(44), h)


def _buttons(
    look: Look, pen: Pen, places: Sequence[tuple[Hint, int, int]], h: int
) -> tuple[tuple[Area, str], ...]:
    t = look.theme
    found = []
    for hint, x, width in places:
        said = Said(hint.text, look.rtl)
        icon_w = t.px(28) + t.px(14) if hint.icon else 0
        text_w = pen.width(said, t.bar_text, Weight.SEMIBOLD)
        pen.rect(x, t.px(4), width, h - t.px(8), p.CHIP, t.key_radius)
        start = x + (width - icon_w - text_w) // 2
        if hint.icon:
            pen.icon(start, h // 2, hint.icon, t.px(28), p.INK, mirrored=hint.icon in TURNS)
        pen.text(start + icon_w, h // 2, said, t.bar_text, Weight.SEMIBOLD, p.INK)
        found.append(_area(pen, x, 0, width, h, hint.action))
    return tuple(found)
