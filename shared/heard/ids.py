"""Ids that makers mint: UUIDv7 (RFC 9562), which sort by the time they were made. Pure: time and chance come in."""

from __future__ import annotations

import uuid

RANDOM_BITS = 74


def uuid7(unix_ms: int, random_bits: int) -> str:
    """The UUIDv7 of this millisecond and RANDOM_BITS bits of chance, as text of 36 characters."""
    if not 0 <= random_bits < 1 << RANDOM_BITS:
        raise ValueError(f"needs {RANDOM_BITS} random bits")
    low = random_bits & ((1 << 62) - 1)
    high = random_bits >> 62
    value = (unix_ms & ((1 << 48) - 1)) << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
    return str(uuid.UUID(int=value))
