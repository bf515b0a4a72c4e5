"""Payments: each a record with its own moment and business date; their sum is what is paid."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heard.command import Hold, MarkPaid, Outcome, Reason, Split
from heard.order import Payment, Totals
from heard.wire import decode_order, encode_order
from hub.core.ahead import merged
from hub.core.business_day import decide_roll
from hub.core.decision import DAY_KEY, BusinessDay
from hub.core.payments import PAYMENTS_MAX, by_method, joined, paid_minor
from tests.hub.core.making import SITE, Kitchen, line, order

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


def three_bills() -> Kitchen:
    """A table of three that pays apart: a and b by bill, c is the rest."""
    kitchen = Kitchen()
    lines = (line("a", total_minor=3_000), line("b", total_minor=5_000), line("c", total_minor=2_000))
    kitchen.run(kitchen.command(Hold(replace(order("o1", *lines), totals=WHOLE))))
    kitchen.do(Split("b1", ("a",), bill_only=True))
    kitchen.do(Split("b2", ("b",), bill_only=True))
    return kitchen


def test_a_split_bill_is_paid_bill_by_bill_and_the_order_with_the_last() -> None:
    kitchen = three_bills()
    assert kitchen.do(MarkPaid(method="card", bill="b1")).outcome is Outcome.DONE
    assert kitchen.do(MarkPaid(method="cash", bill="b2", amount_minor=4_000)).outcome is Outcome.DONE
    assert kitchen.do(MarkPaid(method="card", bill="b2")).outcome is Outcome.DONE
    assert [(one.bill, one.method, one.amount_minor) for one in kitchen.order().payments] == [
        ("b1", "card", 3_000),
        ("b2", "cash", 4_000),
        ("b2", "card", 1_000),
    ]
    assert (kitchen.order().paid, kitchen.order().totals.paid_minor) == (False, 8_000)
    assert kitchen.order().history[-1].detail == "card, bill b2"
    assert kitchen.do(MarkPaid(method="card", bill="b2")).outcome is Outcome.ALREADY
    assert kitchen.do(MarkPaid(method="cash")).outcome is Outcome.DONE, "the rest, as ever"
    assert (kitchen.order().paid, kitchen.order().totals.paid_minor) == (True, 10_000)
    assert decode_order(encode_order(kitchen.order())) == kitchen.order()


def test_the_last_bill_pays_the_order() -> None:
    kitchen = three_bills()
    kitchen.do(Split("b3", ("c",), bill_only=True))
    for bill in ("b1", "b2", "b3"):
        assert not kitchen.order().paid
        kitchen.do(MarkPaid(method="card", bill=bill))
    assert kitchen.order().paid


def test_one_bill_is_taken_back_and_the_others_stay_paid() -> None:
    kitchen = three_bills()
    kitchen.do(MarkPaid(method="card", bill="b1"))
    kitchen.do(MarkPaid(method="card", bill="b2"))
    kitchen.do(MarkPaid(method="card"))
    kitchen.do(MarkPaid(unpaid=True, bill="b1"))
    assert (kitchen.order().paid, kitchen.order().totals.paid_minor) == (False, 7_000)
    back = kitchen.order().payments[-1]
    assert (back.bill, back.method, back.amount_minor) == ("b1", "card", -3_000)
    assert kitchen.do(MarkPaid(unpaid=True, bill="b1")).outcome is Outcome.ALREADY
    kitchen.do(MarkPaid(unpaid=True))
    assert {one: paid_minor(two for two in kitchen.order().payments if two.bill == one) for one in ("", "b1", "b2")} == {
        "": 0, "b1": 0, "b2": 0,
    }  # fmt: skip
    assert kitchen.do(MarkPaid(unpaid=True)).outcome is Outcome.ALREADY


def test_a_bill_is_a_part_of_what_tells_one_payment_from_another() -> None:
    kitchen = three_bills()
    pay = MarkPaid(method="cash", amount_minor=3_000, payment_id="p1", bill="b1")
    assert kitchen.do(pay).outcome is Outcome.DONE
    assert kitchen.do(pay).outcome is Outcome.ALREADY
    assert kitchen.do(replace(pay, bill="b2")).reason is Reason.CONFLICT


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
    made = merged(ours.order(), theirs.order(), 9_000)
    assert made.paid
    assert [one.payment_id for one in made.payments] == (["ours"] if ours_paid else []) + ["theirs"]
    assert joined(made.payments, made.payments) == made.payments
    assert paid_minor(made.payments) >= 10_000
