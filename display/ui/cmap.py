"""Which characters a TrueType font can draw: pygame does not tell (it measures a missing glyph as a box)."""

from __future__ import annotations

import struct
from pathlib import Path


def coverage(font: Path) -> frozenset[int]:
    """The code points that the font's Unicode cmap maps to a glyph; raises ValueError for a file without one."""
    data = font.read_bytes()
    try:
        start = _table(data, b"cmap")
        count = struct.unpack_from(">H", data, start + 2)[0]
        records = [struct.unpack_from(">HHI", data, start + 4 + 8 * n) for n in range(count)]
        tables = {
            struct.unpack_from(">H", data, start + offset)[0]: start + offset
            for platform, encoding, offset in records
            if platform == 0 or (platform == 3 and encoding in (1, 10))
        }
        if 12 in tables:
            return _segmented_coverage(data, tables[12])
        if 4 in tables:
            return _segment_mapping(data, tables[4])
    except (struct.error, LookupError) as error:
        raise ValueError(f"{font} is not a TrueType font that can be read: {error}") from error
    raise ValueError(f"{font} has no Unicode character map of format 4 or 12")


def _table(data: bytes, tag: bytes) -> int:
    for n in range(struct.unpack_from(">H", data, 4)[0]):
        name, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * n)
        if name == tag:
            return int(offset)
    raise LookupError(f"no table {tag.decode()}")


def _segmented_coverage(data: bytes, at: int) -> frozenset[int]:
    """Format 12."""
    points: set[int] = set()
    for n in range(struct.unpack_from(">I", data, at + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", data, at + 16 + 12 * n)
        points.update(range(first + (glyph == 0), min(last, 0x10FFFF) + 1))
    return frozenset(points)


def _segment_mapping(data: bytes, at: int) -> frozenset[int]:
    """Format 4."""
    segments = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends, starts, deltas, offsets = (
        struct.unpack_from(f">{segments}H", data, at + 14 + part * 2 * segments + (2 if part else 0))
        for part in range(4)
    )
    offsets_at = at + 16 + 6 * segments
    points: set[int] = set()
    for n in range(segments):
        for code in range(starts[n], min(ends[n], 0xFFFE) + 1):
            glyph = code
            if offsets[n]:
                where = offsets_at + 2 * n + offsets[n] + 2 * (code - starts[n])
                glyph = struct.unpack_from(">H", data, where)[0]
                if glyph == 0:
                    continue
            if (glyph + deltas[n]) & 0xFFFF:
                points.add(code)
    return frozenset(points)
