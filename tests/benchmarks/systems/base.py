"""What every measured system offers: a server process, a till that sends, and a screen that gets.

The peers' clients are small ones of our own, on the bare protocols: no slower than the usual Python clients, so the
comparison is not in our favour, and nothing more to install.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from heard.v1 import order_pb2

READY_S = 30.0
"""For a server to listen; PostgreSQL makes its cluster first."""
STOP_S = 10.0

OnAck = Callable[[int], None]
OnOrder = Callable[[str], None]
"""Called with the id of an order once it is decoded."""
Told = TypeVar("Told")


class Till(ABC):
    """Sends orders; the ack callback is called once an order is durable (where the system has that)."""

    @abstractmethod
    def send(self, seq: int, payload: bytes) -> None:
        """Hand over one order; never blocks."""

    async def watch_heard(self, on_heard: OnOrder) -> None:
        """Be told of each order that a screen has painted; only ours knows."""
        raise NotImplementedError

    @abstractmethod
    async def close(self) -> None: ...


class Screen(ABC):
    """Gets and decodes every order."""

    @abstractmethod
    async def close(self) -> None: ...


class Connected(ABC, Generic[Told]):
    """A till or screen on one connection, which a task of its own reads; `told` is its callback."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, told: Told) -> None:
        self._writer = writer
        self._task = asyncio.create_task(self._read(reader, told))

    @abstractmethod
    async def _read(self, reader: asyncio.StreamReader, told: Told) -> None:
        """For ever."""

    async def close(self) -> None:
        self._task.cancel()
        self._writer.close()


@dataclass(slots=True)
class Server:
    """A started server process and where it listens."""

    process: subprocess.Popen[bytes]
    address: str
    folder: Path

    def pids(self) -> list[int]:
        """The process and all its descendants."""
        children: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                except (FileNotFoundError, ProcessLookupError):
                    continue
                children.setdefault(parent, []).append(int(entry.name))
        found = [self.process.pid]
        for pid in found:
            found += children.get(pid, [])
        return found

    def cpu_s(self) -> float:
        """CPU time of all its threads and processes so far; those that ended meanwhile are missing."""
        nanoseconds = 0
        for pid in self.pids():
            for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
                try:
                    nanoseconds += int(task.read_text().split()[0])
                except (FileNotFoundError, ProcessLookupError):
                    continue
        return nanoseconds / 1e9

    def rss_mb(self) -> float:
        """Resident memory of the first process."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class System(ABC):
    """One measured system. `tills`: connections that send; `window`: orders not yet acknowledged on each."""

    name: str
    program: str
    package: str
    durable: bool
    tills: int = 4
    window: int = 16

    def missing(self) -> str | None:
        """Why it cannot run here, None if it can."""
        if shutil.which(self.program) is None:
            return f"{self.program} is not installed (Debian package {self.package})"
        return None

    @abstractmethod
    def start(self, folder: Path) -> Server:
        """Start the server with its data in `folder`; returns once the process runs, it may not listen yet."""

    @abstractmethod
    async def till(self, address: str, number: int, on_ack: OnAck) -> Till: ...

    @abstractmethod
    async def screen(self, address: str, number: int, on_order: OnOrder) -> Screen: ...

    async def listening(self, server: Server) -> None:
        """Wait until the server takes connections."""
        host, port = split(server.address)
        async with asyncio.timeout(READY_S):
            while True:
                if server.process.poll() is not None:
                    raise RuntimeError(f"{self.name} ended: {output_of(server.folder)}")
                try:
                    _, writer = await asyncio.open_connection(host, port)
                except OSError:
                    await asyncio.sleep(0.05)
                    continue
                writer.close()
                await writer.wait_closed()
                return

    def counters(self, server: Server) -> dict[str, float]:
        """What the server counts itself; only ours is asked."""
        del server
        return {}

    async def prepare(self, server: Server) -> None:
        """Make what the job needs: a table, a stream."""
        del server


def decode(payload: bytes) -> str:
    """What every screen does with an order on arrival."""
    return order_pb2.Order.FromString(payload).order_id


def spawn(command: list[str], folder: Path, user: str | None = None) -> subprocess.Popen[bytes]:
    """Start a server with its output in `folder/output`."""
    with (folder / "output").open("ab") as output:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder, user=user
        )


def output_of(folder: Path) -> str:
    return (folder / "output").read_text(errors="replace")[-2000:]


def free_port() -> int:
    """A port that was free a moment ago; the peers cannot choose one themselves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def split(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)
