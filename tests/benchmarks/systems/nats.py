"""NATS JetStream with file storage; it acknowledges before fsync. A push consumer for each screen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.systems.base import (
    OnAck,
    OnOrder,
    Screen,
    Server,
    System,
    Till,
    decode,
    free_port,
    output_of,
    spawn,
    split,
)


def _ignore(subject: bytes, payload: bytes) -> None:
    del subject, payload


class Connection:
    """A NATS connection: `on_message(subject, payload)` for everything that comes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.on_message: Callable[[bytes, bytes], None] = _ignore
        self._task = asyncio.create_task(self._read(reader))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while True:
            line = await reader.readuntil(b"\r\n")
            if line.startswith(b"MSG "):
                fields = line.split()
                payload = await reader.readexactly(int(fields[-1]) + 2)
                self.on_message(fields[1], payload[:-2])
            elif line.startswith(b"PING"):
                self.writer.write(b"PONG\r\n")
            elif line.startswith(b"-ERR"):
                raise RuntimeError(line.decode())

    def publish(self, subject: bytes, payload: bytes, answer: bytes = b"") -> None:
        head = b"PUB %s %s %d\r\n" % (subject, answer, len(payload))
        self.writer.write(head + payload + b"\r\n")

    async def ask(self, subject: str, question: dict[str, object]) -> dict[str, object]:
        """A request to the JetStream API; an error in the answer is raised."""
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        before, self.on_message = self.on_message, lambda _, payload: answer.set_result(payload)
        self.writer.write(b"SUB _INBOX.ask 99\r\nUNSUB 99 1\r\n")
        self.publish(subject.encode(), json.dumps(question).encode(), b"_INBOX.ask")
        async with asyncio.timeout(10):
            found: dict[str, object] = json.loads(await answer)
        self.on_message = before
        if "error" in found:
            raise RuntimeError(str(found["error"]))
        return found

    def close(self) -> None:
        self._task.cancel()
        self.writer.close()


async def connect(address: str) -> Connection:
    reader, writer = await asyncio.open_connection(*split(address))
    await reader.readuntil(b"\r\n")  # INFO
    writer.write(b'CONNECT {"verbose":false,"pedantic":false,"headers":false}\r\nPING\r\n')
    await reader.readuntil(b"PONG\r\n")
    return Connection(reader, writer)


class NatsTill(Till):
    def __init__(self, connection: Connection, number: int, on_ack: OnAck) -> None:
        self._connection = connection
        self._inbox = b"_INBOX.till%d." % number
        connection.on_message = lambda subject, payload: on_ack(int(subject[len(self._inbox) :]))
        connection.writer.write(b"SUB %s* 1\r\n" % self._inbox)

    def send(self, seq: int, payload: bytes) -> None:
        self._connection.publish(b"orders", payload, self._inbox + b"%d" % seq)

    async def close(self) -> None:
        self._connection.close()


class NatsScreen(Screen):
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def close(self) -> None:
        self._connection.close()


class Nats(System):
    name = "nats"
    program = "nats-server"
    package = "nats-server"
    durable = False

    def start(self, folder: Path) -> Server:
        port = free_port()
        command = ["nats-server", "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(folder / "store")]
        return Server(spawn(command, folder), f"127.0.0.1:{port}", folder)

    async def prepare(self, server: Server) -> None:
        connection = await connect(server.address)
        question = {"name": "ORDERS", "subjects": ["orders"], "storage": "file", "num_replicas": 1}
        for _ in range(50):
            try:
                await connection.ask("$JS.API.STREAM.CREATE.ORDERS", question)
                break
            except (RuntimeError, TimeoutError):
                await asyncio.sleep(0.1)
        else:
            raise RuntimeError(output_of(server.folder))
        connection.close()

    async def till(self, address: str, number: int, on_ack: OnAck) -> Till:
        return NatsTill(await connect(address), number, on_ack)

    async def screen(self, address: str, number: int, on_order: OnOrder) -> Screen:
        connection = await connect(address)
        subject = f"screen.{number}"
        connection.writer.write(f"SUB {subject} 1\r\n".encode())
        config = {"deliver_subject": subject, "ack_policy": "none", "deliver_policy": "new"}
        await connection.ask("$JS.API.CONSUMER.CREATE.ORDERS", {"stream_name": "ORDERS", "config": config})
        connection.on_message = lambda _, payload: on_order(decode(payload))
        return NatsScreen(connection)
