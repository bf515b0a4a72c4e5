"""Hours of ordinary load: memory, files and descriptors of hub and screen stay where they were, and nothing is lost."""

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.displays import display, until
from tests.faults.kitchen import kitchen, selling

MINUTES = float(os.environ.get("HEARD_SOAK_MINUTES", "60"))
ORDERS_PER_S = 1.0
"""Of each till; two of them are four very busy shops."""
WARM_UP_SHARE = 0.25
"""Caches fill and the log grows to its kept length; after that nothing may grow."""
SAMPLE_S = 5.0
MEMORY_MB_PER_HOUR = 8.0
MEMORY_MB = 6.0
"""Noise of the allocator."""
DESCRIPTORS = 4

pytestmark = [pytest.mark.soak, pytest.mark.timeout(int(MINUTES * 60) + 180)]


@dataclass(frozen=True)
class Sample:
    """One look at a process."""

    at_s: float
    rss_mb: float
    descriptors: int


def look(pid: int) -> Sample:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    rss = next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    return Sample(time.monotonic(), rss / 1024, len(list(Path(f"/proc/{pid}/fd").iterdir())))


def slope_mb_per_hour(samples: list[Sample]) -> float:
    """Least squares."""
    mean_s = sum(one.at_s for one in samples) / len(samples)
    mean_mb = sum(one.rss_mb for one in samples) / len(samples)
    over = sum((one.at_s - mean_s) * (one.rss_mb - mean_mb) for one in samples)
    under = sum((one.at_s - mean_s) ** 2 for one in samples)
    return over / under * 3600 if under else 0.0


async def test_nothing_grows(tmp_path: Path) -> None:
    seen: dict[str, list[Sample]] = {"hub": [], "screen": []}
    async with kitchen(tmp_path) as here:
        with display(tmp_path, here.stage.address, name="soaked") as screen:
            await asyncio.to_thread(until, lambda: screen.turned(True), 20, "the screen is live")
            assert here.hub.at is not None
            pids = {"hub": here.hub.at.pid, "screen": screen.process.pid}
            end_s = time.monotonic() + MINUTES * 60
            async with selling(here.sellers, ORDERS_PER_S):
                while time.monotonic() < end_s:
                    await asyncio.sleep(SAMPLE_S)
                    for name, pid in pids.items():
                        seen[name].append(await asyncio.to_thread(look, pid))
            await here.quiet(60)
        sent = sum(len(seller.sent) for seller in here.sellers)
        verdict = await here.verdict()
    for name, samples in seen.items():
        steady = samples[int(len(samples) * WARM_UP_SHARE) :]
        slope = slope_mb_per_hour(steady)
        grown = steady[-1].rss_mb - steady[0].rss_mb
        print(
            f"{name}: {steady[0].rss_mb:.1f} -> {steady[-1].rss_mb:.1f} MB, {slope:+.1f} MB/h, "
            f"{steady[0].descriptors} -> {steady[-1].descriptors} descriptors, {sent} orders"
        )
        assert grown <= MEMORY_MB + MEMORY_MB_PER_HOUR * MINUTES / 60, name
        assert steady[-1].descriptors <= steady[0].descriptors + DESCRIPTORS, name
    assert not verdict.findings
