"""What pulling did so far: for metrics, alarms and `heard sync status`."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.cloud.gateway import SyncResponse
from hub.core.cloud_failure import Failure, FailureClass
from hub.core.sync_steps import Finished, Step, Trigger


@dataclass(slots=True)
class ModuleRecord:
    """`ok_wall_ms`: when it was last known to be up to date; `failure` is empty while it is."""

    ok_wall_ms: int = 0
    step: Step = Step.WAITING
    failure: str = ""
    failed_since_wall_ms: int = 0
    failures: int = 0
    rows_applied: int = 0


@dataclass(slots=True)
class PullRecord:
    """Counters since start; times by the wall, for people."""

    cycles: int = 0
    cycles_failed: int = 0
    trigger: str = ""
    began_wall_ms: int = 0
    checked_wall_ms: int = 0
    """Of the last good answer of the gateway, also of a run before this one."""
    response: SyncResponse | None = None
    failure: Failure | None = None
    """What ended the last cycle as a whole."""
    failed_since_wall_ms: int = 0
    paused: bool = False
    failures: dict[FailureClass, int] = field(default_factory=dict)
    modules: dict[str, ModuleRecord] = field(default_factory=dict)

    def module(self, name: str) -> ModuleRecord:
        return self.modules.setdefault(name, ModuleRecord())

    def began(self, trigger: Trigger, wall_ms: int) -> None:
        self.trigger, self.began_wall_ms = trigger.value, wall_ms

    def checked(self, response: SyncResponse, wall_ms: int) -> None:
        self.response, self.checked_wall_ms = response, wall_ms

    def step_failed(self, failure: Failure) -> None:
        self.failures[failure.kind] = self.failures.get(failure.kind, 0) + 1

    def applied(self, module: str, rows: int) -> None:
        self.module(module).rows_applied += rows

    def finished(self, finished: Finished, wall_ms: int) -> None:
        self.cycles += 1
        failed = finished.failure is not None
        if failed and self.failure is None:
            self.failed_since_wall_ms = wall_ms
        self.failure = finished.failure
        self.paused = finished.alarm
        bad = failed or any(one.step is not Step.DONE for one in finished.modules.values())
        self.cycles_failed += bad
        for name, report in finished.modules.items():
            one = self.module(name)
            one.step = report.step
            if report.step is Step.DONE:
                one.ok_wall_ms, one.failure, one.failed_since_wall_ms = wall_ms, "", 0
            else:
                one.failures += 1
                one.failed_since_wall_ms = one.failed_since_wall_ms or wall_ms
                one.failure = report.reason
