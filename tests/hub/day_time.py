"""A whole hub whose time a test moves: the machine's clock, the monotonic clock, and what NTP says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.hub.rpc.serving import Client, serving

HOUR_S = 3_600


@dataclass
class Sky:
    """Time of one machine at a place. `reads` is what its clock shows as it runs on; `later` lets time pass."""

    reads_ms: int
    zone: ZoneInfo
    monotonic_s: float = 1_000.0
    in_step: bool = False

    @classmethod
    def at(cls, local: str, zone: str = "Asia/Riyadh", *, in_step: bool = False) -> Sky:
        """At a local time, "2026-11-23T22:00"."""
        place = ZoneInfo(zone)
        return cls(
            int(datetime.fromisoformat(local).replace(tzinfo=place).timestamp() * 1000),
            place,
            in_step=in_step,
        )

    def later(self, hours: float) -> None:
        """So much time passes; all clocks run."""
        self.monotonic_s += hours * HOUR_S
        self.reads_ms += int(hours * HOUR_S * 1000)

    def clock_says(self, local: str) -> None:
        """Somebody or something sets the machine's clock."""
        self.reads_ms = int(datetime.fromisoformat(local).replace(tzinfo=self.zone).timestamp() * 1000)

    @asynccontextmanager
    async def hub(self, data: Path, **changes: Any) -> AsyncIterator[Client]:
        """A hub that serves under this sky."""
        changes.setdefault("time_zone", str(self.zone))
        async with serving(
            data, lambda: self.reads_ms, lambda: self.in_step, lambda: self.monotonic_s, **changes
        ) as client:
            yield client
