"""What Python does beside the picture: it looks for cyclic garbage behind a flip, and other threads give way to one soon.

A picture is some thousand objects without a cycle, freed by their counts alone; a look in the middle of a turn would be what a
cook waits for. Cycles come from closed connections and errors, some kilobytes each.
"""

from __future__ import annotations

import gc
import sys

YOUNG_MAX = 20_000
"""New objects after which the young ones are looked through: about a millisecond, some seconds apart in a rush."""
IDLE_S = 0.2
"""With so long to the next turn, a look disturbs nobody."""
SWITCH_S = 0.000_2
"""The journal's and gRPC's threads give the interpreter back after so long; Python's 5 ms is a whole flip."""
OLDER_EVERY_S = 30.0
ALL_EVERY_S = 600.0
"""A look through 200 tickets' tiles takes some ten milliseconds."""


class Collector:
    """Takes the collector over with `start`; `behind_flip` after each turn; `stop` gives it back."""

    def __init__(self) -> None:
        self._older_s = self._all_s = 0.0
        self._switch_s = sys.getswitchinterval()

    def start(self, now_s: float) -> None:
        """What stands now, code above all, is not looked through any more."""
        gc.collect()
        gc.freeze()
        gc.disable()
        sys.setswitchinterval(SWITCH_S)
        self._older_s = self._all_s = now_s

    def stop(self) -> None:
        """Back to Python's own way."""
        gc.unfreeze()
        gc.enable()
        sys.setswitchinterval(self._switch_s)

    def behind_flip(self, now_s: float, next_turn_s: float) -> None:
        """A turn is over; the next one is due at `next_turn_s`."""
        if gc.get_count()[0] > YOUNG_MAX:
            gc.collect(0)
        if next_turn_s - now_s < IDLE_S:
            return
        if now_s - self._all_s >= ALL_EVERY_S:
            self._all_s = self._older_s = now_s
            gc.collect()
        elif now_s - self._older_s >= OLDER_EVERY_S:
            self._older_s = now_s
            gc.collect(1)
