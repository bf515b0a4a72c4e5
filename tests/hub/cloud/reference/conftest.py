"""A reference cloud in this process, and a client whose every call is held against the contract."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.cloud.reference.run import Options, ReferenceCloud
from tests.hub.cloud.reference.contract import Api


class Wall:
    """A wall clock that a test sets."""

    def __init__(self) -> None:
        self.now_ms = 1_770_000_000_000

    def monotonic(self) -> float:
        return self.now_ms / 1000

    def wall_ms(self) -> int:
        return self.now_ms


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
async def cloud(tmp_path: Path, wall: Wall) -> AsyncIterator[ReferenceCloud]:
    running = ReferenceCloud(Options(tmp_path / "cloud", hubs=("shop-1", "shop-2")), wall)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def api(cloud: ReferenceCloud) -> AsyncIterator[Api]:
    client = Api(cloud.url, "shop-1", cloud.refresh_tokens["shop-1"])
    assert (await client.refresh()).status == 200
    yield client
    await client.close()
