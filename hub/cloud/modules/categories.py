"""Categories: what kind of dish an item is; routing and the rail of all-day counts go by it."""

from __future__ import annotations

from dataclasses import dataclass

from heard.order import Text
from hub.cloud.modules.row import Fields, ModuleSpec


@dataclass(frozen=True, slots=True)
class Category:
    """`sort` is the vendor's order on menus."""

    category_id: str
    name: Text
    sort: int


def _read(row_id: str, fields: Fields) -> Category:
    return Category(row_id, fields.name(), fields.integer("sort", -1_000_000, 1_000_000))


MODULE = ModuleSpec("categories", _read, {})
