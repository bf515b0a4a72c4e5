"""A whole prep screen without a window against a hub on a real port: paint, report, keys, silence, restart."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from display.app import bump_bar
from display.app.loudness import kept
from display.app.options import Options
from display.app.screen import ScreenApp
from display.app.start import Output, first_frame
from display.config import Config
from display.core.bump_bar import bump_bars
from display.core.draw import Group, Text
from display.core.link_state import SILENCE_S
from display.core.loudness import Chosen
from display.core.pending import Wishes
from display.screens.prep_desk import PrepDesk
from display.ui.input import Key
from heard.order import Line, LineState, Order, OrderState, OrderType, StationLine
from heard.stream import Live, ScreenSettings, SiteProfile, StationProfile
from tests.display.core.test_bump_bar import KEYBOARD
from tests.fakes.clock import Hurry
from tests.fakes.hub import FakeHub, hub_now_ms
from tests.fakes.hub_verbs import STATION
from tests.waiting import until

SIZE = (1280, 720)


def order(number: int, lines: int = 1) -> Order:
    """An order as a hub stores it."""
    at = (StationLine(STATION, LineState.QUEUED, 1, queued_at_ms=hub_now_ms()),)
    made = tuple(Line(f"o{number}-{n}", f"i{n}", {"en": f"Dish {n}"}, stations=at) for n in range(lines))
    return Order(
        f"o{number}",
        str(number),
        OrderType.DINE_IN,
        lines=made,
        state=OrderState.HELD,
        held_at_ms=hub_now_ms(),
    )


@pytest.fixture
async def hub() -> AsyncIterator[FakeHub]:
    made = FakeHub()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture(scope="module")
def output() -> Output:
    """Opening fonts reads files, which must not happen on a loop."""
    return first_frame(Options(Config(station=STATION), SIZE, headless=True))


@contextlib.asynccontextmanager
async def running(
    output: Output,
    hub: FakeHub,
    state: Path,
    cook: str = "",
    station: str = STATION,
    devices: Path | None = None,
    touch: bool = False,
    clock: Hurry | None = None,
) -> AsyncIterator[ScreenApp]:
    """The screen, until the block ends."""
    options = Options(
        Config(station=station, hub=hub.address, touch=touch),
        SIZE,
        headless=True,
        count_headless=True,
        cook=cook,
        mdns=False,
        state=state,
        device="grill-1",
    )
    app = ScreenApp(options, output, clock, devices=devices)
    task = asyncio.create_task(app.run())
    try:
        yield app
    finally:
        app.stop()
        await task


def hear_nothing(app: ScreenApp, clock: Hurry) -> None:
    """The hub is gone; the screen's clock goes on until that is silence."""
    clock.ahead_s += SILENCE_S
    app.wake()


def wishes(app: ScreenApp) -> Wishes:
    """What the screen asked for and does not see yet."""
    assert isinstance(app.desk, PrepDesk)
    return app.desk.wishes


def written(app: ScreenApp, prefix: str = "") -> list[str]:
    """What is written on the screen, in groups whose key begins so."""
    picture = app.picture
    found: list[str] = []
    for op in picture.ops if picture is not None else ():
        if isinstance(op, Text) and not prefix:
            found.append(op.text)
        elif isinstance(op, Group) and op.key.startswith(prefix):
            found += [one.text for one in op.ops if isinstance(one, Text)]
    return found


async def test_an_order_is_painted_then_reported(hub: FakeHub, output: Output, tmp_path: Path) -> None:
    async with running(output, hub, tmp_path) as app:
        await until(lambda: app.live_picture)
        assert "No tickets" in written(app)
        assert hub.watches[0].screen
        assert hub.watches[0].count_headless
        hub.put(order(7))
        await hub.wake()
        await hub.until(lambda: any(("o7", 1) in one.newly_shown for one in hub.painted))
        assert "#7" in written(app, "o7")
        await hub.until(lambda: any(one.rev == hub.rev for one in hub.alive))
        assert not hub.alive[-1].hidden


async def test_keys_bump_and_the_hub_gets_what_was_painted(
    hub: FakeHub, output: Output, tmp_path: Path
) -> None:
    hub.put(order(7, 2))
    async with running(output, hub, tmp_path) as app:
        await until(lambda: "#7" in written(app, "o7"))
        await asyncio.sleep(0.6)  # a key means the picture of half a second before
        app.feed(Key("1"))
        app.feed(Key("enter"))
        await until(lambda: "BUMPED" in written(app, "o7"))
        await hub.until(lambda: hub.effects)
        assert [effect[2] for effect in hub.effects] == ["bump"]
        assert hub.key_devices == ["keys"]  # for the order's history
        await hub.until(lambda: hub.orders["o7"].lines[1].stations[0].state is LineState.DONE)
        await until(lambda: not wishes(app).orders())


async def test_not_live_within_three_seconds_keeps_the_tickets_and_says_live_again(
    hub: FakeHub, output: Output, tmp_path: Path
) -> None:
    hub.put(order(7))
    async with running(output, hub, tmp_path) as app:
        await until(lambda: "#7" in written(app, "o7"))
        hub.faults.silent = True
        silent_s = time.monotonic()
        await until(lambda: any("NOT LIVE" in text for text in written(app, "top")))
        assert time.monotonic() - silent_s < 3.0
        assert "#7" in written(app, "o7")
        assert any(text.startswith("last order") and "#7" in text for text in written(app, "top"))
        hub.faults.silent = False
        await hub.wake()
        await until(lambda: "LIVE AGAIN" in written(app, "top"))


async def test_after_a_restart_without_a_hub_the_last_tickets_stand_there(
    hub: FakeHub, output: Output, tmp_path: Path
) -> None:
    hub.put(order(7))
    async with running(output, hub, tmp_path) as app:
        await until(lambda: "#7" in written(app, "o7"))
    await hub.stop()
    clock = Hurry()
    async with running(output, hub, tmp_path, clock=clock) as app:
        await until(lambda: "#7" in written(app, "o7"), 2.0)
        assert any(text.startswith("≥") for text in written(app, "o7")), "its age is at least that"
        hear_nothing(app, clock)
        await until(lambda: any("NOT LIVE" in text for text in written(app, "top")))
    await hub.start()


async def test_a_bump_without_a_hub_is_kept_and_carried_out_later(
    hub: FakeHub, output: Output, tmp_path: Path
) -> None:
    hub.put(order(7))
    clock = Hurry()
    async with running(output, hub, tmp_path, clock=clock) as app:
        await until(lambda: "#7" in written(app, "o7"))
        await hub.stop()
        hear_nothing(app, clock)
        await until(lambda: any("NOT LIVE" in text for text in written(app, "top")))
        app.feed(Key("1"))
        app.feed(Key("enter"))
        await until(lambda: "QUEUED" in written(app, "o7"))
        await until(lambda: wishes(app).seq_of(1) is not None)
        await hub.start()
        await hub.until(lambda: hub.effects)
        assert [effect[2] for effect in hub.effects] == ["bump"]


async def test_without_any_picture_it_says_what_it_waits_for(
    hub: FakeHub, output: Output, tmp_path: Path
) -> None:
    await hub.stop()
    async with running(output, hub, tmp_path) as app:
        await until(lambda: any("Connecting" in text for text in written(app)))
        assert any("take paper" in text for text in written(app))
    await hub.start()


async def test_a_station_that_the_hub_does_not_know_is_said_with_those_it_has(
    hub: FakeHub, output: Output, tmp_path: Path
) -> None:
    async with running(output, hub, tmp_path, station="girll") as app:
        await until(lambda: any("knows no station girll" in text for text in written(app)))
        assert any(STATION in text and "has" in text for text in written(app))


async def test_an_unencrypted_network_and_an_arabic_station_follow_the_hub(
    hub: FakeHub, output: Output, tmp_path: Path
) -> None:
    arabic = StationProfile(STATION, {"en": "Grill", "ar": "المشويات"}, languages=("ar", "en"))
    hub.profile = SiteProfile("Kitchen", (arabic,), ("en", "ar"), time_zone="Asia/Riyadh")
    hello = hub.hello
    hub.hello = lambda device, incarnation: replace(hello(device, incarnation), unsafe_plaintext=True)  # type: ignore[method-assign]
    hub.put(order(7))
    async with running(output, hub, tmp_path) as app:
        await until(lambda: "محلي" in written(app, "o7"))
        assert written(app, "banner")
        tile = next(op for op in app.picture.ops if isinstance(op, Group) and op.key.startswith("o7"))  # type: ignore[union-attr]
        assert tile.x > SIZE[0] // 2, "slot 1 is on the right"


async def test_an_instant_cook_works_through_all_of_it(hub: FakeHub, output: Output, tmp_path: Path) -> None:
    for number in range(30):
        hub.put(order(number, 1 + number % 4))
    async with running(output, hub, tmp_path, cook="instant"):
        await hub.until(
            lambda: all(
                line.stations[0].state is LineState.DONE for one in hub.orders.values() for line in one.lines
            )
        )
    shown = {order_id for one in hub.painted for order_id, _ in one.newly_shown}
    assert shown == set(hub.orders)


async def test_recall_lists_what_the_hub_has(hub: FakeHub, output: Output, tmp_path: Path) -> None:
    hub.put(order(7))
    async with running(output, hub, tmp_path) as app:
        await until(lambda: app.live_picture)
        app.feed(Key("r"))
        await until(lambda: "#7" in written(app, "recall"))
        app.feed(Key("9"))
        await until(lambda: any("No bumped ticket" in text for text in written(app, "recall")))
        app.feed(Key("escape"))
        await until(lambda: not written(app, "recall"))


async def test_the_hubs_settings_are_followed_without_a_new_connection(
    hub: FakeHub, output: Output, tmp_path: Path
) -> None:
    """The station's language, its bar's keys and what a digit means change while tickets stand on the screen."""
    hub.put(order(7, 2))
    async with running(output, hub, tmp_path) as app:
        await until(lambda: "#7" in written(app, "o7"))
        screen = ScreenSettings(key_map={"bump": "f1"}, grammar="digit-bumps", sounds={"new": "off"})
        told = StationProfile(STATION, {"ar": "الشواية"}, languages=("ar",), screen=screen)
        hub.told["profile"] = Live("profile", "hub", 1, replace(hub.profile, stations=(told,)))
        await hub.wake()
        await until(lambda: "الشواية" in "".join(written(app, "top")))
        assert len(hub.watches) == 1
        assert "#7" in written(app, "o7")
        assert "F1" in written(app, "bottom")
        await asyncio.sleep(0.6)  # a key means the picture of half a second before
        app.feed(Key("1"))
        await hub.until(lambda: [effect[2] for effect in hub.effects] == ["bump"])


async def test_learn_mode_asks_for_keys_stores_them_and_calls_nothing_painted_meanwhile(
    hub: FakeHub, output: Output, tmp_path: Path
) -> None:
    async with running(output, hub, tmp_path) as app:
        await until(lambda: app.live_picture)
        app.feed(Key("f12"))
        await until(lambda: "BUMP" in written(app, "learn"))
        hub.put(order(7))
        await until(lambda: "#7" in written(app, "o7"))
        await until(lambda: "Tickets under this: 1 · NEW: 1" in written(app, "learn"))
        app.feed(Key("f1"))
        await until(lambda: "TILE 1" in written(app, "learn"))
        assert not any(order_id == "o7" for one in hub.painted for order_id, _ in one.newly_shown)
        app.feed(Key("f12"))
        await hub.until(lambda: hub.key_maps == {STATION: {"bump": "f1"}})
        await until(lambda: any("Stored at the hub" in text for text in written(app, "learn")))
        app.feed(Key("enter"))  # only takes the panel away
        await until(lambda: not written(app, "learn"))
        await hub.until(
            lambda: any(order_id == "o7" for one in hub.painted for order_id, _ in one.newly_shown)
        )
        assert not hub.effects


async def test_learn_mode_without_a_hub_says_so(hub: FakeHub, output: Output, tmp_path: Path) -> None:
    async with running(output, hub, tmp_path) as app:
        await until(lambda: app.live_picture)
        app.feed(Key("f12"))
        await until(lambda: "BUMP" in written(app, "learn"))
        app.feed(Key("f1"))
        await hub.stop()
        await until(lambda: not app.live_picture)
        app.feed(Key("f12"))
        await until(lambda: any("Not stored" in text for text in written(app, "learn")))
        app.feed(Key("f12"))
        await until(lambda: not written(app, "learn"))
        app.feed(Key("f12"))
        await until(lambda: any("needs the hub" in text for text in written(app, "learn")))


async def test_a_screen_that_starts_without_the_bump_bar_of_its_station_says_so(
    hub: FakeHub, output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bump_bar, "EVERY_S", 0.02)
    devices = tmp_path / "devices"
    devices.write_text("", encoding="utf-8")
    keys = ScreenSettings(keys="kb9000")
    hub.profile = replace(hub.profile, stations=(StationProfile(STATION, {"en": "Grill"}, screen=keys),))
    async with running(output, hub, tmp_path, devices=devices) as app:
        await until(lambda: any("BUMP BAR UNPLUGGED" in text for text in written(app, "top")))


async def test_a_key_without_a_function_clicks_and_does_nothing(
    hub: FakeHub, output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(output, hub, tmp_path) as app:
        await until(lambda: app.live_picture)
        played: list[str] = []
        monkeypatch.setattr(app._speaker, "play", played.append)
        app.feed(Key("left shift"))
        app.feed(Key("f5", repeat=True))
        assert played == []
        app.feed(Key("f5"))
        assert played == ["click"]


async def test_the_sound_key_is_heard_said_and_kept_until_the_settings_say_something_new(
    hub: FakeHub, output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(percent: int) -> SiteProfile:
        screen = ScreenSettings(volume_percent=percent)
        return replace(hub.profile, stations=(StationProfile(STATION, {"en": "Grill"}, screen=screen),))

    hub.profile = told(80)
    async with running(output, hub, tmp_path) as app:
        await until(lambda: app.live_picture and app._speaker.volume == 0.8)
        for percent in (100, 20, 40):
            app.feed(Key("q"))
            await until(lambda said=f"Sound: {percent} %": said in written(app, "bottom"))  # type: ignore[misc]
    assert await asyncio.to_thread(kept, tmp_path) == Chosen(40, 80)
    async with running(output, hub, tmp_path) as app:
        await until(lambda: app.live_picture and app._speaker.volume == 0.4)
        hub.told["profile"] = Live("profile", "hub", 1, told(60))
        await hub.wake()
        await until(lambda: app._speaker.volume == 0.6)
        await until(lambda: kept(tmp_path) is None)  # what is over comes back at no start
        hub.told["profile"] = Live("profile", "hub", 2, told(0))
        await hub.wake()
        await until(lambda: app._speaker.volume == 0)
        app.feed(Key("q"))
        await until(lambda: any("no sound" in one for one in written(app, "bottom")))


@pytest.mark.parametrize("touch", [False, True])
async def test_a_bump_bar_that_is_pulled_out_is_said_until_it_is_back_but_not_on_a_touch_screen(
    hub: FakeHub, output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, touch: bool
) -> None:
    counts: list[int] = []

    def counting(listing: str, word_bits: int) -> int:
        counts.append(bump_bars(listing, word_bits))
        return counts[-1]

    monkeypatch.setattr(bump_bar, "bump_bars", counting)
    monkeypatch.setattr(bump_bar, "WORD_BITS", 64)
    monkeypatch.setattr(bump_bar, "EVERY_S", 0.02)
    devices = tmp_path / "devices"
    devices.write_text(KEYBOARD, encoding="utf-8")
    hub.put(order(7))
    async with running(output, hub, tmp_path, devices=devices, touch=touch) as app:

        def told() -> bool:
            return any("BUMP BAR UNPLUGGED" in text for text in written(app, "top"))

        await until(lambda: app.live_picture)
        if touch:
            assert counts == []
            return
        await until(lambda: counts)
        assert not told()
        devices.write_text("", encoding="utf-8")
        await until(told)
        devices.write_text(KEYBOARD, encoding="utf-8")
        await until(lambda: not told())
