"""A kitchen printer on a socket: reads ESC/POS, keeps the pictures it was given, answers as printers do, and misbehaves when told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from PIL import Image, ImageChops

ONLINE, PAPER_FINE = 0b00010010, 0b00010010
COVER_OPEN, PAPER_OUT = ONLINE | 0x04, PAPER_FINE | 0x60


def same_slip(one: Image.Image, other: Image.Image) -> bool:
    """To the dot, and as long."""
    return (
        one.size == other.size and not ImageChops.difference(one.convert("L"), other.convert("L")).getbbox()
    )


@dataclass
class FakePrinter:
    """`slips`: what came out. `offline` and `paper` are its status bytes; the rest is how it fails."""

    offline: int = ONLINE
    paper: int = PAPER_FINE
    mute: bool = False
    """Prints, but answers nothing: an old one."""
    old: bool = False
    """Does not know GS ( H, as many cheap ones; it answers GS r."""
    forgets: int = 0
    """So many jobs come out without a word that they did."""
    hangs: bool = False
    """Takes all that it is given; nothing comes out, and it says nothing."""
    hangs_up_after: int = -1
    """Closes the connection after so many bytes of a job."""
    slips: list[Image.Image] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    _server: asyncio.Server | None = None

    async def __aenter__(self) -> FakePrinter:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        left = self.hangs_up_after
        rows: list[bytes] = []
        width = 0
        quiet = False

        async def read(count: int) -> bytes:
            nonlocal left
            if left >= 0:
                left -= count
                if left < 0:
                    raise ConnectionResetError
            return await reader.readexactly(count)

        def answer(data: bytes) -> None:
            if not self.mute:
                writer.write(data)

        try:
            while self.hangs:
                if not await reader.read(4096):
                    return
            while True:
                command = await reader.readexactly(1) if left < 0 else await read(1)
                if command == b"\x10":
                    _, what = await reader.readexactly(2)
                    answer(bytes([self.paper if what == 4 else self.offline]))
                elif command == b"\x1b":
                    await read(1)  # ESC @: initialise
                elif command == b"\x1d":
                    kind = await read(1)
                    if kind == b"v":
                        _, _, xl, xh, yl, yh = await read(6)
                        width, height = xl + 256 * xh, yl + 256 * yh
                        rows.append(await read(width * height))
                    elif kind == b"V":
                        mode = await read(1)
                        if mode in (b"A", b"B"):
                            await read(1)
                        self._cut(width, rows)
                    elif kind == b"(":
                        await read(1)
                        size = int.from_bytes(await read(2), "little")
                        body = await read(size)
                        quiet = bool(self.forgets)
                        self.forgets -= quiet
                        named = all(0x20 <= sign <= 0x7E for sign in body[2:6])
                        if named and not quiet and not self.old:
                            answer(b"\x37\x22" + body[2:6] + b"\0")
                    elif kind == b"r":
                        await read(1)
                        if not quiet and self.old:
                            answer(b"\0")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _cut(self, width: int, rows: list[bytes]) -> None:
        data = b"".join(rows)
        rows.clear()
        # On paper a set bit is black; in a picture of one bit it is white.
        dots = bytes(byte ^ 0xFF for byte in data)
        self.slips.append(Image.frombytes("1", (width * 8, len(data) // width), dots))
