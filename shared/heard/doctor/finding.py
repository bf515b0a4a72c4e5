"""What a check has to say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """FAIL: Heard does not work here like this. WARN: something will not, or not as well."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor; `hint` says what to do."""

    level: Level
    name: str
    what: str
    hint: str = ""


def ok(name: str, what: str) -> Finding:
    return Finding(Level.OK, name, what)


def warn(name: str, what: str, hint: str) -> Finding:
    return Finding(Level.WARN, name, what, hint)


def fail(name: str, what: str, hint: str) -> Finding:
    return Finding(Level.FAIL, name, what, hint)
