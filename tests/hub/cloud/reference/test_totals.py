"""Control totals say that both sides hold the same, or lead to what differs."""

from __future__ import annotations

import hashlib
from typing import Any

from tests.hub.cloud.reference.contract import Api
from tests.hub.cloud.reference.making import batch, invoice, order

DAY = "2026-02-01"


def digest(*documents: dict[str, Any]) -> str:
    """Written from the contract's words, not from the server's code."""
    total = 0
    for one in documents:
        text = one["kind"].encode() + b"/" + one["id"].encode() + b"\0" + one["content_hash"].encode()
        total += int.from_bytes(hashlib.sha256(text).digest()[:8], "big")
    return f"{total % 2**64:016x}"


def total(*documents: dict[str, Any], **fields: Any) -> dict[str, Any]:
    first = documents[0]
    made = {
        "device": first["device"],
        "kind": first["kind"],
        "currency": first["currency"],
        "count": len(documents),
    }
    return (
        made
        | {"amount_minor": sum(one["amount_minor"] for one in documents), "digest": digest(*documents)}
        | fields
    )


async def compare(api: Api, *totals: dict[str, Any]) -> Any:
    return (await api.post("/v1/control-totals", {"business_date": DAY, "totals": list(totals)})).body


async def test_equal_totals_are_the_same_and_count_only_the_newest_version(api: Api) -> None:
    newest = order("o1", 2, amount_minor=2300)
    await api.post("/v1/documents", batch(order("o1"), order("o2"), invoice(1)))
    await api.post("/v1/documents", batch(newest, order("late", business_date="2026-01-31")))
    found = await compare(api, total(newest, order("o2")), total(invoice(1)))
    assert found["same"], found


async def test_what_differs_is_named_on_both_sides(api: Api) -> None:
    await api.post("/v1/documents", batch(order("o1"), order("o3", device="till-3")))
    found = await compare(api, total(order("o1"), order("o2")), total(order("o4", device="till-2")))
    same = {one["device"]: (one["same"], one["count"]) for one in found["totals"]}
    assert not found["same"]
    assert same == {"till-1": (False, 1), "till-2": (False, 0), "till-3": (False, 1)}


async def test_the_digest_sees_what_counts_and_amounts_do_not(api: Api) -> None:
    await api.post("/v1/documents", batch(order("o1", 1)))
    assert not (await compare(api, total(order("o1", 2))))["same"]


async def test_the_list_of_keys_is_paged_and_whole(api: Api) -> None:
    await api.post("/v1/documents", batch(*(order(f"o{n}", n) for n in range(1, 8)), invoice(1)))
    seen, after = [], ""
    while True:
        query = {"limit": 3} | ({"after": after} if after else {})
        page = (await api.get(f"/v1/control-totals/{DAY}/till-1", **query)).body
        seen += [(one["kind"], one["id"], one.get("version")) for one in page["documents"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert seen == [("fiscal_document", "inv-1", None)] + [("order", f"o{n}", n) for n in range(1, 8)]
