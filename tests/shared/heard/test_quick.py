"""A quick class is the same frozen dataclass, made faster."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from typing import Any

import pytest

from heard.order import Line, LineState, Modifier, Order, StationLine
from heard.quick import quick, replaced


@dataclass(frozen=True, slots=True)
class Slow:
    name: str
    count: int = 3
    words: list[str] = field(default_factory=list)


@quick
@dataclass(frozen=True, slots=True)
class Fast:
    name: str
    count: int = 3
    words: list[str] = field(default_factory=list)


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("a",), {}),
        (("a", 1), {}),
        ((), {"name": "a", "words": ["x"]}),
        (("a", 1, ["x"]), {}),
        (("a",), {"count": 0}),
    ],
)
def test_it_takes_what_python_s_own_takes(args: tuple[Any, ...], named: dict[str, Any]) -> None:
    slow, fast = Slow(*args, **named), Fast(*args, **named)
    assert [getattr(fast, one.name) for one in fields(Fast)] == [
        getattr(slow, one.name) for one in fields(Slow)
    ]
    assert repr(fast) == repr(slow).replace("Slow", "Fast")
    assert type(fast) is Fast


@pytest.mark.parametrize(("args", "named"), [((), {}), (("a", 1, [], 4), {}), (("a",), {"other": 1})])
def test_a_wrong_call_is_a_type_error(args: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Fast(*args, **named)


def test_each_has_a_default_of_its_own() -> None:
    assert Fast("a").words is not Fast("b").words


def test_it_is_frozen_equal_hashable_and_copied_as_before() -> None:
    line = Line("l1", "i1", {"en": "Kofta"}, 2000, modifiers=(Modifier("m1", {"en": "spicy"}),))
    with pytest.raises(FrozenInstanceError):
        line.quantity_milli = 1  # type: ignore[misc]
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        line.other = 1  # type: ignore[attr-defined]
    at = StationLine("grill", LineState.QUEUED)
    assert hash(at) == hash(StationLine("grill", LineState.QUEUED))
    order = Order("o1", lines=(line,))
    for again in (copy.copy(order), copy.deepcopy(order), pickle.loads(pickle.dumps(order)), replace(order)):
        assert again == order
        assert type(again) is Order
    assert replace(order, rush=True) != order
    assert replaced(order, rush=True, guest="Omar") == replace(order, rush=True, guest="Omar")
    with pytest.raises(KeyError, match="guests"):
        replaced(order, guests="Omar")


def test_what_is_more_than_a_plain_frozen_class_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Checked:
        name: str

        def __post_init__(self) -> None: ...

    @dataclass(frozen=True)
    class Open:
        name: str

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Named:
        name: str

    @dataclass(frozen=True, slots=True)
    class Longer(Slow):
        more: int = 0

    for one in (Checked, Open, Named, Longer):
        with pytest.raises(TypeError, match=one.__name__):
            quick(one)
    with pytest.raises(TypeError):
        quick(int)
