"""All-day over the whole screen: every item with what is on the page, "+n" elsewhere, and what is held apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from display.core import palette as p
from display.core.allday import RailRow
from display.core.chips import chip_width, draw_chip, is_out, out_chip
from display.core.draw import Group, Op, Rect, Weight
from display.core.keymap import KEYBOARD, Action, keys_of
from display.core.lines import SIGN_COLOURS, SIGNS
from display.core.look import Look, Said
from display.core.pen import Pen
from display.core.theme import Theme
from display.core.tiles import Area

HEAD_H, FOOT_H = 84, 56
ROW_H, VARIANT_H = 64, 30
COLUMN_PX = 430  # at scale 1
GAP = 10
NAME_X = 84  # from a row's start edge
CHIP_TEXT = 26
MORE_W = 88  # "+39" at the end of a row
LARGER = (1.6, 1.3, 1.0)  # of all sizes: the first with which all rows stand on one page


def all_day_panel(
    look: Look,
    w: int,
    h: int,
    rows: Sequence[RailRow],
    held_milli: int,
    cursor: int,
    labels: Mapping[Action, str] = KEYBOARD.labels,
) -> tuple[tuple[Op, ...], tuple[tuple[Area, str], ...]]:
    """The panel over a screen of w x h; with where each item may be touched (on the screen). Rows that do not fit are paged by
    the cursor. `labels`: what stands on the keys."""
    t, words = look.theme, look.words
    panel_w, top = w - 2 * t.px(40), t.top_bar_h + t.gap
    panel_h = h - top - t.bottom_bar_h - t.gap
    left = (w - panel_w) // 2
    pen = Pen(look, panel_w)
    pad = t.px(28)
    head_y = t.px(HEAD_H // 2)
    pen.text(pad, head_y, Said(words.say("all_day"), look.rtl), t.bar_title, Weight.BOLD, p.INK)
    if held_milli:
        held = Said(words.say("held", n=look.number(held_milli)), look.rtl)
        pen.text(panel_w - pad, head_y, held, t.bar_value, Weight.SEMIBOLD, p.DIM, at="end")
        x = panel_w - pad - pen.width(held, t.bar_value, Weight.SEMIBOLD) - t.px(44)
        pen.icon(x, head_y, "pause-circle", t.px(32), p.DIM)
    room_w, room = panel_w - 2 * pad, panel_h - t.px(HEAD_H + FOOT_H)
    for factor in LARGER:
        big = look.with_theme(Theme.at_scale(t.scale * factor))
        columns = max(1, round(room_w / big.theme.px(COLUMN_PX)))
        gap = big.theme.px(GAP)
        column_w = (room_w + gap) // columns - gap
        pages = _pages(big, rows, column_w, columns, room)
        if len(pages) == 1:
            break
    areas: list[tuple[Area, str]] = []
    for page in pages:
        if not any(n == min(cursor, len(rows) - 1) for n, _, _, _ in page):
            continue
        for n, column, y, row_h in page:
            x = pad + column * (column_w + gap)
            _row(big, pen, rows[n], x, t.px(HEAD_H) + y, column_w, row_h, chosen=n == cursor)
            x = panel_w - x - column_w if look.rtl else x
            areas.append((Area(left + x, top + t.px(HEAD_H) + y, column_w, row_h), rows[n].item_id))
    _hint(
        look, pen, pad, panel_h - t.px(FOOT_H // 2), words.keys("full.hint", keys_of(labels, Action.ALL_DAY))
    )
    cover = Rect(0, t.top_bar_h, w, h - t.top_bar_h - t.bottom_bar_h, p.PAGE)
    return (
        cover,
        Group("all-day", left, top, panel_w, panel_h, p.BAR, tuple(pen.ops), t.radius, p.PAGE),
    ), tuple(areas)


def _hint(look: Look, pen: Pen, pad: int, y: int, text: str) -> None:
    """What the keys do here, in one row or smaller in two."""
    t = look.theme
    room = max(1, pen.w - 2 * pad)
    for size, rows_max in ((t.hint_text, 1), (t.px(20), 2), (t.px(15), 2)):
        rows = look.measurer.wrap(text, size, Weight.REGULAR, room, look.rtl)
        if len(rows) <= rows_max:
            break
    for n, row in enumerate(rows[:2]):
        at = y if len(rows) == 1 else y + (size * 2 // 3 if n else -size * 2 // 3)
        pen.text(pad, at, Said(row, look.rtl), size, Weight.REGULAR, p.LABEL)


def _pages(
    look: Look, rows: Sequence[RailRow], w: int, columns: int, room: int
) -> list[list[tuple[int, int, int, int]]]:
    """Where each row stands: (row, column, y, height), page by page."""
    gap = look.theme.px(GAP)
    pages: list[list[tuple[int, int, int, int]]] = [[]]
    column = y = 0
    for n, row in enumerate(rows):
        h = _height(look, row, w)
        if y and y + h > room:
            column, y = column + 1, 0
        if column == columns:
            pages.append([])
            column = 0
        pages[-1].append((n, column, y, min(h, room)))
        y += h + gap
    return pages


def _name_rows(look: Look, row: RailRow, w: int) -> tuple[Said, tuple[str, ...]]:
    t = look.theme
    name = look.name(row.name, row.item_id)
    width = w - t.px(NAME_X) - t.px(MORE_W)
    return name, look.measurer.wrap(name.text, t.px(32), Weight.SEMIBOLD, max(1, width), name.rtl)


def _out_x(look: Look, row: RailRow, w: int) -> int:
    """Where 86 stands: behind the name, or at NAME_X on a row of its own; at scale 1."""
    t = look.theme
    name, names = _name_rows(look, row, w)
    used, _ = look.measurer.measure(names[-1], t.px(32), Weight.SEMIBOLD, name.rtl)
    beside = NAME_X + round(used / t.scale) + 12
    fits = t.px(beside) + chip_width(look, out_chip(look), t.px(CHIP_TEXT)) <= w - t.px(MORE_W)
    return beside if fits and name.rtl == look.rtl else NAME_X


def _variants(look: Look, row: RailRow, w: int) -> list[tuple[Said, str]]:
    """The name in the second language, then the ways to make it: "2 − No onion", a row each piece."""
    t = look.theme
    found: list[tuple[Said, str]] = []
    second = look.second_name(row.name)
    if second is not None:
        width = max(1, w - t.px(NAME_X) - t.px(14))
        rows = look.measurer.wrap(second.text, t.px(24), Weight.REGULAR, width, second.rtl)
        found += [(Said(text, second.rtl), p.LABEL) for text in rows]
    for variant in row.variants:
        for n, modifier in enumerate(variant.modifiers):
            name = look.name(modifier.name, modifier.modifier_id)
            text = f"{SIGNS.get(modifier.kind, '•')} {name.text}"
            if n == 0:
                text = f"{look.number(variant.shown_milli + variant.elsewhere_milli)} {text}"
            text += f" ({look.words.say('out.chip')})" if is_out(look, modifier) else ""
            said = look.said(text, name.rtl)
            colour = SIGN_COLOURS.get(modifier.kind, p.NOTE)
            width = max(1, w - t.px(NAME_X) - t.px(14))
            for piece in look.measurer.wrap(said.text, t.px(24), Weight.MEDIUM, width, said.rtl):
                found.append((Said(piece, said.rtl), colour))
    return found


def _height(look: Look, row: RailRow, w: int) -> int:
    t = look.theme
    names = len(_name_rows(look, row, w)[1])
    if row.item_id in look.out and _out_x(look, row, w) == NAME_X:
        names += 1
    return t.px(ROW_H) + t.px(38) * (names - 1) + t.px(VARIANT_H) * len(_variants(look, row, w))


def _row(look: Look, pen: Pen, row: RailRow, x: int, y: int, w: int, h: int, *, chosen: bool) -> None:
    t = look.theme
    pen.rect(x, y, w, h, p.FRESH if chosen else p.CARD, t.rail_row_radius)
    middle = y + t.px(ROW_H // 2)
    count = look.number(row.shown_milli)
    colour = p.QUANTITY_MANY if row.shown_milli else p.DIM
    if chosen and not row.shown_milli:
        colour = p.WHITE
    right = x + t.px(68)
    size = next((one for one in (40, 30, 22) if pen.width(count, t.px(one), Weight.BOLD) <= t.px(62)), 16)
    pen.text(right, middle, count, t.px(size), Weight.BOLD, colour, at="end")
    if row.elsewhere_milli:
        more = f"+{look.number(row.elsewhere_milli)}"
        ink = p.QUANTITY_MANY if chosen else p.RAIL_MORE
        more_size = 32 if pen.width(more, t.px(32), Weight.SEMIBOLD) <= t.px(94) else 20
        pen.text(x + w - t.px(14), middle, more, t.px(more_size), Weight.SEMIBOLD, ink, at="end")
    name, names = _name_rows(look, row, w)
    for n, text in enumerate(names):
        pen.text(
            x + t.px(NAME_X), middle + n * t.px(38), Said(text, name.rtl), t.px(32), Weight.SEMIBOLD, p.INK
        )
    rows = len(names)
    if row.item_id in look.out:
        beside = _out_x(look, row, w)
        rows += beside == NAME_X
        draw_chip(
            look, pen, out_chip(look), x + t.px(beside), middle + (rows - 1) * t.px(38), t.px(CHIP_TEXT)
        )
    at = y + t.px(ROW_H) + t.px(38) * (rows - 1) + t.px(VARIANT_H // 2 - 6)
    for said, ink in _variants(look, row, w):
        pen.text(x + t.px(NAME_X), at, said, t.px(24), Weight.MEDIUM, p.WHITE if chosen else ink)
        at += t.px(VARIANT_H)
