"""Every size of the kitchen screens, at scale 1 on 1920x1080 and at any other scale."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Theme:
    """Sizes in px. Build it with `at_scale`; names say the part, then the measure."""

    # Screen
    top_bar_h: int = 64
    bottom_bar_h: int = 56
    gap: int = 12
    rail_w: int = 296
    radius: int = 12
    bar_text: int = 28  # labels of both bars
    bar_title: int = 36  # station name
    bar_value: int = 30  # Oldest, Late, Waiting
    bar_clock: int = 38
    bar_padding: int = 20
    station_icon: int = 34
    link_icon: int = 28
    key_h: int = 38  # key hints in the bottom bar
    key_radius: int = 8
    key_padding: int = 12
    key_text: int = 24
    hint_text: int = 26

    # Ticket
    padding: int = 14
    body_top: int = 10  # under the header
    quantity_right: int = 64  # right edge of the quantity, from the tile's start edge
    names_x: int = 80  # names and header text start here
    stripe_w: int = 8  # the order type's colour, full height at the start edge
    frame: int = 6  # RUSH, in the gap outside the tile
    ring: int = 4  # selected
    ring_gap: int = 2

    # Header
    header_h: int = 94
    header_row_h: int = 34  # each further row
    header_row1_y: int = 29  # rows are centred here
    header_row2_y: int = 66
    header_continued_h: int = 56
    slot_x: int = 14
    slot_y: int = 16
    slot: int = 56
    slot_radius: int = 10
    slot_text: int = 40
    number_text: int = 40
    timer_text: int = 40
    type_text: int = 30
    pill_text: int = 28
    pill_h: int = 38
    pill_radius: int = 8
    pill_padding: int = 12
    age_bar_h: int = 6
    clock_sign: int = 34

    # Lines
    item_text: int = 36
    item_h: int = 46
    item_wrapped_h: int = 42  # each further row of a wrapped name
    modifier_text: int = 32
    modifier_h: int = 40
    second_text: int = 27  # the second language
    second_h: int = 36
    strike_h: int = 4
    check: int = 32  # at the end of a line that is done

    # Blocks
    allergy_text: int = 38
    allergy_h: int = 104  # two rows
    allergy_seat_h: int = 144
    allergy_icon: int = 40
    allergy_seat_text: int = 30
    block_radius: int = 8
    hold_h: int = 84
    hold_text: int = 28
    hold_icon: int = 28
    void_h: int = 52
    chip_text: int = 28
    chip_h: int = 36
    added_text: int = 28
    added_h: int = 44
    added_rule_h: int = 2
    progress_h: int = 46
    progress_text: int = 26
    progress_check: int = 24
    more_h: int = 44
    more_text: int = 28
    more_arrow: int = 28
    split_leaves_min_h: int = 180  # a tile is split only if moving it whole would leave more than this

    # All-day rail
    rail_quantity_text: int = 36
    rail_name_text: int = 28
    rail_more_text: int = 28
    rail_padding: int = 12
    rail_head_h: int = 56
    rail_row_h: int = 66
    rail_row_wrapped_h: int = 34  # each further row of a name
    rail_row_gap: int = 6
    rail_row_radius: int = 8
    rail_quantity_right: int = 48  # from the row's start edge
    rail_name_x: int = 64

    scale: float = 1.0

    @classmethod
    def at_scale(cls, scale: float) -> Theme:
        """All sizes times `scale`, rounded to whole pixels, at least 1."""
        sizes = {
            f.name: max(1, round(f.default * scale))
            for f in fields(cls)
            if f.name != "scale" and isinstance(f.default, int)
        }
        return cls(**sizes, scale=scale)

    def px(self, size: int) -> int:
        """A size that is given at scale 1 where it is used: at least 1."""
        return max(1, round(size * self.scale))
