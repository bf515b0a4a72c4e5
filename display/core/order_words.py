"""What a header says of an order in words: how the guest gets it, and where it goes."""

from __future__ import annotations

from display.core.look import Look, Said
from heard.order import Order, OrderType

TYPES = frozenset({OrderType.DINE_IN, OrderType.TAKEAWAY, OrderType.DELIVERY, OrderType.CAR})


def type_word(look: Look, order: Order) -> Said:
    """How the guest gets it, as a word."""
    name = look.name(order.type_name)
    if name.text:
        return Said(name.text.upper(), name.rtl)
    key = f"type.{order.type.name}" if order.type in TYPES else "type.OTHER"
    return Said(look.words.say(key), look.rtl)


def details(look: Look, order: Order) -> tuple[Said, ...]:
    """Where it goes: table or lane, aggregator code, guest, due time."""
    words = look.words
    found: list[Said] = []
    if order.table:
        if order.table.isdigit():
            key = "lane" if order.type is OrderType.CAR else "table"
            found.append(Said(words.say(key, n=order.table), look.rtl))
        else:
            found.append(look.said(order.table))
    if order.aggregator_code:
        found.append(look.said(order.aggregator_code))
    if order.guest:
        found.append(look.said(order.guest))
    if order.due_at_ms:
        found.append(Said(words.say("due", time=look.local_time(order.due_at_ms)), look.rtl))
    return tuple(found)
