"""Hints of the keys: those that a preset has, as many as there is room for, and none over the page and what waits."""

from __future__ import annotations

from itertools import pairwise

import pytest

from display.core.bottom_bar import BottomBar, Hint, bottom_bar
from display.core.draw import Rect, Text
from display.core.keymap import Action
from display.core.look import Look
from display.core.presets import PRESETS
from display.core.theme import Theme
from display.screens.expo_desk import ExpoDesk
from display.screens.prep_desk import PrepDesk
from tests.display.desks import Letters

SIZES = {1920: 1.0, 1280: 0.75, 960: 0.75}


def keys(desk: type[PrepDesk | ExpoDesk], preset: str, look: Look) -> tuple[Hint, ...]:
    labels = PRESETS[preset].labels
    return tuple(
        Hint(labels[action], look.words.say(text)) for action, text in desk.hints if action in labels
    )


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("desk", [PrepDesk, ExpoDesk])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_hint_runs_into_what_waits(language: str, desk: type[PrepDesk | ExpoDesk], preset: str) -> None:
    for w, scale in SIZES.items():
        look = Look(Theme.at_scale(scale), Letters(), (language,))
        for waiting in (0, 39):
            bar = BottomBar(keys(desk, preset, look), 0, 1 + waiting, waiting, 14 if waiting else 0)
            ops = bottom_bar(look, w, 0, look.theme.bottom_bar_h, bar)[0].ops
            chips = [op for op in ops if isinstance(op, Rect)]
            assert chips
            assert all(op.x >= 0 and op.x + op.w <= w for op in chips)
            spans = sorted((chip.x, chip.x + chip.w) for chip in chips)
            assert all(a[1] < b[0] for a, b in pairwise(spans))
            said = [op for op in ops if isinstance(op, Text)]
            page = [op for op in said if op.across == ("left" if look.rtl else "right")]
            assert bool(page) == bool(waiting)
            for op in page:
                if look.rtl:
                    assert op.x + round(len(op.text) * op.size * 0.55) < spans[0][0]
                else:
                    assert op.x - round(len(op.text) * op.size * 0.55) > spans[-1][1]


@pytest.mark.parametrize(
    ("preset", "pull", "sound"), [("keyboard", "G", "Q"), ("sdcloud", "", "KP *"), ("kb9000", "", "")]
)
def test_pull_and_sound_are_said_where_the_preset_has_their_keys(preset: str, pull: str, sound: str) -> None:
    labels = PRESETS[preset].labels
    assert (labels.get(Action.PULL, ""), labels.get(Action.SOUND, "")) == (pull, sound)
    look = Look(Theme.at_scale(0.5), Letters())
    ops = bottom_bar(look, 1920, 0, 56, BottomBar(keys(PrepDesk, preset, look), 0, 1))[0].ops
    said = [op.text for op in ops if isinstance(op, Text)]
    assert ("Take" in said) == bool(pull)
    assert ("Sound" in said) == bool(sound)
