"""Rows that were held back only because something that they refer to was missing: tried again once it may be there."""

from __future__ import annotations

from hub.cloud.apply import judged_row
from hub.cloud.batch import Batch
from hub.cloud.catalogue import Catalogue
from hub.cloud.keys import quarantine_key
from hub.cloud.modules.row import BadRow
from hub.cloud.pace import Pace


async def retry_held(catalogue: Catalogue) -> int:
    """Parents before children. How many rows came out of quarantine. Raises as `Rows.write`."""
    freed = 0
    pace = Pace()
    for module in catalogue.graph.order:
        if catalogue.states[module].shadow:
            continue  # it takes over first, and brings its own
        batch = Batch(catalogue, module)
        for row_id in sorted(catalogue.quarantined[module]):
            await pace.breathe()
            held = catalogue.held(module, row_id)
            live = catalogue.states[module].live
            if held is None or not held.missing or held.generation != live:
                continue
            try:
                data = judged_row(catalogue, module, row_id, held.row)
            except BadRow:
                continue
            writes, delta = catalogue.row_writes(module, live, row_id, data)
            await batch.add({**writes, quarantine_key(module, row_id): None}, delta)
            freed += 1
        await batch.close()
    return freed
