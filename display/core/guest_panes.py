"""The whole-screen states of a guest's display: idle, thanks, covered, and the strips that tell staff the truth."""

from __future__ import annotations

from collections.abc import Sequence

from display.core import palette as p
from display.core.aging import duration
from display.core.draw import Colour, Image, Op, Qr, Rect, Weight
from display.core.guest import Sheet, line, money, wrapped
from display.core.look import Said
from display.core.pen import Pen
from heard.stream import Cart

THANKS_TEXT, BIG_TEXT, LABEL_TEXT, CLOCK_TEXT = 92, 64, 36, 96
NUMBER_TEXT, CHANGE_TEXT = 170, 110
CARD_H, CARD_GAP = 300, 28
QR_SIZE = 420
STRIP_H, STRIP_TEXT = 54, 28
BAND_H = 150
SIGN_BAND, SIGN_IDLE = 84, 190


def lines_centred(
    pen: Pen,
    sheet: Sheet,
    texts: Sequence[Said],
    y: int,
    size: int,
    weight: Weight,
    colour: Colour,
    step: int,
) -> int:
    """Each text on a line of its own, wrapped where it must be; the y after the last."""
    room = pen.w - 2 * sheet.px(40)
    for one in texts:
        for row in wrapped(sheet.look, one, size, weight, room):
            pen.text(pen.w // 2, y, row, size, weight, colour, at="centre")
            y += step
    return y


def idle(sheet: Sheet, names: Sequence[Said], clock: str, image: str, logo: str) -> list[Op]:
    """The shop's picture with its name and the time under it; without pictures both stand large."""
    px = sheet.px
    if image:
        band = px(BAND_H)
        pen = sheet.pen(sheet.w)
        _sign(pen, sheet, px(40), band // 2, px(SIGN_BAND), logo)
        clock_w = pen.width(clock, px(64), Weight.BOLD)
        pen.text(sheet.w - px(40), band // 2, clock, px(64), Weight.BOLD, p.WHITE, at="end")
        room = (sheet.w - px(40 + SIGN_BAND + 28 + 40 + 40) - clock_w) // len(names)
        x = px(40 + SIGN_BAND + 28)
        width = line(pen, x, band // 2, names[0], px(48), Weight.SEMIBOLD, p.WHITE, room - px(20))
        if len(names) > 1:
            line(
                pen,
                x + width + px(48),
                band // 2,
                names[1],
                px(48),
                Weight.SEMIBOLD,
                p.CART_PANEL_LABEL,
                room - px(48),
            )
        bar = sheet.group("idle", 0, sheet.h - band, sheet.w, band, p.CART_TOTALS, pen.ops)
        return [Image(0, 0, sheet.w, sheet.h - band, image), bar]
    pen = sheet.pen(sheet.w)
    y = sheet.h // 2 - px(300)
    side = px(SIGN_IDLE)
    _sign(pen, sheet, (sheet.w - side) // 2, y + side // 2, side, logo)
    y += side + px(90)
    y = lines_centred(pen, sheet, names, y, px(72), Weight.BOLD, p.WHITE, px(98))
    y += px(6)
    y = lines_centred(
        pen, sheet, sheet.say("cart.welcome"), y, px(40), Weight.MEDIUM, p.CART_DISCOUNT, px(60)
    )
    if clock:
        pen.text(
            sheet.w // 2, y + px(80), clock, px(CLOCK_TEXT), Weight.BOLD, p.CART_PANEL_LABEL, at="centre"
        )
    return list(pen.ops)


def _sign(pen: Pen, sheet: Sheet, x: int, y: int, side: int, logo: str) -> None:
    """The shop's logo, or a sign of ours; `x` from the start edge, `y` its middle."""
    if logo:
        left = pen.w - x - side if pen.rtl else x
        pen.ops.append(Image(left, y - side // 2, side, side, logo, cover=False))
        return
    pen.rect(x, y - side // 2, side, side, p.CART_BRAND, side // 5)
    pen.icon(x + side // 5, y, "utensils", side - 2 * (side // 5), p.WHITE)


def covered(sheet: Sheet) -> list[Op]:
    """Nothing of the guest, and what to do."""
    px = sheet.px
    pen = sheet.pen(sheet.w)
    y = sheet.h // 2 - px(150)
    pen.icon((sheet.w - px(130)) // 2, y - px(110), "wifi-off", px(130), p.CART_TOTAL)
    y = lines_centred(
        pen, sheet, sheet.say("cart.one_moment"), y + px(40), px(BIG_TEXT), Weight.BOLD, p.WHITE, px(92)
    )
    lines_centred(
        pen, sheet, sheet.say("cart.ask"), y + px(24), px(40), Weight.MEDIUM, p.CART_PANEL_LABEL, px(62)
    )
    return list(pen.ops)


def paid(sheet: Sheet, cart: Cart, top: int) -> list[Op]:
    """Thanks, the number, the change, and the receipt's code."""
    px = sheet.px
    margin = px(60)
    width = sheet.w - 2 * margin
    qr = px(QR_SIZE) if cart.receipt_qr else 0
    side_by_side = bool(qr) and not sheet.portrait
    left_w = width - qr - px(120) if side_by_side else width
    pen = sheet.pen(left_w)
    cards = [one for one in (_number(sheet, cart), _change(sheet, cart)) if one is not None]
    key = "cart.returned" if cart.total_minor < 0 else "cart.thanks"
    thanks = sheet.say(key)
    step = px(THANKS_TEXT + 30)
    cards_h = len(cards) * px(CARD_H) + max(0, len(cards) - 1) * px(CARD_GAP)
    stacked = sheet.portrait or len(cards) < 2
    if not stacked:
        cards_h = px(CARD_H)
    qr_h = 0 if side_by_side or not qr else qr + px(120)
    used = px(150) + len(thanks) * step + px(30) + cards_h + qr_h
    h = sheet.h - top - px(STRIP_H)
    y = max(px(70), (h - used) // 2 + px(70))
    pen.icon((left_w - px(130)) // 2, y, "circle-check", px(130), p.CART_DISCOUNT)
    y += px(150)
    y = lines_centred(pen, sheet, thanks, y, px(THANKS_TEXT), Weight.BOLD, p.WHITE, step) - px(20)
    card_w = left_w if stacked else (left_w - px(CARD_GAP)) // 2
    card_w = min(card_w, px(760))
    row_w = card_w if stacked else 2 * card_w + px(CARD_GAP)
    x = (left_w - row_w) // 2
    for label, text, currency in cards:
        _card(pen, sheet, (x, y, card_w, px(CARD_H)), label, text, currency)
        if stacked:
            y += px(CARD_H) + px(CARD_GAP)
        else:
            x += card_w + px(CARD_GAP)
    ops: list[Op] = [sheet.group("paid", margin, top, left_w, h, p.CART_TOTALS, pen.ops)]
    if qr:
        if side_by_side:
            ops.append(
                _receipt(sheet, sheet.w - margin - qr, top + (h - qr - px(110)) // 2, qr, cart.receipt_qr)
            )
        else:
            below = top + h - qr - px(120)
            ops.append(_receipt(sheet, (sheet.w - qr) // 2, below, qr, cart.receipt_qr))
    return ops


Card = tuple[tuple[Said, ...], str, str]


def _number(sheet: Sheet, cart: Cart) -> Card | None:
    if not cart.call_number:
        return None
    return sheet.say("cart.number"), sheet.look.said(cart.call_number, False).text, ""


def _change(sheet: Sheet, cart: Cart) -> Card | None:
    minor = -cart.total_minor if cart.total_minor < 0 else cart.change_minor
    if not minor:
        return None
    key = "cart.to_return" if cart.total_minor < 0 else "cart.change"
    return sheet.say(key), sheet.amount(minor, cart.currency), cart.currency


def _card(
    pen: Pen, sheet: Sheet, box: tuple[int, int, int, int], label: tuple[Said, ...], text: str, currency: str
) -> None:
    px = sheet.px
    x, y, w, h = box
    money_card = bool(currency)
    paper, ink = (p.CART_TOTAL, p.CART_TOTAL_INK) if money_card else (p.WHITE, p.CART_INK)
    pen.rect(x, y, w, h, paper, px(22))
    room = (w - px(64)) // len(label) - px(8)
    line(pen, x + px(32), y + px(52), label[0], px(LABEL_TEXT), Weight.SEMIBOLD, ink, room)
    if len(label) > 1:
        line(pen, x + w - px(32), y + px(52), label[1], px(LABEL_TEXT), Weight.SEMIBOLD, ink, room, at="end")
    middle = y + px(52) + (h - px(52)) // 2 + px(6)
    if money_card:
        money(pen, sheet, x + w // 2, middle, text, currency, px(CHANGE_TEXT), ink, w - px(64))
    else:
        line(pen, x + w // 2, middle, text, px(NUMBER_TEXT), Weight.BOLD, ink, w - px(64), at="centre")


def _receipt(sheet: Sheet, x: int, y: int, size: int, data: str) -> Op:
    """The code on white with what it is under it."""
    px = sheet.px
    pen = sheet.pen(size)
    pen.ops.append(Rect(0, 0, size, size, p.WHITE, px(16)))
    inner = size - 2 * px(10)
    pen.ops.append(Qr(px(10), px(10), inner, data))
    y_text = size + px(32)
    for one in sheet.say("cart.receipt"):
        line(pen, size // 2, y_text, one, px(28), Weight.MEDIUM, p.CART_PANEL_LABEL, size, at="centre")
        y_text += px(42)
    return sheet.group("receipt", x, y, size, size + px(110), p.CART_TOTALS, pen.ops)


def strips(sheet: Sheet, not_live_s: int | None, *, unsafe: bool, ask: str = "") -> list[Op]:
    """At the bottom: that the screen is not live and since when; at the top: that the link is not encrypted."""
    px = sheet.px
    ops: list[Op] = []
    if not_live_s is not None:
        texts = list(sheet.say("guest.not_live", age=sheet.look.said(duration(not_live_s), False).text))
        if ask:
            texts = [
                Said(f"{said.text} · {more.text}", said.rtl)
                for said, more in zip(texts, sheet.say(ask), strict=True)
            ]
        ops.append(_strip(sheet, "not-live", sheet.h - px(STRIP_H), texts, p.WARN, p.WARN_INK))
    if unsafe:
        texts = list(sheet.say("unsafe"))
        ops.append(_strip(sheet, "unsafe", 0, texts, p.LATE, p.WHITE))
    return ops


def _strip(sheet: Sheet, key: str, y: int, texts: Sequence[Said], paper: Colour, ink: Colour) -> Op:
    px = sheet.px
    pen = sheet.pen(sheet.w)
    h = px(STRIP_H)
    room = (sheet.w - 2 * px(28)) // len(texts) - px(20)
    line(pen, px(28), h // 2, texts[0], px(STRIP_TEXT), Weight.SEMIBOLD, ink, room)
    if len(texts) > 1:
        line(pen, sheet.w - px(28), h // 2, texts[1], px(STRIP_TEXT), Weight.SEMIBOLD, ink, room, at="end")
    return sheet.group(key, 0, y, sheet.w, h, paper, pen.ops)
