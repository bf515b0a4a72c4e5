"""A spare is chosen by a digit and the same again, and by nothing less."""

from __future__ import annotations

import pytest

from display.core.keymap import Action, Press
from display.core.spare import AGAIN_S, BOUNCE_S, PER_PAGE, Choice, Spare, choices
from heard.stream import SiteProfile, StationProfile

SITE = SiteProfile(
    stations=(
        StationProfile("grill", {"en": "Grill"}),
        StationProfile("pass", {"en": "Pass"}, role="expo"),
        StationProfile("bar", {"en": "Bar"}, role="printer"),
        StationProfile("till", {"en": "Till"}, role="cart"),
        StationProfile("hall", {"en": "Hall"}, role="board"),
    )
)


def digit(n: int, *, repeat: bool = False) -> Press:
    return Press(Action.DIGIT, n, repeat)


@pytest.fixture(name="spare")
def _spare() -> Spare:
    return Spare(choices(SITE))


def test_it_can_be_every_screen_that_a_station_names(spare: Spare) -> None:
    assert [(one.role, one.station) for one in spare.choices] == [
        ("prep", "grill"),
        ("expo", "pass"),
        ("board", "hall"),
    ]


@pytest.mark.parametrize("yes", [digit(2), Press(Action.BUMP)])
def test_a_digit_asks_and_the_same_again_or_bump_says_yes(spare: Spare, yes: Press) -> None:
    spare.press(digit(2), 1.0)
    assert (spare.asked, spare.chosen) == (1, None)
    spare.press(yes, 1.0 + BOUNCE_S)
    assert spare.chosen == Choice("expo", "pass", {"en": "Pass"})


@pytest.mark.parametrize(
    "presses",
    [
        [(digit(2), 1.0), (digit(2), 1.0 + BOUNCE_S / 2)],
        [(digit(2), 1.0), (digit(2, repeat=True), 2.0)],
        [(digit(2), 1.0), (digit(1), 2.0)],
        [(digit(2), 1.0), (Press(Action.UNDO), 2.0), (Press(Action.BUMP), 3.0)],
        [(digit(9), 1.0), (digit(9), 2.0)],
        [(digit(0), 1.0), (digit(0), 2.0)],
        [(Press(Action.BUMP), 1.0)],
    ],
)
def test_nothing_less_chooses(spare: Spare, presses: list[tuple[Press, float]]) -> None:
    for press, now_s in presses:
        spare.press(press, now_s)
    assert spare.chosen is None


def test_a_question_that_nobody_answers_is_taken_back(spare: Spare) -> None:
    spare.press(digit(1), 1.0)
    spare.passed(1.0 + AGAIN_S)
    spare.press(digit(1), 2.0 + AGAIN_S)
    assert spare.chosen is None


def test_other_settings_take_the_question_back(spare: Spare) -> None:
    spare.press(digit(1), 1.0)
    spare.settle(choices(SITE))
    assert spare.asked == 0, "they are the same"
    spare.settle(choices(SITE)[1:])
    assert spare.asked is None


def test_more_than_nine_stand_on_pages() -> None:
    spare = Spare(tuple(Choice("prep", f"s{n}", {}) for n in range(PER_PAGE + 2)))
    assert (spare.pages, len(spare.rows)) == (2, PER_PAGE)
    spare.press(Press(Action.PAGE_NEXT), 1.0)
    spare.press(digit(2), 2.0)
    spare.press(digit(2), 3.0)
    assert spare.chosen is not None
    assert spare.chosen.station == f"s{PER_PAGE + 1}"
