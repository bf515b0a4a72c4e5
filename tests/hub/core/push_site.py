"""An outbox with its pusher and a cloud that answers as told, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hub.core.cloud_failure import Failure, FailureClass
from hub.core.outbox import (
    ItemAnswer,
    OrderSyncState,
    OutboxRow,
    PushResult,
    Settlement,
    Verdict,
    settled,
    state_row,
)
from hub.core.push_plan import (
    Push,
    PushPlan,
    Refresh,
)

F = FailureClass


S = OrderSyncState


STATE_OF = {Verdict.SYNCED: S.SYNCED, Verdict.ERROR: S.ERROR}


class Rows:
    """An outbox in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, OutboxRow] = {}
        self._in_order: list[OutboxRow] | None = None

    def live(self, from_ms: int) -> Iterator[OutboxRow]:
        return (row for row in self._waiting() if row.changed_at_ms >= from_ms)

    def backlog(self, from_ms: int) -> Iterator[OutboxRow]:
        return (row for row in self._waiting() if row.changed_at_ms < from_ms)

    def get(self, key: str) -> OutboxRow | None:
        return self.rows.get(key)

    def _waiting(self) -> Iterator[OutboxRow]:
        if self._in_order is None:
            waiting = [row for row in self.rows.values() if row.state is S.NOT_SYNCED]
            self._in_order = sorted(waiting, key=lambda row: (row.changed_at_ms, row.key))
        return iter(self._in_order)

    def _put(self, row: OutboxRow) -> None:
        self.rows[row.key] = row
        self._in_order = None

    def change(self, order_id: str, now_ms: int, size: int = 1_000) -> None:
        old = self.rows.get(f"order/{order_id}")
        self._put(state_row(order_id, old.version + 1 if old else 1, now_ms, size, urgent=False))

    def settle(self, settlements: list[Settlement]) -> None:
        for one in settlements:
            row = self.rows.get(one.row.key)
            if one.verdict in STATE_OF:
                row = settled(row, one.row.version, STATE_OF[one.verdict], one.reason)
            if row is not None:
                self._put(row)


class Site:
    """A plan, its outbox and its clock. `cloud` says for a batch: None (all taken) or how it failed."""

    def __init__(self, backlog: int = 0, now_ms: int = 1_000_000) -> None:
        self.now_ms = now_ms
        self.rows = Rows()
        for n in range(backlog):
            self.rows.change(f"old{n:04}", n)
        self.plan = PushPlan(now_ms)
        self.pushed: list[list[str]] = []
        self.chance = 0.5

    def next(self) -> Push | Refresh | None:
        return self.plan.next(self.rows, self.now_ms)

    def push(self) -> list[str]:
        """The keys of the next batch, which must come now."""
        action = self.next()
        assert isinstance(action, Push), action
        return [row.key.removeprefix("order/") for row in action.rows]

    def take(self, *results: PushResult) -> list[Settlement]:
        given_results = results or [PushResult.ACCEPTED] * len(self.plan.in_flight)
        found = self.plan.answered(
            [ItemAnswer(one, "why") for one in given_results], self.now_ms, self.chance
        )
        self.rows.settle(found)
        return found

    def fail(self, kind: FailureClass, retry_after_ms: int = 0) -> list[Settlement]:
        found = self.plan.failed(Failure(kind, "why", retry_after_ms), self.now_ms, self.chance)
        self.rows.settle(found)
        return found

    def drain(self, cloud: Callable[[list[str]], FailureClass | None], steps: int = 2_000) -> int:
        """Run until nothing is due before the sweep finds nothing; how many pushes it took."""
        pushes = quiet = 0
        for _ in range(steps):
            action = self.next()
            if action is None:
                quiet = quiet + 1 if not self.plan.in_flight else 0
                due = self.plan.due_ms()
                assert due is not None
                if quiet > 200:
                    return pushes
                self.now_ms = max(self.now_ms + 1, due)
                continue
            assert isinstance(action, Push)
            quiet = 0
            pushes += 1
            keys = [row.key.removeprefix("order/") for row in action.rows]
            self.pushed.append(keys)
            kind = cloud(keys)
            if kind is None:
                self.take()
            else:
                self.fail(kind)
        raise AssertionError("it did not come to rest")

    def states(self) -> dict[str, S]:
        return {key.removeprefix("order/"): row.state for key, row in self.rows.rows.items()}
