"""PAID and UNPAID at the pass."""

from __future__ import annotations

from display.core import palette as p
from display.core.draw import Colour, Weight
from display.core.look import Look, Said
from display.core.pen import Pen
from heard.order import Order, OrderType

TEXT = 23


def pays(order: Order) -> bool:
    """At a table one pays afterwards: only what is paid already is said."""
    return order.paid or order.type is not OrderType.DINE_IN


def paid_width(look: Look, pen: Pen, order: Order) -> int:
    """How wide PAID or UNPAID is."""
    said = Said(look.words.say("paid" if order.paid else "unpaid"), look.rtl)
    weight = Weight.SEMIBOLD if order.paid else Weight.BOLD
    return pen.width(said, look.theme.px(TEXT), weight) + (0 if order.paid else 2 * look.theme.px(9))


def paid_mark(look: Look, pen: Pen, order: Order, y: int, end: int, ink: Colour = p.CHECK) -> None:
    """PAID in `ink`, or UNPAID on its chip, that end at `end`."""
    t, words = look.theme, look.words
    if order.paid:
        said = Said(words.say("paid"), look.rtl)
        pen.text(end, y, said, t.px(TEXT), Weight.SEMIBOLD, ink, at="end")
        return
    said = Said(words.say("unpaid"), look.rtl)
    width = paid_width(look, pen, order)
    h = min(t.px(30), t.progress_h - 2)
    pen.rect(end - width, y - h // 2, width, h, p.UNPAID, t.px(6))
    pen.text(end - width // 2, y, said, t.px(TEXT), Weight.BOLD, p.UNPAID_INK, at="centre")
