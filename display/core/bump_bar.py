"""Whether a keyboard that could bump is plugged in, from the kernel's list of input devices. Pure.

Power buttons, HDMI remotes and mice stand in that list as well, some of them as keyboards: what counts is which keys they have.
"""

from __future__ import annotations

from dataclasses import dataclass

DIGITS = frozenset((*range(2, 12), 71, 72, 73, 75, 76, 77, 79, 80, 81, 82))
"""Linux key codes of 1 to 0, above the letters and on the keypad."""
DIGITS_MIN = 5
"""A bar has ten, and a remote control's digits are other codes."""


def can_bump(device: str, word_bits: int) -> bool:
    """Of one device's paragraph."""
    return len(_codes(device, word_bits) & DIGITS) >= DIGITS_MIN


def bump_bars(listing: str, word_bits: int) -> int:
    """How many devices of the list could bump. `word_bits` (32 or 64) is how long a word of its bitmaps is: as the reader's own."""
    return sum(can_bump(device, word_bits) for device in listing.split("\n\n"))


def _codes(device: str, word_bits: int) -> frozenset[int]:
    bitmap = next((line for line in device.splitlines() if line.startswith("B: KEY=")), "")
    words = bitmap.removeprefix("B: KEY=").split()
    try:
        values = [int(word, 16) for word in reversed(words)]
    except ValueError:
        return frozenset()
    return frozenset(
        n * word_bits + bit for n, value in enumerate(values) for bit in range(word_bits) if value >> bit & 1
    )


@dataclass(slots=True)
class Plugged:
    """`gone` once the last one went that had been there, or where one is expected and there is none."""

    gone: bool = False
    _had: bool = False

    def seen(self, count: int, *, expected: bool = False) -> bool:
        """So many are there now; True where `gone` changed. `expected`: the station's keys are a bump bar's."""
        before = self.gone
        self._had = self._had or count > 0
        self.gone = (self._had or expected) and not count
        return self.gone is not before
