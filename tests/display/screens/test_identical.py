"""Identical lines of a ticket are one quantity, and stand apart again when one of them changes. It is a setting, on by default."""

from __future__ import annotations

import dataclasses

import pytest

from display.core.draw import Group, Text
from heard.order import Modifier, ModifierKind, Note
from heard.stream import SiteProfile, StationProfile
from tests.display.desks import STATION, Bench

EXTRA = Modifier("garlic", {"en": "Extra garlic"}, ModifierKind.ADD)


def rows(bench: Bench, name: str = "Dish 0") -> list[str]:
    """The quantities that stand before this name, tile by tile."""
    found: list[str] = []
    for op in bench.turn().picture.ops:
        if not isinstance(op, Group) or "/" not in op.key:
            continue
        texts = [one for one in op.ops if isinstance(one, Text)]
        for n, one in enumerate(texts):
            if one.text == name:
                found.append(texts[n - 1].text)
    return found


def two_alike(bench: Bench) -> str:
    """An order with the same dish twice."""
    order_id = bench.hold(1)
    order = bench.orders[order_id]
    twin = dataclasses.replace(order.lines[0], line_id=f"{order_id}-twin")
    bench.put(dataclasses.replace(order, lines=(*order.lines, twin)))
    return order_id


def changed(bench: Bench, order_id: str, **how: object) -> None:
    """The second line becomes another one."""
    order = bench.orders[order_id]
    other = dataclasses.replace(order.lines[1], **how)  # type: ignore[arg-type]
    bench.put(dataclasses.replace(order, lines=(order.lines[0], other), version=order.version + 1))


@pytest.mark.parametrize(
    ("role", "layout"), [("prep", "columns"), ("prep", "grid"), ("expo", "columns"), ("expo", "list")]
)
def test_alike_they_are_one_quantity_and_each_change_parts_them(role: str, layout: str) -> None:
    bench = Bench(role=role, layout=layout)
    order_id = two_alike(bench)
    assert rows(bench) == ["2"]
    for how in (
        {"modifiers": (EXTRA,)},
        {"notes": (Note({"en": "Cut in half"}),)},
        {"seat": "2"},
        {"course": 2},
        {"remake": True},
    ):
        plain = bench.orders[order_id].lines[1]
        changed(bench, order_id, **how)
        assert rows(bench) == ["1", "1"], how
        changed(bench, order_id, **{name: getattr(plain, name) for name in how})
        assert rows(bench) == ["2"], how
    bench.raise_(order_id, 1)
    assert rows(bench) == ["1", "2"], "what was raised says so by itself"


def test_a_line_that_is_made_stands_apart_at_its_station() -> None:
    bench = Bench()
    order_id = two_alike(bench)
    bench.digit(1)
    bench.change(order_id, 1, lambda at, version: dataclasses.replace(at, state=at.state.DONE))
    assert sorted(rows(bench)) == ["1", "1"]


def test_every_line_of_it_is_named_by_a_bump() -> None:
    bench = Bench()
    two_alike(bench)
    tiles = bench.turn().stands.tiles
    assert [line.line_id for line in tiles[0].box.lines] == ["o01-0", "o01-twin"]


@pytest.mark.parametrize("role", ["prep", "expo"])
def test_the_setting_off_draws_each(role: str) -> None:
    bench = Bench(role=role)
    two_alike(bench)
    apart = dataclasses.replace(bench.desk.look, group_identical=False)
    site = SiteProfile("Kitchen", (StationProfile(STATION, {"en": "Grill"}),))
    bench.desk.settle(apart, bench.desk.panel, site)
    assert rows(bench) == ["1", "1"]
