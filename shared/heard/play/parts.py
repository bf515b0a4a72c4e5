"""The parts of a play: the hub, the kitchen screens, and pictures of what they show."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from heard.errors import UserError
from heard.link import LOOPBACK_PLAINTEXT, Credentials, Finder, Link
from heard.play.children import Child
from heard.play.own_hub import OwnHub
from heard.play.screen_ledger import ScreenLedger, read_ledger
from heard.play.stage import Part, Stage
from heard.stream import View, ViewKind

SCREEN_READY_S = 20.0
"""For a screen to be live: 1 s is promised, a busy machine may need more."""
SHOT_S = 20.0
ASK_S = 5.0
LOOK_EVERY_S = 0.05
WINDOW_W, WINDOW_H = 960, 500
"""Two of them stand beside each other on a laptop."""
WINDOW_TOP = 40
WINDOW_ZOOM = 0.5
"""A window shows what a whole panel would, half as large."""


class HubPart:
    """A hub of our own with its store in the stage's folder."""

    def __init__(self) -> None:
        self.hub: OwnHub | None = None

    async def start(self, stage: Stage) -> None:
        self.hub = OwnHub(stage.children, stage.folder, stage.menu, stage.cloud, stage.printer)
        stage.address = (await self.hub.start()).address

    async def stop(self, stage: Stage) -> None:
        del stage
        if self.hub is not None:
            await self.hub.stop()


@dataclass(frozen=True, slots=True)
class Look:
    """How screens appear: in windows or not at all, cooked at by nobody or by a profile of `--cook`.

    `{n}` in a profile is the screen's number, so that every cook has chances of his own.
    """

    cook: str = ""
    windowed: bool = False
    shots: Mapping[str, Sequence[tuple[str, Path]]] = field(default_factory=dict)
    """Per station the pictures to keep."""


@runtime_checkable
class Ledgered(Part, Protocol):
    """A part whose screens can say what they painted."""

    def ledgers(self) -> dict[str, ScreenLedger]:
        """What each screen wrote, by station; after `stop`."""


@dataclass(slots=True)
class ScreensPart:
    """A prep screen for each station, each with a ledger of what it painted."""

    stations: Sequence[str]
    """Empty: every prep station that the hub names."""
    look: Look
    device_prefix: str = "play"
    credentials: Credentials = LOOPBACK_PLAINTEXT
    _screens: dict[str, Child] = field(default_factory=dict)
    _folder: Path | None = None

    async def start(self, stage: Stage) -> None:
        self._folder = stage.folder
        for station in self.stations or await prep_stations(stage.address, self.credentials):
            self._screens[station] = await self._open(stage, station)
        for station, child in self._screens.items():
            await self._live(station, child)

    async def _open(self, stage: Stage, station: str) -> Child:
        device = f"{self.device_prefix}-{station}"
        arguments = ["display", "prep", "--station", station, "--hub", stage.address, "--device", device]
        arguments += [
            "--state",
            str(stage.folder / f"screen-{station}"),
            "--ledger",
            str(self._ledger(station)),
        ]
        arguments += window(WINDOW_W, WINDOW_H) if self.look.windowed else ["--headless"]
        arguments += ["--count-headless"]
        if self.credentials.unsafe_plaintext:
            arguments.append("--unsafe-plaintext")
        arguments += await keeping(self.look.shots.get(station, ()))
        if self.look.cook:
            arguments += ["--cook", self.look.cook.format(n=len(self._screens) + 1)]
        place = f"{len(self._screens) * WINDOW_W},{WINDOW_TOP}"
        beside = {"SDL_VIDEO_WINDOW_POS": place} if self.look.windowed else {}
        return await stage.children.start(f"{station} screen", *arguments, environment=beside)

    async def _live(self, station: str, child: Child) -> None:
        try:
            async with asyncio.timeout(SCREEN_READY_S):
                while not await asyncio.to_thread(is_live, self._ledger(station)):
                    if not child.running:
                        raise await child.died()
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError:
            words = await child.last_lines()
            raise UserError(
                f"the {station} screen was not live within {SCREEN_READY_S:g} s", words, 1
            ) from None

    async def stop(self, stage: Stage) -> None:
        await asyncio.gather(*(child.stop() for child in self._screens.values()))
        for shots in self.look.shots.values():
            await told(stage, shots)

    def _ledger(self, station: str) -> Path:
        assert self._folder is not None
        return self._folder / f"{station}.ledger"

    def ledgers(self) -> dict[str, ScreenLedger]:
        """What each screen wrote, by station."""
        return {station: read_ledger(self._ledger(station)) for station in self._screens}


Shots = Sequence[tuple[str, Path]]
"""Pictures that a screen keeps of itself: by a word on a tile, `*` by none, and where to."""


async def keeping(shots: Shots) -> list[str]:
    """What makes a screen keep them; those of an earlier play are gone."""
    arguments: list[str] = []
    for word, file in shots:
        await asyncio.to_thread(file.parent.mkdir, parents=True, exist_ok=True)
        await asyncio.to_thread(file.unlink, missing_ok=True)
        arguments += ["--shot-when", f"{word}={file}"]
    return arguments


async def told(stage: Stage, shots: Shots) -> None:
    """Those that came about join the stage's files."""
    for _, file in shots:
        if str(file) not in stage.files and await asyncio.to_thread(file.exists):
            stage.files.append(str(file))


def window(w: int, h: int) -> list[str]:
    """What makes a staff's screen a window of that size."""
    return ["--windowed", f"{w}x{h}", "--zoom", f"{WINDOW_ZOOM:g}"]


async def prep_stations(address: str, credentials: Credentials) -> tuple[str, ...]:
    """The prep stations of the hub at `address`. UserError when none answers."""
    view = View(ViewKind.TERMINAL, terminal="play-asks")
    link = Link(device="play-asks", view=view, finder=Finder(address), credentials=credentials)
    told = asyncio.Event()
    link.on_state(lambda state: told.set() if state.hello is not None else None)
    await link.start()
    try:
        async with asyncio.timeout(ASK_S):
            await told.wait()
        return tuple(one.station for one in link.profile.stations if one.role == "prep")
    except TimeoutError:
        raise UserError(
            f"no hub answers at {address}", f"{link.state.reason}; is the address right?", 1
        ) from None
    finally:
        await link.close()


def is_live(ledger: Path) -> bool:
    """True once the screen has painted a live picture."""
    try:
        return '"live": true' in ledger.read_text(encoding="utf-8")
    except FileNotFoundError:
        return False


async def take_picture(stage: Stage, name: str, screen: Sequence[str], out: Path) -> None:
    """`out`/`name`.png of a screen as the hub has it now, added to the stage's files. `screen`: what follows `heard display`."""
    await asyncio.to_thread(out.mkdir, parents=True, exist_ok=True)
    path = out / f"{name}.png"
    arguments = ["display", *screen, "--hub", stage.address, "--no-mdns", "--shot", str(path)]
    arguments += ["--state", str(stage.folder / f"shot-{name}"), "--device", f"shot-{name}"]
    child = await stage.children.start(f"picture of {name}", *arguments)
    child.expected_to_end = True
    try:
        async with asyncio.timeout(SHOT_S):
            if await child.wait() != 0:
                raise await child.died()
    except TimeoutError:
        await child.kill()
        raise UserError(f"no picture of {name} within {SHOT_S:g} s", exit_code=1) from None
    stage.files.append(str(path))


def room_for_windows(environment: Mapping[str, str]) -> bool:
    """True where a desktop would show a window."""
    return bool(environment.get("WAYLAND_DISPLAY") or environment.get("DISPLAY"))
