"""The panel beside a cart's lines: subtotal, discounts by name, tax, and the total, huge and in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from display.core import palette as p
from display.core.cart_watch import Code, Showing, Shown
from display.core.draw import Colour, Op, Qr, Weight
from display.core.guest import Beside, Sheet, beside, figure, line, money, wrapped
from display.core.look import Said
from display.core.pen import Pen
from heard.cart import due_minor, refunds
from heard.order import ONE_MILLI
from heard.stream import Cart

TITLE_H, ROW_H, ROW_H_MIN, STEP = 96, 84, 52, 38
PAD, BOX_PAD, BOX_H, BOX_H_MIN = 40, 24, 262, 150
LABEL_TEXT, AMOUNT_TEXT, TITLE_TEXT, TOTAL_TEXT, SMALL_TEXT = 30, 38, 40, 128, 28
AMOUNT_SHARE_MAX = 0.4  # of the row
LABEL_GAP = 12
AMOUNT_END_SHARE = 0.598  # of the panel's width, where two languages stand at its sides
QR_MAX, QR_MIN = 430, 120
CODE_KEYS = {Code.SHOWN: "cart.scan", Code.EXPIRED: "cart.qr_expired", Code.WAIT: "cart.qr_wait"}


@dataclass(frozen=True, slots=True)
class Amount:
    """One row of the panel."""

    texts: tuple[Said, ...]
    amount: str
    colour: Colour = p.CART_PANEL_LABEL


def panel(sheet: Sheet, w: int, h: int, shown: Shown) -> list[Op]:
    """All operations of the panel, placed from its own corner."""
    assert shown.cart is not None
    px, pen, cart = sheet.px, sheet.pen(w), shown.cart
    paying = shown.showing is Showing.PAYMENT
    box_h = min(px(BOX_H), max(px(BOX_H_MIN), round(h * 0.29)))
    notes = [] if paying else _tax_notes(sheet, cart, w - 2 * px(BOX_PAD))
    notes_h = len(notes) * px(STEP + 4)
    box_y = h - px(BOX_PAD) - notes_h - (px(8) if notes else px(4)) - box_h
    title = sheet.say("cart.pay" if paying else "cart.your_order")
    if paying and any(text.strip() for text in cart.method.values()):
        title = sheet.name(cart.method)
    _ends(pen, sheet, title, px(TITLE_H) // 2 + px(8), px(TITLE_TEXT), Weight.SEMIBOLD, p.WHITE)
    _rule(pen, sheet, px(TITLE_H))
    top = px(TITLE_H)
    if paying:
        rows = _payment_rows(sheet, cart)
        used = _rows(pen, sheet, rows, top, max(0, (box_y - top) * 2 // 5))
        _pay(pen, sheet, shown, top + used, box_y - px(14))
    else:
        rows = total_rows(sheet, cart)
        used = _rows(pen, sheet, rows, top, box_y - top)
        _loyalty(pen, sheet, cart, top + used, box_y)
    _total_box(pen, sheet, cart, box_y, box_h, paying=paying)
    y = box_y + box_h + px(8) + px(STEP) // 2
    for said in notes:
        pen.text(w // 2, y, said, px(SMALL_TEXT), Weight.MEDIUM, p.CART_PANEL_LABEL, at="centre")
        y += px(STEP + 4)
    return pen.ops


def total_rows(sheet: Sheet, cart: Cart) -> list[Amount]:
    """From the subtotal to what makes it the total; each with its name."""
    items = sum(_pieces(one.quantity_milli) for one in cart.lines if not one.refund)
    found = [Amount(_subtotal(sheet, items), sheet.amount(cart.subtotal_minor, cart.currency))]
    if any(one.refund for one in cart.lines):
        found.append(Amount(sheet.say("cart.refunds"), sheet.amount(refunds(cart), cart.currency)))
    for discount in cart.discounts:
        amount = sheet.amount(discount.amount_minor, cart.currency)
        found.append(Amount(sheet.name(discount.name), amount, p.CART_DISCOUNT))
    for charge in cart.charges:
        found.append(Amount(sheet.name(charge.name), sheet.amount(charge.amount_minor, cart.currency)))
    if not cart.tax_included and (cart.tax_minor or cart.tax_rate_bp):
        key = "cart.tax_added" if cart.tax_rate_bp else "cart.tax_added.any"
        texts = sheet.say(key, rate=_rate(sheet, cart.tax_rate_bp))
        found.append(Amount(texts, sheet.amount(cart.tax_minor, cart.currency)))
    if cart.rounding_minor:
        amount = sheet.amount(cart.rounding_minor, cart.currency, signed=True)
        found.append(Amount(sheet.say("cart.rounding"), amount))
    return found


def _payment_rows(sheet: Sheet, cart: Cart) -> list[Amount]:
    """What was paid already; nothing for a cart that is paid at once."""
    if not cart.payments:
        return []
    found = [Amount(sheet.say("cart.total.row"), sheet.amount(cart.total_minor, cart.currency))]
    for one in cart.payments:
        amount = sheet.amount(-one.amount_minor, cart.currency)
        found.append(Amount(sheet.name(one.name), amount, p.CART_DISCOUNT))
    return found


def _pieces(quantity_milli: int) -> int:
    """A weighed line counts as one item."""
    return abs(quantity_milli) // ONE_MILLI if quantity_milli % ONE_MILLI == 0 else 1


def _subtotal(sheet: Sheet, items: int) -> tuple[Said, ...]:
    pairs = zip(sheet.say("cart.subtotal"), sheet.count("cart.items", items), strict=True)
    return tuple(Said(f"{said.text} ({counted.text})", said.rtl) for said, counted in pairs)


def _rate(sheet: Sheet, rate_bp: int) -> str:
    return sheet.look.number(rate_bp * 10)


def _tax_notes(sheet: Sheet, cart: Cart, room: int) -> list[Said]:
    if not cart.tax_included or not cart.tax_minor:
        return []
    key = "cart.tax_included" if cart.tax_rate_bp else "cart.tax_included.any"
    amount = sheet.amount(cart.tax_minor, cart.currency)
    texts = sheet.say(key, rate=_rate(sheet, cart.tax_rate_bp), amount=amount)
    return [
        row for one in texts for row in wrapped(sheet.look, one, sheet.px(SMALL_TEXT), Weight.MEDIUM, room)
    ]


def _rule(pen: Pen, sheet: Sheet, y: int) -> None:
    h = max(1, sheet.px(2))
    pen.rect(sheet.px(PAD), y, pen.w - 2 * sheet.px(PAD), h, p.CART_PANEL_RULE)


def _ends(
    pen: Pen, sheet: Sheet, texts: Sequence[Said], y: int, size: int, weight: Weight, colour: Colour
) -> None:
    """Two languages at both ends of a row."""
    pad = sheet.px(PAD)
    room = (pen.w - 2 * pad) // len(texts) - sheet.px(10) * (len(texts) - 1)
    line(pen, pad, y, texts[0], size, weight, colour, room)
    if len(texts) > 1:
        line(pen, pen.w - pad, y, texts[1], size, weight, colour, room, at="end")


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the amounts of all rows stand: up to `end`, `room` px wide; labels are `size` px."""

    end: int
    room: int
    size: int


@dataclass(frozen=True, slots=True)
class _Laid:
    row: Amount
    texts: Beside
    h: int


def _grid(pen: Pen, sheet: Sheet, rows: Sequence[Amount]) -> _Grid:
    """One column of amounts between the languages, where every label keeps to one line if that is possible."""
    px, pad = sheet.px, sheet.px(PAD)
    room = min(
        max((pen.width(one.amount, px(AMOUNT_TEXT), Weight.BOLD) for one in rows), default=0),
        round((pen.w - 2 * pad) * AMOUNT_SHARE_MAX),
    )
    if all(len(one.texts) < 2 for one in rows):
        return _Grid(pen.w - pad, room, px(LABEL_TEXT))
    usual = round(pen.w * AMOUNT_END_SHARE)
    for size in (px(LABEL_TEXT), px(LABEL_TEXT - 2), px(LABEL_TEXT - 4)):
        firsts = [pen.width(one.texts[0], size, Weight.MEDIUM) for one in rows]
        seconds = [pen.width(one.texts[-1], size, Weight.MEDIUM) for one in rows]
        least = pad + max(firsts) + px(LABEL_GAP) + room
        most = pen.w - pad - max(seconds) - px(LABEL_GAP)
        if least <= most:
            return _Grid(min(max(usual, least), most), room, size)
    return _Grid(usual, room, px(LABEL_TEXT))


def _rows(pen: Pen, sheet: Sheet, rows: Sequence[Amount], top: int, room: int) -> int:
    """Draws the rows within `room`; what has none is summed up in a last one. The height that was used."""
    if not rows:
        return 0
    px = sheet.px
    grid = _grid(pen, sheet, rows)
    laid = [_lay(pen, sheet, grid, one) for one in rows]
    full = sum(one.h for one in laid)
    least = [max(px(ROW_H_MIN), one.h - px(ROW_H - ROW_H_MIN)) for one in laid]
    shrink = 0.0
    if full > room:
        shrink = 1.0 if sum(least) >= room else (full - room) / (full - sum(least))
    heights = [round(one.h - (one.h - low) * shrink) for one, low in zip(laid, least, strict=True)]
    count = len(laid)
    while count and sum(heights[:count]) + (px(ROW_H_MIN) if count < len(laid) else 0) > room:
        count -= 1
    y = top
    for one, h in zip(laid[:count], heights[:count], strict=True):
        _draw(pen, sheet, grid, one, y, h)
        y += h
        _rule(pen, sheet, y)
    if count < len(laid) and room >= px(ROW_H_MIN):
        n = sheet.look.number((len(laid) - count) * ONE_MILLI)
        texts = sheet.say("cart.more_amounts", n=n)
        _ends(pen, sheet, texts, y + px(ROW_H_MIN) // 2, px(SMALL_TEXT), Weight.MEDIUM, p.CART_PANEL_LABEL)
        y += px(ROW_H_MIN)
    return y - top


def _lay(pen: Pen, sheet: Sheet, grid: _Grid, row: Amount) -> _Laid:
    px, look, pad = sheet.px, sheet.look, sheet.px(PAD)
    gap = px(LABEL_GAP)
    first = wrapped(look, row.texts[0], grid.size, Weight.MEDIUM, grid.end - grid.room - pad - gap)
    second: tuple[Said, ...] = ()
    if len(row.texts) > 1:
        second = wrapped(look, row.texts[1], grid.size, Weight.MEDIUM, pen.w - pad - grid.end - gap)
    texts = Beside(first, second)
    return _Laid(row, texts, px(ROW_H) + (texts.rows - 1) * px(STEP))


def _draw(pen: Pen, sheet: Sheet, grid: _Grid, one: _Laid, y: int, h: int) -> None:
    px, pad = sheet.px, sheet.px(PAD)
    middle = y + h // 2 + 1
    start = middle - (len(one.texts.first) - 1) * px(STEP) // 2
    for n, said in enumerate(one.texts.first):
        pen.text(pad, start + n * px(STEP), said, grid.size, Weight.MEDIUM, one.row.colour)
    start = middle - (len(one.texts.second) - 1) * px(STEP) // 2
    for n, said in enumerate(one.texts.second):
        pen.text(pen.w - pad, start + n * px(STEP), said, grid.size, Weight.MEDIUM, one.row.colour, at="end")
    colour = p.WHITE if one.row.colour == p.CART_PANEL_LABEL else one.row.colour
    figure(pen, grid.end, middle, one.row.amount, px(AMOUNT_TEXT), Weight.BOLD, colour, grid.room)


def _loyalty(pen: Pen, sheet: Sheet, cart: Cart, top: int, bottom: int) -> None:
    """In the middle of what is left; left out where nothing is."""
    px = sheet.px
    if not any(text.strip() for text in cart.loyalty.values()) or bottom - top < px(70):
        return
    texts = sheet.name(cart.loyalty)
    both = beside(sheet.look, texts, px(LABEL_TEXT), Weight.SEMIBOLD, pen.w - 2 * px(PAD) - px(64), px(24))
    if both.rows * px(STEP) > bottom - top:
        return
    y = top + (bottom - top - (both.rows - 1) * px(STEP)) // 2 - px(6)
    pen.icon(px(PAD), y, "gift", px(44), p.CART_DISCOUNT)
    for n, said in enumerate(both.first):
        pen.text(px(PAD + 64), y + n * px(STEP), said, px(LABEL_TEXT), Weight.SEMIBOLD, p.WHITE)
    for n, said in enumerate(both.second):
        pen.text(pen.w - px(PAD), y + n * px(STEP), said, px(LABEL_TEXT), Weight.SEMIBOLD, p.WHITE, at="end")


def _total_box(pen: Pen, sheet: Sheet, cart: Cart, y: int, h: int, *, paying: bool) -> None:
    px, x = sheet.px, sheet.px(BOX_PAD)
    w = pen.w - 2 * x
    pen.rect(x, y, w, h, p.CART_TOTAL, px(18))
    minor = due_minor(cart) if paying else cart.total_minor
    key = "cart.to_return" if minor < 0 else "cart.due" if paying else "cart.total"
    label_y = y + max(px(34), round(h * 0.2))
    pad = x + px(32)
    texts = sheet.say(key)
    room = (w - 2 * px(32)) // len(texts) - px(8)
    line(pen, pad, label_y, texts[0], px(TITLE_TEXT), Weight.SEMIBOLD, p.CART_TOTAL_INK, room)
    if len(texts) > 1:
        line(
            pen,
            pen.w - pad,
            label_y,
            texts[1],
            px(TITLE_TEXT),
            Weight.SEMIBOLD,
            p.CART_TOTAL_INK,
            room,
            at="end",
        )
    size = min(px(TOTAL_TEXT), round(h * 0.49))
    amount = sheet.amount(abs(minor), cart.currency)
    money(
        pen, sheet, pen.w // 2, y + round(h * 0.63), amount, cart.currency, size, p.CART_TOTAL_INK, w - px(48)
    )


def _pay(pen: Pen, sheet: Sheet, shown: Shown, top: int, bottom: int) -> None:
    """How to pay: the code with what to do with it, or where."""
    assert shown.cart is not None
    px, cart = sheet.px, shown.cart
    y = top + px(20)
    key = CODE_KEYS.get(shown.code, "cart.at_the_till")
    width = pen.w - 2 * px(PAD)
    hints = [
        row
        for one in sheet.say(key)
        for row in wrapped(sheet.look, one, px(LABEL_TEXT), Weight.SEMIBOLD, width)
    ]
    hints_h = len(hints) * px(STEP)
    size = min(px(QR_MAX), bottom - y - hints_h - px(20), width)
    if shown.code is Code.SHOWN and size >= px(QR_MIN):
        x = (pen.w - size) // 2
        pen.rect(x - px(8), y, size + px(16), size + px(16), p.WHITE, px(14))
        pen.ops.append(Qr(x, y + px(8), size, cart.qr))
        y += size + px(20)
    elif size >= px(80):
        sign = min(px(150), size)
        pen.icon((pen.w - sign) // 2, (y + bottom - hints_h) // 2, "credit-card", sign, p.CART_DISCOUNT)
        y = bottom - hints_h
    y += px(STEP) // 2
    for said in hints:
        if y + px(STEP) // 2 <= bottom + px(10):
            pen.text(pen.w // 2, y, said, px(LABEL_TEXT), Weight.SEMIBOLD, p.WHITE, at="centre")
        y += px(STEP)
