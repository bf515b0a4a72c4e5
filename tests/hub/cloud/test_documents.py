"""Orders and papers in the contract's JSON: complete, valid, and back again; what does not fit is found before it is sent."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given

from heard.order import Line, Order, OrderState, OrderType, Payment, Totals
from heard.revision import Epoch
from heard.v1 import order_pb2
from hub.cloud.documents import Unfit, order_document, paper_document, push_body
from hub.cloud.offer import parts
from hub.cloud.order_json import order_body, read_order
from hub.core.outbox import BATCH_BYTES_MAX
from hub.core.papers import FISCAL_DOCUMENT, Fiscal, make_paper
from tests.hub.cloud.reference.contract import document, named
from tests.hub.store.making import a_paper, an_order
from tests.shared.heard.anything import QUICK, built, differences


@QUICK
@given(built(Order))
def test_an_order_comes_back_from_the_clouds_json_as_it_was(order: Order) -> None:
    body = json.loads(json.dumps(order_body(order)))
    assert differences(read_order(body), order) == []
    named("Order").validate(body)


def dataclasses_of(kind: Any) -> dict[str, Any]:
    """By the name of their message: this one and all inside."""
    found = {kind.__name__: kind}
    for hint in get_type_hints(kind).values():
        for one in (hint, *get_args(hint)):
            if is_dataclass(one):
                found |= dataclasses_of(one)
    return found


def test_every_field_of_the_contract_of_terminals_reaches_the_cloud() -> None:
    for name, kind in dataclasses_of(Order).items():
        message = getattr(order_pb2, name).DESCRIPTOR
        assert {one.name for one in fields(kind)} == {one.name for one in message.fields}, name


def test_what_the_contract_names_is_there() -> None:
    def named_in(schema: dict[str, Any]) -> set[str]:
        return set(schema["properties"])

    schemas = document()["components"]["schemas"]
    order, line = schemas["Order"], schemas["OrderLine"]
    for kind, schema in (
        (Order, order),
        (Line, line),
        (Totals, order["properties"]["totals"]),
        (Payment, order["properties"]["payments"]["items"]),
    ):
        assert named_in(schema) <= {one.name for one in fields(kind)}, kind


def test_an_order_as_a_document() -> None:
    order = an_order("o-1", version=3, paid=True, totals=Totals("sar", total_minor=1_150), terminal="Till 1")
    made = order_document(order)
    found = json.loads(made.data)
    named("StateDocument").validate(found)
    assert found["body"]["lines"][0]["name"] == {"en": "Burger", "ar": "برجر"}
    assert found["body"]["type"] == "TAKEAWAY"
    del found["body"]
    assert found == {
        "kind": "order",
        "id": "o-1",
        "version": 3,
        "content_hash": made.content_hash,
        "state": "HELD",
        "paid": True,
        "business_date": "2026-11-23",
        "device": "Till_1",
        "amount_minor": 1_150,
        "currency": "SAR",
    }


def test_the_hash_says_whether_two_orders_are_the_same() -> None:
    order = an_order("o-1")
    same = replace(order, lines=tuple(replace(line, name=dict(line.name)) for line in order.lines))
    assert order_document(same).content_hash == order_document(order).content_hash
    assert order_document(replace(order, table="7")).content_hash != order_document(order).content_hash


def test_papers_as_documents() -> None:
    plain = json.loads(paper_document(a_paper("pay-1")).data)
    named("ImmutableDocument").validate(plain)
    assert plain["body"] == {"order_id": "pay-1", "paid_minor": 1_150}
    invoice = make_paper(
        FISCAL_DOCUMENT,
        "inv-1",
        business_date="2026-11-23",
        device="",
        made_at_ms=1,
        body={"total": 5},
        fiscal=Fiscal("A1", "i1", 7),
    )
    found = json.loads(paper_document(invoice).data)
    named("ImmutableDocument").validate(found)
    assert found["fiscal_number"] == {"series": "A1", "incarnation": "i1", "number": 7}
    assert found["device"] == "hub"


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (an_order("o 1"), "its id is 'o 1'"),
        (an_order("o1", business_date=""), "business date"),
        (an_order("o1", totals=Totals("SAR", total_minor=10**16)), "beyond all money"),
    ],
)
def test_what_the_contract_cannot_carry_is_found_here(order: Order, words: str) -> None:
    with pytest.raises(Unfit, match=words):
        order_document(order)


def test_a_request_fits_the_contract() -> None:
    made = [order_document(an_order("o1")), paper_document(a_paper("pay-1"))]
    body = json.loads(push_body(Epoch(2, 0xAB), made))
    named("PushRequest").validate(body)
    assert body["epoch"] == {"n": 2, "random": "00000000000000ab"}


def test_a_state_or_type_of_a_newer_release_survives() -> None:
    order = an_order("o1", state=OrderState(77), type=OrderType(9))
    body = order_body(order)
    assert (body["state"], body["type"]) == ("UNKNOWN_77", "UNKNOWN_9")
    assert read_order(body) == order
    named("StateDocument").validate(json.loads(order_document(order).data))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (None, "body is no object"),
        ({}, "lacks a field"),
        ({"order_id": 7}, "body.order_id is int, not str"),
        ({"order_id": "o1", "version": "3"}, "body.version"),
        ({"order_id": "o1", "version": True}, "body.version"),
        ({"order_id": "o1", "version": 1 << 70}, "body.version"),
        ({"order_id": "o1", "state": "COOKING"}, "'COOKING'"),
        ({"order_id": "o1", "lines": {"a": 1}}, "body.lines is dict, not list"),
        ({"order_id": "o1", "lines": [{"line_id": "l1", "name": {"en": 5}}]}, r"body.lines\[0\].name"),
        ({"order_id": "o1", "paid": 1}, "body.paid is int, not bool"),
    ],
)
def test_an_order_that_the_cloud_spoiled_is_refused_by_its_field(body: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_order(body)


def test_what_the_cloud_adds_is_left_out() -> None:
    assert (
        read_order({"order_id": "o1", "seen_by": "vendor", "lines": [{"line_id": "l", "x": 1}]}).order_id
        == "o1"
    )


def test_a_call_stays_within_256_kib_and_a_larger_document_goes_alone() -> None:
    sizes = [100_000, 100_000, 100_000, 300_000, 10]
    made = [replace(order_document(an_order(f"o{n}")), data=b"x" * size) for n, size in enumerate(sizes)]
    found = [[len(one.data) for one in part] for part in parts(made)]
    assert found == [[100_000, 100_000], [100_000], [300_000], [10]]
    assert all(sum(part) <= BATCH_BYTES_MAX or len(part) == 1 for part in found)
    assert [len(part) for part in parts(made[4:] * 120)] == [50, 50, 20]
