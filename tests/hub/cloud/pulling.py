"""A site that pulls from the reference cloud, and what tests put into that cloud."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from hub.cloud.catalogue import Catalogue
from hub.cloud.client import CloudClient
from hub.cloud.pull import Puller
from hub.core.sync_graph import profile_graph
from hub.core.sync_steps import Step, Trigger
from hub.store.lmdb_store import LmdbStore
from hub.store.memory import MemoryStore
from tests.hub.cloud.conftest import HUB, SOON, Vendor
from tests.hub.store.making import SMALL
from tests.waiting import until

WAIT_S = 20.0


OPTIONS = replace(SMALL, check_before=False)


WALL_MS = 1_795_000_000_000


def item(row_id: str, **fields: Any) -> dict[str, Any]:
    return {"id": row_id, "name": {"en": row_id.title()}, **fields}


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
