"""The catalogue on disk: typed rows of every module of the profile, decoded when they are looked up; how far each module is.

Reading is for everybody; writing is `apply` and `settle`, one at a time, in slices.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from hub.cloud.keys import (
    found_key,
    generation_of,
    last_part,
    quarantine_key,
    row_key,
    span,
    state_key,
    tombstone_key,
)
from hub.cloud.modules import MODULES
from hub.cloud.modules.row import BadRow, Fields, ModuleSpec
from hub.cloud.pace import Pace, Slices
from hub.cloud.state import Held, ModuleState
from hub.core.sync_graph import Graph
from hub.store.seam import CorruptRecord, Rows

READ_ROWS = 100
"""Rows of one read: a fraction of a millisecond."""

log = logging.getLogger("heard.cloud")


class Catalogue:
    """Make it, then `load`. Nothing here knows of HTTP."""

    def __init__(self, rows: Rows, graph: Graph) -> None:
        self.graph = graph
        self.rows = rows
        self.slices = Slices(rows)
        self.states = dict.fromkeys(graph.order, ModuleState())
        self.quarantined: dict[str, set[str]] = {module: set() for module in graph.order}
        self.tombstones: dict[str, set[str]] = {module: set() for module in graph.order}
        self._listeners: list[Callable[[str], None]] = []

    async def load(self) -> None:
        """Takes in what stands beside the rows. Never raises: what is damaged is pulled from the beginning."""
        for module in self.graph.order:
            try:
                data = self.rows.row(state_key(module))
                self.states[module] = ModuleState() if data is None else ModuleState.from_json(data)
            except (CorruptRecord, ValueError, TypeError):
                log.error("the state of %s on disk cannot be read: it is pulled from the beginning", module)
                self.states[module] = ModuleState(live=self._newest_generation(module), reset_wanted=True)
        for module in self.graph.order:
            for found, prefix in ((self.quarantined, "q/"), (self.tombstones, "t/")):
                with contextlib.suppress(CorruptRecord):
                    async for key, _ in self.walk(f"{prefix}{module}/"):
                        found[module].add(last_part(key))

    def _newest_generation(self, module: str) -> int:
        """Of what lies on disk: new rows must not go among those of a generation that was given up."""
        newest = 1
        with contextlib.suppress(CorruptRecord):
            while found := self.rows.rows(f"r/{module}/{newest:08d}0", span(f"r/{module}/")[1], 1):
                newest = generation_of(found[0][0])
        return newest

    def on_change(self, tell: Callable[[str], None]) -> None:
        """`tell(module)` after what serves has changed; called on the loop, may be often while a module is being pulled."""
        self._listeners.append(tell)

    def changed(self, module: str) -> None:
        """Tells the listeners."""
        for tell in self._listeners:
            try:
                tell(module)
            except Exception:
                log.exception("a listener of the catalogue failed")

    # --- looking up

    def spec(self, module: str) -> ModuleSpec[Any]:
        return MODULES[module]

    def get(self, module: str, row_id: str) -> Any:
        """The typed row that serves; None where there is none, or the profile has no such module."""
        kept = self.kept(module, row_id)
        return None if kept is None else self._typed(module, row_id, kept)

    def has(self, module: str, row_id: str) -> bool:
        """Whether a row serves under this id."""
        return self.raw(module, self.states[module].live, row_id) is not None

    def found(self, module: str, value: str) -> Iterator[Any]:
        """The typed rows that are found by this value of their module's second index."""
        if module not in self.states or not value:
            return
        live = self.states[module].live
        for key, _ in self.rows.rows(*span(f"x/{module}/{live:08d}/{value}/"), READ_ROWS):
            row = self.get(module, last_part(key))
            if row is not None:
                yield row

    def first(self, module: str, limit: int) -> list[Any]:
        """At most so many typed rows that serve, at once; for modules that are small at every site."""
        if module not in self.states:
            return []
        prefix = f"r/{module}/{self.states[module].live:08d}/"
        try:
            rows = self.rows.rows(*span(prefix), limit)
        except CorruptRecord as error:
            self._damaged(module, error)
            return []
        found = (self._typed(module, last_part(key), json.loads(data)) for key, data in rows)
        return [one for one in found if one is not None]

    async def each(self, module: str) -> list[Any]:
        """Every typed row that serves; for small modules."""
        if module not in self.states:
            return []
        found = []
        try:
            async for key, data in self.walk(f"r/{module}/{self.states[module].live:08d}/"):
                row = self._typed(module, last_part(key), json.loads(data))
                if row is not None:
                    found.append(row)
        except CorruptRecord as error:
            self._damaged(module, error)
        return found

    def kept(self, module: str, row_id: str) -> Mapping[str, Any] | None:
        """The fields of a row that serves, as they are stored."""
        if module not in self.states:
            return None
        data = self.raw(module, self.states[module].live, row_id)
        if data is None:
            return None
        found: Mapping[str, Any] = json.loads(data)
        return found

    def raw(self, module: str, generation: int, row_id: str) -> bytes | None:
        """The row's bytes. A damaged one counts as none, and its module is pulled anew."""
        try:
            return self.rows.row(row_key(module, generation, row_id))
        except CorruptRecord as error:
            self._damaged(module, error)
            return None

    def _damaged(self, module: str, error: CorruptRecord) -> None:
        if not self.states[module].reset_wanted:
            log.error("a row of %s is damaged on disk (%s): the module is pulled anew", module, error)
            self.want_reset(module)

    def held(self, module: str, row_id: str) -> Held | None:
        """Why a row is in quarantine."""
        try:
            data = self.rows.row(quarantine_key(module, row_id))
            return None if data is None else Held.from_json(data)
        except (CorruptRecord, ValueError, TypeError):
            return None

    async def walk(self, prefix: str) -> AsyncIterator[tuple[str, bytes]]:
        """(key, bytes) of all that begins with `prefix`, in order, at the pace of a guest. Raises CorruptRecord."""
        after, before = span(prefix)
        pace = Pace()
        while True:
            found = self.rows.rows(after, before, READ_ROWS)
            for one in found:
                yield one
            if len(found) < READ_ROWS:
                return
            after = found[-1][0]
            await pace.breathe()

    def _typed(self, module: str, row_id: str, kept: Mapping[str, Any]) -> Any:
        try:
            return self.spec(module).read(row_id, Fields(kept))
        except BadRow as error:  # a newer release is stricter than the one that stored it
            log.warning("%s %s on disk is not used: %s", module, row_id, error)
            return None

    # --- what writing needs

    def want_reset(self, module: str) -> None:
        """The next cycle pulls it from the beginning."""
        self.states[module] = replace(self.states[module], reset_wanted=True)

    def row_writes(
        self, module: str, generation: int, row_id: str, data: bytes | None
    ) -> tuple[dict[str, bytes | None], int]:
        """What puts (or with None deletes) a row with its index, and by how much that changes the number of rows."""
        old = self.raw(module, generation, row_id)
        if old == data:
            return {}, 0
        writes: dict[str, bytes | None] = {row_key(module, generation, row_id): data}
        field = self.spec(module).found_by
        if field:
            for one, present in ((old, None), (data, b"")):
                value = json.loads(one).get(field) if one is not None else None
                if value:
                    writes[found_key(module, generation, value, row_id)] = present
        return writes, (data is not None) - (old is not None)

    def beside(self, module: str, row_id: str) -> dict[str, bytes | None]:
        """Takes a row out of quarantine and its tombstone away."""
        writes: dict[str, bytes | None] = {}
        if row_id in self.quarantined[module]:
            writes[quarantine_key(module, row_id)] = None
        if row_id in self.tombstones[module]:
            writes[tombstone_key(module, row_id)] = None
        return writes

    def note_written(self, module: str, writes: Mapping[str, bytes | None]) -> None:
        """What is on disk now is known in memory too."""
        for key, data in writes.items():
            kept = self.quarantined if key[0] == "q" else self.tombstones if key[0] == "t" else None
            if kept is not None:
                (kept[module].discard if data is None else kept[module].add)(last_part(key))
