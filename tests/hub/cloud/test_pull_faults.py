"""Pulling from a cloud that misbehaves, stays away, or is cut off at any moment: nothing is lost, nothing dangles."""

from __future__ import annotations

import asyncio
import contextlib
import random
from pathlib import Path

import pytest

from hub.cloud.page import Page
from hub.core.cloud_failure import FailureClass
from hub.core.sync_steps import Phase, Step, Trigger
from hub.store.lmdb_store import LmdbStore
from hub.store.memory import MemoryStore
from tests.hub.cloud.conftest import HUB, Vendor
from tests.hub.cloud.pulling import OPTIONS, WAIT_S, Site, item, menu, site
from tests.waiting import until

MISBEHAVIOUR = [
    ("latency_ms", "30"),
    ("throttle", "2:1"),
    ("unavailable", "2"),
    ("internal", "2"),
    ("drop_request", "3"),
    ("drop_answer", "3"),
    ("truncate", "2"),
    ("wrong_type", "2"),
    ("slow_drip", "2:50"),
    ("expire_token", "1"),
]


@pytest.mark.parametrize(("name", "value"), MISBEHAVIOUR, ids=[name for name, _ in MISBEHAVIOUR])
async def test_after_whatever_fault_one_cycle_has_everything(
    vendor: Vendor, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with site(vendor) as here:
        await menu(vendor)
        await vendor.misbehave(name, value, "" if name == "expire_token" else "/v1/modules/item_definitions")
        await here.cycle()
        assert here.ids("item_definitions") == ["kabsa", "mandi", "water"]
        assert here.ids("item_barcodes") == ["600", "601", "602"]


async def test_a_cloud_that_stays_away_costs_retries_and_the_rows_serve_on(vendor: Vendor) -> None:
    await menu(vendor)
    async with site(vendor) as here:
        await vendor.edit("prices", [{"id": "p2", "item_id": "kabsa", "price_minor": 1, "currency": "SAR"}])
        await vendor.misbehave("internal", "-1", "/v1/modules/prices")
        await here.cycle()
        assert here.step("prices") is Step.FAILED
        assert here.puller.record.failures[FailureClass.TRANSIENT] == 1 + here.puller.plan.max_sync_retry
        assert [one.price_minor for one in here.catalogue.found("prices", "kabsa")] == [4500]


async def test_403_pauses_and_a_person_wakes_it(vendor: Vendor) -> None:
    async with site(vendor) as here:
        await vendor.misbehave("suspend", HUB)
        await here.cycle()
        assert here.puller.plan.phase is Phase.PAUSED
        assert here.puller.record.paused
        await vendor.misbehave("resume", HUB)
        await here.cycle()
        assert here.puller.record.failure is None


async def test_a_missing_secret_pauses_until_it_is_there(vendor: Vendor, tmp_path: Path) -> None:
    secret = await asyncio.to_thread(vendor.secret_file.read_text)
    await asyncio.to_thread(vendor.secret_file.unlink)
    async with site(vendor) as here:
        assert here.puller.plan.phase is Phase.PAUSED
        assert here.puller.record.failure is not None
        assert "secret file" in here.puller.record.failure.reason
        await asyncio.to_thread(vendor.secret_file.write_text, secret)
        await here.cycle()
        assert here.puller.record.failure is None


async def test_a_cloud_hint_begins_a_cycle_and_an_old_one_does_not(vendor: Vendor) -> None:
    async with site(vendor) as here:
        await menu(vendor)
        here.puller.hint(0)
        assert here.puller.plan.phase is Phase.IDLE
        cycles = here.puller.record.cycles
        here.puller.hint(1)
        await here.ended(cycles + 1)
        assert here.ids("item_definitions") == ["kabsa", "mandi", "water"]
        assert here.puller.record.trigger == Trigger.CLOUD_HINT.value


async def test_the_network_back_begins_a_cycle(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.cloud.pull.PROBE_EVERY_S", 0.02)
    await menu(vendor)
    found = Site(vendor, MemoryStore(), "restaurant")
    found.client._base = "http://127.0.0.1:1/v1/"
    found.client._host = ("127.0.0.1", 1)
    await found.start()
    assert found.puller.record.failure is not None
    assert found.puller.record.failure.kind is FailureClass.NOT_REACHED
    found.client._base = f"{vendor.url}/v1/"
    found.client._host = ("127.0.0.1", int(vendor.url.rpartition(":")[2]))
    await until(lambda: found.puller.record.failure is None)
    assert found.puller.record.trigger == Trigger.NETWORK_BACK.value
    await until(lambda: found.ids("item_definitions") == ["kabsa", "mandi", "water"])
    await found.stop()


async def test_a_mistake_of_ours_is_said_and_pulling_begins_anew(
    vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.cloud.pull.MISTAKE_S", 0.02)
    async with site(vendor) as here:
        await menu(vendor)
        plan = here.puller.plan

        def broken(*_: object) -> list[object]:
            raise AssertionError("planted")

        monkeypatch.setattr(plan, "actions", broken)
        here.puller.trigger(Trigger.BUTTON)
        await until(lambda: here.puller.record.failure is not None)
        assert "planted" in str(here.puller.record.failure)
        await until(lambda: here.ids("item_barcodes") == ["600", "601", "602"])
        await until(lambda: here.puller.record.failure is None)


async def test_a_cloud_whose_cursor_stands_still_stops_its_module(
    vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "hub.cloud.pull.read_page", lambda module, body: Page(module, {"x": None}, body["cursor"], True)
    )
    async with site(vendor) as here:
        assert "come again and again" in here.reason("users")


async def test_a_module_larger_than_any_site_needs_stops(
    vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await menu(vendor)
    monkeypatch.setattr("hub.cloud.apply.ROWS_MAX", 2)
    async with site(vendor) as here:
        assert "item_definitions has more than 2 rows" in here.reason("item_definitions")
        assert here.ids("item_definitions") == []
        assert here.ids("categories") == ["drinks", "rice"]


@pytest.mark.parametrize("seed", range(3))
async def test_stops_at_any_moment_lose_nothing_and_leave_nothing_dangling(
    vendor: Vendor, tmp_path: Path, seed: int
) -> None:
    """The real store, stopped in the middle of pages, slices and resets: what is on disk fits together each time."""
    chance = random.Random(seed)
    await vendor.control("PUT", "policy", {"page_rows": 40})
    await vendor.edit("categories", [item(f"c{n}") for n in range(10)])
    await vendor.edit("item_definitions", [item(f"i{n}", category_id=f"c{n % 10}") for n in range(120)])
    await vendor.edit("item_barcodes", [{"id": f"b{n}", "item_id": f"i{n % 120}"} for n in range(200)])
    cut = 0
    for turn in range(12):
        store = await LmdbStore.open(tmp_path / "hub", OPTIONS)
        here = Site(vendor, store, "restaurant")
        here.catalogue.slices.keys_max = 12
        await here.catalogue.load()
        nothing_dangles(here)  # as the turn before left it on disk
        here.puller.start()
        left = chance.randrange(2, 40)
        if turn < 11:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WAIT_S):
                    while left and here.puller.record.cycles == 0:
                        left -= 1
                        await asyncio.sleep(0.003)
            cut += here.puller.record.cycles == 0
        else:
            await here.ended(1)
            nothing_dangles(here)
        await here.stop()
        ids, codes = here.ids("item_definitions"), here.ids("item_barcodes")
        await store.close()
        if turn == 5:
            await vendor.misbehave("reset", "item_definitions")
            await vendor.edit("item_definitions", delete=[f"i{n}" for n in range(30)])
            await vendor.edit("item_barcodes", delete=[f"b{n}" for n in range(200) if n % 120 < 30])
    assert cut, "no turn was cut off in the middle"
    assert sorted(ids) == sorted(f"i{n}" for n in range(30, 120))
    assert len(codes) == 200 - 60


def nothing_dangles(here: Site) -> None:
    """What a commit left on disk: every reference is there, and the number of rows is true."""
    items = set(here.ids("item_definitions"))
    assert {here.catalogue.get("item_barcodes", one).item_id for one in here.ids("item_barcodes")} <= items
    assert {here.catalogue.get("item_definitions", one).category_id for one in items} <= set(
        here.ids("categories")
    )
    for module, state in here.catalogue.states.items():
        assert state.rows == len(here.ids(module)), module
