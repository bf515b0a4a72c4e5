"""A line that was taken over from a screen that may have it all the same says where to ask."""

from __future__ import annotations

from dataclasses import replace

from display.core.draw import Group, Text
from display.core.fixture import Fixture
from display.screens.from_fixture import look_of, scene_of
from display.ui.text import TextEngine
from heard.order import LineState, Order
from tests.display.counting import extent
from tests.display.test_counting import busy


def taken(content: Fixture, at_stations: tuple[str, ...] = ("fry",)) -> Fixture:
    """Everything queued here may be there."""

    def of(order: Order) -> Order:
        return replace(
            order,
            lines=tuple(
                replace(
                    line,
                    stations=tuple(
                        replace(at, taken_from=at_stations, may_be_at=at_stations)
                        if at.station == content.station and at.state is LineState.QUEUED
                        else at
                        for at in line.stations
                    ),
                )
                for line in order.lines
            ),
        )

    return replace(content, orders=tuple(of(order) for order in content.orders))


def test_many_long_names_are_broken_and_still_fit(text: TextEngine) -> None:
    content = taken(busy(), ("fry", "the-second-station-of-the-cold-kitchen", "bar-printer"))
    look = look_of(content, text)
    said = ""
    for op in scene_of(content, text).picture.ops:
        if isinstance(op, Group):
            for one in op.ops:
                left, right = extent(one, look.measurer)
                assert left >= 0, (op.key, one)
                assert right <= op.w, (op.key, one)
                said += f" {one.text}" if isinstance(one, Text) else ""
    assert "MAY BE AT" in said
    assert "BAR-PRINTER · ask" in said


def test_the_line_says_where_to_ask_and_it_fits(text: TextEngine) -> None:
    plain, content = busy(), taken(busy())
    look = look_of(content, text)
    found = 0
    for op in scene_of(content, text).picture.ops:
        if isinstance(op, Group):
            for one in op.ops:
                if isinstance(one, Text) and one.text == "MAY BE AT FRY · ask":
                    found += 1
                    left, right = extent(one, look.measurer)
                    assert left >= 0
                    assert right <= op.w, op.key
    assert found >= 4
    said = [
        one.text
        for op in scene_of(plain, text).picture.ops
        if isinstance(op, Group)
        for one in op.ops
        if isinstance(one, Text)
    ]
    assert not [one for one in said if "MAY BE" in one]
