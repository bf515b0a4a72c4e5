"""Money: integer minor units, the currency's own decimals, nothing lost on the way to text and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heard.money import decimals, format_minor, parse_minor, share


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (123450, "SAR", "1,234.50"),
        (5, "SAR", "0.05"),
        (-5, "SAR", "-0.05"),
        (0, "SAR", "0.00"),
        (1234567, "KWD", "1,234.567"),
        (1234567, "JPY", "1,234,567"),
        (100, "???", "1.00"),
    ],
)
def test_amounts_are_written_with_the_decimals_of_their_currency(
    amount: int, currency: str, text: str
) -> None:
    assert format_minor(amount, currency) == text
    assert parse_minor(text, currency) == amount


def test_arabic_digits() -> None:
    assert format_minor(123450, "SAR", "arabic") == "١٬٢٣٤٫٥٠"


@given(st.integers(-(10**15), 10**15), st.sampled_from(["SAR", "KWD", "JPY"]))
def test_text_and_back(amount: int, currency: str) -> None:
    assert parse_minor(format_minor(amount, currency), currency) == amount


@pytest.mark.parametrize("text", ["", "-", "1.2.3", "abc", "1.", "1.234", "--1", "١٢", "1e3", "."])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no amount|decimals"):
        parse_minor(text, "SAR")


@pytest.mark.parametrize(
    ("amount", "part", "whole", "found"),
    [(1000, 15, 100, 150), (333, 1, 2, 167), (-333, 1, 2, -167), (10, -1, 3, -3), (0, 5, 7, 0)],
)
def test_a_share_is_rounded_half_away_from_zero(amount: int, part: int, whole: int, found: int) -> None:
    assert share(amount, part, whole) == found


def test_a_share_of_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="above zero"):
        share(1, 1, 0)


def test_decimals() -> None:
    assert [decimals(one) for one in ("JPY", "SAR", "OMR")] == [0, 2, 3]
