"""Two stations on one panel: two whole screens, each with its own link, journal and reports, in the panes of one window."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import replace

from display.app.garbage import Collector
from display.app.options import Options
from display.app.screen import ScreenApp
from display.app.start import Output, output_on
from display.core.effects import Become
from display.core.wording import is_rtl
from display.ui.panes import Panes

SECOND = "second"
"""Folder of the other station's journal, in this screen's own; and the end of its device id."""


class SplitApp:
    """The two screens; `config.beside` names the second station."""

    became: Become | None = None
    """A split screen is no spare."""

    def __init__(self, options: Options, output: Output) -> None:
        config = options.config
        rtl = bool(config.languages) and is_rtl(config.languages[0])
        self.panes = Panes(output.window, rtl=rtl)
        outputs = output_on(output, self.panes.first), output_on(output, self.panes.second)
        folder = options.state / SECOND
        folder.mkdir(exist_ok=True)
        config = replace(config, rail=False)  # two rails would leave too little for the tickets
        beside = replace(config, station=config.beside, beside="", device="")
        second = replace(
            options, config=beside, state=folder, device=f"{options.device}-{SECOND}", ledger=None
        )
        options = replace(options, config=config)
        self.first = ScreenApp(options, outputs[0])
        self.second = ScreenApp(second, outputs[1])
        self.first.preflight.partner, self.second.preflight.partner = (
            self.second.preflight,
            self.first.preflight,
        )
        for pane, app in ((self.panes.first, self.first), (self.panes.second, self.second)):
            pane.wake, pane.redraw = app.wake, app.redraw
        self._outputs = outputs
        self.first.reads = self._reads

    def _reads(self, rtl: bool) -> None:
        """The first station's cooks read so."""
        if self.panes.turn(rtl=rtl):
            for output, pane in zip(self._outputs, (self.panes.first, self.panes.second), strict=True):
                output.painter.move_to(pane.surface)
                pane.redraw()

    @property
    def collector(self) -> Collector | None:
        """Of the whole process; behind the first screen's turns."""
        return self.first.collector

    @collector.setter
    def collector(self, collector: Collector | None) -> None:
        self.first.collector = collector

    async def run(self) -> None:
        """Until SIGTERM, SIGINT or the window is closed; one screen does not go on without the other."""
        tasks = [asyncio.create_task(app.run()) for app in (self.first, self.second)]
        await asyncio.sleep(0)  # both have set their own handlers
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.stop()
            await asyncio.gather(*tasks)

    def stop(self) -> None:
        """End `run`."""
        self.first.stop()
        self.second.stop()
