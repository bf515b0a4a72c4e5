"""How a mistake is planted: it replaces a real function by one that a hurried hand could have written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Plant = Callable[[], Any]
MISTAKES: dict[str, Plant] = {}
"""A name in words, and what plants it."""
FIRST_SEED: dict[str, int] = {}
"""Where the search begins: a seed that met the mistake soon when this was written."""


def mistake(words: str, seed: int = 0) -> Callable[[Plant], Plant]:
    """Names a mistake."""

    def named(plant: Plant) -> Plant:
        MISTAKES[words] = plant
        FIRST_SEED[words] = seed
        return plant

    return named


@contextmanager
def both(first: Any, second: Any) -> Iterator[None]:
    """A mistake in two places."""
    with first, second:
        yield
