"""Documents and reports that tests push."""

from __future__ import annotations

from typing import Any

E1 = {"n": 1, "random": "00000000000000aa"}
E2 = {"n": 2, "random": "00000000000000bb"}


def order(order_id: str = "o1", version: int = 1, **fields: Any) -> dict[str, Any]:
    """An order as a state document; its content hash follows its version unless given."""
    made = {
        "kind": "order",
        "id": order_id,
        "version": version,
        "content_hash": f"hash-{order_id}-{version}",
        "state": "HELD",
        "paid": False,
        "business_date": "2026-02-01",
        "device": "till-1",
        "amount_minor": 1150,
        "currency": "SAR",
        "body": {"order_id": order_id, "version": version, "lines": []},
    }
    return made | fields


def invoice(number: int, **fields: Any) -> dict[str, Any]:
    """A fiscal document of till-1, first incarnation, prefix series."""
    made = {
        "kind": "fiscal_document",
        "id": f"inv-{number}",
        "content_hash": f"hash-inv-{number}",
        "business_date": "2026-02-01",
        "device": "till-1",
        "amount_minor": 1150,
        "currency": "SAR",
        "fiscal_number": {"series": "A1", "incarnation": "i1", "number": number},
        "body": {"total_minor": 1150},
    }
    return made | fields


def batch(*documents: dict[str, Any], epoch: dict[str, Any] = E1) -> dict[str, Any]:
    """A push of documents."""
    return {"epoch": epoch, "documents": list(documents)}


def report(next_number: int, nonce: str, previous: str = "", **fields: Any) -> dict[str, Any]:
    """A report of till-1's counter in prefix mode."""
    made = {
        "device": "till-1",
        "incarnation": "i1",
        "series": "A1",
        "first": 1,
        "next": next_number,
        "pending": 0,
        "nonce": f"nonce-of-{nonce}",
        "previous_nonce": f"nonce-of-{previous}" if previous else "",
    }
    return made | fields
