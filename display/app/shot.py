"""A picture of a screen as a PNG, without a window: from a fixture, or from a live hub."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

from display.app.options import Options
from display.app.roles import ROLES, load
from display.core.fixture import fixture
from display.ui.icons import Icons
from display.ui.paint import Painter
from display.ui.text import TextEngine
from display.ui.window import Memory, save
from heard.errors import InvalidInput, UserError

LIVE_WITHIN_S = 5.0
"""How long a picture of a live hub waits for it."""


def from_file(file: Path, png: Path, role: str, station: str) -> None:
    """Render a fixture as a screen of `role`."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror}", "name a fixture, a JSON file") from None
    except ValueError as error:
        raise UserError(f"{file} is not JSON: {error}") from None
    try:
        content = fixture(data)
    except InvalidInput as error:
        raise UserError(f"{file}: {error.field or 'the fixture'} {error.what}", error.hint) from None
    if station and content.station != station:
        data["station"] = station
        content = fixture(data)
    text = TextEngine()
    memory = Memory((content.width, content.height))
    Painter(memory.surface, text, Icons()).paint(load(ROLES[role]).picture_of(content, text))
    save(memory.surface, png)


def from_hub(options: Options, png: Path) -> None:
    """Connect, wait until the picture is live, and render it."""
    from display.app.screen import ScreenApp
    from display.app.start import first_frame

    output = first_frame(options)
    app = ScreenApp(options, output)

    async def shoot() -> str:
        task = asyncio.create_task(app.run())
        end_s = time.monotonic() + LIVE_WITHIN_S
        try:
            while time.monotonic() < end_s and not task.done():
                if app.live_picture:
                    save(output.window.surface, png)
                    return ""
                await asyncio.sleep(0.02)
            if task.done() and (error := task.exception()) is not None:
                raise error
            return app.why_not
        finally:
            app.stop()
            await asyncio.gather(task, return_exceptions=True)

    why_not = asyncio.run(shoot())
    if why_not:
        raise UserError(
            f"no live picture within {LIVE_WITHIN_S:g} s: {why_not}",
            "is the hub running, and is the address right? --hub HOST:PORT, or --fixture FILE for a picture without one",
            1,
        )
