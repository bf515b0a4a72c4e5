"""Runs the connection's state machine: opens and closes sessions as it says, and wakes it when its time has come."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from heard.clock import Clock
from heard.link.channel import Credentials
from heard.link.core.connection import Channel, Close, Connection, Open, Output
from heard.link.discover import Finder
from heard.link.session import Session, SessionEnded
from heard.stream import WatchRequest

log = logging.getLogger(__name__)

LOOK_AGAIN_S = 1.0
"""Without any address: how often the finder is asked whether it is time for a less likely one."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a message means for the channel. `suspect`: the picture is wrong; `broken`: end the channel, for `pause_s`."""

    complete: bool
    hello: bool = False
    suspect: str = ""
    broken: str = ""
    pause_s: float = 0.0
    goodbye: str | None = None
    retry_after_s: float = 0.0


class Supervisor:
    """One device's channel to one hub at a time."""

    def __init__(
        self,
        finder: Finder,
        credentials: Credentials,
        clock: Clock,
        random: Random,
        *,
        begin: Callable[[], tuple[WatchRequest, Sequence[tuple[str, str]]]],
        on_message: Callable[[Session, bytes, float], Verdict],
        on_change: Callable[[], None],
        on_closed: Callable[[], None],
    ) -> None:
        """`begin` gives what to ask of a fresh channel, `on_message` takes each message in, `on_change`: look at
        `connection`, `on_closed`: the channel is gone."""
        self.connection = Connection(clock.monotonic())
        self.session: Session | None = None
        self._finder = finder
        self._credentials = credentials
        self._clock = clock
        self._random = random
        self._begin = begin
        self._on_message = on_message
        self._on_change = on_change
        self._on_closed = on_closed
        self._sessions: dict[int, asyncio.Task[None]] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_due_s = 0.0
        self._running = False

    async def start(self, *, restored: bool) -> None:
        """Begin to look for a hub; `restored`: a picture of an earlier run is shown."""
        self._running = True
        now_s = self._clock.monotonic()
        self.connection = Connection(now_s, restored=restored)
        await self._finder.start(self._found)
        self._do(self.connection.start(now_s, somewhere=bool(self._finder.candidates())))

    async def close(self) -> None:
        """End everything. Harmless when repeated."""
        self._running = False
        if self._timer is not None:
            self._timer.cancel()
        await self._finder.close()
        for task in self._sessions.values():
            task.cancel()
        await asyncio.gather(*self._sessions.values(), *self._closing, return_exceptions=True)

    def failed(self, session: Session, reason: str) -> None:
        """Something beside the watch has broken on this session's channel."""
        if session is self.session:
            self._failed(self.connection.number, reason)

    def _found(self) -> None:
        if self._running and self._finder.candidates():
            self._do(self.connection.found(self._clock.monotonic()))

    def _do(self, outputs: tuple[Output, ...]) -> None:
        for output in outputs:
            match output:
                case Open(number):
                    self._sessions[number] = asyncio.create_task(self._run(number), name="heard-session")
                case Close(number):
                    self._end(number)
        self._on_change()
        self._arm()

    def _end(self, number: int) -> None:
        self.session = None
        self._on_closed()
        self._finder.lost()
        task = self._sessions.pop(number, None)
        if task is not None:
            task.cancel()
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def _run(self, number: int) -> None:
        addresses = self._finder.candidates()
        if not addresses:
            self._do(self.connection.nowhere(self._clock.monotonic(), number))
            return
        request, metadata = self._begin()
        session = self.session = Session(self._credentials)
        reason = "the link ended"
        try:
            await session.run(addresses, request, metadata, lambda raw: self._message(number, session, raw))
        except SessionEnded as end:
            reason = str(end)
        except Exception as error:
            log.exception("the link failed")
            reason = f"the link failed: {error}"
        finally:
            await session.close()
        self._failed(number, reason)

    def _failed(self, number: int, reason: str) -> None:
        self._do(self.connection.failed(self._clock.monotonic(), number, reason, self._random.random()))

    def _message(self, number: int, session: Session, raw: bytes) -> None:
        connection = self.connection
        if number != connection.number:
            return
        now_s = self._clock.monotonic()
        verdict = self._on_message(session, raw, now_s)
        phase = connection.phase
        outputs = connection.message(now_s, number, complete=verdict.complete)
        if verdict.suspect:
            outputs += connection.suspect(now_s, verdict.suspect)
        chance = self._random.random()
        if verdict.broken:
            outputs += connection.failed(now_s, number, verdict.broken, chance, verdict.pause_s)
        elif verdict.goodbye is not None:
            outputs += connection.goodbye(now_s, number, verdict.goodbye, chance, verdict.retry_after_s)
        if outputs or verdict.hello or connection.phase is not phase:
            self._do(outputs)

    def _arm(self) -> None:
        """One timer, moved earlier when it must be; when it comes too early it is set again."""
        now_s = self._clock.monotonic()
        due_s = self.connection.next_due_s()
        if self.connection.channel is Channel.IDLE:
            due_s = min(due_s or now_s + LOOK_AGAIN_S, now_s + LOOK_AGAIN_S)
        if due_s is None or not self._running:
            return
        if self._timer is not None:
            if self._timer_due_s <= due_s:
                return
            self._timer.cancel()
        self._timer_due_s = due_s
        self._timer = asyncio.get_running_loop().call_later(max(0.0, due_s - now_s), self._tick)

    def _tick(self) -> None:
        self._timer = None
        if not self._running:
            return
        outputs = self.connection.tick(self._clock.monotonic(), self._random.random())
        if self.connection.channel is Channel.IDLE and self._finder.candidates():
            outputs += self.connection.found(self._clock.monotonic())
        self._do(outputs)
