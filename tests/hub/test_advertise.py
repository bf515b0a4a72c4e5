"""The hub is found by mDNS under its store's id, its addresses are followed, and a network without mDNS costs one line."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub import advertise
from hub.advertise import SERVICE_TYPE, Advertiser, Announcement, announced_addresses, instance_name
from hub.config.model import Network
from tests.hub.rpc.serving import serving
from tests.waiting import until

STORE = "0a1b2c3d-0000-4000-8000-000000000001"
WAIT_S = 20.0


def test_instance_names_are_one_label_and_tell_two_sites_of_one_name_apart() -> None:
    assert instance_name("Corner Grill", STORE) == "Corner Grill 0a1b2c3d"
    assert instance_name("Dr. Grill", STORE) == "Dr  Grill 0a1b2c3d"
    assert instance_name("", STORE) == "Heard 0a1b2c3d"
    long = instance_name("مطعم" * 30, STORE)
    assert len(long.encode()) <= 63
    assert long.endswith(" 0a1b2c3d")


MACHINE = ["127.0.0.1", "192.168.1.10", "10.0.0.5", "::1", "fe80::1%3", "2001:db8::5"]


@pytest.mark.parametrize(
    ("host", "wanted"),
    [
        ("127.0.0.1", ["127.0.0.1"]),
        ("localhost", ["127.0.0.1"]),
        ("192.168.1.10", ["192.168.1.10"]),
        ("0.0.0.0", ["10.0.0.5", "192.168.1.10"]),
        ("::", ["10.0.0.5", "192.168.1.10", "2001:db8::5"]),
    ],
)
def test_addresses(host: str, wanted: list[str]) -> None:
    assert announced_addresses(host, MACHINE) == wanted


def test_the_machine_has_its_loopback() -> None:
    assert "127.0.0.1" in advertise.machine_addresses()


@pytest.fixture
def avahi() -> Iterator[None]:
    """Another responder on this machine: it holds port 5353 and shares it, as avahi does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("", 5353))
        yield


async def found(store_id: str, name: str = "Test") -> Any:
    """What mDNS says of that hub, on the loopback interface."""
    from zeroconf import InterfaceChoice
    from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

    zeroconf = AsyncZeroconf(interfaces=InterfaceChoice.All)
    try:
        info = AsyncServiceInfo(SERVICE_TYPE, f"{instance_name(name, store_id)}.{SERVICE_TYPE}")
        async with asyncio.timeout(WAIT_S):
            while not await info.async_request(zeroconf.zeroconf, 1000):
                pass
        return info
    finally:
        await zeroconf.async_close()


async def test_a_hub_is_announced_and_taken_back(avahi: None) -> None:
    told = Announcement(STORE, "Test", "0.1.0", "127.0.0.1", 7420)
    one = Advertiser(told)
    one.start()
    try:
        async with asyncio.timeout(WAIT_S):
            await one.announced.wait()
        info = await found(STORE)
        assert info.port == 7420
        assert info.properties == {b"id": STORE.encode(), b"version": b"0.1.0", b"name": b"Test"}
        assert info.parsed_addresses() == ["127.0.0.1"]
    finally:
        await one.close()
    await one.close()
    assert not one.announced.is_set()


async def test_a_site_that_gets_another_name_is_announced_under_it_and_no_longer_under_the_old_one(
    tmp_path: Path, avahi: None
) -> None:
    from zeroconf import InterfaceChoice, ServiceStateChange
    from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

    network = Network(port=0, admin_port=0, mdns=True)
    async with serving(tmp_path, network=network, site_name="Test") as client:
        store_id = client.hub.store.store_id
        old, new = instance_name("Test", store_id), instance_name("Corner", store_id)
        seen: list[tuple[str, ServiceStateChange]] = []

        def changed(zeroconf: object, service_type: str, name: str, state_change: ServiceStateChange) -> None:
            if store_id[:8] in name:
                seen.append((name.removesuffix(f".{SERVICE_TYPE}"), state_change))

        async def until(*wanted: tuple[str, ServiceStateChange]) -> None:
            async with asyncio.timeout(WAIT_S):
                while not set(wanted) <= set(seen):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)

        zeroconf = AsyncZeroconf(interfaces=InterfaceChoice.All)
        try:
            browser = AsyncServiceBrowser(zeroconf.zeroconf, SERVICE_TYPE, handlers=[changed])
            await until((old, ServiceStateChange.Added))
            await client.hub.settings.put("site.name", "Corner", "sara")
            await until((old, ServiceStateChange.Removed), (new, ServiceStateChange.Added))
            assert seen.index((old, ServiceStateChange.Removed)) < seen.index((new, ServiceStateChange.Added))
            info = await found(store_id, "Corner")
            port = int(client.address.address.rpartition(":")[2])
            assert (info.port, info.properties[b"name"]) == (port, b"Corner")
            await browser.async_cancel()
        finally:
            await zeroconf.async_close()


async def test_a_hub_that_stops_at_once_leaves_no_announcement_behind() -> None:
    from zeroconf import InterfaceChoice, ServiceStateChange
    from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

    name = f"{instance_name('Short', STORE)}.{SERVICE_TYPE}"
    seen: list[ServiceStateChange] = []

    def changed(zeroconf: object, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if name.startswith("Short"):
            seen.append(state_change)

    zeroconf = AsyncZeroconf(interfaces=InterfaceChoice.All)
    one = Advertiser(Announcement(STORE, "Short", "0.1.0", "127.0.0.1", 7420))
    try:
        browser = AsyncServiceBrowser(zeroconf.zeroconf, SERVICE_TYPE, handlers=[changed])
        one.start()
        async with asyncio.timeout(WAIT_S):
            while ServiceStateChange.Added not in seen:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        repeats = one._repeats
        assert repeats is not None
        await one.close()
        assert repeats.done(), "nothing announces it after its goodbye"
        async with asyncio.timeout(WAIT_S):
            while zeroconf.zeroconf.cache.current_entry_with_name_and_alias(SERVICE_TYPE, name):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert seen[-1] is ServiceStateChange.Removed
        await browser.async_cancel()
    finally:
        await one.close()
        await zeroconf.async_close()


class FakeZeroconf:
    """Counts what is asked of it; `broken` makes it fail as a network without multicast does."""

    made: list[FakeZeroconf]
    broken = False

    def __init__(self) -> None:
        if FakeZeroconf.broken:
            raise OSError(19, "No such device")
        FakeZeroconf.made.append(self)
        self.zeroconf = self
        self.services: list[list[str]] = []
        self.closed = False

    async def async_wait_for_start(self) -> None: ...

    async def async_register_service(self, info: Any, allow_name_change: bool) -> asyncio.Future[None]:
        assert allow_name_change
        self.services.append(info.parsed_addresses())
        return self._told()

    async def async_update_service(self, info: Any) -> asyncio.Future[None]:
        self.services.append(info.parsed_addresses())
        return self._told()

    def _told(self) -> asyncio.Future[None]:
        told = asyncio.get_running_loop().create_future()
        told.set_result(None)
        return told

    async def async_update_interfaces(self) -> None: ...

    async def async_close(self) -> None:
        self.closed = True


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> type[FakeZeroconf]:
    import zeroconf.asyncio

    FakeZeroconf.made, FakeZeroconf.broken = [], False
    monkeypatch.setattr(zeroconf.asyncio, "AsyncZeroconf", FakeZeroconf)
    monkeypatch.setattr(advertise, "LOOK_EVERY_S", 0.01)
    return FakeZeroconf


async def test_changed_addresses_are_announced_anew(
    monkeypatch: pytest.MonkeyPatch, fake: type[FakeZeroconf]
) -> None:
    machine = ["127.0.0.1", "10.0.0.5"]
    monkeypatch.setattr(advertise, "machine_addresses", lambda: machine)
    one = Advertiser(Announcement(STORE, "Test", "0.1.0", "0.0.0.0", 7420))
    one.start()
    await until(lambda: fake.made and fake.made[0].services)
    machine = ["127.0.0.1", "10.0.0.77"]
    await until(lambda: len(fake.made[0].services) > 1)
    await one.close()
    assert fake.made[0].services == [["10.0.0.5"], ["10.0.0.77"]]
    assert len(fake.made) == 1
    assert fake.made[0].closed


async def test_a_network_without_multicast_is_said_once_and_healed_once(
    caplog: pytest.LogCaptureFixture, fake: type[FakeZeroconf]
) -> None:
    caplog.set_level(logging.INFO, "heard.mdns")
    fake.broken = True
    one = Advertiser(Announcement(STORE, "Test", "0.1.0", "127.0.0.1", 7420))
    one.start()
    await until(lambda: caplog.records)
    await asyncio.sleep(0.1)  # several tries
    fake.broken = False
    async with asyncio.timeout(WAIT_S):
        await one.announced.wait()
    await until(lambda: len(caplog.records) > 1)
    await one.close()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "find this hub by its address only" in caplog.text
