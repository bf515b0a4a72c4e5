"""Where a picture goes: a window, the whole screen, or a surface in memory. Opens the driver, presents, reads events."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import pygame

from heard.errors import UserError

TITLE = "Heard"
SIZE = (1920, 1080)  # of a headless screen that names none
DRM = Path("/sys/class/drm")
INPUTS = Path("/dev/input")


class Outlet(Protocol):
    """What a screen paints on and hears from: a window, memory, or a pane of a window."""

    visible: bool

    @property
    def surface(self) -> pygame.Surface: ...
    @property
    def headless(self) -> bool: ...
    @property
    def input_fds(self) -> tuple[int, ...]: ...
    @property
    def size(self) -> tuple[int, int]: ...
    @property
    def panel_size(self) -> tuple[int, int]: ...
    @property
    def output_off(self) -> bool: ...
    def present(self, rects: Sequence[pygame.Rect]) -> None: ...
    def events(self) -> list[pygame.event.Event]: ...
    def to_picture(self, x: int, y: int) -> tuple[int, int]: ...
    def close(self) -> None: ...


class Window:
    """One output. `surface` is what is painted on, upright as the cook sees it; `present` brings it to the panel."""

    headless = False

    def __init__(
        self, size: tuple[int, int] | None = None, *, fullscreen: bool = False, rotation: int = 0
    ) -> None:
        """Opens it. Raises UserError when there is no screen or its driver has no way to the keys."""
        os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
        before = _fds()
        _choose_driver()
        try:
            pygame.display.init()
            flags = pygame.FULLSCREEN if fullscreen or size is None else 0
            self._panel = pygame.display.set_mode(size or (0, 0), flags)
        except pygame.error as error:
            raise UserError(f"no screen: {error}", _hint(), 1) from None
        self.driver = pygame.display.get_driver()
        if self.driver == "KMSDRM":
            check_inputs()
        pygame.display.set_caption(TITLE)
        pygame.mouse.set_visible(not flags)
        _block_what_nobody_reads()
        self.rotation = rotation
        self.visible = True
        panel = self._panel.get_size()
        turned = panel[::-1] if rotation in (90, 270) else panel
        self.surface = self._panel if rotation == 0 else pygame.Surface(turned, 0, self._panel)
        self.input_fds = tuple(fd for fd in sorted(_fds() - before) if _is_input(fd))

    @property
    def size(self) -> tuple[int, int]:
        return self.surface.get_size()

    @property
    def panel_size(self) -> tuple[int, int]:
        return self._panel.get_size()

    def present(self, rects: Sequence[pygame.Rect]) -> None:
        """Bring the changed rectangles to the panel."""
        if not rects:
            return
        if self.rotation:
            rects = [self._turn(rect) for rect in rects]
        pygame.display.update(list(rects))

    def events(self) -> list[pygame.event.Event]:
        """What came in since; never waits."""
        return pygame.event.get()

    def to_picture(self, x: int, y: int) -> tuple[int, int]:
        """A place on the panel as a place on the picture."""
        w, h = self.panel_size
        if self.rotation == 90:
            return y, w - 1 - x
        if self.rotation == 180:
            return w - 1 - x, h - 1 - y
        if self.rotation == 270:
            return h - 1 - y, x
        return x, y

    @property
    def output_off(self) -> bool:
        """True where the system says that no panel is connected and powered; False where it does not tell."""
        if self.driver != "KMSDRM":
            return False
        states = [(_read(one / "status"), _read(one / "dpms")) for one in _connectors()]
        known = [(status, dpms) for status, dpms in states if status]
        return bool(known) and not any(status == "connected" and dpms in ("On", "") for status, dpms in known)

    def close(self) -> None:
        pygame.display.quit()

    def _turn(self, rect: pygame.Rect) -> pygame.Rect:
        """Copy a rectangle of the picture to where it stands on the panel; clockwise by `rotation`."""
        piece = pygame.transform.rotate(self.surface.subsurface(rect), -self.rotation)
        w, h = self.surface.get_size()
        if self.rotation == 90:
            at = (h - rect.bottom, rect.x)
        elif self.rotation == 180:
            at = (w - rect.right, h - rect.bottom)
        else:
            at = (rect.y, w - rect.right)
        return self._panel.blit(piece, at)


class Memory:
    """A screen without a panel, for pictures, tests and simulated cooks."""

    headless = True
    input_fds: tuple[int, ...] = ()
    visible = True
    output_off = False
    driver = "memory"
    rotation = 0

    def __init__(self, size: tuple[int, int] = SIZE) -> None:
        os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
        self.surface = pygame.Surface(size, 0, 32)

    @property
    def size(self) -> tuple[int, int]:
        return self.surface.get_size()

    @property
    def panel_size(self) -> tuple[int, int]:
        return self.surface.get_size()

    def present(self, rects: Sequence[pygame.Rect]) -> None:
        """Nothing to bring anywhere."""

    def events(self) -> list[pygame.event.Event]:
        return []

    def to_picture(self, x: int, y: int) -> tuple[int, int]:
        return x, y

    def close(self) -> None:
        """Nothing to close."""


def save(surface: pygame.Surface, path: Path) -> None:
    """The picture as a PNG; UserError where it cannot be written."""
    try:
        pygame.image.save(surface, path)
    except (pygame.error, OSError) as error:
        raise UserError(f"cannot write {path}: {error}", "name a file that can be written", 1) from None


def check_inputs(folder: Path = INPUTS) -> None:
    """Without the group `input` the console driver gets no keys and says nothing of it: say it here."""
    devices = sorted(folder.glob("event*")) if folder.is_dir() else []
    if devices and not any(os.access(device, os.R_OK) for device in devices):
        raise UserError(
            "this user may not read the keyboard and touch screen",
            "add it to the group input: sudo usermod -aG input,video,render USER, then log in again",
            1,
        )


def _choose_driver() -> None:
    """A desktop's window system where there is one, else the graphics card itself; the environment's choice wins."""
    if "SDL_VIDEODRIVER" not in os.environ:
        if os.environ.get("WAYLAND_DISPLAY"):
            os.environ["SDL_VIDEODRIVER"] = "wayland,x11"
        elif os.environ.get("DISPLAY"):
            os.environ["SDL_VIDEODRIVER"] = "x11"
        else:
            os.environ["SDL_VIDEODRIVER"] = "kmsdrm"
    chosen = os.environ["SDL_VIDEODRIVER"]
    if "x11" in chosen and "kmsdrm" not in chosen and "wayland" not in chosen:
        # Without a graphics card SDL's accelerated framebuffer costs 9 ms and 100 MB here.
        os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")
    if chosen == "kmsdrm":
        _choose_card()


def _choose_card() -> None:
    """A Pi has two graphics devices of which one has the connectors: take the one with a connected panel."""
    connectors = _connectors()
    connected = [one for one in connectors if _read(one / "status") == "connected"]
    if connectors and not connected:
        raise UserError(
            "no monitor is connected", "connect one and switch it on; systemd starts the screen again", 1
        )
    if connected:
        card = connected[0].name.split("-")[0]
        os.environ.setdefault("SDL_KMSDRM_DEVICE_INDEX", card.removeprefix("card"))


def _connectors() -> list[Path]:
    return sorted(one for one in DRM.glob("card*-*") if (one / "status").exists()) if DRM.is_dir() else []


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _hint() -> str:
    driver = os.environ.get("SDL_VIDEODRIVER", "")
    if "kmsdrm" in driver:
        return "there is no desktop here; on a console the user needs the groups video, render and input; or give --headless"
    return "is the desktop of DISPLAY or WAYLAND_DISPLAY there? or give --headless"


def _block_what_nobody_reads() -> None:
    """Fewer events, fewer wake-ups."""
    pygame.event.set_blocked(None)
    pygame.event.set_allowed(
        [
            pygame.KEYDOWN,
            pygame.MOUSEBUTTONDOWN,
            pygame.MOUSEBUTTONUP,
            pygame.MOUSEMOTION,
            pygame.FINGERDOWN,
            pygame.FINGERUP,
            pygame.FINGERMOTION,
            pygame.QUIT,
            pygame.WINDOWCLOSE,
            pygame.WINDOWHIDDEN,
            pygame.WINDOWMINIMIZED,
            pygame.WINDOWSHOWN,
            pygame.WINDOWRESTORED,
            pygame.WINDOWEXPOSED,
        ]
    )


def _fds() -> set[int]:
    """Open descriptors; without the one that listing them takes, whose number the next socket gets."""
    try:
        return {int(name) for name in os.listdir("/proc/self/fd") if os.path.lexists(f"/proc/self/fd/{name}")}
    except OSError:
        return set()


def _is_input(fd: int) -> bool:
    """A connection to a window system, or an input device."""
    try:
        mode = os.fstat(fd).st_mode
        return stat.S_ISSOCK(mode) or os.readlink(f"/proc/self/fd/{fd}").startswith(str(INPUTS))
    except OSError:
        return False
