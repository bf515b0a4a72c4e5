"""Payments: each a record with its own moment and business date; their sum is what is paid."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heard.command import Hold, MarkPaid, Outcome, Reason
from heard.order import Payment, Totals
from heard.wire import decode_order, encode_order
from hub.core.ahead import merged
from hub.core.business_day import decide_roll
from hub.core.decision import DAY_KEY, BusinessDay
from hub.core.payments import PAYMENTS_MAX, by_method, joined, paid_minor
from tests.hub.core.making import SITE, Kitchen, order

WHOLE = Totals("SAR", total_minor=10_000, tax_minor=1_304)


def a_kitchen() -> Kitchen:
    kitchen = Kitchen()
    kitchen.run(kitchen.command(Hold(replace(order(), totals=WHOLE))))
    return kitchen


def rows(kitchen: Kitchen) -> list[tuple[str, int]]:
    return [(one.method, one.amount_minor) for one in kitchen.order().payments]


def test_a_split_payment_is_paid_with_its_last_part() -> None:
    kitchen = a_kitchen()
    assert (
        kitchen.do(MarkPaid(method="cash", amount_minor=3_000, partly=True, payment_id="p1")).outcome
        is Outcome.DONE
    )
    assert (kitchen.order().paid, kitchen.order().totals.paid_minor) == (False, 3_000)
    assert kitchen.do(MarkPaid(method="card", payment_id="p2")).outcome is Outcome.DONE
    made = kitchen.order()
    assert (made.paid, made.totals.paid_minor) == (True, 10_000)
    assert rows(kitchen) == [("cash", 3_000), ("card", 7_000)]
    assert [(one.payment_id, one.device, one.business_date) for one in made.payments] == [
        ("p1", "T1", made.business_date),
        ("p2", "T1", made.business_date),
    ]
    assert made.payments[1].at_ms == made.changed_at_ms
    assert decode_order(encode_order(made)) == made
    assert kitchen.do(MarkPaid(method="card", amount_minor=1, partly=True)).outcome is Outcome.DONE
    assert kitchen.order().paid, "a tip afterwards leaves it paid"


def test_one_payment_counts_once_whoever_tells_of_it() -> None:
    kitchen = a_kitchen()
    pay = MarkPaid(method="cash", amount_minor=10_000, payment_id="p1")
    assert kitchen.do(pay).outcome is Outcome.DONE
    assert kitchen.do(pay).outcome is Outcome.ALREADY
    other = kitchen.do(replace(pay, amount_minor=9_000))
    assert (other.outcome, other.reason) == (Outcome.REJECTED, Reason.CONFLICT)
    assert rows(kitchen) == [("cash", 10_000)]


def test_what_is_taken_back_is_a_record_of_its_own_per_method() -> None:
    kitchen = a_kitchen()
    kitchen.do(MarkPaid(method="cash", amount_minor=3_000, partly=True))
    kitchen.do(MarkPaid(method="card"))
    kitchen.do(MarkPaid(unpaid=True))
    assert rows(kitchen) == [("cash", 3_000), ("card", 7_000), ("cash", -3_000), ("card", -7_000)]
    assert (kitchen.order().paid, kitchen.order().totals.paid_minor) == (False, 0)
    assert by_method(kitchen.order().payments) == {"cash": 0, "card": 0}
    assert kitchen.do(MarkPaid(unpaid=True)).outcome is Outcome.ALREADY
    assert len({one.payment_id for one in kitchen.order().payments}) == 4


def test_the_money_of_an_old_order_is_of_the_day_on_which_it_was_paid() -> None:
    kitchen = a_kitchen()
    held = kitchen.order().business_date
    day = kitchen.docs[DAY_KEY]
    assert isinstance(day, BusinessDay)
    kitchen.docs.update(decide_roll({DAY_KEY: day}, "2030-01-01", 77, SITE).puts)
    kitchen.do(MarkPaid(method="cash", amount_minor=4_000, partly=True))
    kitchen.do(MarkPaid(method="card", business_date=held))  # taken before midnight on a tablet without a hub
    assert [one.business_date for one in kitchen.order().payments] == ["2030-01-01", held]
    assert kitchen.order().business_date == held


def test_an_order_may_be_held_with_its_payments_or_only_as_paid() -> None:
    kitchen = Kitchen()
    kitchen.run(kitchen.command(Hold(replace(order(), totals=WHOLE, paid=True))))
    assert rows(kitchen) == [("", 10_000)]
    given = (
        Payment(method="cash", amount_minor=4_000, at_ms=1, device="forged"),
        Payment("p2", "card", 6_000),
    )
    kitchen.run(
        kitchen.command(Hold(replace(order("o2"), totals=WHOLE, paid=True, payments=given)), order_id="o2")
    )
    made = kitchen.order("o2")
    assert [(one.payment_id, one.amount_minor, one.device) for one in made.payments] == [
        ("o2.p1", 4_000, "T1"),
        ("p2", 6_000, "T1"),
    ]
    assert all(
        one.at_ms == made.held_at_ms and one.business_date == made.business_date for one in made.payments
    )
    assert made.totals.paid_minor == 10_000


def test_payments_are_bounded() -> None:
    kitchen = a_kitchen()
    for _ in range(PAYMENTS_MAX):
        kitchen.do(MarkPaid(method="cash", amount_minor=1, partly=True))
    assert kitchen.do(MarkPaid(method="cash", amount_minor=1, partly=True)).reason is Reason.INVALID


@pytest.mark.parametrize("ours_paid", [False, True])
def test_what_only_the_cloud_knows_was_paid_comes_back(ours_paid: bool) -> None:
    ours, theirs = a_kitchen(), a_kitchen()
    theirs.do(MarkPaid(method="card", payment_id="theirs"))
    if ours_paid:
        ours.do(MarkPaid(method="cash", payment_id="ours", amount_minor=1, partly=True))
    made = merged(ours.order(), theirs.order(), 9_000, history_max=500)
    assert made.paid
    assert [one.payment_id for one in made.payments] == (["ours"] if ours_paid else []) + ["theirs"]
    assert joined(made.payments, made.payments) == made.payments
    assert paid_minor(made.payments) >= 10_000
