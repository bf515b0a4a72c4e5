"""Any value of the vocabulary, made from its annotations; and where two of them differ, in one line a field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import IntEnum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

WORDS = st.text(st.characters(codec="utf-8"), max_size=8)
TEXTS = st.dictionaries(st.sampled_from(["en", "ar"]), st.text("ab كباب", min_size=1, max_size=6), max_size=2)


def values(kind: Any, name: str) -> st.SearchStrategy[Any]:
    """Values of an annotation of the vocabulary, as they can stand on the wire."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return st.lists(values(arguments[0], name), max_size=2).map(tuple)
        return st.tuples(*(values(one, name) for one in arguments))
    if origin is UnionType or (origin is not None and type(None) in arguments):
        return st.one_of(*(values(one, name) for one in arguments if one is not type(None)))
    if origin is not None and issubclass(origin, object) and arguments[:1] == (str,):
        if arguments[1] is str:
            return TEXTS
        return st.dictionaries(st.sampled_from(["", "DINE_IN"]), values(arguments[1], name), max_size=2)
    if is_dataclass(kind):
        return built(kind)
    if isinstance(kind, type) and issubclass(kind, IntEnum):
        return st.sampled_from(list(kind)) | st.integers(200, 210).map(kind)
    if kind is bool:
        return st.booleans()
    if kind is int:
        low, high = (1, 2**31 - 1) if name in {"quantity_milli", "n"} else (0, 2**31 - 1)
        return st.integers(low, high)
    if kind is str:
        return WORDS
    raise TypeError(f"no values for {kind} of {name}")


def built(kind: Any) -> st.SearchStrategy[Any]:
    """Instances of a dataclass with every field filled."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{one.name: values(hints[one.name], one.name) for one in fields(kind)})


QUICK = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
"""Without shrinking: an order has some hundred values, and making a failing one small takes minutes. `differences` names the
field that is lost, which is all that one wants to know."""
FEW = settings(QUICK, max_examples=15)


def differences(found: Any, wanted: Any, path: str = "") -> list[str]:
    """Each field in which they differ: "lines[0].then: () is not ('fry',)". Empty where they are equal."""
    return list(_differences(found, wanted, path))


def _differences(found: Any, wanted: Any, path: str) -> Iterator[str]:
    if is_dataclass(wanted) and type(found) is type(wanted):
        for one in fields(wanted):
            inner = f"{path}.{one.name}".lstrip(".")
            yield from _differences(getattr(found, one.name), getattr(wanted, one.name), inner)
    elif isinstance(wanted, tuple) and isinstance(found, tuple) and len(found) == len(wanted):
        for place, (one, other) in enumerate(zip(found, wanted, strict=True)):
            yield from _differences(one, other, f"{path}[{place}]")
    elif isinstance(wanted, Mapping) and isinstance(found, Mapping) and found.keys() == wanted.keys():
        for key, other in wanted.items():
            yield from _differences(found[key], other, f"{path}[{key}]")
    elif found != wanted:
        yield f"{path or 'it'}: {found!r} is not {wanted!r}"
