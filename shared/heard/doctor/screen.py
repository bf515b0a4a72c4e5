"""The screen: SDL's drivers, the graphics card's devices and groups, fonts and icons. For machines that have a display."""

from __future__ import annotations

import grp
import importlib.util
import json
import os
import pwd
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from heard.doctor.finding import Finding, fail, ok, warn

GROUPS = ("video", "render", "input")
"""Who may draw on the card (video, render) and read keys without a desktop (input)."""
DRIVER_S = 10.0
"""A graphics driver that hangs must not hang the doctor."""
FONTS = ("IBMPlexSansArabic-Regular.ttf", "IBMPlexSansArabic-Bold.ttf")

_TRY_DRIVER = """
import json, os
os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"
import pygame
try:
    pygame.display.init()
    sizes = pygame.display.get_desktop_sizes()
    print(json.dumps({"driver": pygame.display.get_driver(), "sdl": list(pygame.get_sdl_version()), "sizes": sizes}))
except pygame.error as error:
    print(json.dumps({"error": str(error)}))
"""


def check_drivers(environment: Mapping[str, str] = os.environ, cards: Path = Path("/dev/dri")) -> Finding:
    """Which of SDL's video drivers opens a screen here; tried in processes of their own."""
    if importlib.util.find_spec("pygame") is None:
        return warn("screen", "not tried: pygame is not installed", "needed for `heard display` only")
    drivers = [environment["SDL_VIDEODRIVER"]] if environment.get("SDL_VIDEODRIVER") else []
    if not drivers:
        drivers = [
            name for name, key in (("wayland", "WAYLAND_DISPLAY"), ("x11", "DISPLAY")) if environment.get(key)
        ]
        if list(cards.glob("card*")):
            drivers.append("kmsdrm")
    reasons = []
    for driver in drivers:
        answer = _try(driver, environment)
        if "driver" in answer:
            sizes = ", ".join(f"{size[0]}x{size[1]}" for size in answer["sizes"])
            return ok(
                "screen", f"SDL {'.'.join(map(str, answer['sdl']))} draws with {answer['driver']} on {sizes}"
            )
        reasons.append(f"{driver}: {answer['error']}")
    if reasons:
        return warn(
            "screen",
            "; ".join(reasons),
            "check the cable and the groups below; `heard display --headless` still works",
        )
    return warn(
        "screen",
        f"there is none: no DISPLAY, no WAYLAND_DISPLAY, no card in {cards}",
        "fine for a hub; a kitchen screen needs one, `heard display --headless` does not",
    )


def _try(driver: str, environment: Mapping[str, str]) -> dict[str, Any]:
    try:
        done = subprocess.run(
            [sys.executable, "-c", _TRY_DRIVER],
            env={**environment, "SDL_VIDEODRIVER": driver},
            capture_output=True,
            text=True,
            timeout=DRIVER_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"error": f"did not answer within {DRIVER_S:.0f} s"}
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    except ValueError:
        return {"error": f"ended with exit code {done.returncode}"}


def check_groups(
    environment: Mapping[str, str] = os.environ, cards: Path = Path("/dev/dri"), user: str | None = None
) -> Finding:
    """Whether this user may draw without a desktop."""
    if environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        return ok("groups", "not needed: a desktop runs")
    if not list(cards.glob("card*")):
        return ok("groups", "not needed: there is no graphics card to draw on")
    record = pwd.getpwuid(os.getuid()) if user is None else pwd.getpwnam(user)
    if record.pw_uid == 0:
        return ok("groups", "not needed: root may draw everywhere")
    mine = {
        group.gr_name
        for group in grp.getgrall()
        if record.pw_name in group.gr_mem or group.gr_gid == record.pw_gid
    }
    there = {group.gr_name for group in grp.getgrall()}
    missing = [name for name in GROUPS if name in there and name not in mine]
    if missing:
        return warn(
            "groups",
            f"{record.pw_name} is not in {', '.join(missing)}",
            f"sudo usermod -aG {','.join(missing)} {record.pw_name}, then log in again",
        )
    return ok("groups", f"{record.pw_name} is in {', '.join(name for name in GROUPS if name in mine)}")


def check_assets(folder: Path | None) -> Finding:
    """Whether fonts and icons are whole; `folder` is the display's, None where it is not there."""
    if folder is None:
        return warn(
            "assets",
            "the display application is not installed here",
            "install it: pip install 'heard[display]'",
        )
    fonts = [folder / "fonts" / name for name in FONTS]
    bad = [font.name for font in fonts if not font.is_file() or font.read_bytes()[:4] != b"\0\1\0\0"]
    icons = list((folder / "icons").glob("*.svg"))
    if bad or not icons:
        what = ", ".join(bad) or "icons"
        return fail("assets", f"missing or damaged in {folder}: {what}", "install Heard again")
    return ok(
        "assets", f"{len(list((folder / 'fonts').glob('*.ttf')))} fonts and {len(icons)} icons in {folder}"
    )
