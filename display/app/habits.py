"""How a screen is used (keys, grammar, slots, rail, sounds): the hub's settings of its station, under what its own file changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from display.config import Config
from display.core.keymap import KEYBOARD, Grammar, Keymap
from display.core.presets import PRESETS, with_own_keys
from display.core.slots import SHIFTING, STABLE, Timing
from heard.stream import ScreenSettings

OWN = Config()
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Habits:
    """What holds now. `config` has the values filled in; `silent` are the events that do not ring here."""

    config: Config
    keymap: Keymap
    grammar: Grammar
    timing: Timing
    silent: frozenset[str] = frozenset()
    bump_bar: bool = False
    """The keys are those of a bump bar: one must be there."""


def habits(config: Config, hub: ScreenSettings) -> Habits:
    """A value that the screen's own file changed from its default goes before the hub's; a word of a newer hub is left out."""
    words: Mapping[str, tuple[str, tuple[str, ...]]] = {
        "keys": (hub.keys, tuple(PRESETS)),
        "grammar": (hub.grammar, tuple(Grammar)),
        "slots": (hub.slots, ("stable", "shifting")),
    }
    changes: dict[str, object] = {
        name: said
        for name, (said, known) in words.items()
        if said in known and getattr(config, name) == getattr(OWN, name)
    }
    if hub.rail is not None and config.rail == OWN.rail:
        changes["rail"] = hub.rail
    if hub.volume_percent is not None and config.volume == OWN.volume:
        changes["volume"] = hub.volume_percent / PERCENT
    made = replace(config, **changes)  # type: ignore[arg-type]
    own_keys = hub.key_map if config.keys == OWN.keys else {}
    keymap = with_own_keys(PRESETS[made.keys], own_keys)
    return Habits(
        made,
        keymap,
        Grammar(made.grammar),
        SHIFTING if made.slots == "shifting" else STABLE,
        frozenset(event for event, word in hub.sounds.items() if word == "off"),
        keymap is not KEYBOARD,
    )
