"""Covers and server in a header: after what matters, and the first to go where the room is small."""

from __future__ import annotations

from dataclasses import replace

import pytest

from display.core.asides import TEXT
from display.core.draw import Icon
from display.core.draw import Text as Drawn
from display.core.header import Fit, Head, Pill, header, header_height
from display.core.look import Look
from display.core.theme import Theme
from display.ui.text import TextEngine
from heard.order import Order, OrderType
from heard.ticket import Ticket

ALL = ["4", "Huda"]
TABLE = Order("a", "", OrderType.DINE_IN, table="12", covers=4, server="Huda")
BAG = Order("a", "", OrderType.TAKEAWAY, guest="Omar", covers=4, server="Huda")


@pytest.mark.parametrize(
    ("order", "fit", "w", "shown", "rows"),
    [
        (TABLE, Fit(Pill.LATE), 388, ALL, 3),
        (TABLE, Fit(), 388, ALL, 3),  # where it stands when it is late
        (TABLE, Fit(Pill.LATE, roomy=False), 388, [], 2),  # a row more would cut the ticket in two
        (TABLE, Fit(roomy=False), 388, ["4"], 2),
        (TABLE, Fit(Pill.LATE), 620, ALL, 2),
        (replace(TABLE, server="A name that no row of this tile holds"), Fit(), 388, ["4"], 3),
        (replace(TABLE, covers=0, server=" "), Fit(), 388, [], 2),
        (BAG, Fit(Pill.NEW), 388, ALL, 3),  # the guest's name took the row
        (replace(BAG, guest=""), Fit(Pill.LATE), 388, [], 2),  # a cashier is worth none
    ],
)
def test_they_take_no_room_from_anything(
    order: Order, fit: Fit, w: int, shown: list[str], rows: int, text: TextEngine
) -> None:
    look = Look(Theme(), text)
    ticket = Ticket(order, "", 0, (), 0, False, False, False, (), ())
    made = header(look, w, ticket, Head(1, None), fit)
    t = look.theme
    assert made.h == header_height(look, w, ticket, fit) == t.header_h + (rows - 2) * t.header_row_h
    assert [op.text for op in made.ops if isinstance(op, Drawn) and op.size == TEXT] == shown
    assert len([op for op in made.ops if isinstance(op, Icon)]) == len(shown)
