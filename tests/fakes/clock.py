"""Clocks that a test turns by hand, or takes ahead."""

import time


class ManualClock:
    """Both clocks stand still until `advance`."""

    def __init__(self, monotonic_s: float = 1000.0, wall_ms: int = 1_764_000_000_000) -> None:
        self._monotonic_s = monotonic_s
        self._wall_ms = wall_ms

    def monotonic(self) -> float:
        return self._monotonic_s

    def wall_ms(self) -> int:
        return self._wall_ms

    def advance(self, seconds: float) -> None:
        """Both clocks go on."""
        self._monotonic_s += seconds
        self._wall_ms += round(seconds * 1000)

    def set_wall(self, wall_ms: int) -> None:
        """The wall clock jumps; the monotonic one does not."""
        self._wall_ms = wall_ms


class Hurry:
    """The screen's clocks: they run as the machine's, and a test may take them ahead. `wall_ms` None: right."""

    def __init__(self, wall_ms: int | None = None) -> None:
        self.ahead_s = 0.0
        self.wall = wall_ms
        self._still_s: float | None = None

    def stop(self) -> None:
        """From now on time goes by only when a test says so."""
        self._still_s = time.monotonic()

    def monotonic(self) -> float:
        return (time.monotonic() if self._still_s is None else self._still_s) + self.ahead_s

    def wall_ms(self) -> int:
        return self.wall if self.wall is not None else time.time_ns() // 1_000_000
