"""The all-day rail: what is to be made of each item, on this page and elsewhere, and what is held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from display.core import palette as p
from display.core.allday import RailRow, Variant
from display.core.chips import chip_width, draw_chip, is_out, out_chip
from display.core.draw import Group, Op, Weight
from display.core.lines import SIGN_COLOURS, SIGNS
from display.core.look import Look, Said
from display.core.pen import Pen
from display.core.tiles import Area
from heard.order import Modifier

HEAD_Y = 30
FOOT_H = 64
SMALL_TEXT, SMALL_ROW_H = 24, 30  # the second language and the ways to make an item
CHIP_TEXT = 22


ROWS_KEPT_MAX = 512
"""Rows laid out before, by item; a menu has some hundred."""


def rail(
    look: Look,
    x: int,
    y: int,
    h: int,
    rows: Sequence[RailRow],
    held_milli: int,
    suspect: bool,
    kept: dict[tuple[str, bool], RowKept] | None = None,
    chosen: str = "",
) -> tuple[Group, tuple[tuple[Area, str], ...]]:
    """The rail as a group, and where each item may be touched. What does not fit is counted in its last row; ways to make an
    item give way first.

    `chosen` is the item of which alone the tickets are shown. `kept` holds rows from one call to the next, for the same look.
    """
    rows_kept = kept if kept is not None else {}
    if len(rows_kept) > ROWS_KEPT_MAX:
        rows_kept.clear()
    t, words = look.theme, look.words
    w = t.rail_w
    pen = Pen(look, w)
    title = Said(words.say("all_day"), look.rtl)
    pen.text(t.padding + 2, t.px(HEAD_Y), title, t.bar_text, Weight.SEMIBOLD, p.LABEL)
    if suspect:
        pen.text(w - t.padding - 2, t.px(HEAD_Y), "≥", t.bar_text, Weight.BOLD, p.WARN, at="end")
    room = h - t.rail_head_h - t.px(FOOT_H)
    laid = _fitting(look, w - 2 * t.rail_padding, rows, room, rows_kept)
    shown = len(laid)
    top = t.rail_head_h
    areas: list[tuple[Area, str]] = []
    for one in laid:
        pen.ops += one.ops(t.rail_padding, top)
        if one.row.item_id == chosen:
            pen.rect(t.rail_padding, top, one.w, one.h, p.SELECTED, t.rail_row_radius, t.ring)
        areas.append((Area(0, top, w, one.h), one.row.item_id))
        top += one.h + t.rail_row_gap
    if shown < len(rows):
        rest = sum(row.shown_milli + row.elsewhere_milli for row in rows[shown:])
        more = Said(words.say("rail.more", n=look.number(rest)), look.rtl)
        start, middle = t.rail_padding + t.px(12), top + t.rail_row_h // 2
        room = w - start - t.rail_padding
        sizes = (t.rail_name_text, t.px(22), t.px(17))
        size = next((one for one in sizes if pen.width(more, one, Weight.SEMIBOLD) <= room), t.px(12))
        pen.text(start, middle, more, size, Weight.SEMIBOLD, p.RAIL_MORE)
    if held_milli:
        foot = h - t.px(FOOT_H // 2 + 5)
        pen.icon(t.rail_padding + t.px(12), foot, "pause-circle", t.hold_icon, p.DIM)
        held = Said(words.say("held", n=look.number(held_milli)), look.rtl)
        pen.text(t.rail_padding + t.rail_name_x, foot, held, t.rail_name_text, Weight.REGULAR, p.DIM)
    return Group("rail", x, y, w, h, p.BAR, tuple(pen.ops), t.radius, p.PAGE), tuple(areas)


def _fitting(
    look: Look, w: int, rows: Sequence[RailRow], room: int, kept: dict[tuple[str, bool], RowKept]
) -> list[_Row]:
    """The rows that stand there, laid out: of all where they fit, else the first with room for the last row's count."""
    t = look.theme
    least = t.rail_row_h + t.rail_row_gap
    # Many more items than a rail holds are not laid out: only whole rows without the ways to make them can stand there.
    few = rows if len(rows) * least <= room else rows[: room // least + 1]
    laid = [_laid(look, w, row, few is rows, kept) for row in few]
    needed = sum(one.h + t.rail_row_gap for one in laid)
    at = len(laid) - 1 if few is rows else -1
    while at >= 0 and needed > room:  # the ways to make the rarest items go first
        needed -= laid[at].h
        laid[at] = _laid(look, w, rows[at], False, kept)
        needed += laid[at].h
        at -= 1
    while laid and needed + (len(laid) < len(rows)) * t.rail_row_h > room:
        needed -= laid.pop().h + t.rail_row_gap
    return laid


def _laid(look: Look, w: int, row: RailRow, variants: bool, kept: dict[tuple[str, bool], RowKept]) -> _Row:
    found = kept.get((row.item_id, variants))
    if found is None or (found[0] is not row and found[0] != row):
        found = kept[row.item_id, variants] = (row, _Row(look, w, row, variants))
    return found[1]


class _Row:
    """One item: its sum on the page, "+n" elsewhere, its name, and below it the ways to make it."""

    def __init__(self, look: Look, w: int, row: RailRow, variants: bool = True) -> None:
        t = look.theme
        self.look, self.w, self.row = look, w, row
        self._drawn: tuple[tuple[int, int], tuple[Op, ...]] | None = None
        self.more = f"+{look.number(row.elsewhere_milli)}" if row.elsewhere_milli else ""
        measure, wrap = look.measurer.measure, look.measurer.wrap
        more_w = measure(self.more, t.rail_more_text, Weight.SEMIBOLD)[0] + t.px(12) if self.more else 0
        self.count = look.number(row.shown_milli)
        count_w = measure(self.count, t.rail_quantity_text, Weight.BOLD)[0]
        self.count_right = max(t.rail_quantity_right, t.px(8) + count_w)
        self.name_x = max(t.rail_name_x, self.count_right + t.px(12))
        room = w - self.name_x - t.px(10)
        self.lines: list[tuple[Said, int, Weight, str]] = []
        name = look.name(row.name, row.item_id)
        size = t.rail_name_text
        widest_word = max(
            measure(one, size, Weight.SEMIBOLD, name.rtl)[0] for one in name.text.split() or [""]
        )
        # "+39" takes room from the name; where that would break a word it goes to the row's foot instead.
        self.more_last = widest_word > room - more_w
        narrow = room if self.more_last else room - more_w
        for text in wrap(name.text, size, Weight.SEMIBOLD, narrow, name.rtl):
            self.lines.append((Said(text, name.rtl), size, Weight.SEMIBOLD, p.INK))
        second = look.second_name(row.name)
        small = t.px(SMALL_TEXT)
        if second is not None:
            for text in wrap(second.text, small, Weight.REGULAR, room, second.rtl):
                self.lines.append((Said(text, second.rtl), small, Weight.REGULAR, p.LABEL))
        self.out = (-1, 0)  # the line that 86 stands on, and from where
        if row.item_id in look.out:
            self.out = self._out(narrow)
        if variants:
            for variant in row.variants:
                self.lines += self._variant(variant, room)
        if self.more_last and self.more:
            last = self.lines[-1]
            if measure(last[0].text, last[1], last[2], last[0].rtl)[0] > room - more_w:
                self.lines.append((Said("", False), size, Weight.REGULAR, p.INK))
        self.h = t.rail_row_h + sum(self._row_h(line) for line in self.lines[1:])

    def _out(self, room: int) -> tuple[int, int]:
        """Behind the name, or on a row of its own."""
        t = self.look.theme
        last = self.lines[-1]
        gap = t.px(10)
        used = self.look.measurer.measure(last[0].text, last[1], last[2], last[0].rtl)[0] + gap
        along = last[0].rtl == self.look.rtl  # else the name ends where the chip would begin
        if not along or used + chip_width(self.look, out_chip(self.look), t.px(CHIP_TEXT)) > room:
            self.lines.append((Said("", False), t.px(SMALL_TEXT), Weight.REGULAR, p.INK))
            used = 0
        return len(self.lines) - 1, used

    def _row_h(self, line: tuple[Said, int, Weight, str]) -> int:
        t = self.look.theme
        return t.rail_row_wrapped_h if line[1] == t.rail_name_text else t.px(SMALL_ROW_H)

    def _variant(self, variant: Variant, room: int) -> list[tuple[Said, int, Weight, str]]:
        if not variant.modifiers:
            return []
        t = self.look.theme
        count = self.look.number(variant.shown_milli + variant.elsewhere_milli)
        rows: list[tuple[Said, int, Weight, str]] = []
        for n, modifier in enumerate(variant.modifiers):
            said = self._modifier(modifier)
            text = f"{count} {said.text}" if n == 0 else said.text
            text += f" ({self.look.words.say('out.chip')})" if is_out(self.look, modifier) else ""
            said = self.look.said(text, said.rtl)
            colour = SIGN_COLOURS.get(modifier.kind, p.NOTE)
            size = t.px(SMALL_TEXT)
            for piece in self.look.measurer.wrap(said.text, size, Weight.MEDIUM, room, said.rtl):
                rows.append((Said(piece, said.rtl), size, Weight.MEDIUM, colour))
        return rows

    def _modifier(self, modifier: Modifier) -> Said:
        name = self.look.name(modifier.name, modifier.modifier_id)
        return Said(f"{SIGNS.get(modifier.kind, '•')} {name.text}", name.rtl)

    def ops(self, x: int, y: int) -> tuple[Op, ...]:
        """Drawn on a rail; the same objects as long as it stands there, so that the painter knows them."""
        if self._drawn is None or self._drawn[0] != (x, y):
            self._drawn = ((x, y), self._draw(x, y))
        return self._drawn[1]

    def _draw(self, x: int, y: int) -> tuple[Op, ...]:
        t = self.look.theme
        pen = Pen(self.look, t.rail_w)
        pen.rect(x, y, self.w, self.h, p.CARD, t.rail_row_radius)
        middle = y + self.h // 2
        colour = p.QUANTITY_MANY if self.row.shown_milli else p.DIM
        pen.text(
            x + self.count_right, middle, self.count, t.rail_quantity_text, Weight.BOLD, colour, at="end"
        )
        first = at = y + t.rail_row_h // 2
        for n, line in enumerate(self.lines):
            said, size, weight, ink = line
            at += self._row_h(line) if n else 0
            if said.text:
                pen.text(x + self.name_x, at, said, size, weight, ink)
            if n == self.out[0]:
                chip_x = x + self.name_x + self.out[1]
                draw_chip(self.look, pen, out_chip(self.look), chip_x, at, t.px(CHIP_TEXT))
        if self.more:
            end, where = x + self.w - t.px(12), at if self.more_last else first
            pen.text(end, where, self.more, t.rail_more_text, Weight.SEMIBOLD, p.RAIL_MORE, at="end")
        return tuple(pen.ops)


RowKept: TypeAlias = tuple[RailRow, _Row]
