"""What expo sees of one evening, for pictures: the orders of `design/kds-expo.png`, and what may befall a card.

Each is a fixture of `heard display expo --shot FILE.png --fixture FILE.json`, written by `python -m tests.display.kitchens`.

Longer than a room: orders, not logic.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from heard.order import Order, OrderType
from heard.play import rush
from heard.play.menu import Menu, load_menu
from tests.display import kitchens
from tests.display.dishes import FIRES_AT_MS, NOW_MS, NUTS, Json, kitchen, order, speaking

MENU = {
    "shawarma": ("Chicken Shawarma", "شاورما دجاج", "grill"),
    "kofta": ("Lamb Kofta Plate", "صحن كفتة غنم", "grill"),
    "burger": ("Beef Burger BBQ", "برجر لحم باربكيو", "grill"),
    "chicken": ("Chicken Burger", "برجر دجاج", "grill"),
    "kebab": ("Lamb Kebab", "كباب غنم", "grill"),
    "mixed": ("Mixed Grill", "مشاوي مشكلة", "grill"),
    "tawook": ("Shish Tawook", "شيش طاووق", "grill"),
    "arayes": ("Arayes", "عرايس", "grill"),
    "nuggets": ("Kids Nuggets", "ناجتس أطفال", "grill"),
    "fries": ("Fries Large", "بطاطس كبير", "fry"),
    "rings": ("Onion Rings", "حلقات بصل", "fry"),
    "falafel": ("Falafel", "فلافل", "fry"),
    "batata": ("Batata Harra", "بطاطا حرة", "fry"),
    "tabbouleh": ("Tabbouleh", "تبولة", "cold"),
    "fattoush": ("Fattoush", "فتوش", "cold"),
    "hummus": ("Hummus", "حمص", "cold"),
    "caesar": ("Caesar Salad", "سلطة سيزر", "cold"),
    "kunafa": ("Kunafa", "كنافة", "cold"),
    "juice": ("Mango Juice", "عصير مانجو", "bar"),
    "mint": ("Lemon Mint", "ليمون بالنعناع", "bar"),
}
PACKED = {
    "cola": ("Cola", "كولا"),
    "laban": ("Laban", "لبن"),
    "garlic-dip": ("Garlic dip", "ثومية"),
    "cutlery": ("Cutlery", "أدوات مائدة"),
}
OUT = {
    "fries": ("Fries Large", "بطاطس كبير"),
    "garlic": ("Extra garlic", "ثوم إضافي"),
    "cola": ("Cola", "كولا"),
}


def out() -> Json:
    """A dish, a modifier and a drink are out."""
    return {"items": [{"item_id": one, "name": {"en": en, "ar": ar}} for one, (en, ar) in OUT.items()]}


def of(item: str, quantity: float = 1, state: str = "QUEUED", **more: Any) -> Json:
    """A line of the menu at its own station, or one that is only packed."""
    if item in PACKED:
        english, arabic = PACKED[item]
        return {
            "item_id": item,
            "name": {"en": english, "ar": arabic},
            "quantity": quantity,
            "no_kitchen": True,
        } | more
    english, arabic, station = MENU[item]
    made: Json = {"item_id": item, "name": {"en": english, "ar": arabic}, "quantity": quantity}
    return made | {"at": {station: state}} | more


def done(*items: tuple[str, float]) -> list[Json]:
    """Lines that are made."""
    return [of(item, quantity, "DONE") for item, quantity in items]


def ready(number: int, type_: str, waits_s: int, lines: list[Json], **more: Any) -> Json:
    """An order that waits at the pass."""
    made = order(number, type_, 600 + waits_s, lines, **more)
    return made | {"state": "READY", "ready_at_ms": NOW_MS - waits_s * 1000}


LUNCH = 4
"""The seed of the lunch in the pictures."""
WARM_S = 3600.0
TAKES_S = 510.0  # an order, from the till to the guest
DRINKS_SHARE, PAID_SHARE, CONFIRMED_AFTER_S = 0.3, 0.85, 90.0
_Cooking = tuple[float, Order, tuple[float, ...], float]
"""When it was held, the order, when its dishes are made, when it leaves."""

EGG = {"allergen_id": "egg", "name": {"en": "Egg allergy", "ar": "حساسية بيض"}, "seat": "2"}


def evening() -> list[Json]:
    """26 orders: seven are ready, one is a rush, one holds its second course."""
    here = NOW_MS - 20_000
    return [
        ready(
            203,
            "DELIVERY",
            245,
            [*done(("shawarma", 2), ("fries", 1)), of("cola", 2)],
            aggregator_code="HungerStation 8836",
            bags=1,
            paid=True,
            rider_here_at_ms=here,
        ),
        ready(205, "TAKEAWAY", 210, done(("burger", 1), ("fries", 1)), guest="Salem", bags=1, paid=True),
        ready(207, "TAKEAWAY", 175, done(("falafel", 4), ("hummus", 1)), guest="Majed", bags=2, paid=True),
        ready(
            206,
            "DINE_IN",
            100,
            [*done(("mixed", 1), ("tabbouleh", 2)), of("laban", 2)],
            table="2",
            allergens=[NUTS],
        ),
        ready(
            209,
            "DELIVERY",
            72,
            done(("kebab", 3), ("fattoush", 1)),
            aggregator_code="Jahez 5119",
            bags=1,
            paid=True,
        ),
        ready(
            210,
            "TAKEAWAY",
            40,
            done(("chicken", 2), ("caesar", 1), ("mint", 2)),
            guest="Amal",
            bags=2,
        ),
        ready(211, "TAKEAWAY", 9, [*done(("shawarma", 2)), of("laban", 2)], guest="Yara", bags=1, paid=True),
        order(
            226,
            "DINE_IN",
            192,
            [of("tawook", 2), of("kebab"), *done(("fattoush", 1))],
            table="4",
            covers=3,
            rush=True,
        ),
        order(
            214,
            "DINE_IN",
            872,
            [
                of("shawarma", 2),
                of("kofta"),
                of("tabbouleh"),
                *done(("mixed", 1), ("fries", 1), ("hummus", 1)),
            ],
            table="12",
            covers=4,
            allergens=[NUTS],
        ),
        order(212, "DINE_IN", 830, [of("arayes", 2), *done(("mixed", 2))], table="7"),
        order(215, "TAKEAWAY", 665, [of("burger", 3), of("rings"), *done(("fries", 1))], paid=True),
        order(213, "CAR", 610, [of("fries", 2), *done(("burger", 2), ("mint", 1))], table="1", paid=True),
        order(216, "TAKEAWAY", 598, [of("rings", 2), of("juice"), *done(("burger", 1))], paid=True),
        order(
            217,
            "DELIVERY",
            588,
            [of("shawarma", 2), of("burger"), of("kebab"), *done(("mint", 1))],
            aggregator_code="HungerStation 8841",
            paid=True,
        ),
        order(
            218,
            "CAR",
            500,
            [of("juice", 2), *done(("chicken", 1), ("nuggets", 2), ("fries", 1))],
            table="2",
            paid=True,
        ),
        order(220, "TAKEAWAY", 475, [of("falafel", 6), *done(("hummus", 1))], paid=True),
        order(
            219,
            "DINE_IN",
            460,
            [
                of("mixed", 6, line_id="219-egg"),
                of("kofta", 4),
                of("burger", 2),
                of("shawarma", 3),
                of("nuggets", 2),
                of("kebab", 2),
                of("batata", 4),
                of("mint", 8),
                of("tawook", 4, "WAITING", course=2),
                of("arayes", 3, "WAITING", course=2),
                *done(("fries", 2), ("fattoush", 2), ("juice", 1)),
            ],
            table="21",
            covers=12,
            server="Huda",
            allergens=[EGG | {"line_id": "219-egg"}],
            courses=[{"course": 2, "fires_at_ms": FIRES_AT_MS}],
        ),
        order(221, "TAKEAWAY", 280, [of("chicken"), of("kebab", 2)]),
        order(222, "DINE_IN", 242, [of("kunafa", 2), *done(("juice", 1))], table="15", covers=2),
        order(
            223,
            "DELIVERY",
            230,
            [of("fries", 3), of("batata", 2), *done(("kebab", 1))],
            aggregator_code="HungerStation 8849",
            paid=True,
            rider_here_at_ms=here,
        ),
        order(224, "TAKEAWAY", 216, [of("falafel", 2), of("juice", 2)], paid=True),
        order(227, "TAKEAWAY", 75, [of("caesar", 2), of("mint", 2)]),
        order(228, "TAKEAWAY", 41, [of("chicken", 2), of("nuggets")], paid=True),
        order(229, "DINE_IN", 18, [of("burger", 3), of("shawarma", 2)], table="9"),
        order(230, "DELIVERY", 12, [of("mixed"), of("cola", 2)], aggregator_code="Jahez 5512", paid=True),
        order(231, "CAR", 5, [of("nuggets")], table="4", paid=True),
    ]


def lunch(seed: int = LUNCH, open_: int = 30) -> list[Json]:
    """So many open orders of the demo's rush, in a kitchen that runs: a dish takes two to nine minutes, a ready order waits."""
    random, menu = Random(seed), load_menu(Path(rush.__file__).with_name("menu.toml"))
    now_s, number, standing = 0.0, 100, list[_Cooking]()
    while now_s < WARM_S or len(standing) < open_:
        now_s += random.expovariate(open_ / TAKES_S)
        number += 1
        made = rush.an_order(menu, random, f"o{number}", number)
        done_s = tuple(now_s + random.uniform(120, 540) for _ in made.lines)
        standing.append((now_s, made, done_s, max(done_s) + random.uniform(30, 180)))
        standing = [one for one in standing if one[3] > now_s]
    return [_seen_at(now_s, one, menu, random) for one in standing[-open_:]]


def _seen_at(now_s: float, cooking: _Cooking, menu: Menu, random: Random) -> Json:
    """How an order stands at the pass at this moment."""
    held_s, made, done_s, _ = cooking
    lines = []
    for line, at_s in zip(made.lines, done_s, strict=True):
        category = menu.categories.get(line.category)
        stations = category.stations if category is not None else ("grill", "fry")
        state = "DONE" if at_s <= now_s else "QUEUED"
        modifiers = [
            {"modifier_id": one.modifier_id, "name": dict(one.name), "kind": one.kind.name}
            for one in line.modifiers
        ]
        lines.append(
            {"line_id": line.line_id, "item_id": line.item_id, "name": dict(line.name), "seat": line.seat}
            | {"quantity": line.quantity_milli / 1000, "at": dict.fromkeys(stations, state)}
            | {"modifiers": modifiers, "notes": [{"text": dict(one.text)} for one in line.notes]}
        )
    if random.random() < DRINKS_SHARE:
        lines.append(of(random.choice(("cola", "laban")), random.randint(1, 3)))
    allergens = [
        {"allergen_id": one.allergen_id, "name": dict(one.name), "line_id": one.line_id}
        for one in made.allergens
    ]
    waits_s = now_s - max(done_s)
    more: Json = {"state": "READY", "ready_at_ms": NOW_MS - round(waits_s * 1000)} if waits_s >= 0 else {}
    if waits_s >= 0 and made.type is not OrderType.DINE_IN:
        more["bags"] = random.randint(1, 2)
    return (
        order(int(made.order_id[1:]), made.type.name, round(now_s - held_s), lines)
        | {"table": made.table, "guest": made.guest, "server": made.server, "allergens": allergens}
        | {"covers": made.covers}
        | {"aggregator_code": made.aggregator_code, "paid": made.paid and random.random() < PAID_SHARE}
        | {"allergy_confirmed_version": 1 if now_s - held_s > CONFIRMED_AFTER_S else 0}
        | more
    )


def all_marks() -> list[Json]:
    """Everything that may stand on a card at once."""

    def at(station: str, state: str, version: int, **more: Any) -> Json:
        return {station: {"state": state, "version": version} | more}

    raised = [{"kind": "QUANTITY", "version": 3, "was_quantity_milli": 1000}]
    sesame = {"text": {"en": "Sesame allergy!", "ar": "حساسية سمسم"}, "allergy": True}
    mayo = {"modifier_id": "no-mayo", "name": {"en": "No mayo", "ar": "بدون مايونيز"}, "kind": "REMOVE"}
    garlic = {"modifier_id": "garlic", "name": {"en": "Extra garlic", "ar": "ثوم إضافي"}, "kind": "ADD"}
    long_name = "دجاج مشوي على الفحم مع الأرز البسمتي والصلصة الحارة والسلطة العربية الطازجة"
    return [
        order(
            401,
            "DELIVERY",
            1000,
            [
                of("kebab", 1, voided=True) | {"at": at("grill", "VOIDED", 3)},
                of("burger", 2, modifiers=[mayo, garlic], changes=raised) | {"at": at("grill", "STARTED", 3)},
                of("chicken", 1, remake=True, notes=[{"text": "Cut in half"}]),
                of("shawarma", 1, notes=[sesame], seat="3"),
                of("mixed", 999.5) | {"at": {"grill": "QUEUED", "fry": "QUEUED"}},
                of("fries", 1, nobodys=True),
                of("juice", 1) | {"at": at("bar", "QUEUED", 1, taken_from=["grill"], may_be_at=["grill"])},
                *done(("hummus", 2), ("mint", 1)),
                of("cola", 3),
                of("garlic-dip", 2),
                of("cutlery", 4),
            ],
            aggregator_code="HungerStation 8841",
            guest="Abdulrahman Al-Ghamdi",
            rush=True,
            bags=3,
            rider_here_at_ms=NOW_MS - 5_000,
            allergens=[NUTS, EGG],
            version=3,
            notes=[{"text": {"en": "Ring twice", "ar": "اتصل مرتين"}}],
        ),
        ready(
            402,
            "TAKEAWAY",
            130,
            [*done(("kebab", 1), ("kebab", 2)), of("cola"), of("cutlery", 2)],
            guest="Nora",
            allergens=[NUTS],
            allergy_confirmed_version=1,
            paid=True,
        ),
        order(
            403,
            "DINE_IN",
            400,
            [of("kofta", 2, voided=True) | {"at": at("grill", "VOIDED", 2)}],
            table="5",
            state="VOIDED",
            version=2,
        ),
        order(
            404,
            "DINE_IN",
            60,
            [of("tawook", 1, "WAITING", course=2)],
            table="3",
            courses=[{"course": 2, "fires_at_ms": FIRES_AT_MS}],
        ),
        order(
            405,
            "UNSPECIFIED",
            95,
            [
                {
                    "item_id": "long",
                    "name": {"ar": long_name},
                    "at": {"grill": "QUEUED"},
                    "notes": [{"text": {"ar": "بدون ملح 12.50 ريال"}}],
                }
            ],
            type_name={"en": "Catering", "ar": "ضيافة"},
            guest="عمر",
            aggregator_code="A very long code 123456789",
            due_at_ms=19 * 3_600_000 + 55 * 60_000,
        ),
        ready(406, "CAR", 14, done(("burger", 1)), table="2", paid=True),
        order(407, "TAKEAWAY", 20, [of("nuggets")], guest="Sara"),
        ready(408, "TAKEAWAY", 300, done(("falafel", 1)), guest="Omar", paid=True),
    ]


def banquet() -> list[Json]:
    """One card of sixty lines among others."""
    items = list(MENU)
    lines = [
        of(items[n % len(items)], 1 + n % 4, "DONE" if n % 5 == 0 else "QUEUED", seat="") for n in range(60)
    ]
    for n, line in enumerate(lines):
        line["name"] = {language: f"{text} {n + 1}" for language, text in line["name"].items()}
        line["item_id"] = f"i{n}"
    orders = [order(301, "DINE_IN", 700, lines, table="30", server="Huda", allergens=[NUTS])]
    return orders + evening()[:12]


def lists() -> dict[str, Json]:
    """The grill's evening by dish."""
    evening_at_grill = kitchens.evening()
    return {
        "list": kitchen(evening_at_grill, layout="list"),
        "list-arabic": kitchen(evening_at_grill, layout="list", profile=speaking("ar", "en")),
        "list-all-markers": kitchen(
            kitchens.all_markers(), layout="list", out=kitchens.out("arayes", "cheddar", "tawook")
        ),
    }


def splits() -> dict[str, Json]:
    """Grill and fry on one panel; mixed: an Arabic grill, and an English fry beside it."""
    at_fry = [
        order(
            number,
            "TAKEAWAY",
            40 * n,
            [of("fries", 1 + n % 3), of("rings", 2), of("falafel", n + 1)],
            guest="Omar",
        )
        for n, number in enumerate((251, 252, 253), 1)
    ]
    both = [*kitchens.evening()[:7], *at_fry]
    mixed = speaking("ar", "en")
    next(one for one in mixed["stations"] if one["station"] == "fry")["languages"] = ["en"]
    return {
        "split": kitchen(both, beside="fry", selected="217"),
        "split-upright": kitchen(both, beside="fry", width=1080, height=1920),
        "split-mixed": kitchen(both, beside="fry", profile=mixed, selected="217"),
        "split-arabic": kitchen(both, beside="fry", profile=speaking("ar", "en"), languages=["ar"]),
    }


def passes() -> dict[str, Json]:
    """Every fixture by its name, which is also its golden's."""

    def seen(orders: list[Json], *languages: str, **more: Any) -> Json:
        made = kitchen(orders, **more) | {"station": "expo"}
        if languages:
            made["profile"] = speaking("en")
            made["profile"]["stations"].append(
                {
                    "station": "pass",
                    "name": {"en": "Expo", "ar": "التسليم"},
                    "icon": "concierge-bell",
                    "role": "expo",
                    "languages": list(languages),
                }
            )
            made["languages"] = list(languages)
        return made

    marked: Json = {
        "selected": "401",
        "pending": ["407"],
        "bumped": ["408"],
        "out": out(),
    }
    return {
        "expo-empty": seen([]),
        "expo-busy": seen(evening(), touch=True),
        "expo-lunch": seen(lunch(), touch=True),
        "expo-lunch-arabic": seen(lunch(), "ar", "en"),
        "expo-keys": seen(evening(), selected="217", bumped=["207"]),
        "expo-arabic": seen(evening(), "ar", "en", selected="217"),
        "expo-all-markers": seen(all_marks(), **marked),
        "expo-all-markers-arabic": seen(all_marks(), "ar", "en", **marked),
        "expo-overflowing": seen(banquet(), suspect=True, business_date="2026-11-22"),
        "expo-alarm": seen(
            evening(),
            alarms=["Grill has not seen #231 (0:12). Tell the grill.", "NOBODY AT FRY?"],
            touch=True,
        ),
        "expo-grid": seen(evening(), layout="grid", selected="217"),
        "expo-portrait": seen(evening(), layout="portrait", width=1080, height=1920, touch=True),
        "expo-grid-arabic": seen(evening(), "ar", layout="grid"),
        "expo-portrait-arabic": seen(evening(), "ar", layout="portrait", width=1080, height=1920, touch=True),
        "expo-list": seen(evening(), layout="list", selected="217", bumped=["207"]),
        "expo-list-arabic": seen(evening(), "ar", "en", layout="list", touch=True),
        "expo-list-lunch": seen(lunch(), layout="list", touch=True),
        "expo-list-lunch-arabic": seen(lunch(), "ar", "en", layout="list"),
        "expo-list-all-markers": seen(all_marks(), layout="list", **marked),
        "expo-list-all-markers-arabic": seen(all_marks(), "ar", "en", layout="list", **marked),
        "expo-all-day": seen(evening(), full=1),
        "expo-not-live": seen(evening(), silent_s=38.4),
        "expo-small": seen(evening(), width=1280, height=720),
    }
