"""How a name is chosen: on real fonts, a missing name or letter falls back to the other language, never to boxes."""

from __future__ import annotations

import pytest

from display.core.look import Look
from display.core.theme import Theme
from display.ui.text import TextEngine
from heard.order import Text

NOODLES = "ラーメン"


def look_of(text: TextEngine, *languages: str) -> Look:
    return Look(Theme.at_scale(1.0), text, languages)


@pytest.mark.parametrize(
    ("name", "language", "said"),
    [
        pytest.param({"en": "Kofta", "ar": "كفتة"}, "en", "Kofta", id="its own language"),
        pytest.param({"en": "Kofta", "ar": "كفتة"}, "ar", "كفتة", id="its own language, Arabic"),
        pytest.param({"ar": "كفتة"}, "en", "كفتة", id="no English name"),
        pytest.param({"en": "Kofta", "ar": "  "}, "ar", "Kofta", id="an empty Arabic name"),
        pytest.param({"fr": "Boulette"}, "en", "Boulette", id="only a language that nobody asked for"),
        pytest.param({"en": NOODLES, "ar": "رامن"}, "en", "رامن", id="letters that no font has"),
        pytest.param({"ar": NOODLES, "fr": "Ramen"}, "ar", "Ramen", id="readable in a third language"),
        pytest.param({"en": NOODLES, "ar": NOODLES}, "en", NOODLES, id="readable in none: dots"),
        pytest.param({"en": NOODLES}, "en", NOODLES, id="there is no other"),
        pytest.param({"en": "🍜 Soup", "ar": "شوربة"}, "en", "🍜 Soup", id="a picture is no word"),
        pytest.param({"en": "½ Жук", "ar": "نصف"}, "en", "½ Жук", id="the second font has it"),
        pytest.param({}, "en", "item-7", id="no name at all"),
    ],
)
def test_a_missing_name_or_glyph_falls_back(text: TextEngine, name: Text, language: str, said: str) -> None:
    assert look_of(text, language).name(name, "item-7").text == said


def test_a_second_language_that_cannot_be_written_is_left_out(text: TextEngine) -> None:
    look = look_of(text, "en", "ar")
    assert look.second_name({"en": "Ramen", "ar": NOODLES}) is None
    said = look.second_name({"en": "Ramen", "ar": "رامن"})
    assert said is not None
    assert said.text == "رامن"
    assert look.second_name({"en": NOODLES, "ar": "رامن"}) is None, "it stands in the first place already"


def test_an_allergy_is_said_in_every_language_that_can_be_written(text: TextEngine) -> None:
    look = look_of(text, "en")
    nuts = {"en": "Nuts", "ar": "مكسرات"}
    assert [one.text for one in look.names_of_both(nuts, "?")] == ["Nuts", "مكسرات"]
    assert [one.text for one in look.names_of_both({**nuts, "en": NOODLES}, "?")] == ["مكسرات"]
    assert [one.text for one in look.names_of_both({"en": NOODLES}, "?")] == [NOODLES]
