"""Customers: who is known by name, and what they may not eat."""

from __future__ import annotations

from dataclasses import dataclass

from heard.order import Text
from hub.cloud.modules.row import Fields, ModuleSpec


@dataclass(frozen=True, slots=True)
class Customer:
    """`allergens` are ids as on the items."""

    customer_id: str
    name: Text
    phone: str
    allergens: tuple[str, ...]


def _read(row_id: str, fields: Fields) -> Customer:
    return Customer(row_id, fields.name(), fields.text("phone", 40), fields.ids("allergens"))


MODULE = ModuleSpec("customers", _read, {})
