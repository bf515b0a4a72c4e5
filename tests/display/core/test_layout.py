"""Columns of tickets: a layout that goes on from an older one is the layout that is made anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from display.core.header import Fit
from display.core.layout import Layout, flow
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


def body(heights: list[int], loose: bool = False) -> Body:
    blocks = [
        Block(h, () if loose and n == 0 else ("l",), with_next=loose and n == 0)
        for n, h in enumerate(heights)
    ]

    class Ticket:
        waiting_only = False

    return Body(cast(Any, None), cast(Any, Ticket()), 388, (), cast(Any, tuple(blocks)), None, 100, Fit())


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
