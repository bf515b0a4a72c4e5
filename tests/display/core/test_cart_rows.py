"""Which rows of a cart are in view: the newest always, and what is not drawn is counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.core.cart_rows import GROW_MAX, InView, in_view

ROOM, MORE = 900, 74


@pytest.mark.parametrize(
    ("count", "newest", "first", "end"),
    [
        (1, 0, 0, 1),
        (8, 7, 0, 8),  # 8 x 104 = 832
        (9, 8, 2, 9),  # 7 and the row that counts
        (20, 19, 13, 20),
        (20, 0, 0, 7),  # an earlier line was changed
        (20, 10, 10, 17),
        (20, 13, 13, 20),
    ],
)
def test_rows_in_view(count: int, newest: int, first: int, end: int) -> None:
    seen = in_view([104] * count, newest, ROOM, MORE)
    assert (seen.first, seen.end) == (first, end)


def test_few_rows_grow_a_little() -> None:
    assert in_view([104], 0, ROOM, MORE) == InView(0, 1, (int(104 * GROW_MAX),))


def test_no_rows() -> None:
    assert in_view([], 0, ROOM, MORE) == InView(0, 0, ())


@given(st.lists(st.integers(104, ROOM - 2 * MORE), min_size=1, max_size=60), st.data())
def test_the_newest_is_in_view_and_nothing_sticks_out(heights: list[int], data: st.DataObject) -> None:
    newest = data.draw(st.integers(0, len(heights) - 1))
    seen = in_view(heights, newest, ROOM, MORE)
    assert seen.first <= newest < seen.end
    assert len(seen.heights) == seen.end - seen.first
    more = MORE * (seen.first > 0) + MORE * (seen.end < len(heights))
    assert sum(seen.heights) + more <= ROOM
    assert all(
        given >= needed for given, needed in zip(seen.heights, heights[seen.first : seen.end], strict=True)
    )
