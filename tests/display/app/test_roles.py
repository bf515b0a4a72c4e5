"""The table of roles: each row works, and a screen loads its own role only."""

import subprocess
import sys
from pathlib import Path

import pytest

from display.app.looks import look_and_panel
from display.app.options import Options
from display.app.roles import ROLES, load, stations_of, title, view_of
from display.app.screen import ScreenApp
from display.app.site_time import SiteTime
from display.app.start import first_frame
from display.config import Config
from display.core.presets import PRESETS
from heard.clock import SystemClock
from heard.stream import Live, Notice, ScreenSettings, SiteProfile, StationProfile, ViewKind
from tests.fakes.hub import FakeHub
from tests.fakes.hub_verbs import STATION
from tests.waiting import until


@pytest.mark.parametrize("name", ROLES)
def test_every_role_has_a_desk_and_a_picture(name: str) -> None:
    role = ROLES[name]
    module = load(role)
    assert callable(module.desk)
    assert callable(module.picture_of)
    view = view_of(role, Config(station="s", terminal="T1"))
    assert view.kind in ViewKind
    assert (view.station, view.terminal) == (
        "s" if role.needs == "station" else "",
        "T1" if role.needs == "terminal" else "",
    )


def test_a_screen_calls_itself_by_its_station_else_by_its_role() -> None:
    role = ROLES["prep"]
    assert title(role, Config(station="grill")) == "grill"
    assert title(role, Config()) == "prep"
    assert title(role, Config(terminal="T1")) == "prep-T1"
    site = SiteProfile("x", (StationProfile("grill"), StationProfile("pass", role="expo")))
    assert [one.station for one in stations_of(role, site)] == ["grill"]


def test_a_screen_loads_its_own_role_only() -> None:
    others = [role.module for role in ROLES.values() if role.name != "prep"]
    code = f"""
import sys
sys.path[:0] = {[entry for entry in sys.path if entry]!r}
import display.app.screen
from display.app.roles import ROLES, load
load(ROLES["prep"])
print([name for name in {others!r} if name in sys.modules])
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.stdout.strip().endswith("[]"), found.stderr


async def test_live_values_reach_the_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    output = await asyncio.to_thread(first_frame, Options(Config(station=STATION), (640, 480), headless=True))
    hub = FakeHub()
    await hub.start()
    hub.told["notice:grill"] = Live("notice:grill", "hub", 1, Notice("warn", {"en": "Nobody at the grill?"}))
    options = Options(
        Config(station=STATION, hub=hub.address), headless=True, mdns=False, state=tmp_path, device="g1"
    )
    app = ScreenApp(options, output)
    told: list[Live] = []
    monkeypatch.setattr(type(app.desk), "live_values", lambda _self, values, now_s: told.extend(values))
    task = asyncio.create_task(app.run())
    try:
        await until(lambda: told)
    finally:
        app.stop()
        await task
        await hub.stop()
    assert told == [hub.told["notice:grill"]]


def test_the_layout_follows_the_hub_and_the_screens_own_setting_wins() -> None:
    grid = StationProfile("grill", screen=ScreenSettings(layout="grid"))
    site = SiteProfile("x", (grid,))
    output = first_frame(Options(Config(station="grill"), (1920, 1080), headless=True))

    def layout(config: Config) -> tuple[str, int]:
        time = SiteTime(SystemClock())
        _, panel = look_and_panel(Options(config), output, site, PRESETS["keyboard"], time)
        return panel.layout, panel.columns

    assert layout(Config(station="grill")) == ("grid", 4)
    assert layout(Config(station="grill", layout="portrait")) == ("portrait", 5)
    assert layout(Config(station="fry")) == ("columns", 4)
