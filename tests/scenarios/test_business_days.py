"""A night's service past midnight, a tablet that comes back late, and a Pi whose clock says 1970."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from heard import cli
from heard.clock import SystemClock
from heard.command import Command, MarkPaid
from heard.order import Line, Order, TaxAmount, Totals
from heard.pos import Terminal
from heard.stream import Hello
from hub.core.papers import DAY_CLOSE
from tests.hub.day_time import Sky
from tests.hub.rpc.serving import Client, an_order
from tests.waiting import until

TOTALS = Totals("SAR", 10_000, 0, 1_304, 10_000, 0, (TaxAmount("VAT", 150_000, 8_696, 1_304),))
ORDER = Order("", lines=(Line("", "kofta", {"en": "Kofta"}, category="grills"),), totals=TOTALS)


async def look(client: Client) -> str:
    """What the hub's tick does; the business date after it."""
    client.hub.keeper.look_at_clock()
    await client.hub.days.look()
    return client.hub.services.business_date()


async def day(data: Path, *argv: str) -> int:
    return await asyncio.to_thread(cli.main, ["day", *argv, "--data", str(data)])


def a_till(client: Client | None, journal: Path, device: str = "T1") -> Terminal:
    address = client.address.address if client is not None else "127.0.0.1:1"
    return Terminal(device=device, journal=journal, hub=address, clock=SystemClock(), machine="")


async def test_past_midnight_it_stays_one_business_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Saturday night: an order at 23:50 and one at 01:30 are Saturday's; the manager closes at two, and Sunday begins."""
    sky = Sky.at("2026-11-21T23:50")
    async with sky.hub(tmp_path) as client:
        before = await client.hold(an_order("before", totals=TOTALS))
        sky.later(1.7)
        assert await look(client) == "2026-11-21"
        after = await client.hold(an_order("after", totals=TOTALS))
        assert (before.business_date, after.business_date) == ("2026-11-21", "2026-11-21")
        await client.execute(
            Command("before", MarkPaid(method="cash", amount_minor=4_000, partly=True), command_id="p1")
        )
        await client.execute(Command("before", MarkPaid(method="card"), command_id="p2"))

        sky.later(0.5)
        assert await day(tmp_path, "close") == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "Z REPORT 2026-11-21"
        assert lines[3] == "2026-11-21 is closed; what comes now is of 2026-11-22"
        assert "  cash (1)                         40.00 SAR" in lines
        assert "  card (1)                         60.00 SAR" in lines
        assert "TOTAL                             200.00 SAR" in lines
        assert "  VAT 15 %                         26.08 SAR" in lines
        assert "still open, carried over                   2" in lines
        assert "  #2, not paid" in lines

        sunday = await client.hold(an_order("sunday"))
        assert sunday.business_date == "2026-11-22"
        await client.execute(
            Command("after", MarkPaid(method="cash"), command_id="p3")
        )  # Saturday's order, Sunday's money
        paid = client.hub.store.open_orders()
        (one,) = [order for order in paid if order.order_id == "after"]
        assert (one.business_date, one.payments[0].business_date) == ("2026-11-21", "2026-11-22")

        assert await day(tmp_path, "report", "--json") == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["business_date"], found["orders"]["held"], found["how"]) == ("2026-11-21", 2, "closed")
        assert [one["taken_minor"] for one in found["tenders"]] == [6_000, 4_000], (
            "as it was made at the close"
        )
        (key,) = [key for key in client.hub.store.outbox.papers_of("2026-11-21") if key.startswith(DAY_CLOSE)]
        row = client.hub.store.outbox.get(key)
        assert row is not None
        assert row.urgent, "it wakes the pusher"
        assert await day(tmp_path, "report", "--date", "2026-11-22") == 1
        assert "2026-11-22 is still open" in capsys.readouterr().err


async def test_a_close_that_was_cut_off_makes_its_report_at_the_next_start(tmp_path: Path) -> None:
    sky = Sky.at("2026-11-21T23:50")
    async with sky.hub(tmp_path) as client:
        await client.hold(an_order("o1", totals=TOTALS))
        client.hub.days._report_all = nothing  # type: ignore[method-assign]
        assert await day(tmp_path, "close") == 0
        assert [one.date for one in client.hub.days.day.unreported] == ["2026-11-21"]  # type: ignore[union-attr]
    async with sky.hub(tmp_path) as client:
        await look(client)
        assert client.hub.days.day.unreported == ()  # type: ignore[union-attr]
        found = client.hub.days._reported("2026-11-21")
        assert found is not None
        assert found["sales"][0]["total_minor"] == 10_000


async def nothing() -> None:
    """The power goes."""


async def test_the_day_is_closed_while_a_tablet_holds_two_paid_orders(tmp_path: Path) -> None:
    """It was in the garden without the network; its orders and its money are of the day on which it took them."""
    journal = tmp_path / "t9.journal"
    sky = Sky.at("2026-11-21T23:00")
    async with sky.hub(tmp_path / "hub") as client:
        async with a_till(client, journal, "T9") as tablet:
            await until(lambda: tablet.link.live)
        async with a_till(None, journal, "T9") as tablet:  # out of reach
            tablet._dating.date = of_saturday  # type: ignore[assignment]  # its own clock is the real one
            held = [(await tablet.hold(ORDER)).order_id for _ in range(2)]
            for order_id in held:
                await tablet.pay(order_id, method="cash")
        assert await day(tmp_path / "hub", "close") == 0
        assert client.hub.services.business_date() == "2026-11-22"
        async with a_till(client, journal, "T9") as tablet:
            await until(lambda: tablet.link.live and not tablet.waiting)
        orders = [order for order in client.hub.store.open_orders() if order.order_id in held]
        assert {order.business_date for order in orders} == {"2026-11-21"}
        assert {one.business_date for order in orders for one in order.payments} == {"2026-11-21"}
        assert all(order.paid for order in orders)
        assert (await client.hold(an_order("now"))).business_date == "2026-11-22"


async def of_saturday(*_: object) -> str:
    """What the tablet was told last."""
    return "2026-11-21"


async def test_a_pi_boots_in_1970(tmp_path: Path) -> None:
    """No battery, no network: the kitchen works at once, ages go on with "≥", and no day rolls until somebody knows the time."""
    sky = Sky.at("2026-11-21T20:00")
    async with sky.hub(tmp_path) as client:
        await client.hold(an_order("evening"))
        reached_ms = client.hub.store.now_ms()
    sky.clock_says("1970-01-01T03:00")
    sky.monotonic_s = 20.0
    async with sky.hub(tmp_path) as client:
        hello = await client.screen().until(Hello)
        assert hello.clock_suspect
        assert hello.gap_at_ms >= reached_ms, (
            "who knows how long it was off: ages of before are at least what they seem"
        )
        assert hello.hub_time_ms >= reached_ms, "ages do not jump back"
        assert hello.business_date == "2026-11-21"
        taken = await client.hold(an_order("in-the-dark"))
        assert taken.business_date == "2026-11-21"
        sky.later(14)
        assert await look(client) == "2026-11-21", "no day rolls under a clock that cannot be right"
        assert await day(tmp_path, "close") == 1
        assert await day(tmp_path, "confirm-clock") == 1, "1970 is not to be confirmed"

        sky.clock_says("2026-11-22T10:00")
        assert await look(client) == "2026-11-21"
        sky.in_step = True  # the Internet is back, and NTP with it
        assert await look(client) == "2026-11-22"
        assert client.hub.services.bookmark(0, 0).gap_at_ms == hello.gap_at_ms, "the old ages stay in doubt"


async def test_a_new_hub_that_boots_in_1970_begins_with_its_build_and_rolls_once_it_knows(
    tmp_path: Path,
) -> None:
    sky = Sky.at("1970-01-01T03:00")
    async with sky.hub(tmp_path) as client:
        first = await client.hold(an_order("first"))
        assert (
            first.business_date == "2025-05-31"
        )  # 2025-06-01, 00:00 UTC, is 03:00 there: before the cut-off
        sky.clock_says("2026-11-22T10:00")
        sky.in_step = True
        sky.later(0.6)
        assert await look(client) == "2026-11-22"


@pytest.mark.parametrize(
    ("zone", "evening", "early", "morning"),
    [
        (
            "Europe/Berlin",
            "2026-03-28T22:00",
            "2026-03-29T03:30",
            "2026-03-29T04:00",
        ),  # an hour less that night
        ("Europe/Berlin", "2026-10-24T22:00", "2026-10-25T03:59", "2026-10-25T04:00"),  # an hour more
        (
            "Australia/Lord_Howe",
            "2026-04-04T22:00",
            "2026-04-05T03:59",
            "2026-04-05T04:00",
        ),  # half an hour more
        ("Asia/Kathmandu", "2026-11-21T22:00", "2026-11-22T03:59", "2026-11-22T04:00"),  # 5:45 from UTC
    ],
)
async def test_the_cut_off_is_by_the_sites_own_clock(
    tmp_path: Path, zone: str, evening: str, early: str, morning: str
) -> None:
    sky = Sky.at(evening, zone)
    async with sky.hub(tmp_path) as client:
        began = client.hub.services.business_date()
        for at, rolled in ((early, False), (morning, True)):
            sky.later((Sky.at(at, zone).reads_ms - sky.reads_ms) / 3_600_000)
            date = await look(client)
            assert (date > began) is rolled, (at, date)
        assert date == morning[:10]
