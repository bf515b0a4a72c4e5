"""Pictures of the expo screen: painted as the goldens are, and counted before they are believed."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable

import pytest

from display.core.draw import Group, Op, Picture, Rect, Text
from display.core.expo_theme import expo_theme
from display.core.fixture import Fixture, fixture
from display.core.theme import Theme
from display.screens.from_fixture import expo_scene_of, look_of
from display.ui.icons import Icons
from display.ui.text import TextEngine
from tests.display.counting_cards import COUNTS, CountedCards
from tests.display.dishes import FOLDER, kitchen
from tests.display.golden import check_golden
from tests.display.passes import lunch, passes

NAMES = tuple(passes())


def load(name: str) -> Fixture:
    """A fixture from its file, as `--fixture` reads it."""
    return fixture(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", NAMES)
def test_the_screen_is_painted_as_its_golden(
    name: str, text: TextEngine, icons: Icons, update_goldens: bool
) -> None:
    scene = expo_scene_of(load(name), text)
    CountedCards(scene.picture, load(name), look_of(load(name), text), scene.closeness).check()
    check_golden(name, scene.picture, text, icons, update=update_goldens)


@pytest.mark.parametrize("name", NAMES)
def test_the_fixture_files_are_what_the_passes_say(name: str) -> None:
    written = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert written == passes()[name], "run python -m tests.display.kitchens"


def test_all_pages_together_show_every_line_once(text: TextEngine) -> None:
    first = load("expo-overflowing")
    drawn: list[str] = []
    for page in range(expo_scene_of(first, text).pages):
        scene = expo_scene_of(dataclasses.replace(first, page=page), text)
        drawn += [line.line_id for tile in scene.stands.tiles for line in tile.box.lines]
    wanted = [line.line_id for order in first.orders for line in order.lines]
    assert sorted(drawn) == sorted(wanted)


def written_otherwise(where: str, pattern: str, new: str | None) -> Callable[[Picture], Picture]:
    """The picture with other words in the cards or bars whose key begins so."""

    def change(op: Op) -> Op | None:
        if not isinstance(op, Text) or not re.fullmatch(pattern, op.text):
            return op
        return None if new is None else dataclasses.replace(op, text=new)

    def changed(picture: Picture) -> Picture:
        ops: list[Op] = []
        for op in picture.ops:
            if isinstance(op, Group) and op.key.startswith(where):
                op = dataclasses.replace(op, ops=tuple(new for one in op.ops if (new := change(one))))
            ops.append(op)
        return dataclasses.replace(picture, ops=tuple(ops))

    return changed


def grey_ready(picture: Picture) -> Picture:
    """The green of the first ready card is gone."""
    ops = list(picture.ops)
    at = next(n for n, op in enumerate(ops) if isinstance(op, Group) and op.key.startswith("o205"))
    card = ops[at]
    assert isinstance(card, Group)
    inner = tuple(
        dataclasses.replace(op, colour="#27476B") if isinstance(op, Rect) and op.y == 0 and op.w > 200 else op
        for op in card.ops
    )
    ops[at] = dataclasses.replace(card, ops=inner)
    return dataclasses.replace(picture, ops=tuple(ops))


MISTAKES: dict[str, Callable[[Picture], Picture]] = {
    "a missing line is not drawn": written_otherwise("o215", "Onion Rings", None),
    "one done line less": written_otherwise("o214", "3 done", "2 done"),
    "held ones are forgotten": written_otherwise("o219", "held 7.*", None),
    "n of m is wrong": written_otherwise("o214", "3 of 6", "4 of 6"),
    "CONFIRM is not offered": written_otherwise("o206", "CONFIRM", None),
    "UNPAID is not said": written_otherwise("o210", "UNPAID", "PAID"),
    "what is packed is not listed": written_otherwise("o203", "2 Cola", None),
    "one more waits than is said": written_otherwise("bottom", r"\+\d+ waiting.*", "+1 waiting"),
    "ready is not green": grey_ready,
    "a station has one more to make": written_otherwise("o358", "3", "4"),
    "what is ready is not counted": written_otherwise("o338", "3", None),
}
ON = {
    "one done line less": "expo-overflowing",
    "one more waits than is said": "expo-list",
    "a station has one more to make": "expo-lunch",
    "what is ready is not counted": "expo-lunch",
}
"""The picture with the mistake, where it is not the busy one."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_found(mistake: str, text: TextEngine) -> None:
    content = load(ON.get(mistake, "expo-busy"))
    scene, look = expo_scene_of(content, text), look_of(content, text)
    wrong = MISTAKES[mistake](scene.picture)
    assert wrong != scene.picture
    with pytest.raises((AssertionError, ValueError)):
        CountedCards(wrong, content, look, scene.closeness).check()


@pytest.mark.parametrize("name", ["expo-lunch", "expo-lunch-arabic", "expo-busy", "expo-arabic"])
def test_a_usual_lunch_stands_on_one_page(name: str, text: TextEngine) -> None:
    scene = expo_scene_of(load(name), text)
    assert (scene.pages, len(scene.shown)) == (1, len(load(name).orders))


@pytest.mark.parametrize(("seed", "languages"), [(9, ("en",)), (9, ("ar", "en")), (18, ("ar",))])
def test_a_lunch_that_needs_the_closest_cards_stands_on_one_page_too(
    seed: int, languages: tuple[str, ...], text: TextEngine
) -> None:
    """The most that twenty drawn lunches of thirty want, with a key on each card; allergies in both languages."""
    content = dataclasses.replace(fixture(kitchen(lunch(seed)) | {"station": "expo"}), languages=languages)
    scene = expo_scene_of(content, text)
    assert (scene.pages, len(scene.shown)) == (1, 30)
    assert scene.closeness >= COUNTS
    CountedCards(scene.picture, content, look_of(content, text), scene.closeness).check()


def test_nothing_that_is_read_is_smaller_on_close_cards(text: TextEngine) -> None:
    roomy, close = expo_theme(Theme()), expo_theme(Theme(), close=True)
    for size in ("number_text", "timer_text", "type_text", "item_text", "chip_text", "pill_text"):
        assert getattr(close, size) == getattr(roomy, size)
    assert close.allergy_text >= close.item_text
