"""One play from the first order to the verdict: parts on a stage, tills that play, kills in between, and the summary."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from logging.handlers import QueueHandler, QueueListener
from pathlib import Path
from random import Random

from heard.ids import RANDOM_BITS, uuid7
from heard.link import LOOPBACK_PLAINTEXT, Credentials
from heard.order import Order
from heard.play.cloud import CloudPart
from heard.play.compare import compare
from heard.play.figures import Pushed, Summary, summarise, verbs_of
from heard.play.kitchen_proof import prove
from heard.play.menu import Menu
from heard.play.parts import HubPart, Ledgered
from heard.play.progress import Progress, State
from heard.play.screen_ledger import ScreenLedger, proof_of
from heard.play.script import MintId, Script
from heard.play.stage import Part, Stage, end, staged
from heard.play.tills import Settings, Tills

PROGRESS_S = 0.2
RATE_OVER_S = 5.0
"""The rate on the bar is of these last seconds."""

During = Callable[[Stage, Tills], Awaitable[None]]


@dataclass(slots=True)
class Plan:
    """What to play and how. Without `hub` there must be a HubPart among the parts."""

    script: Script
    menu: Menu
    settings: Settings
    terminals: int
    parts: Sequence[Part]
    hub: str = ""
    credentials: Credentials = LOOPBACK_PLAINTEXT
    kills: int = 0
    progress: bool = True
    during: During | None = None
    """Runs beside the tills, for pictures; the play is over when it is done too."""
    mixed: bool = False
    """Changes are mixed in: what the kitchen made of them is proven from our own hub's log and the screens' ledgers."""


def minting(random: Random) -> MintId:
    """New ids of this moment, and of that chance."""
    return lambda: uuid7(time.time_ns() // 1_000_000, random.getrandbits(RANDOM_BITS))


def run_here(plan: Plan) -> Summary:
    """`run` for a command: Ctrl-C and SIGTERM end it cleanly. SystemExit(143) for the latter."""

    async def until_told() -> Summary:
        task = asyncio.current_task()
        assert task is not None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await run(plan)

    try:
        return asyncio.run(until_told())
    except asyncio.CancelledError:
        raise SystemExit(128 + signal.SIGTERM) from None


async def run(plan: Plan) -> Summary:
    """Play, compare, and leave nothing behind. UserError for what a user can mend."""
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="heard-play-"))
    token = secrets.token_hex(3)
    names = [f"play-{token}-T{number}" for number in range(1, plan.terminals + 1)]
    try:
        async with (
            _tills_log(folder if not plan.hub else None),
            staged(folder, plan.menu, plan.parts, plan.hub, names) as stage,
        ):
            return await _run(plan, stage)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


@contextlib.asynccontextmanager
async def _tills_log(folder: Path | None) -> AsyncIterator[None]:
    """The tills of this process speak to a file: that a hub which we kill is away is no news for the user."""
    if folder is None:
        yield
        return
    file = await asyncio.to_thread(logging.FileHandler, folder / "tills.log")
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    listener = QueueListener(records, file)  # writes in a thread of its own
    handler = QueueHandler(records)
    logger = logging.getLogger("heard")
    propagated, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    listener.start()
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagated
        await asyncio.to_thread(listener.stop)
        file.close()


async def _run(plan: Plan, stage: Stage) -> Summary:
    hub = next((part.hub for part in plan.parts if isinstance(part, HubPart)), None)
    tills = Tills(stage.folder, stage.address, stage.tills, plan.script, plan.settings, plan.credentials)
    progress = _Bar(tills, plan.progress, _cloud(plan))
    stage.say = progress.say
    started_s = time.monotonic()
    stopped = ""
    try:
        await tills.start()
        started_s = time.monotonic()
        async with _beside(progress.draw()):
            play = asyncio.create_task(_play(plan, stage, tills))
            await stage.guarded(play)
            if not tills.complete and tills.hub_away:
                stopped = f"the hub at {stage.address} went away: {tills.reason}"
            elif not tills.complete:
                stopped = f"nothing moved any more: {tills.what_is_open()}"
        seconds = time.monotonic() - started_s
    finally:
        progress.clear()
        await tills.close()
    found = await _evidence(plan, stage, tills)
    # What a strange hub took with it cannot be judged; what is missing in a store of our own is lost.
    unfinished = tills.tally.unsettled if tills.hub_away and plan.hub else frozenset()
    judged = [one for one in tills.sent.values() if one.order_id not in unfinished]
    painted = {station: (*one.painted, *proof_of(one.bumped)) for station, one in found.ledgers.items()}
    verdict = compare(judged, [one for one in found.stored if one.order_id not in unfinished], painted)
    for words in tills.refusals:
        verdict.say(f"refused: {words}")
    for order_id, where in tills.tally.unheard().items():
        verdict.say(f"not heard: order {tills.sent[order_id].source_id} ({order_id}): {where}")
    kitchen = None
    if found.log is not None:
        told, changes = tills.void_answers, dict(sorted(tills.changes.items()))
        kitchen = await asyncio.to_thread(prove, found.log, found.ledgers, told, changes, verdict)
    return summarise(
        tills.tally,
        verdict,
        lines=tills.lines,
        refused=tills.refused,
        accept_ms=tills.accept_ms,
        seconds=seconds,
        hub_kills=hub.kills if hub else 0,
        compared=found.how,
        files=stage.files,
        stopped_early=stopped,
        pushed=found.pushed,
        kitchen=kitchen,
        verbs=verbs_of(found.stored),
    )


async def _play(plan: Plan, stage: Stage, tills: Tills) -> None:
    killing = _kill(plan, tills) if plan.kills else _nothing()
    pictures = plan.during(stage, tills) if plan.during else _nothing()
    cloud = _cloud(plan)
    outage = cloud.come_and_go(stage) if cloud else _nothing()
    async with _beside(killing), _beside(outage) as back, _beside(pictures) as during:
        play = asyncio.create_task(tills.play())
        try:
            while not play.done() and not tills.hub_away:
                await asyncio.wait({play}, timeout=PROGRESS_S)
        finally:
            await end(play)
        if not tills.hub_away:
            await tills.settle()
            await asyncio.wait({during, back})


async def _nothing() -> None:
    return


class _beside:  # noqa: N801  # used as a statement
    """Runs a coroutine beside the body; ended with it. What it raised is raised here."""

    def __init__(self, work: Awaitable[None]) -> None:
        self._work = work
        self._task: asyncio.Future[None] | None = None

    async def __aenter__(self) -> asyncio.Future[None]:
        self._task = asyncio.ensure_future(self._work)
        return self._task

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        if not self._task.done():
            self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if not self._task.cancelled() and (error := self._task.exception()) is not None:
            raise error


async def _kill(plan: Plan, tills: Tills) -> None:
    """Kill and restart the hub `kills` times, spread evenly over the orders."""
    part = next(part for part in plan.parts if isinstance(part, HubPart))
    assert part.hub is not None
    reached = asyncio.Event()
    tills.on_held(lambda held: reached.set())
    for number in range(1, plan.kills + 1):
        due = plan.script.orders * number // (plan.kills + 1)
        while tills.held < due:
            reached.clear()
            await reached.wait()
        await part.hub.kill_and_restart()


def _cloud(plan: Plan) -> CloudPart | None:
    return next((part for part in plan.parts if isinstance(part, CloudPart)), None)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the store holds, what the screens wrote, how we know, what went up to the cloud, and the hub's whole log."""

    stored: Sequence[Order]
    ledgers: Mapping[str, ScreenLedger]
    how: str
    pushed: Pushed | None = None
    log: Path | None = None


async def _evidence(plan: Plan, stage: Stage, tills: Tills) -> _Evidence:
    screens = [part for part in plan.parts if isinstance(part, Ledgered)]
    hub = next((part.hub for part in plan.parts if isinstance(part, HubPart)), None)
    for part in screens:
        await part.stop(stage)
    ledgers: dict[str, ScreenLedger] = {}
    for part in screens:
        ledgers |= await asyncio.to_thread(part.ledgers)
    painted = "with what every screen painted" if ledgers else "no screen of ours was there"
    if hub is None:
        shown = list(tills.seen.values())
        return _Evidence(shown, ledgers, f"sent with what the hub showed by Watch, {painted}")
    cloud = _cloud(plan)
    figures = await cloud.settled(stage, hub) if cloud else {}
    await hub.stop()
    stored = list(await hub.orders())
    pushed = await cloud.compared(figures, stored) if cloud else None
    log = await hub.whole_log() if plan.mixed else None
    how = f"sent with the hub's store {'and whole log ' if log else ''}after it had stopped, {painted}"
    return _Evidence(stored, ledgers, how, pushed, log)


class _Bar:
    """Draws how far the tills are."""

    def __init__(self, tills: Tills, shown: bool, cloud: CloudPart | None) -> None:
        self._tills = tills
        self._cloud = cloud
        self._progress = Progress(sys.stderr) if shown else None
        self._past: list[tuple[float, int]] = []

    async def draw(self) -> None:
        """Until cancelled."""
        while self._progress is not None:
            now_s = time.monotonic()
            self._progress.show(self._state(now_s), now_s)
            await asyncio.sleep(PROGRESS_S)

    def _state(self, now_s: float) -> State:
        tills = self._tills
        self._past = [(at, held) for at, held in self._past if now_s - at <= RATE_OVER_S]
        self._past.append((now_s, tills.held))
        at, held = self._past[0]
        rate = (tills.held - held) / (now_s - at) if now_s > at else 0.0
        note = "" if any(till.live for till in tills.tills) else "no hub, the tills go on"
        if not note and self._cloud is not None and self._cloud.is_away:
            note = "no cloud, the shop goes on"
        return State(tills.held, tills.script.orders, tills.tally.heard, rate, note)

    def say(self, words: str) -> None:
        """A line of its own above the bar."""
        self.clear()
        sys.stderr.write(f"{words}\n")
        sys.stderr.flush()

    def clear(self) -> None:
        if self._progress is not None:
            self._progress.clear()
