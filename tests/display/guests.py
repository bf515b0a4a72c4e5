"""The guests' screens that the goldens show, as the JSON that `--fixture` reads.

`python -m tests.display.guests` writes tests/fixtures/cart-*.json and board-*.json.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from heard.cart import TaxProfile, rung_up
from heard.order import Modifier, ModifierKind
from heard.stream import Cart, CartAmount, CartLine

FOLDER = Path(__file__).parent.parent / "fixtures"
SITE = {"name": "Bayt Al Shawarma", "languages": ["en", "ar"], "time_zone": "UTC"}
SHOP = ["Bayt Al Shawarma", "بيت الشاورما"]
SHOP_AR = ["بيت الشاورما", "Bayt Al Shawarma"]
NOW_MS = 1_000_000_000


def _line(
    line_id: str, en: str, ar: str, price: int, quantity: int = 1, *modifiers: Modifier, **more: Any
) -> CartLine:
    return CartLine(line_id, {"en": en, "ar": ar}, quantity * 1000, modifiers, price, **more)


def _add(en: str, ar: str, price: int = 0) -> Modifier:
    return Modifier(en, {"en": en, "ar": ar}, ModifierKind.ADD, price_minor=price)


NO_ONION = Modifier("no-onion", {"en": "No onion", "ar": "بدون بصل"}, ModifierKind.REMOVE)
LINES = (
    _line("1", "Lentil Soup", "شوربة عدس", 1200),
    _line("2", "Hummus", "حمص", 1600),
    _line("3", "Pita", "خبز", 400, 3),
    _line("4", "Chicken Shawarma", "شاورما دجاج", 1800, 2, NO_ONION),
    _line("5", "BBQ Burger Meal", "وجبة برجر باربكيو", 3400, 1, _add("Cheddar", "شيدر", 300)),
    _line("6", "Fries Large", "بطاطس كبير", 900, 2),
    _line("7", "Mango Juice", "عصير مانجو", 1400),
    _line("8", "Kunafa", "كنافة", 1600),
    _line("9", "Mixed Grill", "مشاوي مشكلة", 4800, 1, _add("Extra bread", "خبز إضافي", 200)),
    _line("10", "Laban", "لبن", 300),
)
MEMBERS = CartAmount({"en": "Members 10 %", "ar": "خصم الأعضاء 10 %"}, -2090)
COUPON = CartAmount({"en": "Coupon HELLO", "ar": "قسيمة HELLO"}, -810)
LOYALTY = {"en": "You earn 180 points", "ar": "تكسب 180 نقطة"}
ORDER = rung_up(LINES, discounts=(MEMBERS, COUPON))
CARD = CartAmount({"en": "Card", "ar": "بطاقة"}, 10000)
PAY_QR = "00020101021226580014sa.com.example0122https://pay.example/c/8f2a5204581253036825406180.005802SA5915BAYT AL SHAWARM6006RIYADH6304A13F"
RECEIPT_QR = (
    "AQxCb2JzIFJlY29yZHMCDzMxMDEyMjM5MzUwMDAwMwMUMjAyMi0wNC0yNVQxNTozMDowMFoEBzEwMDAuMDAFBjE1MC4wMA=="
)
KUWAIT = TaxProfile("KWD", 0, True)
USA = TaxProfile("USD", 825, included=False)
JAPAN = TaxProfile("JPY", 1000, included=True)


def cart_json(cart: Cart, state: str = "OPEN", **changes: Any) -> dict[str, Any]:
    """A cart as a fixture spells it."""
    found: dict[str, Any] = {"terminal": "T1", "state": state, "currency": cart.currency}
    for name in (
        "subtotal_minor",
        "tax_minor",
        "tax_rate_bp",
        "tax_included",
        "total_minor",
        "rounding_minor",
    ):
        if value := getattr(cart, name):
            found[name] = value
    found["lines"] = [_line_json(one) for one in cart.lines]
    for name in ("discounts", "charges", "payments"):
        if amounts := getattr(cart, name):
            found[name] = [_amount_json(one) for one in amounts]
    return {**found, **changes}


def _amount_json(amount: CartAmount) -> dict[str, Any]:
    return {"name": dict(amount.name), "amount_minor": amount.amount_minor}


def _line_json(line: CartLine) -> dict[str, Any]:
    found: dict[str, Any] = {
        "line_id": line.line_id,
        "name": dict(line.name),
        "quantity_milli": line.quantity_milli,
        "unit_price_minor": line.unit_price_minor,
        "total_minor": line.total_minor,
    }
    if line.refund:
        found["refund"] = True
    if line.modifiers:
        found["modifiers"] = [
            {
                "modifier_id": one.modifier_id,
                "name": dict(one.name),
                "kind": one.kind.name,
                **({"price_minor": one.price_minor} if one.price_minor else {}),
                **({"quantity_milli": one.quantity_milli} if one.quantity_milli != 1000 else {}),
            }
            for one in line.modifiers
        ]
    if line.discounts:
        found["discounts"] = [_amount_json(one) for one in line.discounts]
    return found


def _screen(cart: dict[str, Any] | None = None, w: int = 1920, h: int = 1080, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "station": "",
        "profile": SITE,
        "now_ms": NOW_MS,
        "languages": ["en", "ar"],
        "shop_name": SHOP,
        "width": w,
        "height": h,
    }
    if cart is not None:
        found["cart"] = cart
    return {**found, **more}


def carts() -> dict[str, dict[str, Any]]:
    """Each state and shape of the screen at a till."""
    order = cart_json(ORDER, loyalty=LOYALTY)
    arabic: dict[str, Any] = {"languages": ["ar", "en"], "shop_name": SHOP_AR}
    payment = cart_json(ORDER, "PAYMENT", qr=PAY_QR, method={"en": "STC Pay", "ar": "محفظة STC"})
    paid = cart_json(
        ORDER, "PAID", call_number="214", tendered_minor=20000, change_minor=2000, receipt_qr=RECEIPT_QR
    )
    half = rung_up(
        (
            _line(
                "1",
                "Kofta",
                "كفتة",
                2400,
                2,
                discounts=(CartAmount({"en": "Happy hour −20 %", "ar": "الساعة السعيدة −20 %"}, -960),),
            ),
            _line(
                "2",
                "Lamb shoulder, by weight, slowly roasted over charcoal with seven spices",
                "كتف ضأن بالوزن مشوي ببطء على الفحم مع سبع بهارات",
                9900,
            ),
            _line("3", "Cola", "كولا", 600, refund=True),
        ),
        tax=USA,
        charges=(CartAmount({"en": "Service 5 %", "ar": "خدمة 5 %"}, 669),),
    )
    dinars = rung_up((_line("1", "Machboos", "مجبوس", 3750), _line("2", "Tea", "شاي", 250, 4)), tax=KUWAIT)
    yen = rung_up((_line("1", "Ramen", "رامن", 1180, 2), _line("2", "Gyoza", "غيوزا", 480)), tax=JAPAN)
    many = Modifier("m", {"en": "Extra spice", "ar": "بهارات إضافية"}, ModifierKind.ADD)
    tower = rung_up((_line("1", "Tower burger", "برجر البرج", 4400, 1, *[many] * 40), *LINES[:2]))
    return {
        "order": _screen(order),
        "order-arabic": _screen(order, **arabic),
        "arabic-digits": _screen(order, **arabic, profile={**SITE, "digits": "arabic"}),
        "first-line": _screen(cart_json(rung_up(LINES[:1]))),
        "earlier-line-changed": _screen({**order, "newest_line_id": "2"}),
        "refund-and-tax-added": _screen(cart_json(half)),
        "three-decimals": _screen(cart_json(dinars), languages=["en"], shop_name=SHOP[:1]),
        "no-decimals": _screen(cart_json(yen)),
        "forty-modifiers": _screen(cart_json(tower, newest_line_id="1")),
        "empty": _screen(cart_json(rung_up(()))),
        "payment": _screen(payment),
        "payment-arabic": _screen(payment, **arabic),
        "payment-split": _screen(
            cart_json(ORDER, "PAYMENT", payments=[_amount_json(CARD)], method={"en": "Cash", "ar": "نقدًا"})
        ),
        "payment-expired": _screen(payment, code="expired"),
        "paid": _screen(paid),
        "paid-arabic": _screen(paid, **arabic),
        "paid-number-only": _screen(cart_json(ORDER, "PAID", call_number="A12")),
        "idle": _screen(),
        "not-live": _screen(order, silent_s=12),
        "idle-not-live": _screen(silent_s=38, unsafe=True),
        "portrait": _screen(order, 1080, 1920),
        "portrait-payment": _screen(payment, 1080, 1920),
        "portrait-paid": _screen(paid, 1080, 1920),
        "4-to-3": _screen(order, 1024, 768),
        "800x480": _screen(order, 800, 480),
        "800x480-payment": _screen(payment, 800, 480),
        "800x480-paid": _screen(paid, 800, 480),
        "1024x600": _screen(order, 1024, 600),
        "4k": _screen(order, 3840, 2160),
    }


def _order(number: int, state: str = "HELD", age_s: int = 60, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "order_id": f"o{number}",
        "call_number": str(number),
        "type": "TAKEAWAY",
        "state": state,
        "age_s": age_s + 300,
    }
    if state == "READY":
        found["ready_at_ms"] = NOW_MS - age_s * 1000
    return {**found, **more}


def _rider(number: int, code: str, state: str = "HELD", age_s: int = 60) -> dict[str, Any]:
    return _order(number, state, age_s, type="DELIVERY", aggregator_code=code)


def _ready(*numbers: int, start_s: int = 30, step_s: int = 20, **more: Any) -> list[dict[str, Any]]:
    return [
        _order(number, "READY", start_s + n * step_s, pick_up_point=str(n % 2 + 1), **more)
        for n, number in enumerate(reversed(numbers))
    ]


def evening() -> list[dict[str, Any]]:
    """As in the design: four to fetch, eight in the making, riders apart."""
    return [
        *_ready(205, 207, 210),
        _order(211, "READY", 5, pick_up_point="2"),
        *(_order(number) for number in (215, 216, 220, 221, 224, 227, 228, 232)),
        _rider(8836, "HungerStation 8836", "READY"),
        _rider(5119, "Jahez 5119", "READY"),
        _rider(8841, "HungerStation 8841"),
        _rider(8849, "HungerStation 8849"),
        _rider(5127, "Jahez 5127"),
    ]


def boards() -> dict[str, dict[str, Any]]:
    """Each state and shape of the order board."""
    arabic: dict[str, Any] = {"languages": ["ar", "en"], "shop_name": SHOP_AR}
    orders = evening()
    busy = [
        *_ready(*range(301, 320)),
        *(_order(number) for number in range(330, 371)),
        *(_rider(n, f"Jahez {n}", "READY") for n in range(5101, 5109)),
        *(_rider(n, f"HungerStation {n}") for n in range(8801, 8815)),
    ]
    names = ["Ahmad", "نورة", "Omar", "Layan"]
    named = [{**one, "guest": names[n % 4]} for n, one in enumerate(_ready(205, 207, 210, 211))]
    return {
        "evening": _screen(orders=orders, flashing=["211"]),
        "arabic": _screen(orders=orders, flashing=["211"], **arabic),
        "arabic-digits": _screen(
            orders=orders, flashing=["211"], **arabic, profile={**SITE, "digits": "arabic"}
        ),
        "english": _screen(orders=orders, flashing=["211"], languages=["en"], shop_name=SHOP[:1]),
        "empty": _screen(orders=[]),
        "no-riders": _screen(orders=orders[:12], flashing=["211"]),
        "busy": _screen(orders=busy),
        "overflowing": _screen(orders=[*_ready(*range(281, 321), start_s=40), *busy[19:]]),
        "cancelled": _screen(orders=orders, cancelled=["207"]),
        "names": _screen(orders=[*named, *orders[4:12]], names="masked"),
        "not-live": _screen(orders=orders, silent_s=38, unsafe=True),
        "portrait": _screen(orders=orders, flashing=["211"], w=1080, h=1920),
        "4-to-3": _screen(orders=orders, flashing=["211"], w=1024, h=768),
        "800x480": _screen(orders=orders, flashing=["211"], w=800, h=480),
        "1024x600": _screen(orders=orders, flashing=["211"], w=1024, h=600),
        "4k": _screen(orders=orders, flashing=["211"], w=3840, h=2160),
    }


def fixtures() -> dict[str, dict[str, Any]]:
    """All of them by the name of their file and golden."""
    found = {f"cart-{name}": data for name, data in carts().items()}
    return found | {f"board-{name}": data for name, data in boards().items()}


def write() -> None:
    """Write all fixtures."""
    for name, data in fixtures().items():
        text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
