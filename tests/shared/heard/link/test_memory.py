"""What a device remembers over a restart: ages go on from the hub's mark, and a wrong wall clock does no harm."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from heard.link import Applied, Finder, JournalFile, Link
from heard.link.memory import OFF_MS_MAX, Memory
from heard.order import Order
from heard.revision import Epoch
from heard.stream import Hello, SiteProfile, StationProfile
from tests.fakes.clock import ManualClock
from tests.fakes.hub import GRILL

HUB_MS = 90_000_000
PROFILE = SiteProfile("Corner Grill", (StationProfile("grill", {"en": "Grill"}, ages={}),), ("en", "ar"))


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[JournalFile]:
    """As an earlier run left it when the wall clock stood at the manual clock's start."""
    path = tmp_path / "journal"
    first = await JournalFile.open(path, device="d1")
    memory = Memory(first)
    memory.greeted("10.0.0.5:7420", Hello("hub-1", Epoch(1, 1), 7, 0, HUB_MS, "2026-11-23", profile=PROFILE))
    applied = Applied((Order("o1", version=1),), reset=True, rev=7)
    memory.applied(applied, GRILL.name, Epoch(1, 1), 7, HUB_MS, ManualClock().wall_ms())
    await first.close()
    again = await JournalFile.open(path, device="d1")
    yield again
    await again.close()


async def test_the_site_is_known_without_a_hub(journal: JournalFile) -> None:
    memory = Memory(journal)
    assert (memory.address, memory.hub_id, memory.business_date) == ("10.0.0.5:7420", "hub-1", "2026-11-23")
    assert memory.profile == PROFILE


@pytest.mark.parametrize(
    ("off_ms", "hub_now_ms"),
    [
        (0, HUB_MS),
        (60_000, HUB_MS + 60_000),
        (-1, HUB_MS),
        (OFF_MS_MAX, HUB_MS + OFF_MS_MAX),
        (OFF_MS_MAX + 1, HUB_MS),
    ],
    ids=["at once", "a minute", "clock went back", "a week", "a clock that cannot be right"],
)
async def test_ages_go_on_from_the_mark(journal: JournalFile, off_ms: int, hub_now_ms: int) -> None:
    clock = ManualClock()
    clock.set_wall(clock.wall_ms() + off_ms)
    link = Link(device="d1", view=GRILL, finder=Finder(mdns=False), journal=journal, clock=clock)
    assert link.hub_now_ms() == 0, "nothing is known before the start"
    await link.start()
    try:
        assert link.hub_now_ms() == hub_now_ms
        assert not link.hub_now_sure
        assert set(link.documents) == {"o1"}
    finally:
        await link.close()


async def test_remembered_settings_that_cannot_be_read_are_no_obstacle(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "broken"
    first = await JournalFile.open(path, device="d1")
    first.set_value("profile", "not base64!")
    first.set_value("hub_time", "x y")
    await first.close()
    again = await JournalFile.open(path, device="d1")
    try:
        memory = Memory(again)
        assert memory.profile == SiteProfile()
        assert memory.hub_now_ms(1) == 0
        assert "cannot be read" in caplog.text
    finally:
        await again.close()
