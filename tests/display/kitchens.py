"""Kitchens of our own making for pictures: a Saudi-style grill on one evening.

Each is a fixture of `heard display prep --shot FILE.png --fixture FILE.json`; they stand in tests/fixtures as an installer
would write one. `python -m tests.display.kitchens` writes them again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.display.dishes import (
    FIRES_AT_MS,
    FOLDER,
    GRILLED,
    ITEMS,
    MODIFIERS,
    NOW_MS,
    NUTS,
    WALL_MS,
    Json,
    elsewhere,
    kitchen,
    line,
    modifier,
    order,
    speaking,
)


def evening() -> list[Json]:
    """Twelve tickets at the grill, with most of what may happen to one."""
    voided = {"station": "grill", "state": "VOIDED", "version": 2, "queued_at_ms": NOW_MS - 665_000}
    raised = {"state": "QUEUED", "version": 2, "acknowledged_version": 2}
    return [
        order(
            214,
            "DINE_IN",
            872,
            [
                line("shawarma", 2, ("no-onion", "garlic")),
                line("kofta"),
                line("mixed", at="DONE"),
                elsewhere("fry", "DONE"),
                elsewhere("cold", "DONE"),
                elsewhere("cold", "QUEUED"),
            ],
            table="12",
            allergens=[NUTS],
        ),
        order(
            215,
            "TAKEAWAY",
            665,
            [
                line("arayes", voided=True, stations=[voided]),
                line(
                    "burger",
                    3,
                    ("well", "cheddar", "no-pickles"),
                    {"grill": raised},
                    changes=[{"kind": "QUANTITY", "version": 2, "was_quantity_milli": 2000}],
                ),
                elsewhere("fry", "DONE"),
                elsewhere("fry", "QUEUED"),
            ],
            guest="Omar",
            version=2,
        ),
        order(
            217,
            "DELIVERY",
            588,
            [
                line("shawarma", 2),
                line("burger"),
                line("kebab", added_age_s=130),
                elsewhere("bar", "DONE"),
            ],
            aggregator_code="HungerStation 8841",
            version=2,
        ),
        order(218, "CAR", 430, [line("chicken"), line("nuggets", 2)], table="2"),
        order(
            219,
            "DINE_IN",
            460,
            [
                line("mixed", 6, ("doneness",)),
                line("kofta", 4, ("no-onion",)),
                line("burger", 2, ("no-mayo",), line_id="219-egg"),
                line("shawarma", 3),
                line("nuggets", 2),
                line("kebab", 2, ("garlic",)),
                line("tawook", 4, at="WAITING", course=2),
                line("arayes", 3, at="WAITING", course=2),
                elsewhere("fry", "DONE"),
                elsewhere("fry", "QUEUED"),
                elsewhere("cold", "DONE"),
                elsewhere("bar", "QUEUED"),
            ],
            table="21",
            allergens=[
                {
                    "allergen_id": "egg",
                    "name": {"en": "Egg allergy", "ar": "حساسية بيض"},
                    "seat": "2",
                    "line_id": "219-egg",
                }
            ],
            courses=[{"course": 2, "fires_at_ms": FIRES_AT_MS}],
        ),
        order(221, "TAKEAWAY", 280, [line("chicken"), line("kebab", 2)], guest="Nora"),
        order(
            212,
            "DINE_IN",
            1500,
            [
                line("mixed", 2, at="DONE"),
                line("arayes", 2, at={"grill": _add_on()}, added_version=3),
            ],
            table="7",
            version=3,
        ),
        order(
            226,
            "DINE_IN",
            192,
            [line("tawook", 2), line("kebab", 1, ("garlic",)), elsewhere("cold", "DONE")],
            table="4",
            rush=True,
        ),
        order(228, "TAKEAWAY", 21, [line("chicken", 2), line("nuggets")]),
        order(229, "DINE_IN", 18, [line("burger", 3), line("shawarma", 2, ("no-onion",))], table="9"),
        order(230, "DELIVERY", 12, [line("mixed")], aggregator_code="Jahez 5512"),
        order(231, "CAR", 5, [line("nuggets")], table="4"),
    ]


def _add_on() -> Json:
    return {"state": "QUEUED", "version": 3, "batch": 1, "queued_at_ms": NOW_MS - 110_000}


def overflowing() -> list[Json]:
    """A banquet of 34 lines and forty tickets behind it, one of them in a hurry."""
    some: tuple[tuple[str, ...], ...] = (
        ("garlic",),
        ("no-onion", "spicy"),
        (),
        ("cheddar", "well", "no-pickles"),
    )
    banquet = [line(GRILLED[n % 9], 1 + n % 4, some[n % 4]) for n in range(34)]
    orders = [order(301, "DINE_IN", 700, banquet, table="30", covers=14, allergens=[NUTS])]
    for n in range(40):
        type_ = ("DINE_IN", "TAKEAWAY", "DELIVERY", "CAR")[n % 4]
        lines = [
            line(GRILLED[(n + k) % 9], 1 + (n + k) % 3, ((("garlic",), (), ("no-onion",))[(n + k) % 3]))
            for k in range(1 + n % 4)
        ]
        made = order(310 + n, type_, 640 - 15 * n, lines, rush=n == 33)
        if type_ in ("DINE_IN", "CAR"):
            made["table"] = str(n + 1)
        elif type_ == "TAKEAWAY":
            made["guest"] = "Sara"
        else:
            made["aggregator_code"] = f"Jahez {5500 + n}"
        orders.append(made)
    return orders


def all_markers() -> list[Json]:
    """Everything at once: voids seen and unseen, changes, chips, courses, seats, huge and tiny numbers, long names."""

    def at(state: str, version: int, **more: Any) -> Json:
        return {"grill": {"state": state, "version": version} | more}

    changed = {
        "kind": "MODIFIERS",
        "version": 3,
        "added_modifier_ids": ["cheddar"],
        "removed_modifiers": [modifier("no-pickles")],
    }
    sesame = {"modifier_id": "n", "name": {"en": "Sesame allergy", "ar": "حساسية سمسم"}, "kind": "ALLERGY"}
    long_name = "دجاج مشوي على الفحم مع الأرز البسمتي والصلصة الحارة والسلطة العربية الطازجة وخبز التنور"
    return [
        order(
            401,
            "DINE_IN",
            1000,
            [
                line("kebab", at=at("VOIDED", 3), voided=True),
                line("kebab", 1, ("spicy",), at("VOIDED", 2, acknowledged_version=2), voided=True),
                line("burger", 999.5, ("cheddar",), at("STARTED", 3), changes=[changed]),
                line("mixed", 1, (sesame,), seat="3"),
                line("shawarma", 0.5, ("garlic", "no-onion", "well"), "DONE"),
                elsewhere("fry", "QUEUED"),
                elsewhere("cold", "DONE"),
                elsewhere("bar", "DONE"),
            ],
            table="Terrace 4",
            covers=4,
            server="Huda",
            rush=True,
            allergens=[NUTS],
            version=3,
            notes=[{"text": {"en": "Birthday: all together", "ar": "عيد ميلاد: قدّموها معًا"}}],
        ),
        order(
            402,
            "TAKEAWAY",
            900,
            [line("tawook", 2, at=at("QUEUED", 1, taken_from=["fry"], may_be_at=["fry"])), line("tawook")],
            guest="Abdulrahman Al-Ghamdi",
        ),
        order(
            403,
            "DELIVERY",
            600,
            [
                line("chicken", 2, ("no-mayo",), remake=True),
                line("fries", nobodys=True),
                line("fries", part_of="403-meal"),
                {"line_id": "403-meal", "item_id": "meal", "name": {"en": "Zinger Meal"}, "combo": True},
                line("mixed", at={"grill": "QUEUED", "fry": "QUEUED"}),
                line(
                    "kebab",
                    at=at("QUEUED", 2),
                    changes=[{"kind": "MOVED", "version": 2, "from_number": "396"}],
                ),
            ],
            aggregator_code="HungerStation 8841",
            version=2,
        ),
        order(404, "CAR", 25, [line("nuggets")], table="2"),
        order(
            405,
            "DINE_IN",
            300,
            [
                line("burger", course=1),
                line("mixed", 2, course=2),
                line("tawook", at="WAITING", course=3),
            ],
            table="8",
            courses=[
                {"course": 1, "name": {"en": "Starters", "ar": "مقبلات"}, "fired": True},
                {"course": 2, "name": {"en": "Mains", "ar": "أطباق رئيسية"}, "fired": True},
                {"course": 3, "name": {"en": "Desserts", "ar": "حلويات"}, "fires_at_ms": FIRES_AT_MS},
            ],
        ),
        order(
            406,
            "TAKEAWAY",
            500,
            [line("arayes", 2, at=at("QUEUED", 4, recalled=True))],
            guest="Nora",
            version=4,
        ),
        order(
            407,
            "DINE_IN",
            400,
            [line("kofta", 2, at=at("VOIDED", 2), voided=True)],
            table="5",
            covers=2,
            server="هدى",
            state="VOIDED",
            version=2,
        ),
        order(
            408,
            "DINE_IN",
            3700,
            [line("mixed", 2, at="DONE"), line("arayes", 12, at={"grill": _add_on()}, added_version=3)],
            table="7",
            version=3,
        ),
        order(
            409,
            "DINE_IN",
            60,
            [line("tawook", at="WAITING", course=2)],
            table="3",
            courses=[{"course": 2, "fires_at_ms": FIRES_AT_MS}],
        ),
        order(
            410,
            "UNSPECIFIED",
            95,
            [
                {
                    "item_id": "long",
                    "name": {"ar": long_name},
                    "at": {"grill": "QUEUED"},
                    "notes": [{"text": {"ar": "بدون ملح 12.50 ريال"}}],
                },
                line("chicken", added_age_s=20),
            ],
            type_name={"en": "Catering", "ar": "ضيافة"},
            guest="عمر",
            server="Sami",
            version=2,
        ),
    ]


def out(*items: str) -> Json:
    """These are out: dishes, or modifiers."""
    names = {name: value[:2] for name, value in MODIFIERS.items()} | ITEMS
    found = [{"item_id": one, "name": dict(zip(("en", "ar"), names[one], strict=True))} for one in items]
    return {"items": found}


def out_and_paused() -> Json:
    """A station that pauses, two dishes that are out, and what expo has sent out over the cooks' heads."""
    sent = {"grill": {"state": "SENT", "version": 2, "queued_at_ms": NOW_MS - 300_000}}
    orders = [
        order(
            501,
            "TAKEAWAY",
            300,
            [line("burger", 2, at=sent), line("tawook", at="DONE")],
            guest="Salem",
            version=2,
        ),
        order(502, "DINE_IN", 250, [line("mixed", at=sent), line("kebab", 2)], table="4", version=2),
        *evening()[4:7],
    ]
    return kitchen(
        orders,
        site={
            "stations": [{"station": "grill", "paused_until_ms": WALL_MS + 13 * 60_000}],
            "nobodys_lines": 2,
        },
        out=out("arayes", "cola", "garlic"),
        touch=True,
    )


def iftar() -> list[Json]:
    """Orders for one minute of the evening that wait at the hub, among tickets that are made now."""
    due_ms = WALL_MS + 32 * 60_000
    staged = []
    for n in range(12):
        lines = [line("mixed", 1 + n % 2, at="WAITING"), line("kebab", 2, at="WAITING")]
        if n % 3 == 0:
            lines.append(line("shawarma", 3, at="WAITING"))
        made = order(601 + n, "TAKEAWAY", 3600, lines, due_at_ms=due_ms + n, scheduled=True)
        staged.append(
            made | {"held_wall_ms": WALL_MS - 3_600_000, "type_name": {"en": "Iftar", "ar": "إفطار"}}
        )
    alone = order(640, "DELIVERY", 600, [line("tawook", 2, at="WAITING")], scheduled=True)
    alone |= {"due_at_ms": WALL_MS + 60 * 60_000, "held_wall_ms": WALL_MS - 600_000}
    return [*evening()[:3], *staged, alone]


def served() -> list[Json]:
    """The evening in a house with waiters: tills say how many eat and who serves them, on bags the cashier."""
    names = ("Huda", "Sami", "Abdulrahman Al-Ghamdi", "يوسف")
    found = []
    for n, one in enumerate(evening()):
        dine_in = one["type"] == "DINE_IN"
        covers = {"covers": (4, 12, 2)[n % 3]} if dine_in else {}
        found.append(one | covers | {"server": names[n % 4]})
    return found


def kitchens() -> dict[str, Json]:
    """Every fixture by its name, which is also its golden's."""
    marked: Json = {
        "unsafe": True,
        "suspect": True,
        "business_date": "2026-11-22",
        "flashing": ["404"],
        "out": out("arayes", "cheddar", "tawook"),
    }
    return {
        "empty": kitchen([]),
        "busy": kitchen(evening(), selected="217", bumped=["218"], pending=["221"]),
        "overflowing": kitchen(overflowing()),
        "overflowing-page-2": kitchen(overflowing(), page=1),
        "all-markers": kitchen(all_markers(), selected="401", pending=["404"], **marked),
        "arabic": kitchen(evening(), selected="217", bumped=["218"], profile=speaking("ar", "en")),
        "two-languages": kitchen(evening(), selected="217", profile=speaking("en", "ar")),
        "served": kitchen(served(), selected="217", bumped=["221"]),
        "served-arabic": kitchen(served(), bumped=["212"], profile=speaking("ar", "en")),
        "not-live": kitchen(evening(), selected="217", bumped=["221"], pending=["221"], silent_s=38.4),
        "not-live-arabic": kitchen(evening(), silent_s=75, profile=speaking("ar", "en")),
        "paused": out_and_paused(),
        "staged": kitchen(iftar()),
        "staged-arabic": kitchen(iftar(), profile=speaking("ar", "en")),
        "all-day": kitchen(overflowing(), full=2),
        "all-day-arabic": kitchen(evening(), full=0, profile=speaking("ar", "en")),
        "filtered": kitchen(evening(), filter="shawarma"),
        "grid": kitchen(evening(), layout="grid", selected="217", bumped=["218"]),
        "grid-arabic": kitchen(evening(), layout="grid", profile=speaking("ar", "en")),
        "portrait": kitchen(evening(), layout="portrait", selected="217", width=1080, height=1920),
        "portrait-arabic": kitchen(
            evening(), layout="portrait", width=1080, height=1920, profile=speaking("ar", "en")
        ),
        "small": kitchen(evening(), selected="217", bumped=["218"], width=1280, height=720),
    }


def write(folder: Path = FOLDER) -> None:
    """Write all of them as JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    from tests.display.passes import lists, passes, splits

    for name, made in (kitchens() | passes() | lists() | splits()).items():
        text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
        (folder / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
