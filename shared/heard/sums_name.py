"""One short name for an all-day, so that a screen's ledger and whoever checks it can compare sums line by line."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import TypeAlias

SumKey: TypeAlias = tuple[str, tuple[tuple[str, int], ...]]
"""What is counted together: the item, and its modifiers that change the food with their quantities."""


def sums_name(sums: Mapping[SumKey, int]) -> str:
    """The same for the same sums in thousandths; a sum of nothing counts for nothing."""
    said = sorted((key, milli) for key, milli in sums.items() if milli)
    return blake2b(repr(said).encode(), digest_size=8).hexdigest()
