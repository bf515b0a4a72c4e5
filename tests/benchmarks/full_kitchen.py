"""A full kitchen: 200 open tickets of a lunch rush on one prep screen at 1080p, nine more screens attached.

Push to flip while orders come and change; a key's echo; what it costs while nothing happens.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pygame

from display.app.garbage import Collector
from display.app.options import Options
from display.app.screen import ScreenApp
from display.app.start import first_frame
from display.config import Config
from display.core.aging import NEW_S
from display.ui.input import Key
from heard.command import ChangeLine, Hold, Rush, Verb
from heard.order import Order
from heard.play.figures import percentile
from heard.play.menu import DEMO_MENU, load_menu
from heard.play.rush import lunch_rush
from heard.pos import Terminal
from tests.benchmarks import job, loop, screen_figures, workers
from tests.benchmarks.systems.base import Server
from tests.benchmarks.systems.heard_hub import HeardHub

OPEN = 200
OTHER_SCREENS = 9
PUSHES = 120
ECHOES = 60
RUSH_EVERY = 24
"""Pushes: 4 %, as in our lunch rush."""
GAP_S = 0.1
SETTLED_S = 4.0
"""Gaps are closed and nothing flashes any more. Idle is when no ticket is NEW any more, either: its header changes then."""
WAIT_S = 30.0
KEYS = ("1", "2", "enter", "page down", "page up")
"""Pick, pick another one, bump it, look at the next page and come back: each of them shows at once."""
KEY_GAP_S = 0.3
NEAR = 6
"""The oldest orders: they stand on the first page."""


def orders() -> Iterator[Order]:
    """As guests order them; the same each time."""
    counter = itertools.count(1)
    script = lunch_rush(load_menu(DEMO_MENU), Random(8), 1200.0, lambda: job.order_id(next(counter)))
    return (act.verb.order for act in script.acts if isinstance(act.verb, Hold))


class _Till:
    """Holds orders and changes those on the first page, one after another."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._orders = orders()
        self._open: list[Order] = []

    async def hold(self) -> None:
        order = next(self._orders)
        await self._terminal.hold(order)
        self._open.append(order)

    async def fill(self) -> None:
        for _ in range(OPEN):
            await self.hold()
        async with asyncio.timeout(WAIT_S):
            while self._terminal.waiting:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def push(self, number: int) -> None:
        """Half are new orders; the others change a ticket that stands on the page."""
        if number % 2 == 0:
            await self.hold()
            return
        order = self._open[number // 2 % NEAR]
        stored = self._terminal.orders[order.order_id]
        assert isinstance(stored, Order)
        await self._terminal.command(order.order_id, _change(stored, number))


def _change(order: Order, number: int) -> Verb:
    """A quantity up by one; or a rush that begins or ends, which moves its ticket to the front or back."""
    line = order.lines[number % len(order.lines)]
    if number % RUSH_EVERY == 5:
        return Rush(not order.rush)
    return ChangeLine(line.line_id, quantity_milli=line.quantity_milli + 1000)


async def _sell(folder: Path, address: str) -> float:
    """Fills the kitchen, then pushes; when the pushes began."""
    async with Terminal(device="till", journal=folder / "till", hub=address) as terminal:
        live = asyncio.Event()
        terminal.on_link(lambda state: live.set() if state.live else None)
        if not terminal.link.live:
            await live.wait()
        till = _Till(terminal)
        await till.fill()
        await asyncio.sleep(SETTLED_S)
        begun_s = time.monotonic()
        for number in range(PUSHES):
            await till.push(number)
            await asyncio.sleep(GAP_S)
        await asyncio.sleep(1.0)
    return begun_s


def _sold(folder: Path, address: str) -> float:
    """`_sell` in a process of its own, which gives way."""
    _gives_way(os.getpid())
    return loop.run(_sell(folder, address))


def _flips_ms(folder: Path, address: str, ledger: Path) -> list[float]:
    """Push to flip of the screen with that ledger, sorted."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as till:
        begun_s = till.submit(_sold, folder, address).result()
    return sorted(
        line["flip_ms"] for line in _lines(ledger) if line.get("flip_ms") and line["at_s"] >= begun_s
    )


def _gives_way(pid: int) -> None:
    """Each screen has a machine of its own: this process stays on one core, and runs there when the measured one leaves it.

    So the measured one has the others' caches as it left them, and none of its threads waits for a process that it would not have.
    """
    here = {max(os.sched_getaffinity(0))}
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(ProcessLookupError):  # it ended meanwhile
            os.sched_setaffinity(int(task.name), here)
            os.sched_setscheduler(int(task.name), os.SCHED_IDLE, os.sched_param(0))


async def _echoes_ms(folder: Path, address: str) -> list[float]:
    """From a key to the flip that shows it; on a screen in this process."""
    state = folder / "keys"
    state.mkdir()
    config = Config(station=job.STATION, hub=address)
    options = Options(config, headless=True, mdns=False, state=state, device="keys")
    output = await asyncio.to_thread(first_frame, options)
    app = ScreenApp(options, output)
    app.collector = Collector()
    flipped = asyncio.Event()
    present: Callable[[list[pygame.Rect]], None] = output.window.present
    at_s = 0.0

    def presented(rects: list[pygame.Rect]) -> None:
        nonlocal at_s
        present(rects)
        at_s = time.monotonic()
        if rects:
            flipped.set()

    output.window.present = presented  # type: ignore[method-assign,assignment]
    running = asyncio.create_task(app.run())
    found = []
    try:
        async with asyncio.timeout(WAIT_S):
            while not app.live_picture:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await asyncio.sleep(1.0)
        app.collector.start(time.monotonic())
        for number in range(ECHOES):
            flipped.clear()
            begun_s = time.monotonic()
            app.feed(Key(KEYS[number % len(KEYS)]))
            async with asyncio.timeout(WAIT_S):
                await flipped.wait()
            found.append((at_s - begun_s) * 1000)
            await asyncio.sleep(KEY_GAP_S)
    finally:
        app.collector.stop()
        app.stop()
        await running
    return sorted(found)


def _lines(ledger: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ledger.read_text().splitlines()]


def measure(folder: Path, rounds: int) -> dict[str, float]:
    """Medians over `rounds`."""
    found: dict[str, list[float]] = {
        name: []
        for name in (
            "open_flip_p95_ms",
            "open_echo_p95_ms",
            "open_echo_max_ms",
            "open_idle_percent",
            "open_rss_mb",
        )
    }
    for number in range(rounds):
        here = folder / str(number)
        here.mkdir()
        server = HeardHub().start(here)
        others = workers.screens(HeardHub.name, server.address, OTHER_SCREENS, processes=1)
        for pid in (server.process.pid, *(other.process.pid for other in others)):
            _gives_way(pid)
        screen: Server | None = None
        try:
            screen, ledger = screen_figures.a_screen(here, server.address, number)
            flips_ms = _flips_ms(here, server.address, ledger)
            echoes_ms = loop.run(_echoes_ms(here, server.address))
            found["open_flip_p95_ms"].append(percentile(flips_ms, 95) or 0.0)
            found["open_echo_p95_ms"].append(percentile(echoes_ms, 95) or 0.0)
            found["open_echo_max_ms"].append(echoes_ms[-1])
            time.sleep(NEW_S)
            found["open_idle_percent"].append(screen_figures.idle_percent(screen))
            found["open_rss_mb"].append(screen.rss_mb())
        finally:
            for other in others:
                other.__exit__()
            if screen is not None:
                screen.stop()
            server.stop()
    return {name: statistics.median(values) for name, values in found.items()}
