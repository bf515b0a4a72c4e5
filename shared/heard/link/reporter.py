"""The Report stream of a screen: what it has painted, and that it is alive. Never blocks a painter, never grows.

Reports are merged while the stream is busy; without a stream they are dropped, because a screen tells its whole picture
after each Hello.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

import grpc.aio

from heard.link.channel import call_metadata
from heard.link.core.reports import merge
from heard.preflight import PreflightReport
from heard.stream import Alive, Painted, View
from heard.v1 import kitchen_pb2
from heard.wire import alive_to_pb, painted_to_pb, preflight_report_to_pb, view_to_pb

REPORT = "/heard.v1.KitchenService/Report"
PAINTED_EVERY_S = 0.02
"""At once when quiet, at most 50 messages a second: more tell nobody anything."""
WAITING_MAX = 64
"""Reports kept apart before they are merged into one."""


class Reporter:
    """What a screen has to say of one view."""

    def __init__(self, view: View, device: str) -> None:
        self._view = view
        self._device = device
        self._painted: deque[Painted] = deque()
        self._alive: Alive | None = None
        self._preflight: PreflightReport | None = None
        self._open = False
        self._wake = asyncio.Event()

    def opened(self) -> None:
        """A stream begins: from now on reports are kept for it."""
        self._painted.clear()
        self._alive = None
        self._preflight = None
        self._open = True

    def closed(self) -> None:
        """There is no stream: reports are dropped."""
        self._open = False

    def painted(self, painted: Painted) -> None:
        """Never blocks; dropped without a stream."""
        if not self._open:
            return
        self._painted.append(painted)
        if len(self._painted) > WAITING_MAX:
            self._squeeze()
        self._wake.set()

    def alive(self, alive: Alive) -> None:
        """Never blocks; only the newest one waits."""
        if self._open:
            self._alive = alive
            self._wake.set()

    def preflight(self, report: PreflightReport) -> None:
        """Never blocks; only the newest one waits."""
        if self._open:
            self._preflight = report
            self._wake.set()

    def _squeeze(self) -> None:
        one = merge(self._painted)
        self._painted.clear()
        if one is not None:
            self._painted.append(one)

    async def run(self, channel: grpc.aio.Channel) -> None:
        """Keep the stream until it ends (grpc.RpcError, asyncio.InvalidStateError) or the task is cancelled."""
        call: Any = channel.stream_unary(REPORT)(metadata=call_metadata(self._device))
        loop = asyncio.get_running_loop()
        next_s = loop.time()
        try:
            while True:
                await self._wake.wait()
                if loop.time() < next_s:  # only where something waits: a still screen is not woken for it
                    await asyncio.sleep(next_s - loop.time())
                self._wake.clear()
                message = self._message()
                if message is not None:
                    await call.write(message)
                    next_s = loop.time() + PAINTED_EVERY_S
        finally:
            call.cancel()

    def _message(self) -> bytes | None:
        painted = merge(self._painted)
        alive, self._alive = self._alive, None
        preflight, self._preflight = self._preflight, None
        self._painted.clear()
        if painted is None and alive is None and preflight is None:
            return None
        message = kitchen_pb2.ReportRequest()
        view_to_pb(self._view, message.view)
        if painted is not None:
            painted_to_pb(painted, message.painted)
        if alive is not None:
            alive_to_pb(alive, message.alive)
        if preflight is not None:
            preflight_report_to_pb(preflight, message.preflight)
        return message.SerializeToString()
