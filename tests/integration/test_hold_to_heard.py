"""The straight line on real processes: a till holds, the hub commits, a screen paints, the till is told; faults come in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from heard.command import BumpLines, PaintedLine
from heard.link import Applied, Finder, JournalFile, Link
from heard.order import Line, LineState, Order, OrderState, OrderType
from heard.pos import Terminal
from heard.stream import Alive, HeardState, HeardValue, Painted, View, ViewKind
from tests.fakes.hub_process import hub_process
from tests.waiting import until


@asynccontextmanager
async def screen(folder: Path, hub: str, station: str = "grill") -> AsyncIterator[Link]:
    """A prep screen without pixels: it paints what comes, at once, and says so."""
    device = f"screen-{station}"
    link = Link(
        device=device,
        view=View(ViewKind.PREP, station),
        finder=Finder(hub),
        journal=await JournalFile.open(folder / f"{device}.journal", device=device),
        screen=True,
        headless=True,
        count_headless=True,
    )

    def paint(applied: Applied) -> None:
        shown = tuple((one.order_id, one.version) for one in applied.puts if isinstance(one, Order))
        if shown:
            link.painted(Painted(link.epoch, shown, whole_picture=applied.reset))
        link.alive(Alive(link.rev, link.digest))

    link.on_applied(paint)
    link.on_state(
        lambda state: (
            link.painted(
                Painted(link.epoch, tuple((k, d.version) for k, d in link.documents.items()), (), True)
            )
            if state.live
            else None
        )
    )
    await link.start()
    try:
        yield link
    finally:
        await link.close()


def an_order(*categories: str) -> Order:
    lines = tuple(
        Line(f"l{place}", f"dish-{place}", {"en": f"Dish {place}"}, category=category)
        for place, category in enumerate(categories)
    )
    return Order("", type=OrderType.TAKEAWAY, lines=lines)


def heard_at(till: Terminal, order_id: str, *stations: str) -> bool:
    states = till.heard(order_id)
    return all(station in states and states[station].state is HeardState.HEARD for station in stations)


async def test_hold_painted_heard_bumped_ready(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        async with (
            Terminal(device="T1", journal=tmp_path / "t1.journal", hub=hub.address) as till,
            screen(tmp_path, hub.address, "grill") as grill,
            screen(tmp_path, hub.address, "fry") as fry,
        ):
            await until(lambda: grill.state.live and fry.state.live)
            told: list[HeardValue] = []
            till.on_heard(told.append)
            accepted = await till.hold(an_order("grills", "fried"))
            await until(lambda: heard_at(till, accepted.order_id, "grill", "fry"))
            assert not any(value.state is HeardState.NOT_HEARD for value in told)
            for link, station in ((grill, "grill"), (fry, "fry")):
                order = link.documents[accepted.order_id]
                assert isinstance(order, Order)
                assert order.call_number == accepted.call_number
                lines = tuple(
                    PaintedLine(line.line_id, at.version)
                    for line in order.lines
                    if (at := line.at(station)) is not None and at.state is LineState.QUEUED
                )
                await link.command(accepted.order_id, BumpLines(station, lines))
            await until(
                lambda: accepted.order_id not in grill.documents and accepted.order_id not in fry.documents
            )
            await until(lambda: _state(till, accepted.order_id) is OrderState.READY)
            await until(lambda: not grill.pending)


def _state(till: Terminal, order_id: str) -> OrderState | None:
    found = till.orders.get(order_id)
    return found.state if isinstance(found, Order) else None


async def test_a_killed_hub_comes_back_with_everything_and_nothing_twice(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        port = int(hub.address.rpartition(":")[2])
        async with (
            Terminal(device="T1", journal=tmp_path / "t1.journal", hub=hub.address) as till,
            screen(tmp_path, hub.address) as grill,
        ):
            first = await till.hold(an_order("grills"))
            await until(lambda: heard_at(till, first.order_id, "grill"))
            hub.kill()
            while_away = [await till.hold(an_order("grills")) for _ in range(3)]
            with hub_process(tmp_path, port=port):
                for accepted in while_away:
                    await until(lambda one=accepted: heard_at(till, one.order_id, "grill"))  # type: ignore[misc]
                await until(lambda: till.waiting == 0)
                await until(lambda: len(grill.documents) == 4)
                numbers = {one.call_number for one in (first, *while_away)}
                assert len(numbers) == 4
                assert {
                    order.call_number for order in grill.documents.values() if isinstance(order, Order)
                } == numbers
