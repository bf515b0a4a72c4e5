"""Whether the machine's clock is in step with NTP, as the kernel says: chrony, ntpd and systemd-timesyncd all tell it."""

from __future__ import annotations

import ctypes
from functools import cache

NOT_IN_STEP = 5
"""TIME_ERROR of adjtimex(2): never in step since boot or since the clock was set by hand, or not for hours."""
TIMEX_BYTES = 512
"""More than struct timex has on any machine; all zero asks and changes nothing."""


def in_step() -> bool:
    """True where an NTP program keeps the clock in step; false also where nobody can tell."""
    ask = _adjtimex()
    if ask is None:
        return False
    return 0 <= int(ask(ctypes.create_string_buffer(TIMEX_BYTES))) < NOT_IN_STEP


@cache
def _adjtimex() -> ctypes._NamedFuncPointer | None:
    try:
        found = ctypes.CDLL(None).adjtimex
    except (OSError, AttributeError):
        return None
    found.argtypes, found.restype = [ctypes.c_char_p], ctypes.c_int
    return found
