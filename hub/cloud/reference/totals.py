"""Control totals per (business date, device, kind, currency): what the hub counts must be what the cloud holds."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass

from hub.cloud.reference.fields import CURRENCY, HEX16, NAME, Fields

TOTALS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Total:
    """One row of totals; `digest` is of keys and content hashes."""

    count: int
    amount_minor: int
    digest: str


NOTHING = Total(0, 0, "0" * 16)
Key = tuple[str, str, str]
"""Device, kind, currency."""


def read_totals(body: Fields) -> tuple[str, dict[Key, Total]]:
    """Check a request: the business date and the hub's totals. Raises Problem malformed."""
    totals = {}
    for item in body.items("totals", 0, TOTALS_MAX):
        key = item.text("device"), item.text("kind", NAME), item.text("currency", CURRENCY)
        amount = item.integer("amount_minor", -(1 << 62), 1 << 62)
        totals[key] = Total(item.integer("count", 0), amount, item.text("digest", HEX16))
    return body.day("business_date"), totals


def compare(
    db: sqlite3.Connection, hub: str, business_date: str, totals: dict[Key, Total]
) -> dict[str, object]:
    """The cloud's totals of every key that either side has, and whether they are the same."""
    ours = _count(db, hub, business_date)
    rows = []
    for key in sorted(ours.keys() | totals.keys()):
        held = ours.get(key, NOTHING)
        rows.append(
            {
                "device": key[0],
                "kind": key[1],
                "currency": key[2],
                "count": held.count,
                "amount_minor": held.amount_minor,
            }
            | {"digest": held.digest, "same": held == totals.get(key, NOTHING)}
        )
    return {"business_date": business_date, "same": all(row["same"] for row in rows), "totals": rows}


def list_keys(
    db: sqlite3.Connection, hub: str, business_date: str, device: str, after: str, limit: int
) -> dict[str, object]:
    """A page of what is held of one device and date, ordered by kind, id and content hash."""
    kind, document_id, part = [*after.split("/"), "", "", ""][:3]
    rows = db.execute(
        "SELECT kind, id, part, version, content_hash FROM documents WHERE hub=? AND business_date=? AND device=?"
        " AND (kind, id, part) > (?,?,?) ORDER BY kind, id, part LIMIT ?",
        (hub, business_date, device, kind, document_id, part, limit + 1),
    ).fetchall()
    found = []
    for row in rows[:limit]:
        entry = {"kind": row["kind"], "id": row["id"], "content_hash": row["content_hash"]}
        found.append(entry | ({"version": row["version"]} if row["version"] else {}))
    last = rows[limit - 1] if len(rows) > limit else None
    return {
        "documents": found,
        "next": None if last is None else f"{last['kind']}/{last['id']}/{last['part']}",
    }


def entry_digest(kind: str, document_id: str, content_hash: str) -> int:
    """What one document adds to the digest."""
    text = f"{kind}/{document_id}\0{content_hash}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _count(db: sqlite3.Connection, hub: str, business_date: str) -> dict[Key, Total]:
    sums: dict[Key, tuple[int, int, int]] = {}
    # Named, since the planner would rather walk through all of the hub's documents.
    query = "SELECT * FROM documents INDEXED BY documents_by_day WHERE hub=? AND business_date=?"
    for row in db.execute(query, (hub, business_date)):
        key = row["device"], row["kind"], row["currency"]
        count, amount, digest = sums.get(key, (0, 0, 0))
        digest += entry_digest(row["kind"], row["id"], row["content_hash"])
        sums[key] = count + 1, amount + row["amount_minor"], digest
    return {
        key: Total(count, amount, f"{digest % (1 << 64):016x}")
        for key, (count, amount, digest) in sums.items()
    }
