"""At the pass: a whole expo screen, a whole prep screen and a till on a real hub, in the restaurant's words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from display.app.options import Options
from display.app.screen import ScreenApp
from display.app.start import first_frame
from display.config import Config
from display.core.draw import Group, Text
from display.ui.input import Key
from heard.order import Allergen, Line, LineState, Order, OrderType
from heard.pos import Terminal
from heard.stream import HeardState
from tests.fakes.hub_process import hub_process

WAIT_S = 30.0
SETTLE_S = 0.6  # a key means the picture of half a second before


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(WAIT_S):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@asynccontextmanager
async def a_screen(role: str, hub: str, folder: Path, station: str = "") -> AsyncIterator[ScreenApp]:
    """The running screen, without a window; what it paints counts."""
    state = folder / (station or role)
    await asyncio.to_thread(state.mkdir)
    config = Config(station=station, hub=hub)
    options = Options(
        config,
        (1280, 720),
        headless=True,
        count_headless=True,
        mdns=False,
        state=state,
        device=f"screen-{role}",
        role=role,
    )
    output = await asyncio.to_thread(first_frame, options)
    app = await asyncio.to_thread(ScreenApp, options, output)
    task = asyncio.create_task(app.run())
    try:
        await until(lambda: app.live_picture)
        yield app
    finally:
        app.stop()
        await task


def written(app: ScreenApp, prefix: str = "") -> str:
    """Everything that stands in the groups whose key begins so."""
    picture = app.picture
    groups = [op for op in picture.ops if isinstance(op, Group)] if picture is not None else []
    return " ".join(
        op.text
        for group in groups
        if group.key.startswith(prefix)
        for op in group.ops
        if isinstance(op, Text)
    )


async def press(app: ScreenApp, *names: str) -> None:
    """Keys of somebody who has looked first."""
    await asyncio.sleep(SETTLE_S)
    for name in names:
        app.feed(Key(name))


async def test_an_allergy_is_confirmed_and_an_order_goes_out_before_the_fries(tmp_path: Path) -> None:
    lines = (
        Line("l1", "tawook", {"en": "Shish Tawook"}, 2000, category="grills"),
        Line("l2", "fries", {"en": "Fries"}, category="fried"),
    )
    order = Order(
        "", type=OrderType.TAKEAWAY, lines=lines, allergens=(Allergen("nuts", {"en": "Nut allergy"}),)
    )
    with hub_process(tmp_path) as hub:
        async with (
            Terminal(device="T1", journal=tmp_path / "t1.journal", hub=hub.address) as till,
            a_screen("expo", hub.address, tmp_path) as expo,
            a_screen("prep", hub.address, tmp_path, "grill") as grill,
        ):
            held = await till.hold(order)
            card = held.order_id

            def heard(station: str) -> bool:
                value = till.heard(card).get(station)
                return value is not None and value.state is HeardState.HEARD

            await until(lambda: heard("grill") and heard("expo"))
            assert "0 of 2" in written(expo, card)
            await press(grill, "1", "enter")
            await until(lambda: "1 of 2" in written(expo, card))
            await press(expo, "1", "enter")
            await until(lambda: "CONFIRM the allergy first" in written(expo, "bottom"))
            await press(expo, "c")
            await until(lambda: "CONFIRMED" in written(expo, card))
            await press(expo, "enter")
            await until(lambda: "NOT READY: FRY 1 Fries" in written(expo, "bottom"))
            await asyncio.sleep(0.2)  # more than a double press
            await press(expo, "enter")
            await until(lambda: "SENT" in written(expo, card))
            await until(lambda: _state(till, card, "l2", "fry") is LineState.SENT)
            assert _state(till, card, "l1", "grill") is LineState.DONE
            await press(expo, "u")
            await until(lambda: "1 of 2" in written(expo, card))
            await until(lambda: _state(till, card, "l2", "fry") is LineState.QUEUED)


def _state(till: Terminal, order_id: str, line_id: str, station: str) -> LineState | None:
    order = till.orders.get(order_id)
    line = order.line(line_id) if isinstance(order, Order) else None
    at = line.at(station) if line is not None else None
    return at.state if at is not None else None
