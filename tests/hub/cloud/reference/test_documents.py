"""Which pushed documents are taken, which are held already, and where the cloud is ahead."""

from __future__ import annotations

from typing import Any

import pytest

from hub.cloud.reference.run import ReferenceCloud
from tests.hub.cloud.reference.contract import Api
from tests.hub.cloud.reference.making import E1, E2, batch, invoice, order

PAID = order(version=3, paid=True)
PICKED_UP = order(version=3, state="PICKED_UP")
VOIDED = order(version=3, state="VOIDED")

# what is held (document, epoch), what is offered (document, epoch), the result
TABLE: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any], str]] = [
    ("a higher version", order(version=3), E1, order(version=4), E1, "ACCEPTED"),
    ("the same again", order(version=3), E1, order(version=3), E1, "ALREADY"),
    ("a late duplicate of an older one", order(version=3), E1, order(version=2), E1, "AHEAD"),
    ("the same version, other content", order(version=3), E1, order(version=3, content_hash="other-content"), E1, "AHEAD"),
    ("a recall in the same epoch", PICKED_UP, E1, order(version=4, state="READY"), E1, "ACCEPTED"),
    ("an older epoch", order(version=3), E2, order(version=9), E1, "STALE_EPOCH"),
    ("offered again after a restore", order(version=3), E1, order(version=3), E2, "ACCEPTED"),
    ("restored behind the cloud", order(version=3), E1, order(version=2), E2, "AHEAD"),
    ("restored, went another way to the same version", order(version=3), E1, order(version=3, content_hash="other-content"), E2, "AHEAD"),
    ("restored, higher version", order(version=3), E1, order(version=4), E2, "ACCEPTED"),
    ("restored, higher, but paid at the cloud only", PAID, E1, order(version=9), E2, "AHEAD"),
    ("restored, higher, paid on both sides", PAID, E1, order(version=9, paid=True), E2, "ACCEPTED"),
    ("restored, higher, but picked up at the cloud", PICKED_UP, E1, order(version=9, state="READY"), E2, "AHEAD"),
    ("restored, higher, but voided at the cloud", VOIDED, E1, order(version=9, state="PICKED_UP"), E2, "AHEAD"),
    ("restored, voided since", PICKED_UP, E1, order(version=9, state="VOIDED"), E2, "ACCEPTED"),
]  # fmt: skip


@pytest.mark.parametrize(("held", "held_in", "offered", "offered_in", "result"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])  # fmt: skip
async def test_state_document(
    api: Api,
    held: dict[str, Any],
    held_in: dict[str, Any],
    offered: dict[str, Any],
    offered_in: dict[str, Any],
    result: str,
) -> None:
    assert (await api.post("/v1/documents", batch(held, epoch=held_in))).body["results"][0][
        "result"
    ] == "ACCEPTED"
    (found,) = (await api.post("/v1/documents", batch(offered, epoch=offered_in))).body["results"]
    assert found["result"] == result
    now = (await api.get("/v1/documents/order/o1")).body["held"]
    if result == "ACCEPTED":
        assert now == [{"document": offered, "epoch": offered_in, "copies_received": 1}]
    else:
        copies = 2 if result == "ALREADY" else 1
        assert now == [{"document": held, "epoch": held_in, "copies_received": copies}]
    if result in ("AHEAD", "STALE_EPOCH"):
        assert found["held"]["document"] == held


async def test_immutable_documents_are_kept_by_content_and_know_no_epoch(api: Api) -> None:
    first = await api.post("/v1/documents", batch(invoice(1), invoice(2)))
    again = await api.post(
        "/v1/documents", batch(invoice(1), invoice(2, content_hash="another-content"), epoch=E2)
    )
    results = [[one["result"] for one in answer.body["results"]] for answer in (first, again)]
    assert results == [["ACCEPTED", "ACCEPTED"], ["ALREADY", "ACCEPTED"]]
    held = (await api.get("/v1/documents/fiscal_document/inv-2")).body["held"]
    assert [one["document"]["content_hash"] for one in held] == ["another-content", "hash-inv-2"]


async def test_each_item_is_answered_by_itself(api: Api) -> None:
    await api.misbehave("poison", "o2")
    answer = await api.post("/v1/documents", batch(order("o1"), order("o2"), order("o3")))
    assert [one["result"] for one in answer.body["results"]] == ["ACCEPTED", "REJECTED", "ACCEPTED"]


async def test_hubs_do_not_see_each_others_documents(api: Api, cloud: ReferenceCloud) -> None:
    await api.post("/v1/documents", batch(order()))
    other = Api(cloud.url, "shop-2", cloud.refresh_tokens["shop-2"])
    try:
        await other.refresh()
        assert (await other.get("/v1/documents/order/o1")).status == 404
        (result,) = (await other.post("/v1/documents", batch(order(version=9)))).body["results"]
        assert result["result"] == "ACCEPTED"
    finally:
        await other.close()


BAD: list[tuple[str, Any, str]] = [
    ("no epoch", {"documents": [order()]}, "epoch"),
    ("no documents", batch(), "documents"),
    ("too many", batch(*(order(f"o{n}") for n in range(51))), "documents"),
    ("version 0", batch(order(), order(version=0)), "documents[1].version"),
    ("no such day", batch(order(business_date="2026-02-30")), "documents[0].business_date"),
    ("a version on an immutable one", batch(invoice(1, version=1)), "documents[0]"),
    ("a number 0", batch(invoice(0)), "documents[0].fiscal_number.number"),
    ("an id with a space", batch(order("o 1")), "documents[0].id"),
    ("true is no integer", batch(order(version=True)), "documents[0].version"),
    ("no object", [1], ""),
]


@pytest.mark.parametrize(("body", "field"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
async def test_malformed_is_named_by_its_path_and_changes_nothing(api: Api, body: Any, field: str) -> None:
    answer = await api.post("/v1/documents", body, valid=False)
    assert (answer.status, answer.body["type"], answer.body.get("field", "")) == (
        400,
        "/problems/malformed",
        field,
    )
    assert (await api.control("GET", "documents"))["documents"] == []


async def test_a_large_document_comes_alone(api: Api) -> None:
    large = order("big", body={"order_id": "big", "version": 1, "text": "x" * 400_000})
    assert (await api.post("/v1/documents", batch(order(), large))).status == 413
    assert (await api.post("/v1/documents", batch(large))).body["results"][0]["result"] == "ACCEPTED"
    assert (
        await api.post(
            "/v1/documents",
            batch(order("huge", body={"order_id": "big", "version": 1, "text": "x" * 4_300_000})),
        )
    ).status == 413
