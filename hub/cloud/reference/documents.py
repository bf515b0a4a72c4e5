"""Documents from hubs: which are taken, which are held already, and where the cloud is ahead."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from hub.cloud.reference import numbers
from hub.cloud.reference.catalogue import watermark
from hub.cloud.reference.fields import CURRENCY, HASH, HEX16, NAME, STATE, Fields
from hub.cloud.reference.problem import Problem

DOCUMENTS_MAX = 50
STATE_KINDS = frozenset({"order"})
FINALITY = {"PICKED_UP": 1, "MERGED": 2, "VOIDED": 3}
"""States that are never undone by a restored hub, the later the higher; all others are 0."""
AMOUNT_MAX = 10**15


@dataclass(frozen=True, slots=True)
class Document:
    """A checked document as it was offered. `version` 0 is an immutable one."""

    kind: str
    id: str
    version: int
    content_hash: str
    state: str
    paid: bool
    business_date: str
    device: str
    amount_minor: int
    currency: str
    fiscal: numbers.FiscalNumber | None
    raw: dict[str, Any] = field(compare=False)

    @property
    def part(self) -> str:
        """What of the key is beside kind and id."""
        return "" if self.version else self.content_hash


@dataclass(frozen=True, slots=True)
class Push:
    """A checked request."""

    epoch: tuple[int, str]
    documents: tuple[Document, ...]


def read_push(body: Fields) -> Push:
    """Check a request. Raises Problem malformed."""
    epoch = body.inner("epoch")
    key = epoch.integer("n", 1), epoch.text("random", HEX16)
    return Push(key, tuple(_read(item) for item in body.items("documents", 1, DOCUMENTS_MAX)))


def push(db: sqlite3.Connection, hub: str, request: Push, poison: frozenset[str]) -> dict[str, object]:
    """Take what can be taken; one result per document. Documents whose id is in `poison` are rejected."""
    results = []
    for document in request.documents:
        if document.id in poison:
            result: dict[str, object] = {
                "result": "REJECTED",
                "code": "poisoned",
                "detail": f"{document.id} is told to be refused here",
            }
        elif document.version:
            result = _take_state(db, hub, request.epoch, document)
        else:
            result = _take_immutable(db, hub, document)
        echo: dict[str, object] = {"kind": document.kind, "id": document.id}
        if document.version:
            echo["version"] = document.version
        results.append(echo | result)
    db.execute("INSERT OR IGNORE INTO epochs VALUES (?,?,?)", (hub, *request.epoch))
    n, random = request.epoch
    return {"epoch": {"n": n, "random": random}, "results": results, "watermark": watermark(db)}


def highest_epoch(db: sqlite3.Connection, hub: str) -> dict[str, object] | None:
    """The highest epoch that a hub pushed in."""
    found = db.execute(
        "SELECT n, random FROM epochs WHERE hub=? ORDER BY n DESC, random DESC LIMIT 1", (hub,)
    ).fetchone()
    return None if found is None else {"n": found["n"], "random": found["random"]}


def read_held(db: sqlite3.Connection, hub: str, kind: str, document_id: str) -> dict[str, object]:
    """All that is held under an id, newest first. Raises Problem not-found."""
    rows = db.execute(
        "SELECT * FROM documents WHERE hub=? AND kind=? AND id=? ORDER BY seq DESC", (hub, kind, document_id)
    ).fetchall()
    if not rows:
        raise Problem("not-found", f"no {kind} {document_id} is held")
    return {"held": [_held(row) for row in rows]}


def list_held(db: sqlite3.Connection) -> list[dict[str, object]]:
    """Keys of everything held, for tests and people."""
    rows = db.execute("SELECT * FROM documents ORDER BY seq").fetchall()
    names = ("hub", "kind", "id", "version", "content_hash", "business_date", "device", "copies")
    return [
        {name: row[name] for name in names} | {"epoch": {"n": row["epoch_n"], "random": row["epoch_random"]}}
        for row in rows
    ]


def _read(item: Fields) -> Document:
    kind = item.text("kind", NAME)
    is_state = kind in STATE_KINDS
    if not is_state and (item.has("version") or item.has("paid")):
        raise Problem(
            "malformed", f"{item.path}: a {kind} is immutable and has no version and no paid", item.path
        )
    item.inner("body")
    return Document(
        kind=kind,
        id=item.text("id"),
        version=item.integer("version", 1) if is_state else 0,
        content_hash=item.text("content_hash", HASH),
        state=item.text("state", STATE) if is_state else "",
        paid=item.boolean("paid") if is_state else False,
        business_date=item.day("business_date"),
        device=item.text("device"),
        amount_minor=item.integer("amount_minor", -AMOUNT_MAX, AMOUNT_MAX, default=0),
        currency=item.text("currency", CURRENCY, default=""),
        fiscal=numbers.read_fiscal(item.inner("fiscal_number"))
        if item.has("fiscal_number") and not is_state
        else None,
        raw=item.value,
    )


def _take_state(db: sqlite3.Connection, hub: str, epoch: tuple[int, str], new: Document) -> dict[str, object]:
    held = db.execute(
        "SELECT * FROM documents WHERE hub=? AND kind=? AND id=? AND part=''", (hub, new.kind, new.id)
    ).fetchone()
    if held is None:
        _store(db, hub, epoch, new)
        return {"result": "ACCEPTED"}
    held_epoch = held["epoch_n"], held["epoch_random"]
    same = held["version"] == new.version and held["content_hash"] == new.content_hash
    if epoch < held_epoch:
        return {"result": "STALE_EPOCH", "held": _held(held)}
    if epoch == held_epoch:
        if same:
            db.execute(
                "UPDATE documents SET copies=copies+1 WHERE hub=? AND kind=? AND id=? AND part=''",
                (hub, new.kind, new.id),
            )
            return {"result": "ALREADY"}
        ahead = held["version"] >= new.version
    else:
        ahead = (
            held["version"] > new.version
            or (held["version"] == new.version and not same)
            or FINALITY.get(held["state"], 0) > FINALITY.get(new.state, 0)
            or (bool(held["paid"]) and not new.paid)
        )
    if ahead:
        return {"result": "AHEAD", "held": _held(held)}
    _store(db, hub, epoch, new)
    return {"result": "ACCEPTED"}


def _take_immutable(db: sqlite3.Connection, hub: str, new: Document) -> dict[str, object]:
    again = db.execute(
        "UPDATE documents SET copies=copies+1 WHERE hub=? AND kind=? AND id=? AND part=?",
        (hub, new.kind, new.id, new.part),
    )
    if again.rowcount:
        return {"result": "ALREADY"}
    _store(db, hub, (0, ""), new)
    if new.fiscal is not None:
        numbers.note_document(db, hub, new.device, new.id, new.content_hash, new.fiscal)
    return {"result": "ACCEPTED"}


def _store(db: sqlite3.Connection, hub: str, epoch: tuple[int, str], new: Document) -> None:
    seq = int(db.execute("SELECT coalesce(max(seq),0)+1 FROM documents").fetchone()[0])
    db.execute(
        "INSERT OR REPLACE INTO documents VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,1,?)",
        (
            *(
                hub,
                new.kind,
                new.id,
                new.part,
                *epoch,
                new.version,
                new.content_hash,
                new.state,
                int(new.paid),
            ),
            *(new.business_date, new.device, new.amount_minor, new.currency),
            *(json.dumps(new.raw, ensure_ascii=False), seq),
        ),
    )


def _held(row: sqlite3.Row) -> dict[str, object]:
    found: dict[str, object] = {"document": json.loads(row["document"]), "copies_received": row["copies"]}
    if row["version"]:
        found["epoch"] = {"n": row["epoch_n"], "random": row["epoch_random"]}
    return found
