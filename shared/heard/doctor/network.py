"""The hub's port, mDNS, and whether a hub answers with a clock like ours."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Sequence

from heard.config import DEFAULT_HUB_PORT
from heard.doctor.finding import Finding, fail, ok, warn
from heard.errors import LinkError, UserError
from heard.link import Credentials, Finder, Link
from heard.link.scan import Scan, Sighting, reaches, scan
from heard.stream import View, ViewKind

MDNS_S = 2.0
"""A hub answers a question on the network within a second."""
HELLO_S = 3.0
CLOCK_DIFFERENCE_WARN_S = 5.0
CLOCK_DIFFERENCE_BAD_S = 600.0
"""Above 10 min the hub treats a clock as suspect."""


async def check_port(port: int = DEFAULT_HUB_PORT) -> Finding:
    """Whether a hub could listen on its usual port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if await reaches(f"127.0.0.1:{port}"):
                return ok("port", f"{port} is in use: a hub (or another program) listens there")
            return warn(
                "port",
                f"{port} cannot be used: {error.strerror}",
                "give the hub another one: heard hub --port N",
            )
    return ok("port", f"{port} is free for a hub")


async def check_mdns(
    seconds: float = MDNS_S, interfaces: Sequence[str] | None = None
) -> tuple[Finding, Scan]:
    """Whether hubs can be found without an address, and which ones are."""
    found = await scan(seconds, interfaces)
    if found.blocked:
        hint = "let UDP port 5353 through, or give screens and tills the hub's address: --hub HOST:PORT"
        return warn("mdns", f"not available: {found.blocked}", hint), found
    names = ", ".join(f"{hub.name} at {hub.address}" for hub in found.hubs)
    return ok("mdns", f"works; hubs that announce themselves: {names or 'none'}"), found


async def check_hub(address: str, found: Sequence[Sighting], credentials: Credentials) -> list[Finding]:
    """Whether the hub at `address` (or else the ones found, or one on this machine) answers, and its clock."""
    if address:
        return [await _hub(address, credentials, wanted=True)]
    addresses = [hub.address for hub in found]
    local = f"127.0.0.1:{DEFAULT_HUB_PORT}"
    if not addresses and await reaches(local):
        addresses = [local]
    if not addresses:
        return [
            warn(
                "hub",
                "none was found",
                "fine before a hub runs; else give its address: heard doctor --hub HOST:PORT",
            )
        ]
    return [await _hub(one, credentials, wanted=False) for one in addresses]


async def _hub(address: str, credentials: Credentials, *, wanted: bool) -> Finding:
    bad = fail if wanted else warn
    try:
        finder = Finder(address, mdns=False)
    except UserError as error:
        return fail("hub", error.what, error.hint)
    if not await reaches(finder.fixed):
        return bad(
            "hub",
            f"nothing answers at {address}",
            "is the hub on, is the address right, does a firewall stand between?",
        )
    try:
        credentials.check(finder.fixed)
    except LinkError:
        return warn(
            "hub",
            f"{address} takes a connection; its clock was not compared",
            "plaintext may not leave this machine; for tests: heard doctor --unsafe-plaintext",
        )
    link = Link(
        device="heard-doctor",
        view=View(ViewKind.CART, terminal="heard-doctor"),  # a view without orders
        finder=finder,
        client="heard doctor",
        credentials=credentials,
    )
    greeted = asyncio.Event()
    link.on_state(lambda state: greeted.set() if state.hello is not None else None)
    await link.start()
    try:
        async with asyncio.timeout(HELLO_S):
            await greeted.wait()
    except TimeoutError:
        return bad(
            "hub",
            f"{address} does not speak to us: {link.state.reason}",
            "is it a hub of Heard, and of this release?",
        )
    finally:
        await link.close()
    hello = link.state.hello
    assert hello is not None
    return _compared(address, hello.site_name, hello.hub_version, hello.wall_ms / 1000 - time.time())


def _compared(address: str, site: str, version: str, difference_s: float) -> Finding:
    text = (
        f"{site or 'hub'} at {address}, version {version or '?'}, its clock differs by {difference_s:+.1f} s"
    )
    if abs(difference_s) > CLOCK_DIFFERENCE_BAD_S:
        return fail(
            "hub", text, "set both clocks from a time server (NTP); tickets keep right ages, dates may not be"
        )
    if abs(difference_s) > CLOCK_DIFFERENCE_WARN_S:
        return warn("hub", text, "set both clocks from a time server (NTP)")
    return ok("hub", text)
