"""What a demo shows of food that was made already: a ticket is taken back at a second screen of its station, a dish is made once more."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

from heard.command import PaintedLine, RecallLines
from heard.link import Finder, JournalFile, Link
from heard.order import LineState, Order, OrderState
from heard.play.stage import Stage
from heard.play.tills import Till, Tills
from heard.stream import View, ViewKind

RECALL_AT, REMAKE_AT, LATEST_AT = 0.5, 0.6, 0.72
"""Of the demo. Later the kitchen could not make it again before the end."""
LOOK_EVERY_S = 0.1
REASON = "dropped"
TAKEN_BACK = "recall"
"""The verb in an order's history."""


async def encores(stage: Stage, tills: Tills, station: str, seconds: float) -> None:
    """Both, each of an order of its own; what does not come about by LATEST_AT is left out."""
    began_s = time.monotonic()
    done: set[str] = set()

    def at(share: float) -> float:
        return began_s + share * seconds

    async with _second_screen(stage, station) as screen:
        await asyncio.sleep(max(0.0, at(RECALL_AT) - time.monotonic()))
        while time.monotonic() < at(LATEST_AT):
            order = _newest(tills, station, lambda one: one.order_id not in done)
            if order is not None:
                await screen.command(order.order_id, RecallLines(station, _made(order, station)))
                done.add(order.order_id)
                if await _shown(tills, order.order_id, TAKEN_BACK):
                    break
            await asyncio.sleep(LOOK_EVERY_S)
    await asyncio.sleep(max(0.0, at(REMAKE_AT) - time.monotonic()))
    while time.monotonic() < at(LATEST_AT):
        order = _newest(tills, station, lambda one: one.order_id not in done)
        till = _till_of(tills, order) if order is not None else None
        if order is not None and till is not None:
            await till.terminal.remake(order.order_id, [_made(order, station)[0].line_id], REASON)
            return
        await asyncio.sleep(LOOK_EVERY_S)


@contextlib.asynccontextmanager
async def _second_screen(stage: Stage, station: str) -> AsyncIterator[Link]:
    """A cook's way to the hub from another screen of the station; it paints nothing, so it counts for nothing."""
    device = f"play-{station}-2"
    journal = await JournalFile.open(stage.folder / f"{device}.journal", device=device)
    link = Link(
        device=device,
        view=View(ViewKind.PREP, station=station),
        finder=Finder(stage.address),
        journal=journal,
    )
    await link.start()
    try:
        yield link
    finally:
        await link.close()


def _made(order: Order, station: str) -> tuple[PaintedLine, ...]:
    """What the station has done of it, as it stands there now."""
    found = [(line, line.at(station)) for line in order.lines if not line.voided]
    return tuple(
        PaintedLine(line.line_id, at.version)
        for line, at in found
        if at is not None and at.state is LineState.DONE
    )


def _newest(tills: Tills, station: str, fits: Callable[[Order], bool]) -> Order | None:
    """The order that was made last at the station and was not fetched yet; nothing of it was taken back before."""
    found = [
        one
        for one in tills.seen.values()
        if one.state in (OrderState.HELD, OrderState.STARTED, OrderState.READY)
        and not one.courses
        and not any(entry.verb == TAKEN_BACK for entry in one.history)
        and _made(one, station)
        and fits(one)
    ]
    return max(found, key=lambda one: one.changed_at_ms, default=None)


async def _shown(tills: Tills, order_id: str, verb: str) -> bool:
    """Whether the hub did it: seen in the order's history within a second."""
    for _ in range(10):
        if any(entry.verb == verb for entry in tills.seen[order_id].history):
            return True
        await asyncio.sleep(LOOK_EVERY_S)
    return False


def _till_of(tills: Tills, order: Order) -> Till | None:
    return next((one for one in tills.tills if one.terminal.device == order.terminal), None)
