"""The settings of a station's screens and the timetable of pauses: what they may be. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from heard.order import NO_TEXT
from heard.station import GRAMMARS, KEY_PRESETS, LAYOUTS, SLOTS, SOUNDS
from heard.stream import ScreenSettings
from hub.config.lines import Path as Keys
from hub.core.stations import WEEKDAYS, TimedPause

KEYS_MAX = 100
KEY_CHARACTERS_MAX = 32
PAUSES_MAX = 50
PAUSE_MINUTES_MAX = 12 * 60
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
ON_OFF = ("on", "off")
TICKET_ROLES = ("prep", "expo")
RAILLESS = ("list", "portrait")

Wrong = Callable[[Keys, str, str], Exception]
OneOf = Callable[[Keys, str, Iterable[str]], None]


@dataclass(frozen=True, slots=True)
class ScreenTable:
    """[stations.ID.screen] as it stands in a file."""

    layout: str = ""
    keys: str = ""
    key_map: Mapping[str, str] = field(default_factory=dict)
    grammar: str = ""
    slots: str = ""
    rail: bool | None = None
    volume_percent: int | None = None
    sounds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PauseTable:
    """One [[pauses]]."""

    start: str
    end: str
    days: tuple[str, ...] = ()
    stations: tuple[str, ...] = ()


def screen_settings(keys: Keys, one: ScreenTable, role: str, one_of: OneOf, wrong: Wrong) -> ScreenSettings:
    """Checked, for a station of this role. Raises what `one_of` and `wrong` make."""
    for name, words in (
        ("layout", LAYOUTS),
        ("keys", KEY_PRESETS),
        ("grammar", GRAMMARS),
        ("slots", SLOTS),
    ):
        if getattr(one, name):
            one_of((*keys, name), getattr(one, name), words)
    _check_role(keys, one, role, wrong)
    if one.volume_percent is not None and not 0 <= one.volume_percent <= 100:
        raise wrong((*keys, "volume_percent"), f"is {one.volume_percent}", "write 0 (silent) to 100")
    if len(one.key_map) > KEYS_MAX:
        raise wrong((*keys, "key_map"), f"has {len(one.key_map)} keys", f"at most {KEYS_MAX}")
    for function, key in one.key_map.items():
        if not 1 <= len(key) <= KEY_CHARACTERS_MAX:
            raise wrong((*keys, "key_map", function), f"is {key!r}", 'write the name of a key: "enter", "f1"')
    for event, word in one.sounds.items():
        one_of((*keys, "sounds", event), event, SOUNDS)
        one_of((*keys, "sounds", event), word, ON_OFF)
    return ScreenSettings(
        one.layout,
        one.keys,
        dict(one.key_map) or NO_TEXT,
        one.grammar,
        one.slots,
        one.rail,
        one.volume_percent,
        dict(one.sounds) or NO_TEXT,
    )


def _check_role(keys: Keys, one: ScreenTable, role: str, wrong: Wrong) -> None:
    """What no screen of this role can do."""
    if role == "printer":
        for name in ("layout", "keys", "key_map", "grammar", "slots", "rail", "volume_percent", "sounds"):
            if getattr(one, name) not in ("", None) and getattr(one, name) != {}:
                raise wrong((*keys, name), "is a printer's", "a printer has no screen: leave it out")
    if one.layout and role not in TICKET_ROLES:
        raise wrong(
            (*keys, "layout"),
            f'is "{one.layout}", but this is a {role}',
            "only prep and expo screens have a choice of layouts: leave it out",
        )
    if one.rail and role == "expo":
        raise wrong((*keys, "rail"), "is true, but this is an expo", "its all-day is key A: leave rail out")
    if one.rail and one.layout in RAILLESS:
        raise wrong(
            (*keys, "rail"),
            f'is true, but the layout is "{one.layout}"',
            "a list is an all-day itself, an upright panel has no room for one: key A shows all of it",
        )


def timed_pause(
    keys: Keys, one: PauseTable, stations: Iterable[str], one_of: OneOf, wrong: Wrong
) -> TimedPause:
    """Checked. Raises what `one_of` and `wrong` make."""
    minutes = []
    for name in ("start", "end"):
        found = _CLOCK.fullmatch(getattr(one, name))
        if found is None:
            raise wrong((*keys, name), f"is {getattr(one, name)!r}", 'write a time of day: "11:50"')
        minutes.append(int(found[1]) * 60 + int(found[2]))
    length = (minutes[1] - minutes[0]) % (24 * 60)
    if not 1 <= length <= PAUSE_MINUTES_MAX:
        raise wrong((*keys, "end"), f"makes a pause of {length} minutes", f"write 1 to {PAUSE_MINUTES_MAX}")
    for day in one.days:
        one_of((*keys, "days"), day, WEEKDAYS)
    known = list(stations)
    for station in one.stations:
        one_of((*keys, "stations"), station, known)
    return TimedPause(minutes[0], minutes[1], one.days, one.stations or ("",))
