"""Routing: what goes to which station; an item before its category."""

from __future__ import annotations

from dataclasses import dataclass

from hub.cloud.modules.row import ORDER_TYPES, BadRow, Fields, ModuleSpec
from hub.config.station_reader import TYPE_NAME_CHARACTERS_MAX

WORD_CHARACTERS_MAX = 80
"""As the areas of the module `tables`."""


@dataclass(frozen=True, slots=True)
class Route:
    """Names an item or a category, or neither: then it is for all. `order_type`, `area`, `terminal` and `type_name` "" are for every one.

    `type_name` is a till's own word for a type of order, in any of its languages; a row has that or `order_type`.
    `then` are stations that make it after that one, one after another (make, oven, cut).
    """

    route_id: str
    station_id: str
    category_id: str
    item_id: str
    order_type: str
    area: str = ""
    terminal: str = ""
    then: tuple[str, ...] = ()
    type_name: str = ""


def _read(row_id: str, fields: Fields) -> Route:
    route = Route(
        route_id=row_id,
        station_id=fields.id("station_id", required=True),
        category_id=fields.id("category_id"),
        item_id=fields.id("item_id"),
        order_type=fields.word("order_type", ORDER_TYPES),
        area=_condition(fields, "area", WORD_CHARACTERS_MAX),
        terminal=_condition(fields, "terminal", WORD_CHARACTERS_MAX),
        then=fields.ids("then_station_ids"),
        type_name=_condition(fields, "type_name", TYPE_NAME_CHARACTERS_MAX),
    )
    if route.item_id and route.category_id:
        raise BadRow("item_id and category_id: give one of them")
    if route.order_type and route.type_name:
        raise BadRow("order_type and type_name: give one of them")
    if route.type_name.upper() in ORDER_TYPES:
        raise BadRow(f"type_name is {route.type_name!r}, which is an order_type: give it as that")
    return route


def _condition(fields: Fields, field: str, characters_max: int) -> str:
    """A text without the space around it. A blank is a slip of the office, and would make the row one for every order."""
    given = fields.text(field, characters_max)
    if given and not given.strip():
        raise BadRow(f"{field} is blank: give its word, or leave it out for every order")
    return given.strip()


MODULE = ModuleSpec(
    "routing",
    _read,
    {
        "station_id": "stations",
        "then_station_ids": "stations",
        "category_id": "categories",
        "item_id": "item_definitions",
    },
)
