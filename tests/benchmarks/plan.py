"""What is measured: every run of every system, gathered into figures by name."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import (
    full_kitchen,
    guest_figures,
    loop,
    push_figures,
    restart_figures,
    screen_figures,
    store_figures,
    sync_figures,
)
from tests.benchmarks.rounds import LOW_RATE, WARM_UP_ORDERS, Bench, Round, running
from tests.benchmarks.systems import SYSTEMS
from tests.benchmarks.systems.base import System

OURS = "heard"
OPERATIONS = "heard_grpc_operations_total"
COMMITS = "heard_store_commits_total"
BURST_RATE = 200
"""Orders a second while a screen is stopped: enough that its buffers fill."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much of each; medians are taken over `rounds`."""

    rounds: int
    low_orders: int
    max_orders: dict[int, int]
    burst_orders: int
    stored_many: int
    store_rounds: int
    log_entries: int
    restarts: int
    items: int
    barcodes: int
    sync_orders: int


FULL = Size(3, 200, {8: 8000, 32: 3000, 128: 1200}, 1000, 1_000_000, 40, 100_000, 3, 50_000, 80_000, 400)
QUICK = Size(1, 60, {8: 2000, 32: 500, 128: 200}, 300, 20_000, 8, 20_000, 1, 5_000, 8_000, 100)
FAN_OUT_PEERS = ("redis", "nats")
"""The peers that goal 3 names; the others are asked with 8 screens only."""

Say = Callable[[str], None]


class Plan:
    """Runs everything and keeps the figures. A figure has the median of its rounds."""

    def __init__(self, size: Size, say: Say) -> None:
        self._size = size
        self._say = say
        self._samples: dict[str, list[float]] = {}
        self.single: dict[str, float] = {}

    @property
    def figures(self) -> dict[str, float]:
        return {name: statistics.median(found) for name, found in self._samples.items()} | self.single

    def note(self, name: str, value: float) -> None:
        self._samples.setdefault(name, []).append(value)

    def rounds(self, systems: Iterable[System]) -> None:
        """Round by round through all systems, so that a slow moment of the machine hits all of them."""
        for number in range(self._size.rounds):
            for system in systems:
                self._say(f"round {number + 1} of {self._size.rounds}: {system.name}")
                self._low(system)
                self._max(system)

    def _low(self, system: System) -> None:
        ours = system.name == OURS
        with running(system) as server, Bench(system, server, 8, heard=ours) as bench:
            bench.round(WARM_UP_ORDERS, LOW_RATE * 5)
            found = bench.round(self._size.low_orders, LOW_RATE)
        name = _prefix(system) + "low"
        self.note(f"{name}.p50_ms", found.p(50))
        self.note(f"{name}.p99_ms", found.p(99))
        self._missing(name, found)
        if ours:
            self.note("low.heard_p50_ms", found.p(50, heard=True))
            self.note("low.heard_p99_ms", found.p(99, heard=True))
            self.note("low.cpu_us", found.cpu_us_per_order)
            self._counter("low.operations", found, OPERATIONS)
            self._counter("low.commits", found, COMMITS)

    def _max(self, system: System) -> None:
        for screens, orders in self._size.max_orders.items():
            if screens > 8 and system.name not in (OURS, *FAN_OUT_PEERS):
                continue
            with running(system) as server, Bench(system, server, screens) as bench:
                bench.round(WARM_UP_ORDERS)
                found = bench.round(orders)
            name = f"{_prefix(system)}max{screens}"
            self.note(f"{name}.orders_per_s", found.orders_per_s)
            self.note(f"{name}.deliveries_per_s", found.deliveries_per_s)
            self.note(f"{name}.cpu_us", found.cpu_us_per_order)
            self.note(f"{name}.cpu_us_per_delivery", found.cpu_us_per_delivery)
            self._missing(name, found)
            if system.name == OURS:
                self._counter(f"{name}.commits", found, COMMITS)
                self._counter(f"{name}.operations", found, OPERATIONS)

    def _missing(self, name: str, found: Round) -> None:
        """Deliveries that never came; a rate or a latency without them would flatter."""
        self.note(f"{name}.missing", found.missing)
        if found.missing:
            self._say(f"  {name}: {found.missing} deliveries did not come")

    def _counter(self, figure: str, found: Round, counter: str) -> None:
        if counter in found.counters:
            self.note(figure, found.counters[counter])

    def only_ours(self) -> None:
        """Memory, open tickets, and a stopped screen."""
        ours = SYSTEMS[OURS]
        self._say("memory with 128 screens")
        with running(ours) as server, Bench(ours, server, 128) as bench:
            self.note("rss128_mb", bench.round(200, BURST_RATE).rss_mb)
        for _ in range(self._size.rounds):
            self._say("open tickets")
            with running(ours) as server, Bench(ours, server, 8) as bench:
                bench.round(100)
                self.note("open100.cpu_us", bench.round(200, BURST_RATE).cpu_us_per_order)
                bench.round(700)
                self.note("open1000.cpu_us", bench.round(200, BURST_RATE).cpu_us_per_order)
            self._say("a stopped screen")
            with running(ours) as server, Bench(ours, server, 8, processes=8) as bench:
                bench.round(WARM_UP_ORDERS, BURST_RATE)
                self.note("unstopped.p99_ms", bench.round(self._size.burst_orders, BURST_RATE).p(99))
                self.note("stopped.p99_ms", bench.round(self._size.burst_orders, BURST_RATE, stopped=7).p(99))

    def store(self) -> None:
        """The store alone."""
        self._say(f"the store with 1,000 and {self._size.stored_many:,} orders")
        with tempfile.TemporaryDirectory(prefix="bench-store-") as folder:
            size = self._size
            measured = store_figures.measure(Path(folder), size.stored_many, size.store_rounds, self._say)
            self.single |= loop.run(measured)

    def restart(self) -> None:
        self._say(f"a hub with {self._size.log_entries:,} log entries")
        with tempfile.TemporaryDirectory(prefix="bench-restart-") as folder:
            self.single |= restart_figures.measure(Path(folder), self._size.log_entries, self._size.restarts)

    def sync(self) -> None:
        self._say("a hub and its cloud")
        size = self._size
        with tempfile.TemporaryDirectory(prefix="bench-sync-") as folder:
            self.single |= sync_figures.measure(
                Path(folder), size.items, size.barcodes, size.sync_orders, self._say
            )

    def push(self) -> None:
        self._say("a hub and a cloud that comes and goes")
        with tempfile.TemporaryDirectory(prefix="bench-push-") as folder:
            self.single |= push_figures.measure(Path(folder), self._size.sync_orders, self._say)

    def screen(self) -> None:
        self._say("the kitchen screen")
        with tempfile.TemporaryDirectory(prefix="bench-screen-") as folder:
            self.single |= screen_figures.measure(Path(folder), self._size.rounds)
        self._say("a full kitchen")
        with tempfile.TemporaryDirectory(prefix="bench-full-") as folder:
            self.single |= full_kitchen.measure(Path(folder), self._size.rounds)
        self._say("the guests' screens")
        with tempfile.TemporaryDirectory(prefix="bench-guests-") as folder:
            self.single |= guest_figures.measure(Path(folder), self._size.rounds)


def _prefix(system: System) -> str:
    return "" if system.name == OURS else f"{system.name}."
