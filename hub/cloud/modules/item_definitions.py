"""Item definitions: what can be ordered, with all that a kitchen must know of it."""

from __future__ import annotations

from dataclasses import dataclass

from heard.order import Text
from hub.cloud.modules.row import Fields, ModuleSpec

PREP_TIME_S_MAX = 24 * 3600
COURSE_MAX = 20


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """`course` 0 is none; `allergens` are what is in it; `no_kitchen`: rung up, but nobody makes it."""

    item_id: str
    name: Text
    category_id: str
    tax_id: str
    prep_time_s: int
    course: int
    allergens: tuple[str, ...]
    no_kitchen: bool


def _read(row_id: str, fields: Fields) -> ItemDefinition:
    return ItemDefinition(
        item_id=row_id,
        name=fields.name(),
        category_id=fields.id("category_id"),
        tax_id=fields.id("tax_id"),
        prep_time_s=fields.integer("prep_time_s", 0, PREP_TIME_S_MAX),
        course=fields.integer("course", 0, COURSE_MAX),
        allergens=fields.ids("allergens"),
        no_kitchen=fields.flag("no_kitchen", False),
    )


MODULE = ModuleSpec("item_definitions", _read, {"category_id": "categories", "tax_id": "taxes"})
