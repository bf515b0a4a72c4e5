"""Key maps: every preset can do a cook's work, and a station's own keys go over it without leaving a key in doubt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.core.keymap import KEYBOARD, Action, Press
from display.core.presets import FUNCTIONS, PRESETS, label_of, press_of, with_own_keys
from display.ui.panes import SWITCH
from heard.station import KEY_PRESETS

NEEDED = {
    Action.BUMP,
    Action.UNDO,
    Action.RECALL,
    Action.START,
    Action.ALL_DAY,
    Action.PAGE_NEXT,
    Action.BACK,
}


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_can_do_a_cooks_work(name: str) -> None:
    keymap = PRESETS[name]
    assert {press.action for press in keymap.keys.values()} >= NEEDED
    assert {press.number for press in keymap.keys.values() if press.action is Action.DIGIT} == set(range(10))
    assert set(keymap.labels) <= {press.action for press in keymap.keys.values()}


def test_the_hub_knows_the_presets() -> None:
    assert set(KEY_PRESETS) == set(PRESETS)


def test_codes_that_were_seen() -> None:
    assert PRESETS["sdcloud"].keys["left ctrl"] == Press(Action.BUMP)
    assert PRESETS["sdcloud"].keys["kp -"] == Press(Action.RECALL)


def test_a_stations_own_key_replaces_the_presets_and_leaves_no_second_meaning() -> None:
    made = with_own_keys(KEYBOARD, {"bump": "u", "3": "f3", "dance": "x"})
    assert made.keys["u"] == Press(Action.BUMP), "U is no longer UNDO"
    assert "enter" not in made.keys
    assert made.keys["f3"] == Press(Action.DIGIT, 3)
    assert "3" not in made.keys
    assert "x" not in made.keys or made.keys["x"] == KEYBOARD.keys["x"]
    assert made.labels[Action.BUMP] == "U"
    assert Action.UNDO not in made.labels, "no hint of a key that does something else"
    assert with_own_keys(KEYBOARD, {"undo": "enter"}).labels[Action.BUMP] == "KP ENTER"
    assert with_own_keys(KEYBOARD, {"pull": "f4"}).labels[Action.PULL] == "F4"
    assert with_own_keys(KEYBOARD, {}) is KEYBOARD
    assert with_own_keys(KEYBOARD, {"bump": "down"}).labels[Action.BUMP] == "↓"
    assert Action.LINE_DOWN not in with_own_keys(KEYBOARD, {"bump": "down"}).labels


@pytest.mark.parametrize(
    ("preset", "own", "label"),
    [
        ("keyboard", {"bump": "f1"}, "1–9"),
        ("keyboard", {"bump": "5"}, "1–4 6–9"),
        ("kb1700", {"bump": "0"}, "1–9"),
        ("kb1700", {"bump": "2", "undo": "9"}, "1 3–8 0"),
        ("sdcloud", {"3": "f3"}, "1–9"),
        ("sdcloud", {"3": "5"}, "1–4 6–9"),
    ],
)
def test_the_hint_of_digits_has_those_that_still_choose(preset: str, own: dict[str, str], label: str) -> None:
    assert with_own_keys(PRESETS[preset], own).labels[Action.DIGIT] == label


@pytest.mark.parametrize("name", PRESETS)
def test_the_key_of_a_split_panel_is_no_presets(name: str) -> None:
    """A bump bar's F10 is its only way to the menu."""
    assert SWITCH not in PRESETS[name].keys
    assert PRESETS[name].keys["f10"] == Press(Action.MENU)


@given(st.dictionaries(st.sampled_from(FUNCTIONS), st.sampled_from(["enter", "u", "f1", "f2", "1", "kp -"])))
def test_every_own_key_does_one_of_the_things_it_was_given(own: dict[str, str]) -> None:
    made = with_own_keys(KEYBOARD, own)
    for key in own.values():
        assert made.keys[key] in [press_of(function) for function, there in own.items() if there == key]


@pytest.mark.parametrize(
    ("key", "label"), [("f1", "F1"), ("kp -", "KP -"), ("left ctrl", "Left ctrl"), ("u", "U")]
)
def test_labels(key: str, label: str) -> None:
    assert label_of(key) == label
