"""Pictures of the prep screen: painted as the goldens are, and counted before they are believed."""

from __future__ import annotations

import json

import pytest

from display.core.fixture import Fixture, fixture
from display.screens.from_fixture import look_of, scene_of
from display.ui.icons import Icons
from display.ui.text import TextEngine
from tests.display.counting import Counted
from tests.display.dishes import FOLDER
from tests.display.golden import check_golden
from tests.display.kitchens import kitchens

NAMES = tuple(kitchens())


def load(name: str) -> Fixture:
    """A fixture from its file, as `--fixture` reads it."""
    return fixture(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", NAMES)
def test_the_screen_is_painted_as_its_golden(
    name: str, text: TextEngine, icons: Icons, update_goldens: bool
) -> None:
    scene = scene_of(load(name), text)
    Counted(scene.picture, load(name), look_of(load(name), text)).check()
    check_golden(f"prep-{name}", scene.picture, text, icons, update=update_goldens)


@pytest.mark.parametrize("name", NAMES)
def test_the_fixture_files_are_what_the_kitchens_say(name: str) -> None:
    written = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert written == kitchens()[name], "run python -m tests.display.kitchens"


@pytest.mark.parametrize("name", ["overflowing"])
def test_all_pages_together_draw_every_line_once(name: str, text: TextEngine) -> None:
    import dataclasses

    first = load(name)
    pages = scene_of(first, text).pages
    drawn: list[str] = []
    for page in range(pages):
        scene = scene_of(dataclasses.replace(first, page=page), text)
        drawn += [
            f"{tile.key}{line.line_id}"
            for tile in scene.stands.tiles
            for rows in tile.rows
            for line in rows.lines
        ]
    wanted = sum(len(order.lines) for order in first.orders)
    assert len(drawn) == len(set(drawn)) == wanted
