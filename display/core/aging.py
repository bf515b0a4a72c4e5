"""How old a ticket is and what that means: fresh, warn or late, the bar, and the NEW pill. Ages are of the hub's time line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from heard.quick import quick
from heard.stream import AgeLimits

NEW_S = 30
"""How long a ticket carries the NEW pill."""
FLASH_MS = 250
FLASHES = 3
"""A new ticket's header flashes this often, FLASH_MS on and FLASH_MS off; nothing else on the screen moves by itself."""
TICK_MS = 1000
"""All ages roll at the same moment, once a second, so that a screen wakes once and not once per ticket."""


NEVER_MS = 1 << 63


class Level(StrEnum):
    """What the header says."""

    FRESH = "fresh"
    WARN = "warn"
    LATE = "late"


@quick
@dataclass(frozen=True, slots=True)
class Age:
    """`seconds` since the station may make it, never below 0; `full` is age ÷ late threshold, 0 to 1.

    Before `until_ms` neither the level nor whether it is NEW changes: a screen of 200 tickets looks at one again only then.
    """

    seconds: int
    level: Level
    full: float
    until_ms: int = NEVER_MS


def ticked(now_ms: int) -> int:
    """The last common tick at or before `now_ms`."""
    return now_ms - now_ms % TICK_MS


def age(age_from_ms: int, now_ms: int, limits: AgeLimits, due_ms: int = 0) -> Age:
    """The age at `now_ms` under these limits; a stamp of the future is age 0. What is promised for later is late past that."""
    tick_ms = ticked(now_ms)
    seconds = max(0, (tick_ms - age_from_ms) // 1000)
    if due_ms:
        whole_s = max(1, (due_ms - age_from_ms) // 1000)
        late = tick_ms >= due_ms
        warn_s = min(limits.warn_s, whole_s)
        level = Level.LATE if late else Level.WARN if seconds >= warn_s else Level.FRESH
        until_ms = _next(tick_ms, due_ms, age_from_ms + warn_s * 1000, age_from_ms + NEW_S * 1000)
        return Age(seconds, level, 1.0 if late else min(1.0, seconds / whole_s), until_ms)
    if seconds >= limits.late_s:
        level = Level.LATE
    elif seconds >= limits.warn_s:
        level = Level.WARN
    else:
        level = Level.FRESH
    full = 1.0 if limits.late_s <= 0 else min(1.0, seconds / limits.late_s)
    new_ms, warn_ms = age_from_ms + NEW_S * 1000, age_from_ms + limits.warn_s * 1000
    return Age(seconds, level, full, _next(tick_ms, new_ms, warn_ms, age_from_ms + limits.late_s * 1000))


def _next(tick_ms: int, *moments: int) -> int:
    """The first of these that is still to come."""
    return min([at_ms for at_ms in moments if at_ms > tick_ms], default=NEVER_MS)


def late_at_ms(age_from_ms: int, limits: AgeLimits, due_ms: int = 0) -> int:
    """From which tick on `age` says LATE."""
    if due_ms:
        return due_ms
    return age_from_ms + limits.late_s * 1000 if limits.late_s > 0 else 0


def duration(seconds: int) -> str:
    """ "0:07", "14:32", "1:02:33" for ages and times left."""
    seconds = max(0, seconds)
    hours, rest = divmod(seconds, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{secs:02d}" if hours else f"{minutes}:{secs:02d}"


def flash_on(shown_for_ms: int) -> bool:
    """Whether a new ticket's header stands bright, `shown_for_ms` after it was first painted."""
    return 0 <= shown_for_ms < 2 * FLASH_MS * FLASHES and (shown_for_ms // FLASH_MS) % 2 == 0


def next_flash_ms(shown_for_ms: int) -> int | None:
    """Until the header changes next; None once the flashes are over."""
    if shown_for_ms >= (2 * FLASHES - 1) * FLASH_MS:
        return None
    return FLASH_MS - shown_for_ms % FLASH_MS
