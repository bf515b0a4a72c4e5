"""The Z report adds each order and each payment once, to the day that it is of."""

from __future__ import annotations

from dataclasses import replace

from heard.order import Line, LineState, Order, OrderState, StationLine, TaxAmount, Totals
from hub.core.day_report import OPEN_LISTED_MAX, DayTally
from hub.core.papers import DAY_CLOSE, FISCAL_DOCUMENT, PAYMENT, REFUND, Paper, make_paper

DAY = "2026-11-23"
DONE = (StationLine("grill", LineState.DONE),)
SALE = Order(
    "o1",
    lines=(
        Line("a", stations=DONE),
        Line("b", stations=DONE, voided=True),
        Line("c", stations=DONE, remake=True),
    ),
    totals=Totals("SAR", 1_000, 100, 135, 1_035, 1_035, (TaxAmount("vat", 150_000, 900, 135),)),
    paid=True,
    business_date=DAY,
    state=OrderState.PICKED_UP,
)


def a_paper(kind: str, amount_minor: int, method: str = "cash") -> Paper:
    return make_paper(
        kind, f"{kind}-{amount_minor}-{method}", business_date=DAY, device="T1", made_at_ms=1,
        body={"method": method}, amount_minor=amount_minor, currency="SAR",
    )  # fmt: skip


def test_sales_taxes_and_lines() -> None:
    tally = DayTally(DAY)
    for order in (
        SALE,
        SALE,
        replace(SALE, order_id="o2", business_date="2026-11-22"),
        replace(SALE, order_id="o3"),
    ):
        tally.order(order)
    found = tally.report()
    assert found["orders"] == {"held": 2, "paid": 2, "unpaid": 0, "voided": 0, "merged": 0}
    assert found["lines"] == {"sold": 4, "voided": 2, "remade": 2}
    assert found["sales"] == [
        {"currency": "SAR", "orders": 2, "subtotal_minor": 2_000, "discount_minor": 200, "tax_minor": 270,
         "total_minor": 2_070, "paid_minor": 2_070}
    ]  # fmt: skip
    assert found["taxes"] == [
        {"currency": "SAR", "tax_id": "vat", "rate_ppm": 150_000, "base_minor": 1_800, "tax_minor": 270}
    ]


def test_a_void_and_a_merge_are_no_sale() -> None:
    tally = DayTally(DAY)
    tally.order(replace(SALE, state=OrderState.VOIDED))
    tally.order(replace(SALE, order_id="o2", state=OrderState.MERGED))
    found = tally.report()
    assert (found["orders"]["voided"], found["orders"]["merged"], found["sales"]) == (1, 1, [])


def test_tenders_are_the_days_payments_and_what_was_given_back_stands_apart() -> None:
    tally = DayTally(DAY)
    for paper in (
        a_paper(PAYMENT, 500), a_paper(PAYMENT, 700), a_paper(PAYMENT, 900, "card"), a_paper(REFUND, -500),
        a_paper(FISCAL_DOCUMENT, 1_600), a_paper(DAY_CLOSE, 9),
    ):  # fmt: skip
        tally.paper(paper)
    found = tally.report()
    assert [tuple(one.values()) for one in found["tenders"]] == [
        ("SAR", "card", 1, 900, 0, 0),
        ("SAR", "cash", 2, 1_200, 1, 500),
    ]
    assert found["fiscal"] == [{"currency": "SAR", "documents": 1, "amount_minor": 1_600}]


def test_open_orders_are_named_and_bounded() -> None:
    open_order = replace(
        SALE, state=OrderState.HELD, lines=(Line("a", stations=(StationLine("grill", LineState.QUEUED),)),)
    )
    tally = DayTally(DAY)
    for number in range(OPEN_LISTED_MAX + 5):
        tally.order(replace(open_order, order_id=f"o{number}", call_number=str(number)))
    found = tally.report()
    assert (found["open_orders"], len(found["open"])) == (OPEN_LISTED_MAX + 5, OPEN_LISTED_MAX)
    assert found["open"][0] == {
        "order_id": "o0",
        "call_number": "0",
        "table": "",
        "paid": True,
        "total_minor": 1_035,
    }
