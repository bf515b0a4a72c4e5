"""The puller against the real reference cloud over a real port: what changed, what was deleted, and a reset."""

from __future__ import annotations

import asyncio

from hub.cloud.modules import MODULES
from hub.cloud.modules.item_definitions import ItemDefinition
from hub.cloud.settle import drop_generations
from hub.core.sync_graph import PROFILES
from hub.core.sync_steps import Phase, Step, Trigger
from hub.store.memory import MemoryStore
from tests.hub.cloud.conftest import Vendor
from tests.hub.cloud.pulling import WALL_MS, item, menu, site
from tests.waiting import until


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
