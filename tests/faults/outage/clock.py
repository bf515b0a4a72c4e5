"""A clock that several processes share, and one of them turns: how far it is ahead of the machine's, in a small file."""

from __future__ import annotations

import mmap
import struct
import time
from pathlib import Path

_AHEAD = struct.Struct("d")


class SharedClock:
    """Monotonic and wall time of a machine on which hours pass when the test says so."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(mmap.PAGESIZE))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), mmap.PAGESIZE)

    @property
    def ahead_s(self) -> float:
        return float(_AHEAD.unpack_from(self._map)[0])

    def later(self, seconds: float) -> None:
        """So much time passes for all of them."""
        _AHEAD.pack_into(self._map, 0, self.ahead_s + seconds)

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead_s

    def wall_ms(self) -> int:
        return time.time_ns() // 1_000_000 + int(self.ahead_s * 1000)
