"""Plays a recorded day to a hub: every till and screen of that day is a client of its own, and does what it did, when it did it.

A deed waits for the one before of its order and of its device, so that both happen in the recorded order at any speed; cooks
name the versions that this hub shows. In the end each order is held against how it ended on the day.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from heard.command import Answer, ChangeOrder, Command, Hold, Merge, Outcome, Pause, Split, Undo, Verb
from heard.errors import UserError
from heard.link import LOOPBACK_PLAINTEXT, Applied, Credentials, Finder, Link
from heard.order import Order
from heard.play.deeds import Deed, Reading, painted, same_end
from heard.play.figures import Tally, percentile
from heard.play.later_deeds import renamed
from heard.play.script import shares_with
from heard.play.tills import FIRST_LIVE_S, TILLS_MAX
from heard.pos import Terminal
from heard.stream import HeardValue, View, ViewKind

ANSWER_S = 30.0
"""For a hub to answer one deed; a restart takes a second."""
UNDER_WAY_MAX = 200
"""Deeds at once at full speed; each is a task."""
REFUSALS_SHOWN = 8
HEARD_S = 20.0
"""For the screens to paint what came last."""


@dataclass(slots=True)
class Played:
    """What came of it. `other`: orders that ended otherwise than on the day, in words."""

    deeds: int = 0
    orders: int = 0
    lines: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    untold: dict[str, int] = field(default_factory=dict)
    same: int = 0
    other: list[str] = field(default_factory=list)
    heard: int = 0
    behind: int = 0
    """Still on a later page of a screen."""
    p50_ms: float | None = None
    p99_ms: float | None = None
    seconds: float = 0.0


class DayPlayer:
    """One play of a day's deeds to the hub at `address`."""

    def __init__(
        self,
        deeds: Sequence[Deed],
        reading: Reading,
        address: str,
        folder: Path,
        *,
        token: str,
        speed: float | None,
        credentials: Credentials = LOOPBACK_PLAINTEXT,
    ) -> None:
        """`speed` None: as fast as the hub answers. Raises UserError for a day of more devices than can be played."""
        self._deeds, self._reading, self._address, self._speed = deeds, reading, address, speed
        self._token = token
        names = list(dict.fromkeys(deed.device for deed in deeds))
        if len(names) > TILLS_MAX:
            raise UserError(f"that day had {len(names)} devices; at most {TILLS_MAX} are played")
        self._tills = {
            name: Terminal(
                device=f"log-{token}-{number}",
                journal=folder / f"{number}.journal",
                hub=address,
                credentials=credentials,
            )
            for number, name in enumerate(names)
        }
        self._eye = Link(
            device=f"log-{token}-eye",
            view=View(ViewKind.EXPO),
            finder=Finder(address),
            credentials=credentials,
        )
        self._orders: dict[str, Order] = {}
        self._gone: set[str] = set()
        self._answers: dict[tuple[str, int], asyncio.Future[Answer]] = {}
        self._versions: dict[str, int] = {}
        self._last_seq: dict[str, int] = {}
        self._moved = asyncio.Event()
        self.tally = Tally()
        self.heard_s = HEARD_S
        self.played = Played(untold=reading.untold)

    async def play(self) -> Played:
        """Plays all and compares. UserError where no hub answers."""
        try:
            await self._start()
            begun_s = time.monotonic()
            await self._play_all(begun_s)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.heard_s):
                    await self._until(lambda: len(self.tally.unsettled) == self.tally.behind())
            self.played.seconds = time.monotonic() - begun_s
            self._compare()
        finally:
            for till in self._tills.values():
                await till.close()
            await self._eye.close()
        return self.played

    async def _start(self) -> None:
        self._eye.on_applied(self._applied)
        await self._eye.start()
        for name, till in self._tills.items():
            await till.start()
            till.on_answer(lambda command, answer, name=name: self._answered(name, command, answer))  # type: ignore[misc]
            till.on_heard(self._heard)
        try:
            async with asyncio.timeout(FIRST_LIVE_S):
                everyone: list[Link | Terminal] = [self._eye, *self._tills.values()]
                await self._until(lambda: all(_live(one) for one in everyone))
        except TimeoutError:
            raise UserError(
                f"no hub answers at {self._address}", "is it running, and is the address right?", 1
            ) from None

    async def _play_all(self, begun_s: float) -> None:
        room = asyncio.Semaphore(UNDER_WAY_MAX)
        of_order: dict[str, asyncio.Task[None]] = {}
        of_device: dict[str, asyncio.Task[None]] = {}
        first_ms = self._deeds[0].at_ms if self._deeds else 0
        async with asyncio.TaskGroup() as group:
            for deed in self._deeds:
                if self._speed is not None:
                    due_s = begun_s + (deed.at_ms - first_ms) / 1000 / self._speed
                    await asyncio.sleep(max(0.0, due_s - time.monotonic()))
                if (
                    not deed.order_id
                ):  # about the site: what came before comes before, and what comes after after
                    await asyncio.gather(*of_device.values(), *of_order.values())
                    await self._do(deed)
                    continue
                await room.acquire()
                orders = [one for one in (deed.order_id, shares_with(deed.verb)) if one]
                before = [*(of_order.get(one) for one in orders), of_device.get(deed.device)]
                task = group.create_task(self._after(before, deed))
                task.add_done_callback(lambda _: room.release())
                of_device[deed.device] = task
                of_order |= dict.fromkeys(orders, task)

    async def _after(self, before: Sequence[asyncio.Task[None] | None], deed: Deed) -> None:
        for task in before:
            if task is not None:
                await task
        await self._do(deed)

    async def _do(self, deed: Deed) -> None:
        order_id = self._new_id(deed.order_id) if deed.order_id else ""
        till = self._tills[deed.device]
        verb = deed.verb
        self.played.deeds += 1
        if isinstance(verb, Hold):
            held = self._as_of_now(verb.order, order_id, till.device)
            self.tally.held(order_id, time.monotonic())
            self.played.orders += 1
            self.played.lines += len(held.lines)
            accepted = await till.hold(held, deed.user)
        elif not order_id:
            accepted = await till.command("", self._pause_of_now(verb), deed.user)
        else:
            await self._seen(order_id)
            if order_id in self._orders:
                order = self._orders[order_id]
                verb = renamed(verb, {self._recorded_id(one.line_id): one.line_id for one in order.lines})
                verb = painted(verb, order)
            if isinstance(verb, ChangeOrder) and verb.due_at_ms:
                verb = replace(verb, due_at_ms=self._due_of_now(deed.order_id, order_id, verb.due_at_ms))
            if isinstance(verb, Merge):
                verb = Merge(self._new_id(verb.into_order_id))
            elif isinstance(verb, Split) and not verb.bill_only:
                verb = replace(verb, new_order_id=self._new_id(verb.new_order_id))
            if isinstance(verb, Undo):
                verb = Undo(verb.station, self._last_seq.get(deed.device, 0))
            accepted = await till.command(order_id, verb, deed.user)
        self._last_seq[deed.device] = accepted.seq
        answer = await self._judge(deed, order_id, accepted.seq)
        if answer is None or answer.outcome is Outcome.REJECTED:
            return
        if isinstance(verb, Split) and not verb.bill_only:
            self._versions[verb.new_order_id] = answer.order_version
        elif isinstance(
            verb, Merge
        ):  # the other order has its lines in the picture in which this one is gone
            self._versions[order_id] = 0
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ANSWER_S):
                    await self._until(lambda: order_id in self._gone)

    async def _seen(self, order_id: str) -> None:
        """Until the eye shows what the last deed of this order made of it; else it is the hub's to refuse the next."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_S):
                wanted = self._versions.get(order_id, 0)
                await self._until(lambda: self._version(order_id) >= wanted)

    async def _judge(self, deed: Deed, order_id: str, seq: int) -> Answer | None:
        answered = self._answers.setdefault((deed.device, seq), asyncio.get_running_loop().create_future())
        try:
            async with asyncio.timeout(ANSWER_S):
                answer = await answered
        except TimeoutError:
            self.played.refused["no answer"] += 1
            return None
        finally:
            self._answers.pop((deed.device, seq), None)
        self._versions[order_id] = max(self._versions.get(order_id, 0), answer.order_version)
        if answer.outcome in (Outcome.REJECTED, Outcome.PARTLY):
            self.played.refused[f"{deed.verb.name}: {answer.message or answer.reason.name}"] += 1
        return answer

    def _as_of_now(self, order: Order, order_id: str, terminal: str) -> Order:
        """As if it were rung up now; what was due so long after stays due so long after, at the play's speed."""
        due_at_ms = 0
        if order.due_at_ms:
            due_at_ms = time.time_ns() // 1_000_000 + self._shorter(order.due_at_ms - order.held_wall_ms)
        return replace(order, order_id=order_id, terminal=terminal, due_at_ms=due_at_ms, held_wall_ms=0)

    def _due_of_now(self, recorded_id: str, order_id: str, due_at_ms: int) -> int:
        """A due time that was changed stands as long after its order was held as it did on the day, at the play's speed."""
        recorded, played = self._reading.last.get(recorded_id), self._orders.get(order_id)
        if recorded is None or played is None:
            return time.time_ns() // 1_000_000
        return max(1, played.held_wall_ms + self._shorter(due_at_ms - recorded.held_wall_ms))

    def _shorter(self, ms: int) -> int:
        return round(ms / (self._speed or 1.0))

    def _pause_of_now(self, verb: Verb) -> Verb:
        """A pause lasts as long as it was to last, at the play's speed."""
        if not isinstance(verb, Pause) or verb.resume:
            return verb
        lasts_ms = max(1, round(verb.until_ms / (self._speed or 1.0)))
        return replace(verb, until_ms=time.time_ns() // 1_000_000 + lasts_ms)

    def _new_id(self, order_id: str) -> str:
        """A day may be played to one hub more than once."""
        return f"{order_id[:50]}.{self._token}"

    def _recorded_id(self, line_id: str) -> str:
        """A line that was merged in may have its old order's id before its own."""
        return line_id.replace(f".{self._token}.", ".")

    def _version(self, order_id: str) -> int:
        order = self._orders.get(order_id)
        return 0 if order is None else order.version

    def _compare(self) -> None:
        for order_id, wanted in self._reading.last.items():
            found = self._orders.get(self._new_id(order_id))
            if found is None:
                continue  # it was over before the day began
            lines = tuple(replace(one, line_id=self._recorded_id(one.line_id)) for one in found.lines)
            if same_end(replace(found, lines=lines), found.order_id in self._gone, wanted):
                self.played.same += 1
            else:
                number = wanted.call_number or order_id
                self.played.other.append(f"#{number}: {found.state.name}, on the day {wanted.state.name}")
        latencies = self.tally.latencies_ms()
        self.played.heard, self.played.behind = self.tally.heard, self.tally.behind()
        self.played.p50_ms, self.played.p99_ms = percentile(latencies, 50), percentile(latencies, 99)

    # What the hub tells.

    def _applied(self, applied: Applied) -> None:
        now_s = time.monotonic()
        for document in applied.puts:
            if isinstance(document, Order):
                self._orders[document.order_id] = document
                self._gone.discard(document.order_id)
                self.tally.routed(document, now_s)
        self._gone.update(applied.removes)
        self._moved.set()

    def _answered(self, device: str, command: Command, answer: Answer) -> None:
        key = (device, command.seq)
        answered = self._answers.setdefault(key, asyncio.get_running_loop().create_future())
        if not answered.done():
            answered.set_result(answer)

    def _heard(self, value: HeardValue) -> None:
        self.tally.value(value, time.monotonic())
        self._moved.set()

    async def _until(self, true: Callable[[], bool]) -> None:
        while not true():
            self._moved.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.05):  # what else may have changed is looked at so often
                    await self._moved.wait()


def _live(one: Link | Terminal) -> bool:
    return one.state.live if isinstance(one, Link) else one.link.live
