"""A reference cloud in this process with its switches, and what a hub's cloud side needs to call it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from hub.cloud.client import CloudClient, Deadlines
from hub.cloud.reference.run import Options, ReferenceCloud

HUB = "shop-1"
SOON = Deadlines(connect_s=2.0, silent_s=0.3, whole_s=0.6)
"""Deadlines that a test can wait for."""


class Vendor:
    """The reference cloud on a real port, and a hand on its switches."""

    def __init__(self, running: ReferenceCloud, folder: Path) -> None:
        self.running = running
        self.url = running.url
        self.secret_file = folder / f"{HUB}.token"
        self._session = aiohttp.ClientSession()

    async def close(self) -> None:
        await self._session.close()
        await self.running.stop()

    async def control(self, method: str, path: str, body: object = None) -> object:
        async with self._session.request(method, f"{self.url}/control/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def misbehave(self, name: str, value: str, path: str = "") -> None:
        await self.control("POST", "misbehave", {"name": name, "value": value, "path": path})

    async def well(self) -> None:
        """Ends all misbehaviour."""
        await self.control("DELETE", "misbehave")

    async def edit(self, module: str, put: object = (), delete: object = ()) -> None:
        await self.control("POST", f"modules/{module}", {"put": put, "delete": delete})


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[Vendor]:
    folder = tmp_path / "cloud"
    running = ReferenceCloud(Options(folder, hubs=(HUB,)))
    await running.start()
    found = Vendor(running, folder)
    yield found
    await found.close()


@pytest.fixture
async def client(vendor: Vendor) -> AsyncIterator[CloudClient]:
    made = CloudClient(vendor.url, HUB, vendor.secret_file, SOON)
    yield made
    await made.close()
