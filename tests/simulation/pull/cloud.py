"""The contract's rules for master data, in a page of code of its own: what the real puller is held against."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from typing import Any

from hub.cloud.answer import Answer, CloudFailed
from hub.core.cloud_failure import Failure, FailureClass

Row = Mapping[str, Any] | None

FAULTS = (
    Failure(FailureClass.NOT_REACHED, "no connection"),
    Failure(FailureClass.TRANSIENT, "cut off"),
    Failure(FailureClass.THROTTLED, "slower", 1),
    Failure(FailureClass.UNAUTHORIZED, "expired"),
    Failure(FailureClass.WATERMARK_GONE, "too old"),
)


class FakeCloud:
    """Every version of every row, in one order of change."""

    def __init__(self, modules: Iterable[str]) -> None:
        self.log: list[tuple[str, str, Row]] = []
        self.generation = dict.fromkeys(modules, 1)
        self.ends: set[tuple[str, str]] = set()
        """(module, cursor) of every last page that was given out."""

    def put(self, module: str, row_id: str, row: Row) -> None:
        if self.rows(module).get(row_id) != row:
            self.log.append((module, row_id, row))

    def rows(self, module: str, mark: int | None = None) -> dict[str, Mapping[str, Any]]:
        """The content of a module as of a change, by default now."""
        found: dict[str, Mapping[str, Any]] = {}
        for name, row_id, row in self.log[:mark]:
            if name == module:
                found.pop(row_id, None)
                if row is not None:
                    found[row_id] = row
        return found

    def versions(self, module: str, row_id: str) -> list[tuple[int, Row]]:
        """(change, row) of an id, oldest first."""
        return [
            (seq, row) for seq, (name, one, row) in enumerate(self.log, 1) if (name, one) == (module, row_id)
        ]

    def position(self, module: str, cursor: str) -> int | None:
        """The change that a cursor stands at, None where it cannot be continued."""
        generation, _, seq = cursor.partition(".")
        return int(seq) if int(generation) == self.generation[module] else None

    def changed(self, cursors: Mapping[str, str]) -> list[dict[str, Any]]:
        found = []
        for module, cursor in cursors.items():
            after = self.position(module, cursor) if cursor else 0
            news = after is not None and any(name == module for name, _, _ in self.log[after:])
            if after is None or not cursor or news:
                state = "RESET" if after is None else "CHANGED"
                found.append({"module": module, "state": state, "changes_about": 0})
        return found

    def page(self, module: str, cursor: str, mark: int, limit: int) -> dict[str, Any]:
        after = self.position(module, cursor) if cursor else 0
        if after is None:
            raise CloudFailed(Failure(FailureClass.RESET, "cursor-gone"))
        newest = {row_id: seq for seq, (name, row_id, _) in enumerate(self.log[:mark], 1) if name == module}
        # From the beginning only what is there: a cloud keeps tombstones for cursors, not for ever.
        seqs = sorted(
            seq for seq in newest.values() if seq > after and (cursor or self.log[seq - 1][2] is not None)
        )
        more = len(seqs) > limit
        changes = []
        for seq in seqs[:limit]:
            _, row_id, row = self.log[seq - 1]
            changes.append({"id": row_id, "deleted": True} if row is None else {"id": row_id, "row": row})
        at = seqs[limit - 1] if more else max(after, mark)
        given = f"{self.generation[module]}.{at}"
        if not more:
            self.ends.add((module, given))
        return {"module": module, "changes": changes, "cursor": given, "more": more}


class FakeClient:
    """In the place of `hub.cloud.client.CloudClient`: fails and edits by chance while `trouble` stands."""

    def __init__(self, cloud: FakeCloud, chance: random.Random, page_rows: int) -> None:
        self.cloud = cloud
        self.trouble = 0.0
        self.between: list[Any] = []
        """Called now and then between two calls: somebody edits the catalogue."""
        self._chance = chance
        self._page_rows = page_rows

    async def get(self, path: str, query: Any = None, *, etag: str = "", bytes_max: int = 0) -> Answer:
        del etag, bytes_max
        if self._chance.random() < self.trouble:
            raise CloudFailed(self._chance.choice(FAULTS))
        if self.between and self._chance.random() < 0.15:
            self._chance.choice(self.between)()
        if path == "gateway":
            cursors = dict(text.split(":", 1) for _, text in query)
            return Answer(
                {
                    "server_time_ms": 1,
                    "watermark": len(self.cloud.log),
                    "modules": self.cloud.changed(cursors),
                    "policy": {"max_sync_retry": 3, "page_rows": self._page_rows, "poll_interval_s": 3600},
                    "counters": [],
                    "highest_epoch": None,
                }
            )
        module = path.split("/")[1]
        mark, limit = int(query["watermark"]), int(query["limit"])
        return Answer(self.cloud.page(module, query.get("cursor", ""), mark, limit))

    async def refresh(self) -> None:
        if self._chance.random() < self.trouble:
            raise CloudFailed(Failure(FailureClass.TRANSIENT, "no token now"))

    async def reachable(self) -> bool:
        return False
