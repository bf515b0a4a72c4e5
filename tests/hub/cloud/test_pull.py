"""The puller against the real reference cloud over a real port, with each of its ways to misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub.cloud.catalogue import Catalogue
from hub.cloud.client import CloudClient
from hub.cloud.modules import MODULES
from hub.cloud.modules.item_definitions import ItemDefinition
from hub.cloud.page import Page
from hub.cloud.pull import Puller
from hub.cloud.settle import drop_generations
from hub.core.cloud_failure import FailureClass
from hub.core.sync_graph import PROFILES, profile_graph
from hub.core.sync_steps import Phase, Step, Trigger
from hub.store.lmdb_store import LmdbStore
from hub.store.memory import MemoryStore
from tests.hub.cloud.conftest import HUB, SOON, Vendor
from tests.hub.store.making import SMALL

WAIT_S = 20.0
OPTIONS = replace(SMALL, check_before=False)
WALL_MS = 1_795_000_000_000


def item(row_id: str, **fields: Any) -> dict[str, Any]:
    return {"id": row_id, "name": {"en": row_id.title()}, **fields}


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT_S):
        while not what():  # noqa: ASYNC110  # the condition has no event of its own
            await asyncio.sleep(0.005)


class Site:
    """A puller with its catalogue; `cycle` runs one and waits for its end."""

    def __init__(self, vendor: Vendor, store: LmdbStore | MemoryStore, profile: str) -> None:
        self.client = CloudClient(vendor.url, HUB, vendor.secret_file, SOON)
        self.catalogue = Catalogue(store.rows, profile_graph(profile))
        # No chance: retries follow at once.
        self.puller = Puller(self.client, self.catalogue, 3600, lambda: WALL_MS, chance=lambda: 0.0)

    async def start(self) -> None:
        await self.catalogue.load()
        self.puller.start()
        await self.ended(1)

    async def ended(self, cycles: int) -> None:
        await until(lambda: self.puller.record.cycles >= cycles and not self.puller._unsettled)

    async def cycle(self) -> None:
        cycles = self.puller.record.cycles
        self.puller.trigger(Trigger.BUTTON)
        await until(lambda: self.puller.record.cycles > cycles and not self.puller._unsettled)

    async def stop(self) -> None:
        await self.puller.stop()
        await self.client.close()

    def ids(self, module: str) -> list[str]:
        live = self.catalogue.states[module].live
        prefix = f"r/{module}/{live:08d}/"
        return [
            key.rpartition("/")[2] for key, _ in self.catalogue.rows.rows(prefix, prefix[:-1] + "0", 10_000)
        ]

    def step(self, module: str) -> Step:
        return self.puller.record.module(module).step

    def reason(self, module: str) -> str:
        return self.puller.record.module(module).failure


@asynccontextmanager
async def site(
    vendor: Vendor, store: MemoryStore | None = None, profile: str = "restaurant"
) -> AsyncIterator[Site]:
    found = Site(vendor, store or MemoryStore(), profile)
    await found.start()
    try:
        yield found
    finally:
        await found.stop()


async def menu(vendor: Vendor) -> None:
    """Two categories, three items, barcodes, prices, a station and its route."""
    await vendor.edit("categories", [item("rice"), item("drinks")])
    await vendor.edit("taxes", [item("vat", rate_ppm=150_000)])
    await vendor.edit(
        "item_definitions",
        [
            item("kabsa", category_id="rice", tax_id="vat", prep_time_s=900, allergens=["nuts"], course=2),
            item("mandi", category_id="rice"),
            item("water", category_id="drinks", no_kitchen=True),
        ],
    )
    await vendor.edit("item_barcodes", [{"id": f"60{n}", "item_id": "kabsa"} for n in range(3)])
    await vendor.edit("prices", [{"id": "p1", "item_id": "kabsa", "price_minor": 4500, "currency": "SAR"}])
    await vendor.edit("stations", [item("grill", role="prep")])
    await vendor.edit("routing", [{"id": "r1", "station_id": "grill", "category_id": "rice"}])


def test_the_graphs_of_the_profiles_are_what_the_rows_refer_to() -> None:
    for profile, modules in PROFILES.items():
        names = {one.name for one in modules}
        for one in modules:
            assert set(one.parents) == set(MODULES[one.name].refers.values()) & names, (profile, one.name)
    assert set(MODULES) == {one.name for modules in PROFILES.values() for one in modules}


async def test_a_first_sync_brings_typed_rows(vendor: Vendor) -> None:
    await menu(vendor)
    async with site(vendor) as here:
        kabsa = here.catalogue.get("item_definitions", "kabsa")
        assert kabsa == ItemDefinition("kabsa", {"en": "Kabsa"}, "rice", "vat", 900, 2, ("nuts",), False)
        assert [one.price_minor for one in here.catalogue.found("prices", "kabsa")] == [4500]
        assert here.ids("item_barcodes") == ["600", "601", "602"]
        assert {here.step(name) for name in here.catalogue.graph.order} == {Step.DONE}
        assert here.catalogue.states["item_definitions"].rows == 3
        assert here.puller.record.checked_wall_ms == WALL_MS


async def test_profiles_differ_in_their_modules_only(vendor: Vendor) -> None:
    await menu(vendor)
    async with site(vendor, profile="retail") as here:
        assert here.ids("item_barcodes") == ["600", "601", "602"]
        assert "stations" not in here.catalogue.states
        assert here.catalogue.get("stations", "grill") is None


async def test_only_changes_are_pulled_and_an_idle_check_is_small(vendor: Vendor) -> None:
    await menu(vendor)
    async with site(vendor) as here:
        await vendor.edit("item_definitions", [item("kabsa", category_id="rice")], ["mandi"])
        await here.cycle()
        assert here.catalogue.get("item_definitions", "kabsa").prep_time_s == 0
        assert here.ids("item_definitions") == ["kabsa", "water"]
        assert here.puller.record.module("item_definitions").rows_applied == 3 + 2
        assert here.puller.record.module("categories").rows_applied == 2
        await here.cycle()
        assert here.puller.record.module("item_definitions").rows_applied == 3 + 2


async def test_pages_are_cut_to_the_clouds_wish_and_followed(vendor: Vendor) -> None:
    await vendor.control("PUT", "policy", {"page_rows": 7, "max_sync_retry": 2, "poll_interval_s": 77})
    await vendor.edit("item_definitions", [item(f"i{n:03}") for n in range(40)])
    async with site(vendor) as here:
        assert len(here.ids("item_definitions")) == 40
        assert here.puller.plan.poll_interval_ms == 77_000
        assert here.puller.plan.max_sync_retry == 2


async def test_a_deleted_item_stays_while_a_barcode_refers_to_it_and_goes_after_it(vendor: Vendor) -> None:
    await menu(vendor)
    async with site(vendor) as here:
        await vendor.edit("item_definitions", delete=["kabsa"])
        await vendor.edit("prices", delete=["p1"])
        await vendor.edit("item_barcodes", delete=["600", "601"])
        await here.cycle()
        assert "kabsa" in here.ids("item_definitions"), "602 still refers to it"
        assert here.catalogue.tombstones["item_definitions"] == {"kabsa"}
        await vendor.edit("item_barcodes", delete=["602"])
        await here.cycle()
        assert here.ids("item_definitions") == ["mandi", "water"]
        assert here.catalogue.tombstones["item_definitions"] == set()
        assert here.catalogue.states["item_definitions"].rows == 2


async def test_a_whole_branch_deleted_at_once_is_gone_in_one_cycle(vendor: Vendor) -> None:
    await menu(vendor)
    async with site(vendor) as here:
        for module, ids in {
            "categories": ["rice"], "item_definitions": ["kabsa", "mandi"], "prices": ["p1"], "routing": ["r1"],
            "item_barcodes": ["600", "601", "602"],
        }.items():  # fmt: skip
            await vendor.edit(module, delete=ids)
        await here.cycle()
        assert here.ids("categories") == ["drinks"]
        assert here.ids("item_definitions") == ["water"]


async def test_a_row_that_comes_back_before_its_end_is_no_longer_about_to_go(vendor: Vendor) -> None:
    await menu(vendor)
    async with site(vendor) as here:
        await vendor.edit("item_definitions", delete=["kabsa"])
        await here.cycle()
        await vendor.edit("item_definitions", [item("kabsa")])
        await vendor.edit("item_barcodes", delete=["600", "601", "602"])
        await vendor.edit("prices", delete=["p1"])
        await here.cycle()
        assert "kabsa" in here.ids("item_definitions")


BAD = [
    ({"name": {}}, "name is no name"),
    ({"name": "Kabsa"}, "name is no name"),
    ({"name": {"en": " "}}, "name.en is empty"),
    ({"name": {"not a tag": "x"}}, "no language tag"),
    ({"name": {"en": "x"}, "prep_time_s": "900"}, "prep_time_s is no whole number"),
    ({"name": {"en": "x"}, "prep_time_s": -1}, "prep_time_s is -1"),
    ({"name": {"en": "x"}, "no_kitchen": 1}, "no_kitchen is neither"),
    ({"name": {"en": "x"}, "allergens": "nuts"}, "allergens is no list"),
    ({"name": {"en": "x"}, "category_id": "not there"}, "category_id is no id"),
    ({"name": {"en": "x"}, "category_id": "gone"}, "category_id is gone, which is not in categories"),
]


@pytest.mark.parametrize(("row", "reason"), BAD, ids=[reason for _, reason in BAD])
async def test_a_bad_row_is_held_back_with_its_reason_and_the_old_one_stays(
    vendor: Vendor, row: dict[str, Any], reason: str
) -> None:
    await menu(vendor)
    async with site(vendor) as here:
        await vendor.edit("item_definitions", [{"id": "kabsa", **row}, item("mandi", prep_time_s=60)])
        await here.cycle()
        held = here.catalogue.held("item_definitions", "kabsa")
        assert held is not None
        assert reason in held.reason
        assert here.catalogue.get("item_definitions", "kabsa").prep_time_s == 900
        assert here.catalogue.get("item_definitions", "mandi").prep_time_s == 60, "the rest goes on"
        assert here.step("item_definitions") is Step.DONE
        await vendor.edit("item_definitions", [item("kabsa", prep_time_s=30)])
        await here.cycle()
        assert here.catalogue.quarantined["item_definitions"] == set()
        assert here.catalogue.get("item_definitions", "kabsa").prep_time_s == 30


async def test_a_row_whose_parent_comes_later_leaves_quarantine_by_itself(vendor: Vendor) -> None:
    await menu(vendor)
    async with site(vendor) as here:
        await vendor.edit("item_barcodes", [{"id": "700", "item_id": "new"}])
        await here.cycle()
        assert here.catalogue.quarantined["item_barcodes"] == {"700"}
        await vendor.edit("item_definitions", [item("new")])
        await here.cycle()
        assert here.catalogue.quarantined["item_barcodes"] == set()
        assert here.catalogue.get("item_barcodes", "700").item_id == "new"
        assert here.catalogue.states["item_barcodes"].rows == 4


async def test_too_many_bad_rows_stop_the_module_where_it_is_and_its_children(vendor: Vendor) -> None:
    await menu(vendor)
    async with site(vendor) as here:
        before = here.catalogue.states["item_definitions"]
        rows = [item(f"i{n}") for n in range(30)] + [{"id": f"bad{n}"} for n in range(2)]
        await vendor.edit("item_definitions", rows)
        await vendor.edit("item_barcodes", [{"id": "800", "item_id": "i1"}])
        await vendor.edit("users", [item("u1", role="cook")])
        await here.cycle()
        assert here.step("item_definitions") is Step.FAILED
        assert "2 of 32 rows cannot be used" in here.reason("item_definitions")
        assert "bad0: name is no name" in here.reason("item_definitions")
        assert here.step("item_barcodes") is Step.BLOCKED
        assert here.ids("users") == ["u1"], "only descendants are blocked"
        assert here.catalogue.states["item_definitions"] == before, (
            "the cursor advanced over what was not applied"
        )
        assert here.ids("item_barcodes") == ["600", "601", "602"]
        await vendor.edit("item_definitions", [item("bad0")])
        await here.cycle()
        assert here.step("item_definitions") is Step.DONE, "one bad row of 32 is below the limit"
        assert here.catalogue.get("item_barcodes", "800") is not None


async def test_reset_fills_a_shadow_while_the_old_rows_serve(vendor: Vendor) -> None:
    await menu(vendor)
    await vendor.control("PUT", "policy", {"page_rows": 1})
    async with site(vendor) as here:
        await vendor.edit("item_definitions", delete=["mandi"])
        await vendor.misbehave("reset", "item_definitions")
        seen: list[list[str]] = []
        here.catalogue.on_change(lambda module: seen.append(here.ids("item_definitions")))
        await here.cycle()
        state = here.catalogue.states["item_definitions"]
        assert (state.live, state.shadow, state.rows) == (2, 0, 2)
        assert here.ids("item_definitions") == ["kabsa", "water"]
        assert all("kabsa" in ids and "water" in ids for ids in seen), "guests saw a half menu"
        generations = {
            key.split("/")[2]
            for key, _ in here.catalogue.rows.rows("r/item_definitions/", "r/item_definitions0", 99)
        }
        assert generations == {"00000002"}, "the old generation was not cleared away"


async def test_a_row_that_a_reset_does_not_bring_stays_while_it_is_referred_to(vendor: Vendor) -> None:
    await menu(vendor)
    async with site(vendor) as here:
        await vendor.edit("item_definitions", delete=["kabsa"])
        await vendor.misbehave("reset", "item_definitions")
        await here.cycle()
        assert here.ids("item_definitions") == ["kabsa", "mandi", "water"]
        await vendor.edit("item_barcodes", delete=["600", "601", "602"])
        await vendor.edit("prices", delete=["p1"])
        await here.cycle()
        assert here.ids("item_definitions") == ["mandi", "water"]


async def test_a_reset_that_is_cut_off_goes_on_where_it_was_and_survives_a_restart(vendor: Vendor) -> None:
    await menu(vendor)
    await vendor.control("PUT", "policy", {"page_rows": 1, "max_sync_retry": 0})
    store = MemoryStore()
    async with site(vendor, store) as here:
        await vendor.misbehave("reset", "item_definitions")
        applied = here.puller.record.module("item_definitions").rows_applied
        cut = asyncio.ensure_future(
            until(lambda: here.puller.record.module("item_definitions").rows_applied > applied)
        )
        here.puller.trigger(Trigger.BUTTON)
        await cut
        await vendor.misbehave("unavailable", "-1", "/v1/modules/item_definitions")
        await until(lambda: here.puller.plan.phase is Phase.IDLE)
        if here.catalogue.states["item_definitions"].shadow:
            assert here.ids("item_definitions") == ["kabsa", "mandi", "water"]
    await vendor.well()
    async with site(vendor, store) as again:
        assert again.catalogue.states["item_definitions"].shadow == 0
        assert again.catalogue.states["item_definitions"].live == 2
        assert again.ids("item_definitions") == ["kabsa", "mandi", "water"]


async def test_a_person_resets_one_module(vendor: Vendor) -> None:
    await menu(vendor)
    async with site(vendor) as here:
        cycles = here.puller.record.cycles
        here.puller.reset("prices")
        await here.ended(cycles + 1)
        assert here.catalogue.states["prices"].live == 2
        assert [one.price_minor for one in here.catalogue.found("prices", "kabsa")] == [4500]
        await drop_generations(here.catalogue)
        assert here.catalogue.rows.rows("x/prices/", "x/prices/00000002", 9) == []


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
