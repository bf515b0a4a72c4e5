"""Which screens a station has, and which of them are live. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

ALIVE_MS = 3_000
"""A screen whose paint loop was silent for longer shows nothing new that we could rely on."""
FORGET_MS = 24 * 3_600_000
"""A screen that was away for so long is no longer a screen of its station."""
SCREENS_MAX = 1_000
"""Registered at once; beyond it the one that was away longest goes (device ids are taken as given until pairing)."""


@dataclass(slots=True)
class _Screen:
    station: str
    alive_ms: int
    visible: bool = True
    streams: int = 0
    live: bool = True


class Screens:
    """Screens by device and station. A screen that left stays registered: its station waits for it, and alarms in time."""

    def __init__(self) -> None:
        self._screens: dict[tuple[str, str], _Screen] = {}
        self._registered: dict[str, int] = {}
        self._live: dict[str, int] = {}
        self._closed_ms: dict[str, int] = {}

    def joined(self, device: str, station: str, now_ms: int) -> None:
        """Its stream has begun; it is live from its first sign of the paint loop."""
        key = (device, station)
        found = self._screens.pop(key, None)
        if found is None:
            self._make_room()
            found = _Screen(station, now_ms - ALIVE_MS - 1, live=False)
            self._registered[station] = self._registered.get(station, 0) + 1
        found.streams += 1
        self._screens[key] = found

    def left(self, device: str, station: str, now_ms: int) -> list[str]:
        """Its stream ended. Returns the stations that lost their last live screen."""
        found = self._screens.get((device, station))
        if found is None:
            return []
        # A screen's new stream may begin before its old one is known to have ended.
        found.streams = max(0, found.streams - 1)
        self._closed_ms[station] = now_ms
        return self._judge(found, now_ms)

    def alive(self, device: str, station: str, now_ms: int, *, visible: bool) -> list[str]:
        """Its paint loop runs; `visible`: somebody could read it. Returns the stations that lost their last live screen."""
        found = self._screens.get((device, station))
        if found is None:
            return []
        found.alive_ms = now_ms
        found.visible = visible
        return self._judge(found, now_ms)

    def proves(self, device: str, station: str, now_ms: int) -> bool:
        """Whether what it painted now was really shown. A report comes from the paint loop: it is a sign of life itself."""
        found = self._screens.get((device, station))
        if found is None or not found.streams or not found.visible:
            return False
        found.alive_ms = now_ms
        self._judge(found, now_ms)
        return True

    def tick(self, now_ms: int) -> list[str]:
        """Time has passed. Returns the stations that lost their last live screen."""
        lost = []
        for key, screen in list(self._screens.items()):
            if screen.live:
                lost += self._judge(screen, now_ms)
            elif not screen.streams and now_ms - screen.alive_ms > FORGET_MS:
                self._drop(key)
        return lost

    def registered(self, station: str) -> bool:
        """True where the station has a screen, live or not."""
        return station in self._registered

    def live(self, station: str) -> int:
        """How many live screens the station has."""
        return self._live.get(station, 0)

    def open_until_ms(self, station: str, now_ms: int) -> int:
        """When something could last be sent to a screen of the station; 0: never that is known here."""
        streams = (one.streams for one in self._screens.values() if one.station == station)
        return now_ms if any(streams) else self._closed_ms.get(station, 0)

    def __iter__(self) -> Iterator[tuple[str, str, bool]]:
        """(device, station, live) of each, for the health page."""
        for (device, station), screen in self._screens.items():
            yield device, station, screen.live

    def _judge(self, screen: _Screen, now_ms: int) -> list[str]:
        live = screen.streams > 0 and screen.visible and now_ms - screen.alive_ms <= ALIVE_MS
        if live == screen.live:
            return []
        screen.live = live
        count = self._live.get(screen.station, 0) + (1 if live else -1)
        if count:
            self._live[screen.station] = count
            return []
        self._live.pop(screen.station, None)
        return [screen.station]

    def _make_room(self) -> None:
        if len(self._screens) >= SCREENS_MAX:
            away = next((key for key, one in self._screens.items() if not one.streams), None)
            self._drop(away or next(iter(self._screens)))

    def _drop(self, key: tuple[str, str]) -> None:
        screen = self._screens.pop(key)
        if screen.live:
            self._live[screen.station] -= 1
            if not self._live[screen.station]:
                del self._live[screen.station]
        self._registered[screen.station] -= 1
        if not self._registered[screen.station]:
            del self._registered[screen.station]
