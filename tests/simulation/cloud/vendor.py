"""The cloud of the simulation: the contract's own rules over SQLite in memory, and an eye on what it must never see."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from hub.cloud.answer import CloudFailed
from hub.cloud.reference import catalogue, documents, numbers
from hub.cloud.reference.app import _gateway
from hub.cloud.reference.database import SCHEMA
from hub.cloud.reference.fields import Fields
from hub.cloud.reference.problem import Problem
from hub.core.cloud_failure import classify
from tests.simulation.checks import Broken

HUB = "hub"
MODULES = ("categories", "item_definitions", "item_barcodes")


class Vendor:
    """`call` is one request that has arrived. Raises CloudFailed as the client would on its answer."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.executescript(SCHEMA)
        catalogue.prepare(self.db, "cloud")
        catalogue.set_policy(self.db, {"page_rows": 2})
        self.poison: dict[str, str] = {}
        """Document id -> "item" (rejected alone), "batch" (the whole call is refused) or "crash" (the whole call fails)."""
        self._highest: dict[tuple[str, str], tuple[int, str, int]] = {}

    def call(self, path: str, query: Any, body: Any) -> Any:
        """The answer's body."""
        try:
            return self._answer(path, query, body)
        except Problem as error:
            raise CloudFailed(classify(error.status, error.kind, str(error))) from None

    def _answer(self, path: str, query: Any, body: Any) -> Any:
        asked = list(query.items()) if isinstance(query, Mapping) else list(query or ())
        if path == "gateway":
            cursors = dict(value.split(":", 1) for name, value in asked if name == "cursor")
            return {"server_time_ms": self._now_ms()} | _gateway(self.db, HUB, cursors)
        if path.startswith("modules/"):
            values = dict(asked)
            module = path.split("/")[1]
            return catalogue.page(
                self.db, module, values.get("cursor", ""), int(values["watermark"]), int(values["limit"])
            )
        if path == "documents":
            return self._push(json.loads(body) if isinstance(body, bytes) else body)
        if path == "counters/reports":
            return numbers.report(self.db, HUB, numbers.read_reports(Fields(body)), self._now_ms())
        raise AssertionError(path)

    def _push(self, body: Any) -> Any:
        batch = documents.read_push(Fields(body))
        hurt = {self.poison[one.id] for one in batch.documents if one.id in self.poison}
        if "crash" in hurt:
            raise Problem("internal", "it falls over this document")
        if "batch" in hurt:
            raise Problem("malformed", "it refuses the batch")
        before = {one.id: self.held(one.id) for one in batch.documents}
        alone = frozenset(one for one, how in self.poison.items() if how == "item")
        answer = documents.push(self.db, HUB, batch, alone)
        for one in batch.documents:
            self._watch(one.id, before[one.id], self.held(one.id))
        return json.loads(json.dumps(answer))

    def _watch(self, document_id: str, old: sqlite3.Row | None, new: sqlite3.Row | None) -> None:
        """Nothing that the cloud has is ever undone."""
        if old is None or new is None:
            if old is not None:
                raise Broken(f"{document_id} is gone at the cloud")
            return
        mark, was = ((row["epoch_n"], row["epoch_random"], row["version"]) for row in (new, old))
        if mark < was:
            raise Broken(f"{document_id} went back at the cloud from {was} to {mark}")
        if old["paid"] and not new["paid"]:
            raise Broken(f"{document_id} was paid at the cloud, and is no longer")
        final = documents.FINALITY
        if final.get(new["state"], 0) < final.get(old["state"], 0):
            raise Broken(f"{document_id} was {old['state']} at the cloud, and is {new['state']}")
        lines = {one["line_id"] for one in json.loads(old["document"])["body"].get("lines", ())}
        kept = {one["line_id"] for one in json.loads(new["document"])["body"].get("lines", ())}
        if not lines <= kept:
            raise Broken(f"{document_id} lost lines at the cloud: {sorted(lines - kept)}")

    def held(self, document_id: str) -> sqlite3.Row | None:
        """The order of that id."""
        found: sqlite3.Row | None = self.db.execute(
            "SELECT * FROM documents WHERE kind='order' AND id=?", (document_id,)
        ).fetchone()
        return found

    def papers(self) -> set[str]:
        """Outbox keys of all immutable documents."""
        rows = self.db.execute("SELECT kind, id, part FROM documents WHERE version=0")
        return {f"{row['kind']}/{row['id']}/{row['part']}" for row in rows}

    def rows(self, module: str) -> dict[str, dict[str, Any]]:
        """The module's rows as they are now."""
        found = self.db.execute(
            "SELECT id, row FROM rows WHERE module=? AND superseded_seq IS NULL AND row IS NOT NULL",
            (module,),
        )
        return {row["id"]: json.loads(row["row"]) for row in found}

    def edit(self, module: str, put: Mapping[str, dict[str, Any]], delete: tuple[str, ...] = ()) -> None:
        catalogue.edit(self.db, module, put, delete, self._now_ms())

    def reset(self, module: str) -> None:
        """Its cursors are worth nothing any more, and what was deleted is not told again."""
        catalogue.reset(self.db, module)
        self.db.execute(
            "DELETE FROM rows WHERE module=? AND (row IS NULL OR superseded_seq IS NOT NULL)", (module,)
        )

    def seqs(self, module: str) -> dict[str, int]:
        """When each row was last changed."""
        found = self.db.execute(
            "SELECT id, seq FROM rows WHERE module=? AND superseded_seq IS NULL AND row IS NOT NULL",
            (module,),
        )
        return {row["id"]: row["seq"] for row in found}

    def findings(self) -> list[dict[str, Any]]:
        """What the cloud found wrong with numbers."""
        found: Any = numbers.counters(self.db, HUB)["findings"]
        return list(found)
