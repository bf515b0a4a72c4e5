"""The SOUND key of a running screen: one step at each press, shown and heard at once, and kept in its folder over a restart."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Any

from display.app.whole_file import write_whole
from display.core.loudness import LEVELS, Chosen, holds, louder
from display.ui.sound import Speaker

FILE = "loudness.json"
PERCENT = 100

log = logging.getLogger("heard.display")


class Loudness:
    """`speaker` follows it; `tell` says words for a moment. `enabled`: this screen's file lets it ring at all."""

    def __init__(
        self,
        folder: Path,
        speaker: Speaker,
        volume: float,
        *,
        enabled: bool,
        tell: Callable[..., None],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._folder, self._speaker, self._enabled = folder, speaker, enabled
        self._tell, self._spawn = tell, spawn
        self._setting = round(volume * PERCENT)
        self._chosen: Chosen | None = None
        self._kept: Chosen | None = None
        self._saving = asyncio.Lock()

    async def open(self) -> None:
        """What was chosen before the restart."""
        self._chosen = self._kept = await asyncio.to_thread(kept, self._folder)

    def follow(self, volume: float) -> None:
        """The settings say so (0 to 1); where that is news, what the key chose before is over."""
        self._setting = round(volume * PERCENT)
        if self._chosen is not None and self._chosen.over != self._setting:
            self._chosen = None
            self._spawn(self._save())
        self._speaker.volume = holds(self._chosen, self._setting) / PERCENT

    def turn(self, now_s: float) -> None:
        """The key was pressed."""
        if not self._enabled or not self._setting:
            self._tell("say.sound_off", now_s)
            return
        percent = louder(holds(self._chosen, self._setting))
        self._chosen = Chosen(percent, self._setting)
        self._speaker.volume = percent / PERCENT
        self._speaker.sample()
        self._tell("say.sound", now_s, percent=percent)
        self._spawn(self._save())

    async def close(self) -> None:
        """The last press is on the disk."""
        await self._save()

    async def _save(self) -> None:
        async with self._saving:  # one after another: the newest is on the disk at the end
            chosen = self._chosen
            if chosen == self._kept:
                return
            try:
                await asyncio.to_thread(keep, self._folder, chosen)
                self._kept = chosen
            except OSError as error:
                log.warning("how loud this screen is was not kept: %s", error)


def kept(folder: Path) -> Chosen | None:
    """None where nothing was chosen, or what was kept cannot be read."""
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
        chosen = Chosen(int(found["percent"]), int(found["over"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return chosen if chosen.percent in LEVELS else None


def keep(folder: Path, chosen: Chosen | None) -> None:
    """A choice, or that there is none any more; a power cut costs one key press at most. Raises OSError."""
    if chosen is None:
        (folder / FILE).unlink(missing_ok=True)
    else:
        write_whole(folder / FILE, json.dumps(asdict(chosen)))
