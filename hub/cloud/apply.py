"""A page into the catalogue: every row is judged first, then all is written in slices, the cursor with the last of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hub.cloud.batch import Batch
from hub.cloud.catalogue import Catalogue
from hub.cloud.keys import quarantine_key, tombstone_key
from hub.cloud.modules.row import BadRow, Fields
from hub.cloud.pace import Pace
from hub.cloud.page import Page
from hub.cloud.settle import finish_shadow
from hub.cloud.state import Held, ModuleState

BAD_SHARE_MAX = 0.05
"""More bad rows than this on a page is a fault of the cloud, not of a row: the module stops where it is."""
BAD_ROWS_FREE = 1
"""One bad row never stops a module, however short its page."""
ROW_BYTES_MAX = 64 << 10
REASON_EXAMPLES = 3
HELD_BYTES_MAX = 16 << 10
ROWS_MAX = 1_000_000
"""Of one module: half a GiB of the store at most. A cloud gone wrong must not take the room of the orders."""
QUARANTINE_MAX = 5_000
"""Rows of one module that are kept for people to look at; one more stops the module."""


class TooManyBadRows(Exception):
    """The page is not applied; the text has examples."""


@dataclass(frozen=True, slots=True)
class _Judged:
    row_id: str
    data: bytes | None
    held: Held | None


async def apply(catalogue: Catalogue, page: Page, *, from_start: bool, wall_ms: int) -> None:
    """The page and its cursor, on disk when this returns; with `from_start` into a fresh shadow generation.

    May be repeated. Raises TooManyBadRows, and as `Rows.write`: then the cursor stands where it stood.
    """
    module = page.module
    state = catalogue.states[module]
    if from_start:
        state = replace(
            state,
            shadow=max(state.live, state.shadow) + 1,
            shadow_cursor="",
            shadow_rows=0,
            reset_wanted=False,
        )
    there = state.shadow_rows if state.shadow else state.rows
    if there + len(page.changes) > ROWS_MAX:
        raise TooManyBadRows(f"{module} has more than {ROWS_MAX} rows, which is more than a site can need")
    judged = await _judge(catalogue, page, state, wall_ms)
    await _write(catalogue, page, judged, state, wall_ms)
    if catalogue.states[module].shadow and not page.more:
        await finish_shadow(catalogue, module)


async def _judge(catalogue: Catalogue, page: Page, state: ModuleState, wall_ms: int) -> list[_Judged]:
    pace = Pace()
    found: list[_Judged] = []
    bad: list[str] = []
    for row_id, row in page.changes.items():
        await pace.breathe()
        if row is None:
            found.append(_Judged(row_id, None, None))
            continue
        try:
            found.append(_Judged(row_id, judged_row(catalogue, page.module, row_id, row), None))
        except BadRow as error:
            held = _held(row, str(error), wall_ms, state.target, missing=isinstance(error, Dangling))
            found.append(_Judged(row_id, None, held))
            bad.append(f"{row_id}: {error}")
    if len(bad) > max(BAD_ROWS_FREE, BAD_SHARE_MAX * len(page.changes)):
        examples = "; ".join(bad[:REASON_EXAMPLES])
        raise TooManyBadRows(f"{len(bad)} of {len(page.changes)} rows cannot be used, such as {examples}")
    if len(bad) + len(catalogue.quarantined[page.module]) > QUARANTINE_MAX:
        raise TooManyBadRows(f"more than {QUARANTINE_MAX} rows are in quarantine, the newest {bad[-1]}")
    return found


class Dangling(BadRow):
    """The row itself is well; something that it refers to is not there."""


def judged_row(catalogue: Catalogue, module: str, row_id: str, row: Mapping[str, Any]) -> bytes:
    """What is stored of a good row. Raises BadRow, Dangling."""
    spec = catalogue.spec(module)
    fields = Fields(row)
    spec.read(row_id, fields)
    parents = catalogue.graph.parents[module]
    for field, parent, parent_id in spec.references(fields.kept):
        if parent in parents and not catalogue.has(parent, parent_id):
            raise Dangling(f"{field} is {parent_id}, which is not in {parent}")
    data = json.dumps(fields.kept, ensure_ascii=False, separators=(",", ":")).encode()
    if len(data) > ROW_BYTES_MAX:
        raise BadRow(f"it has {len(data)} bytes, more than {ROW_BYTES_MAX}")
    return data


def _held(row: Mapping[str, Any], reason: str, wall_ms: int, generation: int, *, missing: bool) -> Held:
    held = Held(reason[:300], wall_ms, generation, missing, row)
    return held if len(held.to_json()) <= HELD_BYTES_MAX else replace(held, row={}, missing=False)


async def _write(
    catalogue: Catalogue, page: Page, judged: list[_Judged], state: ModuleState, wall_ms: int
) -> None:
    batch = Batch(catalogue, page.module, state)
    for one in judged:
        await batch.add(*_change(catalogue, page.module, state.target, one))
    place = "shadow_cursor" if state.shadow else "cursor"
    await batch.close(**{place: page.cursor, "changed_wall_ms": wall_ms})


def _change(
    catalogue: Catalogue, module: str, generation: int, one: _Judged
) -> tuple[dict[str, bytes | None], int]:
    beside = catalogue.beside(module, one.row_id)
    if one.held is not None:  # the old row stays
        return {**beside, quarantine_key(module, one.row_id): one.held.to_json()}, 0
    if one.data is None and catalogue.graph.children(module):
        if catalogue.raw(module, generation, one.row_id) is None:
            # It may still stand in the generation that serves while this one is being filled.
            beside.pop(tombstone_key(module, one.row_id), None)
            return beside, 0
        return {**beside, tombstone_key(module, one.row_id): b""}, 0  # it goes when nothing refers to it
    writes, delta = catalogue.row_writes(module, generation, one.row_id, one.data)
    return {**beside, **writes}, delta
