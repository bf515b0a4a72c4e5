"""Every text of a screen exists in every language, with the same values to fill in."""

import re
from pathlib import Path

import pytest

import display
from display.core.isolate import Digits
from display.core.keymap import KEYBOARD, Action, keys_of
from display.core.presets import PRESETS, with_own_keys
from display.core.wording import KEYS, LANGUAGES, TABLE, Words

VALUE = re.compile(r"\{(\w+)\}")
SOURCES = sorted(Path(display.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("key", sorted(KEYS))
def test_each_text_has_all_languages_and_the_same_values(key: str) -> None:
    texts = TABLE[key]
    assert len(texts) == len(LANGUAGES)
    assert all(text.strip() for text in texts)
    assert len({tuple(sorted(VALUE.findall(text))) for text in texts}) == 1
    assert any("\u0600" <= char <= "\u06ff" for char in texts[1]), "Arabic is in Arabic"


def test_each_text_is_said_somewhere() -> None:
    tables = ("wording.py", "wording_guest.py", "wording_menu.py", "wording_preflight.py")
    code = "\n".join(file.read_text(encoding="utf-8") for file in SOURCES if file.name not in tables)
    # Keys that are put together: order types, pills, questions and deeds by their names, plurals.
    made = (
        "type.",
        "pill.",
        "lines",
        "items",
        "board.ready",
        "board.preparing",
        "ask.",
        "did.",
        "by.",
        "preflight.is.",
        "preflight.role.",
        "why.",  # what hub and link refuse: heard.why
    )
    counted = re.compile(r"\.(one|two|few|many)$")
    unused = [key for key in KEYS if f'"{counted.sub("", key)}"' not in code and not key.startswith(made)]
    assert not unused


def test_each_key_that_the_code_says_is_there() -> None:
    for file in SOURCES:
        for key in re.findall(r'\b(?:say|keys)\("([a-z_.]+)"', file.read_text(encoding="utf-8")):
            assert key in KEYS, f"{file.name} says {key}"


def test_values_keep_their_direction_in_arabic() -> None:
    assert Words("ar").say("changed_row", number="#226") == "تعديل \u2066#226\u2069"
    assert Words("en").say("changed_row", number="#226") == "CHANGED #226"


def test_an_unknown_language_speaks_english_and_digits_follow_the_site() -> None:
    assert Words("sw").say("live") == "Live"
    assert "١٢" in Words("ar", Digits.ARABIC_INDIC).say("table", n="12")


@pytest.mark.parametrize(
    ("own", "hint"),
    [
        ({}, "↑ ↓ choose · Enter shows only its tickets · A back"),
        ({"bump": "a"}, "↑ ↓ choose · A shows only its tickets · Esc back"),
        ({"bump": "a", "fire": "escape"}, "↑ ↓ choose · A shows only its tickets"),
        ({"undo": "down", "recall": "up"}, "Enter shows only its tickets · A back"),
        ({"line_up": "f1", "line_down": "f2"}, "F1 F2 choose · Enter shows only its tickets · A back"),
    ],
)
def test_a_hint_has_only_the_keys_that_there_are(own: dict[str, str], hint: str) -> None:
    labels = with_own_keys(KEYBOARD, own).labels
    assert Words("en").keys("full.hint", keys_of(labels, Action.ALL_DAY)) == hint
    assert "REMAKE" not in Words("en").keys("recall.hint", keys_of(PRESETS["kb1700"].labels, Action.RECALL))
