"""Settings of one screen: a TOML file, then what the command line says. An unknown key names the nearest one."""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from display.core.calling import LANGUAGES as CALL_LANGUAGES
from display.core.keymap import Grammar
from display.core.legibility import SCALE_MAX, SCALE_MIN
from display.core.presets import PRESETS
from heard.errors import UserError
from heard.station import LAYOUTS

INCHES_MAX = 120.0
DISTANCE_M_MAX = 30.0
ROTATIONS = (0, 90, 180, 270)
PAID_S_MAX = 30.0
"""A till takes its paid cart back after this."""
ORDER_TYPES = ("takeaway", "delivery", "car")
NAMES = ("none", "masked", "full")


@dataclass(frozen=True, slots=True)
class Config:
    """All settings. `hub` "" finds the hub by itself; `screen_inches` 0 sizes by pixels alone."""

    station: str = ""
    terminal: str = ""
    beside: str = ""
    hub: str = ""
    device: str = ""
    state: str = ""
    screen_inches: float = 0.0
    viewing_distance_m: float = 0.0
    scale: float = 0.0
    columns: int = 0
    layout: str = ""
    rotation: int = 0
    fullscreen: bool = True
    languages: tuple[str, ...] = ()
    rail: bool = True
    held_lines: bool = False
    group_identical: bool = True
    slots: str = "stable"
    keys: str = "keyboard"
    grammar: str = Grammar.SELECT.value
    touch: bool = False
    sound: bool = True
    volume: float = 0.8
    # Guests' screens
    shop_name: tuple[str, ...] = ()
    logo: str = ""
    pictures: str = ""
    picture_every_s: float = 12.0
    paid_s: float = 10.0
    board_types: tuple[str, ...] = ("takeaway", "delivery")
    board_names: str = "none"
    board_leaves_min: int = 15
    call_clips: str = ""
    call_languages: tuple[str, ...] = ()


def load(path: Path) -> Config:
    """The settings in a file; UserError names the file, the key and what to do."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UserError(
            f"cannot read {path}: {reason}", "systemd/display.toml is a commented sample"
        ) from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path}: not TOML: {error}", "systemd/display.toml is a commented sample") from None
    return from_mapping(data, str(path))


def from_mapping(data: dict[str, Any], where: str) -> Config:
    """The settings in a table."""
    known = {field.name: field for field in fields(Config)}
    for name in data:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {nearest[0]}?" if nearest else f"known are {', '.join(known)}"
            raise UserError(f"{where}: {name} is not a setting of a screen", hint)
    config = Config(**{name: _value(where, name, known[name], value) for name, value in data.items()})
    check(config, where)
    return config


def _value(where: str, name: str, field: dataclasses.Field[Any], value: Any) -> Any:
    wanted = type(field.default)
    if wanted is tuple:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise UserError(f'{where}: {name} must be a list of texts, for example ["ar", "en"]')
        return tuple(value)
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        words = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}
        raise UserError(f"{where}: {name} must be {words[wanted]}, not {value!r}")
    return value


def check(config: Config, where: str) -> None:
    """Raises UserError for a value that no screen can take."""
    rules = (
        ("screen_inches", 0 <= config.screen_inches <= INCHES_MAX, f"0 to {INCHES_MAX:g}"),
        ("viewing_distance_m", 0 <= config.viewing_distance_m <= DISTANCE_M_MAX, f"0 to {DISTANCE_M_MAX:g}"),
        (
            "scale",
            config.scale == 0 or SCALE_MIN <= config.scale <= SCALE_MAX,
            f"{SCALE_MIN:g} to {SCALE_MAX:g}, or 0 to follow the distance",
        ),
        ("columns", config.columns == 0 or 1 <= config.columns <= 6, "1 to 6, or 0 to follow the width"),
        (
            "layout",
            config.layout in ("", *LAYOUTS),
            "empty to follow the hub, or " + ", ".join(f'"{name}"' for name in LAYOUTS),
        ),
        ("rotation", config.rotation in ROTATIONS, "0, 90, 180 or 270"),
        ("slots", config.slots in ("stable", "shifting"), '"stable" or "shifting"'),
        ("keys", config.keys in PRESETS, " or ".join(f'"{name}"' for name in PRESETS)),
        ("grammar", config.grammar in set(Grammar), " or ".join(f'"{one.value}"' for one in Grammar)),
        ("volume", 0 <= config.volume <= 1, "0 to 1"),
        ("languages", len(config.languages) <= 2, "one or two languages"),
        ("shop_name", len(config.shop_name) <= 2, "the name in the languages of this screen, one or two"),
        ("picture_every_s", 1 <= config.picture_every_s <= 3600, "1 to 3600 seconds"),
        ("paid_s", 2 <= config.paid_s <= PAID_S_MAX, f"2 to {PAID_S_MAX:g} seconds"),
        ("board_types", set(config.board_types) <= set(ORDER_TYPES), f"some of {', '.join(ORDER_TYPES)}"),
        ("board_names", config.board_names in NAMES, " or ".join(f'"{one}"' for one in NAMES)),
        ("board_leaves_min", 1 <= config.board_leaves_min <= 240, "1 to 240 minutes"),
        ("call_languages", set(config.call_languages) <= set(CALL_LANGUAGES), 'some of "en", "ar"'),
    )
    for name, right, allowed in rules:
        if not right:
            raise UserError(f"{where}: {name} is {getattr(config, name)!r}", f"it may be {allowed}")
    if bool(config.screen_inches) != bool(config.viewing_distance_m):
        raise UserError(
            f"{where}: screen_inches and viewing_distance_m belong together",
            "give both, and sizes follow the distance; or neither",
        )
