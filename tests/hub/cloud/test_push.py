"""The pusher against the real reference cloud over a real port, with each of its ways to misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from heard.order import Order, OrderState, Totals
from hub.api import Asked
from hub.cloud import push
from hub.cloud.answer import CloudFailed
from hub.cloud.client import CloudClient
from hub.cloud.order_json import order_body
from hub.cloud.outgoing import Outgoing
from hub.cloud.push import Pusher
from hub.core.cloud_failure import Failure, FailureClass
from hub.core.outbox import OrderSyncState, Settle
from hub.core.push_plan import PAUSE_PROBE_MS, RETRY_CEILING_MS, SUSPECT_CEILING_MS, SWEEP_INTERVAL_MS
from hub.store.memory import MemoryStore
from tests.hub.cloud.conftest import HUB, SOON, Vendor
from tests.hub.store.making import a_paper, an_order, change, changed_outbox, hold, pick_up
from tests.waiting import until

START_MS = 1_795_000_000_000


class Site:
    """A store with a clock that the test turns, its pusher, and what the cloud holds."""

    def __init__(self, vendor: Vendor) -> None:
        self.vendor = vendor
        self.at_ms = START_MS
        self.store = MemoryStore(seed=3, now_ms=self.now_ms)
        self.client = CloudClient(vendor.url, HUB, vendor.secret_file, SOON)
        self.pusher = Pusher(self.client, self.store, self.now_ms, chance=lambda: 0.0)

    def now_ms(self) -> int:
        return self.at_ms

    def later(self, ms: int) -> None:
        """Turns the clock; the pusher looks at it when it is woken."""
        self.at_ms += ms
        self.pusher._wake.set()

    async def stop(self) -> None:
        await self.pusher.stop()
        await self.client.close()

    async def orders(self, *names: str) -> None:
        for name in names:
            self.at_ms += 10
            await self.store.submit(*hold(name, totals=Totals("SAR", total_minor=500)))

    def state(self, key: str) -> OrderSyncState:
        row = self.store.outbox.get(key if "/" in key else f"order/{key}")
        assert row is not None
        return row.state

    def pending(self) -> list[str]:
        return [row.key.removeprefix("order/") for row in self.store.outbox.live(0)]

    async def all_synced(self, turning_ms: int = 0) -> None:
        await self.pending_only(turning_ms=turning_ms)

    async def pending_only(self, *names: str, turning_ms: int = 0) -> None:
        """`turning_ms`: turns the clock at each look until it is so."""

        def there() -> bool:
            if self.pending() == list(names):
                return True
            if turning_ms:
                self.later(turning_ms)
            return False

        await until(there, why=lambda: f"{self.pending()} {self.pusher.record}")

    async def held(self) -> dict[str, int]:
        """What the cloud holds: id -> version."""
        found: Any = await self.vendor.control("GET", "documents")
        return {one["id"]: one["version"] for one in found["documents"]}


@pytest.fixture
async def site(vendor: Vendor) -> AsyncIterator[Site]:
    made = Site(vendor)
    yield made
    await made.stop()


async def test_what_stands_in_the_outbox_is_pushed_and_settled(site: Site) -> None:
    await site.orders("o1", "o2", "o3")
    await site.store.submit(*pick_up("o2"))
    await site.store.submit(*changed_outbox(a_paper("pay-1")))
    site.pusher.start()
    await site.all_synced()
    assert await site.held() == {"o1": 1, "o2": 2, "o3": 1, "pay-1": 0}
    assert site.pusher.record.pushed == 4
    answer = await site.client.get("documents/order/o2")
    assert answer.body["held"][0]["document"]["body"] == order_body(_order(site, "o2"))


async def test_the_sweeper_alone_delivers_everything(site: Site) -> None:
    site.pusher.start()
    await until(lambda: not site.pusher.plan._awake)
    await site.orders("o1")
    site.later(SWEEP_INTERVAL_MS - 1_000)
    await asyncio.sleep(0)
    assert site.pending() == ["o1"]
    site.later(1_000)
    await site.all_synced()


async def test_a_paid_order_goes_at_once(site: Site) -> None:
    site.pusher.start()
    await until(lambda: not site.pusher.plan._awake)
    await site.orders("o1")
    await site.store.submit(*change("o1", paid=True))
    await site.all_synced()
    assert await site.held() == {"o1": 2}


async def test_the_answer_is_lost_and_the_cloud_has_it_once(site: Site) -> None:
    await site.orders("o1", "o2")
    await site.vendor.misbehave("drop_answer", "1", "/v1/documents")
    site.pusher.start()
    await site.all_synced()
    found: Any = await site.vendor.control("GET", "documents")
    assert [(one["id"], one["version"]) for one in found["documents"]] == [("o1", 1), ("o2", 1)]
    assert [one["copies"] for one in found["documents"]] == [2, 1], "the first was offered twice"


async def test_an_order_that_changes_while_it_is_on_its_way_is_pushed_again(site: Site) -> None:
    await site.orders("o1")
    await site.vendor.misbehave("latency_ms", "150", "/v1/documents")
    site.pusher.start()
    await until(lambda: bool(site.pusher.plan.in_flight) and site.pusher.record.calls > 0)
    await site.store.submit(*change("o1", paid=True))
    await site.all_synced()
    assert await site.held() == {"o1": 2}


@pytest.mark.parametrize(
    ("fault", "value", "kind"),
    [
        ("internal", "2", FailureClass.TRANSIENT),
        ("unavailable", "2", FailureClass.TRANSIENT),
        ("truncate", "1", FailureClass.TRANSIENT),
        ("wrong_type", "2", FailureClass.TRANSIENT),
        ("drop_request", "2", FailureClass.TRANSIENT),
        ("throttle", "1:1", FailureClass.THROTTLED),
        ("expire_token", "1", FailureClass.UNAUTHORIZED),
    ],
)
async def test_after_a_bad_moment_everything_arrives_and_nothing_is_in_error(
    site: Site, fault: str, value: str, kind: FailureClass
) -> None:
    await site.orders(*(f"o{n}" for n in range(6)))
    await site.client.refresh()
    await site.vendor.misbehave(fault, value, "" if fault == "expire_token" else "/v1/documents")
    site.pusher.start()
    await until(lambda: site.pusher.record.failures.get(kind, 0) > 0)
    await site.all_synced(turning_ms=SUSPECT_CEILING_MS)
    assert site.store.outbox.count().errors == 0
    assert len(await site.held()) == 6
    assert site.pusher.record.failure is None


async def test_a_retry_after_is_obeyed(site: Site) -> None:
    await site.orders("o1")
    await site.vendor.misbehave("throttle", "1:30", "/v1/documents")
    site.pusher.start()
    await until(lambda: site.pusher.record.failure is not None)
    site.pusher.network_back()
    site.later(29_000)
    await asyncio.sleep(0.05)
    assert site.pending() == ["o1"]
    site.later(1_001)
    await site.all_synced()


async def test_a_poisoned_order_ends_in_error_alone_with_the_clouds_words(site: Site) -> None:
    names = [f"o{n}" for n in range(9)]
    await site.orders(*names)
    await site.vendor.misbehave("poison", "o4")
    site.pusher.start()
    await site.all_synced()
    (row,) = site.store.outbox.errors()
    assert (row.key, row.reason) == ("order/o4", "o4 is told to be refused here")
    assert sorted(await site.held()) == [name for name in names if name != "o4"]
    await site.vendor.well()
    await site.store.submit(*change("o4", table="9"))
    site.later(SWEEP_INTERVAL_MS)
    await site.all_synced()
    assert (await site.held())["o4"] == 2, "a new version deserves a new try"


async def test_what_an_ill_cloud_refused_alone_again_and_again_arrives_once_it_is_well(site: Site) -> None:
    class Ill(CloudClient):
        well = False

        async def post(self, path: str, body: object, *, bytes_max: int = 0) -> Any:
            if not self.well:
                raise CloudFailed(Failure(FailureClass.REFUSED, "422 for everybody"))
            return await super().post(path, body, bytes_max=bytes_max)

    await site.client.close()
    site.client = site.pusher.client = ill = Ill(site.vendor.url, HUB, site.vendor.secret_file, SOON)
    await site.orders("o1")
    site.pusher.start()

    def told() -> bool:
        site.later(SWEEP_INTERVAL_MS)
        return "again and again: 422 for everybody" in (site.pusher.plan.alarm or "")

    await until(told)
    assert site.pending() == ["o1"]
    ill.well = True
    await site.all_synced(turning_ms=SWEEP_INTERVAL_MS)
    assert await site.held() == {"o1": 1}
    assert site.store.outbox.count().errors == 0


async def test_a_batch_that_fails_whole_holds_up_only_its_suspect(site: Site) -> None:
    names = [f"o{n}" for n in range(9)]
    await site.orders(*names)
    await site.vendor.misbehave("poison_batch", "o4")
    site.pusher.start()
    await site.pending_only("o4", turning_ms=RETRY_CEILING_MS)
    assert site.store.outbox.count().errors == 0, "a 500 says nothing of a document"


async def test_403_pauses_with_an_alarm_until_the_probe(site: Site) -> None:
    await site.orders("o1")
    await site.vendor.misbehave("suspend", HUB)
    site.pusher.start()
    await until(lambda: "does not let this hub in" in (site.pusher.plan.alarm or ""))
    calls = site.pusher.record.calls
    site.later(PAUSE_PROBE_MS - 60_000)
    await asyncio.sleep(0.05)
    assert site.pusher.record.calls == calls
    await site.vendor.misbehave("resume", HUB)
    site.later(60_000)
    await site.all_synced()
    assert site.pusher.plan.alarm is None


async def test_a_document_that_the_contract_cannot_carry_spoils_no_batch(site: Site) -> None:
    await site.orders("o1", "o 2", "o3")
    site.pusher.start()
    await site.all_synced()
    (row,) = site.store.outbox.errors()
    assert "its id is 'o 2'" in row.reason
    assert sorted(await site.held()) == ["o1", "o3"]


async def test_the_cloud_is_ahead_and_both_become_a_new_version(site: Site, vendor: Vendor) -> None:
    """The hub was restored from a backup: the cloud has the same epoch's order at a higher version, paid."""
    paid = an_order("o1", version=5, paid=True, state=OrderState.PICKED_UP)
    other = MemoryStore(seed=3, now_ms=site.now_ms)
    await other.submit(*hold("o1"))
    for _ in range(4):
        await other.submit(*change("o1", paid=True, state=OrderState.PICKED_UP, lines=paid.lines))
    elsewhere = Pusher(site.client, other, site.now_ms, chance=lambda: 0.0)
    elsewhere.start()
    await until(lambda: other.outbox.count().pending == 0)
    await elsewhere.stop()
    assert await site.held() == {"o1": 5}

    seen: list[int] = []
    site.store.on_commit(lambda entries: seen.extend(one.order.version for one in entries if one.order))
    await site.orders("o1")
    site.pusher.start()
    await site.all_synced()
    merged = _order(site, "o1")
    assert (merged.version, merged.paid, merged.state) == (6, True, OrderState.PICKED_UP)
    assert merged.history[-1].verb == "merge_cloud"
    assert seen[-1] == 6, "the screens see it"
    assert await site.held() == {"o1": 6}
    assert site.pusher.record.merged == 1


async def test_an_order_that_the_cloud_has_merged_into_one_that_was_lost_is_open_until_that_comes_back(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """The hub was restored from a backup of before its target was held; then the till's journal brings it."""
    other = MemoryStore(seed=3, now_ms=site.now_ms)
    for name in ("o1", "o2"):
        await other.submit(*hold(name, lines=(replace(an_order(name).lines[0], line_id=f"{name}-l1"),)))
    o1, o2 = (doc for name in ("o1", "o2") if isinstance(doc := other.get(f"order/{name}"), Order))
    await other.submit(*change("o1", state=OrderState.MERGED, merged_into="o2", lines=()))
    await other.submit(*change("o2", lines=(*o2.lines, *o1.lines)))
    elsewhere = Pusher(site.client, other, site.now_ms, chance=lambda: 0.0)
    elsewhere.start()
    await until(lambda: other.outbox.count().pending == 0)
    await elsewhere.stop()

    await site.store.submit(*hold("o1", lines=o1.lines))
    site.pusher.start()
    await until(lambda: "it stays open here" in caplog.text)
    open_here = [(one.order_id, [line.line_id for line in one.lines]) for one in site.store.open_orders()]
    assert open_here == [("o1", ["o1-l1"])]
    await site.store.submit(*hold("o2", lines=o2.lines))
    site.later(SWEEP_INTERVAL_MS)
    await until(lambda: _order(site, "o1").state is OrderState.MERGED)
    open_here = [(one.order_id, [line.line_id for line in one.lines]) for one in site.store.open_orders()]
    assert open_here == [("o2", ["o2-l1", "o1-l1"])], "once, where the cloud has it"
    await site.all_synced()


async def test_orders_that_wait_for_lost_targets_are_bounded_and_each_waits_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "WITHOUT_TARGET_MAX", 2)
    for version in (2, 3):
        for n in range(4):
            if version == 2:
                await site.store.submit(*hold(f"o{n}"))
            theirs = an_order(
                f"o{n}", version=version, state=OrderState.MERGED, merged_into=f"lost{n}", lines=()
            )
            site.pusher._held[f"order/o{n}"] = {"body": order_body(theirs)}
            await site.pusher._ahead(f"order/o{n}")
    waiting = site.pusher._without_target
    assert {key: [one.version for one in orders.values()] for key, orders in waiting.items()} == {
        "order/lost0": [3],
        "order/lost1": [3],
    }
    assert len(site.store.open_orders()) == 4, "they stay open here, whoever is waited for"


async def test_two_stores_of_one_hub_are_an_alarm(site: Site) -> None:
    await site.orders("o1")
    site.pusher.start()
    await site.all_synced()
    await site.pusher.stop()
    older = MemoryStore(seed=4, now_ms=site.now_ms)
    newer = site.store.epoch
    older._epoch = type(newer)(newer.n, newer.random - 1)
    await older.submit(*hold("o1"))
    await older.submit(*change("o1", table="3"))
    pusher = Pusher(site.client, older, site.now_ms, chance=lambda: 0.0)
    pusher.start()
    await until(lambda: "two stores speak for one hub" in (pusher.plan.alarm or ""))
    await pusher.stop()
    assert older.outbox.count().pending == 1
    assert await site.held() == {"o1": 1}


async def test_live_sales_go_ahead_of_what_gathered(site: Site) -> None:
    await site.vendor.misbehave("unavailable", "-1", "/v1/documents")
    site.pusher.start()
    await site.orders(*(f"old{n}" for n in range(70)))
    site.pusher.offered()
    await until(lambda: site.pusher.record.failure is not None)
    await site.vendor.misbehave("latency_ms", "30", "/v1/documents")
    await site.vendor.control("DELETE", "misbehave?name=unavailable")
    site.later(RETRY_CEILING_MS)
    await until(lambda: site.pusher.record.pushed > 2)
    site.later(10)
    for n in range(5):
        await site.orders(f"new{n}")
        await site.store.submit(*change(f"new{n}", paid=True))
        await until(lambda n=n: site.state(f"new{n}") is OrderSyncState.SYNCED)  # type: ignore[misc]
    await site.all_synced()
    assert site.store.outbox.count().errors == 0


@pytest.mark.parametrize(
    ("mix_up", "words"),
    [
        (lambda body: body["results"][0].update(id="somebody"), "not about order o1"),
        (lambda body: body["epoch"].update(n=7), "about another epoch"),
    ],
)
async def test_an_answer_about_somebody_else_settles_nobody(
    site: Site, mix_up: Callable[[Any], None], words: str
) -> None:
    class Mixed(CloudClient):
        async def post(self, path: str, body: object, *, bytes_max: int = 0) -> Any:
            answer = await super().post(path, body, bytes_max=bytes_max)
            mix_up(answer.body)
            return answer

    await site.client.close()
    site.client = site.pusher.client = Mixed(site.vendor.url, HUB, site.vendor.secret_file, SOON)
    await site.orders("o1")
    site.pusher.start()
    await until(lambda: site.pusher.record.failure is not None)
    assert site.pusher.record.failure is not None
    assert words in site.pusher.record.failure.reason
    assert site.state("o1") is OrderSyncState.NOT_SYNCED


async def test_an_order_is_pushed_again_after_a_person_asks(site: Site) -> None:
    await site.orders("o1")
    await site.store.submit(*changed_outbox(Settle("order/o1", 1, OrderSyncState.ERROR, "no such tax")))
    site.pusher.start()
    await until(lambda: not site.pusher.plan._awake)
    outgoing = Outgoing(site.store, site.now_ms, lambda _text: None)
    outgoing.pusher = site.pusher
    listed = await outgoing.listed(Asked({"state": "errors"}))
    assert [(one["id"], one["reason"]) for one in listed["documents"]] == [("o1", "no such tax")]
    assert (await outgoing.retry(Asked({"id": "o1"})))["retried"] == ["order/o1"]
    await site.all_synced()
    assert await site.held() == {"o1": 1}


def _order(site: Site, name: str) -> Order:
    order = site.store.outbox.order(name)
    assert order is not None
    return order
