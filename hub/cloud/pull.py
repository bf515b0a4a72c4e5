"""Runs the plan of pulling (`hub.core.sync_plan`): carries out its actions, gives it their outcomes, wakes when it is time.

Nothing of the LAN side ever waits for anything in here.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from hub.cloud.answer import CloudFailed
from hub.cloud.apply import TooManyBadRows, apply
from hub.cloud.catalogue import Catalogue
from hub.cloud.gateway import SyncGateway, SyncResponse
from hub.cloud.keys import CHECKED
from hub.cloud.page import BadPage, Page, read_page
from hub.cloud.record import PullRecord
from hub.cloud.retry_held import retry_held
from hub.cloud.settle import drop_generations, drop_tombstones
from hub.core.cloud_failure import Failure, FailureClass
from hub.core.sync_plan import SyncPlan
from hub.core.sync_steps import (
    GATEWAY,
    TOKEN,
    Action,
    Apply,
    Check,
    Finished,
    Phase,
    Pull,
    Refresh,
    Step,
    Trigger,
)
from hub.store.seam import CorruptRecord, OutcomeUnknown, StoreUnavailable

if TYPE_CHECKING:
    from hub.cloud.client import CloudClient

PAGE_ROWS_MAX = 500
"""About 100 KiB of JSON, which Python parses in a millisecond: it holds up the loop for no longer."""
PAGE_BYTES_MAX = 4 << 20
PROBE_EVERY_S = 10.0
"""While the cloud is out of reach, a connection is tried so often: the Internet back is a cycle at once, not in a minute."""
CHECKED_NOTED_EVERY_S = 600.0
"""The time of the last good check goes to disk so often, for `heard sync status` after a restart without Internet."""
MISTAKE_S = 60.0
"""After a mistake of ours in here; it would come again at once."""
STOP_S = 1.0

Work = Callable[[], Awaitable[None]]

log = logging.getLogger("heard.cloud")


@dataclass(frozen=True, slots=True)
class _Pulled:
    page: Page
    from_start: bool


class Puller:
    """One hub's pulling: `start`, then by itself; `stop` at the end."""

    def __init__(
        self,
        client: CloudClient,
        catalogue: Catalogue,
        poll_interval_s: int,
        wall_ms: Callable[[], int],
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.catalogue = catalogue
        self.plan = SyncPlan(catalogue.graph)
        self.plan.poll_interval_ms = poll_interval_s * 1000
        self.record = PullRecord()
        self._client = client
        self._gateway = SyncGateway(client)
        self._wall_ms = wall_ms
        self._monotonic = monotonic
        self._chance = chance
        self._page_rows = PAGE_ROWS_MAX
        self._pages: dict[str, _Pulled] = {}
        self._watermark = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._loop_task: asyncio.Task[None] | None = None
        self._probe_task: asyncio.Task[None] | None = None
        self._noted_at = float("-inf")
        self._unsettled = True
        self._listeners: list[Callable[[SyncResponse], None]] = []
        self._after: list[Callable[[], Awaitable[None]]] = []

    # --- what others may do

    def start(self) -> None:
        """Begins with a first cycle."""
        self._read_checked()
        self.plan.trigger(Trigger.START)
        self._loop_task = asyncio.create_task(self._run(), name="heard-cloud-pull")

    async def stop(self) -> None:
        """Ends within STOP_S, in the middle of anything: what was not applied is pulled again. Idempotent."""
        tasks = [one for one in (self._loop_task, self._probe_task, *self._tasks) if one is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_S)
        self._loop_task = self._probe_task = None

    def trigger(self, why: Trigger) -> None:
        """Asks for a cycle; while one runs, one more follows it."""
        self.plan.trigger(why)
        self._wake.set()

    def hint(self, watermark: int) -> None:
        """The cloud told its watermark beside another answer; a higher one than the last cycle's begins a cycle."""
        if watermark > self._watermark:
            self._watermark = watermark
            self.trigger(Trigger.CLOUD_HINT)

    def on_checked(self, tell: Callable[[SyncResponse], None]) -> None:
        """`tell` hears every good answer of the gateway: the time, advice on counters, the highest epoch."""
        self._listeners.append(tell)

    def on_finished(self, tell: Callable[[], Awaitable[None]]) -> None:
        """`tell` is awaited after each cycle, before the next one begins."""
        self._after.append(tell)

    def reset(self, module: str) -> None:
        """Pull this module from the beginning, now; what serves goes on until that is done.

        Only noted in memory: a page may be on its way to the disk with this module's state in it.
        """
        self.catalogue.want_reset(module)
        self.trigger(Trigger.BUTTON)

    # --- the loop

    def _now_ms(self) -> int:
        return int(self._monotonic() * 1000)

    async def _run(self) -> None:
        """For as long as the hub runs; a mistake of ours costs a pause and is said, and nobody else feels it."""
        while True:
            try:
                await self._cycles()
            except Exception as error:
                log.exception("pulling made the hub fail; it begins anew in %g s", MISTAKE_S)
                reason = f"a mistake of this hub, its log says which: {error!r}"
                self.record.failure = Failure(FailureClass.LOCAL, reason)
                for task in tuple(self._tasks):
                    task.cancel()
                await asyncio.sleep(MISTAKE_S)
                self.plan = SyncPlan(self.catalogue.graph)
                self._pages.clear()
                self.plan.trigger(Trigger.TIMER)

    async def _cycles(self) -> None:
        while True:
            self._wake.clear()
            for action in self.plan.actions(self._now_ms(), self._chance()):
                await self._begin(action)
            due_ms = self.plan.due_ms()
            wait_s = None if due_ms is None else max(0.0, due_ms / 1000 - self._monotonic())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()

    async def _begin(self, action: Action) -> None:
        cycle = action.cycle
        match action:
            case Check():
                self.record.began(action.trigger, self._wall_ms())
                self._spawn(cycle, GATEWAY, partial(self._check, cycle))
            case Refresh():
                self._spawn(cycle, TOKEN, partial(self._refresh, cycle))
            case Pull():
                self._spawn(cycle, action.module, partial(self._pull, action))
            case Apply():
                self._spawn(cycle, action.module, partial(self._apply, cycle, action.module))
            case Finished():
                await self._finished(action)

    def _spawn(self, cycle: int, step: str, work: Work) -> None:
        task = asyncio.create_task(self._guarded(cycle, step, work), name=f"heard-cloud-{step}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, cycle: int, step: str, work: Work) -> None:
        """Every step ends in exactly one event, whatever happens in it."""
        try:
            await work()
        except CloudFailed as error:
            self._failed(cycle, step, error.failure)
        except (TooManyBadRows, BadPage) as error:
            self._failed(cycle, step, Failure(FailureClass.BAD_ROWS, str(error)))
        except (StoreUnavailable, OutcomeUnknown, CorruptRecord) as error:
            self._failed(cycle, step, Failure(FailureClass.LOCAL, f"this hub's own disk: {error}"))
        except Exception as error:
            log.exception("the cloud's %s made the hub fail", step)
            self._failed(cycle, step, Failure(FailureClass.LOCAL, f"a mistake of this hub: {error!r}"))
        finally:
            self._wake.set()

    def _failed(self, cycle: int, step: str, failure: Failure) -> None:
        log.debug("%s failed (%s): %s", step, failure.kind.value, failure.reason)
        self.record.step_failed(failure)
        self._pages.pop(step, None)
        self.plan.failed(cycle, step, failure, self._now_ms(), self._chance())

    # --- the steps

    async def _check(self, cycle: int) -> None:
        catalogue = self.catalogue
        cursors = {name: state.next_cursor for name, state in catalogue.states.items()}
        found = await self._gateway.check(cursors)
        changed = {name: reset for name, reset in found.modules.items() if name in catalogue.states}
        for name, state in catalogue.states.items():
            held = bool(catalogue.quarantined[name])
            if state.reset_wanted or (not state.next_cursor and (state.rows or state.shadow or held)):
                changed[name] = (
                    True  # a first page was cut off: nobody will tell which of its rows are gone by now
                )
            elif state.shadow:  # its last page is still to be taken over
                changed.setdefault(name, False)
        self._page_rows = min(found.policy.page_rows, PAGE_ROWS_MAX)
        self._watermark = max(self._watermark, found.watermark)
        self.record.checked(found, self._wall_ms())
        self._unsettled = self._unsettled or bool(changed)
        self.plan.checked(
            cycle,
            changed,
            found.watermark,
            found.policy.max_sync_retry,
            found.policy.poll_interval_s * 1000,
        )
        for tell in self._listeners:
            try:
                tell(found)
            except Exception:
                log.exception("a listener of the gateway failed")

    async def _refresh(self, cycle: int) -> None:
        await self._client.refresh()
        self.plan.refreshed(cycle)

    async def _pull(self, action: Pull) -> None:
        module = action.module
        query = {"watermark": str(action.watermark), "limit": str(self._page_rows)}
        cursor = "" if action.from_start else self.catalogue.states[module].next_cursor
        if cursor:
            query["cursor"] = cursor
        answer = await self._client.get(f"modules/{module}/changes", query, bytes_max=PAGE_BYTES_MAX)
        page = read_page(module, answer.body or {})
        if page.more and page.cursor == cursor:
            raise BadPage("its cursor is the one that was asked with: it would come again and again")
        self._pages[module] = _Pulled(page, action.from_start)
        self.plan.pulled(action.cycle, module, page.more)

    async def _apply(self, cycle: int, module: str) -> None:
        pulled = self._pages.pop(module)
        await apply(self.catalogue, pulled.page, from_start=pulled.from_start, wall_ms=self._wall_ms())
        self.record.applied(module, len(pulled.page.changes))
        self.plan.applied(cycle, module)

    async def _finished(self, finished: Finished) -> None:
        self._pages.clear()
        before = self.record.failure
        self.record.finished(finished, self._wall_ms())
        self._log(finished, before)
        if finished.failure is not None and finished.failure.kind is FailureClass.NOT_REACHED:
            self._look_for_network()
        try:
            await self._settle(finished)
        except (StoreUnavailable, OutcomeUnknown, CorruptRecord) as error:
            log.warning("not settled, the next cycle tries again: %s", error)
        except Exception:
            log.exception("settling made the hub fail; the next cycle tries again")
        for tell in self._after:
            try:
                await tell()
            except Exception:
                log.exception("a listener of the end of a cycle failed")

    def _log(self, finished: Finished, before: Failure | None) -> None:
        """Once when it is lost and once when it is back; an outage of days must not fill the log."""
        failure = finished.failure
        if failure is not None and (before is None or before.kind is not failure.kind):
            level = logging.ERROR if finished.alarm else logging.WARNING
            log.log(level, "not in step with the cloud (%s): %s", failure.kind.value, failure.reason)
        elif failure is None and before is not None:
            log.info("in step with the cloud again")
        for name, report in finished.modules.items():
            if report.step is Step.DONE:
                rows = self.catalogue.states[name].rows
                log.info("%s is up to date: %d rows, %d pages came", name, rows, report.pages)
            elif failure is None:
                log.warning("%s %s: %s", name, report.step.value.lower(), report.reason)

    async def _settle(self, finished: Finished) -> None:
        """Between two cycles: nothing is being applied."""
        if self._unsettled:
            freed = await retry_held(self.catalogue)
            if freed:
                log.info("%d rows came out of quarantine", freed)
            # First what nobody needs any more: its rows would still count as ones that refer to something.
            await drop_generations(self.catalogue)
            await drop_tombstones(self.catalogue)
            self._unsettled = False
        noted_s = self._monotonic() - self._noted_at
        if finished.failure is None and (finished.modules or noted_s >= CHECKED_NOTED_EVERY_S):
            self._noted_at = self._monotonic()
            await self.catalogue.rows.write({CHECKED: json.dumps(self.record.checked_wall_ms).encode()})

    def _read_checked(self) -> None:
        try:
            data = self.catalogue.rows.row(CHECKED)
            self.record.checked_wall_ms = int(json.loads(data)) if data else 0
        except (CorruptRecord, ValueError, TypeError):
            log.warning("the time of the last check on disk cannot be read")

    # --- the network comes back

    def _look_for_network(self) -> None:
        if self._probe_task is None or self._probe_task.done():
            self._probe_task = asyncio.create_task(self._probe(), name="heard-cloud-probe")

    async def _probe(self) -> None:
        while True:
            await asyncio.sleep(PROBE_EVERY_S * (0.5 + self._chance()))
            if self.plan.phase is not Phase.IDLE:
                return  # a cycle runs, which sees for itself
            if await self._client.reachable():
                self.trigger(Trigger.NETWORK_BACK)
                return
