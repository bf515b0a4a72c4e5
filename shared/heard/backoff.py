"""How long to wait before trying again: full jitter, so that all screens of a kitchen do not knock at once. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits spread evenly from `low_s` up to a ceiling that doubles with each failure until it is `high_s`."""

    low_s: float
    high_s: float
    first_s: float | None = None
    """Ceiling of the first wait; None: `high_s` at once, no growth."""

    def wait_s(self, failures: int, chance: float) -> float:
        """Seconds to wait after `failures` (1 is the first) in a row; `chance` is from [0, 1)."""
        ceiling = self.high_s
        if self.first_s is not None:
            # 2**30 is past every ceiling that makes sense, and keeps the float small.
            ceiling = min(self.high_s, self.first_s * 2.0 ** min(max(failures, 1) - 1, 30))
        return self.low_s + chance * max(0.0, ceiling - self.low_s)
