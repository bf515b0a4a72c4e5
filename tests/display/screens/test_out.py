"""86: what is out carries a chip wherever it stands to be made, in the screen's language, as long as it is out."""

from __future__ import annotations

import dataclasses

import pytest

from display.core.draw import Group, Picture, Text
from display.core.effects import AskRecall
from display.core.fixture import Fixture
from display.core.isolate import FSI, LRI, PDI, RLI
from display.core.keymap import Action
from display.core.layout import LAYOUTS
from display.screens.from_fixture import expo_scene_of, look_of, scene_of
from display.ui.text import TextEngine
from heard.order import LineState, Modifier, ModifierKind, Order
from heard.stream import OUT_ITEMS_KEY, ItemAvailability, Live, OutItems
from tests.display.counting import extent
from tests.display.desks import STATION, Bench
from tests.display.test_counting import busy

WORDS = {"en": "86", "ar": "نفد"}


def written(picture: Picture, *, tiles: bool = True) -> list[str]:
    """All texts of the tiles, or of everything but them and the bars."""
    return [
        one.text.strip(LRI + RLI + FSI + PDI)
        for op in picture.ops
        if isinstance(op, Group) and ("/" in op.key if tiles else op.key in ("rail", "all-day", "recall"))
        for one in op.ops
        if isinstance(one, Text)
    ]


def told(bench: Bench, *item_ids: str) -> Picture:
    """The hub says what is out now."""
    out = OutItems(tuple(ItemAvailability(one, False, {"en": one}) for one in item_ids))
    bench.desk.live_values((Live(OUT_ITEMS_KEY, "", 1, out),), bench.now_s)
    return bench.turn().picture


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("role", ["prep", "expo"])
def test_a_dish_that_is_out_says_so_until_it_is_back(role: str, layout: str) -> None:
    bench = Bench(role=role, layout=layout)
    bench.hold(2)
    assert "86" not in written(bench.turn().picture)
    assert written(told(bench, "dish-1")).count("86") == 1
    assert written(told(bench, "dish-0", "dish-1")).count("86") == 2
    assert "86" not in written(told(bench))


def test_what_is_made_needs_no_chip() -> None:
    bench = Bench()
    order_id = bench.hold(2)
    told(bench, "dish-0")
    bench.change(
        order_id, 0, lambda at, version: dataclasses.replace(at, state=LineState.DONE, version=version)
    )
    assert "86" not in written(bench.turn().picture)


def test_the_rail_and_the_full_view_say_it_too() -> None:
    bench = Bench()
    bench.hold(2)
    assert written(told(bench, "dish-1"), tiles=False).count("86") == 1
    bench.press(Action.ALL_DAY)
    assert written(bench.turn().picture, tiles=False).count("86") == 1
    assert "86" not in written(told(bench), tiles=False)


def test_the_recall_list_says_that_it_cannot_be_made_again(text: TextEngine) -> None:
    bench = Bench()
    order = _done(bench.orders[bench.hold(2)])
    bench.press(Action.RECALL)
    bench.desk.recalled(AskRecall("", STATION), (order,))
    said = " ".join(written(told(bench, "dish-1"), tiles=False))
    assert "Dish 1 (86)" in said
    assert "Dish 0 (86)" not in said


def _done(order: Order) -> Order:
    lines = tuple(
        dataclasses.replace(
            line,
            stations=tuple(
                dataclasses.replace(at, state=LineState.DONE, done_at_ms=5) for at in line.stations
            ),
        )
        for line in order.lines
    )
    return dataclasses.replace(order, lines=lines)


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("role", ["prep", "expo"])
def test_a_modifier_that_is_out_carries_it_beside_its_name(
    role: str, layout: str, language: str, text: TextEngine
) -> None:
    content = dataclasses.replace(_with_modifier(), layout=layout, languages=(language,))
    look = look_of(content, text)
    scene = (scene_of if role == "prep" else expo_scene_of)(content, text)
    assert written(scene.picture).count(WORDS[language]) == 1
    for op in scene.picture.ops:
        if isinstance(op, Group) and "/" in op.key:
            for one in op.ops:
                left, right = extent(one, look.measurer)
                assert left >= 0, (op.key, one)
                assert right <= op.w, (op.key, one)


def _with_modifier() -> Fixture:
    """One line with a modifier of a long name that is out."""
    content = busy()
    order = next(one for one in content.orders if one.call_number == "228")
    name = {"en": "Extra garlic from the mountains", "ar": "ثوم إضافي من الجبال العالية"}
    with_one = dataclasses.replace(
        order.lines[0], modifiers=(Modifier("garlic", name, ModifierKind.ADD, cosmetic=True),)
    )
    order = dataclasses.replace(order, lines=(with_one, *order.lines[1:]))
    out = OutItems((ItemAvailability("garlic", False, name),))
    return dataclasses.replace(content, orders=(order,), out=out, bumped=(), pending=(), selected="")
