"""QR codes as squares of whole pixels: what a phone reads best. The payload is painted as it is given."""

from __future__ import annotations

from functools import lru_cache

import pygame

from display.core.draw import Qr

QUIET_ZONE = 4
"""White squares around the code, as ISO 18004 asks."""
CODES_CACHED_MAX = 4
"""A payment and a receipt of two guests."""
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)


def paint_qr(surface: pygame.Surface, op: Qr) -> None:
    """The code in the middle of its place, which is all white; nothing where the place is too small to be read."""
    surface.fill(_WHITE, (op.x, op.y, op.size, op.size))
    code = picture(op.data, op.size)
    if code is not None:
        off = (op.size - code.get_width()) // 2
        surface.blit(code, (op.x + off, op.y + off))


@lru_cache(maxsize=CODES_CACHED_MAX)
def picture(data: str, size_px: int) -> pygame.Surface | None:
    """The code with its quiet zone, at most `size_px` wide; None where a square would be less than a pixel."""
    rows = matrix(data)
    side = len(rows) + 2 * QUIET_ZONE
    module = size_px // side
    if module < 1:
        return None
    dots = bytes(0 if dark else 255 for row in rows for dark in row for _ in range(3))
    small = pygame.image.frombytes(dots, (len(rows), len(rows)), "RGB")
    code = pygame.Surface((side * module, side * module), 0, 32)
    code.fill(_WHITE)
    large = pygame.transform.scale(small, (len(rows) * module, len(rows) * module))
    code.blit(large, (QUIET_ZONE * module, QUIET_ZONE * module))
    return code


@lru_cache(maxsize=CODES_CACHED_MAX)
def matrix(data: str) -> tuple[bytes, ...]:
    """Rows of 0 and 1 without the quiet zone. Error correction M, L for what is too long for it."""
    import segno  # 10 ms to import, and only a guest's screen needs it

    try:
        code = segno.make(data, error="m", micro=False, boost_error=False)
    except segno.DataOverflowError:
        code = segno.make(data, error="l", micro=False, boost_error=False)
    return tuple(bytes(row) for row in code.matrix)
