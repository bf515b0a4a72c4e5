"""Every layout in every state and language: counted, inside its edges, and laid out as its outline says."""

from __future__ import annotations

import difflib
import os

import pytest

from display.core.draw import Picture
from display.core.fixture import Fixture
from display.core.layout import LIST
from display.core.look import Look
from display.screens.from_fixture import expo_scene_of, look_of, scene_of, split_of
from display.ui.icons import Icons
from display.ui.text import TextEngine
from tests.display.counting import Counted, check_apart, extent, groups
from tests.display.counting_cards import CountedCards
from tests.display.counting_list import check_list
from tests.display.golden import GOLDENS, check_picture
from tests.display.matrix import PICTURES, SCREENS, SPLIT, STATES, outline, scenes

FOLDER = GOLDENS / "outlines"
DIFF_LINES_MAX = 60


def painted(role: str, layout: str, content: Fixture, text: TextEngine) -> Picture:
    """The picture, counted."""
    look = look_of(content, text)
    if layout == SPLIT:
        picture = split_of(content, text)
        check_edges(picture, look)
        return picture
    scene = (scene_of if role == "prep" else expo_scene_of)(content, text)
    if role == "expo":
        CountedCards(scene.picture, content, look, scene.closeness).check()
    elif layout == LIST:
        check_list(scene, content, look)
    else:
        Counted(scene.picture, content, look).check()
    return scene.picture


def check_edges(picture: Picture, look: Look) -> None:
    """Nothing of a tile or bar reaches over its edge."""
    for key, group in groups(picture).items():
        for op in group.ops:
            left, right = extent(op, look.measurer)
            assert left >= 0, (key, op)
            assert right <= group.w, (key, op)


@pytest.mark.parametrize(("role", "layout"), SCREENS)
def test_a_layout_in_all_states_and_languages(
    role: str, layout: str, text: TextEngine, icons: Icons, update_goldens: bool
) -> None:
    found: list[str] = []
    for name, content in scenes(role, layout):
        picture = painted(role, layout, content, text)
        check_apart(picture)
        if name in PICTURES[role, layout]:
            file = f"{role}-{layout}-{name.replace(', ', '-').replace(' ', '-')}"
            check_picture(file, picture, text, icons, update=update_goldens)
        found += [f"== {name}: {picture.w}x{picture.h}", *outline(picture), ""]
    golden = FOLDER / f"{role}-{layout}.txt"
    if update_goldens or os.environ.get("HEARD_UPDATE_GOLDENS") == "1":
        FOLDER.mkdir(exist_ok=True)
        golden.write_text("\n".join(found), encoding="utf-8")
        return
    wanted = golden.read_text(encoding="utf-8").split("\n")
    diff = list(difflib.unified_diff(wanted, found, "golden", "laid out", "", "", 2, ""))
    assert not diff, "\n".join(diff[:DIFF_LINES_MAX])


def test_the_states_hold_what_they_say() -> None:
    """A state that a mistake made empty would pass everything."""
    for role, layout in SCREENS:
        found = dict(scenes(role, layout))
        assert len(found) == 3 * len(STATES)
        assert {name for name, content in found.items() if not content.orders} == {
            f"empty, {language}" for language in ("en", "ar", "mixed")
        }
        assert all(content.silent_s for name, content in found.items() if name.startswith("not live"))
        assert all(content.out.items for name, content in found.items() if name.startswith("markers"))
