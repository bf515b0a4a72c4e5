"""What to push next, how much, when, and what an answer settles. In memory only: after a restart the outbox is all that counts.

One batch at a time. Live documents go ahead of those that gathered before the cloud was last reached. A batch starts at one
document after an outage, doubles on success and halves on failure. A batch that the cloud refuses whole is bisected, so that only
the poisoned document is tried alone, and ends in ERROR once it is proved that the cloud is not to blame (`push_blame`).

A document on which calls break (500, time-outs) is a suspect: it stays NOT_SYNCED and is tried alone while the others go on, later
and later each time that it breaks although the cloud took others since the try before. So what broke in an outage only is asked for
within SUSPECT_FIRST_MS of its end.

All times are the hub's own time line. The shell calls `next` after every event, carries out what it says, and answers it with `answered`, `failed`, `refreshed` or
`refresh_failed`. It must store what `answered` and `failed` settle before it calls `next` again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from hub.core.alarm_words import AlarmText, alarm
from hub.core.cloud_failure import Failure, FailureClass, full_jitter_ms
from hub.core.outbox import (
    BATCH_DOCUMENTS_MAX,
    ItemAnswer,
    OrderSyncState,
    Outbox,
    OutboxRow,
    PushResult,
    Settlement,
    Verdict,
    fill_batch,
    halves,
    live_first,
)
from hub.core.push_blame import Blame

SWEEP_INTERVAL_MS = 30_000
"""The sweeper alone delivers everything; wake-ups only make it sooner."""
RETRY_FIRST_MS = 1_000
RETRY_CEILING_MS = 300_000
"""Full jitter; five minutes after the Internet is back is still the same rush. Who reaches the cloud first cuts it short."""
ANSWERS_CEILING_MS = 60_000
"""Between two tries of a cloud that is reached and breaks or refuses: nothing but a try tells when it is well."""
SUSPECT_FIRST_MS = 60_000
SUSPECT_CEILING_MS = 3_600_000
SUSPECT_EVERY = 2
"""Of so many batches one is a suspect's that is due: a busy day does not starve it, nor many suspects a sale."""
AHEAD_MAX = 5
"""Merges of one order in a row; one is enough for a cloud that keeps the contract."""
PAUSE_PROBE_MS = 900_000
"""After 403 the pusher looks by itself whether it is welcome again."""


@dataclass(frozen=True, slots=True)
class Push:
    """Push these, in this order."""

    rows: tuple[OutboxRow, ...]


@dataclass(frozen=True, slots=True)
class Refresh:
    """Get a new access token."""


@dataclass(slots=True)
class _Suspect:
    """`failures`: tries that count, each with a success of the cloud since the one before; `successes` of it at the last one."""

    version: int
    failures: int
    successes: int
    due_ms: int


@dataclass(slots=True)
class _Group:
    """Part of a batch that was refused whole; `live` keeps its place ahead of the backlog."""

    rows: tuple[OutboxRow, ...]
    live: bool


class PushPlan:
    """The pusher of one hub."""

    def __init__(self, now_ms: int) -> None:
        self.live_from_ms = now_ms
        """What changed before is backlog."""
        self.batch_max = 1
        self._awake = True
        self._sweep_ms = now_ms
        self._not_before_ms = now_ms
        self._obeys_until_ms = now_ms
        self._paused = False
        self._flight: tuple[OutboxRow, ...] = ()
        self._flight_group: _Group | None = None
        self._refresh: bool | None = None  # True: to be started, False: under way
        self._refreshed = False
        self._groups: list[_Group] = []
        self._suspects: dict[str, _Suspect] = {}
        self._blame = Blame()
        self._aheads: dict[str, int] = {}
        self._failures = 0  # since the last success
        self._batches = 0
        self._cloud_alarm: AlarmText | None = None
        self._epoch_alarm: AlarmText | None = None

    @property
    def alarm(self) -> AlarmText | None:
        """What people must be told of the pushing now."""
        return self._epoch_alarm or self._cloud_alarm

    @property
    def in_flight(self) -> tuple[OutboxRow, ...]:
        """What is being pushed now."""
        return self._flight

    def wake(self) -> None:
        """Something urgent was committed. Never cuts a back-off short."""
        self._awake = True

    def network_back(self, now_ms: int) -> None:
        """Cuts a back-off short, but not what the cloud asked for."""
        self._awake = True
        self._not_before_ms = max(min(self._not_before_ms, now_ms), self._obeys_until_ms)

    def resume(self, now_ms: int) -> None:
        """A person ends a pause, or asks for a push now, of suspects too; a Retry-After is still obeyed."""
        if self._paused:
            self._paused, self._obeys_until_ms = False, now_ms
        self._cloud_alarm = self._epoch_alarm = None
        for one in self._suspects.values():
            one.due_ms = min(one.due_ms, now_ms)
        self.network_back(now_ms)

    def new_epoch(self) -> None:
        """All state documents are offered anew; what was learnt of their versions no longer holds."""
        self._suspects.clear()
        self._groups.clear()
        self._blame.clean_slate()
        self._aheads.clear()
        self._epoch_alarm = None
        self._awake = True

    def due_ms(self) -> int | None:
        """When to call `next` even if no event comes; None while an answer is awaited."""
        if self._flight or self._refresh is False:
            return None
        return (
            self._not_before_ms if self._awake or self._refresh else max(self._sweep_ms, self._not_before_ms)
        )

    def next(self, outbox: Outbox, now_ms: int) -> Push | Refresh | None:
        """What to do now; None: nothing before `due_ms`."""
        due = self.due_ms()
        if due is None or now_ms < due:
            return None
        if self._refresh:
            self._refresh = False
            return Refresh()
        self._flight_group = None
        rows = self._choose(outbox, now_ms)
        if not rows:
            self._awake, self._sweep_ms = False, now_ms + SWEEP_INTERVAL_MS
            return None
        self._awake = True
        self._batches += 1
        self._flight = rows
        return Push(rows)

    def answered(self, answers: Sequence[ItemAnswer], now_ms: int, chance: float) -> list[Settlement]:
        """The cloud answered the batch, one answer per row in their order."""
        rows, self._flight = self._flight, ()
        assert len(rows) == len(answers), "an answer that does not fit its request is TRANSIENT: use failed()"
        self._heal(now_ms)
        judged = [self._judge(row, answer, now_ms, chance) for row, answer in zip(rows, answers, strict=True)]
        return [one for one in judged if one is not None]

    def failed(self, failure: Failure, now_ms: int, chance: float) -> list[Settlement]:
        """The batch failed whole."""
        rows, self._flight = self._flight, ()
        if failure.kind is FailureClass.REFUSED and rows:
            return self._refused(rows, failure, now_ms, chance)
        alone = failure.kind is FailureClass.TRANSIENT and len(rows) == 1
        if self._flight_group is not None and not alone:
            self._groups.append(_Group(rows, self._flight_group.live))
        if failure.kind is FailureClass.UNAUTHORIZED and not self._refreshed:
            self._refresh = True
            return []
        self.batch_max = max(1, self.batch_max // 2)
        if alone:
            self._suspect(rows[0], now_ms, chance)
        self._back_off(failure, now_ms, chance)
        return []

    def refreshed(self) -> None:
        """A new access token is in use."""
        self._refresh, self._refreshed = None, True

    def refresh_failed(self, failure: Failure, now_ms: int, chance: float) -> None:
        """No new token; the next try begins with the old one."""
        self._refresh = None
        self._back_off(failure, now_ms, chance)

    def _choose(self, outbox: Outbox, now_ms: int) -> tuple[OutboxRow, ...]:
        if self._batches % SUSPECT_EVERY == SUSPECT_EVERY - 1:
            due = self._due_suspect(outbox, now_ms)
            if due:
                return due
        group = self._group(outbox, live=True)
        if group:
            return group
        apart = {row.key: row.version for one in self._groups for row in one.rows}
        apart |= {key: one.version for key, one in self._suspects.items()}
        live = (row for row in outbox.live(self.live_from_ms) if apart.get(row.key) != row.version)
        first = next(live, None)
        if first is None:
            group = self._group(outbox, live=False)
            if group:
                return group
        backlog = (row for row in outbox.backlog(self.live_from_ms) if apart.get(row.key) != row.version)
        rows = live_first(chain(() if first is None else (first,), live), backlog)
        return fill_batch(rows, self.batch_max) or self._due_suspect(outbox, now_ms)

    def _group(self, outbox: Outbox, live: bool) -> tuple[OutboxRow, ...]:
        """The next part of a refused batch, without what changed or was settled since."""
        for group in [one for one in reversed(self._groups) if one.live is live]:
            self._groups.remove(group)
            rows = tuple(row for row in group.rows if outbox.get(row.key) == row)
            taken = fill_batch(rows, self.batch_max)
            if taken:
                if len(taken) < len(rows):
                    self._groups.append(_Group(rows[len(taken) :], live))
                self._flight_group = group
                return taken
        return ()

    def _due_suspect(self, outbox: Outbox, now_ms: int) -> tuple[OutboxRow, ...]:
        for key in sorted(self._suspects, key=lambda one: self._suspects[one].due_ms):
            row = outbox.get(key)
            known = self._suspects[key]
            if row is None or row.state is not OrderSyncState.NOT_SYNCED or row.version != known.version:
                del self._suspects[key]
            elif known.due_ms <= now_ms:
                return (row,)
        return ()

    def _refused(
        self, rows: tuple[OutboxRow, ...], failure: Failure, now_ms: int, chance: float
    ) -> list[Settlement]:
        if len(rows) == 1:
            return self._refused_alone(rows[0], failure, now_ms, chance)
        self._blame.refused(rows)
        if self._blame.is_clouds:
            self._blame_cloud(failure, now_ms, chance)
        else:
            self._split(rows)
        return []

    def _split(self, rows: tuple[OutboxRow, ...]) -> None:
        live = tuple(row for row in rows if row.changed_at_ms >= self.live_from_ms)
        parts = (
            (live, tuple(row for row in rows if row not in live))
            if 0 < len(live) < len(rows)
            else halves(rows)
        )
        self._groups += [_Group(part, part[0] in live) for part in reversed(parts)]

    def _refused_alone(
        self, row: OutboxRow, failure: Failure, now_ms: int, chance: float
    ) -> list[Settlement]:
        if self._blame.refused_alone(row):
            self._suspects.pop(row.key, None)
            return [Settlement(row, Verdict.ERROR, failure.reason)]
        self._suspect(row, now_ms, chance)
        if self._blame.is_clouds:
            self._blame_cloud(failure, now_ms, chance)
        elif self._blame.is_again_and_again(row.key):
            self._cloud_alarm = alarm("cloud.refuses_again", why=failure.reason)
        return []

    def _blame_cloud(self, failure: Failure, now_ms: int, chance: float) -> None:
        """One document at a time finds out when it is over."""
        self._cloud_alarm = alarm("cloud.refuses_all", why=failure.reason)
        self._groups.clear()
        self.batch_max = 1
        self._back_off(failure, now_ms, chance)

    def _heal(self, now_ms: int) -> None:
        """A success: some of those who were refused are asked again at once."""
        self._blame.took_something()
        for key in self._blame.to_ask_again(self._suspects):
            self._suspects[key].due_ms = now_ms
        if self._failures:
            self.live_from_ms, self._failures = now_ms, 0
        self.batch_max = min(BATCH_DOCUMENTS_MAX, self.batch_max * 2)
        self._refreshed = self._paused = False
        self._cloud_alarm = None

    def _judge(self, row: OutboxRow, answer: ItemAnswer, now_ms: int, chance: float) -> Settlement | None:
        match answer.result:
            case PushResult.ACCEPTED | PushResult.ALREADY:
                self._aheads.pop(row.key, None)
                self._forget(row.key)
                return Settlement(row, Verdict.SYNCED)
            case PushResult.REJECTED:
                self._forget(row.key)
                return Settlement(row, Verdict.ERROR, answer.reason)
            case PushResult.STALE_EPOCH:
                self._epoch_alarm = alarm("cloud.two_stores")
                self._suspect(row, now_ms, chance)
                return None
            case PushResult.AHEAD:
                times = self._aheads[row.key] = self._aheads.get(row.key, 0) + 1
                if times > AHEAD_MAX:
                    del self._aheads[row.key]
                    self._forget(row.key)
                    return Settlement(row, Verdict.ERROR, f"the cloud was ahead of {times} merges in a row")
                self._suspect(row, now_ms, chance)  # where the merge cannot be stored now: later, and alone
                return Settlement(row, Verdict.MERGE)

    def _forget(self, key: str) -> None:
        self._suspects.pop(key, None)
        self._blame.settled(key)

    def _suspect(self, row: OutboxRow, now_ms: int, chance: float) -> None:
        known = self._suspects.get(row.key)
        successes, failures = self._blame.successes, 1
        if known is not None and known.version == row.version:
            failures = known.failures + (known.successes < successes)
        wait_ms = full_jitter_ms(failures, chance, SUSPECT_FIRST_MS, SUSPECT_CEILING_MS)
        self._suspects[row.key] = _Suspect(row.version, failures, successes, now_ms + wait_ms)

    def _back_off(self, failure: Failure, now_ms: int, chance: float) -> None:
        self._failures += 1
        self._refreshed = False
        if failure.kind is FailureClass.THROTTLED:
            wait_ms = failure.retry_after_ms
            self._obeys_until_ms = now_ms + wait_ms
        elif failure.kind is FailureClass.FORBIDDEN:
            self._paused, wait_ms = True, PAUSE_PROBE_MS
            self._cloud_alarm = alarm("cloud.refused", why=failure.reason)
            self._obeys_until_ms = now_ms + wait_ms
        else:
            reached = failure.kind is not FailureClass.NOT_REACHED
            ceiling_ms = ANSWERS_CEILING_MS if reached else RETRY_CEILING_MS
            wait_ms = full_jitter_ms(self._failures, chance, RETRY_FIRST_MS, ceiling_ms)
        self._not_before_ms = now_ms + wait_ms
