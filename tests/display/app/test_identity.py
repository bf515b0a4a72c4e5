"""A spare becomes who it was told to be, and is that one after each start, until it is told to forget."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from display.app import identity, start
from display.app.identity import FILE, Identity, forget, keep, kept
from display.app.options import Options
from display.app.screen import ScreenApp
from display.app.start import first_frame
from display.config import Config
from display.core.effects import Become
from display.ui.input import Key
from heard import cli
from heard.errors import UserError
from heard.stream import SiteProfile, StationProfile
from tests.fakes.hub import FakeHub
from tests.waiting import until

SITE = SiteProfile("x", (StationProfile("grill"), StationProfile("fry")))


def test_it_is_kept_forgotten_and_asked_anew_where_it_cannot_be_read(tmp_path: Path) -> None:
    assert kept(tmp_path) is None
    keep(tmp_path, Identity("prep", "grill"))
    assert kept(tmp_path) == Identity("prep", "grill")
    (tmp_path / FILE).write_text("[]")
    assert kept(tmp_path) is None
    forget(tmp_path)
    forget(tmp_path)
    with pytest.raises(UserError, match="cannot keep"):
        keep(tmp_path / "nowhere", Identity("prep", "grill"))


def test_it_starts_the_same_command_again() -> None:
    code = "import sys; sys.argv = ['heard', 'preflight', '--forget', '--help']; from display.app import identity; identity.start_again()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "usage: heard preflight" in done.stdout


async def test_a_spare_is_told_by_two_keys_and_the_hub_does_not_wait_for_it(tmp_path: Path) -> None:
    hub = FakeHub(profile=SITE)
    await hub.start()
    options = Options(
        Config(hub=hub.address),
        (1280, 720),
        headless=True,
        mdns=False,
        state=tmp_path,
        device="s",
        role="spare",
    )
    output = await asyncio.to_thread(first_frame, options)
    app = await asyncio.to_thread(ScreenApp, options, output)
    task = asyncio.create_task(app.run())
    try:
        async with asyncio.timeout(10):
            await until(lambda: app.live_picture)
            assert not hub.watches[0].screen
            app.feed(Key("2"))
            await asyncio.sleep(0.35)  # longer than a key bounces
            app.feed(Key("2"))
            await task
        assert app.became == Become("prep", "fry")
    finally:
        app.stop()
        await task
        await hub.stop()


def test_what_it_became_is_kept_before_it_starts_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class App:
        became = Become("expo", "pass")
        collector = None

        def __init__(self, *_: object) -> None:
            """Runs nothing."""

        async def run(self) -> None:
            """Chosen at once."""

    told: list[Identity | None] = []
    monkeypatch.setattr("display.app.screen.ScreenApp", App)
    monkeypatch.setattr(start, "start_again", lambda: told.append(kept(tmp_path)))
    start.run(Options(Config(), (640, 480), headless=True, state=tmp_path, role="spare"))
    assert told == [Identity("expo", "pass")]


def test_the_command_runs_it_as_who_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[Options] = []

    def run(options: Options) -> int:
        ran.append(options)
        return 0

    monkeypatch.setattr(start, "run", run)
    spare: tuple[Any, ...] = ("display", "spare", "--state", str(tmp_path), "--no-mdns")
    assert cli.main(spare) == 0
    keep(tmp_path, Identity("prep", "grill"))
    assert cli.main(spare) == 0
    assert cli.main((*spare, "--forget")) == 0
    assert [(one.role, one.config.station, one.state) for one in ran] == [
        ("spare", "", tmp_path),
        ("prep", "grill", tmp_path),
        ("spare", "", tmp_path),
    ]
    assert len({one.device for one in ran}) == 1, "it is one device, whoever it is"
    assert cli.main((*spare, "--headless")) == 2
    assert "a spare asks people" in capsys.readouterr().err
    assert identity.FORGET == "--forget"
