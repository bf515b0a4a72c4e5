"""The preflight over a screen, in both languages: what it asks, what was taken, what was found; and its line where tickets stand."""

from __future__ import annotations

import dataclasses
import json

import pytest

from display.core.draw import Group, Picture, Text
from display.core.fixture import Fixture, fixture
from display.core.floor import Standing
from display.core.legibility import Advice
from display.core.look import Look
from display.core.preflight import Card, Form
from display.screens import from_fixture
from display.screens.from_fixture import look_of, scene_of
from display.screens.preflight import preflight_line, preflight_panel, role_name
from display.ui.icons import Icons
from display.ui.text import TextEngine
from heard.preflight import (
    KeyCheck,
    PreflightName,
    PreflightReport,
    PreflightResult,
    PreflightRow,
    SoundCheck,
)
from tests.display.dishes import FOLDER
from tests.display.golden import check_golden

GRILL = {"en": "Grill", "ar": "الشواية"}
SMALL = Advice(11.2, 3, 24, 2.1, 35)
ASKED = PreflightReport("p1", painted=True, sound=SoundCheck.PLAYED)
WRONG = PreflightReport(
    "p1", painted=True, sound=SoundCheck.BROKEN, sound_why="no device", missing=("麺", "🍜"), sizes="small"
)
TAKEN = dataclasses.replace(ASKED, keys=KeyCheck.TAKEN, key="enter", key_device="keys")
GUEST = dataclasses.replace(ASKED, keys=KeyCheck.NONE, sound=SoundCheck.OFF)


def row(kind: str, role: str, place: str, en: str = "", ar: str = "", **fields: object) -> PreflightRow:
    name = {"en": en, "ar": ar} if en else {}
    return PreflightRow(kind, role, place, name, f"{role}-1", True, TAKEN, **fields)  # type: ignore[arg-type]


FOUND = PreflightResult(
    "p1",
    "Sara",
    running=False,
    wait_s=60,
    took_s=60.0,
    rows=(
        row("station", "prep", "cold", "Cold", "البارد", problems=("no_screen",)),
        row("screen", "prep", "grill", "Grill", "الشواية"),
        row("screen", "prep", "fry", "Fry", "المقلاة", problems=("no_sound", "no_key"), warnings=("glyphs",)),
        row("screen", "expo", "", "Pass", "التسليم", warnings=("sound_off",)),
        row("screen", "board", ""),
        row("screen", "cart", "T1"),
        row("printer", "printer", "bar", "Bar", "البار", problems=("no_printer",), why="its cover is open"),
    ),
    names=(PreflightName("item", "i1", "Ramen 麺", (), ("麺",), True),),
    names_total=3,
    names_checked=214,
    unreadable_total=1,
)
WELL = dataclasses.replace(
    FOUND, rows=(FOUND.rows[1],), names=(), names_total=0, unreadable_total=0, took_s=6.0
)
CARDS = {
    "asks": Card(Form.PANEL, 47, ASKED),
    "wrong": Card(Form.PANEL, 8, WRONG),
    "taken": Card(Form.PANEL, 47, TAKEN),
    "found": Card(Form.PANEL, 0, TAKEN, FOUND),
    "well": Card(Form.PANEL, 0, TAKEN, WELL),
}


def kitchen(name: str, language: str, text: TextEngine) -> tuple[Fixture, Look]:
    found = fixture(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))
    second = "ar" if language == "en" else "en"
    found = dataclasses.replace(found, width=1280, height=720, languages=(language, second))
    return found, look_of(found, text)


def texts(picture: Picture) -> list[str]:
    return [
        op.text
        for group in picture.ops
        if isinstance(group, Group) and group.key == "preflight"
        for op in group.ops
        if isinstance(op, Text)
    ]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("moment", CARDS)
def test_the_panel_is_painted_as_its_golden(
    moment: str, language: str, text: TextEngine, icons: Icons, update_goldens: bool
) -> None:
    empty, look = kitchen("empty", language, text)
    picture = scene_of(empty, text).picture
    card = CARDS[moment]
    if card.report.sizes:
        card = dataclasses.replace(
            card, report=dataclasses.replace(card.report, sizes=SMALL.said(look.words))
        )
    over = preflight_panel(look, picture.w, picture.h, card, GRILL)
    picture = dataclasses.replace(picture, ops=(*picture.ops, *over))
    check_golden(f"preflight-{moment}-{language}", picture, text, icons, update=update_goldens)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_guests_see_that_their_screen_is_being_checked(
    language: str, text: TextEngine, icons: Icons, update_goldens: bool
) -> None:
    empty, look = kitchen("empty", language, text)
    over = preflight_panel(
        look, empty.width, empty.height, Card(Form.PANEL, 47, GUEST), role_name(look, "board"), bars=False
    )
    picture = Picture(empty.width, empty.height, "#000000", over)
    check_golden(f"preflight-guest-{language}", picture, text, icons, update=update_goldens)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("moment", ["asks", "found", "well"])
def test_where_tickets_stand_it_is_a_line_in_the_top_bar(
    moment: str,
    language: str,
    text: TextEngine,
    icons: Icons,
    update_goldens: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    busy, look = kitchen("busy", language, text)
    line, alarm = preflight_line(look, dataclasses.replace(CARDS[moment], form=Form.LINE))
    assert bool(line) is not bool(alarm)
    monkeypatch.setattr(from_fixture, "standing", lambda *_: Standing(line))
    picture = scene_of(dataclasses.replace(busy, alarms=(alarm,) if alarm else ()), text).picture
    check_golden(f"preflight-line-{moment}-{language}", picture, text, icons, update=update_goldens)


def test_what_is_found_is_said_of_each_the_gravest_first(text: TextEngine) -> None:
    empty, look = kitchen("empty", "en", text)
    picture = Picture(1280, 720, "#000000", preflight_panel(look, 1280, 720, CARDS["found"], GRILL))
    said = texts(picture)
    for words in (
        "NOT READY · 4 of 7 well",
        "no sound · no key · characters are missing",
        "its cover is open",
        "no screen",
        "3 names cannot be shown as they should",
    ):
        assert words in said
    assert said.index("COLD") < said.index("GRILL")
    assert empty.width == 1280


def test_more_than_a_panel_holds_are_counted(text: TextEngine) -> None:
    _, look = kitchen("empty", "en", text)
    many = dataclasses.replace(FOUND, rows=FOUND.rows * 4)
    picture = Picture(
        1280, 720, "#000000", preflight_panel(look, 1280, 720, Card(Form.PANEL, 0, TAKEN, many), GRILL)
    )
    said = texts(picture)
    shown = sum(
        word in ("COLD", "GRILL", "FRY", "PASS", "Order board", "Guest screen T1", "BAR") for word in said
    )
    assert f"{28 - shown} more" in said


@pytest.mark.parametrize(
    ("w", "h", "scale"),
    [
        (1920, 1080, 0.0),
        (1280, 720, 0.0),
        (1280, 720, 2.0),
        (800, 480, 0.0),
        (1080, 1920, 0.0),
        (640, 1080, 0.0),
    ],
)
@pytest.mark.parametrize("moment", CARDS)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_of_it_leaves_the_panel_nor_stands_on_another(
    w: int, h: int, scale: float, moment: str, language: str, text: TextEngine
) -> None:
    found, _ = kitchen("empty", language, text)
    look = look_of(dataclasses.replace(found, width=w, height=h, scale=scale), text)
    name = {"en": "Charcoal grill and rotisserie", "ar": "شواية الفحم والدجاج المشوي"}
    (group,) = (op for op in preflight_panel(look, w, h, CARDS[moment], name) if isinstance(op, Group))
    assert group.x >= 0
    assert group.x + group.w <= w
    boxes: list[tuple[int, int, int, int]] = []
    for op in group.ops:
        if isinstance(op, Text):
            width = text.measure(op.text, op.size, op.weight, op.rtl)[0]
            left = op.x - (0 if op.across == "left" else width // 2 if op.across == "centre" else width)
            assert left >= -2, op
            assert left + width <= group.w + 2, op
            assert 0 <= op.y <= group.h, op
            box = (left, op.y - op.size // 3, left + width, op.y + op.size // 3)
            assert not [
                one
                for one in boxes
                if one[0] < box[2] and box[0] < one[2] and one[1] < box[3] and box[1] < one[3]
            ]
            boxes.append(box)
