"""mosquitto, MQTT 3.1.1 with QoS 1 on both sides, in memory: nothing is durable."""

from __future__ import annotations

import asyncio
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

CONNECT, PUBLISH, PUBACK, SUBSCRIBE = 0x10, 0x32, 0x40, 0x82
PACKET_IDS = 60_000


def packet(kind: int, body: bytes) -> bytes:
    length, size = bytearray(), len(body)
    while True:
        size, digit = divmod(size, 128)
        length.append(digit | (0x80 if size else 0))
        if not size:
            return bytes([kind]) + bytes(length) + body


def text(words: str) -> bytes:
    return len(words).to_bytes(2, "big") + words.encode()


async def read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    kind = (await reader.readexactly(1))[0]
    size = shift = 0
    while True:
        digit = (await reader.readexactly(1))[0]
        size |= (digit & 0x7F) << shift
        shift += 7
        if not digit & 0x80:
            return kind, await reader.readexactly(size)


async def connect(address: str, name: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(*split(address))
    writer.write(
        packet(CONNECT, text("MQTT") + b"\x04\x02\x00\x00" + text(name))
    )  # clean session, no keepalive
    kind, body = await read(reader)
    if kind != 0x20 or body[1]:
        raise RuntimeError(f"mosquitto refused: {body!r}")
    return reader, writer


class MosquittoTill(Connected[OnAck], Till):
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, on_ack: OnAck) -> None:
        self._of_packet: dict[int, int] = {}
        self._next = 0
        super().__init__(reader, writer, on_ack)

    async def _read(self, reader: asyncio.StreamReader, told: OnAck) -> None:
        while True:
            kind, body = await read(reader)
            if kind & 0xF0 == PUBACK:
                told(self._of_packet.pop(int.from_bytes(body[:2], "big")))

    def send(self, seq: int, payload: bytes) -> None:
        self._next = self._next % PACKET_IDS + 1
        self._of_packet[self._next] = seq
        self._writer.write(packet(PUBLISH, text("orders") + self._next.to_bytes(2, "big") + payload))


class MosquittoScreen(Connected[OnOrder], Screen):
    async def _read(self, reader: asyncio.StreamReader, told: OnOrder) -> None:
        while True:
            kind, body = await read(reader)
            if kind & 0xF0 == PUBLISH & 0xF0:
                at = 2 + int.from_bytes(body[:2], "big")
                self._writer.write(packet(PUBACK, body[at : at + 2]))
                told(decode(body[at + 2 :]))


class Mosquitto(System):
    name = "mosquitto"
    program = "mosquitto"
    package = "mosquitto"
    durable = False

    def start(self, folder: Path) -> Server:
        port = free_port()
        (folder / "conf").write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0\n"
            "user root\n"
        )
        process = spawn(["mosquitto", "-c", str(folder / "conf")], folder)
        return Server(process, f"127.0.0.1:{port}", folder)

    async def till(self, address: str, number: int, on_ack: OnAck) -> Till:
        return MosquittoTill(*await connect(address, f"till{number}"), on_ack)

    async def screen(self, address: str, number: int, on_order: OnOrder) -> Screen:
        reader, writer = await connect(address, f"screen{number}")
        writer.write(packet(SUBSCRIBE, b"\0\1" + text("orders") + b"\1"))
        await read(reader)
        return MosquittoScreen(reader, writer, on_order)
