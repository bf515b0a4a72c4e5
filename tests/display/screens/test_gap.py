"""A hub that does not know how long it was off: ages of before are at least what they seem, those of after are exact."""

from __future__ import annotations

from dataclasses import replace

from display.core.draw import Group, Text
from display.screens.from_fixture import scene_of
from display.ui.text import TextEngine
from tests.display.test_counting import busy


def ages(picture_ops: tuple[object, ...]) -> dict[str, str]:
    """The age that each tile shows, by the order's id."""
    found: dict[str, str] = {}

    def walk(op: object, name: str) -> None:
        if isinstance(op, Group):
            for one in op.ops:
                walk(one, name or op.key)
        elif isinstance(op, Text) and ":" in op.text and op.text.strip("≥").replace(":", "").isdigit():
            found.setdefault(name, op.text)

    for op in picture_ops:
        if isinstance(op, Group) and op.key.startswith("o"):
            walk(op, op.key)
    return found


def test_only_what_was_held_before_the_gap_says_at_least(text: TextEngine) -> None:
    fixture = busy()
    times = sorted(order.held_at_ms for order in fixture.orders)
    gap_at_ms = times[len(times) // 2]
    plain = ages(scene_of(fixture, text).picture.ops)
    shown = ages(scene_of(replace(fixture, gap_at_ms=gap_at_ms), text).picture.ops)
    assert len(shown) >= 4
    marked = {name for name, age in shown.items() if age.startswith("≥")}
    assert marked
    assert marked != shown.keys()
    assert {name: age.lstrip("≥") for name, age in shown.items()} == plain, "the number itself goes on"
