"""Of a settings file the stations and the routes to them: what they may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from heard.station import ROLES
from heard.stream import AgeLimits, ages_key
from hub.config.checks import Checks
from hub.config.lines import Path as Keys
from hub.config.model import ORDER_TYPES, Station
from hub.config.printer import host_and_port
from hub.config.screens import screen_settings
from hub.config.shape import AgesTable, RouteTable, StationTable
from hub.core.routing import Rule

STATIONS_MAX = 48
"""Each line of an order carries its stations, and a decision must stay small; the largest kitchens have about twenty."""
RELEASE_PER_MIN_MAX = 600
"""Ten a second is more than any station starts."""
TYPE_NAMES_MAX = 32
"""A till's own words for order types with ages of their own at one station: they go to its screens with each Hello."""
TYPE_NAME_CHARACTERS_MAX = 80
WITH_TICKETS = ("prep", "expo", "printer")
PAPER_MM = (80, 58)
PRINTER_HINT = 'write where it is: address = "10.0.0.9" or "10.0.0.9:9100"'


def read_stations(
    check: Checks, stations: Mapping[str, StationTable], site: tuple[str, ...]
) -> tuple[Station, ...]:
    if len(stations) > STATIONS_MAX:
        raise check.wrong(("stations",), f"has {len(stations)} stations", f"at most {STATIONS_MAX}")
    found = []
    for station, one in stations.items():
        keys: Keys = ("stations", station)
        if (
            not station.isascii()
            or not station.replace("-", "").replace("_", "").isalnum()
            or len(station) > 32
        ):
            raise check.wrong(keys, "is no id of a station", "use 1 to 32 letters, digits, - and _")
        check.one_of((*keys, "role"), one.role, ROLES)
        check.languages((*keys, "languages"), one.languages)
        check.range((*keys, "release_per_min"), one.release_per_min, 0, RELEASE_PER_MIN_MAX)
        if len(one.icon) > 32:
            raise check.wrong((*keys, "icon"), "is longer than 32 characters", "write an icon's name")
        found.append(
            Station(
                station,
                check.name((*keys, "name"), one.name, (one.languages or site)[0]),
                one.role,
                one.icon,
                one.languages,
                _ages(check, keys, one.ages) + _type_name_ages(check, keys, one.type_name_ages),
                _group(check, (*keys, "group"), one, stations),
                screen_settings((*keys, "screen"), one.screen, one.role, check.one_of, check.wrong),
                one.release_per_min,
                _address(check, keys, one),
                one.paper_mm,
                one.silent,
                _backup(check, keys, station, one, stations),
                _printer(check, keys, one, stations),
            )
        )
    if stations and not any(one.role == "prep" for one in found):
        raise check.wrong(("stations",), "has no station that cooks", 'give at least one the role "prep"')
    return tuple(found)


def _address(check: Checks, keys: Keys, one: StationTable) -> str:
    if one.role != "printer":
        if one.address:
            raise check.wrong((*keys, "address"), f"is {one.address!r}", 'only a "printer" has an address')
        if one.silent:
            raise check.wrong((*keys, "silent"), "is true", 'only a "printer" says what it has done, or not')
        return ""
    if not one.address:
        raise check.wrong((*keys, "role"), "is a printer without an address", PRINTER_HINT)
    try:
        host_and_port(one.address)
    except ValueError as error:
        raise check.wrong((*keys, "address"), f"is {one.address!r}: {error}", PRINTER_HINT) from None
    if one.paper_mm not in PAPER_MM:
        raise check.wrong((*keys, "paper_mm"), f"is {one.paper_mm}", "write 80 or 58")
    return one.address


def _backup(
    check: Checks, keys: Keys, station: str, one: StationTable, stations: Mapping[str, StationTable]
) -> tuple[str, ...]:
    makers = [name for name, other in stations.items() if other.role in ("prep", "printer")]
    if one.backup and station not in makers:
        raise check.wrong(
            (*keys, "backup"),
            f"is of a station of role {one.role!r}",
            "only what makes something has one",
        )
    for place, name in enumerate(one.backup):
        if name == station or name in one.backup[:place]:
            what = "itself" if name == station else f"{name!r} twice"
            raise check.wrong((*keys, "backup"), f"names {what}", "name other stations, each once")
        check.one_of((*keys, "backup"), name, [other for other in makers if other != station])
    return one.backup


def _printer(check: Checks, keys: Keys, one: StationTable, stations: Mapping[str, StationTable]) -> str:
    if not one.printer:
        return ""
    if one.role not in WITH_TICKETS:
        raise check.wrong(
            (*keys, "printer"), f"is of a station of role {one.role!r}", "only what has tickets has one"
        )
    check_printer(
        check,
        (*keys, "printer"),
        one.printer,
        (n for n, other in stations.items() if other.role == "printer"),
    )
    return one.printer


def check_printer(check: Checks, keys: Keys, printer: str, printers: Iterable[str]) -> None:
    """Raises unless it is one of these stations of role printer."""
    known = tuple(printers)
    if not known:
        raise check.wrong(
            keys, f"is {printer!r}, and there is no printer", 'give a station the role "printer"'
        )
    check.one_of(keys, printer, known)


def _group(check: Checks, keys: Keys, one: StationTable, stations: Mapping[str, StationTable]) -> str:
    if not one.group:
        return ""
    if one.role != "prep":
        raise check.wrong(keys, f"is {one.group!r}", f"only prep stations are equal, and this is {one.role}")
    if one.group in stations:
        raise check.wrong(keys, f"is {one.group!r}, which is a station", "give the group a word of its own")
    if (
        not one.group.isascii()
        or not one.group.replace("-", "").replace("_", "").isalnum()
        or len(one.group) > 32
    ):
        raise check.wrong(keys, f"is {one.group!r}", "use 1 to 32 letters, digits, - and _")
    return one.group


_Ages: TypeAlias = tuple[tuple[str, AgeLimits], ...]


def _ages(check: Checks, station: Keys, ages: Mapping[str, AgesTable]) -> _Ages:
    found = []
    for word, one in ages.items():
        keys = (*station, "ages", word)
        check.one_of(keys, word, ("default", *ORDER_TYPES))
        found.append(("" if word == "default" else word.upper(), _limits(check, keys, one)))
    return tuple(found)


def _type_name_ages(check: Checks, station: Keys, ages: Mapping[str, AgesTable]) -> _Ages:
    """By a till's own words; of two that differ in capitals only the later one holds."""
    where = (*station, "type_name_ages")
    if len(ages) > TYPE_NAMES_MAX:
        raise check.wrong(where, f"has {len(ages)} words", f"at most {TYPE_NAMES_MAX}")
    found = []
    for word, one in ages.items():
        keys = (*where, word)
        if not word.strip() or len(word) > TYPE_NAME_CHARACTERS_MAX or "." in word:
            hint = f"write it as a till says it: 1 to {TYPE_NAME_CHARACTERS_MAX} characters, without a dot"
            raise check.wrong(keys, "is no word for a type of order", hint)
        if word.strip().lower() in ORDER_TYPES:
            raise check.wrong(keys, "is an order type", f"set it in ages: {word.strip().lower()} = ...")
        found.append((ages_key(word), _limits(check, keys, one)))
    return tuple(found)


def _limits(check: Checks, keys: Keys, one: AgesTable) -> AgeLimits:
    check.range((*keys, "warn_s"), one.warn_s, 1, 24 * 3600)
    check.range((*keys, "late_s"), one.late_s, 1, 24 * 3600)
    if one.late_s <= one.warn_s:
        raise check.wrong(
            (*keys, "late_s"),
            f"is {one.late_s}, not after warn_s = {one.warn_s}",
            "late comes after warn",
        )
    return AgeLimits(one.warn_s, one.late_s)


def read_route(check: Checks, index: int, route: RouteTable, stations: tuple[Station, ...]) -> Rule:
    keys: Keys = ("routes", index)
    if not route.stations:
        raise check.wrong((*keys, "stations"), "is empty", "name the stations that make it")
    cooks = [one.station for one in stations if one.role in ("prep", "printer")]
    cooks += dict.fromkeys(one.group for one in stations if one.group)
    for station in route.stations:
        check.one_of((*keys, "stations"), station, cooks)
    for place, station in enumerate(route.then):
        check.one_of((*keys, "then"), station, cooks)
        if station in (*route.stations, *route.then[:place]):
            raise check.wrong((*keys, "then"), f"names {station!r} twice", "each station gets a line once")
    for word in route.order_types:
        check.one_of((*keys, "order_types"), word, ORDER_TYPES)
    for name in ("items", "categories", "areas", "terminals", "type_names"):
        if any(not text.strip() for text in getattr(route, name)):
            raise check.wrong((*keys, name), "holds an empty text", "leave the key out to match all")
    return Rule(
        stations=route.stations,
        items=route.items,
        categories=route.categories,
        order_types=(*(word.upper() for word in route.order_types), *route.type_names),
        areas=route.areas,
        terminals=route.terminals,
        then=route.then,
    )
