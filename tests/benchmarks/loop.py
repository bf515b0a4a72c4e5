"""One event loop for the whole benchmark: gRPC's poller stays with the loop that it met first."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_runner = asyncio.Runner()


def run(work: Coroutine[Any, Any, T]) -> T:
    """As asyncio.run, on the loop that all parts share."""
    return _runner.run(work)
