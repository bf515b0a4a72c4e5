"""UUIDv7: the right bits, sorted by time."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heard.ids import RANDOM_BITS, uuid7


@given(st.integers(0, (1 << 48) - 1), st.integers(0, (1 << RANDOM_BITS) - 1))
def test_version_variant_time_and_chance_are_in_their_places(unix_ms: int, bits: int) -> None:
    made = uuid.UUID(uuid7(unix_ms, bits))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == unix_ms
    assert ((made.int >> 64) & 0xFFF) << 62 | made.int & ((1 << 62) - 1) == bits


@given(
    st.integers(0, (1 << 48) - 2),
    st.integers(0, (1 << RANDOM_BITS) - 1),
    st.integers(0, (1 << RANDOM_BITS) - 1),
)
def test_a_later_millisecond_sorts_later(unix_ms: int, one: int, other: int) -> None:
    assert uuid7(unix_ms, one) < uuid7(unix_ms + 1, other)


def test_wrong_chance_is_refused() -> None:
    with pytest.raises(ValueError, match="74 random bits"):
        uuid7(0, 1 << RANDOM_BITS)
