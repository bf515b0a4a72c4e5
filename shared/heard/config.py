"""Settings files: TOML into frozen dataclasses. A wrong value is an error that names its place and what to write there.

A settings dataclass has a default or none (then the key is required) for each key; its `__post_init__` may raise ValueError
for a value out of range. Known types: str, int, float, bool, Path, dates as text, tuples and mappings of these, nested
dataclasses, Literal and `| None`.
"""

from __future__ import annotations

import difflib
import tomllib
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from heard.errors import UserError

DEFAULT_HUB_PORT = 7420
"""Where a hub listens unless told otherwise; free at the registry of ports, below the range of outgoing connections."""
FILE_BYTES_MAX = 1 << 20
NEAREST_CUTOFF = 0.5

T = TypeVar("T")


def load(kind: type[T], path: Path) -> T:
    """The settings in the file; UserError for a missing file, a broken one, an unknown key or a wrong value."""
    return build(kind, read_toml(path), str(path))


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file; UserError names the file and the line that is wrong."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise UserError(
            f"there is no settings file {path}", "give the path of an existing TOML file"
        ) from None
    except OSError as error:
        raise UserError(f"the settings file {path} cannot be read: {error.strerror}") from error
    if len(data) > FILE_BYTES_MAX:
        raise UserError(f"the settings file {path} has {len(data)} bytes, more than {FILE_BYTES_MAX}")
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8 text (byte {error.start})", "save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path} is not TOML: {error}", "mend that line") from error


def build(kind: type[T], table: Mapping[str, Any], where: str, path: str = "") -> T:
    """One dataclass from a table; `where` is the file, `path` the place in it ("stations[2]")."""
    if not is_dataclass(kind):
        raise TypeError(f"{kind!r} is not a settings dataclass")
    known = [one.name for one in fields(kind) if one.init]
    for key in table:
        if key not in known:
            nearest = difflib.get_close_matches(key, known, n=1, cutoff=NEAREST_CUTOFF)
            hint = f"did you mean {nearest[0]!r}?" if nearest else f"known here: {', '.join(sorted(known))}"
            raise UserError(f"{where}: unknown key {_join(path, key)!r}", hint)
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for one in fields(kind):
        if one.init and one.name in table:
            values[one.name] = _value(hints[one.name], table[one.name], where, _join(path, one.name))
        elif one.init and one.default is MISSING and one.default_factory is MISSING:
            raise UserError(f"{where}: {_join(path, one.name)!r} is missing", "this key is required")
    try:
        return kind(**values)
    except ValueError as error:
        raise UserError(f"{where}: {path + ': ' if path else ''}{error}", "mend that value") from error


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


_WORDS = {
    str: "a text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    Path: "a path in quotes",
}


def _value(hint: Any, value: Any, where: str, path: str) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        kinds = [one for one in get_args(hint) if one is not type(None)]
        return _value(kinds[0], value, where, path)
    if origin is Literal:
        words = get_args(hint)
        if value not in words:
            nearest = difflib.get_close_matches(
                str(value), [str(word) for word in words], n=1, cutoff=NEAREST_CUTOFF
            )
            more = f"; did you mean {nearest[0]!r}?" if nearest else ""
            raise UserError(
                f"{where}: {path} is {value!r}", f"write one of: {', '.join(map(str, words))}{more}"
            )
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise _wrong(where, path, value, "a list in [ ]")
        kind = get_args(hint)[0]
        return tuple(_value(kind, one, where, f"{path}[{index}]") for index, one in enumerate(value))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, dict):
            raise _wrong(where, path, value, "a table")
        kind = get_args(hint)[1]
        return {key: _value(kind, one, where, f"{path}.{key}") for key, one in value.items()}
    if is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise _wrong(where, path, value, "a table")
        return build(hint, value, where, path)
    return _scalar(hint, value, where, path)


def _scalar(hint: Any, value: Any, where: str, path: str) -> Any:
    if hint is Path and isinstance(value, str):
        return Path(value)
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if hint in (str, int, bool) and type(value) is hint:
        return value
    if hint is Any:
        return value
    raise _wrong(where, path, value, _WORDS.get(hint, str(hint)))


def _wrong(where: str, path: str, value: Any, wanted: str) -> UserError:
    return UserError(f"{where}: {path} is {value!r}, not {wanted}", f"write {wanted}")
