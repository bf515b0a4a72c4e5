"""Rows that cannot be used wait in quarantine, and too many of them stop their module."""

from __future__ import annotations

from typing import Any

import pytest

from hub.core.sync_steps import Step
from tests.hub.cloud.conftest import Vendor
from tests.hub.cloud.pulling import item, menu, site

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
