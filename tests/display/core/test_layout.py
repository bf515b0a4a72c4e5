"""Columns of tickets: a layout that goes on from an older one is the layout that is made anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from display.core.header import Fit
from display.core.layout import GRID_ROWS, Layout, flow, grid
from display.core.look import Look
from display.core.theme import Theme
from display.core.tiles import BODY_BOTTOM, MORE_BOTTOM, Body

COLUMN_H = 900


@dataclass(frozen=True)
class Block:
    """As high as it says, with a line or without one."""

    h: int
    lines: tuple[str, ...] = ("l",)
    kind: str = "line"
    with_next: bool = False


def body(heights: list[int], loose: bool = False, repeated: int = 0) -> Body:
    blocks = [
        Block(h, () if loose and n == 0 else ("l",), with_next=loose and n == 0)
        for n, h in enumerate(heights)
    ]

    class Ticket:
        waiting_only = False

    return Body(
        cast(Any, None),
        cast(Any, Ticket()),
        388,
        cast(Any, (Block(repeated, ()),) if repeated else ()),
        cast(Any, tuple(blocks)),
        None,
        100,
        Fit(),
    )


BODIES = st.lists(
    st.builds(body, st.lists(st.integers(30, 700), min_size=1, max_size=6), st.booleans()), max_size=12
)


class Plain:
    theme = Theme.at_scale(1.0)


LOOK = cast(Look, Plain())


@given(BODIES, BODIES, st.integers(0, 12), st.integers(1, 5))
def test_what_begins_the_same_is_taken_over(
    old: list[Body], new: list[Body], common: int, columns: int
) -> None:
    after = old[:common] + new
    before = flow(LOOK, old, columns, COLUMN_H)
    assert flow(LOOK, after, columns, COLUMN_H, before) == flow(LOOK, after, columns, COLUMN_H)


@given(BODIES, st.integers(1, 5))
def test_nothing_is_left_out_and_columns_are_kept(bodies: list[Body], columns: int) -> None:
    made: Layout = flow(LOOK, bodies, columns, COLUMN_H)
    for n, whole in enumerate(bodies):
        parts = [one.part for one in made.placed if one.tile == n]
        assert [part.start for part in parts] == [0, *(part.end for part in parts[:-1])]
        assert parts[-1].end == len(whole.blocks)
    places = [(one.page, one.column, one.y) for one in made.placed]
    assert places == sorted(places)
    assert len(set(places)) == len(places)


@given(BODIES, st.integers(1, 5))
def test_every_block_stands_once_in_parts_as_high_as_their_blocks(bodies: list[Body], columns: int) -> None:
    t = LOOK.theme
    stood: list[list[int]] = [[] for _ in bodies]
    pages = flow(LOOK, bodies, columns, COLUMN_H)
    for placed in (one for page in range(pages.pages) for one in pages.on(page)):
        part, whole = placed.part, bodies[placed.tile]
        stood[placed.tile] += range(part.start, part.end)
        head = whole.header_h if part.index == 0 else t.header_continued_h
        foot = t.px(BODY_BOTTOM) if part.last else t.more_h + t.px(MORE_BOTTOM)
        assert part.h == head + t.body_top + sum(one.h for one in whole.blocks[part.start : part.end]) + foot
        assert part.more == sum(len(one.lines) for one in whole.blocks[part.end :])
    assert stood == [list(range(len(whole.blocks))) for whole in bodies]


@given(BODIES, st.integers(1, 5), st.data())
def test_one_that_changes_is_laid_out_as_if_all_were_anew(
    old: list[Body], columns: int, data: st.DataObject
) -> None:
    after = list(old)
    if after:
        place = data.draw(st.integers(0, len(after) - 1))
        heights = [block.h for block in after[place].blocks]
        after[place] = body(data.draw(st.sampled_from([heights, [400], heights[::-1]])), False)
    before = flow(LOOK, old, columns, COLUMN_H)
    assert flow(LOOK, after, columns, COLUMN_H, before) == flow(LOOK, after, columns, COLUMN_H)


CELL_H = 440
ANY_CELLS = st.lists(
    st.builds(
        body,
        st.lists(st.integers(30, 300), min_size=1, max_size=6),
        st.booleans(),
        st.sampled_from([0, 0, 104, 250, 330]),
    ),
    max_size=14,
)


@given(ANY_CELLS, st.integers(1, 5))
def test_every_line_stands_in_one_cell_of_the_grid_and_nothing_is_under_another(
    bodies: list[Body], columns: int
) -> None:
    made = grid(LOOK, bodies, columns, CELL_H)
    cells: set[tuple[int, int]] = set()
    for one in made.placed:
        own = {(one.page, one.column)}
        if one.part.h > CELL_H:
            assert one.column < columns, "it goes on in the cell below, and there is one"
            own.add((one.page, one.column + columns))
        assert not own & cells
        assert all(cell < columns * GRID_ROWS for _, cell in own)
        cells |= own
    for n, whole in enumerate(bodies):
        mine = [one for one in made.placed if one.tile == n]
        assert [one.part.index for one in mine] == list(range(len(mine)))
        assert [block for one in mine for block in range(one.part.start, one.part.end)] == list(
            range(len(whole.blocks))
        )
        assert made.first_page[n] == mine[0].page
        assert mine[-1].part.more == 0
    assert [one.page for one in made.placed] == sorted(one.page for one in made.placed)


def test_what_is_too_high_for_a_bottom_cell_leaves_the_rest_of_the_row_to_others() -> None:
    small, high = body([60]), body([160, 160], repeated=200)
    made = grid(LOOK, [small, small, high, small, small], 2, CELL_H)
    stands = [(one.tile, one.page, one.column, one.part.more, one.part.more_page) for one in made.placed]
    assert stands == [
        (0, 0, 0, 0, 0),
        (1, 0, 1, 0, 0),
        (2, 0, 2, 2, 2),  # its allergies, and that two more follow on page 2
        (3, 0, 3, 0, 0),
        (2, 1, 0, 0, 0),
        (4, 1, 1, 0, 0),
    ]
