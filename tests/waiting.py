"""How a test waits: for a condition, never for a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

WAIT_S = 15.0
"""What comes at all comes sooner, on a busy machine too."""
LOOK_EVERY_S = 0.01
T = TypeVar("T")


async def until(
    true: Callable[[], T | None], wait_s: float = WAIT_S, why: Callable[[], str] = lambda: ""
) -> T:
    """What `true` says once it says something; AssertionError with `why` after `wait_s`. For what has no event of its own."""
    try:
        async with asyncio.timeout(wait_s):
            while not (found := true()):  # noqa: ASYNC110
                await asyncio.sleep(LOOK_EVERY_S)
            return found
    except TimeoutError:
        raise AssertionError(f"not within {wait_s:g} s {why()}".rstrip()) from None
