"""PostgreSQL: INSERT and NOTIFY with the order in one transaction, default durability; LISTEN on each screen."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
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

DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")


def program(name: str) -> str | None:
    """The newest installed one; Debian keeps the server's programs off PATH."""
    found = sorted(DEBIAN_PROGRAMS.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else shutil.which(name)


def message(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) + 4).to_bytes(4, "big") + body


def query(sql: str) -> bytes:
    return message(b"Q", sql.encode() + b"\0")


async def read(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The next message of the server; an error of it is raised."""
    head = await reader.readexactly(5)
    body = await reader.readexactly(int.from_bytes(head[1:], "big") - 4)
    if head[:1] == b"E":
        raise RuntimeError(body.replace(b"\0", b" ").decode(errors="replace"))
    return head[:1], body


async def connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(*split(address))
    body = (3 << 16).to_bytes(4, "big") + b"user\0postgres\0database\0postgres\0\0"
    writer.write((len(body) + 4).to_bytes(4, "big") + body)
    while (await read(reader))[0] != b"Z":
        pass
    return reader, writer


class PostgresTill(Connected[OnAck], Till):
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, on_ack: OnAck) -> None:
        self._sent: deque[int] = deque()
        super().__init__(reader, writer, on_ack)

    async def _read(self, reader: asyncio.StreamReader, told: OnAck) -> None:
        while True:
            kind, _ = await read(reader)
            if kind == b"Z":  # ready: the transaction of the oldest query is on disk
                told(self._sent.popleft())

    def send(self, seq: int, payload: bytes) -> None:
        self._sent.append(seq)
        # Several statements in one simple query are one transaction.
        hexed = payload.hex()
        self._writer.write(query(f"INSERT INTO orders (doc) VALUES ('\\x{hexed}'); NOTIFY orders, '{hexed}'"))


class PostgresScreen(Connected[OnOrder], Screen):
    async def _read(self, reader: asyncio.StreamReader, told: OnOrder) -> None:
        while True:
            kind, body = await read(reader)
            if kind == b"A":
                told(decode(bytes.fromhex(body[4:].split(b"\0")[1].decode())))


class Postgres(System):
    name = "postgres"
    program = "postgres"
    package = "postgresql"
    durable = True
    tills = 16  # one transaction at a time on each, so that commits can share an fsync
    window = 4

    def missing(self) -> str | None:
        if program("initdb") is None:
            return "initdb is not installed (Debian package postgresql)"
        return None

    def start(self, folder: Path) -> Server:
        user = None
        data = folder / "data"
        data.mkdir()
        if os.geteuid() == 0:  # it refuses to run as root
            user = "postgres"
            for path in (folder, data):
                shutil.chown(path, user)
        initdb, server = program("initdb"), program("postgres")
        assert initdb is not None
        assert server is not None
        made = [initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL, cwd=folder, user=user, timeout=60)
        port = free_port()
        settings = ["-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=300"]
        settings += ["-c", "unix_socket_directories="]
        process = spawn([server, "-D", str(data), *settings], folder, user)
        return Server(process, f"127.0.0.1:{port}", folder)

    async def prepare(self, server: Server) -> None:
        reader, writer = await connect(server.address)
        writer.write(query("CREATE TABLE orders (id bigserial PRIMARY KEY, doc bytea NOT NULL)"))
        while (await read(reader))[0] != b"Z":
            pass
        writer.close()

    async def listening(self, server: Server) -> None:
        await super().listening(server)
        for _ in range(200):
            try:
                _, writer = await connect(server.address)
            except (
                RuntimeError,
                OSError,
                asyncio.IncompleteReadError,
            ):  # "the database system is starting up"
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return

    async def till(self, address: str, number: int, on_ack: OnAck) -> Till:
        return PostgresTill(*await connect(address), on_ack)

    async def screen(self, address: str, number: int, on_order: OnOrder) -> Screen:
        reader, writer = await connect(address)
        writer.write(query("LISTEN orders"))
        while (await read(reader))[0] != b"Z":
            pass
        return PostgresScreen(reader, writer, on_order)
