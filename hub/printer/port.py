"""One printer at the other end of TCP 9100: asked how it is, given a job, and believed only when it says that it has printed.

A job that may have been printed is never sent again as if it were the first: its next slip says MAY BE PRINTED ALREADY.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import Enum

from hub.config.printer import host_and_port
from hub.printer.answers import (
    STATUS_OFFLINE,
    STATUS_PAPER,
    Status,
    is_status,
    says_done,
    status_of,
)

PORT = 9100
CONNECT_S = 3.0
STATUS_S = 2.0
"""A printer answers a real-time request in milliseconds, also while it prints."""
SEND_S = 20.0
"""For its buffer to take a long slip."""
DONE_S = 20.0
"""For the paper to come out: two metres at 150 mm a second, and a slow one's pause."""
NOT_SAID = "it did not say that it was done"
ANSWER_BYTES_MAX = 4_096


ASK_S = 5.0
"""For the whole answer of `ask`: people wait for it."""


async def ask(address: str, within_s: float = ASK_S) -> Status:
    """How the printer at "host" or "host:port" is now, within that time. Raises ValueError for what is no address."""
    host, port = host_and_port(address)
    try:
        async with asyncio.timeout(within_s):
            return await Port(host, port).status()
    except TimeoutError:
        return Status(_words(TimeoutError()))


class Result(Enum):
    """What became of a job."""

    PRINTED = "PRINTED"
    NOT_PRINTED = "NOT_PRINTED"
    """Known not to be on paper: it may be sent again as it is."""
    MAYBE = "MAYBE"
    """The printer got it and said nothing more."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`why` in words for people, unless it was printed."""

    result: Result
    why: str = ""


class Port:
    """The printer at `host`. One job at a time; a connection lasts one job, since printers serve one at a time."""

    def __init__(self, host: str, port: int = PORT, *, silent: bool = False) -> None:
        """`silent`: it never says anything, so that what it has taken counts as printed."""
        self.host, self.port, self._silent = host, port, silent

    async def status(self) -> Status:
        """How it is now; a printer that cannot be reached says so in `why`."""
        try:
            async with self._connected() as (reader, writer):
                return await _status(reader, writer)
        except OSError as error:
            return Status(_words(error))

    async def why_not(self) -> str:
        """Why it cannot print now, in words; "" where it can."""
        return (await self.status()).why

    async def print(self, data: bytes, job: int) -> Outcome:
        """Sends the job and waits until the printer has done it. Never raises for what a printer or a network does."""
        sent = False
        try:
            async with self._connected() as (reader, writer):
                if not self._silent:
                    status = await _status(reader, writer)
                    if not status.ready:
                        return Outcome(Result.NOT_PRINTED, status.why)
                sent = True
                async with asyncio.timeout(SEND_S):
                    writer.write(data)
                    await writer.drain()
                return Outcome(Result.PRINTED) if self._silent else await _done(reader, writer, job)
        except OSError as error:
            return Outcome(Result.MAYBE if sent else Result.NOT_PRINTED, _words(error))

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        async with asyncio.timeout(CONNECT_S):
            reader, writer = await asyncio.open_connection(self.host, self.port, limit=ANSWER_BYTES_MAX)
        try:
            yield reader, writer
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                async with asyncio.timeout(CONNECT_S):
                    await writer.wait_closed()


async def _status(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Status:
    """A printer that never answers is taken for one that cannot say; what it prints is then MAYBE."""
    answers = []
    for request in (STATUS_OFFLINE, STATUS_PAPER):
        writer.write(request)
        try:
            async with asyncio.timeout(STATUS_S):
                answers.append(await _status_byte(reader))
        except TimeoutError:
            return Status(silent=True)
    return status_of(answers[0], answers[1])


async def _status_byte(reader: asyncio.StreamReader) -> int:
    while True:
        data = await reader.read(1)
        if not data:
            raise ConnectionResetError("the printer closed the connection")
        if is_status(data[0]):
            return data[0]


async def _done(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, job: int) -> Outcome:
    try:
        async with asyncio.timeout(DONE_S):
            said = await _says(reader, job)
    except TimeoutError:
        status = await _status(reader, writer)
        return Outcome(Result.MAYBE, status.why or NOT_SAID)
    if said:
        return Outcome(Result.PRINTED)
    return Outcome(Result.MAYBE, "it closed the connection before it said that it was done")


async def _says(reader: asyncio.StreamReader, job: int) -> bool:
    """True once the printer says that the job is done, False when it hangs up."""
    received = b""
    while data := await reader.read(ANSWER_BYTES_MAX):
        received = (received + data)[-ANSWER_BYTES_MAX:]
        if says_done(received, job):
            return True
    return False


def _words(error: OSError) -> str:
    if isinstance(error, TimeoutError) or error.errno in (
        errno.EHOSTUNREACH,
        errno.ENETUNREACH,
        errno.EHOSTDOWN,
    ):
        return "it does not answer"
    if isinstance(error, socket.gaierror):
        return "no machine has its name"
    if isinstance(error, ConnectionRefusedError):
        return "its address lets nobody print"
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "it closed the connection"
    return error.strerror or str(error) or "it does not answer"
