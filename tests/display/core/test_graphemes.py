"""What a reader sees as one character is never cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.core.graphemes import clean, clusters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", ["a", "b", "c"]),
        ("e\u0301x", ["e\u0301", "x"]),
        ("مُحَ", ["مُ", "حَ"]),
        ("👨\u200d👩\u200d👧!", ["👨\u200d👩\u200d👧", "!"]),
        ("👍🏽x", ["👍🏽", "x"]),
        ("🇸🇦🇪🇬", ["🇸🇦", "🇪🇬"]),
        ("❤\ufe0fx", ["❤\ufe0f", "x"]),
        ("", []),
    ],
)
def test_clusters(text: str, expected: list[str]) -> None:
    assert list(clusters(text)) == expected


@given(st.text(max_size=40))
def test_clusters_lose_nothing(text: str) -> None:
    assert "".join(clusters(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\nb\tc", "a b c"), ("a\x00b", "a b"), ("x\ud800y", "x\ufffdy"), ("مشاوي\u200cا", "مشاوي\u200cا")],
)
def test_clean_leaves_only_what_can_be_painted(text: str, expected: str) -> None:
    assert clean(text) == expected
