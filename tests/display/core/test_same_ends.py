"""What two lists have in common at their ends."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from display.core.same_ends import same_ends

ONES = [object() for _ in range(4)]
SOME = st.lists(st.sampled_from(ONES), max_size=6)


@given(old=SOME, new=SOME)
def test_the_ends_are_the_same_never_overlap_and_stop_at_a_difference(
    old: list[object], new: list[object]
) -> None:
    start, end = same_ends(old, new)
    assert old[:start] == new[:start]
    assert end == 0 or old[-end:] == new[-end:]
    middles = old[start : len(old) - end], new[start : len(new) - end]
    assert start + end <= min(len(old), len(new))
    assert not all(middles) or (middles[0][0] is not middles[1][0] and middles[0][-1] is not middles[1][-1])


def test_equal_is_not_the_same() -> None:
    assert same_ends([[1], [2]], [[1], [2]]) == (0, 0)
