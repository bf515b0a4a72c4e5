"""A prep screen in a real window that, told by SIGUSR1, writes its picture: as it would stand without a window, and as JSON.

Told by SIGUSR2, fingers come as SDL brings them from a touch panel, made-up mouse events with them: what `fingers.json` beside
the picture says, a list of [what, finger, x, y, seconds before it].
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pygame

from display.app.options import Options
from display.app.start import first_frame
from display.config import Config
from display.core.draw import to_json
from display.ui.icons import Icons
from display.ui.paint import Painter
from display.ui.window import Memory, save

SIZE = (1280, 720)


def main(station: str, hub: str, state: Path, png: Path, ledger: Path) -> None:
    """Run until SIGTERM."""
    options = Options(
        Config(station=station, hub=hub, sound=False),
        SIZE,
        ledger=ledger,
        mdns=False,
        state=state,
        device="grill-1",
    )
    output = first_frame(options)

    from display.app.screen import ScreenApp

    app = ScreenApp(options, output)

    def write() -> None:
        picture = app.picture
        assert picture is not None
        memory = Memory(SIZE)
        Painter(memory.surface, output.text, Icons()).paint(picture)
        save(memory.surface, png.with_suffix(".new.png"))
        png.with_suffix(".json").write_text(to_json(picture), encoding="utf-8")
        os.replace(png.with_suffix(".new.png"), png)

    async def touch() -> None:
        kinds = {"down": pygame.FINGERDOWN, "move": pygame.FINGERMOTION, "up": pygame.FINGERUP}
        fakes = {"down": pygame.MOUSEBUTTONDOWN, "up": pygame.MOUSEBUTTONUP}
        for what, finger, x, y, wait_s in json.loads(png.with_name("fingers.json").read_text()):
            await asyncio.sleep(wait_s)
            at = {"x": x / SIZE[0], "y": y / SIZE[1], "dx": 0.0, "dy": 0.0}
            pygame.event.post(pygame.event.Event(kinds[what], finger_id=finger, touch_id=1, **at))
            if what in fakes:
                pygame.event.post(pygame.event.Event(fakes[what], pos=(x, y), button=1, touch=True))
            app.wake()
        png.with_name("fingers.json").unlink()

    tasks = set[asyncio.Task[None]]()

    async def run() -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, write)
        loop.add_signal_handler(signal.SIGUSR2, lambda: tasks.add(asyncio.create_task(touch())))
        await app.run()

    asyncio.run(run())
    output.window.close()


if __name__ == "__main__":
    name, address, *paths = sys.argv[1:]
    main(name, address, *map(Path, paths))
