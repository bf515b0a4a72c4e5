"""A small kitchen for fault tests: a hub process of its own, thin screens that bump, and tills that never stop selling."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from heard.command import Answer, Command, Hold, Outcome
from heard.ids import RANDOM_BITS, uuid7
from heard.link import Applied
from heard.order import Line, Order, OrderState, OrderType
from heard.play.compare import SentLine, SentOrder, Verdict, compare
from heard.play.menu import without_menu
from heard.play.own_hub import OwnHub
from heard.play.stage import Stage, staged
from heard.pos import Terminal
from heard.stream import HeardState, HeardValue
from tests.shared.heard.play.thin_screens import ThinScreen
from tests.waiting import until

STATIONS = ("grill", "fry")
WAITING_MAX = 30
"""Orders of one till that no hub has answered: it goes on selling while the hub is away, but a test must end."""


@dataclass
class Seller:
    """A till that sells without end, and what it was told."""

    terminal: Terminal
    random: Random
    sent: dict[str, SentOrder] = field(default_factory=dict)
    acknowledged: dict[str, Answer] = field(default_factory=dict)
    heard_ms: list[float] = field(default_factory=list)
    false_alarms: int = 0
    rev: int = 0
    """Newest revision that an answer rests on."""
    _since: dict[str, float] = field(default_factory=dict)
    _stations: dict[str, set[str]] = field(default_factory=dict)

    def listen(self) -> None:
        self.terminal.on_answer(self._answered)
        self.terminal.on_heard(self._heard)
        self.terminal.on_applied(self._applied)
        self._tasks: set[asyncio.Task[object]] = set()

    def _answered(self, command: Command, answer: Answer) -> None:
        self.rev = max(self.rev, answer.rev)
        if isinstance(command.verb, Hold):
            assert answer.outcome in (Outcome.DONE, Outcome.ALREADY), answer
            self.acknowledged[command.order_id] = answer

    def _heard(self, value: HeardValue) -> None:
        self.false_alarms += value.state is HeardState.NOT_HEARD
        missing = self._stations.get(value.order_id)
        if missing is not None and value.state is HeardState.HEARD:
            missing.discard(value.station)
            if not missing:
                del self._stations[value.order_id]
                self.heard_ms.append((time.monotonic() - self._since[value.order_id]) * 1000)

    def _applied(self, applied: Applied) -> None:
        for order in applied.puts:
            if isinstance(order, Order) and order.state is OrderState.READY:
                task: asyncio.Task[object] = asyncio.create_task(self.terminal.picked_up(order.order_id))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def sell(self, orders_per_s: float) -> None:
        """Until cancelled."""
        while True:
            if self.terminal.waiting < WAITING_MAX:
                await self.hold_at(*self.random.choice((("grill",), ("fry",), STATIONS)))
            await asyncio.sleep(self.random.expovariate(orders_per_s))

    async def hold_at(self, *stations: str) -> str:
        """One order for these stations; its id."""
        order_id = uuid7(time.time_ns() // 1_000_000, self.random.getrandbits(RANDOM_BITS))
        lines = tuple(
            Line(f"{order_id}.{place}", f"dish-{place}", {"en": f"Dish {place}"}, category=station)
            for place, station in enumerate(stations)
        )
        order = Order(order_id, type=OrderType.TAKEAWAY, lines=lines, aggregator_code=order_id[-12:])
        sent_lines = {
            line.line_id: SentLine(line.line_id, line.item_id, line.quantity_milli) for line in lines
        }
        self.sent[order_id] = SentOrder(order.aggregator_code, order_id, sent_lines)
        self._since[order_id] = time.monotonic()
        self._stations[order_id] = set(stations)
        await self.terminal.hold(order)
        return order_id


class Kitchen:
    """Everything in one folder. The hub may be killed, stopped and started again."""

    def __init__(
        self, stage: Stage, hub: OwnHub, screens: Sequence[ThinScreen], sellers: Sequence[Seller]
    ) -> None:
        self.stage = stage
        self.hub = hub
        self.screens = screens
        self.sellers = sellers

    @property
    def acknowledged_rev(self) -> int:
        return max(seller.rev for seller in self.sellers)

    async def right(self, rev: int, limit_s: float) -> float:
        """Until every screen is live and has what was acknowledged up to `rev`; seconds that it took."""
        start = time.monotonic()
        async with asyncio.timeout(limit_s):
            for screen in self.screens:
                await screen.reached(rev)
        return time.monotonic() - start

    async def quiet(self, limit_s: float) -> None:
        """Until every command is answered, and every screen has what they made and is empty."""
        begun_s = time.monotonic()
        await until(self._answered, limit_s)
        async with asyncio.timeout(limit_s):
            for screen in self.screens:  # an empty screen may be one that has not got them yet
                await screen.reached(self.acknowledged_rev)
        left_s = limit_s - (time.monotonic() - begun_s)
        await until(
            lambda: self._answered() and not any(screen.open for screen in self.screens),
            left_s,
            lambda: f"open: {[(screen.station, screen.open) for screen in self.screens]}",
        )

    def _answered(self) -> bool:
        return not any(seller.terminal.waiting for seller in self.sellers)

    async def verdict(self) -> Verdict:
        """Stops screens and hub, and compares what was sent, stored and painted."""
        for screen in self.screens:
            await screen.stop()
        await self.hub.stop()
        sent = [order for seller in self.sellers for order in seller.sent.values()]
        ledgers = {screen.station: screen.painted for screen in self.screens}
        return compare(sent, await self.hub.orders(), ledgers)


@contextlib.asynccontextmanager
async def kitchen(folder: Path, tills: int = 2, seed: int = 1) -> AsyncIterator[Kitchen]:
    """A running one; all processes and connections end with it."""
    menu = replace(without_menu(), site="Faults")
    async with staged(folder, menu, []) as stage, contextlib.AsyncExitStack() as stack:
        hub = OwnHub(stage.children, folder, menu)
        stage.address = (await hub.start()).address
        screens = [ThinScreen(station) for station in STATIONS]
        for screen in screens:
            await screen.start(stage)
            stack.push_async_callback(screen.stop)
        sellers = []
        for number in range(1, tills + 1):
            name = f"T{number}"
            till = Terminal(device=name, journal=folder / f"{name}.journal", hub=stage.address)
            await stack.enter_async_context(till)
            seller = Seller(till, Random(seed * 1000 + number))
            seller.listen()
            sellers.append(seller)
        yield Kitchen(stage, hub, screens, sellers)


@contextlib.asynccontextmanager
async def selling(sellers: Sequence[Seller], orders_per_s: float) -> AsyncIterator[None]:
    """Load: each till sells so many orders a second, with the gaps of chance."""
    tasks = [asyncio.create_task(seller.sell(orders_per_s)) for seller in sellers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        for one in done:
            if isinstance(one, Exception) and not isinstance(one, asyncio.CancelledError):
                raise one
