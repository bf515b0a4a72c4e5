"""What a failed call to the cloud means: who may try again, when, and who must be told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

RETRY_AFTER_MAX_MS = 3_600_000
"""A cloud may ask for patience, but a typo of its operator must not silence a site for a day."""
RETRY_AFTER_DEFAULT_MS = 5_000
"""For a 429 that does not say how long."""


class FailureClass(Enum):
    """What to do about it is in the words below."""

    NOT_REACHED = "NOT_REACHED"
    """No connection: nothing was sent. Try again; says nothing of what would have been sent."""
    TRANSIENT = "TRANSIENT"
    """5xx, a timeout, a cut or unreadable answer: it may have been done. Try again with full jitter."""
    THROTTLED = "THROTTLED"
    """429, or 503 with Retry-After: wait so long; uses up no retry."""
    UNAUTHORIZED = "UNAUTHORIZED"
    """401: refresh the token once, then try again."""
    FORBIDDEN = "FORBIDDEN"
    """403, or a pairing that is lost: pause the cloud side and tell people."""
    RESET = "RESET"
    """410 cursor-gone: pull the module from the beginning into a fresh generation."""
    WATERMARK_GONE = "WATERMARK_GONE"
    """410 watermark-gone: end this cycle and check the gateway again."""
    REFUSED = "REFUSED"
    """400, 413, 422: final for what was sent."""
    NOT_THERE = "NOT_THERE"
    """404 and other 4xx: nobody serves this. Final for a module; of a document it says nothing."""
    BAD_ROWS = "BAD_ROWS"
    """Too many rows of a page cannot be used; ours alone, never from HTTP. Stop the module, keep the cursor."""
    LOCAL = "LOCAL"
    """Our own store did not take it (disk full); not the cloud's fault. Next cycle."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure. `reason` is in plain words for people; `retry_after_ms` only with THROTTLED."""

    kind: FailureClass
    reason: str
    retry_after_ms: int = 0


def classify(status: int, problem: str, reason: str, retry_after_s: int | None = None) -> Failure:
    """The failure of an HTTP answer. `problem` is the last part of the problem's type, "" when there is none.

    A 200 that cannot be read (captive portal, truncated body) is passed as status 0; redirects count as that too.
    """
    if status == 429 or (status == 503 and retry_after_s is not None):
        wait_ms = RETRY_AFTER_DEFAULT_MS if retry_after_s is None else max(0, retry_after_s) * 1000
        return Failure(FailureClass.THROTTLED, reason, min(wait_ms, RETRY_AFTER_MAX_MS))
    if status == 403 or problem == "pairing-lost":
        return Failure(FailureClass.FORBIDDEN, reason)
    if status == 401:
        return Failure(FailureClass.UNAUTHORIZED, reason)
    if status == 410:
        gone = FailureClass.WATERMARK_GONE if problem == "watermark-gone" else FailureClass.RESET
        return Failure(gone, reason)
    if status == 408:
        return Failure(FailureClass.TRANSIENT, reason)
    if status in (400, 413, 422):
        return Failure(FailureClass.REFUSED, reason)
    if 400 <= status < 500:
        return Failure(FailureClass.NOT_THERE, reason)
    return Failure(FailureClass.TRANSIENT, reason)


def full_jitter_ms(failures: int, chance: float, first_ms: int, ceiling_ms: int) -> int:
    """A wait spread evenly over 0…ceiling, which doubles with each failure (1 is the first); `chance` is from [0, 1)."""
    ceiling = min(ceiling_ms, first_ms << min(max(failures, 1) - 1, 30))
    return int(chance * ceiling)
