"""The guests' screens, headless at 1080p on a real hub: from the till's key to the flip, and what they cost while nothing happens."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from heard.cart import rung_up
from heard.order import Modifier, ModifierKind
from heard.play.figures import percentile
from heard.pos import Terminal
from heard.stream import Cart, CartAmount, CartLine
from tests.benchmarks import loop
from tests.benchmarks.screen_figures import idle_percent
from tests.benchmarks.systems.base import Server, spawn
from tests.benchmarks.systems.heard_hub import HeardHub

CHANGES = 100
GAP_S = 0.1
"""A fast cashier with a scanner: 10 changes a second."""
LINES_MAX = 12
WAIT_S = 20.0
TERMINAL = "T1"


def _screen(folder: Path, address: str, role: str) -> tuple[Server, Path]:
    ledger = folder / f"{role}.ledger"
    which = ["--terminal", TERMINAL] if role == "cart" else []
    command = [sys.executable, "-m", "heard", "display", role, *which, "--hub", address, "--no-mdns"]
    command += [
        "--headless",
        "--ledger",
        str(ledger),
        "--state",
        str(folder / role),
        "--device",
        f"bench-{role}",
    ]
    return Server(spawn(command, folder), address, folder), ledger


def _lines(ledger: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ledger.read_text().splitlines()] if ledger.exists() else []


def _live(ledger: Path) -> None:
    deadline = time.monotonic() + WAIT_S
    while not any(line.get("live") for line in _lines(ledger)):
        if time.monotonic() > deadline:
            raise RuntimeError(f"the screen was not live within {WAIT_S:g} s")
        time.sleep(0.01)


def a_cart(change: int) -> Cart:
    """A line more with each change, then from the start; every other line with a modifier."""
    cheese = Modifier("cheese", {"en": "Cheddar", "ar": "شيدر"}, ModifierKind.ADD, price_minor=300)
    lines = [
        CartLine(
            str(n), {"en": f"Dish {n}", "ar": f"طبق {n}"}, 1000 + 1000 * (n % 2), (cheese,) * (n % 2), 1800
        )
        for n in range(change % LINES_MAX + 1)
    ]
    return rung_up(lines, discounts=(CartAmount({"en": "Members", "ar": "الأعضاء"}, -100),))


async def _ring(folder: Path, address: str) -> dict[int, float]:
    """When the key of each revision was pressed."""
    pressed: dict[int, float] = {}
    async with Terminal(device=TERMINAL, journal=folder / "till", hub=address) as till:
        live = asyncio.Event()
        till.on_link(lambda state: live.set() if state.live else None)
        if not till.link.live:
            await live.wait()
        for change in range(CHANGES):
            pressed[change + 1] = time.monotonic()
            till.show_cart(a_cart(change))
            await asyncio.sleep(GAP_S)
        await asyncio.sleep(1.0)
    return pressed


def _key_to_flip_ms(pressed: dict[int, float], ledger: Path) -> list[float]:
    """Of each revision: until it, or a later one, stood on the screen."""
    flips = [(line["version"], line["at_s"]) for line in _lines(ledger) if "version" in line]
    return [
        (min(at_s for version, at_s in flips if version >= revision) - at) * 1000
        for revision, at in pressed.items()
    ]


def measure(folder: Path, rounds: int) -> dict[str, float]:
    """Medians over `rounds`."""
    found: dict[str, list[float]] = {
        name: [] for name in ("cart_p99_ms", "cart_idle_percent", "board_idle_percent", "cart_rss_mb")
    }
    system = HeardHub()
    for number in range(rounds):
        here = folder / str(number)
        here.mkdir()
        server = system.start(here)
        screens: list[Server] = []
        try:
            cart, ledger = _screen(here, server.address, "cart")
            screens.append(cart)
            _live(ledger)
            pressed = loop.run(_ring(here, server.address))
            found["cart_p99_ms"].append(percentile(sorted(_key_to_flip_ms(pressed, ledger)), 99) or 0.0)
            found["cart_idle_percent"].append(idle_percent(cart))
            found["cart_rss_mb"].append(cart.rss_mb())
            board, board_ledger = _screen(here, server.address, "board")
            screens.append(board)
            _live(board_ledger)
            time.sleep(1.0)
            found["board_idle_percent"].append(idle_percent(board))
        finally:
            for screen in screens:
                screen.stop()
            server.stop()
    return {name: statistics.median(values) for name, values in found.items()}
