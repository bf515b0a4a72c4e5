"""An order as the contract's JSON and back: every field by its name in order.proto, what stands at its default left out.

A name (`Text`) is an object by language, an enum is its word without the prefix ("STARTED"). What the cloud gives back is read
with care: it may have been written by another release, or by somebody's hand.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from enum import IntEnum
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from heard.order import OpenEnum, Order

T = TypeVar("T")
ALWAYS = frozenset({"order_id", "line_id", "version"})
"""Written even at their default: an order without these is none."""
INTEGER_MAX = 1 << 62
UNKNOWN_PREFIX = "UNKNOWN_"


def order_body(order: Order) -> dict[str, Any]:
    """The `body` of an order's document."""
    return _encode(order)


def read_order(body: object) -> Order:
    """The order of a document's `body`; fields that are not known are left out. Raises ValueError."""
    return _decode(Order, body, "body")


def _encode(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, default, convert in _encoders(type(value)):  # type: ignore[arg-type]
        field = getattr(value, name)
        if name in ALWAYS or (field is not default and field != default):
            found[name] = field if convert is None else convert(field)
    return found


@cache  # one entry a class
def _encoders(kind: type[Any]) -> tuple[tuple[str, Any, Callable[[Any], Any] | None], ...]:
    hints = get_type_hints(kind)
    return tuple(
        (field.name, field.default, _encoder(hints[field.name])) for field in dataclasses.fields(kind)
    )


def _encoder(hint: Any) -> Callable[[Any], Any] | None:
    """None: the value is JSON as it stands."""
    if dataclasses.is_dataclass(hint):
        return _encode
    origin, inner = get_origin(hint), get_args(hint)
    if origin is tuple:
        convert = _encoder(inner[0])
        return list if convert is None else lambda values: [convert(one) for one in values]
    if origin is not None and issubclass(origin, Mapping):
        return dict
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return lambda value: value.name
    if hint in (int, str, bool):
        return None
    raise TypeError(f"no rule for {hint!r} in the cloud's JSON")


def _decode(kind: type[T], value: object, path: str) -> T:
    if not isinstance(value, dict):
        raise ValueError(f"{path} is no object")
    values = {}
    for name, decode in _decoders(kind):  # type: ignore[arg-type]
        if name in value:
            values[name] = decode(value[name], f"{path}.{name}")
    try:
        return kind(**values)
    except TypeError:
        raise ValueError(f"{path} lacks a field that it must have") from None


@cache
def _decoders(kind: type[Any]) -> tuple[tuple[str, Callable[[Any, str], Any]], ...]:
    hints = get_type_hints(kind)
    return tuple((field.name, _decoder(hints[field.name])) for field in dataclasses.fields(kind))


def _decoder(hint: Any) -> Callable[[Any, str], Any]:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return lambda value, path: _decode(hint, value, path)
    origin, inner = get_origin(hint), get_args(hint)
    if origin is tuple:
        of_each = _decoder(inner[0])
        return lambda value, path: tuple(
            of_each(one, f"{path}[{index}]") for index, one in enumerate(_typed(value, list, path))
        )
    if origin is not None and issubclass(origin, Mapping):
        return _text
    if isinstance(hint, type) and issubclass(hint, OpenEnum):
        return lambda value, path: _word(hint, value, path)
    if hint is int:
        return _integer
    return lambda value, path: _typed(value, hint, path)


def _typed(value: Any, kind: type[T], path: str) -> T:
    if not isinstance(value, kind):
        raise ValueError(f"{path} is {type(value).__name__}, not {kind.__name__}")
    return value


def _integer(value: Any, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > INTEGER_MAX:
        raise ValueError(f"{path} is no whole number of ours")
    return value


def _text(value: Any, path: str) -> dict[str, str]:
    found = _typed(value, dict, path)
    return {_typed(key, str, path): _typed(words, str, path) for key, words in found.items()}


def _word(kind: type[OpenEnum], value: Any, path: str) -> OpenEnum:
    word = _typed(value, str, path)
    if word in kind.__members__:
        return kind[word]
    number = word.removeprefix(UNKNOWN_PREFIX)
    if number.isascii() and number.isdigit() and len(number) < 10:
        return kind(int(number))
    raise ValueError(f"{path} is {word[:40]!r}, which this release does not know")
