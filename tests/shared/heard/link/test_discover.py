"""The finder: which addresses it offers, real announcements on the loopback interface, and a blocked mDNS."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from zeroconf import ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from heard.errors import UserError
from heard.link import discover
from heard.link.discover import SERVICE_TYPE, Finder, FoundHub, found_hub
from heard.link.scan import Sighting, scan
from tests.waiting import until

LOOPBACK = ["127.0.0.1"]


def service(hub_id: str, port: int, name: str = "Test kitchen") -> ServiceInfo:
    return ServiceInfo(
        SERVICE_TYPE,
        f"{name} {hub_id}.{SERVICE_TYPE}",
        port=port,
        parsed_addresses=["127.0.0.1"],
        properties={"id": hub_id, "version": "1.2.3", "name": name},
        server=f"heard-{hub_id}.local.",
    )


@asynccontextmanager
async def announced(*services: ServiceInfo) -> AsyncIterator[AsyncZeroconf]:
    zeroconf = AsyncZeroconf(interfaces=LOOPBACK)
    try:
        for one in services:
            await zeroconf.async_register_service(one)
        yield zeroconf
    finally:
        await zeroconf.async_close()


def knowing(finder: Finder, *hubs: FoundHub) -> Finder:
    finder._by_instance.update({hub.name: hub for hub in hubs})
    return finder


ONE = FoundHub("id-1", "one", ("10.0.0.1:7420", "10.0.1.1:7420"))
TWO = FoundHub("id-2", "two", ("10.0.0.2:7420",))


def test_nothing_known_nothing_offered() -> None:
    assert Finder(mdns=False).candidates() == ()


def test_a_fixed_address_is_offered_alone_until_its_hub_is_announced_elsewhere() -> None:
    finder = Finder("10.0.0.9")
    assert knowing(finder, ONE).candidates() == ("10.0.0.9:7420",), "another hub is no stand-in"
    finder.remember("10.0.0.9:7420", "id-1")
    assert finder.candidates() == ("10.0.0.9:7420", *ONE.addresses)
    with pytest.raises(UserError):
        Finder("10.0.0.9:no")


def test_the_last_good_address_comes_first_then_the_known_hub_where_it_is_now() -> None:
    finder = knowing(Finder(), ONE, TWO)
    finder.remember("10.0.0.7:7420", "id-2")
    assert finder.candidates() == ("10.0.0.7:7420", "10.0.0.2:7420")


def test_a_neighbours_hub_is_taken_only_after_a_while_and_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    finder = knowing(Finder(), TWO)
    finder.remember("10.0.0.7:7420", "id-1")
    assert finder.candidates() == ("10.0.0.7:7420",)
    monkeypatch.setattr(discover, "OTHERS_AFTER_S", 0.0)
    assert finder.candidates() == ("10.0.0.7:7420", "10.0.0.2:7420")
    assert finder.candidates() == ("10.0.0.7:7420", "10.0.0.2:7420")
    assert caplog.text.count("the known hub id-1 is not announced") == 1


def test_of_several_unknown_hubs_one_is_taken_and_said(caplog: pytest.LogCaptureFixture) -> None:
    assert knowing(Finder(), TWO, ONE).candidates() == ONE.addresses
    assert "one (10.0.0.1:7420), two (10.0.0.2:7420); taking one" in caplog.text


async def test_announcements_come_and_go_keyed_on_the_id() -> None:
    calls = 0

    def found() -> None:
        nonlocal calls
        calls += 1

    finder = Finder(interfaces=LOOPBACK)
    async with announced(service("id-1", 5001)) as zeroconf:
        await finder.start(found)
        try:
            await until(lambda: finder.candidates() == ("127.0.0.1:5001",))
            assert calls >= 1
            assert finder.hubs["id-1"] == FoundHub("id-1", "Test kitchen", ("127.0.0.1:5001",), "1.2.3")
            before = calls
            repeats = await zeroconf.async_update_service(service("id-1", 5002))
            await until(lambda: finder.candidates() == ("127.0.0.1:5002",))
            assert calls > before, "a change is an announcement"
            await repeats  # one that came after the goodbye would bring the hub back
            await zeroconf.async_unregister_all_services()
            await until(lambda: not finder.hubs)
        finally:
            await finder.close()


async def test_the_scan_says_which_hub_takes_a_connection() -> None:
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, announced(service("id-1", port, "Alpha"), service("id-2", 1, "Beta")):
        # A responder may keep an answer back that it gave within the last second.
        async with asyncio.timeout(20):
            while len((found := await scan(0.6, LOOPBACK)).hubs) < 2:
                pass
    assert found.blocked == ""
    alpha, beta = found.hubs
    assert alpha == Sighting("id-1", "Alpha", f"127.0.0.1:{port}", (f"127.0.0.1:{port}",), "1.2.3", True)
    assert (beta.name, beta.reachable) == ("Beta", False)


async def test_a_blocked_mdns_is_one_log_line_and_heals(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(discover, "REFRESH_S", 0.02)
    tries = 0

    async def refresh(self: Finder) -> None:
        nonlocal tries
        tries += 1
        if tries <= 3:
            raise OSError(98, "Address already in use")

    monkeypatch.setattr(Finder, "_refresh", refresh)
    finder = Finder()
    with caplog.at_level(logging.INFO):
        await finder.start(lambda: None)
        await until(lambda: tries >= 5)
        await finder.close()
    assert caplog.text.count("mDNS is not available") == 1
    assert caplog.text.count("mDNS is available again") == 1


def test_announcements_that_are_no_hub() -> None:
    def told(properties: dict[bytes, bytes | None], port: int | None, hosts: list[str]) -> FoundHub | None:
        info = SimpleNamespace(properties=properties, port=port, parsed_scoped_addresses=lambda: hosts)
        return found_hub(f"x.{SERVICE_TYPE}", info)

    assert told({}, 1, ["10.0.0.1"]) is None
    assert told({b"id": b"a"}, None, ["10.0.0.1"]) is None
    assert told({b"id": b"a"}, 1, []) is None
    assert told({b"id": b"a", b"name": None}, 1, ["fe80::1%2", "169.254.1.1", "10.0.0.1"]) == FoundHub(
        "a", "x", ("10.0.0.1:1", "169.254.1.1:1", "[fe80::1%2]:1")
    )
