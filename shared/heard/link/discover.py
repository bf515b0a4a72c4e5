"""Where a hub may be: the fixed address, the last good one, and what mDNS announces. The link races them.

mDNS is a hint, never an identity. Announcements are keyed on the TXT record `id` (the hub's store id), not on the instance
name, which changes when two hubs bear the same. A device that knows its hub prefers it, so that a neighbour's is not taken.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from heard.link.channel import is_loopback, join_address, split_address

if TYPE_CHECKING:
    from zeroconf import ServiceStateChange, Zeroconf
    from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

log = logging.getLogger(__name__)

SERVICE_TYPE = "_heard-hub._tcp.local."
RESOLVE_MS = 1500
"""An announced hub must tell its address within this; it announces again when it changes."""
FIXED_ALONE_S = 5.0
"""A fixed address gets so long before mDNS is asked where that hub went (a new lease of DHCP)."""
LAST_ALONE_S = 0.5
"""The last good address gets so long before mDNS is opened: most starts need none."""
OTHERS_AFTER_S = 5.0
"""A device looks so long for the hub that it knows before it takes another one."""
REFRESH_S = 15.0
"""While searching: try mDNS again, follow the machine's network interfaces (Wi-Fi often comes after us). After so long
with a hub mDNS is closed: on a busy network it costs a small machine more than the screen itself."""
HUBS_MAX = 64
"""Announcements kept; a network with more is not a restaurant's."""
CANDIDATES_MAX = 4
"""Addresses tried side by side."""


@dataclass(frozen=True, slots=True)
class FoundHub:
    """One hub that announced itself; `addresses` are HOST:PORT."""

    hub_id: str
    name: str
    addresses: tuple[str, ...]
    version: str = ""


class Finder:
    """Knows candidates for the hub's address. `address`: fixed by the installer; `mdns`: listen on the network too."""

    def __init__(
        self, address: str = "", *, mdns: bool = True, interfaces: Sequence[str] | None = None
    ) -> None:
        if address:
            address = join_address(*split_address(address))
        self.fixed = address
        self.last_good = ""
        self.hub_id = ""
        self._mdns = mdns and not (address and is_loopback(address))
        self._interfaces = list(interfaces) if interfaces is not None else None
        self._by_instance: dict[str, FoundHub] = {}
        self._zeroconf: AsyncZeroconf | None = None
        self._browser: AsyncServiceBrowser | None = None
        self._loop_task: asyncio.Task[None] | None = None
        self._resolving: dict[str, asyncio.Task[None]] = {}
        self._on_found: Callable[[], None] = lambda: None
        self._searching_since_s = time.monotonic()
        self._searching = True
        self._wake = asyncio.Event()
        self.blocked = ""
        """Why mDNS is not available; "" when it is."""
        self._told_others = False

    @property
    def hubs(self) -> Mapping[str, FoundHub]:
        """Announced hubs by id, the newest announcement of each."""
        return MappingProxyType({hub.hub_id: hub for hub in self._by_instance.values()})

    def remember(self, address: str, hub_id: str) -> None:
        """What an earlier run knew: the last good address and its hub."""
        self.last_good, self.hub_id = address, hub_id

    def good(self, address: str, hub_id: str) -> None:
        """The link talks to this hub there."""
        self.last_good, self.hub_id = address, hub_id
        self._searching = False

    def lost(self) -> None:
        """The link has lost its hub."""
        if not self._searching:
            self._searching = True
            self._searching_since_s = time.monotonic()
            self._wake.set()

    def candidates(self) -> tuple[str, ...]:
        """Addresses worth a try now, the likeliest first, at most CANDIDATES_MAX."""
        searched_s = time.monotonic() - self._searching_since_s
        found: list[str] = [self.fixed] if self.fixed else []
        if not self.fixed and self.last_good:
            found.append(self.last_good)
        hubs = self.hubs
        known = hubs.get(self.hub_id)
        if known is not None:
            found += known.addresses
        elif not self.fixed and (not self.hub_id or searched_s >= OTHERS_AFTER_S):
            found += self._others(hubs)
        return tuple(dict.fromkeys(found))[:CANDIDATES_MAX]

    def _others(self, hubs: Mapping[str, FoundHub]) -> tuple[str, ...]:
        if not hubs:
            return ()
        taken = hubs[min(hubs)]
        if not self._told_others and (len(hubs) > 1 or self.hub_id):
            self._told_others = True
            names = ", ".join(f"{hub.name} ({hub.addresses[0]})" for _, hub in sorted(hubs.items()))
            log.warning(
                "the known hub %s is not announced; announced are: %s; taking %s. A fixed address (--hub) ends the guessing",
                self.hub_id or "(none)",
                names,
                taken.name,
            )
        return taken.addresses

    async def start(self, on_found: Callable[[], None]) -> None:
        """Begin to listen; `on_found` is called on the loop when a hub is announced or has changed."""
        self._on_found = on_found
        if self._mdns and self._loop_task is None:
            self._loop_task = asyncio.create_task(self._listen(), name="heard-finder")

    async def close(self) -> None:
        """Stop listening. Harmless when repeated."""
        tasks = [task for task in (self._loop_task, *self._resolving.values()) if task is not None]
        self._loop_task = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._stop_mdns()

    async def _listen(self) -> None:
        await asyncio.sleep(FIXED_ALONE_S if self.fixed else LAST_ALONE_S if self.last_good else 0.0)
        while True:
            if self._searching and (not self.fixed or self.hub_id):
                try:
                    await self._refresh()
                    self._unblocked()
                except Exception as error:
                    if not is_mdns_trouble(error):
                        log.exception("the search by mDNS failed")
                    self._not_available(error)
                    await self._stop_mdns()
            elif self._zeroconf is not None:
                await self._stop_mdns()
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REFRESH_S):
                    await self._wake.wait()

    async def _refresh(self) -> None:
        if self._zeroconf is not None:
            if self._interfaces is None:
                await self._zeroconf.async_update_interfaces()
            return
        # Importing it takes a tenth of a second, in which a screen would stand still.
        module: Any = await asyncio.to_thread(importlib.import_module, "zeroconf.asyncio")
        self._zeroconf = module.AsyncZeroconf(
            **({} if self._interfaces is None else {"interfaces": self._interfaces})
        )
        await self._zeroconf.zeroconf.async_wait_for_start()
        self._browser = module.AsyncServiceBrowser(
            self._zeroconf.zeroconf, SERVICE_TYPE, handlers=[self._changed]
        )

    async def _stop_mdns(self) -> None:
        browser, self._browser = self._browser, None
        zeroconf, self._zeroconf = self._zeroconf, None
        self._by_instance.clear()
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            if browser is not None:
                await browser.async_cancel()
            if zeroconf is not None:
                await zeroconf.async_close()

    def _not_available(self, error: Exception) -> None:
        why = str(error) or type(error).__name__
        if not self.blocked:
            log.warning("mDNS is not available (%s): hubs are found by their fixed or last address only", why)
        self.blocked = why

    def _unblocked(self) -> None:
        if self.blocked:
            self.blocked = ""
            log.info("mDNS is available again")

    def _changed(
        self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange
    ) -> None:
        if state_change.name == "Removed":
            self._by_instance.pop(name, None)
            return
        if name in self._resolving or len(self._resolving) >= HUBS_MAX:
            return
        task = asyncio.get_running_loop().create_task(self._resolve(zeroconf, service_type, name))
        self._resolving[name] = task
        task.add_done_callback(lambda _: self._resolving.pop(name, None))

    async def _resolve(self, zeroconf: Zeroconf, service_type: str, name: str) -> None:
        module: Any = importlib.import_module("zeroconf.asyncio")
        info = module.AsyncServiceInfo(service_type, name)
        try:
            if not await info.async_request(zeroconf, RESOLVE_MS):
                return
        except Exception as error:
            if not is_mdns_trouble(error):
                raise
            log.debug("the announced hub %s could not be asked: %s", name, error)
            return
        hub = found_hub(name, info)
        if hub is None:
            return
        if len(self._by_instance) >= HUBS_MAX and name not in self._by_instance:
            del self._by_instance[next(iter(self._by_instance))]
        self._by_instance.pop(name, None)
        self._by_instance[name] = hub
        self._on_found()


def is_mdns_trouble(error: Exception) -> bool:
    """True for what the network or the library's state does to us, not for a mistake of ours."""
    return isinstance(error, OSError | TimeoutError) or type(error).__module__.startswith("zeroconf")


def found_hub(name: str, info: Any) -> FoundHub | None:
    """The hub of a resolved announcement; None where it has no id, port or address."""
    texts = {
        key.decode("utf-8", "replace"): (value or b"").decode("utf-8", "replace")
        for key, value in (info.properties or {}).items()
    }
    hosts = info.parsed_scoped_addresses()
    if not texts.get("id") or not info.port or not hosts:
        return None
    # IPv4 first: link-local IPv6 needs a scope that some resolvers do not take.
    hosts = sorted(dict.fromkeys(hosts), key=lambda host: (":" in host, is_link_local(host)))
    return FoundHub(
        hub_id=texts["id"],
        name=texts.get("name") or name.removesuffix(f".{SERVICE_TYPE}"),
        addresses=tuple(join_address(host, info.port) for host in hosts),
        version=texts.get("version", ""),
    )


def is_link_local(host: str) -> bool:
    """True for addresses that only work on one cable."""
    return host.startswith(("169.254.", "fe80:"))
