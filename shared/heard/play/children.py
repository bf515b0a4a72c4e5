"""Child processes of a play: started as `python -m heard …`, watched, their output kept in files, none left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from heard.errors import UserError

STOP_S = 5.0
"""After SIGTERM; a hub stops within 1 s, a busy machine may take longer. Then SIGKILL."""
LOG_LINES_SHOWN = 15
LOG_BYTES_READ_MAX = 64 << 10
_LEASH = Path(__file__).with_name("leash.py")


class Child:
    """One running process. `log` holds what it printed."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.log = log
        self.expected_to_end = False
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        return self._process.returncode

    async def wait(self) -> int:
        """Until it has ended; its exit code."""
        return await self._process.wait()

    async def kill(self) -> None:
        """SIGKILL, and wait."""
        self.expected_to_end = True
        self.signal(signal.SIGKILL)
        await self._process.wait()

    async def stop(self) -> int:
        """SIGTERM, SIGKILL after 5 s; its exit code."""
        self.expected_to_end = True
        self.signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_S):
                return await self._process.wait()
        except TimeoutError:
            self.signal(signal.SIGKILL)
            return await self._process.wait()

    def signal(self, number: int) -> None:
        """Send a signal; nothing happens when it has ended."""
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, number)

    async def last_lines(self) -> str:
        """The end of its output."""
        return await asyncio.to_thread(self._read_end)

    def _read_end(self) -> str:
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - LOG_BYTES_READ_MAX))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-LOG_LINES_SHOWN:])

    async def died(self) -> UserError:
        """What to tell when it ended by itself."""
        code = self.exit_code or 0
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        said = await self.last_lines()
        return UserError(f"the {self.name} {how}", f"its last words:\n{said}" if said else "", 1)


class Children:
    """All processes of one play, with their logs in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._children: list[Child] = []
        self._watches: set[asyncio.Task[None]] = set()
        self._on_death: Callable[[Child], None] = lambda child: None

    def on_death(self, told: Callable[[Child], None]) -> None:
        """`told` is called for each child that ends although nobody ended it."""
        self._on_death = told

    async def start(
        self,
        name: str,
        *arguments: str,
        environment: dict[str, str] | None = None,
        into: Path | None = None,
    ) -> Child:
        """Run `heard ARGUMENTS` under `name`. Its output is added to `NAME.log`; stdout goes to `into` where given."""
        log = self._folder / f"{name.replace(' ', '-')}.log"
        command = [sys.executable, "-m", "heard", *arguments]
        output = await asyncio.to_thread(log.open, "ab")
        printed = await asyncio.to_thread(into.open, "wb") if into else output
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-ISE",
                str(_LEASH),
                str(os.getpid()),
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=printed,
                stderr=output,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
                start_new_session=True,  # Ctrl-C reaches us only; we end them in order
            )
        finally:
            output.close()
            printed.close()
        child = Child(name, process, log)
        self._children.append(child)
        watch = asyncio.create_task(self._watch(child))
        self._watches.add(watch)
        watch.add_done_callback(self._watches.discard)
        return child

    async def _watch(self, child: Child) -> None:
        await child.wait()
        if not child.expected_to_end:
            self._on_death(child)

    async def stop_all(self) -> None:
        """End every child, newest first, even while being cancelled."""
        running = [child for child in reversed(self._children) if child.running]
        try:
            for child in running:
                await child.stop()
        finally:
            for child in running:
                child.expected_to_end = True
                child.signal(signal.SIGKILL)
            for watch in list(self._watches):
                watch.cancel()
            await asyncio.gather(*self._watches, return_exceptions=True)
