"""The words of a sync cycle: why it begins, where it stands, what the shell is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from hub.core.cloud_failure import Failure

GATEWAY = "(gateway)"
TOKEN = "(token)"  # noqa: S105
"""Names of the two steps that are no module."""


class Trigger(Enum):
    """Why a cycle begins."""

    START = "START"
    TIMER = "TIMER"
    NETWORK_BACK = "NETWORK_BACK"
    BUTTON = "BUTTON"
    CLOUD_HINT = "CLOUD_HINT"


class Phase(Enum):
    """Where the plan stands."""

    IDLE = "IDLE"
    CHECKING = "CHECKING"
    MODULES = "MODULES"
    PAUSED = "PAUSED"


class Step(Enum):
    """Where a module stands in a cycle."""

    WAITING = "WAITING"
    """For its parents, for a free hand, or for the end of a back-off."""
    PULLING = "PULLING"
    PULLED = "PULLED"
    """A page is in memory and waits for the one who applies."""
    APPLYING = "APPLYING"
    DONE = "DONE"
    FAILED = "FAILED"
    BLOCKED = "BLOCKED"
    """A parent failed; the last good rows stay in use."""


ENDED = frozenset({Step.DONE, Step.FAILED, Step.BLOCKED})
IN_HAND = frozenset({Step.PULLING, Step.PULLED, Step.APPLYING})


@dataclass(frozen=True, slots=True)
class Check:
    """Call the gateway."""

    cycle: int
    trigger: Trigger


@dataclass(frozen=True, slots=True)
class Refresh:
    """Get a new access token."""

    cycle: int


@dataclass(frozen=True, slots=True)
class Pull:
    """Get the module's next page as of the watermark; `from_start` into a fresh shadow generation, without a cursor."""

    cycle: int
    module: str
    watermark: int
    from_start: bool


@dataclass(frozen=True, slots=True)
class Apply:
    """Apply the page that was pulled."""

    cycle: int
    module: str


@dataclass(frozen=True, slots=True)
class ModuleReport:
    """How a module ended. `reason` is for people, with FAILED and BLOCKED."""

    step: Step
    reason: str = ""
    pages: int = 0
    retries: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """A cycle is over. `failure` is what ended it as a whole, `alarm` asks for people; order of modules is the graph's."""

    cycle: int
    modules: Mapping[str, ModuleReport]
    failure: Failure | None = None
    alarm: bool = False


Action: TypeAlias = Check | Refresh | Pull | Apply | Finished
