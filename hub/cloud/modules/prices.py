"""Prices: of an item, for all order types or for one of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hub.cloud.modules.row import AMOUNT_MAX, ORDER_TYPES, BadRow, Fields, ModuleSpec

CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Price:
    """`order_type` "" is for all that have none of their own."""

    price_id: str
    item_id: str
    price_minor: int
    currency: str
    order_type: str


def _read(row_id: str, fields: Fields) -> Price:
    currency = fields.text("currency", 3, default=None)
    if not CURRENCY.fullmatch(currency):
        raise BadRow(f"currency is {currency!r}, not three capital letters of ISO 4217")
    return Price(
        price_id=row_id,
        item_id=fields.id("item_id", required=True),
        price_minor=fields.integer("price_minor", -AMOUNT_MAX, default=None),
        currency=currency,
        order_type=fields.word("order_type", ORDER_TYPES),
    )


MODULE = ModuleSpec("prices", _read, {"item_id": "item_definitions"}, found_by="item_id")
