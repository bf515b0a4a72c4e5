"""What a kitchen of our own making sells, and how its lines, orders and screens are written as fixtures."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

Json = dict[str, Any]


FOLDER = Path(__file__).parent.parent / "fixtures"


NOW_MS = 1_000_000_000


WALL_MS = 19 * 3_600_000 + 42 * 60_000


FIRES_AT_MS = NOW_MS + 13 * 60_000


ITEMS = {
    "tawook": ("Shish Tawook", "شيش طاووق"),
    "kebab": ("Lamb Kebab", "كباب غنم"),
    "shawarma": ("Chicken Shawarma", "شاورما دجاج"),
    "kofta": ("Lamb Kofta Plate", "صحن كفتة غنم"),
    "mixed": ("Mixed Grill", "مشاوي مشكلة"),
    "arayes": ("Arayes", "عرايس"),
    "burger": ("Beef Burger BBQ", "برجر لحم باربكيو"),
    "chicken": ("Chicken Burger", "برجر دجاج"),
    "nuggets": ("Kids Nuggets", "ناجتس أطفال"),
    "fries": ("Fries", "بطاطس"),
    "salad": ("Fattoush", "فتوش"),
    "cola": ("Cola", "كولا"),
}


GRILLED = tuple(ITEMS)[:9]


MODIFIERS = {  # name, Arabic name, kind, whether it leaves the all-day alone
    "garlic": ("Extra garlic", "ثوم إضافي", "ADD", True),
    "no-onion": ("No onion", "بدون بصل", "REMOVE", True),
    "no-pickles": ("No pickles", "بدون مخلل", "REMOVE", True),
    "no-mayo": ("No mayo", "بدون مايونيز", "REMOVE", True),
    "cheddar": ("Cheddar", "شيدر", "ADD", True),
    "well": ("Well done", "استواء كامل", "PREPARE", True),
    "doneness": ("4 medium · 2 well", "4 وسط · 2 كامل", "PREPARE", True),
    "spicy": ("Spicy", "حار", "PREPARE", False),
}


NUTS = {"allergen_id": "nuts", "name": {"en": "Nut allergy", "ar": "حساسية مكسرات"}}


PROFILE: Json = {
    "name": "Al Waha Grill",
    "languages": ["en", "ar"],
    "allergy_words": ["allergy", "حساسية"],
    "stations": [
        {
            "station": "grill",
            "name": {"en": "Grill", "ar": "المشويات"},
            "icon": "flame",
            "languages": ["en"],
        },
        {"station": "fry", "name": {"en": "Fry", "ar": "القلي"}},
        {"station": "cold", "name": {"en": "Cold", "ar": "البارد"}},
        {"station": "bar", "name": {"en": "Bar", "ar": "المشروبات"}},
    ],
}


def modifier(which: str | Json) -> Json:
    """A modifier of the menu, or one as given."""
    if isinstance(which, dict):
        return which
    english, arabic, kind, cosmetic = MODIFIERS[which]
    made: Json = {"modifier_id": which, "name": {"en": english, "ar": arabic}, "kind": kind}
    return made | {"cosmetic": True} if cosmetic else made


def line(
    item: str,
    quantity: float = 1,
    modifiers: tuple[str | Json, ...] = (),
    at: Json | str = "QUEUED",
    **more: Any,
) -> Json:
    """A line of the menu; `at` is its state at the grill, or its states by station."""
    english, arabic = ITEMS[item]
    made: Json = {"item_id": item, "name": {"en": english, "ar": arabic}, "quantity": quantity}
    made["at"] = {"grill": at} if isinstance(at, str) else at
    if modifiers:
        made["modifiers"] = [modifier(one) for one in modifiers]
    return made | more


def elsewhere(station: str, state: str) -> Json:
    """A line that another station makes."""
    return line({"fry": "fries", "cold": "salad", "bar": "cola"}[station], at={station: state})


def order(number: int, type_: str, age_s: int, lines: list[Json], **more: Any) -> Json:
    """An order of this evening."""
    return {
        "order_id": f"o{number}",
        "call_number": str(number),
        "type": type_,
        "age_s": age_s,
        "lines": lines,
    } | more


def kitchen(orders: list[Json], **more: Any) -> Json:
    """A fixture."""
    return {
        "station": "grill",
        "profile": PROFILE,
        "now_ms": NOW_MS,
        "wall_ms": WALL_MS,
        "clock": "19:42",
        "orders": orders,
    } | more


def speaking(*languages: str) -> Json:
    """The profile with a grill in these languages."""
    profile = copy.deepcopy(PROFILE)
    profile["stations"][0]["languages"] = list(languages)
    return profile
