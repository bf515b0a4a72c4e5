"""A screen's content from plain data (a parsed JSON file): for pictures without a hub, goldens and demonstrations.

The fields are those of `heard.order` and `heard.stream`; a text is a string or an object by language, an enum its name.
Times may be given as ages: `"age_s": 872` of an order is the time since it was held.
"""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from heard import order as vocabulary
from heard import stream
from heard.errors import InvalidInput
from heard.order import OpenEnum, Order
from heard.stream import Cart, OutItems, SiteProfile, SiteState, StationProfile

OPEN, ALL_THERE = SiteState(), OutItems()
NOW_MS = 1_000_000_000
"""The hub's time of a fixture that gives none."""


@dataclass(frozen=True, slots=True)
class Fixture:
    """What a screen shows at one moment. `silent_s`: seconds since the last message, above 2.5 it says NOT LIVE."""

    station: str
    orders: tuple[Order, ...]
    profile: SiteProfile
    now_ms: int = NOW_MS
    clock: str = "19:42"
    width: int = 1920
    height: int = 1080
    page: int = 0
    selected: str = ""
    bumped: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    silent_s: float = 0.0
    columns: int = 0
    scale: float = 0.0
    rail: bool = True
    layout: str = "columns"
    beside: str = ""
    business_date: str = ""
    suspect: bool = False
    gap_at_ms: int = 0
    unsafe: bool = False
    touch: bool = False
    languages: tuple[str, ...] = ()
    held_lines: bool = False
    say: str = ""
    changed: str = ""
    wall_ms: int = 0
    time_zone: str = "UTC"
    selected_line: str = ""
    flashing: tuple[str, ...] = ()
    site: SiteState = OPEN
    out: OutItems = ALL_THERE
    alarms: tuple[str, ...] = ()
    # Guests' screens: the cart of a till and why its code is not shown; the shop's name by language; the board's rules.
    cart: Cart | None = None
    code: str = ""
    shop_name: tuple[str, ...] = ()
    names: str = "none"
    cancelled: tuple[str, ...] = ()
    full: int = -1
    filter: str = ""

    @property
    def station_profile(self) -> StationProfile:
        return self.profile.station(self.station) or StationProfile(self.station)


def fixture(data: object) -> Fixture:
    """The fixture in `data`. Raises InvalidInput naming the field; an unknown field names the nearest one."""
    if not isinstance(data, dict):
        raise InvalidInput("", "a fixture is a JSON object", "see tests/fixtures/busy.json")
    data = dict(data)
    now_ms = data.setdefault("now_ms", NOW_MS)
    orders = data.get("orders", [])
    if not isinstance(orders, list):
        raise InvalidInput("orders", "must be a list of orders")
    data["orders"] = [_with_times(dict(one) if isinstance(one, dict) else one, now_ms) for one in orders]
    return typing.cast(Fixture, _build(Fixture, data, ""))


def _with_times(order: Any, now_ms: int) -> Any:
    """Fills in what a hub would: states at each station from the short form, ages, versions."""
    if not isinstance(order, dict):
        return order
    held = now_ms - round(float(order.pop("age_s", 0)) * 1000)
    order.setdefault("held_at_ms", held)
    order.setdefault("version", 1)
    order.setdefault("state", "HELD")
    lines = []
    for n, line in enumerate(order.get("lines", [])):
        if not isinstance(line, dict):
            lines.append(line)
            continue
        line = dict(line)
        line.setdefault("line_id", f"{order.get('order_id', '')}-{n + 1}")
        if "quantity" in line:
            line["quantity_milli"] = round(float(line.pop("quantity")) * 1000)
        added = now_ms - round(float(line.pop("added_age_s")) * 1000) if "added_age_s" in line else 0
        if added:
            line.setdefault("added_at_ms", added)
            line.setdefault("added_version", 2)
        at = line.pop("at", None)
        if isinstance(at, dict) and "stations" not in line:
            line["stations"] = [
                _station_line(station, state, order["held_at_ms"], added) for station, state in at.items()
            ]
        line.setdefault("added_version", 1)
        lines.append(line)
    order["lines"] = lines
    if isinstance(allergens := order.get("allergens"), list):
        order["allergens"] = [
            {"added_version": 1} | one if isinstance(one, dict) else one for one in allergens
        ]
    return order


def _station_line(station: str, state: Any, held_at_ms: int, added_at_ms: int) -> dict[str, Any]:
    given = dict(state) if isinstance(state, dict) else {"state": state}
    given.setdefault("station", station)
    given.setdefault("version", 1)
    if given.get("state") != "WAITING":
        given.setdefault("queued_at_ms", added_at_ms or held_at_ms)
    return given


def _build(kind: Any, value: Any, path: str) -> Any:
    origin = typing.get_origin(kind)
    if origin is types.UnionType or origin is typing.Union:
        members = [member for member in typing.get_args(kind) if member is not type(None)]
        return None if value is None else _build(members[0], value, path)
    if origin is tuple:
        if not isinstance(value, list):
            raise InvalidInput(path, "must be a list")
        inner = typing.get_args(kind)[0]
        return tuple(_build(inner, one, f"{path}[{n}]") for n, one in enumerate(value))
    if origin is not None and issubclass(origin, Mapping):
        if isinstance(value, str):
            return {"en": value}
        if not isinstance(value, dict):
            raise InvalidInput(path, "must be a text or an object")
        inner = typing.get_args(kind)[1]
        return {str(key): _build(inner, one, f"{path}.{key}") for key, one in value.items()}
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, value, path)
    if isinstance(kind, type) and issubclass(kind, OpenEnum):
        if isinstance(value, str) and value in kind.__members__:
            return kind[value]
        if isinstance(value, int) and not isinstance(value, bool):
            return kind(value)
        raise InvalidInput(path, f"{value!r} is none of {', '.join(kind.__members__)}")
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InvalidInput(path, f"must be {kind.__name__}, not {value!r}")
    return value


def _dataclass(kind: Any, value: Any, path: str) -> Any:
    if not isinstance(value, dict):
        raise InvalidInput(path, "must be an object")
    hints = typing.get_type_hints(kind, {**vars(vocabulary), **vars(stream)})
    known = {field.name for field in dataclasses.fields(kind)}
    for name in value:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {nearest[0]}?" if nearest else f"known are {', '.join(sorted(known))}"
            raise InvalidInput(f"{path}.{name}".lstrip("."), "is not a known field", hint)
    built = {name: _build(hints[name], one, f"{path}.{name}".lstrip(".")) for name, one in value.items()}
    try:
        return kind(**built)
    except TypeError as error:
        raise InvalidInput(path, str(error).replace("__init__()", "the object")) from None
