"""The hub's own time line: milliseconds that never fall, over restarts and reboots too. Pure.

It starts at the wall clock or at the stored mark, whichever is later, and then follows the monotonic clock alone: a wall
clock that jumps moves no age.
"""

from __future__ import annotations


class Timeline:
    """`mark_ms` is the highest time of this line that is known to have been used before."""

    def __init__(self, mark_ms: int, wall_ms: int, monotonic_s: float) -> None:
        self.behind_mark = wall_ms < mark_ms
        """True when the wall clock stood before the mark: it cannot be right."""
        self._start_ms = max(mark_ms, wall_ms)
        self._start_s = monotonic_s

    def now_ms(self, monotonic_s: float) -> int:
        """Now on the time line."""
        return self._start_ms + max(0, int((monotonic_s - self._start_s) * 1000))
