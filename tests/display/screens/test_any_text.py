"""Any text, any number: a screen draws it without a fault, loses no line, and stays inside its tiles."""

from __future__ import annotations

import dataclasses

import pygame
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from display.core.draw import Picture, Text
from display.core.expo_theme import expo_theme
from display.core.fixture import Fixture
from display.core.layout import LAYOUTS, LIST
from display.core.recall import RecallList, Status
from display.screens.from_fixture import expo_scene_of, look_of, scene_of, split_of
from display.screens.recall import RecallView, recall_panel
from display.ui.icons import Icons
from display.ui.paint import Painter
from display.ui.text import TextEngine
from heard.expo import expo_card
from heard.order import (
    Allergen,
    Line,
    LineState,
    Modifier,
    ModifierKind,
    Note,
    Order,
    OrderState,
    OrderType,
    StationLine,
)
from heard.stream import SiteProfile, StationProfile
from heard.ticket import TO_MAKE_STATES, tickets
from tests.display.counting import check_apart, extent, groups

SCENES = {"prep": scene_of, "expo": expo_scene_of}
NASTY = (
    "",
    " ",
    "\u200b\u200c\u200d\u2060\ufeff",  # of no width at all
    "a\u200bb\u00adc\u2028d\ne",
    "👩\u200d👩\u200d👧\u200d👦🌶️🇸🇦 Hot 🔥",
    "Z̴̧͙͓̘̤͠a̶l̷g̵o̸" * 3,
    "\u202eevil\u202c \u2067x\u2069",
    "W" * 120,
    "999.5 × 12.50 #401 (3/4) 20%",
    "دجاج مشوي على الفحم مع الأرز البسمتي والصلصة الحارة والسلطة العربية الطازجة وخبز التنور ولبن وثوم ومخلل وليمون وزيت",
    "بطاطس2كولا1.5لترXL",
)
ANY = st.sampled_from(NASTY) | st.text(max_size=120)
ARABIC = st.text(st.characters(min_codepoint=0x600, max_codepoint=0x6FF), max_size=120)
NAMES = st.dictionaries(st.sampled_from(["en", "ar", "xx"]), ANY | ARABIC, max_size=3)
MILLI = st.sampled_from([0, 1, 500, 1000, 2000, 999_500, 12_345_678])


@st.composite
def a_line(draw: st.DrawFn, n: int) -> Line:
    modifiers = tuple(
        Modifier(f"m{k}", draw(NAMES), draw(st.sampled_from(list(ModifierKind))), draw(MILLI))
        for k in range(draw(st.integers(0, 3)))
    )
    state = draw(st.sampled_from([LineState.WAITING, LineState.QUEUED, LineState.STARTED, LineState.DONE]))
    return Line(
        f"l{n}",
        draw(ANY),
        draw(NAMES),
        draw(MILLI),
        modifiers=modifiers,
        notes=tuple(Note(draw(NAMES), draw(st.booleans())) for _ in range(draw(st.integers(0, 2)))),
        seat=draw(st.text(max_size=10)),
        course=draw(st.integers(0, 3)),
        stations=(
            StationLine("grill", state, 1, queued_at_ms=1, may_be_at=draw(st.sampled_from([(), ("fry",)]))),
            *([StationLine("fry", state, 1, queued_at_ms=1)] if draw(st.booleans()) else []),
        ),
    )


@st.composite
def an_order(draw: st.DrawFn, n: int) -> Order:
    lines = tuple(draw(a_line(k)) for k in range(draw(st.integers(1, 4))))
    return Order(
        f"o{n}",
        draw(st.text(max_size=8)),
        draw(st.sampled_from(list(OrderType)) | st.integers(5, 99).map(OrderType)),
        draw(NAMES),
        table=draw(ANY),
        guest=draw(ANY),
        aggregator_code=draw(st.text(max_size=40)),
        lines=lines,
        allergens=tuple(
            Allergen("a", draw(NAMES), draw(st.text(max_size=8))) for _ in range(draw(st.integers(0, 1)))
        ),
        rush=draw(st.booleans()),
        version=1,
        state=OrderState.HELD,
        held_at_ms=1,
    )


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
    ],
)
@given(
    orders=st.tuples(an_order(0), an_order(1)),
    languages=st.sampled_from([("en",), ("ar", "en"), ("en", "ar"), ("xx",)]),
    size=st.sampled_from([(1920, 1080), (800, 600), (1080, 1920)]),
    layout=st.sampled_from(LAYOUTS),
    role=st.sampled_from(["prep", "expo", "split"]),
    full=st.sampled_from([-1, -1, 0]),
    silent_s=st.sampled_from([0, 0, 40]),
)
def test_any_text_is_drawn_inside_its_tile(
    orders: tuple[Order, ...],
    languages: tuple[str, ...],
    size: tuple[int, int],
    layout: str,
    role: str,
    full: int,
    silent_s: int,
    text: TextEngine,
    icons: Icons,
) -> None:
    profile = SiteProfile(
        "x", (StationProfile("grill", {"en": "Grill"}),), ("en", "ar"), allergy_words=("nut",)
    )
    screen = Fixture("grill", orders, profile, 10_000_000, width=size[0], height=size[1], languages=languages)
    screen = dataclasses.replace(screen, layout=layout, full=full, silent_s=silent_s)
    if role == "split":
        picture = split_of(dataclasses.replace(screen, beside="fry"), text)
        _check_inside(picture, screen, text)
        Painter(pygame.Surface(size, 0, 32), text, icons).paint(picture)
        return
    scene = SCENES[role](screen, text)
    _check_inside(scene.picture, screen, text)
    Painter(pygame.Surface(size, 0, 32), text, icons).paint(scene.picture)
    shown = {line.line_id for tile in scene.stands.tiles for line in tile.box.lines}
    if scene.pages == 1:  # of a line that is higher than a page, the last piece shows it
        wanted = any(tickets(order, "grill") if role == "prep" else expo_card(order) for order in orders)
        if layout == LIST and role == "prep":  # beside what is to be made, a ticket of which all waits
            found = [ticket for order in orders for ticket in tickets(order, "grill")]
            states = {line.at.state for ticket in found for line in ticket.lines}
            wanted = bool(TO_MAKE_STATES & states) or any(one.waiting_only or one.unseen for one in found)
        assert bool(shown) == wanted


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    orders=st.tuples(an_order(0), an_order(1)),
    languages=st.sampled_from([("en",), ("ar", "en")]),
    size=st.sampled_from([(1920, 1080), (1280, 720), (1080, 1920)]),
    touch=st.booleans(),
    pulls=st.booleans(),
)
def test_any_text_stays_inside_the_recall_list(
    orders: tuple[Order, ...],
    languages: tuple[str, ...],
    size: tuple[int, int],
    touch: bool,
    pulls: bool,
    text: TextEngine,
    icons: Icons,
) -> None:
    site = SiteProfile("x", (StationProfile("grill", {"en": "Grill"}),), ("en", "ar"))
    screen = Fixture("grill", orders, site, 10_000_000, width=size[0], height=size[1], languages=languages)
    look = look_of(screen, text)
    listed = RecallList("grill", "12", orders, status=Status.READY, pulls=pulls)
    ticket = next(iter(tickets(orders[0], "grill")), None)
    bottom_h = look.theme.bottom_bar_h
    ops, _ = recall_panel(look, *size, bottom_h, listed, RecallView("grill", ticket, "Grill", {}, touch))
    picture = Picture(*size, "#000000", ops)
    panel = groups(picture)["recall"]
    assert panel.y + panel.h <= size[1] - bottom_h
    for op in panel.ops:
        left, right = extent(op, look.measurer)
        assert left >= -4, op
        assert right <= panel.w + 4, op
    Painter(pygame.Surface(size, 0, 32), text, icons).paint(picture)


def test_a_row_of_the_recall_list_counts_the_names_that_it_does_not_say(text: TextEngine) -> None:
    at = (StationLine("grill", LineState.DONE, 1, done_at_ms=1),)
    lines = tuple(Line(f"l{n}", f"i{n}", {"en": f"Dish number {n}"}, stations=at) for n in range(60))
    order = Order("o1", "1", OrderType.DINE_IN, lines=lines, version=1, state=OrderState.READY, held_at_ms=1)
    look = look_of(Fixture("grill", (order,), SiteProfile(), 10_000_000), text)
    listed = RecallList("grill", "", (order,), status=Status.READY)
    ops, _ = recall_panel(look, 1920, 1080, look.theme.bottom_bar_h, listed, RecallView("grill", None))
    panel = groups(Picture(1920, 1080, "#000000", ops))["recall"]
    written = " ".join(op.text for op in panel.ops if isinstance(op, Text))
    said = written.count("Dish number")
    assert 3 <= said < 60
    assert f"+{60 - said}" in written


def _check_inside(picture: Picture, screen: Fixture, text: TextEngine) -> None:
    """Nothing of a tile or panel reaches over its edge."""
    measurer = look_of(screen, text).measurer
    for key, group in groups(picture).items():
        if "/" not in key and key not in ("all-day", "rail"):
            continue
        for op in group.ops:
            left, right = extent(op, measurer)
            assert left >= -4, op
            assert right <= group.w + 4, op


@pytest.mark.parametrize("role", SCENES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_sixty_lines_and_forty_modifiers_lose_nothing(role: str, layout: str, text: TextEngine) -> None:
    modifiers, scene_of = 40, SCENES[role]
    name = {"ar": "دجاج مشوي على الفحم " * 6, "en": "Charcoal chicken with everything " * 4}
    many = tuple(Modifier(f"m{n}", {"en": f"Modifier {n}"}) for n in range(modifiers))
    at = (StationLine("grill", LineState.QUEUED, 1, queued_at_ms=1),)
    lines = tuple(
        Line(f"l{n}", f"i{n}", name, 999_500, modifiers=many if n == 7 else (), stations=at)
        for n in range(60)
    )
    essay = Note(
        {"en": "Severe nut allergy: keep apart from all sauces and grills, please, " * 5}, allergy=True
    )
    order = Order(
        "o1",
        "1",
        OrderType.DINE_IN,
        lines=lines,
        version=1,
        state=OrderState.HELD,
        held_at_ms=1,
        notes=(essay,),
    )
    screen = Fixture("grill", (order,), SiteProfile(), 10_000_000, layout=layout)
    pages = scene_of(screen, text).pages
    drawn: set[str] = set()
    written: list[str] = []
    for page in range(pages):
        scene = scene_of(dataclasses.replace(screen, page=page), text)
        check_apart(scene.picture)  # no part is higher than its column
        for tile in scene.stands.tiles:
            drawn |= {line.line_id for line in tile.box.lines}
        for key, group in groups(scene.picture).items():
            if "/" in key:
                written += [op.text for op in group.ops if hasattr(op, "text")]
    assert drawn == {line.line_id for line in lines}
    assert all(f"Modifier {n}" in written for n in range(modifiers))


@pytest.mark.parametrize("role", SCENES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_three_allergies_of_seats_are_never_smaller(role: str, layout: str, text: TextEngine) -> None:
    at = (StationLine("grill", LineState.QUEUED, 1, queued_at_ms=1),)
    lines = tuple(
        Line(f"l{n}", f"i{n}", {"en": "Charcoal chicken"}, seat=str(n % 3), stations=at) for n in range(8)
    )
    kinds = {"nuts": "مكسرات", "egg": "بيض", "milk": "حليب"}
    found = tuple(
        Allergen(kind, {"en": kind, "ar": arabic}, seat=str(n))
        for n, (kind, arabic) in enumerate(kinds.items())
    )
    order = Order(
        "o1",
        "1",
        OrderType.DINE_IN,
        lines=lines,
        version=1,
        state=OrderState.HELD,
        allergens=found,
        held_at_ms=1,
    )
    site = SiteProfile("x", (StationProfile("grill"),), ("en", "ar"))
    screen = Fixture("grill", (order,), site, 10_000_000, layout=layout, width=1280, height=720)
    scene = SCENES[role](screen, text)
    check_apart(scene.picture)
    look = look_of(screen, text)
    size = expo_theme(look.theme).allergy_text if role == "expo" else look.theme.allergy_text
    written = [
        op.size
        for group in groups(scene.picture).values()
        for op in group.ops
        if isinstance(op, Text) and op.text.endswith("ALLERGY")
    ]
    assert len(written) >= 3
    assert set(written) == {size}
