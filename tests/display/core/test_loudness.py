"""How loud a screen is: steps round and round, never silence, and the newest word holds."""

from __future__ import annotations

import pytest

from display.core.loudness import LEVELS, Chosen, holds, louder


@pytest.mark.parametrize(("percent", "after"), [(20, 40), (80, 100), (100, 20), (50, 60), (7, 20), (0, 20)])
def test_a_step_is_louder_and_after_the_loudest_comes_the_quietest(percent: int, after: int) -> None:
    assert louder(percent) == after
    assert 0 not in LEVELS


@pytest.mark.parametrize(
    ("chosen", "setting", "percent"),
    [
        (None, 80, 80),
        (Chosen(20, 80), 80, 20),
        (Chosen(20, 80), 60, 60),  # the manager said something new
        (Chosen(20, 0), 0, 0),  # a silent screen stays silent
    ],
)
def test_the_newest_word_holds(chosen: Chosen | None, setting: int, percent: int) -> None:
    assert holds(chosen, setting) == percent
