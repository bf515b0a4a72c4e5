"""A spare's list, in both languages; every row can be touched where it stands."""

from __future__ import annotations

import dataclasses
import json

import pytest

from display.config import Config
from display.core.draw import Picture, Text
from display.core.effects import Become
from display.core.fixture import fixture
from display.core.keymap import KEYBOARD, Grammar
from display.core.look import Look
from display.core.slots import STABLE
from display.core.spare import Choice, Spare, choices
from display.core.touch import Touches
from display.screens.from_fixture import look_of
from display.screens.role import Panel, Setup
from display.screens.spare_desk import SpareDesk, picture, row_at
from display.ui.icons import Icons
from display.ui.text import TextEngine
from heard.stream import SiteProfile, StationProfile
from tests.display.dishes import FOLDER
from tests.display.golden import check_golden

SITE = SiteProfile(
    stations=(
        StationProfile("grill", {"en": "Grill", "ar": "الشواية"}),
        StationProfile("fry", {"en": "Fry", "ar": "المقلاة"}),
        StationProfile("cold", {"en": "Cold", "ar": "البارد"}),
        StationProfile("pass", {"en": "Pass", "ar": "التسليم"}, role="expo"),
        StationProfile("hall", {"en": "Hall", "ar": "القاعة"}, role="board"),
    )
)


def look_in(language: str, text: TextEngine, scale: float = 0.0) -> Look:
    found = fixture(json.loads((FOLDER / "empty.json").read_text(encoding="utf-8")))
    return look_of(
        dataclasses.replace(found, width=1280, height=720, scale=scale, languages=(language,)), text
    )


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("asked", [None, 0])
def test_the_list_is_painted_as_its_golden(
    asked: int | None, language: str, text: TextEngine, icons: Icons, update_goldens: bool
) -> None:
    spare = Spare(choices(SITE), asked=asked)
    name = f"spare-{'asked' if asked is not None else 'list'}-{language}"
    shown = picture(look_in(language, text), 1280, 720, spare, "19:42")
    check_golden(name, shown, text, icons, update=update_goldens)


@pytest.mark.parametrize("scale", [0.0, 2.0])
@pytest.mark.parametrize("count", [0, 1, 5, 9, 12])
def test_every_row_is_there_and_a_finger_hits_it(count: int, scale: float, text: TextEngine) -> None:
    look = look_in("en", text, scale)
    spare = Spare(tuple(Choice("prep", f"station {n}", {}) for n in range(count)))
    shown = picture(look, 1280, 720, spare, "19:42")
    ys = []
    for n, one in enumerate(spare.rows):
        (line,) = _lines(shown, one.station.upper())
        assert row_at(look, 1280, 720, len(spare.rows), line.y) == n
        assert line.size >= 20
        ys.append(line.y)
    (hint,) = _lines(shown, look.words.say("spare.hint"))
    assert all(y + 20 < hint.y for y in ys)
    assert row_at(look, 1280, 720, len(spare.rows), 10) is None
    assert row_at(look, 1280, 720, len(spare.rows), 719) is None


@pytest.mark.parametrize("finger", ["stays on it like a towel", "is held and let go", "taps twice"])
def test_one_finger_names_a_row_and_never_says_yes_to_itself(finger: str, text: TextEngine) -> None:
    look, panel = look_in("en", text), Panel(1280, 720, 1, KEYBOARD, touch=True)
    desk = SpareDesk(Setup(Config(), look, panel, STABLE, Grammar.SELECT, 0.0))
    desk.settle(look, panel, SITE)
    (row,) = _lines(picture(look, 1280, 720, desk.spare, "19:42", touch=True), "GRILL")
    fingers, effects = Touches(10), []
    fingers.down(1, row.x, row.y, 1.0)
    if finger == "taps twice":
        up = fingers.up(1, row.x, row.y, 1.1)
        assert up is not None
        assert desk.touch(up, 1.1) == ()
        fingers.down(1, row.x, row.y, 2.0)
    for now_s in (2.7, 4.1):
        effects += [one for touched in fingers.due(now_s) for one in desk.touch(touched, now_s)]
        if finger != "stays on it like a towel" and (up := fingers.up(1, row.x, row.y, now_s)) is not None:
            effects += desk.touch(up, now_s)
    assert effects == ([Become("prep", "grill")] if finger == "taps twice" else [])


def _lines(shown: Picture, said: str) -> list[Text]:
    return [op for op in shown.ops if isinstance(op, Text) and op.text == said]
