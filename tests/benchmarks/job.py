"""The job that every system does: an order of 6 lines and 6 modifiers, about 615 bytes of protobuf."""

from __future__ import annotations

from heard.order import Line, Modifier, Order, OrderType, Totals
from heard.wire import encode_order

STATION = "grill"
_PREFIX = "019a2b3c-0000-7000-8000-"
_DISHES = (
    ("kofta", "Kofta", "extra-tahini", "extra tahini"),
    ("tawook", "Shish Tawook", "no-onion", "onion"),
    ("arayes", "Arayes", "spicy", "spicy"),
    ("fries", "Fries", "no-salt", "salt"),
    ("kabab", "Lamb Kabab", "well-done", "well done"),
    ("falafel", "Falafel", "extra-cheese", "extra cheese"),
)


def order_id(seq: int) -> str:
    """An id as long as a real one."""
    return f"{_PREFIX}{seq:012d}"


def seq_of(found: str) -> int:
    """The number in an id; -1 for an order that is not ours."""
    return int(found[len(_PREFIX) :]) if found.startswith(_PREFIX) else -1


def order(seq: int, terminal: str = "till1") -> Order:
    """The order of that number."""
    lines = tuple(
        Line(
            f"l{seq:08d}{place}",
            item,
            {"en": name},
            (1 + place % 2) * 1000,
            modifiers=(Modifier(modifier, {"en": words}, price_minor=150),),
            category="grills",
            unit_price_minor=2400,
            total_minor=2400 * (1 + place % 2),
        )
        for place, (item, name, modifier, words) in enumerate(_DISHES)
    )
    return Order(
        order_id(seq), type=OrderType.TAKEAWAY, terminal=terminal, lines=lines, totals=Totals("SAR", 21600)
    )


def payload(seq: int, terminal: str = "till1") -> bytes:
    """The same as bytes."""
    return encode_order(order(seq, terminal))
