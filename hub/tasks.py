"""The end of a task that runs beside."""

from __future__ import annotations

import asyncio
from typing import Any


async def ended(*tasks: asyncio.Task[Any] | None) -> None:
    """Cancels those that run and waits until they are over, however they ended; an error of theirs is told by themselves."""
    running = [one for one in tasks if one is not None]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
