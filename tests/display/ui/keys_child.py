"""A window that writes the name of each key that goes down, as keymaps know it; its first line is the window's number."""

import time

import pygame

from display.ui.input import Key, inputs
from display.ui.window import Window

LIFE_S = 60.0


def main() -> None:
    """Until Z, which no preset has, or for a minute."""
    window = Window((320, 200))
    print(pygame.display.get_wm_info()["window"], flush=True)
    end_s = time.monotonic() + LIFE_S
    while time.monotonic() < end_s:
        for one in inputs(window.events(), window.panel_size, window.to_picture):
            if isinstance(one, Key):
                print(one.name, flush=True)
                if one.name == "z":
                    return
        time.sleep(0.005)


if __name__ == "__main__":
    main()
