"""Mistakes planted in the real code, each of which some seed must catch: the test of the test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from hub.cloud import apply as applying
from hub.cloud import pull, settle
from hub.cloud.batch import Batch
from hub.cloud.catalogue import Catalogue
from hub.core.sync_graph import Graph
from hub.core.sync_plan import SyncPlan

MISTAKES: dict[str, Callable[[], Any]] = {}


def mistake(words: str) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Names a mistake."""

    def named(plant: Callable[[], Any]) -> Callable[[], Any]:
        MISTAKES[words] = plant
        return plant

    return named


@mistake("the cursor goes with the first slice")
def _() -> Any:
    write = applying._write

    async def early(catalogue: Any, page: Any, judged: Any, state: Any, wall_ms: int) -> None:
        place = "shadow_cursor" if state.shadow else "cursor"
        await write(catalogue, page, judged, replace(state, **{place: page.cursor}), wall_ms)

    return patch.object(applying, "_write", early)


@mistake("nobody looks whether what a row refers to is there")
def _() -> Any:
    return patch.object(Catalogue, "has", lambda *_: True)


@mistake("a deletion is done at once, whatever refers to the row")
def _() -> Any:
    def change(catalogue: Any, module: str, generation: int, one: Any) -> Any:
        with patch.object(Graph, "children", lambda *_: ()):
            return real(catalogue, module, generation, one)

    real = applying._change
    return patch.object(applying, "_change", change)


@mistake("a tombstone does not look for references")
def _() -> Any:
    async def nobody(*_: Any) -> set[str]:
        return set()

    return patch.object(settle, "_referred", nobody)


@mistake("parents are deleted before their children, in one pass")
def _() -> Any:
    async def once(catalogue: Any, module: str, wanted: set[str]) -> set[str]:
        return wanted if module == "categories" else await real(catalogue, module, wanted)

    real = settle._referred
    return patch.object(settle, "_referred", once)


@mistake("a reset writes among the rows that serve")
def _() -> Any:
    async def among(catalogue: Any, page: Any, *, from_start: bool, wall_ms: int) -> None:
        del from_start
        await real(catalogue, page, from_start=False, wall_ms=wall_ms)

    real = applying.apply
    return patch.object(pull, "apply", among)


@mistake("a shadow takes over with its first page")
def _() -> Any:
    async def at_once(catalogue: Any, page: Any, *, from_start: bool, wall_ms: int) -> None:
        await real(catalogue, page, from_start=from_start, wall_ms=wall_ms)
        if catalogue.states[page.module].shadow:
            await settle.finish_shadow(catalogue, page.module)

    real = applying.apply
    return patch.object(pull, "apply", at_once)


@mistake("a shadow takes over without what is still referred to")
def _() -> Any:
    async def bare(catalogue: Any, module: str) -> None:
        async def nothing(*_: Any, **__: Any) -> None:
            return None

        with patch.object(Batch, "add", nothing):
            await real(catalogue, module)

    real = settle.finish_shadow
    return patch.object(applying, "finish_shadow", bare)


@mistake("the number of rows is written with the last slice only")
def _() -> Any:
    async def late(self: Any) -> None:
        now = self._state
        self._state = replace(now, rows=self._catalogue.states[self._module].rows)
        await real(self)
        self._state = now

    real = Batch._flush
    return patch.object(Batch, "_flush", late)


@mistake("a bad row takes the good old one away")
def _() -> Any:
    def change(catalogue: Any, module: str, generation: int, one: Any) -> Any:
        found, delta = real(catalogue, module, generation, one)
        if one.held is None:
            return found, delta
        writes, less = catalogue.row_writes(module, generation, one.row_id, None)
        return {**found, **writes}, delta + less

    real = applying._change
    return patch.object(applying, "_change", change)


@mistake("rows that waited for their parent are never tried again")
def _() -> Any:
    async def never(_: Any) -> int:
        return 0

    return patch.object(pull, "retry_held", never)


@mistake("a page that says more is taken for the last")
def _() -> Any:
    def pulled(self: Any, cycle: int, module: str, more: bool) -> None:
        del more
        real(self, cycle, module, False)

    real = SyncPlan.pulled
    return patch.object(SyncPlan, "pulled", pulled)


@mistake("generations that nobody needs stay for ever")
def _() -> Any:
    async def never(_: Any) -> None:
        return None

    return patch.object(pull, "drop_generations", never)


@mistake("a moved price is still found by its old item")
def _() -> Any:
    def writes(self: Any, module: str, generation: int, row_id: str, data: bytes | None) -> Any:
        found, delta = real(self, module, generation, row_id, data)
        return {key: one for key, one in found.items() if not (key[0] == "x" and one is None)}, delta

    real = Catalogue.row_writes
    return patch.object(Catalogue, "row_writes", writes)


@mistake("a row that comes back keeps its tombstone")
def _() -> Any:
    def beside(self: Any, module: str, row_id: str) -> Any:
        return {key: one for key, one in real(self, module, row_id).items() if key[0] != "t"}

    real = Catalogue.beside
    return patch.object(Catalogue, "beside", beside)


@mistake("a mended row stays in quarantine")
def _() -> Any:
    def beside(self: Any, module: str, row_id: str) -> Any:
        return {key: one for key, one in real(self, module, row_id).items() if key[0] != "q"}

    real = Catalogue.beside
    return patch.object(Catalogue, "beside", beside)
