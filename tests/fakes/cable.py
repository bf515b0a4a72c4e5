"""A network cable between one device and the hub: pulled, dead without a word, or losing what the hub says."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field

CHUNK = 1 << 16


@dataclass(eq=False)
class _Connection:
    """One connection through the cable. Bytes wait while `pulled`, or while the hub's half of it is `mute`."""

    device: asyncio.StreamWriter
    hub: asyncio.StreamWriter
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    pulled: bool = False
    mute: bool = False

    def set(self, *, pulled: bool = False, mute: bool = False) -> None:
        self.pulled, self.mute = pulled, mute
        self.moved.set()

    async def passes(self, *, to_hub: bool) -> None:
        while self.pulled or (self.mute and not to_hub):
            self.moved.clear()
            await self.moved.wait()

    def close(self) -> None:
        self.device.close()
        self.hub.close()


class Cable:
    """`async with`; the device dials `address`."""

    def __init__(self, hub: str) -> None:
        host, _, port = hub.rpartition(":")
        self._hub = (host, int(port))
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._connections: set[_Connection] = set()
        self._pulled = False
        self.dialled = 0

    async def __aenter__(self) -> Cable:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.break_off()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def pull(self) -> None:
        """Nothing passes any more, and nobody is told: no connection is closed, none can be made."""
        self._pulled = True
        for one in self._connections:
            one.set(pulled=True)

    def plug_in(self) -> None:
        """What waited passes, as with TCP."""
        self._pulled = False
        for one in self._connections:
            one.set()

    def forget(self) -> None:
        """The switch was restarted: the connections there are dead and nobody says so; new ones can be made."""
        self._pulled = False
        for one in self._connections:
            one.set(pulled=True)

    def lose_answers(self) -> None:
        """What the device says arrives, what the hub answers does not."""
        for one in self._connections:
            one.set(mute=True)

    def break_off(self) -> None:
        """Every connection ends, with what was under way in it; new ones can be made."""
        for one in list(self._connections):
            one.close()
            one.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.dialled += 1
        try:
            there, back = await asyncio.open_connection(*self._hub)
        except OSError:
            writer.close()
            return
        one = _Connection(writer, back, pulled=self._pulled)
        self._connections.add(one)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_pump(one, reader, back, to_hub=True))
                group.create_task(_pump(one, there, writer, to_hub=False))
        finally:
            self._connections.discard(one)
            one.close()


async def _pump(
    one: _Connection, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, to_hub: bool
) -> None:
    with contextlib.suppress(OSError):
        while True:
            await one.passes(to_hub=to_hub)
            data = await source.read(CHUNK)
            await one.passes(to_hub=to_hub)
            if not data:
                break
            sink.write(data)
            await sink.drain()
    one.close()
