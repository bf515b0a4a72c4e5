"""Covers and server beside an order's type and table: a quiet help, and the first to go where the room is small."""

from __future__ import annotations

from dataclasses import dataclass

from display.core.draw import Colour, Weight
from display.core.look import Look, Said
from display.core.pen import Pen
from heard.order import Order, OrderType
from heard.quick import quick

TEXT = 26
ICON = 24
ICON_GAP = 5  # between a sign and what it stands for
GAP = 15  # between the two


@quick
@dataclass(frozen=True, slots=True)
class Aside:
    """One of them with its sign; `w` is both, px."""

    icon: str
    said: Said
    w: int


def has_asides(order: Order) -> bool:
    """Covers or a server are known."""
    return order.covers > 0 or bool(order.server.strip())


def served(order: Order) -> bool:
    """Guests sit at a table: how many, and who serves them, are worth a row. A cashier's name on a bag is not."""
    return order.type is OrderType.DINE_IN or bool(order.table and order.type is not OrderType.CAR)


def asides(look: Look, order: Order, room: int) -> tuple[Aside, ...]:
    """How many eat, and who serves them: those that the room holds beside each other."""
    t = look.theme
    said = [("users", Said(look.number(order.covers * 1000), False))] if order.covers > 0 else []
    if order.server.strip():
        said.append(("concierge-bell", look.said(order.server.strip())))
    kept: list[Aside] = []
    for icon, one in said:
        text_w = look.measurer.measure(one.text, t.px(TEXT), Weight.MEDIUM, one.rtl)[0]
        w = t.px(ICON) + t.px(ICON_GAP) + text_w
        if w <= room:
            kept.append(Aside(icon, one, w))
            room -= w + t.px(GAP)
    return tuple(kept)


def draw_asides(look: Look, pen: Pen, x: int, y: int, shown: tuple[Aside, ...], ink: Colour) -> None:
    """One row of them, from x on."""
    t = look.theme
    beside = t.px(ICON) + t.px(ICON_GAP)
    for one in shown:
        pen.icon(x, y, one.icon, t.px(ICON), ink)
        pen.text(x + beside, y, one.said, t.px(TEXT), Weight.MEDIUM, ink)
        x += one.w + t.px(GAP)
