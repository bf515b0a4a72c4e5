"""The two kinds of runs: a low rate for latency, and as fast as it goes for throughput."""

from __future__ import annotations

import contextlib
import os
import signal
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from heard.play.figures import percentile
from tests.benchmarks import loop, workers
from tests.benchmarks.systems.base import Server, System

NANO_PER_MS = 1_000_000
LOW_RATE = 20
"""Orders a second of the latency runs: four times a very busy shop."""
LIMIT_S = 60.0
WARM_UP_ORDERS = 40


@dataclass(slots=True)
class Round:
    """What one run of one system gave. Latencies in ms, CPU in µs an order."""

    orders: int
    screens: int
    received_ms: list[float] = field(default_factory=list)
    heard_ms: list[float] = field(default_factory=list)
    acked_ms: list[float] = field(default_factory=list)
    orders_per_s: float = 0.0
    deliveries_per_s: float = 0.0
    cpu_us_per_order: float = 0.0
    missing: int = 0
    counters: dict[str, float] = field(default_factory=dict)
    rss_mb: float = 0.0

    @property
    def cpu_us_per_delivery(self) -> float:
        return self.cpu_us_per_order / self.screens

    def p(self, percent: float, heard: bool = False) -> float:
        return percentile(sorted(self.heard_ms if heard else self.received_ms), percent) or 0.0


@contextlib.contextmanager
def running(system: System, folder: Path | None = None) -> Iterator[Server]:
    """A fresh server of that system, ready for the job."""
    with tempfile.TemporaryDirectory(prefix=f"bench-{system.name}-", ignore_cleanup_errors=True) as made:
        server = system.start(folder or Path(made))
        try:
            loop.run(_ready(system, server))
            yield server
        finally:
            server.stop()


async def _ready(system: System, server: Server) -> None:
    await system.listening(server)
    await system.prepare(server)


class Bench:
    """A running server with its tills and screens connected; rounds follow one another."""

    def __init__(
        self, system: System, server: Server, screens: int, *, processes: int = 2, heard: bool = False
    ) -> None:
        self.system = system
        self.server = server
        self.screens = screens
        self._next = 1
        self._stack = contextlib.ExitStack()
        try:
            self.screen_workers = workers.screens(system.name, server.address, screens, processes)
            for one in self.screen_workers:
                self._stack.enter_context(one)
            tills = 1 if heard else system.tills
            self._tills = self._stack.enter_context(
                workers.Worker(
                    role="tills", system=system.name, address=server.address, count=tills, heard=heard
                )
            )
            workers.expect([self._tills], "ready")
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def round(self, orders: int, rate: int = 0, *, stopped: int | None = None) -> Round:
        """Play `orders` orders at `rate` a second (0: as fast as acks allow). `stopped`: this screen process is frozen."""
        first, self._next = self._next, self._next + orders
        live = [one for place, one in enumerate(self.screen_workers) if place != stopped]
        if stopped is not None:
            os.kill(self.screen_workers[stopped].process.pid, signal.SIGSTOP)
        try:
            for one in live:
                one.ask(first=first, orders=orders, limit_s=LIMIT_S, detail=bool(rate))
            workers.expect(live, "armed")
            before = self.system.counters(self.server)
            cpu = self.server.cpu_s()
            start = time.monotonic_ns()
            self._tills.ask(first=first, orders=orders, rate=rate, limit_s=LIMIT_S)
            answers = [one.answer() for one in live]
            cpu = self.server.cpu_s() - cpu
            sent = self._tills.answer()
        finally:
            if stopped is not None:
                os.kill(self.screen_workers[stopped].process.pid, signal.SIGCONT)
        after = self.system.counters(self.server)
        counts = [count for answer in answers for count in answer["counts"]]
        begun = min(sent["sent_ns"], default=start)
        ended = max((at for answer in answers for at in answer["last_ns"]), default=begun)
        seconds = max(1e-9, (ended - begun) / 1e9)
        found = Round(
            orders=orders,
            screens=len(counts),
            orders_per_s=min(counts, default=0) / seconds,
            deliveries_per_s=sum(counts) / seconds,
            cpu_us_per_order=cpu * 1e6 / orders,
            missing=orders * len(counts) - sum(counts),
            counters={name: (after[name] - before.get(name, 0.0)) / orders for name in after},
            rss_mb=self.server.rss_mb(),
        )
        for answer in answers:
            for times in answer.get("times", ()):
                found.received_ms += [
                    (at - begin) / NANO_PER_MS for at, begin in zip(times, sent["sent_ns"], strict=True) if at
                ]
        found.acked_ms = _since(sent["acked_ns"], sent["sent_ns"])
        found.heard_ms = _since(sent["heard_ns"], sent["sent_ns"])
        return found


def _since(ends: list[int], begins: list[int]) -> list[float]:
    return [(end - begin) / NANO_PER_MS for end, begin in zip(ends, begins, strict=True) if end]


def median_of(rounds: list[Round], percent: float, heard: bool = False) -> float:
    """The median over rounds of one percentile."""
    return statistics.median(one.p(percent, heard) for one in rounds)
