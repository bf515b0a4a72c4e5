"""Two stations on one panel: their pictures, and a whole split screen against a hub."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pygame
import pytest

from display.app.options import Options
from display.app.split import SplitApp
from display.app.start import first_frame
from display.config import Config
from display.core.draw import Group, Picture, Text
from display.core.fixture import fixture
from display.screens.from_fixture import split_of
from display.ui.icons import Icons
from display.ui.input import Key
from display.ui.panes import BETWEEN_PX, MARK_PX
from display.ui.text import TextEngine
from display.ui.window import Memory
from heard.order import Line, LineState, Order, OrderState, OrderType, StationLine
from heard.preflight import PREFLIGHT_KEY, Preflight
from heard.stream import Live, SiteProfile, StationProfile
from tests.display.dishes import FOLDER
from tests.display.golden import check_golden, differing_pixels, paint
from tests.display.passes import splits
from tests.fakes.clock import ManualClock
from tests.fakes.hub import FakeHub, hub_now_ms
from tests.waiting import until


@pytest.mark.parametrize("name", splits())
def test_the_screen_is_painted_as_its_golden(
    name: str, text: TextEngine, icons: Icons, update_goldens: bool
) -> None:
    written = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert written == splits()[name], "run python -m tests.display.kitchens"
    content = fixture(written)
    picture = split_of(content, text)
    upright = content.height > content.width
    half = (max(content.width, content.height) - BETWEEN_PX) // 2
    for op in picture.ops:
        if isinstance(op, Group):
            start, size = (op.y, op.h) if upright else (op.x, op.w)
            start -= half + BETWEEN_PX if start >= half else 0
            assert start >= 0
            assert start + size <= half, "nothing reaches over to the other station"
    check_golden(f"prep-{name}", picture, text, icons, update=update_goldens)


def an_order() -> Order:
    """A dish for each of two stations."""
    lines = tuple(
        Line(
            f"l-{station}",
            f"i-{station}",
            {"en": f"Dish of {station}"},
            stations=(StationLine(station, LineState.QUEUED, 1, queued_at_ms=hub_now_ms()),),
        )
        for station in ("grill", "fry")
    )
    return Order("o7", "7", OrderType.DINE_IN, lines=lines, state=OrderState.HELD, held_at_ms=hub_now_ms())


def states(hub: FakeHub) -> list[str]:
    """Of the order's line at grill, and of that at fry."""
    return [line.stations[0].state.name for line in hub.orders["o7"].lines]


def written(picture: Picture | None) -> str:
    """What stands in the tiles of one half."""
    ops = picture.ops if picture is not None else ()
    return " ".join(
        op.text
        for group in ops
        if isinstance(group, Group) and group.key.startswith("o7")
        for op in group.ops
        if isinstance(op, Text)
    )


def place_of(picture: Picture | None, word: str) -> tuple[int, int]:
    """Where it is written in a tile."""
    assert picture is not None
    return next(
        (group.x + op.x + 5, group.y + op.y)
        for group in picture.ops
        if isinstance(group, Group) and group.key.startswith("o7")
        for op in group.ops
        if isinstance(op, Text) and op.text == word
    )


def both_painted(app: SplitApp) -> bool:
    """Each half has its own dish."""
    first, second = written(app.first.picture), written(app.second.picture)
    return "Dish of grill" in first and "Dish of fry" in second


async def test_each_half_is_a_screen_of_its_own_and_one_of_them_has_the_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = FakeHub(profile=SiteProfile("x", (StationProfile("grill"), StationProfile("fry"))))
    await hub.start()
    config = Config(station="grill", beside="fry", hub=hub.address)
    options = Options(
        config, (1280, 720), headless=True, count_headless=True, mdns=False, state=tmp_path, device="two-1"
    )
    output = await asyncio.to_thread(first_frame, options)
    app = await asyncio.to_thread(SplitApp, options, output)
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    pygame.display.init()  # the names of keys are the video system's
    typed: list[pygame.event.Event] = []
    monkeypatch.setattr(Memory, "events", lambda _self: [typed.pop(0) for _ in range(len(typed))])

    def press(*keys: int) -> None:
        typed.extend(pygame.event.Event(pygame.KEYDOWN, key=key, unicode="", scancode=0) for key in keys)
        app.first.wake()

    task = asyncio.create_task(app.run())
    try:
        async with asyncio.timeout(20):
            await until(lambda: app.first.live_picture and app.second.live_picture)
            assert {(one.view.station, one.screen) for one in hub.watches} == {("grill", True), ("fry", True)}
            hub.put(an_order())
            await hub.wake()
            await until(lambda: both_painted(app))
            assert "fry" not in written(app.first.picture).replace("FRY", "")
            await asyncio.sleep(0.6)  # a key means the picture of half a second before
            press(pygame.K_F7)
            press(pygame.K_1, pygame.K_RETURN)
            await hub.until(lambda: hub.effects)
            assert states(hub) == ["QUEUED", "DONE"]
            await asyncio.sleep(0.6)
            press(pygame.K_F7, pygame.K_1, pygame.K_RETURN)
            await hub.until(lambda: len(hub.effects) == 2)
            assert states(hub) == ["DONE", "DONE"]
    finally:
        app.stop()
        await task
        await hub.stop()
        pygame.display.quit()


async def test_the_first_station_stands_where_its_cooks_begin_to_read(
    tmp_path: Path, text: TextEngine, icons: Icons, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An Arabic grill beside an English fry: the hub says so after the window is open, and may say otherwise later.

    A finger that comes down on the new picture, after the half second in which it would mean the old one, bumps.
    """
    arabic = (StationProfile("grill", languages=("ar",)), StationProfile("fry", languages=("en",)))
    hub = FakeHub(profile=SiteProfile("x", arabic))
    await hub.start()
    config = Config(station="grill", beside="fry", hub=hub.address)
    options = Options(
        config, (1280, 720), headless=True, count_headless=True, mdns=False, state=tmp_path, device="two-1"
    )
    output = await asyncio.to_thread(first_frame, options)
    app = await asyncio.to_thread(SplitApp, options, output)
    first, second = app.panes.first, app.panes.second
    fingers: list[pygame.event.Event] = []
    monkeypatch.setattr(Memory, "events", lambda _self: [fingers.pop(0) for _ in range(len(fingers))])

    def tapped(x: int, y: int) -> bool:
        """A tap at that place of the grill's half; whether anything came of one."""
        x, y = first.rect.x + x, first.rect.y + y
        for kind in (pygame.FINGERDOWN, pygame.FINGERUP):
            fingers.append(pygame.event.Event(kind, finger_id=1, x=x / 1280, y=y / 720))
        app.first.wake()
        return bool(hub.effects)

    def as_painted() -> bool:
        """Each half of the window is the picture of the pane that is there. On the loop, as the app paints: fonts have one thread."""
        for one, pane in ((app.first, first), (app.second, second)):
            if one.picture is None:
                return False
            wanted = paint(one.picture, text, icons)
            got = output.window.surface.subsurface(pane.rect).copy()
            for surface in (wanted, got):
                surface.fill(0, (0, 0, *pane.rect.size[:1], MARK_PX))  # who has the keys
            if differing_pixels(wanted, got, 0):
                return False
        return True

    task = asyncio.create_task(app.run())
    try:
        async with asyncio.timeout(20):
            await until(lambda: app.first.live_picture and app.second.live_picture)
            assert first.rect.x > second.rect.x == 0
            assert [one.desk.look.rtl for one in (app.first, app.second)] == [True, False]
            await until(as_painted)
            assert app.panes.keys is first
            english = replace(hub.profile, stations=tuple(replace(one, languages=()) for one in arabic))
            app.first._follow_profile(english)
            app.first.wake()
            assert first.rect.x == 0 < second.rect.x
            hub.put(an_order())
            await hub.wake()
            await until(lambda: both_painted(app))
            await until(as_painted)
            dish = place_of(app.first.picture, "Dish of grill")
            await until(lambda: tapped(*dish))
            assert hub.effects[0][2:] == ("bump", "o7")
    finally:
        app.stop()
        await task
        await hub.stop()


def test_on_an_upright_panel_they_stand_above_each_other() -> None:
    from display.ui.panes import Panes

    panes = Panes(Memory((600, 1004)), rtl=True)
    assert [(pane.rect.topleft, pane.size) for pane in (panes.first, panes.second)] == [
        ((0, 0), (600, 500)),
        ((0, 504), (600, 500)),
    ]
    assert panes.second.to_picture(300, 510) == (300, 6)


async def test_one_key_answers_a_preflight_for_both_halves(tmp_path: Path) -> None:
    hub = FakeHub(profile=SiteProfile("x", (StationProfile("grill"), StationProfile("fry"))))
    await hub.start()
    config = Config(station="grill", beside="fry", hub=hub.address)
    options = Options(
        config, (1280, 720), headless=True, count_headless=True, mdns=False, state=tmp_path, device="two-1"
    )
    output = await asyncio.to_thread(first_frame, options)
    app = await asyncio.to_thread(SplitApp, options, output)
    task = asyncio.create_task(app.run())
    try:
        async with asyncio.timeout(20):
            await until(lambda: app.first.live_picture and app.second.live_picture)
            told = Live(PREFLIGHT_KEY, "hub", 1, Preflight("p1", hub_now_ms() + 60_000))
            halves = (app.first.preflight, app.second.preflight)
            for one in halves:
                one.told((told,), hub_now_ms())
            assert [one.asks for one in halves] == [True, True]
            app.first.feed(Key("enter"))
            assert [one.asks for one in halves] == [False, False], "one bar is one bar for both"
    finally:
        app.stop()
        await task
        await hub.stop()


def test_a_finger_belongs_to_the_half_where_it_came_down(monkeypatch: pytest.MonkeyPatch) -> None:
    from display.ui.panes import Panes

    window = Memory((1004, 600))
    panes = Panes(window)
    assert (panes.first.size, panes.second.rect.x) == ((500, 600), 504)

    def finger(kind: int, x: float, number: int = 3) -> pygame.event.Event:
        return pygame.event.Event(kind, finger_id=number, x=x / 1004, y=0.5)

    events = [
        finger(pygame.FINGERDOWN, 600.5),
        finger(pygame.FINGERMOTION, 400.5),
        finger(pygame.FINGERUP, 400.5),
    ]
    monkeypatch.setattr(Memory, "events", lambda _self: events)
    woken: list[int] = []
    panes.second.wake = lambda: woken.append(1)
    assert len(panes.first.events()) == 1, "of no meaning here, but something came"
    assert len(woken) == 3
    events = []
    assert [event.type for event in panes.second.events()] == [
        pygame.FINGERDOWN,
        pygame.FINGERMOTION,
        pygame.FINGERUP,
    ]
    assert panes.second.to_picture(600, 10) == (96, 10)


def test_after_the_halves_changed_sides_a_finger_waits_half_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    from display.ui.panes import DEAF_S, Panes

    clock = ManualClock()
    panes = Panes(Memory((1004, 600)), clock=clock)
    assert not panes.turn(rtl=False)
    assert panes.turn(rtl=True)
    assert (panes.first.rect.x, panes.second.rect.x) == (504, 0)
    down = pygame.event.Event(pygame.FINGERDOWN, finger_id=1, x=0.8, y=0.5)
    monkeypatch.setattr(Memory, "events", lambda _self: [down])
    clock.advance(DEAF_S - 0.01)
    assert [event.type for event in panes.first.events()] != [pygame.FINGERDOWN]
    clock.advance(0.01)
    assert [event.type for event in panes.first.events()] == [pygame.FINGERDOWN]
    upright = Panes(Memory((600, 1004)))
    assert not upright.turn(rtl=True)
