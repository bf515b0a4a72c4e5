"""Every payment is one paper for the cloud, in the decision that made it; taken back is a refund."""

from __future__ import annotations

import json
from dataclasses import replace

from heard.command import MarkPaid, Merge
from heard.order import Order, Payment, Totals
from hub.core.payment_papers import payment_papers
from tests.hub.core.making import Kitchen
from tests.hub.store.making import an_order

CARD = Payment("o1.p1", "card", 900, 5, 6, "2026-11-24", "T1", "Sara")
BACK = Payment("o1.p2", "card", -900, 7, 8, "2026-11-24", "T2", "Sara")
ORDER = an_order("o1", totals=Totals("sar", total_minor=900), payments=(CARD,), paid=True)


def test_a_payment_is_a_paper_with_its_own_business_date() -> None:
    (paper,) = payment_papers({"order/o1": replace(ORDER, payments=())}, {"order/o1": ORDER})
    assert (paper.kind, paper.document_id, paper.business_date) == ("payment", "o1.p1", "2026-11-24")
    assert (paper.device, paper.amount_minor, paper.currency, paper.made_at_ms) == ("T1", 900, "SAR", 5)
    assert json.loads(paper.body)["order_id"] == "o1"


def test_only_what_is_new_is_written() -> None:
    assert payment_papers({"order/o1": ORDER}, {"order/o1": replace(ORDER, table="7")}) == ()
    back: Order = replace(ORDER, payments=(CARD, BACK), paid=False)
    (paper,) = payment_papers({"order/o1": ORDER}, {"order/o1": back})
    assert (paper.kind, paper.amount_minor) == ("refund", -900)


def test_a_tills_own_id_is_made_unique_by_its_order() -> None:
    order = replace(ORDER, payments=(replace(CARD, payment_id="1"),))
    (paper,) = payment_papers({"order/o1": None}, {"order/o1": order})
    assert paper.document_id == "o1.1"


def test_a_paper_names_the_bill_that_it_pays_and_without_one_is_as_before() -> None:
    order = replace(ORDER, payments=(CARD, replace(CARD, payment_id="p2", bill="b2")))
    plain, of_bill = payment_papers({"order/o1": None}, {"order/o1": order})
    assert "bill" not in json.loads(plain.body)
    assert json.loads(of_bill.body)["bill"] == "b2"


def test_a_payment_that_a_merge_brings_along_is_no_second_document() -> None:
    kitchen = Kitchen()
    kitchen.hold(order_id="o1")
    kitchen.hold(order_id="o2")
    kitchen.do(MarkPaid(100, "card"), order_id="o2")
    assert kitchen.last is not None
    assert kitchen.last.outbox
    kitchen.do(Merge("o1"), order_id="o2")
    assert [one.amount_minor for one in kitchen.order("o1").payments] == [100]
    assert not kitchen.last.outbox
