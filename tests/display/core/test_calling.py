"""A number is said as people say it, in English and in Arabic."""

import pytest

from display.core.calling import clips, missing


@pytest.mark.parametrize(
    ("number", "english", "arabic"),
    [
        ("0", "0", "0"),
        ("7", "7", "7"),
        ("19", "19", "19"),
        ("20", "20", "20"),
        ("45", "40 5", "5 and 40"),
        ("100", "1 hundred", "100"),
        ("105", "1 hundred 5", "100 and 5"),
        ("214", "2 hundred 14", "200 and 14"),
        ("245", "2 hundred 40 5", "200 and 5 and 40"),
        ("1000", "1 thousand", "1000"),
        ("1001", "1 thousand 1", "1000 and 1"),
        ("2300", "2 thousand 3 hundred", "2000 and 300"),
        ("4012", "4 thousand 12", "4 thousands and 12"),
        ("9999", "9 thousand 9 hundred 90 9", "9 thousands and 900 and 9 and 90"),
        ("A12", "a 12", "a 12"),
        ("007", "0 0 7", "0 0 7"),
    ],
)
def test_a_number_in_clips(number: str, english: str, arabic: str) -> None:
    assert clips(number, "en") == ("call", *english.split())
    assert clips(number, "ar") == ("call", *arabic.split())


@pytest.mark.parametrize("number", ["", "HungerStation 8841", "12345", "٢١٤", "A", "1.5"])
def test_what_cannot_be_said_is_not_called(number: str) -> None:
    assert clips(number, "en") == ()


def test_an_unknown_language_is_silent() -> None:
    assert clips("214", "fr") == ()


def test_all_numbers_need_few_clips() -> None:
    english = {clip for n in range(1, 10_000) for clip in clips(str(n), "en")}
    arabic = {clip for n in range(1, 10_000) for clip in clips(str(n), "ar")}
    assert (len(english), len(arabic)) == (30, 41)


def test_what_is_not_recorded_is_named_once() -> None:
    assert missing(["en/call", "en/2", "en/2"], {"en/call"}) == ("en/2",)
