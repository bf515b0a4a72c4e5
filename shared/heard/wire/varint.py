"""Lengths and numbers as protobuf writes them, for what is put together of parts that are encoded already."""

from __future__ import annotations

_SMALL = [bytes([n]) for n in range(128)]


def varint(value: int) -> bytes:
    """A non-negative number as protobuf writes it."""
    if value < 128:
        return _SMALL[value]
    if value < 1 << 14:
        return bytes((value & 127 | 128, value >> 7))
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)
