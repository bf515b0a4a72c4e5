"""Call numbers of one terminal: blocks that the hub leases, and the terminal's own letter when none is left. Pure.

A number is given once; gaps are fine. The hub sees to it that a leased number is not open and rested 12 h. `C12` is the
terminal's own: letter and count, which goes on over days so that it does not repeat while a guest may wait.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from heard.stream import NumberLease

BLOCKS_MAX = 3
"""The hub lets a terminal use its newest three blocks; an older one may be leased to another."""
FEW = 10
"""Numbers left (half a block) below which the hub is asked for more: an hour of a busy till without a hub."""
OWN_MAX = 999
"""The own count begins again after this; nobody makes so many orders in 12 h without a hub."""
LETTERS = "ABCDEFGJKLMNPQRSTUVWXYZ"
"""For terminals 1, 2, 3 …; H is the hub's own, I and O read as digits."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a terminal may give out; `next_number` is the next of the first block."""

    letter: str
    blocks: tuple[NumberLease, ...] = ()
    next_number: int = 0
    own: int = 0

    @property
    def left(self) -> int:
        """Leased numbers not given yet."""
        if not self.blocks:
            return 0
        later = sum(block.last - block.first + 1 for block in self.blocks[1:])
        return self.blocks[0].last - self.next_number + 1 + later

    def leased(self, lease: NumberLease) -> Numbers:
        """With the new block; one that it has or had last is told again and changes nothing."""
        if lease in self.blocks or lease.last < lease.first:
            return self
        blocks = (*self.blocks, lease)[-BLOCKS_MAX:]
        first = blocks[0]
        same = bool(self.blocks) and first == self.blocks[0]
        return replace(self, blocks=blocks, next_number=self.next_number if same else first.first)

    def take(self, taken: Callable[[str], bool] = lambda number: False) -> tuple[str, Numbers]:
        """The next number that is not `taken`, and what is left; an empty block stays known until there is another."""
        now = self
        while now.left:
            number = str(now.next_number) if now.next_number <= now.blocks[0].last else ""
            now = now._after()
            if number and not taken(number):
                return number, now
        own = now.own
        for _ in range(OWN_MAX):
            own = own % OWN_MAX + 1
            if not taken(f"{self.letter}{own}"):
                break
        return f"{self.letter}{own}", replace(now, own=own)

    def _after(self) -> Numbers:
        if self.next_number >= self.blocks[0].last and len(self.blocks) > 1:
            return replace(self, blocks=self.blocks[1:], next_number=self.blocks[1].first)
        return replace(self, next_number=self.next_number + 1)

    def to_text(self) -> str:
        """For the journal."""
        blocks = [[one.first, one.last, one.lease_id] for one in self.blocks]
        return json.dumps({"blocks": blocks, "next": self.next_number, "own": self.own})


def numbers_from_text(text: str, letter: str) -> Numbers:
    """What `to_text` wrote; empty for no text. Raises ValueError for any other."""
    if not text:
        return Numbers(letter)
    try:
        found = json.loads(text)
        blocks = tuple(NumberLease(*map(int, one)) for one in found["blocks"])
        return Numbers(letter, blocks, int(found["next"]), int(found["own"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"no call numbers: {text[:80]!r}") from error


def letter_of(device: str) -> str:
    """The letter of a terminal by its name: T1 is A, T2 is B …; a name without a number gives its first letter."""
    digits = device[len(device.rstrip("0123456789")) :]
    if digits:
        return LETTERS[(int(digits) - 1) % len(LETTERS)]
    letters = [one for one in device.upper() if one in LETTERS]
    return letters[0] if letters else LETTERS[0]
