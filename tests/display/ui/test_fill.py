"""A fill in pieces is a fill."""

from __future__ import annotations

import pygame
from hypothesis import given
from hypothesis import strategies as st

from display.ui.fill import fill

SIZE = (150, 40)
RECTS = st.builds(
    pygame.Rect, st.integers(-9, 140), st.integers(-9, 39), st.integers(0, 160), st.integers(0, 50)
)


@given(rect=RECTS, clip=RECTS, pane_x=st.integers(0, 20))
def test_it_paints_what_a_plain_fill_paints(rect: pygame.Rect, clip: pygame.Rect, pane_x: int) -> None:
    surfaces = pygame.Surface(SIZE, 0, 32), pygame.Surface(SIZE, 0, 32)
    panes = [surface.subsurface((pane_x, 3, SIZE[0] - pane_x, SIZE[1] - 3)) for surface in surfaces]
    for pane in panes:
        pane.set_clip(clip)
    fill(panes[0], pygame.Color("#123456"), rect)
    panes[1].fill(pygame.Color("#123456"), rect)
    assert surfaces[0].get_buffer().raw == surfaces[1].get_buffer().raw
