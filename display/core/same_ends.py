"""What two lists have in common at their ends: one changed ticket among 200 is found without asking each of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress, count
from operator import is_not


def same_ends(old: Sequence[object], new: Sequence[object]) -> tuple[int, int]:
    """How many objects at the start and at the end of both are the very same ones; the two never overlap."""
    shorter = min(len(old), len(new))
    start = next(compress(count(), map(is_not, old, new)), shorter)
    end = next(compress(count(), map(is_not, reversed(old), reversed(new))), shorter)
    return start, min(end, shorter - start)
