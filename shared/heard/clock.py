"""The two clocks of a process: monotonic for elapsed time, wall for people. Nothing is ordered by the wall clock."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Where a shell reads time; cores get it as an argument."""

    def monotonic(self) -> float:
        """Seconds that never jump."""
        ...

    def wall_ms(self) -> int:
        """Unix time in ms, as wrong as the machine's clock."""
        ...


class SystemClock:
    """The machine's clocks."""

    def monotonic(self) -> float:
        return time.monotonic()

    def wall_ms(self) -> int:
        return time.time_ns() // 1_000_000
