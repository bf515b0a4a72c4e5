"""Recorded clips of a folder: FOLDER/LANGUAGE/NAME.wav (or .ogg, .mp3). Which are wanted says `display.core.calling`."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pygame.mixer

log = logging.getLogger(__name__)

KINDS = (".wav", ".ogg", ".mp3")
CLIPS_MAX = 500
"""Some 70 for two languages."""
CLIP_BYTES_MAX = 4 << 20
SOUNDS_KEPT_MAX = 128
PREFIX = "call/"


class Clips:
    """The clips that were there when the screen started."""

    def __init__(self, folder: Path | None = None) -> None:
        self._files: dict[str, Path] = {}
        self._parts: dict[str, bytes] = {}
        if folder is None:
            return
        try:
            files = sorted(one for one in folder.rglob("*") if one.suffix.lower() in KINDS)
        except OSError as error:
            log.warning("no clips from %s: %s", folder, error.strerror)
            return
        for file in files[:CLIPS_MAX]:
            self._files.setdefault(f"{file.parent.name}/{file.stem}".lower(), file)
        if not self._files:
            log.warning("no clips in %s: they are LANGUAGE/NAME.wav, for example en/call.wav", folder)

    @property
    def names(self) -> frozenset[str]:
        """ "en/call", "ar/100" …"""
        return frozenset(self._files)

    def sound(self, name: str) -> pygame.mixer.Sound | None:
        """One sound of the clips of "call/en/call,2,hundred", None where one is missing or broken."""
        import pygame.mixer

        language, _, rest = name.removeprefix(PREFIX).partition("/")
        try:
            parts = [self._part(f"{language}/{one}") for one in rest.split(",")]
        except (KeyError, OSError, ValueError, pygame.error) as error:
            log.warning("a number is not called: %s", error)
            return None
        return pygame.mixer.Sound(buffer=b"".join(parts))

    def _part(self, name: str) -> bytes:
        """The clip in the device's own format."""
        found = self._parts.get(name)
        if found is None:
            import pygame.mixer

            file = self._files[name]
            if file.stat().st_size > CLIP_BYTES_MAX:
                raise ValueError(f"{file} is larger than {CLIP_BYTES_MAX >> 20} MiB")
            if len(self._parts) >= SOUNDS_KEPT_MAX:
                self._parts.clear()
            found = self._parts[name] = pygame.mixer.Sound(file).get_raw()
        return found
