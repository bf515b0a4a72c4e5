"""The hub's settings of a station's screens: taken over at once, below what the screen's own file changed."""

from __future__ import annotations

import dataclasses

import pytest

from display.app.habits import habits
from display.config import Config
from display.core.keymap import Action, Grammar
from display.core.layout import LAYOUTS as SCREEN_LAYOUTS
from display.core.presets import PRESETS
from display.core.slots import SHIFTING, STABLE
from display.core.sounding import Sound
from heard.station import GRAMMARS, KEY_PRESETS, LAYOUTS, SLOTS, SOUNDS
from heard.stream import ScreenSettings

HUB = ScreenSettings(
    keys="sdcloud",
    key_map={"bump": "f1", "2": "f2"},
    grammar="digit-bumps",
    slots="shifting",
    rail=False,
    volume_percent=30,
    sounds={"late": "off", "new": "on"},
)


def test_the_words_of_both_sides_are_the_same() -> None:
    assert set(KEY_PRESETS) == set(PRESETS)
    assert set(LAYOUTS) == set(SCREEN_LAYOUTS)
    assert set(GRAMMARS) == {one.value for one in Grammar}
    assert {habits(Config(), ScreenSettings(slots=one)).timing for one in SLOTS} == {STABLE, SHIFTING}
    assert set(SOUNDS) <= {one.value for one in Sound}


def test_what_the_hub_says_holds() -> None:
    found = habits(Config(), HUB)
    assert (found.config.keys, found.config.rail, found.config.volume) == ("sdcloud", False, 0.3)
    assert (found.grammar, found.timing, found.silent) == (Grammar.BUMP, SHIFTING, frozenset({"late"}))
    assert found.keymap.keys["f1"].action is Action.BUMP
    assert (found.keymap.keys["f2"].action, found.keymap.keys["f2"].number) == (Action.DIGIT, 2)
    assert "left ctrl" not in found.keymap.keys
    assert found.bump_bar, "one must be there"
    assert habits(Config(), ScreenSettings(key_map={"bump": "f1"})).bump_bar, "learnt keys are a bar's"
    assert not habits(Config(), ScreenSettings(grammar="digit-bumps")).bump_bar


@pytest.mark.parametrize(
    "own",
    [{"keys": "kb9000"}, {"grammar": "digit-bumps"}, {"slots": "shifting"}, {"rail": False}, {"volume": 0.5}],
)
def test_what_its_own_file_changed_goes_before(own: dict[str, object]) -> None:
    config = dataclasses.replace(Config(), **own)  # type: ignore[arg-type]
    hub = ScreenSettings("", "sdcloud", {"bump": "f1"}, "digit-selects", "stable", True, 90)
    found = habits(config, hub).config
    assert {name: getattr(found, name) for name in own} == own


def test_without_a_word_of_the_hub_it_is_the_screens_own() -> None:
    found = habits(Config(), ScreenSettings())
    assert found.config == Config()
    assert found.keymap is PRESETS["keyboard"]


def test_a_word_of_a_newer_hub_is_left_out() -> None:
    newer = ScreenSettings(keys="kb9999", grammar="spoken", slots="round", key_map={"sing": "f9"})
    assert habits(Config(), newer) == habits(Config(), ScreenSettings())
