"""Runs the plan of pushing (`hub.core.push_plan`): makes documents of rows, offers them, keeps what the cloud said.

The POS was answered long before; nothing of the LAN side waits for anything in here. What is in flight lives in memory only: after
a crash it is offered again, and a cloud that has it says ALREADY.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from heard.order import Order
from hub.cloud.answer import Answer, CloudFailed
from hub.cloud.documents import Offered, Unfit, order_document, paper_document, push_body
from hub.cloud.offer import check_epoch, parts, read_answers, watermark_of
from hub.cloud.order_json import read_order
from hub.core import ahead
from hub.core.cloud_failure import Failure, FailureClass
from hub.core.decision import OUTBOX_PER_DECISION_MAX, Decision, Docs
from hub.core.outbox import (
    ItemAnswer,
    OrderSyncState,
    OutboxChange,
    OutboxRow,
    PushResult,
    Settle,
    Settlement,
    Verdict,
)
from hub.core.payment_papers import payment_papers
from hub.core.push_plan import Push, PushPlan, Refresh
from hub.store.seam import CorruptRecord, DecisionTooLarge, OutcomeUnknown, Store, StoreUnavailable

ANSWER_BYTES_MAX = 16 << 20
"""Fifty documents that the cloud holds otherwise, each as large as an order can be."""
LOOK_EVERY_S = 1.0
"""Between two looks at the clock while nothing is due: a machine that slept knows it within a second."""
STOP_S = 1.0
STORE_WAIT_S = 5.0
"""After the store did not take what the cloud said: the disk is full, and others need it more."""
REST_TIMES = 4
"""After a batch the pusher rests so many times as long as it worked on this loop: a backlog takes a fifth of it, the kitchen the rest."""
WITHOUT_TARGET_MAX = 100
"""Lost orders that others wait for in memory; `heard orders retry` asks again for all."""
STATE_OF = {Verdict.SYNCED: OrderSyncState.SYNCED, Verdict.ERROR: OrderSyncState.ERROR}

log = logging.getLogger("heard.cloud")


class Caller(Protocol):
    """The part of `CloudClient` that pushing needs."""

    async def get(self, path: str, query: Any = None, *, etag: str = "", bytes_max: int = ...) -> Answer: ...

    async def post(self, path: str, body: object, *, bytes_max: int = ...) -> Answer: ...

    async def refresh(self) -> None: ...


@dataclass(slots=True)
class PushRecord:
    """Counters since start, and how the last call ended. `pushed`: documents that the cloud has."""

    pushed: int = 0
    rejected: int = 0
    merged: int = 0
    calls: int = 0
    failures: dict[FailureClass, int] = field(default_factory=dict)
    failure: Failure | None = None
    failed_since_wall_ms: int = 0
    pushed_wall_ms: int = 0


class Pusher:
    """One hub's pushing: `start`, then by itself; `stop` at the end."""

    def __init__(
        self,
        client: Caller,
        store: Store,
        wall_ms: Callable[[], int],
        hint: Callable[[int], None] = lambda _watermark: None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`hint` hears the watermark of the cloud's master data that comes with each answer."""
        self.plan = PushPlan(store.now_ms())
        self.record = PushRecord()
        self.client = client
        self._store = store
        self._wall_ms = wall_ms
        self._hint = hint
        self._chance = chance
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._worked_s = 0.0
        self._held: dict[str, Mapping[str, Any]] = {}
        self._without_target: dict[str, dict[str, Order]] = {}
        """The cloud's orders that it has merged into one (the key) that this hub lost in a restore."""
        self._on_pushed: Callable[[], None] = lambda: None
        store.on_urgent(self._urgent)

    # --- what others may do

    def start(self) -> None:
        """Begins with what the outbox has."""
        self._task = asyncio.create_task(self._run(), name="heard-cloud-push")

    async def stop(self) -> None:
        """Ends within STOP_S, in the middle of anything. Idempotent."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait((task,), timeout=STOP_S)

    def on_pushed(self, tell: Callable[[], None]) -> None:
        """`tell` is called when the cloud took something."""
        self._on_pushed = tell

    def network_back(self) -> None:
        """The cloud was reached by somebody: a back-off is over."""
        self.plan.network_back(self._store.now_ms())
        self._wake.set()

    def push_now(self) -> None:
        """A person asks for it; ends a pause."""
        self.plan.resume(self._store.now_ms())
        self._wake.set()

    def offered(self) -> None:
        """Something was put back into the outbox."""
        self._urgent()

    def _urgent(self) -> None:
        self.plan.wake()
        self._wake.set()

    # --- the loop

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            if not await self._step():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._wait_s()):
                        await self._wake.wait()

    async def _step(self) -> bool:
        """Does what is due; False when nothing is."""
        try:
            step = self.plan.next(self._store.outbox, self._store.now_ms())
        except CorruptRecord as error:
            log.error("the outbox cannot be read: %s", error)
            await asyncio.sleep(STORE_WAIT_S)
            return False
        match step:
            case Push():
                self._worked_s = 0.0
                await self._push(step.rows)
                await self._rest()
            case Refresh():
                await self._refresh()
            case None:
                return False
        return True

    async def _rest(self) -> None:
        """Cut short by something urgent: that is one document, not a batch."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._worked_s * REST_TIMES):
                await self._wake.wait()

    def _wait_s(self) -> float:
        due_ms = self.plan.due_ms()
        wait_s = LOOK_EVERY_S if due_ms is None else (due_ms - self._store.now_ms()) / 1000
        return max(0.0, min(wait_s, LOOK_EVERY_S))

    async def _refresh(self) -> None:
        try:
            await self.client.refresh()
        except CloudFailed as error:
            self._failed(error.failure)
            self.plan.refresh_failed(error.failure, self._store.now_ms(), self._chance())
        else:
            self.plan.refreshed()

    async def _push(self, rows: Sequence[OutboxRow]) -> None:
        try:
            answers = await self._offer(rows)
        except CloudFailed as error:
            self._failed(error.failure)
            settlements = self.plan.failed(error.failure, self._store.now_ms(), self._chance())
        else:
            self._reached()
            settlements = self.plan.answered(answers, self._store.now_ms(), self._chance())
        try:
            await self._settle(settlements)
        except (StoreUnavailable, OutcomeUnknown) as error:
            # The rows stay as they are, and are offered again: the cloud will say ALREADY.
            log.warning("the store did not take what the cloud said: %s", error)
            await asyncio.sleep(STORE_WAIT_S)
        finally:
            self._held.clear()

    async def _offer(self, rows: Sequence[OutboxRow]) -> list[ItemAnswer]:
        """One answer per row. Raises CloudFailed."""
        answers: dict[str, ItemAnswer] = {}
        made: list[Offered] = []
        key_of: dict[int, str] = {}
        for row in rows:
            begun = time.perf_counter()
            try:
                one = self._document(row)
            except Unfit as error:
                answers[row.key] = ItemAnswer(PushResult.REJECTED, f"{error} (found by this hub)")
            else:
                made.append(one)
                key_of[id(one)] = row.key
            self._worked_s += time.perf_counter() - begun
            await asyncio.sleep(0)  # an order is encoded in a millisecond at most; the kitchen comes between
        for part in parts(made):
            self.record.calls += 1
            got = await self.client.post(
                "documents", push_body(self._store.epoch, part), bytes_max=ANSWER_BYTES_MAX
            )
            check_epoch(self._store.epoch, got.body)
            for one, answered in zip(part, read_answers(part, got.body), strict=True):
                key = key_of[id(one)]
                answers[key] = answered.answer
                if answered.held is not None:
                    self._held[key] = answered.held
            self._hint(watermark_of(got.body))
        return [answers[row.key] for row in rows]

    def _document(self, row: OutboxRow) -> Offered:
        """Raises Unfit."""
        try:
            if row.immutable:
                paper = self._store.outbox.paper(row.key)
                if paper is not None:
                    return paper_document(paper)
            else:
                order = self._store.outbox.order(row.key.partition("/")[2])
                if order is not None:
                    return order_document(order)
        except CorruptRecord as error:
            raise Unfit(f"it cannot be read from the disk: {error}") from error
        raise Unfit("it is not in the store")

    # --- what the cloud said, kept

    async def _settle(self, settlements: Sequence[Settlement]) -> None:
        """Raises StoreUnavailable, OutcomeUnknown."""
        changes: list[OutboxChange] = []
        for one in settlements:
            if one.verdict in STATE_OF:
                changes.append(Settle(one.row.key, one.row.version, STATE_OF[one.verdict], one.reason))
                self._tell(one)
        await change_outbox(self._store, changes)
        if changes:
            taken = sum(one.verdict is Verdict.SYNCED for one in settlements)
            self.record.pushed += taken
            if taken:
                self._on_pushed()
            self.record.rejected += sum(one.verdict is Verdict.ERROR for one in settlements)
        for one in settlements:
            if one.verdict is Verdict.MERGE:
                await self._ahead(one.row.key)

    def _tell(self, one: Settlement) -> None:
        if one.verdict is Verdict.ERROR:
            log.error("the cloud will not take %s version %d: %s", one.row.key, one.row.version, one.reason)

    async def _ahead(self, key: str) -> None:
        """The cloud holds more of this order; those that it has merged into it, and that stay open here without it, come after."""
        try:
            theirs = read_order(self._held.get(key, {}).get("body"))
            if f"order/{theirs.order_id}" != key:
                raise ValueError(f"it is the order {theirs.order_id[:60]!r}")
        except ValueError as error:
            log.error("the cloud is ahead of %s, and its order cannot be read: %s", key, error)
            return
        await self._merge(key, theirs)
        for waiting in self._without_target.pop(key, {}).values():
            await self._merge(f"order/{waiting.order_id}", waiting)

    async def _merge(self, key: str, theirs: Order) -> None:
        """Both become a new version, which every screen sees."""
        left_open = False

        def decide(docs: Docs, now_ms: int) -> Decision:
            nonlocal left_open
            made, puts = ahead.decide(docs, key, theirs, now_ms)
            left_open = key in made and ahead.stays_open(made[key], theirs)
            reads = {one: None if doc is None else doc.version for one, doc in docs.items()}
            # A payment that only the cloud's order knew may never have come to it as a document of its own.
            return Decision(None, reads, puts, outbox=payment_papers(docs, made))

        try:
            await self._store.submit(ahead.needs(key, theirs), decide)
        except (DecisionTooLarge, ValueError) as error:
            log.error("the cloud is ahead of %s, and both cannot be made one: %s", key, error)
            return
        if left_open:
            log.error(
                "%s (#%s) was merged into %s at the cloud, and this hub has no such order: it stays open here",
                key, theirs.call_number or "-", theirs.merged_into,
            )  # fmt: skip
            target = f"order/{theirs.merged_into}"
            if target in self._without_target or len(self._without_target) < WITHOUT_TARGET_MAX:
                self._without_target.setdefault(target, {})[theirs.order_id] = theirs
            return
        self.record.merged += 1
        log.info("the cloud was ahead of %s at version %d; merged as a new version", key, theirs.version)

    def _failed(self, failure: Failure) -> None:
        record = self.record
        if record.failure is None:
            record.failed_since_wall_ms = self._wall_ms()
            log.warning("pushing to the cloud: %s", failure.reason)
        record.failure = failure
        record.failures[failure.kind] = record.failures.get(failure.kind, 0) + 1

    def _reached(self) -> None:
        if self.record.failure is not None:
            log.info("pushing to the cloud again")
        self.record.failure, self.record.failed_since_wall_ms = None, 0
        self.record.pushed_wall_ms = self._wall_ms()


async def change_outbox(store: Store, changes: Sequence[OutboxChange]) -> None:
    """In as many decisions as the seam's limit asks for. Raises StoreUnavailable, OutcomeUnknown."""
    for start in range(0, len(changes), OUTBOX_PER_DECISION_MAX):
        some = tuple(changes[start : start + OUTBOX_PER_DECISION_MAX])

        def decide(_docs: Docs, _now_ms: int, some: tuple[OutboxChange, ...] = some) -> Decision:
            return Decision(None, outbox=some)

        await store.submit(frozenset(), decide)
