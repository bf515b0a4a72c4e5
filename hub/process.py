"""The hub as a process: its signals, its garbage, its exit code."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable

from heard.errors import UserError
from hub.app import Hub, HubAddress
from hub.config import Config
from hub.garbage import Collector

log = logging.getLogger("heard.hub")


async def run(
    config: Config, ready: Callable[[HubAddress], None], read_file: Callable[[], Config] | None = None
) -> int:
    """Serves until SIGTERM or SIGINT: 0, or 1 when the store cannot say what is on disk. Raises UserError.

    SIGHUP reads the settings file again; a wrong one is said in the log and on /health, and changes nothing.
    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    hub = await Hub.open(config)
    hub.settings.read_file = read_file
    reading: set[asyncio.Task[None]] = set()

    async def reread() -> None:
        with contextlib.suppress(UserError):
            await hub.settings.reload()

    def hang_up() -> None:
        task = asyncio.create_task(reread(), name="heard-reload")
        reading.add(task)
        task.add_done_callback(reading.discard)

    loop.add_signal_handler(signal.SIGHUP, hang_up)
    collector = Collector()
    try:
        ready(await hub.start())
        collector.start(loop.time())
        hub.collector = collector
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((stopped, hub.fatal), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if hub.fatal.done():
            raise hub.fatal.result()
        log.info("stopping")
    finally:
        await hub.stop()
        collector.stop()
    return 0
