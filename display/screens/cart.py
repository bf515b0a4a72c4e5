"""The guest's screen of a till as draw operations: idle, the cart as it is rung, payment, thanks, and covered."""

from __future__ import annotations

from dataclasses import dataclass

from display.core import palette as p
from display.core.cart_rows import MORE_H, PAD, Row, columns, draw_row, in_view, row_of
from display.core.cart_totals import panel
from display.core.cart_watch import Showing, Shown
from display.core.draw import Group, Image, Op, Picture, Weight
from display.core.guest import Sheet, beside, draw_beside, figure, line, wrapped
from display.core.guest_panes import covered, idle, paid, strips
from display.core.look import Look, Said
from heard.stream import Cart

MARGIN, HEAD_H, HEAD_SQUARE = 28, 110, 76
PANEL_W, PANEL_SHARE_MAX = 736, 0.44
PORTRAIT_PANEL_SHARE, PORTRAIT_PAY_SHARE = 0.4, 0.54
NAME_TEXT, EMPTY_TEXT, MORE_TEXT = 40, 40, 30
ROWS_LAID_MAX = 220
"""A cart has at most 200 lines."""


@dataclass(frozen=True, slots=True)
class CartView:
    """Everything that a picture is made from, besides the look. `image` is what idles behind; `logo` is ready to paint."""

    w: int
    h: int
    shown: Shown
    site: str = ""
    site_name: tuple[tuple[str, str], ...] = ()
    clock: str = ""
    image: str = ""
    logo: str = ""
    not_live_s: int | None = None
    unsafe: bool = False


def picture(look: Look, view: CartView) -> Picture:
    """The picture of a moment."""
    sheet = Sheet(look, view.w, view.h)
    ops: list[Op]
    match view.shown.showing:
        case Showing.OPEN | Showing.PAYMENT:
            paper, ops = p.CART_PAGE, _cart(sheet, view)
        case Showing.PAID:
            assert view.shown.cart is not None
            paper, ops = (
                p.CART_TOTALS,
                [*_head(sheet, view, light=False), *paid(sheet, view.shown.cart, _top(sheet))],
            )
        case Showing.COVERED:
            paper, ops = p.CART_TOTALS, [*_head(sheet, view, light=False), *covered(sheet)]
        case _:
            paper, ops = p.CART_TOTALS, idle(sheet, _names(sheet, view), view.clock, view.image, view.logo)
    ops = [*ops, *strips(sheet, view.not_live_s, unsafe=view.unsafe)]
    return Picture(view.w, view.h, paper, tuple(ops))


def _top(sheet: Sheet) -> int:
    return sheet.px(MARGIN + HEAD_H)


def _names(sheet: Sheet, view: CartView) -> tuple[Said, ...]:
    name = dict(view.site_name) or {sheet.look.first: view.site}
    return sheet.name(name, view.site)


def _head(sheet: Sheet, view: CartView, *, light: bool) -> list[Op]:
    """The shop's sign and name over the list."""
    px, look = sheet.px, sheet.look
    wide = sheet.portrait or not light
    w = sheet.w - 2 * px(MARGIN) if wide else _list_w(sheet)
    pen = sheet.pen(w)
    square = px(HEAD_SQUARE)
    middle = px(HEAD_H - 12) // 2
    if view.logo:
        x = w - square - px(2) if look.rtl else px(2)
        pen.ops.append(Image(x, middle - square // 2, square, square, view.logo, cover=False))
    else:
        pen.rect(px(2), middle - square // 2, square, square, p.CART_BRAND, px(16))
        pen.icon(px(2) + (square - px(48)) // 2, middle, "utensils", px(48), p.WHITE)
    ink = p.CART_INK if light else p.WHITE
    start = px(2) + square + px(22)
    names = _names(sheet, view)
    both = beside(look, names, px(NAME_TEXT), Weight.SEMIBOLD, w - start - px(8), px(30))
    if both.rows > 1:  # one line each, as small as it must be
        room = (w - start - px(8) - px(30)) // len(names)
        line(pen, start, middle, names[0], px(NAME_TEXT), Weight.SEMIBOLD, ink, room)
        if len(names) > 1:
            line(pen, w - px(8), middle, names[1], px(NAME_TEXT), Weight.SEMIBOLD, ink, room, at="end")
    else:
        draw_beside(pen, both, start, w - px(8), middle, 0, px(NAME_TEXT), Weight.SEMIBOLD, ink)
    paper = p.CART_PAGE if light else p.CART_TOTALS
    return [sheet.group("head", px(MARGIN), px(MARGIN), w, px(HEAD_H), paper, pen.ops)]


def _list_w(sheet: Sheet) -> int:
    return sheet.w - 2 * sheet.px(MARGIN) - _panel_w(sheet) - sheet.px(20)


def _panel_w(sheet: Sheet) -> int:
    return min(sheet.px(PANEL_W), round(sheet.w * PANEL_SHARE_MAX))


def _cart(sheet: Sheet, view: CartView) -> list[Op]:
    px = sheet.px
    top, margin = _top(sheet), px(MARGIN)
    if sheet.portrait:
        share = PORTRAIT_PAY_SHARE if view.shown.showing is Showing.PAYMENT else PORTRAIT_PANEL_SHARE
        panel_h = round(sheet.h * share)
        list_box = (margin, top, sheet.w - 2 * margin, sheet.h - top - panel_h - 2 * margin)
        panel_box = (margin, sheet.h - margin - panel_h, sheet.w - 2 * margin, panel_h)
    else:
        panel_w = _panel_w(sheet)
        list_box = (margin, top, _list_w(sheet), sheet.h - top - margin)
        panel_box = (sheet.w - margin - panel_w, margin, panel_w, sheet.h - 2 * margin)
    x, y, w, h = panel_box
    ops = panel(sheet, w, h, view.shown)
    return [
        *_head(sheet, view, light=True),
        *_list(sheet, view.shown, list_box),
        sheet.group("panel", x, y, w, h, p.CART_TOTALS, ops, px(20), p.CART_PAGE),
    ]


def _list(sheet: Sheet, shown: Shown, box: tuple[int, int, int, int]) -> list[Op]:
    """The card with the rows; each row is a tile of its own, so that a new line costs one row."""
    assert shown.cart is not None
    px = sheet.px
    x, y, w, h = box
    ops: list[Op] = [sheet.area(x, y, w, h, p.CART_CARD, px(20))]
    cart = shown.cart
    pad = px(14)
    room = h - 2 * pad
    if not cart.lines:
        return [*ops, *_empty(sheet, box)]
    lines = [*(one for one in cart.lines if not one.refund), *(one for one in cart.lines if one.refund)]
    lines = lines[:ROWS_LAID_MAX]
    at = columns(sheet, w, lines, cart.currency)
    more_h = px(MORE_H)
    rows = [row_of(sheet, at, one, cart.currency, room - 2 * more_h) for one in lines]
    newest = next((n for n, one in enumerate(lines) if one.line_id == shown.newest), len(lines) - 1)
    seen = in_view([row.h for row in rows], newest, room, more_h)
    row_y = y + pad
    if seen.first:
        ops.append(_more(sheet, cart, rows[: seen.first], "cart.earlier", (x, row_y, w, more_h), up=True))
        row_y += more_h
    for n, height in zip(range(seen.first, seen.end), seen.heights, strict=True):
        row = rows[n]
        is_newest = n == newest
        next_newest = n + 1 == newest and n + 1 < seen.end
        last = n + 1 == seen.end and seen.end == len(rows)
        drawn = draw_row(sheet, at, row, height, newest=is_newest, rule=not (last or next_newest))
        ops.append(sheet.group(f"row/{row.line.line_id}/{n}", x, row_y, w, height, p.CART_CARD, drawn))
        row_y += height
    if seen.end < len(rows):
        ops.append(_more(sheet, cart, rows[seen.end :], "cart.later", (x, row_y, w, more_h), up=False))
    return ops


def _more(
    sheet: Sheet, cart: Cart, rows: list[Row], key: str, box: tuple[int, int, int, int], *, up: bool
) -> Group:
    """Rows out of view: how many, and what they cost."""
    px = sheet.px
    x, y, w, h = box
    pen = sheet.pen(w)
    middle = h // 2
    pen.icon(px(PAD + 18), middle, "chevron-up" if up else "chevron-down", px(32), p.CART_LABEL)
    at = columns(sheet, w, [row.line for row in rows], cart.currency)
    texts = sheet.count(key, len(rows))
    both = beside(sheet.look, texts, px(MORE_TEXT), Weight.MEDIUM, at.names_w, px(24))
    if both.rows == 1:
        draw_beside(pen, both, at.names, at.names_end, middle, 0, px(MORE_TEXT), Weight.MEDIUM, p.CART_LABEL)
    else:
        line(pen, at.names, middle, texts[0], px(MORE_TEXT), Weight.MEDIUM, p.CART_LABEL, at.names_w)
    amount = sheet.amount(sum(row.line.total_minor for row in rows), cart.currency)
    figure(pen, at.price_end, middle, amount, px(36), Weight.SEMIBOLD, p.CART_LABEL, at.price_w)
    rule_y = h - max(1, px(2)) if up else 0
    pen.rect(px(PAD), rule_y, w - 2 * px(PAD), max(1, px(2)), p.CART_RULE)
    return sheet.group("earlier" if up else "later", x, y, w, h, p.CART_CARD, pen.ops)


def _empty(sheet: Sheet, box: tuple[int, int, int, int]) -> list[Op]:
    x, y, w, h = box
    px, pen = sheet.px, sheet.pen(w)
    texts = [
        row
        for one in sheet.say("cart.empty")
        for row in wrapped(sheet.look, one, px(EMPTY_TEXT), Weight.MEDIUM, w - 2 * px(PAD))
    ]
    step = px(EMPTY_TEXT + 24)
    row_y = h // 2 - (len(texts) - 1) * step // 2
    for said in texts:
        pen.text(w // 2, row_y, said, px(EMPTY_TEXT), Weight.MEDIUM, p.CART_LABEL, at="centre")
        row_y += step
    return [sheet.group("empty", x, y + px(20), w, h - px(40), p.CART_CARD, pen.ops)]
