"""Writes of streams with a deadline: a client that reads nothing lets some MB through, then a write blocks for ever."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from hub.rpc.errors import TooSlow

WRITE_BLOCKED_MAX_S = 5.0
"""Screens and tills that are alive read within milliseconds."""

log = logging.getLogger("heard.rpc")


class Write:
    """The writes of one stream. Raises TooSlow where one was cut by `Writes.end_blocked`."""

    def __init__(self, device: str, write: Callable[[bytes], Awaitable[None]]) -> None:
        self.device = device
        self.since_s: float | None = None
        self._write = write
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[None] | None = None
        self._was_cut = False

    async def __call__(self, payload: bytes) -> None:
        self._task = task = asyncio.current_task()
        self.since_s = self._loop.time()
        try:
            await self._write(payload)
        except asyncio.CancelledError:
            if not self._was_cut or task is None:
                raise
            task.uncancel()
            raise TooSlow("nothing was read for too long") from None
        finally:
            self.since_s = None

    def cut(self) -> None:
        """Ends a write that is blocked. The call's status follows when the client reads again, or goes with it."""
        if self._task is not None and self.since_s is not None:
            self._was_cut = True
            self._task.cancel()


@dataclass(slots=True)
class Writes:
    """All streams that are written to."""

    ended: int = 0
    """Streams that were cut, since start."""
    _open: set[Write] = field(default_factory=set)

    def open(self, device: str, write: Callable[[bytes], Awaitable[None]]) -> Write:
        """To be closed with the stream."""
        one = Write(device, write)
        self._open.add(one)
        return one

    def close(self, one: Write) -> None:
        self._open.discard(one)

    def end_blocked(self, now_s: float) -> None:
        """Cuts what is blocked; to be called about once a second with the loop's time."""
        for one in tuple(self._open):
            if one.since_s is not None and now_s - one.since_s > WRITE_BLOCKED_MAX_S:
                self.ended += 1
                log.warning("%s reads nothing for %.0f s: its stream ends", one.device, now_s - one.since_s)
                one.cut()
