"""The real prep screen, headless at 1080p, on a real hub: push to flip, first frame, live, idle CPU and memory.

Without a panel the flip itself costs nothing; drawing, which is what a screen of ours does, is all there.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from heard.play.figures import percentile
from tests.benchmarks import job, loop
from tests.benchmarks.systems.base import Server, spawn
from tests.benchmarks.systems.heard_hub import HeardHub

ORDERS = 100
GAP_S = 0.1
IDLE_S = 8.0
"""Some turns of a second each; CPU time is exact to the nanosecond."""
WAIT_S = 20.0


def a_screen(folder: Path, address: str, number: int, *more: str) -> tuple[Server, Path]:
    """A screen of its own, and its ledger."""
    ledger = folder / f"ledger-{number}"
    command = [sys.executable, "-m", "heard", "display", "prep", "--station", job.STATION, "--hub", address]
    command += ["--headless", "--count-headless", "--ledger", str(ledger), "--no-mdns", *more]
    command += ["--state", str(folder / f"state-{number}"), "--device", f"bench-{number}"]
    return Server(spawn(command, folder), address, folder), ledger


def _lines(ledger: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ledger.read_text().splitlines()] if ledger.exists() else []


def _live(ledger: Path) -> float:
    """The moment of the first live picture."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        for line in _lines(ledger):
            if line.get("live"):
                return float(line["at_s"])
        time.sleep(0.002)
    raise RuntimeError(f"the screen was not live within {WAIT_S:g} s")


def _first_frame_ms(folder: Path) -> float:
    """From the start of the process to its first picture: the screen's own start, timed from outside."""
    program = (
        "import sys, time\n"
        "import display.ui.window as window\n"
        "shown = window.Memory.present\n"
        "def present(self, *given):\n"
        "    shown(self, *given); print(time.monotonic(), flush=True); raise SystemExit\n"
        "window.Memory.present = present\n"
        "from heard import cli\n"
        "cli.main(sys.argv[1:])\n"
    )
    arguments = [
        "display",
        "prep",
        "--station",
        job.STATION,
        "--hub",
        "127.0.0.1:1",
        "--headless",
        "--no-mdns",
    ]
    arguments += ["--state", str(folder / "first")]
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=False,
    )
    return (float(done.stdout.split()[0]) - begun) * 1000


async def _hold(address: str, number: int) -> None:
    """Orders one by one, as a till sends them."""
    system = HeardHub()
    acked = asyncio.Event()
    till = await system.till(address, number, lambda seq: acked.set())
    for seq in range(number * ORDERS, (number + 1) * ORDERS):
        acked.clear()
        till.send(seq, job.payload(seq))
        await acked.wait()
        await asyncio.sleep(GAP_S)
    await till.close()


def idle_percent(screen: Server) -> float:
    """Of a core, while nothing happens."""
    cpu, begun = screen.cpu_s(), time.monotonic()
    time.sleep(IDLE_S)
    return (screen.cpu_s() - cpu) / (time.monotonic() - begun) * 100


def measure(folder: Path, rounds: int) -> dict[str, float]:
    """Medians over `rounds` screens."""
    system = HeardHub()
    found: dict[str, list[float]] = {
        name: []
        for name in ("flip_p95_ms", "display_idle_percent", "display_rss_mb", "first_frame_ms", "live_ms")
    }
    server = system.start(folder)
    try:
        for number in range(rounds):
            found["first_frame_ms"].append(_first_frame_ms(folder))
            begun = time.monotonic()
            screen, ledger = a_screen(folder, server.address, number, "--cook", "instant")
            try:
                started = begun + found["first_frame_ms"][-1] / 1000
                found["live_ms"].append((_live(ledger) - started) * 1000)
                loop.run(_hold(server.address, number))
                flips = sorted(line["ms"] for line in _lines(ledger) if "order" in line)
                found["flip_p95_ms"].append(percentile(flips, 95) or 0.0)
                time.sleep(1.0)
                found["display_idle_percent"].append(idle_percent(screen))
                found["display_rss_mb"].append(screen.rss_mb())
            finally:
                screen.stop()
    finally:
        server.stop()
    return {name: statistics.median(values) for name, values in found.items() if values}
