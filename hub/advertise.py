"""Announces the hub by mDNS as `_heard-hub._tcp`, and follows the machine's addresses. A hint for screens, never a need."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import ipaddress
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hub.tasks import ended

if TYPE_CHECKING:
    from zeroconf import ServiceInfo
    from zeroconf.asyncio import AsyncZeroconf

SERVICE_TYPE = "_heard-hub._tcp.local."
LOOK_EVERY_S = 15.0
"""How often the machine's addresses are looked at, and a blocked mDNS is tried again."""
LABEL_BYTES_MAX = 63
"""Of one DNS label; the instance name is one."""
CLOSE_S = 0.5
"""For the goodbye packet; a stopping hub has one second for everything."""

log = logging.getLogger("heard.mdns")


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the network is told; `host` is what the hub listens on."""

    store_id: str
    name: str
    version: str
    host: str
    port: int


def instance_name(name: str, store_id: str) -> str:
    """The site's name and a part of its id, so that two sites of one name stay apart; one DNS label."""
    tail = f" {store_id[:8]}"
    head = "".join(" " if c == "." or not c.isprintable() else c for c in name).strip() or "Heard"
    while len((head + tail).encode()) > LABEL_BYTES_MAX:
        head = head[:-1]
    return head + tail


def announced_addresses(host: str, of_machine: list[str]) -> list[str]:
    """The addresses at which others reach a hub that listens on `host`; `of_machine` are all that the machine has."""
    try:
        bound = ipaddress.ip_address(host)
    except ValueError:
        return ["127.0.0.1"] if host.lower() == "localhost" else of_machine
    if not bound.is_unspecified:
        return [host]
    found = []
    for text in of_machine:
        address = ipaddress.ip_address(text.partition("%")[0])
        if address.is_loopback or (address.is_link_local and address.version == 6):
            continue
        if address.version == 6 and bound.version == 4:
            continue
        found.append(str(address))
    return sorted(set(found), key=lambda one: (":" in one, one))


def machine_addresses() -> list[str]:
    """All addresses of this machine's network cards."""
    ifaddr: Any = importlib.import_module("ifaddr")  # zeroconf brings it
    found = []
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            found.append(ip.ip if isinstance(ip.ip, str) else ip.ip[0])
    return found


class Advertiser:
    """Announces from `start` to `close`. Never raises for what the network does: it says once that it cannot."""

    def __init__(self, announcement: Announcement) -> None:
        self._announcement = announcement
        self._task: asyncio.Task[None] | None = None
        self._zeroconf: AsyncZeroconf | None = None
        self._info: ServiceInfo | None = None
        self._addresses: list[str] = []
        self._blocked = False
        self._repeats: asyncio.Future[Any] | None = None
        self._renamed = asyncio.Event()
        self.announced = asyncio.Event()
        """Set while the announcement stands."""

    def start(self) -> None:
        """Begins in the background: the hub serves without waiting for it."""
        self._task = asyncio.create_task(self._run(), name="heard-advertise")

    def rename(self, name: str) -> None:
        """The site has another name: it is announced under that one, and no longer under the old one."""
        if name != self._announcement.name:
            self._announcement = replace(self._announcement, name=name)
            self._renamed.set()

    async def close(self) -> None:
        """Takes the announcement back. Idempotent."""
        task, self._task = self._task, None
        await ended(task)
        await self._stop()

    async def _run(self) -> None:
        while True:
            try:
                await self._follow()
                if self._blocked:
                    self._blocked = False
                    log.info("mDNS works again: the hub is announced")
            except (TimeoutError, OSError, RuntimeError) as error:
                self._say_blocked(error)
                await self._stop()
            except Exception as error:
                if not type(error).__module__.startswith("zeroconf"):
                    raise
                self._say_blocked(error)  # the library's own errors: no answer, name taken
                await self._stop()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._renamed.wait()

    def _say_blocked(self, error: Exception) -> None:
        if not self._blocked:
            self._blocked = True
            log.warning(
                "mDNS does not work (%s): screens find this hub by its address only",
                str(error) or type(error).__name__,
            )

    async def _follow(self) -> None:
        found = await asyncio.to_thread(machine_addresses)
        addresses = announced_addresses(self._announcement.host, found)
        renamed = self._renamed.is_set()
        self._renamed.clear()
        if self._zeroconf is None:
            await self._open(addresses)
        elif renamed and self._info is not None:
            # Screens know a hub by its id: the goodbye of the old name must be out before the new one is.
            await self._quiet()
            await (await self._zeroconf.async_unregister_service(self._info))
            await self._register(self._zeroconf, addresses)
            log.info("the hub is announced as %r now", self._announcement.name)
        elif addresses != self._addresses:
            log.info("the hub is announced at %s now", ", ".join(addresses) or "no address")
            await self._zeroconf.async_update_interfaces()
            self._info = self._service(addresses)
            self._repeats = asyncio.ensure_future(await self._zeroconf.async_update_service(self._info))
            self._addresses = addresses

    async def _open(self, addresses: list[str]) -> None:
        # Importing takes a tenth of a second, in which tills and screens would wait.
        module: Any = await asyncio.to_thread(importlib.import_module, "zeroconf.asyncio")
        self._zeroconf = module.AsyncZeroconf()
        await self._zeroconf.zeroconf.async_wait_for_start()
        await self._register(self._zeroconf, addresses)

    async def _register(self, zeroconf: AsyncZeroconf, addresses: list[str]) -> None:
        self._info = self._service(addresses)
        repeats = await zeroconf.async_register_service(self._info, allow_name_change=True)
        self._repeats = asyncio.ensure_future(repeats)
        self._addresses = addresses
        self.announced.set()

    def _service(self, addresses: list[str]) -> ServiceInfo:
        module: Any = importlib.import_module("zeroconf")
        told = self._announcement
        made: ServiceInfo = module.ServiceInfo(
            SERVICE_TYPE,
            f"{instance_name(told.name, told.store_id)}.{SERVICE_TYPE}",
            port=told.port,
            parsed_addresses=addresses,
            properties={"id": told.store_id, "version": told.version, "name": told.name},
            server=f"heard-{told.store_id[:8]}.local.",
        )
        return made

    async def _quiet(self) -> None:
        """Ends what still repeats the announcement: one that came after the goodbye would bring the name back."""
        self.announced.clear()
        repeats, self._repeats = self._repeats, None
        if repeats is not None:
            repeats.cancel()
            await asyncio.gather(repeats, return_exceptions=True)

    async def _stop(self) -> None:
        await self._quiet()
        zeroconf, self._zeroconf = self._zeroconf, None
        if zeroconf is not None:
            with contextlib.suppress(OSError, asyncio.TimeoutError):
                async with asyncio.timeout(CLOSE_S):
                    await zeroconf.async_close()
