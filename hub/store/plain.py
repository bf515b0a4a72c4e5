"""Small frozen dataclasses to and from plain JSON values, led by their type hints.

Fields that stand at their default are left out, and a field that a record lacks gets its default: adding a field with
a default is no new schema.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from enum import IntEnum
from functools import cache, partial
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
_Convert = Callable[[Any], Any]


def to_plain(value: Any) -> dict[str, Any]:
    """A dataclass value as a dict of JSON values, without the fields that stand at their default."""
    found: dict[str, Any] = {}
    for name, default, convert in _encoders(type(value)):  # type: ignore[arg-type]
        field = getattr(value, name)
        if field is not default and field != default:
            found[name] = field if convert is None else convert(field)
    return found


def from_plain(kind: type[T], plain: Mapping[str, Any]) -> T:
    """The dataclass value of a dict. Raises TypeError or ValueError when it does not fit; unknown fields are left out."""
    values = {}
    for name, convert in _decoders(kind):  # type: ignore[arg-type]
        if name in plain:
            values[name] = convert(plain[name])
    return kind(**values)


@cache  # one entry a class
def _encoders(kind: type[Any]) -> tuple[tuple[str, Any, _Convert | None], ...]:
    hints = get_type_hints(kind)
    return tuple(
        (field.name, _default(field), _encoder(hints[field.name])) for field in dataclasses.fields(kind)
    )


@cache
def _decoders(kind: type[Any]) -> tuple[tuple[str, _Convert], ...]:
    hints = get_type_hints(kind)
    return tuple((field.name, _decoder(hints[field.name])) for field in dataclasses.fields(kind))


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default  # MISSING equals nothing: a field without default is always written


def _encoder(hint: Any) -> _Convert | None:
    """None: the value is JSON as it stands."""
    if dataclasses.is_dataclass(hint):
        return to_plain
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (only,) = [one for one in inner if one is not type(None)]
        convert = _encoder(only)
        return None if convert is None else partial(_optional, convert)
    if origin is tuple and inner[-1] is Ellipsis:
        convert = _encoder(inner[0])
        return list if convert is None else partial(_each, convert)
    if origin is tuple:
        converts = [_encoder(one) or _same for one in inner]
        return lambda value: [convert(one) for convert, one in zip(converts, value, strict=True)]
    if origin is not None and issubclass(origin, frozenset):
        return sorted
    if origin is not None and issubclass(origin, Mapping):
        convert = _encoder(inner[1])
        return dict if convert is None else partial(_values, convert)
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return int
    if hint in (int, str, bool, float):
        return None
    raise TypeError(f"no rule to store {hint!r}")


def _decoder(hint: Any) -> _Convert:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return lambda value: from_plain(hint, value)
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (only,) = [one for one in inner if one is not type(None)]
        return partial(_optional, _decoder(only))
    if origin is tuple and inner[-1] is Ellipsis:
        of_each = _decoder(inner[0])
        return lambda value: tuple(of_each(one) for one in value)
    if origin is tuple:
        converts = [_decoder(one) for one in inner]
        return lambda value: tuple(convert(one) for convert, one in zip(converts, value, strict=True))
    if origin is not None and issubclass(origin, frozenset):
        return frozenset
    if origin is not None and issubclass(origin, Mapping):
        return partial(_values, _decoder(inner[1]))
    if isinstance(hint, type):
        return hint
    raise TypeError(f"no rule to read {hint!r}")


def _same(value: Any) -> Any:
    return value


def _optional(convert: _Convert, value: Any) -> Any:
    return None if value is None else convert(value)


def _each(convert: _Convert, values: Any) -> list[Any]:
    return [convert(one) for one in values]


def _values(convert: _Convert, values: Any) -> dict[Any, Any]:
    return {key: convert(one) for key, one in values.items()}
