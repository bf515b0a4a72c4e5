"""A clock that a test turns by hand."""


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
