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


def table_words(look: Look, order: Order) -> tuple[Said, ...]:
    """Its table or lane: "T12", or as the till names it; () for none."""
    if not order.table.isdigit():
        return (look.said(order.table),) if order.table else ()
    key = "lane" if order.type is OrderType.CAR else "table"
    return (Said(look.words.say(key, n=order.table), look.rtl),)


def due_words(look: Look, order: Order) -> tuple[Said, ...]:
    """When it is due; () where that was not said."""
    if not order.due_at_ms:
        return ()
    return (Said(look.words.say("due", time=look.local_time(order.due_at_ms)), look.rtl),)


def details(look: Look, order: Order) -> tuple[Said, ...]:
    """Where it goes: table or lane, aggregator code, guest, due time."""
    names = [look.said(name) for name in (order.aggregator_code, order.guest) if name]
    return (*table_words(look, order), *names, *due_words(look, order))
