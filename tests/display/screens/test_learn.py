"""Learn mode's panel in both languages, at each of its moments."""

from __future__ import annotations

import dataclasses
import json

import pytest

from display.core.draw import Group, Text
from display.core.fixture import fixture
from display.core.learn import ORDER, Asking, Learn
from display.screens.from_fixture import look_of, scene_of
from display.screens.learn import Lesson, function_word, learn_panel
from display.ui.icons import Icons
from display.ui.text import TextEngine
from heard.why import why
from tests.display.dishes import FOLDER
from tests.display.golden import check_golden

KEYS = ("left ctrl", "1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "backspace", "kp -")


def taught(*more: str) -> Lesson:
    """A bar that has answered so far."""
    learn = Learn(0.0)
    for n, key in enumerate((*KEYS, *more)):
        learn.press(key, 1.0 + n)
    return Lesson(learn.asking, learn.learnt)


LESSONS = {
    "first": Lesson(Learn(0.0).asking, {}),
    "taken": dataclasses.replace(taught("7"), under=11, came=2),
    "done": Lesson(None, taught().keys, "learn.done"),
    "failed": Lesson(None, taught().keys, "learn.failed", why("hub.none")),
}


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("moment", LESSONS)
def test_the_panel_is_painted_as_its_golden(
    moment: str, language: str, text: TextEngine, icons: Icons, update_goldens: bool
) -> None:
    busy = fixture(json.loads((FOLDER / "busy.json").read_text(encoding="utf-8")))
    busy = dataclasses.replace(busy, width=1280, height=720, languages=(language,))
    picture = scene_of(busy, text).picture
    over = learn_panel(look_of(busy, text), picture.w, picture.h, LESSONS[moment])
    picture = dataclasses.replace(picture, ops=(*picture.ops, *over))
    check_golden(f"learn-{moment}-{language}", picture, text, icons, update=update_goldens)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_bump_bar_that_was_pulled_out_is_said_in_the_top_bar(
    language: str, text: TextEngine, icons: Icons, update_goldens: bool
) -> None:
    busy = fixture(json.loads((FOLDER / "busy.json").read_text(encoding="utf-8")))
    busy = dataclasses.replace(busy, width=1280, height=720, languages=(language,))
    words = look_of(busy, text).words
    picture = scene_of(dataclasses.replace(busy, alarms=(words.say("keys.gone"),)), text).picture
    check_golden(f"unplugged-{language}", picture, text, icons, update=update_goldens)


@pytest.mark.parametrize(("language", "words"), [("en", "rush, move"), ("ar", "عاجل، نقل")])
def test_menu_is_asked_for_early_and_what_it_is_good_for_is_said(
    language: str, words: str, text: TextEngine
) -> None:
    assert ORDER.index("menu") < 20, "bump bars have 17 to 20 keys"
    look = look_of(
        dataclasses.replace(
            fixture(json.loads((FOLDER / "empty.json").read_text(encoding="utf-8"))), languages=(language,)
        ),
        text,
    )
    panel = learn_panel(look, 1280, 720, Lesson(Asking("menu", 17, 38), {}))[1]
    assert isinstance(panel, Group)
    assert any(words in op.text for op in panel.ops if isinstance(op, Text))


@pytest.mark.parametrize("function", ORDER)
def test_every_function_that_is_asked_for_has_its_word(function: str, text: TextEngine) -> None:
    empty = fixture(json.loads((FOLDER / "empty.json").read_text(encoding="utf-8")))
    words = {
        function_word(look_of(dataclasses.replace(empty, languages=(one,)), text), function)
        for one in ("en", "ar")
    }
    assert len(words) == 2
