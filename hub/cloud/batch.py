"""Changes of one module on their way to the disk: gathered into slices, each with the module's state beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hub.cloud.catalogue import Catalogue
from hub.cloud.keys import state_key
from hub.cloud.pace import Pace
from hub.cloud.state import ModuleState


class Batch:
    """`add` changes of different rows, then `close`. The number of rows is true after every slice, and so after a crash.

    A row must not be added twice: what is on disk decides what is written.
    """

    def __init__(self, catalogue: Catalogue, module: str, state: ModuleState | None = None) -> None:
        self._catalogue = catalogue
        self._module = module
        self._state = state or catalogue.states[module]
        self._writes: dict[str, bytes | None] = {}
        self._pace = Pace()

    async def add(self, writes: Mapping[str, bytes | None], delta: int = 0) -> None:
        """Writes that belong together, and by how much they change the number of rows. Raises as `Rows.write`."""
        if self._writes and len(self._writes) + len(writes) >= self._catalogue.slices.keys_max:
            await self._flush()
        self._writes.update(writes)
        if delta and self._state.shadow:
            self._state = replace(self._state, shadow_rows=self._state.shadow_rows + delta)
        elif delta:
            self._state = replace(self._state, rows=self._state.rows + delta)
        await self._pace.breathe()

    async def close(self, **changes: Any) -> None:
        """The last slice; these fields of the state change with it. Raises as `Rows.write`."""
        self._state = replace(self._state, **changes)
        if self._writes or self._state != self._catalogue.states[self._module]:
            await self._flush()

    async def _flush(self) -> None:
        catalogue, module, state = self._catalogue, self._module, self._state
        await catalogue.slices.write({**self._writes, state_key(module): state.to_json()})
        before = catalogue.states[module]
        # A look-up may have found a damaged row meanwhile.
        wanted = state.reset_wanted or (before.reset_wanted and not state.shadow)
        catalogue.states[module] = self._state = replace(state, reset_wanted=wanted)
        catalogue.note_written(module, self._writes)
        self._writes = {}
        self._pace.rested()
        if not state.shadow:
            catalogue.changed(module)
