"""Call numbers: each is given once, blocks are used up in order, and the letter comes when none is left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heard.numbering import BLOCKS_MAX, OWN_MAX, Numbers, letter_of, numbers_from_text
from heard.stream import NumberLease


def take(numbers: Numbers, count: int) -> tuple[list[str], Numbers]:
    given = []
    for _ in range(count):
        number, numbers = numbers.take()
        given.append(number)
    return given, numbers


def test_blocks_in_order_then_the_letter_then_the_next_block() -> None:
    numbers = Numbers("A").leased(NumberLease(5, 7, 1)).leased(NumberLease(41, 42, 2))
    assert numbers.left == 5
    given, numbers = take(numbers, 7)
    assert given == ["5", "6", "7", "41", "42", "A1", "A2"]
    assert numbers.left == 0
    given, numbers = take(numbers.leased(NumberLease(60, 61, 3)), 3)
    assert given == ["60", "61", "A3"]


def test_a_block_that_is_told_again_gives_no_number_twice() -> None:
    lease = NumberLease(5, 6, 1)
    given, numbers = take(Numbers("A").leased(lease), 3)
    assert given == ["5", "6", "A1"]
    given, _ = take(numbers.leased(lease), 1)
    assert given == ["A2"]


def test_the_oldest_of_too_many_blocks_is_given_up() -> None:
    numbers = Numbers("A")
    for n in range(BLOCKS_MAX + 1):
        numbers = numbers.leased(NumberLease(n * 20 + 1, n * 20 + 20, n))
    assert take(numbers, 1)[0] == ["21"]
    assert numbers.left == BLOCKS_MAX * 20


def test_open_numbers_are_passed_over() -> None:
    numbers = Numbers("A").leased(NumberLease(5, 7, 1))
    number, numbers = numbers.take({"5", "6"}.__contains__)
    assert number == "7"
    assert numbers.take({"A1"}.__contains__)[0] == "A2"


def test_the_own_count_begins_again_after_its_end() -> None:
    assert Numbers("A", own=OWN_MAX).take()[0] == "A1"


@pytest.mark.parametrize(
    ("device", "letter"),
    [("T1", "A"), ("T2", "B"), ("T8", "J"), ("till-24", "A"), ("bar", "B"), ("__", "A"), ("x0", "Z")],
)
def test_letters_follow_the_devices_number(device: str, letter: str) -> None:
    assert letter_of(device) == letter


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("lease"), st.integers(0, 6)),
            st.tuples(st.sampled_from(["take", "restart"]), st.integers(1, 9)),
        )
    )
)
def test_no_number_is_given_twice_over_restarts(steps: list[tuple[str, int]]) -> None:
    numbers = Numbers("A")
    given: list[str] = []
    newest = 0
    for what, count in steps:
        if what == "lease":
            newest += count > 0  # 0: the newest block is told again
            if newest:
                numbers = numbers.leased(NumberLease(newest * 20, newest * 20 + 4, newest))
        elif what == "take":
            for _ in range(count):
                left = numbers.left
                number, numbers = numbers.take()
                given.append(number)
                assert numbers.left == max(0, left - 1)
        else:
            numbers = numbers_from_text(numbers.to_text(), "A")
    assert len(given) == len(set(given))


def test_text_that_is_none_of_ours() -> None:
    assert numbers_from_text("", "A") == Numbers("A")
    for text in ("{", "[]", '{"blocks": [[1]]}', '{"blocks": 3, "next": 1, "own": 1}'):
        with pytest.raises(ValueError):
            numbers_from_text(text, "A")
