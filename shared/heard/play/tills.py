"""POS terminals that play a script: real ones, each with its journal, sending at real spacing or as fast as screens allow."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from heard.command import Answer, Command, Hold, MarkPickedUp
from heard.errors import UserError
from heard.link import LOOPBACK_PLAINTEXT, Applied, Credentials, LinkState
from heard.order import Order, OrderState, VoidAnswer
from heard.play.cashier import ring_up
from heard.play.compare import SentOrder
from heard.play.figures import Tally
from heard.play.open_tickets import OpenTickets
from heard.play.script import Act, Script, due_in_real_s, promised, sent_order
from heard.play.sent import apply, refused
from heard.play.to_come import OF_FETCHING, WHEN_READY, ToCome
from heard.pos import Terminal
from heard.stream import HeardState, HeardValue

TILLS_MAX = 50
"""Each is a thread, a journal and two streams in this process."""
FIRST_LIVE_S = 5.0
"""For a hub to answer a till at the start."""
AWAY_S = 20.0
"""All tills without the hub for so long: it went away. A restart takes a second or two."""
IDLE_END_S = 30.0
"""At the end: nothing more was heard, answered or bumped for so long."""
LOOK_EVERY_S = 0.05
UNDER_WAY_MAX = 500
"""Commands of one till that the hub has not answered; at full speed it waits here while the hub is away."""


@dataclass(slots=True)
class Settings:
    """How to play. `speed` None: as fast as `open_max` allows."""

    speed: float | None = 1.0
    open_max: int = 200
    cooked: bool = True
    """Somebody bumps, so every ticket leaves its screen in the end."""
    seconds: float = float("inf")
    """After so long it is over once every order was heard, although tickets may still stand on the screens."""
    carts_in: str = ""
    """The first till shows its guests the cart in this currency; "": none does."""
    fetch_after_s: float = 0.0
    """A ready order is picked up by its guest so much later."""


@dataclass(slots=True)
class Till:
    """One terminal and what it still has to do."""

    terminal: Terminal
    acts: Sequence[Act]
    live: bool = False
    lost_since_s: float | None = None
    fetching: set[asyncio.Task[object]] = field(default_factory=set)


class Tills:
    """All tills of a play. Start, play, settle, close; then `sent`, `tally` and the rest hold what happened."""

    def __init__(
        self,
        folder: Path,
        address: str,
        names: Sequence[str],
        script: Script,
        settings: Settings,
        credentials: Credentials = LOOPBACK_PLAINTEXT,
    ) -> None:
        self._settings = settings
        self._address = address
        self.script = script
        self.tally = Tally()
        self.open = OpenTickets(())
        self.sent: dict[str, SentOrder] = {}
        self.seen: dict[str, Order] = {}
        """Newest version of each order that the hub showed."""
        self.accept_ms: list[float] = []
        self.void_answers: dict[tuple[str, str], VoidAnswer] = {}
        """What the kitchen said of a voided line, by line and station."""
        self.changes: Counter[str] = Counter()
        """What the hub took of the script beside the holds, by verb."""
        self._to_come = ToCome(script)
        self.refused = 0
        self.refusals: list[str] = []
        self.held = 0
        self.failed: BaseException | None = None
        self._start_s = self._changed_s = time.monotonic()
        self._due_s = 0.0
        """When the last scheduled order comes to the kitchen."""
        self._moved = asyncio.Event()
        self._room = asyncio.Event()
        self._fetched: set[str] = set()
        self._on_held: list[Callable[[int], None]] = []
        parts = script.per_till(len(names))
        self.tills = [
            Till(
                Terminal(
                    device=name, journal=folder / f"{name}.journal", hub=address, credentials=credentials
                ),
                acts,
            )
            for name, acts in zip(names, parts, strict=True)
        ]

    async def start(self) -> None:
        """Every till is live; UserError when no hub answers."""
        for till in self.tills:
            await till.terminal.start()
            self._listen(till)
        try:
            async with asyncio.timeout(FIRST_LIVE_S):
                await self._until(lambda: all(till.terminal.link.live for till in self.tills))
        except TimeoutError:
            why = next(till.terminal.link.reason for till in self.tills if not till.terminal.link.live)
            hint = f"{why}; is it running, and is the address right?"
            raise UserError(f"no hub answers at {self._address}", hint, 1) from None

    def _listen(self, till: Till) -> None:
        till.terminal.on_heard(self._heard)
        till.terminal.on_answer(lambda command, answer: self._answered(till, command, answer))
        till.terminal.on_applied(lambda applied: self._applied(till, applied))
        till.terminal.on_link(lambda state: self._link(till, state))
        self._link(till, till.terminal.link)

    def on_held(self, told: Callable[[int], None]) -> None:
        """`told` gets the number of orders accepted so far, after each."""
        self._on_held.append(told)

    # What the hub tells.

    def _heard(self, value: HeardValue) -> None:
        for one in value.voided:
            self.void_answers[one.line_id, value.station] = one.answer
        again = value.state is HeardState.NOT_HEARD  # told over and over, with a growing age
        self.tally.value(value, time.monotonic() if again else self._move())

    def _answered(self, till: Till, command: Command, answer: Answer) -> None:
        self._move()
        self._judge(command, answer)
        for order_id in self._to_come.answered(command, answer):
            self._fetch(till, order_id)

    def _judge(self, command: Command, answer: Answer) -> None:
        if refused(answer):
            if isinstance(command.verb, MarkPickedUp):
                self._fetched.discard(
                    command.order_id
                )  # changed meanwhile: it comes back when it is ready again
                return
            self.refused += 1
            if isinstance(command.verb, Hold):
                self.refusals.append(f"{command.order_id}: {answer.message}")
        else:
            apply(self.sent, command.order_id, command.verb, answer)
            if not isinstance(command.verb, OF_FETCHING):
                self.changes[command.verb.name] += 1

    def _applied(self, till: Till, applied: Applied) -> None:
        if not (applied.puts or applied.removes):
            return  # live values come by on_heard
        now_s = self._move()
        for document in applied.puts:
            if isinstance(document, Order):
                self.seen[document.order_id] = document
                self.open.put(document)
                self.tally.routed(document, now_s)
                for line in document.lines:
                    for at in line.stations if line.voided else ():
                        if at.void_answer:
                            self.void_answers[line.line_id, at.station] = at.void_answer
                self._fetch(till, document.order_id)
        for order_id in applied.removes:
            self.open.gone(order_id)
            self.tally.gone(order_id, now_s)
            if into := self._to_come.gone(order_id):
                self._fetch(till, into)
        self._make_room()

    def _make_room(self) -> None:
        if self.open.most < self._settings.open_max:
            self._room.set()
        else:
            self._room.clear()

    def _link(self, till: Till, state: LinkState) -> None:
        till.live = state.live
        till.lost_since_s = None if state.live else till.lost_since_s or time.monotonic()

    def _fetch(self, till: Till, order_id: str) -> None:
        """The guest takes a ready order, once nothing more is to happen to it."""
        order = self.seen.get(order_id)
        if order is None or order.state is not OrderState.READY or order_id in self._fetched:
            return
        if (verb := self._to_come.now_ready(order)) is not None:
            self._spawn(till, till.terminal.command(order_id, verb))
            return
        if not self._to_come.over(order):
            return
        self._fetched.add(order_id)

        async def fetch() -> None:
            await asyncio.sleep(self._settings.fetch_after_s)
            newest = self.seen[order_id]
            if newest.state is not OrderState.READY or not self._to_come.over(
                newest
            ):  # recalled, or added to
                self._fetched.discard(order_id)
                return
            if not newest.paid:
                await till.terminal.pay(order_id, newest.totals.total_minor, "card")
            await till.terminal.picked_up(order_id)

        self._spawn(till, fetch())

    @staticmethod
    def _spawn(till: Till, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        till.fetching.add(task)
        task.add_done_callback(till.fetching.discard)

    # What the tills do.

    async def play(self) -> None:
        """Do every act. Raises what a till raised."""
        self._make_room()
        self._start_s = time.monotonic()
        carts = asyncio.create_task(self._show_carts())
        try:
            async with asyncio.TaskGroup() as group:
                for till in self.tills:
                    group.create_task(self._play(till))
            await carts
        finally:
            carts.cancel()

    async def _show_carts(self) -> None:
        speed, currency, first = self._settings.speed, self._settings.carts_in, self.tills[0]
        if currency and speed:
            await ring_up(first.terminal, first.acts, self._start_s, speed, currency)

    async def _play(self, till: Till) -> None:
        speed = self._settings.speed
        for act in till.acts:
            if isinstance(act.verb, WHEN_READY):
                continue
            if speed is None:
                await self._room.wait()
                await self._until(lambda: till.terminal.waiting < UNDER_WAY_MAX)
            else:
                await asyncio.sleep(max(0.0, self._start_s + act.at_s / speed - time.monotonic()))
            await self._act(till, act)

    async def _act(self, till: Till, act: Act) -> None:
        begun_s = time.monotonic()
        speed = self._settings.speed
        self._due_s = max(self._due_s, begun_s + due_in_real_s(act, speed))
        verb = promised(act, time.time_ns() // 1_000_000, speed)
        if isinstance(verb, Hold):
            order = verb.order
            self.sent[order.order_id] = sent_order(order)
            self.tally.held(order.order_id, begun_s)
            self.open.held(order.order_id)
            self._make_room()
            await till.terminal.hold(order)
            self.held += 1
            for told in self._on_held:
                told(self.held)
        else:
            await till.terminal.command(act.order_id, verb)
        self.accept_ms.append((time.monotonic() - begun_s) * 1000)

    # How it ends.

    @property
    def waiting(self) -> int:
        """Commands that no hub has answered yet."""
        return sum(till.terminal.waiting for till in self.tills)

    @property
    def hub_away(self) -> bool:
        """No till has had the hub for AWAY_S."""
        limit_s = time.monotonic() - AWAY_S
        return all(till.lost_since_s is not None and till.lost_since_s < limit_s for till in self.tills)

    @property
    def complete(self) -> bool:
        """Nothing is under way any more: all answered, all heard, and where somebody cooks, all bumped and fetched."""
        if self.waiting:
            return False
        if not self._settings.cooked:
            return len(self.tally.unsettled) == self.tally.behind() and not self.open.under_way
        if time.monotonic() >= self._start_s + self._settings.seconds:
            return self.tally.settled
        return self.tally.settled and self.open.none and not any(till.fetching for till in self.tills)

    async def settle(self) -> bool:
        """Wait until the play is complete; False when it is not, but nothing has moved for IDLE_END_S."""
        await self._until(
            lambda: (
                self.complete
                or time.monotonic() - max(self._changed_s, self._due_s) > IDLE_END_S
                or self.hub_away
            )
        )
        return self.complete

    async def _until(self, true: Callable[[], bool]) -> None:
        """Looked at again after whatever the hub tells, and at least every LOOK_EVERY_S."""
        while not true():
            self._moved.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._moved.wait()

    def _move(self) -> float:
        """Something came from the hub; the moment."""
        self._changed_s = time.monotonic()
        self._moved.set()
        return self._changed_s

    async def close(self) -> None:
        for till in self.tills:
            for task in till.fetching:
                task.cancel()
            await asyncio.gather(*till.fetching, return_exceptions=True)
            await till.terminal.close()

    @property
    def lines(self) -> int:
        """Lines of all holds in the script."""
        return sum(len(act.verb.order.lines) for act in self.script.acts if isinstance(act.verb, Hold))

    @property
    def reason(self) -> str:
        """Why a till has no hub."""
        return next((till.terminal.link.reason for till in self.tills if not till.live), "")

    def what_is_open(self) -> str:
        """What is still missing, in words."""
        return (
            f"{self.waiting} commands without an answer, {len(self.tally.unsettled)} orders not heard, "
            f"{self.open.most} tickets open on the fullest screen"
        )
