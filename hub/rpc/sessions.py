"""Who is connected: streams by device, at most one command stream each, and a bound on all of them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from hub.rpc.errors import Stopping, TooMany

WATCHES_PER_DEVICE_MAX = 16
"""A screen has one; after silent cuts some dead ones may stand for some seconds."""
TOLD_MAX = 500
"""Streams listed on the health page: a site's screens and tills."""
STREAMS_MAX = 2_000
"""200 screens and tills with three streams each, and room; below LimitNOFILE."""


@dataclass(slots=True, eq=False)
class Stream:
    """One open stream. `end` asks it to finish; `kind` is "watch", "report" or "submit"."""

    kind: str
    device: str
    what: str
    since_ms: int
    end: Callable[[Exception], None]
    client: str = ""


@dataclass(slots=True)
class Sessions:
    """All open streams."""

    streams: dict[Stream, None] = field(default_factory=dict)
    """Oldest first."""
    stopping: bool = False
    ended: int = 0
    """Streams that were open and are not, since start."""
    _submit: dict[str, Stream] = field(default_factory=dict)
    _empty: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self, stream: Stream) -> tuple[Stream, ...]:
        """Takes the stream in; returns those which it replaces, to be ended. Raises Stopping or TooMany."""
        if self.stopping:
            raise Stopping("the hub is stopping")
        if len(self.streams) >= STREAMS_MAX:
            raise TooMany(f"{len(self.streams)} streams are open")
        replaced: list[Stream] = []
        if stream.kind == "submit":
            old = self._submit.get(stream.device)
            if old is not None:
                replaced.append(old)
            self._submit[stream.device] = stream
        else:
            same = [one for one in self.streams if (one.kind, one.device) == (stream.kind, stream.device)]
            if len(same) >= WATCHES_PER_DEVICE_MAX:
                replaced.append(same[0])
        self.streams[stream] = None
        self._empty.clear()
        return tuple(replaced)

    def close(self, stream: Stream) -> None:
        """The stream has ended."""
        if stream in self.streams:
            del self.streams[stream]
            self.ended += 1
        if not self.streams:
            self._empty.set()
        if self._submit.get(stream.device) is stream:
            del self._submit[stream.device]

    async def all_ended(self) -> None:
        """Returns when no stream is open."""
        if self.streams:
            await self._empty.wait()

    def is_newest(self, stream: Stream) -> bool:
        """False where a newer command stream of the device has taken over."""
        return self._submit.get(stream.device) is stream

    def told(self) -> list[dict[str, object]]:
        """The oldest open streams, for the health page."""
        return [
            {
                "kind": one.kind,
                "device": one.device,
                "what": one.what,
                "client": one.client,
                "since_ms": one.since_ms,
            }
            for one in itertools.islice(self.streams, TOLD_MAX)
        ]

    def count(self, kind: str) -> int:
        """Open streams of that kind."""
        return sum(1 for one in self.streams if one.kind == kind)
