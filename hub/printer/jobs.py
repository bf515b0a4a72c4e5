"""The jobs of one printer: one after another, tried again while they are young, dead after ten minutes.

A printer that was off all night must not print the night in the morning: each job says in time that it was not printed.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hub.core.slip_rows import Slip
from hub.printer.port import Outcome, Result
from hub.tasks import ended

JOB_LIFE_S = 600.0
"""After that the food is made or the guest is gone."""
MAYBE_TRIES_MAX = 2
"""Of a slip of which the printer does not say that it is out: once more, marked; a third would be a pile on the floor."""
JOBS_MAX = 200
"""Slips that wait for one printer; more would be a flood when it comes back."""
AGAIN_FIRST_S, AGAIN_MAX_S = 1.0, 15.0
"""Between two tries; a cook who puts new paper in waits no longer."""

log = logging.getLogger("heard.printer")

Encode = Callable[[tuple[Slip, ...], int], bytes]
"""(slips, job number) -> what goes to the printer; slow, so it runs in a thread."""


class Printer(Protocol):
    """What prints: `port.Port`, or a test's."""

    async def print(self, data: bytes, job: int) -> Outcome: ...

    async def why_not(self) -> str: ...


@dataclass(slots=True, eq=False)
class Job:
    """The slips of one order that come out together. `slips(maybe)` makes them, `maybe`: an earlier try may lie on the floor already. `done("")`: it is on paper."""

    name: str
    slips: Callable[[bool], tuple[Slip, ...]]
    done: Callable[[str], None]
    born_s: float
    maybe: bool = False
    number: int = 0
    maybe_tries: int = 0


class Jobs:
    """The queue of one printer, from `start` to `close`."""

    def __init__(
        self,
        name: str,
        printer: Printer,
        encode: Encode,
        monotonic: Callable[[], float],
        trouble: Callable[[str], None] = lambda why: None,
    ) -> None:
        """`trouble` is told once when it begins not to print, and once with "" when it prints again."""
        self._name, self._printer, self._encode = name, printer, encode
        self._monotonic, self._trouble = monotonic, trouble
        self._waiting: deque[Job] = deque()
        self._numbers = itertools.count(1)
        self._woken = asyncio.Event()
        self._line = asyncio.Lock()
        """Printers serve one connection at a time."""
        self._task: asyncio.Task[None] | None = None
        self.why = ""
        """Why it does not print now."""
        self.printing: Job | None = None
        """The job that is on its way to the paper; what becomes of it is not known yet."""

    @property
    def waiting(self) -> int:
        """Slips that are not on paper yet."""
        return len(self._waiting)

    async def why_not(self) -> str:
        """Why it cannot print now, in words, "" where it can; while a slip is on its way, what the last one showed."""
        if self._line.locked():
            return self.why
        async with self._line:
            return await self._printer.why_not()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"heard-printer-{self._name}")

    async def close(self) -> None:
        """What waits is not printed any more; nobody is told, since the hub stops."""
        await ended(self._task)
        self._task = None

    def add(self, job: Job) -> None:
        """Behind those that wait; the oldest dies when there are too many."""
        job.number = next(self._numbers)
        self._waiting.append(job)
        if len(self._waiting) > JOBS_MAX:
            oldest = self._waiting[self._waiting[0] is self.printing]  # what is coming out is left to
            self._waiting.remove(oldest)
            oldest.done(f"{JOBS_MAX} slips wait for {self._name}")
        self._woken.set()

    async def _run(self) -> None:
        wait_s = AGAIN_FIRST_S
        while True:
            self._bury()
            if not self._waiting:
                self._woken.clear()
                await self._woken.wait()
                continue
            job = self._waiting[0]
            outcome = await self._try(job)
            if outcome is None:
                continue
            if outcome.result is Result.PRINTED:
                wait_s = AGAIN_FIRST_S
                self._say("")
                self._end(job, "")
                continue
            self._say(outcome.why)
            if outcome.result is Result.MAYBE:
                job.maybe = True
                job.maybe_tries += 1
                if job.maybe_tries == MAYBE_TRIES_MAX:
                    self._end(job, f"sent {MAYBE_TRIES_MAX} times: {outcome.why}")
                    continue
            await asyncio.sleep(wait_s)
            wait_s = min(AGAIN_MAX_S, wait_s * 2)

    async def _try(self, job: Job) -> Outcome | None:
        """None where nothing is left to print: it was cancelled, or it moved away."""
        try:
            slips = await asyncio.to_thread(job.slips, job.maybe)
            if not slips:
                self._end(job, "")
                return None
            data = await asyncio.to_thread(self._encode, slips, job.number)
        except Exception as error:
            log.exception("the slip %s cannot be drawn", job.name)
            self._end(job, f"it cannot be drawn: {error}")
            return Outcome(Result.NOT_PRINTED, "a slip cannot be drawn")
        async with self._line:
            self.printing = job
            outcome = await self._printer.print(data, job.number)
            self.printing = None
            return outcome

    def _bury(self) -> None:
        now_s = self._monotonic()
        while self._waiting and now_s - self._waiting[0].born_s >= JOB_LIFE_S:
            job = self._waiting.popleft()
            job.done(f"not printed for {JOB_LIFE_S / 60:.0f} minutes: {self.why or 'no answer'}")

    def _end(self, job: Job, why: str) -> None:
        if job in self._waiting:
            self._waiting.remove(job)
            job.done(why)

    def _say(self, why: str) -> None:
        if bool(why) != bool(self.why):
            if why:
                log.error("the printer %s does not print: %s", self._name, why)
            else:
                log.info("the printer %s prints again", self._name)
            self._trouble(why)
        self.why = why
