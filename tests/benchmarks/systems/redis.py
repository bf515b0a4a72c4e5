"""Redis streams, every write fsynced before its answer: XADD, and XREAD BLOCK on each screen."""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path

from tests.benchmarks.systems.base import (
    Connected,
    OnAck,
    OnOrder,
    Screen,
    Server,
    System,
    Till,
    decode,
    free_port,
    spawn,
    split,
)

READ_COUNT_MAX = 1000


def command(*parts: bytes) -> bytes:
    """One command in RESP."""
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


async def reply(reader: asyncio.StreamReader) -> object:
    """The next reply, nested arrays as lists."""
    line = await reader.readuntil(b"\r\n")
    kind, rest = line[:1], line[1:-2]
    if kind == b"$":
        length = int(rest)
        return None if length < 0 else (await reader.readexactly(length + 2))[:-2]
    if kind == b"*":
        return [await reply(reader) for _ in range(int(rest))]
    if kind == b"-":
        raise RuntimeError(rest.decode())
    return rest


class RedisTill(Connected[OnAck], Till):
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, on_ack: OnAck) -> None:
        self._sent: deque[int] = deque()
        super().__init__(reader, writer, on_ack)

    async def _read(self, reader: asyncio.StreamReader, told: OnAck) -> None:
        while True:
            await reply(reader)
            told(self._sent.popleft())

    def send(self, seq: int, payload: bytes) -> None:
        self._sent.append(seq)
        self._writer.write(command(b"XADD", b"orders", b"*", b"d", payload))


class RedisScreen(Screen):
    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, on_order: OnOrder, last: bytes
    ) -> None:
        self._writer = writer
        self._task = asyncio.create_task(self._read(reader, on_order, last))

    async def _read(self, reader: asyncio.StreamReader, on_order: OnOrder, last: bytes) -> None:
        while True:
            ask = (b"XREAD", b"COUNT", b"%d" % READ_COUNT_MAX, b"BLOCK", b"0", b"STREAMS", b"orders", last)
            self._writer.write(command(*ask))
            found = await reply(reader)
            assert isinstance(found, list)
            for entry_id, fields in found[0][1]:
                last = entry_id
                on_order(decode(fields[1]))

    async def close(self) -> None:
        self._task.cancel()
        self._writer.close()


class Redis(System):
    name = "redis"
    program = "redis-server"
    package = "redis-server"
    durable = True

    def start(self, folder: Path) -> Server:
        port = free_port()
        arguments = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
        arguments += ["--appendonly", "yes", "--appendfsync", "always", "--daemonize", "no"]
        return Server(spawn(["redis-server", *arguments], folder), f"127.0.0.1:{port}", folder)

    async def till(self, address: str, number: int, on_ack: OnAck) -> Till:
        return RedisTill(*await asyncio.open_connection(*split(address)), on_ack)

    async def screen(self, address: str, number: int, on_order: OnOrder) -> Screen:
        reader, writer = await asyncio.open_connection(*split(address))
        # "$" is asked anew by each XREAD and would miss what comes between two; so start from the newest entry.
        writer.write(command(b"XREVRANGE", b"orders", b"+", b"-", b"COUNT", b"1"))
        newest = await reply(reader)
        last = newest[0][0] if isinstance(newest, list) and newest else b"0-0"
        return RedisScreen(reader, writer, on_order, last)
