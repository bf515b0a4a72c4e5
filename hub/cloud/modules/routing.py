"""Routing: what goes to which station; an item before its category."""

from __future__ import annotations

from dataclasses import dataclass

from hub.cloud.modules.row import ORDER_TYPES, BadRow, Fields, ModuleSpec


@dataclass(frozen=True, slots=True)
class Route:
    """Names an item or a category, or neither: then it is for all. `order_type` "" is for every one."""

    route_id: str
    station_id: str
    category_id: str
    item_id: str
    order_type: str


def _read(row_id: str, fields: Fields) -> Route:
    route = Route(
        route_id=row_id,
        station_id=fields.id("station_id", required=True),
        category_id=fields.id("category_id"),
        item_id=fields.id("item_id"),
        order_type=fields.word("order_type", ORDER_TYPES),
    )
    if route.item_id and route.category_id:
        raise BadRow("item_id and category_id: give one of them")
    return route


MODULE = ModuleSpec(
    "routing",
    _read,
    {"station_id": "stations", "category_id": "categories", "item_id": "item_definitions"},
)
