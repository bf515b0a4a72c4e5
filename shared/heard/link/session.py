"""One channel to one hub: races the addresses, watches a view, and hands every message on. Ends when anything breaks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import DecodeError

from heard.errors import LinkError
from heard.link.channel import Credentials, call_error
from heard.stream import WatchRequest
from heard.wire import watch_request_to_pb

log = logging.getLogger(__name__)

WATCH = "/heard.v1.KitchenService/Watch"


class SessionEnded(Exception):
    """Why the session is over, for people."""


class Session:
    """Open it with `run`; `close` ends everything that goes over its channel."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._tasks: set[asyncio.Task[Any]] = set()
        self.channel: grpc.aio.Channel | None = None
        self.address = ""

    async def run(
        self,
        addresses: Sequence[str],
        request: WatchRequest,
        metadata: Sequence[tuple[str, str]],
        on_message: Callable[[bytes], None],
    ) -> None:
        """Watch until the stream ends; always raises, SessionEnded with the reason."""
        try:
            self.channel, self.address = await self._race(addresses)
            data = watch_request_to_pb(request).SerializeToString()
            watch: Any = self.channel.unary_stream(WATCH)
            call = watch(data, metadata=tuple(metadata))
            while True:
                raw = await call.read()
                if raw is grpc.aio.EOF:
                    raise SessionEnded("the hub ended the stream")
                on_message(raw)
                await asyncio.sleep(
                    0
                )  # what it woke goes first: asking for the next message costs a tenth of a picture
        except grpc.RpcError as error:
            raise SessionEnded(call_error(error)[0]) from error
        except LinkError as error:
            raise SessionEnded(f"{error.what}; {error.hint}" if error.hint else error.what) from error
        except DecodeError as error:
            raise SessionEnded(f"the hub sent what this release cannot read: {error}") from error

    def spawn(self, run: Any, name: str, on_end: Callable[[str], None]) -> None:
        """Run a coroutine beside the watch; `on_end` is told why it ended, unless the session was closed."""
        task = asyncio.create_task(run, name=name)
        self._tasks.add(task)

        def ended(done: asyncio.Task[Any]) -> None:
            self._tasks.discard(done)
            if done.cancelled():
                return
            error = done.exception()
            if isinstance(error, grpc.RpcError):
                on_end(call_error(error)[0])
            elif isinstance(error, asyncio.InvalidStateError) or error is None:
                on_end("the hub ended the call")
            else:
                log.error("%s failed", name, exc_info=error)
                on_end(f"{name} failed: {error}")

        task.add_done_callback(ended)

    async def close(self) -> None:
        """End the calls and close the channel. Harmless when repeated."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        channel, self.channel = self.channel, None
        if channel is not None:
            await channel.close()

    async def _race(self, addresses: Sequence[str]) -> tuple[grpc.aio.Channel, str]:
        """The first address that takes a connection; a single one is not waited for, the call itself tells."""
        channels: dict[asyncio.Task[None] | None, tuple[grpc.aio.Channel, str]] = {}
        refused: LinkError | None = None
        for address in addresses:
            try:
                channel = self._credentials.open(address)
            except LinkError as error:
                refused = error
                continue
            channels[None if len(addresses) == 1 else asyncio.create_task(channel.channel_ready())] = (
                channel,
                address,
            )
        if not channels:
            raise refused or LinkError("there is no address of a hub")
        if None in channels:
            return channels[None]
        tasks = [task for task in channels if task is not None]
        won: asyncio.Task[None] | None = None
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            won = next(task for task in tasks if task in done)
            return channels[won]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for task in tasks:
                if task is not won:
                    await channels[task][0].close()
