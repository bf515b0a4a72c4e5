"""Settings from several places, key by key: set at the hub > the hub's file > the cloud > the default. Pure.

A key is a path of words ("stations.grill.ages.default.warn_s"); a list (languages, routes) is one value. What a lower place
says of a key that a higher one has is not seen, never mixed in.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeAlias

from heard.errors import UserError
from hub.config.model import Config
from hub.config.reader import read_config, shape_of

Table: TypeAlias = dict[str, Any]
KeyPath: TypeAlias = tuple[str, ...]

FILE_ONLY = ("network", "store", "cloud")
"""What a hub must know before it opens its store, and how it is reached: its file alone says it."""
KEY_CHARACTERS_MAX = 200
VALUE_CHARACTERS_MAX = 32_000
"""One value as JSON: some hundred routes."""
MAKES_A_STATION = ("name", "role")
"""What a new station can begin with, where it is set key by key."""
FILE_SAYS = "only the hub's file may say this"
SET, FILE, CLOUD, DEFAULT = "set", "file", "cloud", "default"


@dataclass(frozen=True, slots=True)
class Layer:
    """What one place says, as a table of tables; `name` is SET, FILE or CLOUD."""

    name: str
    table: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part of a layer that cannot be used: the rest of it holds."""

    layer: str
    key: str
    why: str


@dataclass(frozen=True, slots=True)
class Effective:
    """What holds: the settings, the table that they were read from, and what had to be left out."""

    config: Config
    table: Mapping[str, Any]
    left_out: tuple[LeftOut, ...] = ()


def key_path(key: str) -> KeyPath:
    """The words of a key. Raises UserError."""
    path = tuple(key.split("."))
    if not all(path) or len(key) > KEY_CHARACTERS_MAX:
        raise UserError(f"{key[:60]!r} is no key of a setting", 'write it as in hub.toml: "site.name"')
    return path


def parse_value(text: str) -> Any:
    """A value as people type it: TOML where it is TOML ("480", "true", '["en", "ar"]'), else the text itself."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    return value if isinstance(value, str | int | float | bool | list | dict) else text


def to_json(value: Any) -> str:
    """A value as it is stored. Raises UserError for one that is too long or no setting at all."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise UserError(f"that is no value of a setting: {error}") from error
    if len(text) > VALUE_CHARACTERS_MAX:
        raise UserError(f"the value has {len(text)} characters", f"at most {VALUE_CHARACTERS_MAX}")
    return text


def leaves(table: Mapping[str, Any], under: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every value of the tables with its path; an empty table below the top is a value too ([stations.fry])."""
    for name, value in table.items():
        path = (*under, name)
        if isinstance(value, Mapping) and (value or not under):
            yield from leaves(value, path)
        else:
            yield path, value


def merge(low: Mapping[str, Any], high: Mapping[str, Any]) -> Table:
    """Both, where `high` wins."""
    made = dict(low)
    for name, value in high.items():
        below = made.get(name)
        made[name] = (
            merge(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
        )
    return made


def put(table: Mapping[str, Any], path: KeyPath, value: Any) -> Table:
    """The table with that value at that key. Raises UserError where a part of the way is a value itself."""
    name, *rest = path
    made = dict(table)
    if not rest:
        made[name] = value
        return made
    below = made.get(name, {})
    if not isinstance(below, Mapping):
        raise UserError(
            f"{name} is {below!r}, one value that is set as a whole", f"leave out .{'.'.join(rest)}"
        )
    made[name] = put(below, tuple(rest), value)
    return made


def table_of(entries: Mapping[str, Any]) -> Table:
    """A table of keys with their values, shorter keys first, so that a key within a table that was set whole wins."""
    made: Table = {}
    for key in sorted(entries, key=lambda one: (one.count("."), one)):
        path = tuple(key.split("."))
        try:
            made = put(made, path, entries[key])
        except UserError:
            continue  # a value stands in its way, set later: the shorter key wins
    return made


def check_settable(path: KeyPath) -> None:
    """Raises UserError for what only the file may say."""
    if path[0] in FILE_ONLY:
        raise UserError(
            f"{'.'.join(path)} is read from the hub's file only, before the store is open",
            f"change [{path[0]}] there and restart the hub",
        )


def check_station(path: KeyPath, known: Sequence[str]) -> None:
    """Raises UserError for a detail of a station that there is not: a slip of the finger must not make one."""
    if path[0] != "stations" or len(path) < 3 or path[1] in known or path[2] in MAKES_A_STATION:
        return
    nearest = difflib.get_close_matches(path[1], known, n=1)
    meant = f"did you mean stations.{nearest[0]}? " if nearest else ""
    raise UserError(
        f"there is no station {path[1]!r}; there are {', '.join(known)}",
        f"{meant}A new one begins with its name: heard config set stations.{path[1]}.name NAME",
    )


def sources(layers: Sequence[Layer]) -> dict[KeyPath, str]:
    """Which layer each key of the merged table comes from; `layers` lowest first."""
    found: dict[KeyPath, str] = {}
    for layer in layers:
        for path, _ in leaves(layer.table):
            for known in [one for one in found if one[: len(path)] == path or path[: len(one)] == one]:
                del found[known]
            found[path] = layer.name
    return found


def source_of(path: KeyPath, known: Mapping[KeyPath, str]) -> str:
    """The layer of a key; of one that no layer names, DEFAULT."""
    return known.get(path, DEFAULT)


def effective(base: Config, layers: Sequence[Layer]) -> Effective:
    """What holds with these layers (lowest first) around `base`, which the file and the command line made.

    A part of a layer that cannot be used is left out, with its reason; the file itself was checked when it was read.
    """
    plain = read_config(base.table, "", "")
    table: Table = {}
    left_out: list[LeftOut] = []
    for layer in layers:
        if layer.name == FILE:
            table = merge(table, layer.table)
            continue
        # What the cloud says must fit what the file says over it.
        above = base.table if layer.name == CLOUD else {}
        if not any(name in FILE_ONLY for name in layer.table):
            candidate = merge(table, layer.table)
            if _why_not(merge(candidate, above)) is None:
                table = candidate
                continue
        for key, part in _parts(layer.table):
            candidate = merge(table, part)
            why = FILE_SAYS if key.partition(".")[0] in FILE_ONLY else _why_not(merge(candidate, above))
            if why is None:
                table = candidate
            else:
                left_out.append(LeftOut(layer.name, key, why))
    made = read_config(table, "", "")
    changes = {
        one.name: getattr(made, one.name)
        for one in fields(Config)
        if one.compare and getattr(made, one.name) != getattr(plain, one.name)
    }
    for name in ("data", "network", "retention", "cloud", "source", "unsafe_plaintext"):
        changes.pop(name, None)
    return Effective(replace(base, **changes), table, tuple(left_out))


def whole(table: Mapping[str, Any]) -> dict[KeyPath, Any]:
    """Every key with its value, defaults included."""
    return dict(leaves(_plain(shape_of(table))))


def _why_not(table: Mapping[str, Any]) -> str | None:
    try:
        read_config(table, "", "")
    except UserError as error:
        return f"{error.what} ({error.hint})" if error.hint else error.what
    return None


def _parts(table: Mapping[str, Any]) -> Iterator[tuple[str, Table]]:
    """What of a layer is taken or left on its own: a station, the routes, any other key."""
    for name, value in table.items():
        if not isinstance(value, Mapping):
            yield name, {name: value}
            continue
        for inner, part in value.items():
            yield f"{name}.{inner}", {name: {inner: part}}


def _plain(value: Any) -> Any:
    if value is None:
        return None
    if is_dataclass(value) and not isinstance(value, type):
        found = {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
        return {name: inner for name, inner in found.items() if inner is not None}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_short(one) for one in value]
    return value if isinstance(value, str | int | float | bool) else str(value)


def _short(value: Any) -> Any:
    """An element of a list, without what it does not say: a route names few of the conditions that there are."""
    if not is_dataclass(value) or isinstance(value, type):
        return _plain(value)
    return {
        one.name: _plain(getattr(value, one.name))
        for one in fields(value)
        if getattr(value, one.name) not in ((), "", None)
    }
