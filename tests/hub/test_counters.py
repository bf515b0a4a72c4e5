"""Fiscal numbers between a real till and a whole hub: recorded, reported, and what the cloud says reaches the till."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from heard.errors import UserError
from heard.numbering import FiscalPlan, NumbersExhausted
from heard.order import Text
from heard.pos import Terminal
from heard.stream import Live, Notice, NumberRange
from heard.wire import decode_batch
from hub.cloud.client import CloudClient
from hub.cloud.counting import Counting
from hub.cloud.reference.run import Options, ReferenceCloud
from hub.core.decision import Decision
from hub.core.outbox import OrderSyncState, Settle
from hub.core.papers import FISCAL_DOCUMENT
from hub.rpc import counters as counters_module
from hub.rpc.live import STAFF
from tests.hub.cloud.conftest import HUB, SOON
from tests.hub.rpc.serving import Client, serving
from tests.waiting import until

MACHINE = "pi-0001"


def has(till: Terminal, first: int) -> bool:
    """The till has the block that begins there."""
    return any(one.first == first for one in till.fiscal.book.segments)


@asynccontextmanager
async def a_till(
    journal: Path,
    hub: Client | None = None,
    device: str = "T1",
    plan: FiscalPlan | None = None,
    machine: str = MACHINE,
) -> AsyncIterator[Terminal]:
    address = hub.address.address if hub is not None else "127.0.0.1:1"
    async with Terminal(
        device=device, journal=journal, hub=address, fiscal=plan or FiscalPlan(), machine=machine
    ) as till:
        yield till


def segments(client: Client, device: str = "T1") -> list[tuple[str, int, bool]]:
    """Series, next and closed of each segment that the hub knows."""
    return [
        (one.series, one.next, one.closed)
        for book in client.hub.counters.books
        if book.device == device
        for one in book.counters
    ]


def papers(client: Client) -> list[str]:
    """The printed numbers of the fiscal documents at the hub, by the open business date."""
    outbox = client.hub.store.outbox
    found = [outbox.paper(key) for key in outbox.papers_of(client.hub.services.business_date())]
    return sorted(
        f"{one.fiscal.series}-{one.fiscal.number}"
        for one in found
        if one is not None and one.fiscal is not None
    )


def alarms(client: Client) -> list[Text]:
    """What all staff is told now of tills without numbers."""
    live = client.hub.services.live
    events = [event for piece in live.audience(STAFF).since(0) for event in decode_batch(piece)]
    values = [one.value for one in events if isinstance(one, Live) and "numbers-left" in one.key]
    return [one.text for one in values if isinstance(one, Notice)]


async def test_numbers_are_issued_without_a_hub_and_recorded_once_it_is_there(tmp_path: Path) -> None:
    journal = tmp_path / "t1.journal"
    async with a_till(journal) as till:
        many = await asyncio.gather(
            *(till.issue({"n": n}, amount_minor=100, currency="SAR") for n in range(5))
        )
        series = many[0].number.series
        assert [one.number.number for one in many] == [1, 2, 3, 4, 5]
        assert series.startswith("T1.")
        signed = await till.issue(
            {"total": "11.50"}, finish=lambda number, body: body | {"qr": f"QR {number.text}"}
        )
        assert signed.body == {"total": "11.50", "qr": f"QR {series}-000006"}
        with pytest.raises(ZeroDivisionError):
            await till.issue({}, finish=lambda _number, _body: {"x": 1 // 0})
        assert (await till.issue({})).number.number == 7, "what failed has left no gap"
    async with serving(tmp_path / "hub") as hub:
        async with a_till(journal, hub) as till:
            await until(lambda: till.waiting == 0 and till.link.live)
            assert papers(hub) == [f"{series}-{n}" for n in range(1, 8)]
            await till.issue({}, order_id="o1")
            await until(lambda: (series, 9, False) in segments(hub))
            await until(lambda: hub.hub.counters.books[0].counters[0].pending == 0)
        rows = [row.key for row in hub.hub.store.outbox.live(0)]
        assert len([key for key in rows if key.startswith(FISCAL_DOCUMENT)]) == 8
        (body,) = await until(lambda: [one for one in hub.hub.counters.reports() if one["pending"] == 8])
        assert (body["device"], body["next"], body["pending"], body["first"]) == ("T1", 9, 8, 1)
        assert "last" not in body


async def test_what_the_cloud_says_reaches_the_till(tmp_path: Path) -> None:
    async with serving(tmp_path / "hub") as hub, a_till(tmp_path / "t1.journal", hub) as till:
        await till.issue({})
        counters = hub.hub.counters
        (sent,) = await until(lambda: [one for one in counters.reports() if one["next"] == 2])
        ok = {
            "device": "T1",
            "incarnation": sent["incarnation"],
            "series": sent["series"],
            "advice": "OK",
            "findings": [],
        }
        await counters.took_reports([sent], [ok])
        await until(lambda: till.fiscal.book.segments[0].previous_nonce == sent["nonce"])
        assert counters.reports() == [] or counters.reports()[0]["previous_nonce"] == sent["nonce"]

        told: list[str] = []
        till.fiscal.on_told(told.append)
        wrong = ok | {
            "advice": "NEW_INCARNATION",
            "findings": [{"kind": "FORK", "detail": "two machines count"}],
        }
        await counters.took_advice([wrong])
        await until(lambda: told)
        assert told == ["the fiscal numbers begin anew: FORK: two machines count"]
        fresh = await till.issue({})
        assert (fresh.number.number, fresh.number.series == sent["series"]) == (1, False)
        await until(lambda: {one[2] for one in segments(hub)} == {True, False})
        assert not hub.hub.counters._wrong, "the old series is closed: nothing more to say"


async def test_what_the_cloud_misses_is_offered_again(tmp_path: Path) -> None:
    """Two invoices were confirmed as sent, and one of them is not at the cloud: its report says so, and it goes again."""
    cloud = ReferenceCloud(Options(tmp_path / "cloud", hubs=(HUB,)))
    await cloud.start()
    client = CloudClient(cloud.url, HUB, tmp_path / "cloud" / f"{HUB}.token", SOON)
    try:
        async with serving(tmp_path / "hub") as hub, a_till(tmp_path / "t1.journal", hub) as till:
            await till.issue({})
            await until(lambda: hub.hub.counters.reports() and not till.waiting)
            store = hub.hub.store
            (key,) = [row.key for row in store.outbox.live(0) if row.key.startswith(FISCAL_DOCUMENT)]
            settle = Decision(None, outbox=(Settle(key, 1, OrderSyncState.SYNCED),))
            await store.submit(frozenset(), lambda _docs, _now_ms: settle)
            await until(lambda: [one for one in hub.hub.counters.reports() if one["pending"] == 0])
            await Counting(client, hub.hub.counters).count()
            row = store.outbox.get(key)
            assert row is not None
            assert row.state is OrderSyncState.NOT_SYNCED
            assert hub.hub.counters.books[0].counters[0].advice == "REPUSH"
    finally:
        await client.close()
        await cloud.stop()


async def test_one_series_for_all_comes_in_blocks_and_without_one_the_kitchen_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counters_module, "EMPTY_MS", 0)
    plan = FiscalPlan("range", series="INV", block=2)
    async with serving(tmp_path / "hub") as hub:
        counters = hub.hub.counters
        asked: list[str] = []
        counters.on_wish(lambda: asked.append(counters.wishes()[0]["request_id"]))
        async with a_till(tmp_path / "t1.journal", hub, plan=plan) as till:
            with pytest.raises(NumbersExhausted):
                await till.issue({})
            (said,) = await until(lambda: alarms(hub))
            assert said["en"].startswith("T1 has no fiscal number left in series INV: it issues no invoice")
            assert "السلسلة" in said["ar"]
            for first in (11, 31):
                (wish,) = await until(counters.wishes)
                last = first + wish["size"] - 1
                block = NumberRange(wish["request_id"], wish["series"], wish["incarnation"], first, last)
                await counters.took_range("T1", block)
                await until(partial(has, till, first))
            await until(lambda: not alarms(hub))
            assert [(await till.issue({})).number.number for _ in range(4)] == [11, 12, 31, 32]
            with pytest.raises(NumbersExhausted):
                await till.issue({})
            assert (await until(counters.wishes))[0]["request_id"].endswith(".3")
            assert [one[-2:] for one in asked] == [".1", ".2", ".3"], "the cloud is asked at once, and once"
            await until(lambda: alarms(hub))
        await until(lambda: not alarms(hub), why=lambda: "a till that is off needs no number")


async def test_a_journal_from_an_older_copy_begins_anew_before_it_numbers(tmp_path: Path) -> None:
    journal, copy = tmp_path / "t1.journal", tmp_path / "copy"
    async with a_till(journal) as till:
        before = (await till.issue({})).number
    await asyncio.to_thread(lambda: copy.write_bytes(journal.read_bytes()))
    async with a_till(journal) as till:
        assert (await till.issue({})).number.number == 2
    await asyncio.to_thread(lambda: journal.write_bytes(copy.read_bytes()))
    async with a_till(journal) as till:
        fresh = (await till.issue({})).number
        assert (fresh.number, fresh.series == before.series) == (1, False)


async def test_a_card_in_another_machine_begins_anew(tmp_path: Path) -> None:
    journal = tmp_path / "t1.journal"
    async with a_till(journal) as till:
        before = (await till.issue({})).number
    async with a_till(journal, machine="pi-0002") as till:
        fresh = (await till.issue({})).number
        assert (fresh.number, fresh.series == before.series) == (1, False)
    async with a_till(journal, machine="pi-0002") as till:
        assert (await till.issue({})).number.number == 2


async def test_a_book_that_cannot_be_read_is_never_guessed(tmp_path: Path) -> None:
    journal = tmp_path / "t1.journal"
    async with a_till(journal) as till:
        till._journal.set_value("fiscal", "{")  # type: ignore[union-attr]
    with pytest.raises(UserError, match="no fiscal numbers"):
        async with a_till(journal):
            pass
