"""From the call to the first frame: a window, fonts, one picture; gRPC and the rest are imported after that."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from display.app.garbage import Collector
from display.app.identity import Identity, keep, start_again
from display.app.options import Options
from display.app.roles import ROLES, title
from display.core.legibility import SCALE_MAX, SCALE_MIN
from display.core.look import Look
from display.core.theme import Theme
from display.core.wording import LANGUAGES
from display.screens.waiting import Waiting, waiting
from display.ui.clips import Clips
from display.ui.icons import Icons
from display.ui.paint import Painter
from display.ui.pictures import Pictures, folder_pictures
from display.ui.text import TextEngine
from display.ui.window import SIZE, Memory, Outlet, Window

REFERENCE_H = 1080
LINE_BYTES_PER_PX = 2
"""Kept lines of text: 4 MiB at 1920x1080; a busy board needs 2.5, and each second of an age is a line of its own."""


@dataclass(slots=True)
class Output:
    """The open output with what paints on it."""

    window: Outlet
    text: TextEngine
    painter: Painter
    pictures: Pictures = field(default_factory=Pictures)
    clips: Clips = field(default_factory=Clips)
    idle: tuple[str, ...] = ()
    """The shop's pictures, by name."""


def first_frame(options: Options) -> Output:
    """Open the output and show that the screen is on its way."""
    config = options.config
    window: Window | Memory
    if options.headless:
        window = Memory(options.size or SIZE)
    else:
        window = Window(
            options.size, fullscreen=config.fullscreen and options.size is None, rotation=config.rotation
        )
    w, h = window.size
    text = TextEngine(line_bytes_max=round(w * h * LINE_BYTES_PER_PX))
    pictures = Pictures()
    painter = Painter(window.surface, text, Icons(), pictures)
    scale = config.scale or min(max(min(w, h) / options.zoom / REFERENCE_H, SCALE_MIN), SCALE_MAX)
    first = config.languages[0] if config.languages else LANGUAGES[0]
    look = Look(Theme.at_scale(scale * options.zoom), text, (first,))
    picture = waiting(look, w, h, Waiting(title(ROLES[options.role], config).upper(), ("wait.starting", {})))
    window.present(painter.paint(picture))
    guests = ROLES[options.role].guests
    idle = folder_pictures(Path(config.pictures)) if guests and config.pictures else ()
    clips = Clips(Path(config.call_clips) if guests and config.call_clips else None)
    return Output(window, text, painter, pictures, clips, idle)


def output_on(output: Output, pane: Outlet) -> Output:
    """The same fonts and pictures on a part of the window."""
    painter = Painter(pane.surface, output.text, Icons(), output.pictures)
    return Output(pane, output.text, painter, output.pictures, output.clips, output.idle)


def run(options: Options) -> int:
    """Show a screen until it is stopped; the exit code."""
    output = first_frame(options)
    collector = Collector()
    try:
        import asyncio

        if options.config.beside:
            from display.app.split import SplitApp as App
        else:
            from display.app.screen import ScreenApp as App  # type: ignore[assignment]

        app = App(options, output)
        app.collector = collector
        collector.start(time.monotonic())
        asyncio.run(app.run())
    finally:
        collector.stop()
        output.window.close()
    if app.became is not None:
        keep(options.state, Identity(app.became.role, app.became.station))
        start_again()
    return 0
