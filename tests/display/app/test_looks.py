"""How many columns a screen shows: as its layout and role need them, and never so many that words are broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from display.app.looks import look_and_panel
from display.app.options import Options
from display.app.site_time import SiteTime
from display.app.start import Output
from display.config import Config
from display.core.keymap import KEYBOARD
from display.screens.role import Panel
from display.ui.icons import Icons
from display.ui.paint import Painter
from display.ui.text import TextEngine
from display.ui.window import Memory
from heard.clock import SystemClock
from heard.stream import ScreenSettings, SiteProfile, StationProfile

LIST_AT_THE_HUB = SiteProfile(
    "x", (StationProfile("pass", role="expo", screen=ScreenSettings(layout="list")),)
)


def panel(
    tmp_path: Path, text: TextEngine, role: str, size: tuple[int, int], config: Config, site: SiteProfile
) -> Panel:
    window = Memory(size)
    output = Output(window, text, Painter(window.surface, text, Icons()))
    options = Options(config, size, role=role, headless=True, state=tmp_path, device="d")
    return look_and_panel(options, output, site, KEYBOARD, SiteTime(SystemClock()))[1]


@pytest.mark.parametrize(
    ("role", "layout", "size", "columns"),
    [
        ("prep", "columns", (1920, 1080), 4),
        ("prep", "list", (1920, 1080), 5),
        ("prep", "portrait", (1080, 1920), 3),
        ("prep", "portrait", (380, 640), 1),
        ("expo", "columns", (1920, 1080), 6),
        ("expo", "list", (1920, 1080), 2),
        ("expo", "list", (1080, 1920), 1),
        ("expo", "list", (3840, 2160), 2),
    ],
)
def test_columns_follow_the_layout(
    role: str, layout: str, size: tuple[int, int], columns: int, tmp_path: Path, text: TextEngine
) -> None:
    found = panel(tmp_path, text, role, size, Config(station="grill", layout=layout), SiteProfile())
    assert (found.layout, found.columns) == (layout, columns)


def test_a_zoomed_window_shows_what_the_panel_would_so_much_smaller(tmp_path: Path, text: TextEngine) -> None:
    window = Memory((960, 540))
    output = Output(window, text, Painter(window.surface, text, Icons()))
    options = Options(
        Config(station="grill"), (960, 540), zoom=0.5, headless=True, state=tmp_path, device="d"
    )
    look, shown = look_and_panel(options, output, SiteProfile(), KEYBOARD, SiteTime(SystemClock()))
    assert (look.theme.item_text, shown.columns) == (18, 4), "half of the panel's 36, as many columns"


def test_an_expo_takes_its_list_from_the_hub(tmp_path: Path, text: TextEngine) -> None:
    found = panel(tmp_path, text, "expo", (1920, 1080), Config(), LIST_AT_THE_HUB)
    assert (found.layout, found.columns) == ("list", 2)


@pytest.mark.parametrize(
    ("role", "layout", "columns"), [("prep", "columns", 3), ("expo", "columns", 3), ("expo", "list", 1)]
)
def test_columns_that_would_break_words_are_not_shown_and_the_log_says_so(
    role: str, layout: str, columns: int, tmp_path: Path, text: TextEngine, caplog: pytest.LogCaptureFixture
) -> None:
    config = Config(station="grill", layout=layout, columns=6, scale=1.0, rail=False)
    assert panel(tmp_path, text, role, (800, 600), config, SiteProfile()).columns == columns
    assert f"6 columns would be too narrow on 800x600: it shows {columns}" in caplog.text
