"""What of a till's cart may come through the door."""

from __future__ import annotations

from heard.stream import Cart, CartAmount
from heard.wire.values import (
    LINES_PER_ORDER_MAX,
    QUANTITY_MILLI_MAX,
    check_amount,
    check_id,
    check_length,
    check_modifiers,
    check_number,
    check_text,
    cleaned,
    fail,
)

QR_BYTES_MAX = 2_000
"""More does not fit a code that a phone can read from a screen."""

_CART_AMOUNTS = (
    "subtotal_minor",
    "tax_minor",
    "total_minor",
    "tendered_minor",
    "change_minor",
    "rounding_minor",
)


def _check_amounts(field: str, amounts: tuple[CartAmount, ...]) -> None:
    if len(amounts) > LINES_PER_ORDER_MAX:
        raise fail(field, f"has {len(amounts)}, more than {LINES_PER_ORDER_MAX}")
    for index, one in enumerate(amounts):
        check_text(f"{field}[{index}].name", one.name)
        check_amount(f"{field}[{index}].amount_minor", one.amount_minor)


def check_cart(cart: Cart, field: str = "cart") -> Cart:
    """The cart made safe for a guest's screen, or InvalidInput naming the wrong field under `field`."""
    check_id(f"{field}.terminal", cart.terminal)
    if len(cart.lines) > LINES_PER_ORDER_MAX:
        raise fail(f"{field}.lines", f"has {len(cart.lines)} lines, more than {LINES_PER_ORDER_MAX}")
    for index, line in enumerate(cart.lines):
        check_text(f"{field}.lines[{index}].name", line.name)
        check_modifiers(f"{field}.lines[{index}].modifiers", line.modifiers)
        _check_amounts(f"{field}.lines[{index}].discounts", line.discounts)
        check_amount(f"{field}.lines[{index}].unit_price_minor", line.unit_price_minor)
        check_amount(f"{field}.lines[{index}].total_minor", line.total_minor)
        check_number(
            f"{field}.lines[{index}].quantity_milli",
            line.quantity_milli,
            -QUANTITY_MILLI_MAX,
            QUANTITY_MILLI_MAX,
        )
    for name in ("discounts", "charges", "payments"):
        _check_amounts(f"{field}.{name}", getattr(cart, name))
    for name in _CART_AMOUNTS:
        check_amount(f"{field}.{name}", getattr(cart, name))
    for name in ("currency", "call_number", "newest_line_id"):
        check_length(f"{field}.{name}", getattr(cart, name))
    for name in ("method", "loyalty"):
        check_text(f"{field}.{name}", getattr(cart, name))
    for name in ("qr", "receipt_qr"):
        if len(getattr(cart, name).encode(errors="replace")) > QR_BYTES_MAX:
            raise fail(f"{field}.{name}", f"is longer than {QR_BYTES_MAX} bytes")
    made: Cart = cleaned(cart)
    return made
