"""Keys by name on any layout; synthetic mouse events of a touch screen are ignored."""

import pygame
import pytest
from pygame.event import Event

from display.ui.input import Closed, Finger, Key, Shown, inputs

SIZE = (1000, 500)


def upright(x: int, y: int) -> tuple[int, int]:
    return x, y


@pytest.fixture(autouse=True, scope="module")
def display() -> object:
    """Key names need SDL's keyboard."""
    import os

    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    pygame.display.init()
    yield
    pygame.display.quit()


def key(code: int, typed: str = "", scancode: int = 0) -> Event:
    return Event(pygame.KEYDOWN, key=code, unicode=typed, scancode=scancode, mod=0)


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (key(pygame.K_1, "1"), "1"),
        (key(pygame.K_RETURN, "\r"), "enter"),
        (key(pygame.K_KP_ENTER, "\r"), "kp enter"),
        (key(pygame.K_KP7, "7"), "kp 7"),
        (key(pygame.K_KP_MINUS, "-"), "kp -"),
        (key(pygame.K_KP_PLUS, "+"), "kp +"),
        (key(pygame.K_MINUS, "-"), "-"),
        (key(pygame.K_u, "u"), "u"),
        (key(pygame.K_PAGEDOWN), "page down"),
        (key(pygame.K_UP), "up"),
        (key(pygame.K_BACKSPACE, "\b"), "backspace"),
        (key(pygame.K_ESCAPE, "\x1b"), "escape"),
        (key(pygame.K_SPACE, " "), "space"),
        (key(pygame.K_1, "!"), "!"),
        (Event(pygame.KEYDOWN, key=pygame.K_1, unicode="", scancode=30, mod=pygame.KMOD_LSHIFT), "!"),
        (Event(pygame.KEYDOWN, key=pygame.K_2, unicode="", scancode=31, mod=pygame.KMOD_RSHIFT), "shift 2"),
        (key(0x0639, "ع", 24), "u"),  # U on an Arabic layout
        (key(0x0661, "١", 30), "1"),
    ],
)
def test_names_of_keys(event: Event, name: str) -> None:
    assert inputs([event], SIZE, upright) == [Key(name)]


def test_a_touch_is_a_finger_and_its_made_up_mouse_event_is_nothing() -> None:
    events = [
        Event(pygame.FINGERDOWN, finger_id=7, x=0.5, y=0.2, touch_id=1, dx=0, dy=0),
        Event(pygame.MOUSEBUTTONDOWN, pos=(500, 100), button=1, touch=True),
        Event(pygame.FINGERUP, finger_id=7, x=0.5, y=0.2, touch_id=1, dx=0, dy=0),
        Event(pygame.MOUSEBUTTONUP, pos=(500, 100), button=1, touch=True),
    ]
    assert inputs(events, SIZE, upright) == [Finger("down", 7, 500, 100), Finger("up", 7, 500, 100)]


def test_the_left_button_of_a_mouse_is_a_finger_and_the_others_are_not() -> None:
    events = [
        Event(pygame.MOUSEBUTTONDOWN, pos=(5, 6), button=1, touch=False),
        Event(pygame.MOUSEBUTTONUP, pos=(5, 6), button=1, touch=False),
        Event(pygame.MOUSEBUTTONDOWN, pos=(5, 6), button=3, touch=False),
    ]
    assert [one.what for one in inputs(events, SIZE, upright) if isinstance(one, Finger)] == ["down", "up"]


def test_window_events() -> None:
    events = [Event(pygame.WINDOWHIDDEN), Event(pygame.WINDOWSHOWN), Event(pygame.QUIT)]
    assert inputs(events, SIZE, upright) == [Shown(False), Shown(True, True), Closed()]


def test_a_turned_panel_turns_the_finger() -> None:
    event = Event(pygame.FINGERDOWN, finger_id=1, x=0.5, y=0.2, touch_id=1, dx=0, dy=0)
    assert inputs([event], SIZE, lambda x, y: (y, 999 - x)) == [Finger("down", 1, 100, 499)]
