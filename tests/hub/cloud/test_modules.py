"""Each module's rows: what a good one becomes, and in which words a bad one is held back."""

from __future__ import annotations

from typing import Any

import pytest

from heard.order import ModifierKind
from hub.cloud.modules import MODULES
from hub.cloud.modules.customers import Customer
from hub.cloud.modules.item_barcodes import ItemBarcode
from hub.cloud.modules.modifiers import ModifierRow
from hub.cloud.modules.offers import Offer
from hub.cloud.modules.prices import Price
from hub.cloud.modules.routing import Route
from hub.cloud.modules.row import BadRow, Fields
from hub.cloud.modules.tables import Table
from hub.cloud.modules.taxes import Tax
from tests.hub.cloud.reference.contract import named

NAME = {"en": "Name", "ar": "اسم"}

GOOD: list[tuple[str, dict[str, Any], object]] = [
    ("taxes", {"name": NAME, "rate_ppm": 150_000}, Tax("a", NAME, 150_000, True)),
    ("item_barcodes", {"item_id": "i"}, ItemBarcode("a", "i", 1000)),
    (
        "modifiers",
        {"name": NAME, "kind": "REMOVE", "item_ids": ["i"], "price_minor": -50},
        ModifierRow("a", NAME, ModifierKind.REMOVE, ("i",), "", -50, False),
    ),
    ("prices", {"item_id": "i", "price_minor": 0, "currency": "SAR"}, Price("a", "i", 0, "SAR", "")),
    ("offers", {"name": NAME, "off_ppm": 100_000}, Offer("a", NAME, (), (), 100_000, 0, 0, 0)),
    ("customers", {"name": NAME, "allergens": ["nuts"]}, Customer("a", NAME, "", ("nuts",))),
    (
        "routing",
        {"station_id": "s", "type_name": "Drone", "area": "roof"},
        Route("a", "s", "", "", "", "roof", type_name="Drone"),
    ),
    ("tables", {"name": NAME, "area": "terrace", "seats": 4}, Table("a", NAME, "terrace", 4)),
]
SCHEMAS = {
    "taxes": "RowTax", "item_barcodes": "RowItemBarcode", "modifiers": "RowModifier", "prices": "RowPrice",
    "offers": "RowOffer", "customers": "RowCustomer", "tables": "RowTable", "users": "RowUser",
    "stations": "RowStation", "routing": "RowRoute", "categories": "RowCategory", "item_definitions": "RowItemDefinition",
}  # fmt: skip


@pytest.mark.parametrize(("module", "row", "made"), GOOD, ids=[module for module, _, _ in GOOD])
def test_good_rows(module: str, row: dict[str, Any], made: object) -> None:
    named(SCHEMAS[module]).validate(row)
    fields = Fields({**row, "from_a_newer_cloud": 1, "absent": None})
    assert MODULES[module].read("a", fields) == made
    assert fields.kept == row, "what nobody reads is not kept"
    assert MODULES[module].read("a", Fields(fields.kept)) == made


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("categories", {"name": {"en": "x" * 401}}, "name.en is empty, too long"),
    ("categories", {"name": {f"a{chr(97 + n)}": "x" for n in range(17)}}, "name is no name by language"),
    ("taxes", {"name": NAME}, "rate_ppm is missing"),
    ("taxes", {"name": NAME, "rate_ppm": 1.5}, "rate_ppm is no whole number"),
    ("taxes", {"name": NAME, "rate_ppm": True}, "rate_ppm is no whole number"),
    ("item_barcodes", {}, "item_id is missing"),
    ("item_barcodes", {"item_id": "i", "quantity_milli": 0}, "quantity_milli is 0, not 1 to"),
    ("modifiers", {"name": NAME, "kind": "SWAP"}, "kind is 'SWAP', not one of ADD, REMOVE"),
    ("modifiers", {"name": NAME}, "kind is missing"),
    ("modifiers", {"name": NAME, "kind": "ADD", "item_ids": ["a b"]}, "item_ids holds something"),
    ("prices", {"item_id": "i", "price_minor": 1, "currency": "riyal"}, "currency is no text"),
    ("prices", {"item_id": "i", "price_minor": 1, "currency": "sar"}, "currency is 'sar'"),
    (
        "prices",
        {"item_id": "i", "price_minor": 1, "currency": "SAR", "order_type": "BOAT"},
        "order_type is 'BOAT'",
    ),
    ("prices", {"item_id": "i", "price_minor": 10**13, "currency": "SAR"}, "price_minor is"),
    ("offers", {"name": NAME, "off_ppm": 1, "off_minor": 1}, "give one of them"),
    ("offers", {"name": NAME, "from_ms": 5, "until_ms": 4}, "until_ms is before"),
    ("customers", {"name": NAME, "phone": 5}, "phone is no text"),
    ("tables", {"name": NAME, "seats": -1}, "seats is -1"),
    ("users", {"name": NAME}, "role is missing"),
    ("stations", {"name": NAME, "role": "chef"}, "role is 'chef'"),
    (
        "stations",
        {"name": NAME, "role": "prep", "address": "10.0.0.9"},
        "of a printer, and its role is 'prep'",
    ),
    ("stations", {"name": NAME, "role": "printer", "address": "http://p"}, "address is 'http://p'"),
    ("stations", {"name": NAME, "role": "printer", "paper_mm": 60}, "paper_mm is 60, not 80 or 58"),
    ("stations", {"name": NAME, "role": "expo", "group": "fryers"}, "group is a word of stations that cook"),
    (
        "stations",
        {"name": NAME, "role": "prep", "group": "the fryers"},
        "group is a word of stations that cook",
    ),
    ("stations", {"name": NAME, "role": "prep", "languages": ["english!"]}, "languages holds something"),
    ("stations", {"name": NAME, "role": "prep", "languages": ["e_n"]}, "languages has 'e_n'"),
    ("stations", {"name": NAME, "role": "prep", "warn_s": 300}, "belong together"),
    ("stations", {"name": NAME, "role": "prep", "warn_s": 300, "late_s": 300}, "late comes after warn"),
    *(
        ("stations", {"name": NAME, "role": "prep", "ages": ages}, why)
        for ages, why in (
            (["DELIVERY"], "ages holds something that is no object"),
            ([{"order_type": "DELIVERY", "warn_s": 9}], "late_s is missing"),
            ([{"order_type": "DRONE", "warn_s": 9, "late_s": 10}], "order_type is 'DRONE'"),
            ([{"warn_s": 9, "late_s": 10}], "give one of order_type and type_name"),
            ([{"type_name": "Dr. X", "warn_s": 9, "late_s": 10}], "has a dot"),
            ([{"type_name": "delivery", "warn_s": 9, "late_s": 10}], "is an order_type"),
            ([{"type_name": "Drone", "warn_s": 9, "late_s": 9}], "late comes after warn"),
            (
                [{"type_name": f"w{n}", "warn_s": 9, "late_s": 10} for n in range(33)],
                "more than 32 with a type_name",
            ),
        )
    ),
    ("routing", {"station_id": "s", "area": "x" * 81}, "area is no text"),
    ("routing", {"station_id": "s", "then_station_ids": "oven"}, "then_station_ids is no list"),
    ("routing", {}, "station_id is missing"),
    ("routing", {"station_id": "s", "item_id": "i", "category_id": "c"}, "give one of them"),
    ("routing", {"station_id": "s", "type_name": "x" * 81}, "type_name is no text"),
    (
        "routing",
        {"station_id": "s", "type_name": "Drone", "order_type": "CAR"},
        "order_type and type_name: give one",
    ),
    *(
        ("routing", {"station_id": "s", field: " \u00a0"}, f"{field} is blank: give its word")
        for field in ("area", "terminal", "type_name")
    ),
    ("routing", {"station_id": "s", "type_name": "delivery"}, "which is an order_type: give it as that"),
]


@pytest.mark.parametrize(("module", "row", "what"), BAD, ids=[f"{module}: {what}" for module, _, what in BAD])
def test_bad_rows(module: str, row: dict[str, Any], what: str) -> None:
    with pytest.raises(BadRow) as caught:
        MODULES[module].read("a", Fields(row))
    assert what in str(caught.value)


def test_a_stations_id_stands_in_every_line_and_is_short() -> None:
    with pytest.raises(BadRow, match="no id of a station"):
        MODULES["stations"].read("a" * 33, Fields({"name": NAME, "role": "prep"}))


def test_every_module_stands_in_the_contract() -> None:
    assert set(SCHEMAS) == set(MODULES)
    for module in MODULES:
        named(SCHEMAS[module])
