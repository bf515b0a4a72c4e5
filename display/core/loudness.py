"""How loud a screen is: what its SOUND key chose, until the setting under it says something new. Pure."""

from __future__ import annotations

from dataclasses import dataclass

LEVELS = (20, 40, 60, 80, 100)
"""Percent. The key never reaches silence, for a void must ring: only a setting makes a screen silent."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the key chose, over which setting (percent): the newest word holds, the cook's or the manager's."""

    percent: int
    over: int


def louder(percent: int) -> int:
    """The next level; after the loudest comes the quietest."""
    return next((one for one in LEVELS if one > percent), LEVELS[0])


def holds(chosen: Chosen | None, setting: int) -> int:
    """How loud it is now, percent."""
    return chosen.percent if chosen is not None and chosen.over == setting and setting else setting
