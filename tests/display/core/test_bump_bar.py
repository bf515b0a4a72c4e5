"""What in the kernel's list of input devices could bump, and when its loss is told."""

import pytest

from display.core.bump_bar import Plugged, bump_bars

KEYBOARD = """I: Bus=0003 Vendor=05f3 Product=0007 Version=0110
N: Name="PI Engineering Kbd"
P: Phys=usb-0000:01:00.0-1.3/input0
H: Handlers=sysrq kbd event0 leds
B: PROP=0
B: EV=120013
B: KEY=1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe
B: MSC=10
B: LED=7
"""
OF_32_BITS = """N: Name="PI Engineering Kbd"
H: Handlers=sysrq kbd event0 leds
B: KEY=10000 7 ff9f207a c14057ff febeffdf ffefffff ffffffff fffffffe
"""
KEYPAD = """N: Name="Bump bar, keypad codes"
B: KEY=fff80 0
"""  # 71 to 83
POWER = """I: Bus=0019 Vendor=0000 Product=0001 Version=0000
N: Name="Power Button"
H: Handlers=kbd event1
B: EV=3
B: KEY=10000000000000 0
"""
REMOTE = """N: Name="vc4-hdmi-0"
H: Handlers=kbd event2
B: KEY=ffffc000 3ff 0 400000320fc200 40830c900000000 0 210300 49d2c040ec00 1e378000000000 8010000010000000
"""
MOUSE = """N: Name="USB Mouse"
H: Handlers=mouse0 event3
B: KEY=70000 0 0 0 0
"""


@pytest.mark.parametrize(
    ("listing", "word_bits", "count"),
    [
        (KEYBOARD, 64, 1),
        (OF_32_BITS, 32, 1),
        (KEYPAD, 64, 1),
        (POWER, 64, 0),
        (REMOTE, 64, 0),
        (MOUSE, 64, 0),
        ("\n".join((POWER, KEYBOARD, REMOTE, KEYPAD, MOUSE)), 64, 2),
        ("", 64, 0),
        ("B: KEY=none of it\n", 64, 0),
    ],
)
def test_what_could_bump(listing: str, word_bits: int, count: int) -> None:
    assert bump_bars(listing, word_bits) == count


def test_its_loss_is_told_when_the_last_one_goes_and_taken_back_when_one_comes() -> None:
    plugged = Plugged()
    told = [(plugged.seen(count), plugged.gone) for count in (2, 1, 0, 0, 1, 1)]
    assert told == [
        (False, False),
        (False, False),
        (True, True),
        (False, True),
        (True, False),
        (False, False),
    ]


def test_a_screen_that_never_had_one_misses_nothing_unless_its_station_works_with_one() -> None:
    plugged = Plugged()
    looks = ((0, False), (0, True), (0, True), (1, True), (0, True))
    told = [(plugged.seen(count, expected=expected), plugged.gone) for count, expected in looks]
    assert told == [(False, False), (True, True), (False, True), (True, False), (True, True)]
