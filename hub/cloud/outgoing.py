"""What leaves for the cloud, for commands, metrics and /health: `heard orders`, and the pusher with its control totals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from heard.errors import UserError
from hub.api import Api, Asked
from hub.cloud.epoch import EpochKeeper
from hub.cloud.gateway import SyncResponse
from hub.cloud.pull import Puller
from hub.cloud.push import Caller, Pusher, change_outbox
from hub.cloud.totals import ControlTotals
from hub.core.alarm_words import AlarmText, alarm
from hub.core.cloud_failure import FailureClass
from hub.core.outbox import OrderSyncState, OutboxRow, Retry
from hub.store.seam import OutboxBook, Store

LIST_MAX = 1_000
LIST = 100

Alarm = Callable[[AlarmText | None], None]


@dataclass(frozen=True, slots=True)
class PushFigures:
    """For metrics. `oldest_s`: how long the oldest document waits, 0 when none does."""

    pending: int
    errors: int
    oldest_s: float
    pushed: int = 0
    rejected: int = 0
    merged: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    alarm: str = ""


class Outgoing:
    """The outbox of a hub; it is there without a cloud too, so that a hub that gets one has its history to push."""

    def __init__(
        self,
        store: Store,
        wall_ms: Callable[[], int],
        alarm: Alarm,
        start_again: Callable[[str], None] = lambda _why: None,
    ) -> None:
        """`alarm` tells staff what they must look at; None: it is well again. `start_again`: see `EpochKeeper`."""
        self.pusher: Pusher | None = None
        self.totals: ControlTotals | None = None
        self.epoch = EpochKeeper(store, start_again)
        self._store = store
        self._wall_ms = wall_ms
        self._alarm = alarm
        self._told: str | None = None

    def connect(self, client: Caller, puller: Puller) -> None:
        """Where a cloud is set: what pushes to it. Its answers tell the puller of news, and a pull that the line is back."""
        self.pusher = Pusher(client, self._store, self._wall_ms, puller.hint)
        self.totals = ControlTotals(self.pusher, self._store)
        self.pusher.on_pushed(self.epoch.pushed)
        puller.on_checked(self.epoch.checked)
        puller.on_checked(self._cloud_reached)

    def start(self) -> None:
        """Begins to push."""
        if self.pusher is not None and self.totals is not None:
            self.pusher.start()
            self.totals.start()

    async def stop(self) -> None:
        """In about a second at most. Idempotent."""
        if self.pusher is not None and self.totals is not None:
            await self.totals.stop()
            await self.pusher.stop()

    def look(self) -> None:
        """Tells staff what stands; called often."""
        text = self.problem()
        if text != self._told:
            self._told = text
            self._alarm(text)

    def problem(self) -> AlarmText | None:
        """What people must look at: a cloud that refuses, and documents that it will never take."""
        if self.pusher is None:
            return None
        if self.epoch.alarm or self.pusher.plan.alarm:
            return self.epoch.alarm or self.pusher.plan.alarm
        errors = self._store.outbox.count().errors
        if errors:
            return alarm("cloud.document") if errors == 1 else alarm("cloud.documents", n=errors)
        return None

    def figures(self) -> PushFigures:
        """For metrics."""
        count = self._store.outbox.count()
        oldest_s = max(0, self._store.now_ms() - count.oldest_ms) / 1000 if count.pending else 0.0
        if self.pusher is None:
            return PushFigures(count.pending, count.errors, oldest_s)
        record = self.pusher.record
        return PushFigures(
            count.pending,
            count.errors,
            oldest_s,
            record.pushed,
            record.rejected,
            record.merged,
            {kind.value: number for kind, number in record.failures.items()},
            self.pusher.plan.alarm or "",
        )

    def facts(self) -> dict[str, object]:
        """For /health: an outage is no sickness of the hub."""
        figures = self.figures()
        failure = None if self.pusher is None else self.pusher.record.failure
        return {
            "pending": figures.pending,
            "errors": figures.errors,
            "oldest_s": round(figures.oldest_s),
            "failure": failure.reason if failure else "",
        }

    def _cloud_reached(self, _found: SyncResponse) -> None:
        failure = None if self.pusher is None else self.pusher.record.failure
        if self.pusher is not None and failure is not None and failure.kind is FailureClass.NOT_REACHED:
            self.pusher.network_back()

    # --- for commands

    def register(self, api: Api) -> None:
        """`orders`: what the cloud has not, and another try."""
        api.get("orders/outbox", self.listed, ("state", "limit"))
        api.post("orders/retry", self.retry, ("id", "all"))

    async def listed(self, asked: Asked) -> dict[str, Any]:
        """Documents in one state, oldest first, with counts."""
        state = asked.text("state")
        limit = asked.number("limit", 1, LIST_MAX, LIST)
        if state not in ("not-synced", "errors"):
            raise UserError(f"there is no list {state!r}", "ask for not-synced or errors")
        offset_ms = self._wall_ms() - self._store.now_ms()
        return listing(self._store.outbox, state, limit, offset_ms) | {"cloud": self._standing()}

    async def retry(self, asked: Asked) -> dict[str, Any]:
        """Another try of one document in ERROR, or of all; the pusher is told."""
        everything = asked.flag("all")
        name = "" if everything else asked.text("id")
        rows = [row for row in self._store.outbox.errors() if everything or _is_named(row, name)]
        if not rows and not everything:
            raise UserError(f"no document {name!r} is in ERROR", "heard orders --errors lists them", 1)
        await change_outbox(self._store, [Retry(row.key) for row in rows])
        if self.pusher is not None:
            self.pusher.push_now()
        return {"retried": [row.key for row in rows], "cloud": self._standing()}

    def _standing(self) -> str:
        """In a few words: why something may wait."""
        if self.pusher is None:
            return "this hub has no cloud; all of it is pushed once it gets one"
        plan, record = self.pusher.plan, self.pusher.record
        if plan.alarm:
            return plan.alarm
        if record.failure is not None:
            return (
                f"the cloud is not reached since {utc(record.failed_since_wall_ms)}: {record.failure.reason}"
            )
        return f"the cloud answered last at {utc(record.pushed_wall_ms)}" if record.pushed_wall_ms else ""


def listing(outbox: OutboxBook, state: str, limit: int, wall_offset_ms: int = 0) -> dict[str, Any]:
    """The oldest documents in `state` ("errors" or "not-synced"), and how many there are."""
    rows = outbox.errors() if state == "errors" else outbox.live(0)
    count = outbox.count()
    return {
        "pending": count.pending,
        "errors": count.errors,
        "documents": [_shown(outbox, row, wall_offset_ms) for row in islice(rows, limit)],
    }


def _shown(outbox: OutboxBook, row: OutboxRow, wall_offset_ms: int) -> dict[str, Any]:
    kind, _, name = row.key.partition("/")
    order = None if row.immutable else outbox.order(name)
    return {
        "key": row.key,
        "kind": kind,
        "id": name.partition("/")[0],
        "call_number": order.call_number if order is not None else "",
        "business_date": order.business_date if order is not None else "",
        "version": row.version,
        "changed_at": utc(row.changed_at_ms + wall_offset_ms),
        "state": row.state.value,
        "reason": row.reason if row.state is OrderSyncState.ERROR else "",
    }


def utc(ms: int) -> str:
    """A time for people and programs, in UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds") if ms else ""


def _is_named(row: OutboxRow, name: str) -> bool:
    return name in (row.key, row.key.partition("/")[2], row.key.split("/")[1])
