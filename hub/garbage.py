"""When Python looks for cyclic garbage: in quiet moments, not in the middle of a lunch.

An order is some hundred objects without a cycle, freed by their counts alone; looking through the thousands that are kept
costs a tenth of the hub's work under load, and pauses of 0.1 s and more. Cycles come from ended streams, some kilobytes
each, and can wait.
"""

from __future__ import annotations

import gc

QUIET_S = 30.0
"""Without a commit for so long, a pause of some 0.1 s disturbs nobody; screens wait 2.5 s for their heartbeat."""
EVERY_S = 600.0
AT_LATEST_S = 6 * 3600.0
"""In a kitchen that is never quiet."""
STREAMS_ENDED_MAX = 5_000
"""About 25 MB of garbage: screens that come and go all the time."""


class Collector:
    """Takes the collector over with `start`; `tick` about once a second; `stop` gives it back."""

    def __init__(self) -> None:
        self._collected_s = 0.0
        self._busy_s = 0.0
        self._rev = 0
        self._streams_ended = 0
        self.collections = 0

    def start(self, now_s: float) -> None:
        """What stands now, code above all, is not looked through any more."""
        gc.collect()
        gc.freeze()
        gc.disable()
        self._collected_s = self._busy_s = now_s

    def stop(self) -> None:
        """Back to Python's own way."""
        gc.unfreeze()
        gc.enable()

    def tick(self, now_s: float, rev: int, streams_ended: int) -> bool:
        """`rev` is the store's, `streams_ended` a total; True where it was collected now."""
        if rev != self._rev:
            self._rev, self._busy_s = rev, now_s
        since_s = now_s - self._collected_s
        due = since_s >= EVERY_S and now_s - self._busy_s >= QUIET_S
        if not due and since_s < AT_LATEST_S and streams_ended - self._streams_ended < STREAMS_ENDED_MAX:
            return False
        self._collected_s, self._streams_ended = now_s, streams_ended
        self.collections += 1
        gc.collect()
        return True
