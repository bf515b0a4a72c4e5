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

from heard import cli
from heard.order import LineState
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


def focus(display: str, window: str) -> None:
    """Gives that window the keys. `windowfocus --sync` waits for ever where X took the wish for too early."""

    def ask(*words: str) -> str:
        environment = {**os.environ, "DISPLAY": display}
        return subprocess.run(
            ["xdotool", *words], env=environment, capture_output=True, text=True, check=False, timeout=20
        ).stdout.strip()

    def has_it() -> bool:
        ask("windowfocus", window)
        return ask("getwindowfocus", "-f") == window

    until(has_it, "the keys")


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
            timeout=20,
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

    def fingers(self, *steps: tuple[str, int, int, int, float]) -> None:
        """(what, finger, x, y, seconds before it); returns when all of them came."""
        file = self.png.with_name("fingers.json")
        file.write_text(json.dumps(steps), encoding="utf-8")
        self.process.send_signal(signal.SIGUSR2)
        until(lambda: not file.exists(), "the fingers")

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
            focus(display, desk.window())
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
    with (
        hub_process(tmp_path) as hub,
        screen(tmp_path, hub.address) as desk,
        watching(hub.address, tmp_path) as state,
    ):
        orders = hold(hub.address, tmp_path, 3)
        until(lambda: {line.get("order") for line in desk.painted()} >= set(orders), "three tickets painted")
        time.sleep(0.6)  # a key means the picture of half a second before

        tries, waits = 0, list[float]()
        while differing_blocks(desk.panel(), desk.picture()):  # an age may have rolled between the two
            tries += 1
            assert tries < 8, "the panel does not show the picture"

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
        time.sleep(0.6)
        desk.key("Return")
        until(lambda: state(orders[0]) is LineState.QUEUED, "key R, Enter: recalled")

        time.sleep(0.6)
        header = (200, 75 * 3 // 4 + 20)
        desk.fingers(*(("down", n, header[0] + 20 * n, header[1], 0.0) for n in range(5)))
        desk.fingers(*(("up", n, header[0] + 20 * n, header[1], 0.0) for n in range(5)))
        desk.fingers(
            ("down", 1, *header, 0.0), ("move", 1, header[0] + 90, header[1], 0.05), ("up", 1, *header, 0.05)
        )
        desk.fingers(("down", 1, *header, 0.0))
        until(lambda: desk.says("Rush"), "a finger that stays: its menu")
        desk.fingers(("up", 1, *header, 0.0))
        time.sleep(0.6)
        desk.fingers(("down", 1, 1000, 600, 0.0), ("up", 1, 1000, 600, 0.05))
        until(lambda: not desk.says("Rush"), "a tap outside: the menu is closed")
        assert [state(one) for one in orders] == [LineState.QUEUED] * 3, (
            "five fingers, a wipe and a closed menu bump nothing"
        )

        for key, value in (("keys", "kb1700"), ("grammar", "digit-bumps"), ("slots", "shifting")):
            setting = f"stations.grill.screen.{key}"
            assert cli.main(["config", "set", setting, value, "--data", str(tmp_path / "data")]) == 0
        until(lambda: desk.says("REDRAW"), "the keys of the station's new bar")
        time.sleep(0.6)
        held = ("--window", desk.window(), "1")
        desk.xdotool("keydown", *held)
        until(lambda: LineState.DONE in [state(one) for one in orders], "key 1 bumps at once")
        time.sleep(0.6)  # another ticket stands under 1 now
        desk.xdotool("keydown", *held, "keydown", *held, "keyup", *held)
        assert [state(one) for one in orders].count(LineState.DONE) == 1, "a held key bumps once"
        desk.key("2", "1")
        until(lambda: [state(one) for one in orders].count(LineState.DONE) == 3, "both others")


@contextmanager
def watching(hub: str, folder: Path) -> Iterator[Callable[[str], LineState]]:
    """How far the grill is with an order, as a watcher of the hub is told."""
    file = folder / "states.json"
    code = f"""
import asyncio, json, os
from heard.link import Finder, Link
from heard.stream import View, ViewKind

async def main():
    link = Link(device="looker", view=View(ViewKind.EXPO), finder=Finder({hub!r}))

    def write(_applied):
        states = {{one.order_id: int(one.lines[0].at("grill").state) for one in link.documents.values()}}
        with open({str(file)!r} + ".new", "w") as new:
            json.dump(states, new)
        os.replace({str(file)!r} + ".new", {str(file)!r})

    link.on_applied(write)
    await link.start()
    await asyncio.Event().wait()

asyncio.run(main())
"""
    child = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)

    def state(order_id: str) -> LineState:
        found = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        return LineState(found.get(order_id, 0))

    try:
        yield state
    finally:
        child.kill()
        child.wait(10)
