"""What the hub refused, in the screen's own words: the reason's code, with dishes and stations by their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from display.core.isolate import own_direction
from display.core.look import Look
from heard.expo import EXPO
from heard.why import BETWEEN, LINE, WORDS, Why, values_of

if TYPE_CHECKING:
    from heard.order import Text

ROLES = ("prep", "expo", "board", "cart")
"""Of screens, as a preflight says them."""
DISH = "dish"
"""Beside a reason among the values of what is said: the name of the line that it is about."""


def spoken(look: Look, values: Mapping[str, object]) -> dict[str, object]:
    """The values of a sentence as this screen says them: names in its language, reasons in its words."""
    dish = values.get(DISH)
    named: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            named[name] = look.name(value).text
        elif isinstance(value, str):
            named[name] = reason(look, value, dish if isinstance(dish, Mapping) else {})
        else:
            named[name] = value
    return named


def reason(look: Look, why: str, dish: Text | None = None) -> str:
    """`why` in the screen's language; the hub's English where this release has no words for it."""
    if not isinstance(why, Why):
        return why
    line_id = why.values.get(LINE, "")
    english = why.removeprefix(f"{line_id}: ")
    said = _said(look, why, english)
    name = look.name(dish).text if line_id and dish else ""
    return f"{own_direction(name)}: {said}" if name else said


def _said(look: Look, why: Why, english: str) -> str:
    words = WORDS.get(why.code)
    if words is None or not values_of(words[0]) <= why.values.keys():
        return english
    if look.words.language == "en" and english != words[0].format(**why.values):
        return english  # it tells more
    return look.words.say(f"why.{why.code}", **{one: _named(look, one, why) for one in why.values})


def _station(look: Look, station: str) -> str:
    if station == EXPO:
        return look.words.say("preflight.role.expo")
    return look.pick(look.station_names.get(station, {})) or station


def _named(look: Look, value: str, why: Why) -> str:
    text = why.values[value]
    if value == "station":
        return _station(look, text)
    if value == "known":
        return BETWEEN.join(_station(look, one) for one in text.split(BETWEEN))
    if value == "role" and text in ROLES and look.words.language != "en":
        return look.words.say(f"preflight.role.{text}")
    if value == "order":
        return text.rpartition(" ")[2]  # "0193…af #215": its number
    return text
