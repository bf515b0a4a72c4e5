"""The guests' screens as whole applications, without a window, against a hub on a real port."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pygame
import pytest

from display.app.options import Options
from display.app.screen import ScreenApp
from display.app.start import Output, first_frame
from display.config import Config
from display.core.draw import Group, Image, Text
from heard.order import Line, Order, OrderState, OrderType
from heard.stream import Live, PickUpCancelled
from tests.fakes.hub import FakeHub, hub_now_ms
from tests.waiting import until

SIZE = (800, 480)


@pytest.fixture
async def hub() -> AsyncIterator[FakeHub]:
    made = FakeHub()
    await made.start()
    yield made
    await made.stop()


def an_output(role: str, **settings: Any) -> Output:
    return first_frame(Options(Config(**settings), role=role, size=SIZE, headless=True))


@pytest.fixture(scope="module")
def outputs() -> dict[str, Output]:
    """Opening fonts reads files, which must not happen on a loop."""
    return {"board": an_output("board")}


@contextlib.asynccontextmanager
async def running(
    output: Output, hub: FakeHub, role: str, state: Path, **settings: Any
) -> AsyncIterator[ScreenApp]:
    options = Options(
        Config(hub=hub.address, terminal="T1" if role == "cart" else "", **settings),
        role=role,
        size=SIZE,
        headless=True, count_headless=True, mdns=False, state=state, device=f"{role}-1",
    )  # fmt: skip
    app = ScreenApp(options, output)
    task = asyncio.create_task(app.run())
    try:
        yield app
    finally:
        app.stop()
        await task


def written(app: ScreenApp) -> list[str]:
    found: list[str] = []
    for op in app.picture.ops if app.picture is not None else ():
        for one in op.ops if isinstance(op, Group) else (op,):
            if isinstance(one, Text):
                found.append(one.text)
            elif isinstance(one, Image):
                found.append(f"picture {Path(one.name).name}")
    return found


async def test_pictures_take_turns_and_are_read_in_a_thread(
    hub: FakeHub, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = tmp_path / "pictures"
    await asyncio.to_thread(folder.mkdir)
    for name, colour in (("a.png", "red"), ("b.png", "blue")):
        surface = pygame.Surface((640, 200))
        surface.fill(colour)
        await asyncio.to_thread(pygame.image.save, surface, folder / name)
    await asyncio.to_thread((folder / "broken.jpg").write_bytes, b"no picture")
    output = await asyncio.to_thread(an_output, "cart", pictures=str(folder), terminal="T1")
    settings = {"pictures": str(folder), "picture_every_s": 1.0}
    (state := tmp_path / "screen").mkdir()
    async with running(output, hub, "cart", state, **settings) as app:
        seen: list[tuple[int, ...]] = []
        for name in ("a.png", "b.png"):
            await until(lambda wanted=f"picture {name}": wanted in written(app))  # type: ignore[misc]
            seen.append(tuple(output.window.surface.get_at((400, 100)))[:3])
        assert seen == [(255, 0, 0), (0, 0, 255)]


def an_order(number: int, state: OrderState = OrderState.HELD, ready_at_ms: int = 0, **more: Any) -> Order:
    return Order(
        f"o{number}", str(number), OrderType.TAKEAWAY, lines=(Line("l", "i", {"en": "Dish"}),), state=state,
        held_at_ms=hub_now_ms(), ready_at_ms=ready_at_ms, **more,
    )  # fmt: skip


async def test_a_board_calls_a_number_and_reports_it(
    hub: FakeHub, outputs: dict[str, Output], tmp_path: Path
) -> None:
    hub.put(an_order(7))
    async with running(outputs["board"], hub, "board", tmp_path) as app:
        await until(lambda: app.live_picture and "7" in written(app))
        hub.put(an_order(8, OrderState.READY, hub_now_ms() - 3_000, pick_up_point="2"))
        await hub.wake()
        await until(lambda: "Counter 2" in written(app))
        await hub.until(lambda: any(("o8", 1) in one.newly_shown for one in hub.painted))
        hub.told["cancelled/o8"] = Live("cancelled/o8", "hub-1", 1, PickUpCancelled("o8"))
        hub.put(an_order(8, OrderState.PICKED_UP))
        await hub.wake()
        await until(lambda: "Please see the cashier" in written(app))
        await hub.stop()
        await until(lambda: any("Please ask at the counter" in one for one in written(app)))
        assert {"7", "8"} <= set(written(app)), "numbers stay"
