"""Every key of every preset, pressed on a real keyboard of a real X server, has the name by which the presets know it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

from display.app.learning import LEARN_KEY
from display.core.presets import PRESETS
from tests.display.app.test_window import ROOT, TOOLS, focus, until, x_server

KEYSYMS = {
    "enter": "Return",
    "kp enter": "KP_Enter",
    "kp -": "KP_Subtract",
    "kp +": "KP_Add",
    "kp *": "KP_Multiply",
    "left ctrl": "Control_L",
    "space": "space",
    "tab": "Tab",
    "escape": "Escape",
    "backspace": "BackSpace",
    "page down": "Next",
    "page up": "Prior",
    "home": "Home",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
    "!": "exclam",
    "menu": "Menu",
}
NOT_ON_X = frozenset({"application"})
"""The menu key as a screen without X has it."""


def keysym(name: str) -> str:
    """What xdotool calls the key."""
    if name in KEYSYMS:
        return KEYSYMS[name]
    if name.startswith("kp "):
        return f"KP_{name.removeprefix('kp ')}"
    return name.upper() if name[:1] == "f" and name[1:].isdigit() else name


@pytest.mark.timeout(60)
def test_each_key_has_its_name_and_a_held_one_comes_once(tmp_path: Path) -> None:
    missing = [tool for tool in TOOLS if which(tool) is None]
    if missing:
        pytest.skip(f"not here: apt-get install {' '.join(missing).lower()}")
    known = {key for preset in PRESETS.values() for key in preset.keys}
    names = [*sorted(known - NOT_ON_X), LEARN_KEY]
    with x_server(tmp_path) as display:
        environment = {**os.environ, "DISPLAY": display, "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
        environment.pop("SDL_VIDEODRIVER", None)
        out = tmp_path / "keys"
        with out.open("wb") as file:
            child = subprocess.Popen(
                [sys.executable, "-m", "tests.display.ui.keys_child"], cwd=ROOT, env=environment, stdout=file
            )
        try:
            until(lambda: "\n" in out.read_text(), "the window")

            def xdotool(*words: str) -> None:
                subprocess.run(["xdotool", *words], env=environment, check=True, timeout=20)

            window = out.read_text().splitlines()[0]
            focus(display, window)
            xdotool("key", "--delay", "4", *(keysym(name) for name in names))
            until(lambda: LEARN_KEY in out.read_text().splitlines(), "the last key")
            pressed = [
                one for one in out.read_text().splitlines()[1:] if one not in ("left shift", "numlock")
            ]
            assert pressed == names, " ".join(pressed)
            xdotool("keydown", "--window", window, "Return", "keydown", "--window", window, "Return")
            xdotool("keyup", "--window", window, "Return")
            xdotool("key", "z")
            assert child.wait(10) == 0
            held = out.read_text().splitlines()
            assert held.count("enter") == 2, (
                "once from the list, once held: what the system repeats is no key"
            )
        finally:
            child.kill()
            child.wait(10)
