"""Stations and routing from the cloud, as tables of the settings file: what the chain's office set up. Here stands above it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

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
    return {
        "stations": {
            one.station_id: {
                "name": {language: text[:NAME_CHARACTERS_MAX] for language, text in one.name.items()},
                "role": one.role,
                **_paper(one),
            }
            for one in rows
        },
        "routes": _rules(routes, cooking | {one.station_id for one in rows if one.role == "printer"}),
    }


def _paper(one: StationRow) -> dict[str, Any]:
    """What only a printer has; where it stands may be known at the site alone."""
    if one.role != "printer":
        return {}
    return {"paper_mm": one.paper_mm, **({"address": one.address} if one.address else {})}


def _rules(routes: Iterable[Route], makers: set[str]) -> list[dict[str, Any]]:
    """An item before its category before the rest, one order type before all: the first that matches decides.

    Several rows for one thing are several stations that make it; things that go to the same stations share a rule.
    """
    stations: dict[tuple[int, str, str], list[str]] = {}
    for one in sorted(routes, key=lambda route: route.route_id):
        if one.station_id in makers:
            kind = 0 if one.item_id else 1 if one.category_id else 2
            what = one.item_id or one.category_id
            stations.setdefault((kind, one.order_type, what), []).append(one.station_id)
    rules: dict[tuple[int, bool, str, tuple[str, ...]], list[str]] = {}
    for (kind, order_type, what), making in stations.items():
        key = (kind, not order_type, order_type, tuple(sorted(set(making))))
        rules.setdefault(key, []).append(what)
    found = []
    for (kind, _, order_type, there), names in sorted(rules.items()):
        rule: dict[str, Any] = {"stations": list(there)}
        if kind < 2:
            rule["items" if kind == 0 else "categories"] = sorted(names)
        if order_type:
            rule["order_types"] = [order_type.lower()]
        found.append(rule)
    if len(found) > ROUTES_MAX:
        log.error("the cloud has %d routing rules for this site; %d are used", len(found), ROUTES_MAX)
    return found[:ROUTES_MAX]
