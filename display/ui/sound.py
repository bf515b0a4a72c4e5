"""Sounds of our own making, and a device that may be missing or break: a screen without sound goes on."""

from __future__ import annotations

import array
import contextlib
import logging
import math

import pygame

from display.core.sounding import Sound
from display.ui import slim
from display.ui.clips import PREFIX, Clips
from heard.preflight import SoundCheck

log = logging.getLogger(__name__)

RATE_HZ = 22_050
BUFFER_FRAMES = 1024  # 46 ms: few wake-ups of the audio thread, and still at once to an ear
FADE_S = 0.012  # at both ends of a tone, against clicks
PEAK = 26_000  # of 32,767
CLICK = "click"
CHECK = "check"
"""The preflight's beep."""

# (frequency Hz, seconds); frequency 0 is a pause.
TONES: dict[str, tuple[tuple[float, float], ...]] = {
    Sound.NEW: ((880, 0.12), (0, 0.03), (1175, 0.20)),
    Sound.LATE: ((587, 0.22), (0, 0.05), (587, 0.22)),
    Sound.CHANGED: ((784, 0.10), (0, 0.04), (784, 0.10), (0, 0.04), (988, 0.16)),
    Sound.RUSH: ((1319, 0.09), (0, 0.03), (1319, 0.09), (0, 0.03), (1319, 0.09)),
    Sound.VOID: ((988, 0.16), (784, 0.16), (587, 0.28)),
    Sound.ALLERGY: ((1480, 0.14), (0, 0.04), (988, 0.14), (0, 0.04), (1480, 0.14), (0, 0.04), (988, 0.20)),
    Sound.NOT_HEARD: ((740, 0.18), (0, 0.05), (740, 0.18), (0, 0.05), (554, 0.30)),
    Sound.NOT_LIVE: ((440, 0.35), (0, 0.10), (349, 0.50)),
    Sound.PAUSE_ENDS: ((587, 0.18), (0, 0.04), (784, 0.18), (0, 0.04), (880, 0.26)),
    Sound.READY: ((659, 0.16), (0, 0.02), (880, 0.16), (0, 0.02), (1319, 0.34)),
    CLICK: ((1800, 0.015),),
    CHECK: ((698, 0.14), (0, 0.04), (1047, 0.22)),
}


class Speaker:
    """Plays sounds; opens the device at the first one. Broken audio is logged once and then ignored."""

    def __init__(self, volume: float, enabled: bool = True, clips: Clips | None = None) -> None:
        self._volume = volume
        self._clips = clips or Clips()
        self._enabled = enabled
        self._broken = not enabled
        self._ready = False
        self.why = ""
        """Why the device is broken."""
        self._sounds: dict[str, pygame.mixer.Sound] = {}

    @property
    def volume(self) -> float:
        """0 to 1."""
        return self._volume

    @volume.setter
    def volume(self, volume: float) -> None:
        self._volume = volume
        for sound in self._sounds.values():
            sound.set_volume(volume)

    def beep(self) -> SoundCheck:
        """Play CHECK and say what became of it; a broken device is tried once more, for somebody may have mended it."""
        if not self._enabled or not self._volume:
            return SoundCheck.OFF
        self._broken = False
        self.play(CHECK)
        return SoundCheck.PLAYED if self._ready else SoundCheck.BROKEN

    def sample(self) -> None:
        """How loud it is now; what sounds already says it itself."""
        self.open()
        if self._ready and not pygame.mixer.get_busy():
            self.play(CHECK)

    def open(self) -> None:
        """Open the device; it may take some 50 ms, so do it after the first frame."""
        if self._broken or self._ready:
            return
        slim.allow(slim.MIXER)
        try:
            import pygame.mixer

            pygame.mixer.init(RATE_HZ, -16, 1, BUFFER_FRAMES, allowedchanges=0)
            self._ready = True
        except (pygame.error, OSError, ImportError, NotImplementedError) as error:
            self._fail(error)

    def play(self, name: str) -> None:
        """Play one of TONES, or clips; what is still sounding is stopped, for one at a time is heard best.

        A key's click stops nothing.
        """
        self.open()
        if not self._ready:
            return
        try:
            if name.startswith(PREFIX):
                called = self._clips.sound(name)
                if called is not None:
                    called.set_volume(self._volume)
                    pygame.mixer.stop()
                    called.play()
                return
            sound = self._sounds.get(name)
            if sound is None:
                sound = self._sounds[name] = pygame.mixer.Sound(buffer=samples(TONES[name]).tobytes())
                sound.set_volume(self._volume)
            if name != CLICK:
                pygame.mixer.stop()
            sound.play()
        except (pygame.error, OSError) as error:
            self._fail(error)

    def close(self) -> None:
        """Let the device go."""
        if self._ready:
            self._ready = False
            with contextlib.suppress(pygame.error):
                pygame.mixer.quit()

    def _fail(self, error: Exception) -> None:
        log.warning("no sound: %s; the screen goes on without", error)
        self.why = str(error)
        self._broken, self._ready = True, False


def samples(tones: tuple[tuple[float, float], ...]) -> array.array[int]:
    """Signed 16-bit mono at RATE_HZ: sines with a second harmonic, faded in and out."""
    found = array.array("h")
    fade = max(1, int(FADE_S * RATE_HZ))
    for hz, seconds in tones:
        count = int(seconds * RATE_HZ)
        for n in range(count):
            gain = min(1.0, n / fade, (count - n) / fade)
            angle = 2 * math.pi * hz * n / RATE_HZ
            value = 0.8 * math.sin(angle) + 0.2 * math.sin(2 * angle) if hz else 0.0
            found.append(round(PEAK * gain * value))
    return found
