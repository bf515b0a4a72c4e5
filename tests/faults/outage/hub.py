"""A whole hub in a process of its own whose clock is a `SharedClock`: python -m tests.faults.outage.hub CONFIG CLOCK READY."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from pathlib import Path

from hub.app import Hub
from hub.config import load_config
from tests.faults.outage.clock import SharedClock


async def main(config: Path, clock_file: Path, ready: Path) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    clock = SharedClock(clock_file)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    hub = await Hub.open(load_config(config), clock.wall_ms, lambda: True, clock.monotonic)
    try:
        address = await hub.start()
        half = ready.with_suffix(".half")
        half.write_text(json.dumps({"address": address.address, "admin": address.admin, "pid": os.getpid()}))
        half.rename(ready)
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((stopped, hub.fatal), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if hub.fatal.done():
            raise hub.fatal.result()
    finally:
        await hub.stop()


if __name__ == "__main__":
    asyncio.run(main(*map(Path, sys.argv[1:])))
