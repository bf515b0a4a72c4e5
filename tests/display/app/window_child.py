"""A prep screen in a real window that, told by SIGUSR1, writes its picture: as it would stand without a window, and as JSON."""

import asyncio
import os
import signal
import sys
from pathlib import Path

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

    async def run() -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, write)
        await app.run()

    asyncio.run(run())
    output.window.close()


if __name__ == "__main__":
    name, address, *paths = sys.argv[1:]
    main(name, address, *map(Path, paths))
