"""Modifiers: no onion, extra cheese; what they are called, cost, and which item they are when a station makes them."""

from __future__ import annotations

from dataclasses import dataclass

from heard.order import ModifierKind, Text
from hub.cloud.modules.row import AMOUNT_MAX, Fields, ModuleSpec

KINDS = ("ADD", "REMOVE", "PREPARE", "ALLERGY")


@dataclass(frozen=True, slots=True)
class ModifierRow:
    """`item_ids` empty fits all; `routed_item_id`: made as this item; `cosmetic`: the kitchen need not read it."""

    modifier_id: str
    name: Text
    kind: ModifierKind
    item_ids: tuple[str, ...]
    routed_item_id: str
    price_minor: int
    cosmetic: bool


def _read(row_id: str, fields: Fields) -> ModifierRow:
    return ModifierRow(
        modifier_id=row_id,
        name=fields.name(),
        kind=ModifierKind[fields.word("kind", KINDS, default=None)],
        item_ids=fields.ids("item_ids"),
        routed_item_id=fields.id("routed_item_id"),
        price_minor=fields.integer("price_minor", -AMOUNT_MAX),
        cosmetic=fields.flag("cosmetic", False),
    )


MODULE = ModuleSpec(
    "modifiers", _read, {"item_ids": "item_definitions", "routed_item_id": "item_definitions"}
)
