"""Numbers keep their signs inside Arabic; a site has one digit set."""

import pytest

from display.core.bidi import visual_runs
from display.core.isolate import Digits, isolate_numbers, ltr, own_direction, with_digits


def painted(text: str) -> str:
    """What stands on the screen from left to right, with Arabic words still in reading order."""
    return "|".join(run.text.strip() for run in visual_runs(text, "rtl") if run.text.strip())


@pytest.mark.parametrize(
    ("text", "left_to_right"),
    [
        ("طلب #214", "#214|طلب"),
        ("2× كباب", "كباب|2×"),
        ("2 × 18.00 كباب", "كباب|2 × 18.00"),
        ("أرز +3", "+3|أرز"),
        ("خصم −20.90", "−20.90|خصم"),
        ("من 1–9", "1–9|من"),
        ("البارد 1/2", "1/2|البارد"),
        ("متأخر ≥ 4", "4|متأخر ≥"),
        ("شيدر (+3.00)", "(+3.00)|شيدر"),
        ("كولا 330", "330|كولا"),
        ("لا رقم", "لا رقم"),
    ],
)
def test_numbers_of_a_free_text_keep_their_order(text: str, left_to_right: str) -> None:
    assert painted(isolate_numbers(text)) == left_to_right


@pytest.mark.parametrize("text", ["#214", "2×", "1–9", "12.50", "19:42", "(2 items)", "≥ 4", "+3"])
def test_an_isolate_is_painted_as_written(text: str) -> None:
    assert "".join(run.text for run in visual_runs(ltr(text), "rtl")) == text


def test_a_bracket_of_the_sentence_stays_outside() -> None:
    assert isolate_numbers("(2 أصناف)") == f"({ltr('2')} أصناف)"
    assert isolate_numbers("أصناف 2)") == f"أصناف {ltr('2')})"


def test_what_is_isolated_already_stays() -> None:
    text = f"طلب {ltr('#214')} 3"
    assert isolate_numbers(text) == text


def test_a_guests_name_brings_its_own_direction() -> None:
    assert painted(f"{own_direction('Omar 2')} توصيل") == "توصيل|Omar 2"


@pytest.mark.parametrize(
    ("text", "digits", "expected"),
    [
        ("12.50", Digits.ARABIC_INDIC, "١٢٫٥٠"),
        ("1,250.00", Digits.ARABIC_INDIC, "١٬٢٥٠٫٠٠"),
        ("15%", Digits.ARABIC_INDIC, "١٥٪"),
        ("T12. No.", Digits.ARABIC_INDIC, "T١٢. No."),
        ("19:42", Digits.ARABIC_INDIC, "١٩:٤٢"),
        ("١٢٫٥٠", Digits.WESTERN, "12.50"),
        ("۴", Digits.WESTERN, "4"),
        ("12.50", Digits.WESTERN, "12.50"),
    ],
)
def test_one_digit_set(text: str, digits: Digits, expected: str) -> None:
    assert with_digits(text, digits) == expected
