"""How the catalogue is worked on beside a busy kitchen: some milliseconds at a time, with rests between them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from hub.store.seam import Rows

WORK_S_MAX = 0.001
"""On the event loop at a time; a hold that comes meanwhile waits no longer."""
REST_SHARE = 2.0
"""Rest so many times as long as it worked: at most a third of one core."""
REST_S_MAX = 0.01
"""Whatever else was waited for in between was no work of ours and needs no rest."""
SLICE_S_MAX = 0.002
"""Of puts in one transaction of the one writer."""
SLICE_KEYS_FIRST = 100
SLICE_KEYS_MIN = 10
SLICE_KEYS_MAX = 1_000
FULL_SHARE = 0.8
"""A slice that was filled so far tells whether larger ones fit; what belongs together is not cut to fill it to the last key."""
SLICE_REST_S_MAX = 0.05
"""After a slice, so that its fsync is seldom in the way of an order's; longer would starve a slow card's first sync."""


class Pace:
    """For one piece of long work on the loop: `await breathe()` after each small step of it."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    async def breathe(self) -> None:
        """Rests when it is time to."""
        worked_s = time.perf_counter() - self._since
        if worked_s >= WORK_S_MAX:
            await asyncio.sleep(min(REST_S_MAX, worked_s * REST_SHARE))
            self.rested()

    def rested(self) -> None:
        """Something else was waited for: what others did meanwhile does not count."""
        self._since = time.perf_counter()


class Slices:
    """Writes in slices that fit SLICE_S_MAX on this machine's disk and processor."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.keys_max = SLICE_KEYS_FIRST

    async def write(self, rows: Mapping[str, bytes | None]) -> None:
        """One slice, on disk when it returns. Raises as `Rows.write`."""
        started = time.perf_counter()
        put_s = await self._rows.write(rows)
        if put_s > SLICE_S_MAX:
            self.keys_max = max(SLICE_KEYS_MIN, self.keys_max // 2)
        elif put_s < SLICE_S_MAX / 2 and len(rows) >= self.keys_max * FULL_SHARE:
            self.keys_max = min(SLICE_KEYS_MAX, self.keys_max * 5 // 4)
        took_s = time.perf_counter() - started
        await asyncio.sleep(min(SLICE_REST_S_MAX, took_s * REST_SHARE))
