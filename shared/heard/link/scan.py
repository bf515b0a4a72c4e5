"""One look at the network for people: which hubs announce themselves, and which of them take a connection."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from heard.link.channel import split_address
from heard.link.discover import Finder, FoundHub

REACH_S = 1.0
"""A hub on the LAN takes a connection in a few ms."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A hub as people see it: the address that takes a connection, or the likeliest one where none does."""

    id: str
    name: str
    address: str
    addresses: tuple[str, ...]
    version: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class Scan:
    """`blocked` says why mDNS is not available here; "" when it is."""

    hubs: tuple[Sighting, ...]
    blocked: str = ""


async def scan(seconds: float, interfaces: Sequence[str] | None = None) -> Scan:
    """Listen for `seconds`, then try each hub that was heard."""
    finder = Finder(interfaces=interfaces)
    await finder.start(lambda: None)
    try:
        await asyncio.sleep(seconds)
        found = sorted(finder.hubs.values(), key=lambda hub: (hub.name, hub.hub_id))
        return Scan(tuple(await asyncio.gather(*[_sighted(hub) for hub in found])), finder.blocked)
    finally:
        await finder.close()


async def _sighted(hub: FoundHub) -> Sighting:
    tried = await asyncio.gather(*[reaches(address) for address in hub.addresses])
    address = next((address for address, reached in zip(hub.addresses, tried, strict=True) if reached), "")
    return Sighting(
        hub.hub_id, hub.name, address or hub.addresses[0], hub.addresses, hub.version, reachable=bool(address)
    )


async def reaches(address: str) -> bool:
    """True where something takes a connection at `address` within REACH_S; nothing is sent."""
    host, port = split_address(address)
    try:
        async with asyncio.timeout(REACH_S):
            _, writer = await asyncio.open_connection(host, port)
    except OSError:  # TimeoutError is one
        return False
    writer.close()
    return True
