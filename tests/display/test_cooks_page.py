"""The cook's page names every key of a keyboard and no other, and only words that a screen really says."""

from __future__ import annotations

import re
from pathlib import Path

from display.core.keymap import KEYBOARD, Action
from display.core.presets import LOGIC_CONTROLS, PRESETS
from display.core.wording import LANGUAGES, Words

PAGE = (Path(__file__).parents[2] / "display" / "README.md").read_text(encoding="utf-8")
OF_THE_SCREEN = {"f11"}
"""Keys of the application, not of the map."""


def rows(head: str) -> list[tuple[str, str]]:
    """The two columns of the table below that heading."""
    part = PAGE.partition(f"## {head}")[2].partition("\n## ")[0]
    found = re.findall(r"^\| (.+?) \| (.+?) \|$", part, re.MULTILINE)
    return [one for one in found if not one[0].startswith(("key", "on the screen", "---"))]


def test_every_key_stands_there_and_no_other() -> None:
    named = {
        key.lower() for first, _ in rows("Keys") for key in re.findall(r"`([^`]+)`", first)
    } - OF_THE_SCREEN
    assert named <= KEYBOARD.keys.keys(), named - KEYBOARD.keys.keys()
    missing = {press.action for press in KEYBOARD.keys.values()} - {
        KEYBOARD.keys[one].action for one in named
    }
    assert missing == set()
    assert Action.BUMP_LINE in {KEYBOARD.keys[one].action for one in named}


def test_a_bump_bars_legend_is_told_whole() -> None:
    """Also that MENU is none of its keys, so that it must be learnt."""
    part = PAGE.partition("## Bump bars")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([A-Z]+)`", part))
    assert named == set(LOGIC_CONTROLS)
    assert Action.MENU not in LOGIC_CONTROLS.values()
    assert "No key of theirs is MENU" in part
    for label, action in LOGIC_CONTROLS.items():
        for preset in (PRESETS["kb1700"], PRESETS["kb9000"]):
            assert preset.labels[action] == label
            assert action in {press.action for press in preset.keys.values()}


def test_its_words_are_the_screens() -> None:
    said = Words(LANGUAGES[0])
    table = {said.say(key, n="2", stations="GRILL", age="0:12") for key in KEYS}
    for first, _ in rows("What it says"):
        for word in re.findall(r"[A-Z0-9][A-Z0-9:\- ]+[A-Z0-9]|NO STATION: check", first):
            assert any(word in one for one in table), word


KEYS = (
    "pill.NEW",
    "pill.HURRY",
    "pill.LATE",
    "pill.RUSH",
    "allergy",
    "void",
    "pill.CANCELLED",
    "changed",
    "was",
    "added",
    "pill.ADD_ON",
    "hold",
    "pill.RECALLED",
    "pill.REMAKE",
    "out.chip",
    "may_be_at",
    "moved",
    "sent_by_expo",
    "nobodys",
    "not_live",
)
