"""The lines of a cart as rows, and which of them are in view: the newest always is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from display.core import palette as p
from display.core.draw import Colour, Op, Weight
from display.core.guest import Beside, Sheet, beside, draw_beside, figure, fitting, line, within
from display.core.isolate import ltr
from display.core.look import Said
from heard.order import ONE_MILLI, Modifier, ModifierKind
from heard.stream import CartLine

ROW_H = 104
NAME_STEP, DETAIL_STEP = 46, 36
PADDING = 21  # above and below the texts of a row
MORE_H = 74
GROW_MAX = 1.3
PAD, CHIP_X, CHIP_W, CHIP_H = 28, 28, 70, 60
NAMES_X = 116
COLUMN_GAP = 26
NAME_TEXT, DETAIL_TEXT, PRICE_TEXT, UNIT_TEXT, CHIP_TEXT = 36, 28, 40, 28, 34
PRICE_SHARE_MAX = 0.3  # of the list's width
BAR_W = 8
HIGH = 140  # a row with more than this beside the chip has it at its first line
DETAILS_MAX = 90  # a line has at most 60 modifiers and its discounts; rows beyond the list are counted


@dataclass(frozen=True, slots=True)
class Detail:
    """One row under a name: a modifier, a discount with its amount, or that it is returned."""

    texts: Beside
    colour: Colour
    amount: str = ""

    @property
    def rows(self) -> int:
        return self.texts.rows


@dataclass(frozen=True, slots=True)
class Row:
    """A line laid out: `h` is what it needs."""

    line: CartLine
    name: Beside
    details: tuple[Detail, ...]
    price: str
    unit: str
    h: int


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things stand in a row of `w` px, from its start edge."""

    w: int
    names: int
    names_end: int
    price_end: int
    price_w: int

    @property
    def names_w(self) -> int:
        return self.names_end - self.names


def columns(sheet: Sheet, w: int, lines: Sequence[CartLine], currency: str) -> Columns:
    """The price column is as wide as its widest amount, within bounds."""
    px, pen = sheet.px, sheet.pen(w)
    widths = [
        pen.width(sheet.amount(one.total_minor, currency), px(PRICE_TEXT), Weight.BOLD) for one in lines
    ]
    widths += [pen.width(unit_of(sheet, one, currency), px(UNIT_TEXT), Weight.REGULAR) for one in lines]
    widest = max(widths, default=0)
    price_w = min(max(widest, px(110)), round(w * PRICE_SHARE_MAX))
    price_end = w - px(PAD)
    return Columns(
        w, px(NAMES_X), max(price_end - price_w - px(COLUMN_GAP), px(NAMES_X) + 1), price_end, price_w
    )


def unit_of(sheet: Sheet, one: CartLine, currency: str) -> str:
    """ "2 × 18.00" under the price of several; else nothing."""
    if abs(one.quantity_milli) == ONE_MILLI or not one.unit_price_minor:
        return ""
    number, amount = sheet.look.number(abs(one.quantity_milli)), sheet.amount(one.unit_price_minor, currency)
    return f"{number} × {amount}" if number.isascii() else f"{ltr(number)} × {ltr(amount)}"


def row_of(sheet: Sheet, at: Columns, one: CartLine, currency: str, h_max: int) -> Row:
    """The row of a line, no higher than `h_max`: what does not fit of its modifiers is counted."""
    px, look = sheet.px, sheet.look
    name = beside(look, sheet.name(one.name, one.line_id), px(NAME_TEXT), Weight.SEMIBOLD, at.names_w, px(24))
    details = tuple(_details(sheet, at, one, currency))[:DETAILS_MAX]
    unit = unit_of(sheet, one, currency)
    room = h_max - 2 * px(PADDING) - name.rows * px(NAME_STEP)
    kept = _cut(sheet, at, details, max(0, room) // px(DETAIL_STEP))
    below = max(sum(one.rows for one in kept), 1 if unit and name.rows < 2 else 0)
    h = max(px(ROW_H), 2 * px(PADDING) + name.rows * px(NAME_STEP) + below * px(DETAIL_STEP))
    return Row(one, name, kept, sheet.amount(one.total_minor, currency), unit, min(h, h_max))


def _details(sheet: Sheet, at: Columns, one: CartLine, currency: str) -> list[Detail]:
    px, look = sheet.px, sheet.look

    def made(texts: Sequence[Said], colour: Colour, amount: str = "") -> Detail:
        both = beside(look, texts, px(DETAIL_TEXT), Weight.REGULAR, at.names_w, px(24))
        return Detail(both, colour, amount)

    found = [made(sheet.say("cart.refund"), p.CART_REFUND)] if one.refund else []
    for modifier in one.modifiers:
        found.append(made(_modifier(sheet, modifier, currency), p.CART_LABEL))
    for discount in one.discounts:
        amount = sheet.amount(discount.amount_minor, currency)
        found.append(made(sheet.name(discount.name), p.CART_LINE_DISCOUNT, amount))
    return found


def _modifier(sheet: Sheet, modifier: Modifier, currency: str) -> tuple[Said, ...]:
    """ "+ Cheddar (+3.00)", "No onion"."""
    found = []
    for said in sheet.name(modifier.name, modifier.modifier_id):
        text = said.text
        if modifier.quantity_milli != ONE_MILLI:
            text = f"{sheet.look.number(modifier.quantity_milli)}× {text}"
        shown = Said(f"+ {text}" if modifier.kind is ModifierKind.ADD else text, said.rtl)
        if modifier.price_minor:
            shown = within(shown, sheet.amount(modifier.price_minor, currency, signed=True))
        found.append(shown)
    return tuple(found)


def _cut(sheet: Sheet, at: Columns, details: tuple[Detail, ...], rows: int) -> tuple[Detail, ...]:
    """As many details as `rows` take; the last row counts what is left out."""
    if sum(one.rows for one in details) <= rows:
        return details
    kept: list[Detail] = []
    used = 0
    for one in details:
        if used + one.rows > rows - 1:
            break
        kept.append(one)
        used += one.rows
    if rows > 0:
        said = sheet.say("cart.more_changes", n=sheet.look.number((len(details) - len(kept)) * ONE_MILLI))
        both = beside(sheet.look, said, sheet.px(DETAIL_TEXT), Weight.MEDIUM, at.names_w, sheet.px(24))
        if both.rows == 1:
            kept.append(Detail(both, p.CART_LABEL))
    return tuple(kept)


def draw_row(sheet: Sheet, at: Columns, row: Row, h: int, *, newest: bool, rule: bool) -> list[Op]:
    """The operations of a row that was given `h` px."""
    px, pen = sheet.px, sheet.pen(at.w)
    one = row.line
    if newest:
        pen.rect(px(8), px(2), at.w - px(16), h - px(4), p.CART_NEWEST, px(10))
        pen.rect(px(8), px(2), px(BAR_W), h - px(4), p.CART_BRAND, px(4))
    elif rule:
        pen.rect(px(PAD), h - max(1, px(2)), at.w - 2 * px(PAD), max(1, px(2)), p.CART_RULE)
    below = max(sum(each.rows for each in row.details), 1 if row.unit and row.name.rows < 2 else 0)
    used = row.name.rows * px(NAME_STEP) + below * px(DETAIL_STEP)
    top = (h - used) // 2
    y = top + px(NAME_STEP) // 2
    ink = p.CART_REFUND if one.refund else p.CART_INK
    middle = h // 2 if used <= px(HIGH) else y + px(4)
    _chip(sheet, pen_w=at.w, ops=pen.ops, row=row, middle=middle, newest=newest)
    draw_beside(pen, row.name, at.names, at.names_end, y, px(NAME_STEP), px(NAME_TEXT), Weight.SEMIBOLD, ink)
    figure(pen, at.price_end, y, row.price, px(PRICE_TEXT), Weight.BOLD, ink, at.price_w)
    y = top + row.name.rows * px(NAME_STEP) + px(DETAIL_STEP) // 2
    if row.unit:
        unit_y = y if row.name.rows < 2 else top + px(NAME_STEP) + px(DETAIL_STEP) // 2
        figure(pen, at.price_end, unit_y, row.unit, px(UNIT_TEXT), Weight.REGULAR, p.CART_LABEL, at.price_w)
    for n, detail in enumerate(row.details):
        draw_beside(
            pen, detail.texts, at.names, at.names_end, y, px(DETAIL_STEP), px(DETAIL_TEXT), Weight.REGULAR,
            detail.colour,
        )  # fmt: skip
        taken = row.unit and n == 0 and row.name.rows < 2
        if detail.amount and not taken:
            figure(pen, at.price_end, y, detail.amount, px(UNIT_TEXT), Weight.MEDIUM, detail.colour, at.price_w)  # fmt: skip
        y += detail.rows * px(DETAIL_STEP)
    return pen.ops


def _chip(sheet: Sheet, pen_w: int, ops: list[Op], row: Row, middle: int, *, newest: bool) -> None:
    px, pen = sheet.px, sheet.pen(pen_w)
    text = f"{sheet.look.number(row.line.quantity_milli)}×"
    w = px(CHIP_W)
    size = fitting(pen, text, px(CHIP_TEXT), Weight.BOLD, w - px(8))
    paper = p.CART_CARD if newest else p.CART_PAGE
    pen.rect(px(CHIP_X), middle - px(CHIP_H) // 2, w, px(CHIP_H), paper, px(10))
    line(pen, px(CHIP_X) + w // 2, middle, text, size, Weight.BOLD, p.CART_INK, w - px(4), at="centre")
    ops += pen.ops


@dataclass(frozen=True, slots=True)
class InView:
    """Rows `first` up to `end` are drawn, each with its height; the others are counted."""

    first: int
    end: int
    heights: tuple[int, ...]


def in_view(heights: Sequence[int], newest: int, room: int, more_h: int) -> InView:
    """The last rows that fit, or those around the newest where it stands further up; they grow to fill what is left."""
    count = len(heights)
    if not count:
        return InView(0, 0, ())
    newest = min(max(newest, 0), count - 1)
    end = count
    first = _first(heights, end, room, more_h, later=False)
    if newest < first:
        # Up to the newest there is room for what follows it, and a row that counts the rest.
        first = newest
        end = first + 1
        rest = room - more_h - (more_h if first else 0)
        used = heights[first]
        while end < count and used + heights[end] <= rest:
            used += heights[end]
            end += 1
        while first > 0 and used + heights[first - 1] <= room - more_h - (more_h if first > 1 else 0):
            first -= 1
            used += heights[first]
    space = room - (more_h if first else 0) - (more_h if end < count else 0)
    shown = list(heights[first:end])
    total = sum(shown)
    factor = min(GROW_MAX, space / total) if total else 1.0
    grown = [int(h * factor) for h in shown] if factor > 1 else [min(h, space) for h in shown]
    return InView(first, end, tuple(grown))


def _first(heights: Sequence[int], end: int, room: int, more_h: int, *, later: bool) -> int:
    """The first of the rows before `end` that fit together, with the row that counts the earlier ones."""
    rest = room - (more_h if later else 0)
    if sum(heights[:end]) <= rest:
        return 0
    used, first = 0, end
    while first > 0 and (used + heights[first - 1] <= rest - more_h or first == end):
        first -= 1
        used += heights[first]
    return first
