"""Kitchen screens without a picture: they report everything as painted at once, write the ledger, and bump what they painted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from heard.command import BumpLines, PaintedLine
from heard.link import Applied, Finder, JournalFile, Link, LinkState
from heard.order import Order
from heard.play.compare import PaintedTile
from heard.play.screen_ledger import ScreenLedger
from heard.play.stage import Stage
from heard.stream import Alive, Painted, View, ViewKind
from heard.ticket import tickets

ALIVE_EVERY_S = 0.5


class ThinScreen:
    """One of them."""

    def __init__(self, station: str) -> None:
        self.station = station
        self.cooks = True
        """Bumps what it painted."""
        self.forgets = False
        """Keeps no ledger: as a screen that painted nothing."""
        self.painted: list[PaintedTile] = []
        self._link: Link | None = None
        self._moved = asyncio.Event()
        self._work: asyncio.Queue[Order] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, stage: Stage) -> None:
        device = f"thin-{self.station}"
        journal = await JournalFile.open(stage.folder / f"{device}.journal", device=device)
        self._link = link = Link(
            device=device,
            view=View(ViewKind.PREP, station=self.station),
            finder=Finder(stage.address),
            journal=journal,
            screen=True,
            headless=True,
            count_headless=True,
        )
        live = asyncio.Event()
        link.on_applied(self._applied)
        link.on_state(lambda state: self._state(state, live))
        await link.start()
        async with asyncio.timeout(10):
            await live.wait()
        self._tasks = [asyncio.create_task(self._alive()), asyncio.create_task(self._cook())]

    def _state(self, state: LinkState, live: asyncio.Event) -> None:
        assert self._link is not None
        self._moved.set()
        if state.live:
            live.set()
            shown = tuple((order_id, doc.version) for order_id, doc in self._link.documents.items())
            self._link.painted(Painted(self._link.epoch, shown, whole_picture=True))

    def _applied(self, applied: Applied) -> None:
        assert self._link is not None
        self._moved.set()
        orders = [doc for doc in applied.puts if isinstance(doc, Order)]
        for order in orders:
            tiles = tickets(order, self.station)
            if not self.forgets:
                self.painted += [PaintedTile(order.order_id, order.version, tile.batch) for tile in tiles]
            self._work.put_nowait(order)
        if orders:
            self._link.painted(
                Painted(self._link.epoch, tuple((one.order_id, one.version) for one in orders))
            )

    @property
    def open(self) -> int:
        """Orders that stand on it."""
        return len(self._link.documents) if self._link is not None else 0

    async def reached(self, rev: int) -> None:
        """Until it is live and its picture stands at `rev` or later."""
        assert self._link is not None
        while not (self._link.state.live and self._link.rev >= rev):
            self._moved.clear()
            await self._moved.wait()

    async def _alive(self) -> None:
        while True:
            assert self._link is not None
            self._link.alive(Alive(self._link.rev))
            await asyncio.sleep(ALIVE_EVERY_S)

    async def _cook(self) -> None:
        while True:
            order = await self._work.get()
            assert self._link is not None
            lines = [line for tile in tickets(order, self.station) for line in tile.lines if line.open]
            if lines and self.cooks:
                named = tuple(PaintedLine(line.line.line_id, line.at.version) for line in lines)
                await self._link.command(order.order_id, BumpLines(self.station, named))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._link is not None:
            await self._link.close()


class ThinScreens:
    """A part of a play, in the place of real screens."""

    def __init__(self, stations: Sequence[str]) -> None:
        self.screens = [ThinScreen(station) for station in stations]

    async def start(self, stage: Stage) -> None:
        for screen in self.screens:
            await screen.start(stage)

    async def stop(self, stage: Stage) -> None:
        del stage
        for screen in self.screens:
            await screen.stop()

    def ledgers(self) -> dict[str, ScreenLedger]:
        return {screen.station: ScreenLedger(tuple(screen.painted), (), ()) for screen in self.screens}
