"""Two tills were set up from one card. Each believes that it is T1; nothing is lost, and no number is given twice for long."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from heard.order import Line, Order
from heard.pos import Terminal
from hub.cloud.client import CloudClient
from hub.cloud.counting import Counting
from hub.cloud.reference.run import Options, ReferenceCloud
from hub.core.verify import IssuedNumber, find_faults
from tests.hub.cloud.conftest import HUB, SOON
from tests.hub.rpc.serving import serving
from tests.hub.test_counters import a_till, papers, segments
from tests.waiting import until

ORDER = Order("", lines=(Line("", "kofta", {"en": "Kofta"}, category="grills"),))
UNKNOWN = ""
"""Both machines look alike: neither knows what it is."""


def is_told(till: Terminal) -> bool:
    """The hub has answered everything."""
    return not till.waiting and till.link.live


def has_news(till: Terminal, nonce: str, told: list[str]) -> bool:
    """The cloud's word has come."""
    return bool(told) or till.fiscal.book.segments[0].nonce != nonce


async def copy(source: Path, target: Path) -> None:
    await asyncio.to_thread(lambda: target.write_bytes(source.read_bytes()))


async def test_on_a_machine_that_can_tell_itself_the_clone_begins_anew_at_once(tmp_path: Path) -> None:
    first, clone = tmp_path / "t1.journal", tmp_path / "clone.journal"
    async with a_till(first) as till:
        series = (await till.issue({})).number.series
    await copy(first, clone)
    async with a_till(first, machine="pi-0001") as one, a_till(clone, machine="pi-0002") as two:
        numbers = [(await till.issue({})).number for till in (one, two)]
    assert (numbers[0].series, numbers[0].number) == (series, 2)
    assert numbers[1].series != series
    assert numbers[1].number == 1


async def test_where_nobody_can_tell_them_apart_the_hub_does_and_no_order_is_lost(tmp_path: Path) -> None:
    first, clone = tmp_path / "t1.journal", tmp_path / "clone.journal"
    async with serving(tmp_path / "hub") as hub:
        async with a_till(first, hub, machine=UNKNOWN) as till:
            series = (await till.issue({})).number.series
            await until(lambda: not till.waiting and till.link.live)
        await copy(first, clone)
        async with (
            a_till(first, machine=UNKNOWN) as one,
            a_till(clone, machine=UNKNOWN) as two,
        ):  # both without the hub
            held = [(await till.hold(ORDER)).order_id for till in (one, two)]
            issued = [(await till.issue({"till": n})).number for n, till in enumerate((one, two), start=1)]
            assert issued[0] == issued[1], "the harm is done: one number in two guests' hands"
        for journal in (first, clone):
            async with a_till(journal, hub, machine=UNKNOWN) as till:
                await until(partial(is_told, till))
                assert till.fiscal.book.usable
        open_ids = {order.order_id for order in hub.hub.store.open_orders()}
        assert open_ids == set(held), "both orders are in the kitchen"
        assert sorted(papers(hub)) == [f"{series}-1", f"{series}-2", f"{series}-2"], (
            "both invoices are recorded"
        )
        await until(lambda: (series, 3, True) in segments(hub))  # the clone counts elsewhere now
        outbox = hub.hub.store.outbox
        found = [outbox.paper(key) for key in outbox.papers_of(hub.hub.services.business_date())]
        numbers = [
            IssuedNumber(one.fiscal.series, one.fiscal.number, one.document_id, one.device)
            for one in found
            if one and one.fiscal
        ]
        assert [one["kind"] for one in find_faults(numbers)] == ["DUPLICATE"], (
            "and heard numbers verify says so"
        )


async def test_two_that_count_at_two_sites_of_one_cloud_are_found_by_their_reports(tmp_path: Path) -> None:
    first, clone = tmp_path / "t1.journal", tmp_path / "clone.journal"
    async with a_till(first, machine=UNKNOWN) as till:
        await till.issue({})
    await copy(first, clone)
    cloud = ReferenceCloud(Options(tmp_path / "cloud", hubs=(HUB,)))
    await cloud.start()
    client = CloudClient(cloud.url, HUB, tmp_path / "cloud" / f"{HUB}.token", SOON)
    try:
        told: list[str] = []
        for _ in range(2):
            for place, journal in enumerate((first, clone)):
                async with (
                    serving(tmp_path / f"hub-{place}") as hub,
                    a_till(journal, hub, machine=UNKNOWN) as till,
                ):
                    till.fiscal.on_told(told.append)
                    await till.issue({})
                    await until(partial(is_told, till))
                    await until(hub.hub.counters.reports)
                    nonce = till.fiscal.book.segments[0].nonce
                    await Counting(client, hub.hub.counters).count()
                    await until(partial(has_news, till, nonce, told))
            if told:
                break
        assert told, "the reports of one do not follow those of the other"
        assert "two machines count with this counter" in told[0] or "restored from a copy" in told[0]
    finally:
        await client.close()
        await cloud.stop()
