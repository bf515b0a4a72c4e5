"""A name wraps between words and loses nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.core.graphemes import clusters
from display.core.isolate import ltr
from display.core.wrap import wrap


def columns(text: str) -> int:
    """One column a cluster; steering characters have no width."""
    return sum(1 for cluster in clusters(text) if cluster not in "\u2066\u2069")


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("Chicken Shawarma", 20, ("Chicken Shawarma",)),
        ("Chicken Shawarma", 10, ("Chicken", "Shawarma")),
        ("a b c d", 3, ("a b", "c d")),
        ("Superlong ab", 5, ("Super", "long", "ab")),
        ("Superlong a", 6, ("Superl", "ong a")),
        ("12\u00a0kg lamb", 5, ("12\u00a0kg", "lamb")),
        ("  two   spaces ", 20, ("two spaces",)),
        ("one\ntwo", 20, ("one two",)),
        ("ééé", 1, ("é", "é", "é")),
        ("wide", 0, ("w", "i", "d", "e")),
        ("", 10, ("",)),
        ("   ", 10, ("",)),
    ],
)
def test_wrap(text: str, width: int, lines: tuple[str, ...]) -> None:
    assert wrap(text, width, columns) == lines


def test_an_isolate_that_a_break_cuts_goes_on_in_the_next_line() -> None:
    assert wrap(f"طلب {ltr('2 x 18.00')} ريال", 6, columns) == (
        f"طلب {ltr('2')}",
        ltr("x"),
        f"{ltr('18.00')}",
        "ريال",
    )


@given(st.text(alphabet="ab ابت\u0301 \u00a0", max_size=60), st.integers(1, 12))
def test_no_line_is_too_wide_and_no_letter_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width, columns)
    assert all(columns(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
