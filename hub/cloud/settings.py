"""Stations and routing from the cloud, as tables of the settings file: what the chain's office set up. Here stands above it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, NamedTuple

from hub.cloud.catalogue import Catalogue
from hub.cloud.modules.routing import Route
from hub.cloud.modules.stations import StationRow

STATIONS_MAX = 48
NAME_CHARACTERS_MAX = 120
"""Both as the settings file has them."""
ROUTES_MAX = 2_000
"""Rules of one site; each line of an order may try them all."""
SETTING = frozenset({"stations", "routing"})

log = logging.getLogger("heard.cloud")


class CloudSettings:
    """`current` is what the catalogue says now; `refresh` works it out after a cycle and tells when it differs."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._stale = True
        self._listeners: list[Callable[[], Awaitable[None]]] = []
        self.current: Mapping[str, Any] = {}
        catalogue.on_change(self._changed)

    def on_change(self, tell: Callable[[], Awaitable[None]]) -> None:
        """`tell` is awaited when `current` is another than before."""
        self._listeners.append(tell)

    async def refresh(self) -> None:
        """Reads stations and routes if they changed."""
        if not self._stale:
            return
        self._stale = False
        found = tables(await self._catalogue.each("stations"), await self._catalogue.each("routing"))
        if found != self.current:
            self.current = found
            for tell in self._listeners:
                await tell()

    def _changed(self, module: str) -> None:
        self._stale = self._stale or module in SETTING


def tables(stations: Iterable[StationRow], routes: Iterable[Route]) -> dict[str, Any]:
    """`stations` and `routes` of a settings file; nothing where no station cooks. Pure."""
    rows = sorted(stations, key=lambda one: one.station_id)
    if len(rows) > STATIONS_MAX:
        log.error("the cloud has %d stations for this site; %d are used", len(rows), STATIONS_MAX)
        rows = sorted(rows, key=lambda one: one.role != "prep")[:STATIONS_MAX]
    cooking = {one.station_id for one in rows if one.role == "prep"}
    if not cooking:
        return {}
    makers = {one.station_id: one.station_id for one in rows if one.role in ("prep", "printer")}
    groups = _groups(rows)
    for group, members in groups.items():
        makers |= dict.fromkeys(members, group)  # what is routed to one of equal stations is theirs in turn
    return {
        "stations": {one.station_id: _station(one, groups) for one in rows},
        "routes": _rules(routes, makers),
    }


def _groups(rows: Iterable[StationRow]) -> dict[str, list[str]]:
    """Equal stations by the word that they have; one that is a station's own id would mean two things."""
    found: dict[str, list[str]] = {}
    ids = set()
    for one in rows:
        ids.add(one.station_id)
        if one.role == "prep" and one.group:
            found.setdefault(one.group, []).append(one.station_id)
    return {word: members for word, members in found.items() if len(members) > 1 and word not in ids}


def _station(one: StationRow, groups: Mapping[str, list[str]]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": {language: text[:NAME_CHARACTERS_MAX] for language, text in one.name.items()},
        "role": one.role,
        **_paper(one),
    }
    if one.group in groups:
        made["group"] = one.group
    if one.languages:
        made["languages"] = list(one.languages)
    if one.late_s:
        made["ages"] = {"default": {"warn_s": one.warn_s, "late_s": one.late_s}}
    for ages in one.ages:
        key, word = (
            ("type_name_ages", ages.type_name) if ages.type_name else ("ages", ages.order_type.lower())
        )
        made.setdefault(key, {})[word] = {"warn_s": ages.warn_s, "late_s": ages.late_s}
    return made


def _paper(one: StationRow) -> dict[str, Any]:
    """What only a printer has; where it stands may be known at the site alone."""
    if one.role != "printer":
        return {}
    return {"paper_mm": one.paper_mm, **({"address": one.address} if one.address else {})}


class _When(NamedTuple):
    """`kind`: 0 for items, 1 for categories, 2 for all; every other condition is "" where it is not given."""

    kind: int
    order_type: str
    type_name: str
    area: str
    terminal: str


def _rules(routes: Iterable[Route], makers: Mapping[str, str]) -> list[dict[str, Any]]:
    """An item before its category before the rest, what names more before what names less, a till's own word before the type that it
    is of: the first that matches decides.

    Several rows for one thing are several stations that make it; things that go to the same stations share a rule. `makers` is
    station -> the word by which rules name it.
    """
    stations: dict[tuple[_When, str], list[Route]] = {}
    spelled: dict[str, str] = {}  # tills and offices may write one word otherwise
    for one in sorted(routes, key=lambda route: route.route_id):
        if one.station_id in makers:
            kind = 0 if one.item_id else 1 if one.category_id else 2
            words = (
                spelled.setdefault(word.casefold(), word) for word in (one.type_name, one.area, one.terminal)
            )
            when = _When(kind, one.order_type, *words)
            stations.setdefault((when, one.item_id or one.category_id), []).append(one)
    rules: dict[tuple[_When, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for (when, what), rows in stations.items():
        making = tuple(sorted({makers[one.station_id] for one in rows}))
        then = tuple(dict.fromkeys(makers[step] for one in rows for step in one.then if step in makers))
        rules.setdefault((when, making, then), []).append(what)
    found = [_rule(*key, names) for key, names in sorted(rules.items(), key=_specific_first)]
    if len(found) > ROUTES_MAX:
        log.error("the cloud has %d routing rules for this site; %d are used", len(found), ROUTES_MAX)
    return found[:ROUTES_MAX]


def _specific_first(
    rule: tuple[tuple[_When, tuple[str, ...], tuple[str, ...]], list[str]],
) -> tuple[Any, ...]:
    when, *there = rule[0]
    (kind, *conditions) = when
    return kind, -sum(map(bool, conditions)), not when.type_name, conditions, there


def _rule(when: _When, making: tuple[str, ...], then: tuple[str, ...], names: list[str]) -> dict[str, Any]:
    rule: dict[str, Any] = {"stations": list(making)}
    if when.kind < 2:
        rule["items" if when.kind == 0 else "categories"] = sorted(names)
    if when.order_type:
        rule["order_types"] = [when.order_type.lower()]
    if when.type_name:
        rule["type_names"] = [when.type_name]
    if when.area:
        rule["areas"] = [when.area]
    if when.terminal:
        rule["terminals"] = [when.terminal]
    if then:
        rule["then"] = list(then)
    return rule
