"""What follows once pages are in: a shadow takes over, tombstones go where nothing refers to them, held rows are tried again."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from dataclasses import replace

from hub.cloud.batch import Batch
from hub.cloud.catalogue import Catalogue
from hub.cloud.keys import (
    generation_of,
    last_part,
    quarantine_key,
    span,
    state_key,
    tombstone_key,
)
from hub.store.seam import CorruptRecord

DROP_ROWS = 100
"""Rows of a generation that nobody needs any more, deleted in one slice."""


async def finish_shadow(catalogue: Catalogue, module: str) -> None:
    """The shadow serves from now on, in one step. What of the old generation something still refers to comes along, as a
    tombstone; and the old row of one that is in quarantine. May be repeated. Raises as `Rows.write`."""
    state = catalogue.states[module]
    has_children = bool(catalogue.graph.children(module))
    old_quarantine = set(catalogue.quarantined[module])
    held_now = {one for one in old_quarantine if _generation_held(catalogue, module, one) == state.shadow}
    candidates: Iterable[str] = held_now
    if has_children:
        missing = []
        with contextlib.suppress(CorruptRecord):  # what lies behind a damaged row cannot be carried over
            async for key, _ in catalogue.walk(f"r/{module}/{state.live:08d}/"):
                row_id = last_part(key)
                if catalogue.raw(module, state.shadow, row_id) is None:
                    missing.append(row_id)
        candidates = missing
    batch = Batch(catalogue, module)
    for row_id in candidates:
        data = catalogue.raw(module, state.live, row_id)
        if data is not None:
            writes, delta = catalogue.row_writes(module, state.shadow, row_id, data)
            stone = {} if row_id in held_now else {tombstone_key(module, row_id): b""}
            await batch.add({**writes, **stone}, delta)
    await batch.close()
    state = catalogue.states[module]
    done = replace(
        state,
        cursor=state.shadow_cursor,
        live=state.shadow,
        rows=state.shadow_rows,
        shadow=0,
        shadow_cursor="",
        shadow_rows=0,
    )
    cleared: dict[str, bytes | None] = {
        quarantine_key(module, one): None for one in old_quarantine - held_now
    }
    await catalogue.slices.write({**cleared, state_key(module): done.to_json()})
    catalogue.states[module] = done
    catalogue.note_written(module, cleared)
    catalogue.changed(module)


async def drop_tombstones(catalogue: Catalogue) -> None:
    """Deletes the rows that the cloud deleted, children before their parents, unless something still refers to them."""
    for module in catalogue.graph.deletion_order():
        wanted = set(catalogue.tombstones[module])
        if not wanted or catalogue.states[module].shadow:
            continue  # a shadow may still hold them; it takes over first
        live = catalogue.states[module].live
        batch = Batch(catalogue, module)
        for row_id in sorted(wanted - await _referred(catalogue, module, wanted)):
            writes, delta = catalogue.row_writes(module, live, row_id, None)
            await batch.add({**writes, tombstone_key(module, row_id): None}, delta)
        await batch.close()


async def drop_generations(catalogue: Catalogue) -> None:
    """Deletes what neither serves nor is being filled, a slice at a time."""
    for module in catalogue.graph.order:
        state = catalogue.states[module]
        for kind in ("r", "x"):
            after, before = span(f"{kind}/{module}/")
            while found := catalogue.rows.rows(after, before, 1):
                generation = generation_of(found[0][0])
                inside = span(f"{kind}/{module}/{generation:08d}/")
                if generation not in (state.live, state.shadow):
                    while keys := catalogue.rows.rows(*inside, DROP_ROWS):
                        await catalogue.slices.write(dict.fromkeys(key for key, _ in keys))
                after = inside[1]


def _generation_held(catalogue: Catalogue, module: str, row_id: str) -> int:
    held = catalogue.held(module, row_id)
    return 0 if held is None else held.generation


async def _referred(catalogue: Catalogue, module: str, wanted: set[str]) -> set[str]:
    """Which of these rows some row of another module refers to, in any generation: a shadow will serve too."""
    found: set[str] = set()
    for child in catalogue.graph.children(module):
        fields = [field for field, parent in catalogue.spec(child).refers.items() if parent == module]
        try:
            async for _, data in catalogue.walk(f"r/{child}/"):
                kept = json.loads(data)
                for field in fields:
                    value = kept.get(field)
                    if isinstance(value, str):
                        if value in wanted:
                            found.add(value)
                    elif value:
                        found |= wanted.intersection(value)
        except CorruptRecord:
            return wanted  # nobody can say: none of them goes
    return found
