"""One sync cycle after another: gateway first, then modules after their parents. Time and chance are arguments.

The shell gives events (`trigger`, `checked`, `pulled`, `applied`, `refreshed`, `failed`), then asks `actions` what to start and
`due_ms` when to ask again. Each action is answered by exactly one event with its cycle; what comes from an older cycle is ignored.

At most three modules are in hand at a time, one page is applied at a time. A failed module blocks its descendants only, which keep
their last good rows. A module that the gateway does not name is as it was, and its children need not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hub.core.cloud_failure import Failure, FailureClass, full_jitter_ms
from hub.core.sync_graph import Graph
from hub.core.sync_steps import (
    ENDED,
    GATEWAY,
    IN_HAND,
    TOKEN,
    Action,
    Apply,
    Check,
    Finished,
    ModuleReport,
    Phase,
    Pull,
    Refresh,
    Step,
    Trigger,
)

IN_HAND_MAX = 3
"""Modules that are pulled or hold a pulled page; more would only queue for the one writer, and cost memory."""
RETRY_FIRST_MS = 1_000
RETRY_CEILING_MS = 30_000
"""Full jitter up to this; a site's next cycle comes soon enough after it."""
THROTTLES_MAX = 20
"""429s obeyed in one cycle, so that a cloud that throttles for ever does not hold one cycle for ever."""
RESETS_MAX = 2
"""A module that is reset again and again in one cycle is a fault of the cloud; the next cycle tries again."""
GONE_IN_A_ROW_MAX = 3
"""Cycles begun at once because a watermark was gone; then the timer decides."""
PAUSE_PROBE_MS = 900_000
"""A paused cloud side looks by itself whether it is welcome again."""
POLL_INTERVAL_MS = 60_000
MAX_SYNC_RETRY = 3
"""Both until the gateway's policy says otherwise."""
POLL_SPREAD = 0.1
"""Polls are spread by this share, so that all sites of a chain do not call in one second."""


@dataclass(slots=True)
class _Module:
    from_start: bool
    step: Step = Step.WAITING
    reason: str = ""
    not_before_ms: int = 0
    more: bool = False
    pages: int = 0
    retries: int = 0
    resets: int = 0
    token: int = 0


@dataclass(slots=True)
class _Cycle:
    number: int
    trigger: Trigger
    watermark: int = 0
    modules: dict[str, _Module] = field(default_factory=dict)
    check: _Module = field(default_factory=lambda: _Module(False))
    refresh: _Module | None = None
    token: int = 0
    """Rises with each refresh, so that a 401 of a call made before it is no second one."""
    throttles: int = 0
    failure: Failure | None = None


class SyncPlan:
    """The scheduler of one hub; single flight, and one `again` for all that was triggered meanwhile."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.max_sync_retry = MAX_SYNC_RETRY
        self.poll_interval_ms = POLL_INTERVAL_MS
        self.again = False
        self._phase = Phase.IDLE
        self._cycle = _Cycle(0, Trigger.TIMER)
        self._wanted: Trigger | None = None
        self._next_poll_ms: int | None = None
        self._not_before_ms = 0
        self._gone_in_a_row = 0

    @property
    def phase(self) -> Phase:
        """Where the plan stands."""
        return self._phase

    def steps(self) -> dict[str, Step]:
        """Where each module of this cycle stands, in the graph's order."""
        return {name: one.step for name, one in self._cycle.modules.items()}

    def trigger(self, trigger: Trigger) -> None:
        """Ask for a cycle. While one runs it is remembered once; while paused only a person or a start is heard."""
        if self._phase is Phase.PAUSED and trigger not in (Trigger.START, Trigger.BUTTON):
            return
        if self._phase in (Phase.CHECKING, Phase.MODULES):
            self.again = True
        else:
            self._wanted = trigger

    def checked(
        self,
        cycle: int,
        changed: Mapping[str, bool],
        watermark: int,
        max_sync_retry: int = MAX_SYNC_RETRY,
        poll_interval_ms: int = POLL_INTERVAL_MS,
    ) -> None:
        """The gateway answered: changed modules (True: reset) and its policy. Modules outside the profile are ignored."""
        if self._stale(cycle):
            return
        self.max_sync_retry, self.poll_interval_ms = max_sync_retry, poll_interval_ms
        self._cycle.check.step = Step.DONE
        self._cycle.watermark = watermark
        self._cycle.modules = {name: _Module(changed[name]) for name in self.graph.order if name in changed}
        self._phase = Phase.MODULES

    def pulled(self, cycle: int, module: str, more: bool) -> None:
        """A page is in memory; `more` follow it."""
        if not self._stale(cycle):
            one = self._at(module, Step.PULLING)
            one.step, one.more = Step.PULLED, more

    def applied(self, cycle: int, module: str) -> None:
        """The page and its cursor are on disk."""
        if not self._stale(cycle):
            one = self._at(module, Step.APPLYING)
            one.pages += 1
            one.from_start = False
            one.step = Step.WAITING if one.more else Step.DONE

    def refreshed(self, cycle: int) -> None:
        """A new access token is in use."""
        if not self._stale(cycle):
            self._cycle.token += 1
            self._cycle.refresh = None

    def failed(self, cycle: int, step: str, failure: Failure, now_ms: int, chance: float) -> None:
        """A step (a module, GATEWAY or TOKEN) failed; `chance` is from [0, 1)."""
        if self._stale(cycle):
            return
        one = self._find(step)
        one.step, one.reason = Step.WAITING, failure.reason
        match failure.kind:
            case FailureClass.FORBIDDEN | FailureClass.WATERMARK_GONE:
                self._end(failure)
            case FailureClass.THROTTLED:
                self._cycle.throttles += 1
                self._not_before_ms = max(self._not_before_ms, now_ms + failure.retry_after_ms)
                if self._cycle.throttles > THROTTLES_MAX:
                    self._end(failure)
            case FailureClass.UNAUTHORIZED if step != TOKEN:
                self._unauthorized(one, failure)
            case FailureClass.NOT_REACHED | FailureClass.TRANSIENT | FailureClass.UNAUTHORIZED:
                self._retry(step, one, failure, now_ms, chance)
            case FailureClass.RESET if step in self._cycle.modules and one.resets < RESETS_MAX:
                one.resets += 1
                one.from_start = True
            case _:
                self._give_up(step, one, failure)

    def actions(self, now_ms: int, chance: float) -> list[Action]:
        """What to start now. `chance` from [0, 1) spreads the next poll."""
        found: list[Action] = []
        if self._phase in (Phase.CHECKING, Phase.MODULES) and self._over():
            found.append(self._finish(now_ms, chance))
        if self._phase in (Phase.IDLE, Phase.PAUSED):
            self._begin(now_ms)
        if self._phase in (Phase.CHECKING, Phase.MODULES) and self._cycle.failure is None:
            found += self._calls(now_ms)
        return found

    def due_ms(self) -> int | None:
        """When `actions` has something to do even if no event comes; None: only an event will bring something."""
        if self._phase in (Phase.IDLE, Phase.PAUSED):
            if self._wanted is not None:
                return self._not_before_ms
            return None if self._next_poll_ms is None else max(self._next_poll_ms, self._not_before_ms)
        if self._cycle.failure is not None or self._over():
            return 0 if self._over() else None
        waiting = [one.not_before_ms for _, one in self._callable()]
        return max(min(waiting), self._not_before_ms) if waiting else None

    def _begin(self, now_ms: int) -> None:
        trigger = self._wanted
        if trigger is None and self._next_poll_ms is not None and now_ms >= self._next_poll_ms:
            trigger = Trigger.TIMER
        if trigger is None or now_ms < self._not_before_ms:
            return
        self._wanted, self._next_poll_ms = None, None
        self._cycle = _Cycle(self._cycle.number + 1, trigger)
        self._phase = Phase.CHECKING

    def _calls(self, now_ms: int) -> list[Action]:
        found: list[Action] = []
        number = self._cycle.number
        ready = next((name for name, one in self._cycle.modules.items() if one.step is Step.PULLED), None)
        if ready is not None and all(one.step is not Step.APPLYING for one in self._cycle.modules.values()):
            self._cycle.modules[ready].step = Step.APPLYING
            found.append(Apply(number, ready))
        if now_ms < self._not_before_ms:
            return found
        for name, one in list(self._callable()):
            if now_ms < one.not_before_ms or (name in self._cycle.modules and self._hands() >= IN_HAND_MAX):
                continue
            one.step, one.token = Step.PULLING, self._cycle.token
            if name == TOKEN:
                found.append(Refresh(number))
            elif name == GATEWAY:
                found.append(Check(number, self._cycle.trigger))
            else:
                found.append(Pull(number, name, self._cycle.watermark, one.from_start))
        return found

    def _callable(self) -> Iterable[tuple[str, _Module]]:
        """Steps that only wait for time or a free hand, in the graph's order."""
        cycle = self._cycle
        if cycle.refresh is not None:
            return [(TOKEN, cycle.refresh)] if cycle.refresh.step is Step.WAITING else []
        if self._phase is Phase.CHECKING:
            return [(GATEWAY, cycle.check)] if cycle.check.step is Step.WAITING else []
        if self._hands() >= IN_HAND_MAX:
            return []
        return [
            (name, one)
            for name, one in cycle.modules.items()
            if one.step is Step.WAITING and all(self._is_done(parent) for parent in self.graph.parents[name])
        ]

    def _is_done(self, module: str) -> bool:
        """Unchanged counts, if all that it stands on is done too: a grandparent's rows come before a grandchild's."""
        one = self._cycle.modules.get(module)
        if one is not None:
            return one.step is Step.DONE
        return all(self._is_done(parent) for parent in self.graph.parents[module])

    def _hands(self) -> int:
        return sum(one.step in IN_HAND for one in self._cycle.modules.values())

    def _unauthorized(self, one: _Module, failure: Failure) -> None:
        if self._cycle.refresh is not None or one.token < self._cycle.token:
            return  # the call was made with the token that is being, or was, replaced
        if self._cycle.token:
            self._end(failure)
        else:
            self._cycle.refresh = _Module(False)

    def _retry(self, step: str, one: _Module, failure: Failure, now_ms: int, chance: float) -> None:
        if one.retries >= self.max_sync_retry:
            self._give_up(step, one, failure)
            return
        one.retries += 1
        one.not_before_ms = now_ms + full_jitter_ms(one.retries, chance, RETRY_FIRST_MS, RETRY_CEILING_MS)

    def _give_up(self, step: str, one: _Module, failure: Failure) -> None:
        if step not in self._cycle.modules:
            self._end(failure)
            return
        one.step = Step.FAILED
        for name in self.graph.descendants(step):
            below = self._cycle.modules.get(name)
            if below is not None and below.step is Step.WAITING:
                below.step, below.reason = Step.BLOCKED, f"waits for {step}, which failed: {failure.reason}"

    def _end(self, failure: Failure) -> None:
        """Start nothing more; what runs is waited for."""
        if self._cycle.failure is None or failure.kind is FailureClass.FORBIDDEN:
            self._cycle.failure = failure

    def _over(self) -> bool:
        cycle = self._cycle
        if cycle.failure is not None:
            parts = (cycle.check, *([cycle.refresh] if cycle.refresh else []), *cycle.modules.values())
            return all(one.step not in (Step.PULLING, Step.APPLYING) for one in parts)
        return self._phase is Phase.MODULES and all(one.step in ENDED for one in cycle.modules.values())

    def _finish(self, now_ms: int, chance: float) -> Finished:
        cycle, failure = self._cycle, self._cycle.failure
        for one in cycle.modules.values():
            if failure is not None and one.step not in ENDED:
                one.step, one.reason = Step.FAILED, failure.reason
        kind = failure.kind if failure else None
        self._phase = Phase.PAUSED if kind is FailureClass.FORBIDDEN else Phase.IDLE
        self._gone_in_a_row = self._gone_in_a_row + 1 if kind is FailureClass.WATERMARK_GONE else 0
        self._next_poll_ms = now_ms + self._spread(chance)
        if self._phase is Phase.PAUSED:
            self._next_poll_ms = now_ms + PAUSE_PROBE_MS
        elif self.again or 0 < self._gone_in_a_row < GONE_IN_A_ROW_MAX:
            self._next_poll_ms = now_ms
        self.again = False
        reports = {
            name: ModuleReport(
                one.step, one.reason if one.step is not Step.DONE else "", one.pages, one.retries
            )
            for name, one in cycle.modules.items()
        }
        return Finished(cycle.number, reports, failure, alarm=kind is FailureClass.FORBIDDEN)

    def _spread(self, chance: float) -> int:
        return int(self.poll_interval_ms * (1 + POLL_SPREAD * (2 * chance - 1)))

    def _find(self, step: str) -> _Module:
        if step == GATEWAY:
            return self._cycle.check
        if step == TOKEN:
            assert self._cycle.refresh is not None, "no refresh is under way"
            return self._cycle.refresh
        return self._cycle.modules[step]

    def _at(self, module: str, step: Step) -> _Module:
        one = self._cycle.modules[module]
        assert one.step is step, f"{module} is {one.step.value}, not {step.value}"
        return one

    def _stale(self, cycle: int) -> bool:
        return cycle != self._cycle.number or self._phase in (Phase.IDLE, Phase.PAUSED)
