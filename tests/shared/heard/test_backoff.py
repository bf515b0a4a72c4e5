"""Back-off: spread over its range, growing only where it is told to, never past its end."""

from hypothesis import given
from hypothesis import strategies as st

from heard.backoff import Backoff

FLAT = Backoff(0.2, 0.8)
GROWING = Backoff(0.0, 60.0, first_s=1.0)


def test_without_growth_every_wait_is_from_the_whole_range() -> None:
    assert FLAT.wait_s(1, 0.0) == FLAT.wait_s(9, 0.0) == 0.2
    assert FLAT.wait_s(1, 0.5) == FLAT.wait_s(9, 0.5) == 0.5


def test_the_ceiling_doubles_up_to_its_end() -> None:
    assert [GROWING.wait_s(failures, 0.5) for failures in (0, 1, 2, 3, 7, 8, 500)] == [
        0.5,
        0.5,
        1.0,
        2.0,
        30.0,
        30.0,
        30.0,
    ]


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_no_wait_leaves_the_range(failures: int, chance: float) -> None:
    assert 0.2 <= FLAT.wait_s(failures, chance) <= 0.8
    assert 0.0 <= GROWING.wait_s(failures, chance) <= 60.0
