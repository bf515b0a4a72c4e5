"""Control totals find what the outbox took for SYNCED and the cloud has not, and push that again."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from hub.cloud.totals import ControlTotals
from hub.core.control_totals import Counted, Totals, missed
from hub.core.decision import DAY_KEY, BusinessDay
from hub.core.outbox import OrderSyncState, Reoffer, Settle, immutable_row, state_row
from tests.hub.cloud.conftest import Vendor
from tests.hub.cloud.reference.contract import named
from tests.hub.cloud.test_push import Site
from tests.hub.store.making import a_paper, changed_outbox, hold, pick_up, put
from tests.waiting import until

DAY = "2026-11-23"
HOUR_MS = 3_600_000


@pytest.fixture
async def site(vendor: Vendor) -> AsyncIterator[Site]:
    """Three orders and a payment of DAY, all at the cloud; the next day is open."""
    made = Site(vendor)
    await made.store.submit(*put(DAY_KEY, lambda _doc, now_ms: BusinessDay(1, "2026-11-24", now_ms)))
    await made.orders("o1", "o2", "open")
    await made.store.submit(*hold("o3", terminal="T2"))
    for name in ("o1", "o2", "o3"):
        await made.store.submit(*pick_up(name))
    await made.store.submit(*changed_outbox(a_paper("pay-1")))
    made.pusher.start()
    await made.all_synced()
    yield made
    await made.stop()


def forget(vendor: Vendor, *ids: str) -> None:
    """The cloud loses documents, as after a restore of its own."""
    db = sqlite3.connect(vendor.secret_file.parent / "cloud.sqlite3")
    with db:
        for one in ids:
            db.execute("DELETE FROM documents WHERE id=?", (one,))
    db.close()


async def test_nothing_differs_where_all_is_there(site: Site) -> None:
    found = await ControlTotals(site.pusher, site.store).compare(DAY)
    assert (found.same, found.reoffered, found.only_cloud) == (True, 0, 0)


async def test_what_the_cloud_lost_is_pushed_again(site: Site) -> None:
    await asyncio.to_thread(forget, site.vendor, "o2", "open", "pay-1")
    totals = ControlTotals(site.pusher, site.store)
    found = await totals.compare(DAY)
    assert (found.same, found.reoffered, found.only_cloud) == (False, 3, 0)
    await site.all_synced()
    assert sorted(await site.held()) == ["o1", "o2", "o3", "open", "pay-1"]
    assert (await totals.compare(DAY)).same


async def test_what_only_the_cloud_has_is_counted_and_nothing_is_pushed(site: Site) -> None:
    site.store._docs.pop("order/o3")
    site.store._docs.pop("order/o1")
    found = await ControlTotals(site.pusher, site.store).compare(DAY)
    assert (found.same, found.reoffered, found.only_cloud) == (False, 0, 2)


async def test_what_is_in_error_waits_for_a_person(site: Site) -> None:
    await site.vendor.misbehave("poison", "late")
    await site.orders("late")
    site.pusher.offered()
    await until(lambda: site.state("late") is OrderSyncState.ERROR)
    found = await ControlTotals(site.pusher, site.store).compare(DAY)
    assert (found.same, found.reoffered) == (False, 0)
    assert site.state("late") is OrderSyncState.ERROR


async def test_the_close_of_a_day_compares_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.cloud.totals.LOOK_EVERY_S", 0.005)
    totals = ControlTotals(site.pusher, site.store)
    totals.start()
    await asyncio.to_thread(forget, site.vendor, "o1")
    await site.store.submit(
        *put(DAY_KEY, lambda doc, now_ms: BusinessDay(doc.version + 1 if doc else 1, "2026-11-25", now_ms))
    )
    await asyncio.sleep(0.05)
    assert totals.last == {}, "the day's last documents are pushed first"
    site.later(HOUR_MS)
    await until(lambda: DAY in totals.last and "2026-11-24" in totals.last)
    assert totals.last[DAY].reoffered == 1
    await site.all_synced()
    totals.last.clear()
    site.later(23 * HOUR_MS)
    await asyncio.sleep(0.05)
    assert totals.last == {}
    site.later(2 * HOUR_MS)
    await until(lambda: "2026-11-24" in totals.last)
    assert totals.last[DAY].same, "compared again the next night"
    await totals.stop()


async def test_totals_wait_for_what_is_still_to_be_pushed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.cloud.totals.LOOK_EVERY_S", 0.005)
    await site.vendor.misbehave("unavailable", "-1", "/v1/documents")
    await site.orders("late")
    totals = ControlTotals(site.pusher, site.store)
    totals.start()
    site.later(24 * HOUR_MS)
    await asyncio.sleep(0.05)
    assert totals.last == {}
    site.later(7 * HOUR_MS)
    await until(lambda: DAY in totals.last)
    assert not totals.last[DAY].same
    await totals.stop()


def test_the_request_fits_the_contract_and_adds_up() -> None:
    totals = Totals(DAY)
    one = Counted("order", "o1", 3, "hash-o-1", "T1", 500, "SAR")
    totals.add(one)
    totals.add(replace(one, document_id="o2", amount_minor=-200))
    totals.add(replace(one, kind="payment", version=0))
    request = totals.request()
    named("TotalsRequest").validate(request)
    assert [(row["kind"], row["count"], row["amount_minor"]) for row in request["totals"]] == [
        ("order", 2, 300),
        ("payment", 1, 500),
    ]


def test_only_what_we_took_for_synced_is_offered_again() -> None:
    row = state_row("o1", 3, 5, 5, urgent=False)
    synced = replace(row, state=OrderSyncState.SYNCED)
    error = replace(row, state=OrderSyncState.ERROR)
    paper = replace(immutable_row("payment", "p", "h" * 8, 5, 5), state=OrderSyncState.SYNCED)
    order = Counted("order", "o1", 3, "hash-new", "T1", 500, "SAR")
    payment = Counted("payment", "p", 0, "h" * 8, "T1", 500, "SAR")
    again = (Reoffer("order/o1", 3),)
    assert missed([order], {}, {"order/o1": synced}) == again
    assert missed([order], {"order/o1": "hash-old"}, {"order/o1": synced}) == again
    assert missed([order], {"order/o1": "hash-new"}, {"order/o1": synced}) == ()
    for known in (row, error):
        assert missed([order], {}, {"order/o1": known}) == ()
    assert missed([order], {}, {}) == ()
    assert missed([payment], {}, {paper.key: paper}) == (Reoffer(paper.key, 1),)
    assert missed([payment], {paper.key: "h" * 8}, {paper.key: paper}) == ()
    assert Settle(paper.key, 1, OrderSyncState.SYNCED).key == payment.key
