"""A real window under Xvfb with real keys and clicks (xdotool), a real hub and a till: what stands there is what was painted."""

from __future__ import annotations

import json
import os
import signal
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import pygame
import pytest

from heard.order import LineState, Order
from tests.display.golden import differing_blocks
from tests.fakes.hub_process import hub_process

ROOT = Path(__file__).parents[3]
SIZE = (1280, 720)
SOON_S = 15.0
TOOLS = ("Xvfb", "xdotool")


def until(true: Callable[[], object], what: str) -> None:
    """Wait for a condition."""
    end_s = time.monotonic() + SOON_S
    while not true():
        assert time.monotonic() < end_s, f"not within {SOON_S:g} s: {what}"
        time.sleep(0.02)


@dataclass
class Desk:
    """The running screen as a person at it has it."""

    process: subprocess.Popen[bytes]
    display: str
    framebuffer: Path
    png: Path
    ledger: Path

    def xdotool(self, *args: str) -> str:
        done = subprocess.run(
            ["xdotool", *args],
            env={**os.environ, "DISPLAY": self.display},
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
        return done.stdout.strip()

    def window(self) -> str:
        """The screen's window; without a window manager xdotool finds it by its class only."""
        ids = self.xdotool("search", "--class", ".*").splitlines()
        return next(one for one in ids if self.xdotool("getwindowname", one) == "Heard")

    def key(self, *names: str) -> None:
        for name in names:
            self.xdotool("key", name)

    def click(self, x: int, y: int) -> None:
        self.xdotool("mousemove", str(x), str(y), "click", "1")

    def panel(self) -> pygame.Surface:
        """What the X server shows: an XWD file whose header says where the pixels begin."""
        raw = self.framebuffer.read_bytes()
        head = struct.unpack(">25I", raw[:100])
        size, w, h, stride, colours = head[0], head[4], head[5], head[12], head[19]
        start = size + 12 * colours
        image = pygame.image.frombuffer(raw[start : start + stride * h], (stride // 4, h), "BGRA").copy()
        image.fill((0, 0, 0, 255), special_flags=pygame.BLEND_RGBA_ADD)  # X leaves the fourth byte empty
        return image.subsurface((0, 0, w, h))

    def picture(self) -> pygame.Surface:
        """The same picture without a window."""
        self.png.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        until(self.png.exists, "the picture")
        return pygame.image.load(self.png)

    def says(self, text: str) -> bool:
        """Whether the picture has this text."""
        self.picture()
        return f'"{text}"' in self.png.with_suffix(".json").read_text(encoding="utf-8")

    def painted(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.ledger.read_text(encoding="utf-8").splitlines()]


@contextmanager
def x_server(folder: Path) -> Iterator[str]:
    """An Xvfb of our own whose framebuffer is a file."""
    read, write = os.pipe()
    screen = f"{SIZE[0]}x{SIZE[1]}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", screen, "-nolisten", "tcp", "-fbdir", str(folder)],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            yield f":{answer.readline().strip()}"
    finally:
        server.terminate()
        server.wait(10)


@contextmanager
def screen(folder: Path, hub: str) -> Iterator[Desk]:
    """A prep screen of the grill in a window of its own X server."""
    with x_server(folder) as display:
        png, ledger = folder / "picture.png", folder / "ledger"
        environment = {**os.environ, "DISPLAY": display, "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
        environment.pop("SDL_VIDEODRIVER", None)
        paths = [str(folder / "state"), str(png), str(ledger)]
        (folder / "state").mkdir()
        with (folder / "screen.log").open("wb") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "tests.display.app.window_child", "grill", hub, *paths],
                cwd=ROOT,
                env=environment,
                stderr=log,
            )
        desk = Desk(child, display, folder / "Xvfb_screen0", png, ledger)
        try:
            until(lambda: desk.ledger.exists() and any(line.get("live") for line in desk.painted()), "live")
            desk.xdotool("windowfocus", "--sync", desk.window())
            yield desk
            child.terminate()
            assert child.wait(10) == 0, (folder / "screen.log").read_text()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait(10)


def hold(hub: str, folder: Path, count: int) -> list[str]:
    """A till holds orders and leaves."""
    code = f"""
import asyncio, sys
from pathlib import Path
from heard.order import Line, Order, OrderType
from heard.pos import Terminal

async def main():
    async with Terminal(device="T1", journal=Path({str(folder / "till.journal")!r}), hub={hub!r}) as till:
        for n in range({count}):
            line = Line("", item_id="kebab", name={{"en": "Lamb Kebab"}}, category="grills")
            print((await till.hold(Order("", type=OrderType.DINE_IN, table=str(n + 1), lines=(line,)))).order_id)
        while till.waiting:
            await asyncio.sleep(0.02)

asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.timeout(120)
def test_keys_and_clicks_in_a_real_window_and_the_panel_shows_the_picture(tmp_path: Path) -> None:
    missing = [tool for tool in TOOLS if which(tool) is None]
    if missing:
        pytest.skip(f"not here: apt-get install {' '.join(missing).lower()}")
    with hub_process(tmp_path) as hub, screen(tmp_path, hub.address) as desk:
        orders = hold(hub.address, tmp_path, 3)
        until(lambda: {line.get("order") for line in desk.painted()} >= set(orders), "three tickets painted")
        time.sleep(0.6)  # a key means the picture of half a second before

        tries, waits = 0, list[float]()
        while differing_blocks(desk.panel(), desk.picture()):  # an age may have rolled between the two
            tries += 1
            assert tries < 8, "the panel does not show the picture"

        def state(order_id: str) -> LineState:
            order = stored(hub.address, tmp_path, order_id)
            at = order.lines[0].at("grill") if order is not None else None
            return at.state if at is not None else LineState.UNSPECIFIED

        desk.key("1", "Return")
        until(lambda: state(orders[0]) is LineState.DONE, "key 1, Enter: bumped")
        desk.key("u")
        until(lambda: state(orders[0]) is LineState.QUEUED, "key U: taken back")
        time.sleep(0.8)
        desk.click(200, 75 * 3 // 4 + 20)  # the header of the first tile
        until(lambda: state(orders[0]) is LineState.DONE, "a click on the header: bumped")
        time.sleep(1.0)
        for opened in (True, False) * 3:
            pressed_s = time.monotonic()
            desk.key("r")
            until(lambda opened=opened: desk.says("RECALL") is opened, "key R: the recall list")  # type: ignore[misc]
            waits.append(time.monotonic() - pressed_s)
        assert statistics.median(waits) < 0.5, "a key wakes the screen; it does not wait for the next second"
        desk.key("r")
        until(lambda: desk.says("1 Lamb Kebab"), "the bumped ticket in it")
        desk.key("Return")
        until(lambda: state(orders[0]) is LineState.QUEUED, "key R, Enter: recalled")


def stored(hub: str, folder: Path, order_id: str) -> Order | None:
    """The order as a fresh watcher gets it from the hub."""
    code = f"""
import asyncio
from heard.link import Finder, Link
from heard.stream import View, ViewKind

async def main():
    link = Link(device="looker", view=View(ViewKind.EXPO), finder=Finder({hub!r}))
    await link.start()
    while not link.state.live:
        await asyncio.sleep(0.01)
    order = link.documents.get({order_id!r})
    print(int(order.lines[0].at("grill").state) if order is not None else "")
    await link.close()

asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    if not done.stdout.strip():
        return None
    from heard.order import Line, StationLine

    at = (StationLine("grill", LineState(int(done.stdout))),)
    return Order(order_id, lines=(Line("", stations=at),))
