"""Does the kitchen feel the cloud? Hold to received with the cloud there, with its line cut, and while the backlog goes up.

A hub and the reference cloud, a process each; the first two take turns in one run. A hand that never rests asks the hub to push at once,
so that each round has calls in it, or their failures.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from heard.errors import UserError
from hub.admin.access import read_access
from hub.commands.running import RunningHub
from hub.store.layout import DataDir
from tests.benchmarks import loop
from tests.benchmarks.rounds import LOW_RATE, WARM_UP_ORDERS, Bench
from tests.benchmarks.sync_figures import HUB, SyncedHub
from tests.benchmarks.systems.base import READY_S, STOP_S, output_of, spawn

ROUNDS = 3
SCREENS = 8
ASK_EVERY_S = 0.25
BACKLOG_ROUNDS_MAX = 20

Say = Callable[[str], None]


class Cloud:
    """The reference cloud, which comes and goes on one address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._logs = folder / "cloud-logs"
        self._logs.mkdir()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    @property
    def secret(self) -> Path:
        return self._folder / "cloud" / f"{HUB}.token"

    def plug(self) -> None:
        ready = self._folder / "cloud.json"
        ready.unlink(missing_ok=True)
        port = self.url.rpartition(":")[2] or "0"
        command = [sys.executable, "-m", "heard", "cloud", "--data", str(self._folder / "cloud")]
        self._process = spawn(
            [*command, "--hub", HUB, "--port", port, "--ready-file", str(ready)], self._logs
        )
        until = time.monotonic() + READY_S
        while not ready.exists():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the cloud did not start: {output_of(self._logs)}")
            time.sleep(0.05)
        self.url = str(json.loads(ready.read_text())["url"])

    def unplug(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(STOP_S)
            self._process = None


def measure(folder: Path, orders: int, say: Say) -> dict[str, float]:
    """The figures of goal 10. RuntimeError where nothing was pushed."""
    cloud = Cloud(folder)
    cloud.plug()
    try:
        system = SyncedHub(cloud.url, cloud.secret)
        server = system.start_on(folder, folder / "data")
        try:
            loop.run(system.listening(server))
            hub = RunningHub(folder / "data", read_access(DataDir(folder / "data").admin))
            with Bench(system, server, SCREENS, heard=False) as bench, _asking(hub):
                return _rounds(bench, cloud, hub, orders, say)
        finally:
            server.stop()
    finally:
        cloud.unplug()


def _rounds(bench: Bench, cloud: Cloud, hub: RunningHub, orders: int, say: Say) -> dict[str, float]:
    bench.round(WARM_UP_ORDERS, LOW_RATE * 5)
    plugged, unplugged, draining = [], [], []
    for number in range(1, ROUNDS + 1):
        say(f"  round {number} of {ROUNDS}: the cloud there, its line cut, the backlog going up")
        plugged.append(bench.round(orders, LOW_RATE).p(99))
        if _pending(hub) > orders // 2:
            raise RuntimeError("nothing is pushed")
        cloud.unplug()
        unplugged.append(bench.round(orders, LOW_RATE).p(99))
        bench.round(orders * 5)  # as fast as it goes: hours of sales
        before = _pending(hub)
        cloud.plug()
        draining.append(bench.round(orders // 2, LOW_RATE).p(99))
        if _pending(hub) >= before:
            raise RuntimeError("the backlog does not go up")
        for _ in range(BACKLOG_ROUNDS_MAX):
            if not _pending(hub):
                break
            time.sleep(1)
    return {
        "push.plugged_p99_ms": statistics.median(plugged),
        "push.unplugged_p99_ms": statistics.median(unplugged),
        "push.draining_p99_ms": statistics.median(draining),
    }


def _pending(hub: RunningHub) -> int:
    return int(hub.get("orders/outbox", state="not-synced", limit=1)["pending"])


@contextlib.contextmanager
def _asking(hub: RunningHub) -> Iterator[None]:
    """Somebody who wants all of it pushed now, again and again."""
    done = threading.Event()

    def ask() -> None:
        while not done.wait(ASK_EVERY_S):
            with contextlib.suppress(UserError):
                hub.post("orders/retry", all=True)

    thread = threading.Thread(target=ask, name="bench-push-ask")
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
