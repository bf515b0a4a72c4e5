"""A value that the wire lost is named by its path, not by two screens full of order."""

from __future__ import annotations

from dataclasses import replace

from heard.order import Line, Modifier, Order, OrderType
from tests.shared.heard.anything import differences

ORDER = Order("o1", type=OrderType.CAR, lines=(Line("a", name={"en": "Kofta"}, modifiers=(Modifier("m"),)),))


def test_each_difference_is_named() -> None:
    line = ORDER.lines[0]
    assert differences(ORDER, ORDER) == []
    assert differences(replace(ORDER, covers=2), ORDER) == ["covers: 2 is not 0"]
    other = replace(line, name={"en": "Pie"}, modifiers=(Modifier("m", cosmetic=True),))
    assert differences(replace(ORDER, lines=(other,)), ORDER) == [
        "lines[0].name[en]: 'Pie' is not 'Kofta'",
        "lines[0].modifiers[0].cosmetic: True is not False",
    ]
    (lost,) = differences(replace(ORDER, lines=()), ORDER)
    assert lost.startswith("lines: () is not (Line(")
    assert differences((line,), (ORDER,)) != []
