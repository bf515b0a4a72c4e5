"""Names to addresses for the cloud side alone: in threads of its own, so that a DNS server that hangs holds up nobody else.

getaddrinfo cannot be cancelled and may take half a minute. In the loop's own pool a few of them would keep the store and mDNS
waiting; as daemon threads they do not keep the hub from stopping either.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

LOOKUPS_MAX = 2
"""Hanging look-ups at a time; a third would hang as well."""


class CloudResolver(AbstractResolver):
    """What aiohttp asks. Raises OSError, at once where LOOKUPS_MAX look-ups hang already."""

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(LOOKUPS_MAX)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        if not self._free.acquire(blocking=False):
            raise OSError(f"{LOOKUPS_MAX} look-ups hang: DNS does not answer")
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[Any]] = loop.create_future()

        def look_up() -> None:
            error: OSError | None = None
            infos: list[Any] = []
            try:
                infos = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
            except OSError as raised:
                error = raised
            except UnicodeError:
                error = OSError(f"{host!r} is no name of a machine")
            finally:
                self._free.release()
            try:
                loop.call_soon_threadsafe(_settle, found, infos, error)
            except RuntimeError:
                return  # the loop is closed: nobody waits any more

        threading.Thread(target=look_up, name="heard-dns", daemon=True).start()
        return [
            ResolveResult(
                hostname=host,
                host=address[0],
                port=port,
                family=kind,
                proto=proto,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, proto, _, address in await found
        ]

    async def close(self) -> None:
        """Nothing is held open."""


def _settle(found: asyncio.Future[list[Any]], infos: list[Any], error: OSError | None) -> None:
    if found.done():
        return  # who asked has given up
    if error is None:
        found.set_result(infos)
    else:
        found.set_exception(error)
