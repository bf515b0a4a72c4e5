"""Sizes of expo's cards: three quarters of a station's ticket, with measures of its own where an expeditor reads other things."""

from __future__ import annotations

import dataclasses

from display.core.theme import Theme

TILE_SCALE = 0.75
COLUMN_PX = 318  # at scale 1: a card and its gap
STRIP_PX = 940  # at scale 1: a strip of the list and its gap
SMALLEST_READ_PX = 27  # the items

STRIPS_MAX = 4

_OWN = {
    "header_h": 78,
    "header_row_h": 28,
    "header_row1_y": 25,
    "header_row2_y": 56,
    "header_continued_h": 44,
    "age_bar_h": 5,
    "number_text": 38,
    "timer_text": 33,
    "type_text": 24,
    "slot": 40,
    "slot_x": 13,
    "slot_y": 16,
    "slot_text": 30,
    "stripe_w": 6,
    "padding": 12,
    "body_top": 5,
    "quantity_right": 38,
    "names_x": 54,
    "item_text": 27,
    "item_h": 33,
    "item_wrapped_h": 31,
    "modifier_h": 27,
    "check": 24,
    "pill_text": 22,
    "pill_h": 30,
    "pill_padding": 9,
    "chip_text": 21,
    "chip_h": 27,
    "strike_h": 3,
    "allergy_text": 28,
    "allergy_icon": 30,
    "more_h": 34,
    "more_text": 22,
    "more_arrow": 22,
    "progress_text": 21,
    "progress_h": 32,
}


_CLOSE = {
    "gap": 8,
    "header_h": 67,
    "header_row_h": 26,
    "header_row1_y": 20,
    "header_row2_y": 47,
    "header_continued_h": 36,
    "age_bar_h": 4,
    "slot_y": 11,
    "body_top": 3,
    "quantity_right": 31,
    "names_x": 43,
    "item_h": 30,
    "item_wrapped_h": 28,
    "modifier_h": 25,
    "progress_h": 28,
    "allergy_text": 28,
    "allergy_icon": 28,
    "more_h": 28,
    "split_leaves_min_h": 110,
}
"""Where cards stand close: nothing that is read is smaller, there is only less room around it."""


STRIP_H, STRIP_CLOSE_H = 52, 46
"""The header of a strip: one row and the age bar."""


def expo_theme(bars: Theme, *, close: bool = False, strips: bool = False) -> Theme:
    """The theme of the tiles between these bars, cards or strips; `px` of it counts at the bars' scale."""
    tiles = Theme.at_scale(TILE_SCALE * bars.scale)
    header = {"header_h": STRIP_CLOSE_H if close else STRIP_H} if strips else {}
    own = {name: bars.px(size) for name, size in (_OWN | (_CLOSE if close else {}) | header).items()}
    own = {"gap": bars.gap, "split_leaves_min_h": bars.px(150)} | own
    same = dataclasses.replace(
        tiles, scale=bars.scale, frame=bars.frame, ring=bars.ring, ring_gap=bars.ring_gap
    )
    return dataclasses.replace(same, **own)


def strip_columns(content_w: int, scale: float) -> int:
    """Columns of the list: two on a usual panel, one on an upright or narrow one."""
    return min(max(round(content_w / (STRIP_PX * scale)), 1), STRIPS_MAX)
