"""What a card at expo says of stations."""

from __future__ import annotations

import pytest

from display.core.card_blocks import station_words
from display.ui.text import TextEngine
from tests.display.core.test_look import look_of


@pytest.mark.parametrize(
    ("stations", "said"),
    [
        ((), None),
        (("grill",), "GRILL"),
        (("grill", "fry"), "GRILL + FRY"),
        (("grill", "fry", "cold", "dessert"), "GRILL + FRY +2"),
    ],
)
def test_two_stations_of_a_line_are_named_and_more_are_counted(
    text: TextEngine, stations: tuple[str, ...], said: str | None
) -> None:
    words = station_words(look_of(text, "en"), stations)
    assert (words and words.text) == said
