"""A kitchen printer in the restaurant's words, on a socket. Numbers are KITCHEN's complaints about others."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from heard.command import ChangeLine, Merge, PrintTicket, Split
from heard.order import Line, LineState, Modifier, ModifierKind, Order, OrderState
from heard.stream import HeardState, HeardValue, Notice, View, ViewKind
from hub.config import Station
from hub.core.on_paper import ticket_slips, wanted_rows
from hub.core.routing import Rule
from hub.core.slip_rows import Style
from hub.printer import jobs, port
from hub.printer.render import picture
from tests.fakes.printer import PAPER_FINE, PAPER_OUT, FakePrinter, same_slip
from tests.hub.day_time import Sky
from tests.hub.rpc.serving import Client, Watch, an_order, serving
from tests.hub.test_floor import say, the
from tests.hub.test_paper import a_bar
from tests.hub.test_settings import of_file, put
from tests.waiting import until

LAST_ORDERS = 8


async def test_16_a_printer_that_was_off_all_night_prints_nothing_of_it_in_the_morning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody pulled its plug before the last eight orders. The tills were told; in the morning the first slip is the first order's."""
    monkeypatch.setattr(jobs, "AGAIN_FIRST_S", 0.01)
    monkeypatch.setattr(jobs, "AGAIN_MAX_S", 0.02)
    sky = Sky.at("2026-11-23T23:30", in_step=True)
    printer = FakePrinter()
    async with printer:
        settings = a_bar(printer)
    async with sky.hub(tmp_path, **settings) as client:
        till = client.watch(View(ViewKind.TERMINAL, terminal="T1"), "till")
        for n in range(LAST_ORDERS):
            await client.hold(an_order(f"night-{n}", "drinks"))
        sky.later(9)
        assert (await told(till, "and 5 more")).startswith(
            "Bar Printer did not print #1, #2, #3 and 5 more. Tell the kitchen"
        )
        async with printer:
            await client.hold(an_order("morning", "drinks"))
            await until(lambda: the(client, "morning").state is OrderState.READY)
            assert len(printer.slips) == 1
        assert the(client, "night-0").state is OrderState.HELD, "it stays open, for a person to decide"


async def test_4_the_paper_at_the_bar_says_that_its_drinks_are_on_another_number_now(
    tmp_path: Path, quick: None
) -> None:
    """Table 12's drinks are out. A guest pays apart, sits down with table 7; then its tea comes on a slip of no new work."""
    tea, cola = drink("tea", "شاي"), drink("cola", "كولا")
    async with FakePrinter() as printer, serving(tmp_path, **a_bar(printer)) as client:
        seen: list[Order] = []
        client.hub.store.on_commit(lambda entries: seen.extend(one.order for one in entries if one.order))
        till = client.watch(View(ViewKind.TERMINAL, terminal="T1"), "till")

        async def told_printed(order_id: str) -> None:
            here = (order_id, "bar")
            said = await till.site(
                HeardValue,
                lambda one: (one.order_id, one.station) == here and one.state is not HeardState.PENDING,
            )
            assert said.state is HeardState.PRINTED

        for order_id, number, lines in (("o12", "42", (tea, cola)), ("o7", "60", (drink("lime", "ليمون"),))):
            await client.hold(an_order(order_id, lines=lines, call_number=number))
            await told_printed(order_id)
        assert len(printer.slips) == 2

        await say(client, Split("o57", ("tea",), "57"), "till", "o12")
        await told_printed("o57")
        assert said_on(client, printer, seen, "o57") == ["#57", "WAS #42", "DO NOT MAKE AGAIN", "1 Tea"]
        printer.paper = PAPER_OUT
        await say(client, Merge("o7"), "till", "o57")
        await until(lambda: client.hub.paper.counts()["bar"].why != "")
        printer.paper = PAPER_FINE
        await until(lambda: len(printer.slips) == 4)
        assert said_on(client, printer, seen, "o7") == ["#60", "WAS #57", "DO NOT MAKE AGAIN", "1 Tea"]
        await until(lambda: the(client, "o7").slips == ())

        for order_id, said in (
            ("o12", ["#42", "COPY", "1 Cola"]),
            ("o7", ["#60", "COPY", "1 Lime", "1 Tea"]),
        ):
            await say(client, PrintTicket("bar"), "s-pass", order_id)
            await until(lambda order_id=order_id: the(client, order_id).history[-1].verb == "slip")  # type: ignore[misc]
            assert said_on(client, printer, seen, order_id) == said
        assert len(printer.slips) == 6, "each was made once, and a bill that is split changes no paper"

        printer.paper = PAPER_OUT
        await say(client, Split("o58", ("lime",), "58"), "till", "o7")
        await until(lambda: client.hub.paper.counts()["bar"].why != "")
        ice = Modifier("ice", {"en": "no ice", "ar": "بدون ثلج"}, ModifierKind.REMOVE)
        await say(client, ChangeLine("lime", modifiers=(ice,)), "till", "o58")
        tries = printer.connections
        # The first try may be of a slip that was drawn before.
        await until(lambda: printer.connections >= tries + 2)
        printer.paper = PAPER_FINE
        await until(lambda: the(client, "o58").state is OrderState.READY)
        assert the(client, "o58").slips == ()
        assert client.hub.paper.counts()["bar"].waiting == 0
        assert len(printer.slips) == 7, "one slip says what to make, and none not to"


def drink(name: str, arabic: str) -> Line:
    return Line(name, name, {"en": name.title(), "ar": arabic}, category="drinks")


def said_on(client: Client, printer: FakePrinter, seen: list[Order], order_id: str) -> list[str]:
    """What a cook reads on the newest slip, in English: it is to the dot the one that this order asked for last."""
    (bar,) = client.hub.config.printers
    paper, site = bar.profile(client.hub.config.languages), client.hub.site
    order = next(one for one in reversed(seen) if one.order_id == order_id and one.slips)
    wish = order.slips[-1]
    rows = wanted_rows(order, wish, paper, site, copy=wish.copy, may_be_printed=False)
    assert same_slip(printer.slips[-1], picture(rows))
    big = (Style.TITLE, Style.WORD, Style.ITEM)
    return [
        f"{one.start} {one.texts[0]}".strip()
        for one in rows
        if one.style in big
        if one.texts[0] != "TAKEAWAY"
    ]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "AGAIN_FIRST_S", 0.01)
    monkeypatch.setattr(jobs, "AGAIN_MAX_S", 0.02)
    for name in ("STATUS_S", "SEND_S", "DONE_S"):
        monkeypatch.setattr(port, name, 0.1)


def two_bars(bar: FakePrinter, juice: FakePrinter) -> dict[str, Any]:
    places = a_bar(bar)
    second = Station("juice", {"en": "Juice"}, "printer", address=f"127.0.0.1:{juice.port}")
    places["stations"] = (*places["stations"], second)
    places["routes"] = (*places["routes"], Rule(("juice",), categories=("juices",)))
    return places


async def told(watch: Watch, words: str) -> str:
    """The next alarm with these words."""
    return (await watch.site(Notice, lambda one: words in one.text.get("en", ""))).text["en"]


async def test_a_printer_that_hangs_holds_up_no_other_one_and_no_till(tmp_path: Path, quick: None) -> None:
    """The bar's printer takes every slip and does nothing; the juice counter's prints on."""
    async with (
        FakePrinter(hangs=True) as bar,
        FakePrinter() as juice,
        serving(tmp_path, **two_bars(bar, juice)) as client,
    ):
        staff = client.watch(View(ViewKind.EXPO), "pass")
        await client.hold(an_order("tea", "drinks"))
        for n in range(3):
            await client.hold(an_order(f"juice-{n}", "juices"))
        await until(lambda: all(the(client, f"juice-{n}").state is OrderState.READY for n in range(3)))
        assert (
            await told(staff, "Bar Printer") == "Bar Printer does not print: it did not say that it was done."
        )
        assert "Bar Printer did not print #1" in await told(staff, "did not print")
        assert the(client, "tea").state is OrderState.HELD
        bar.hangs = False
        await client.hold(an_order("tea-2", "drinks"))
        await until(lambda: the(client, "tea-2").state is OrderState.READY)
        assert (len(bar.slips), len(juice.slips)) == (1, 3)


async def test_a_printer_that_is_switched_off_in_the_middle_of_a_slip_says_so_on_the_next(
    tmp_path: Path, quick: None
) -> None:
    async with FakePrinter(hangs_up_after=500) as printer, serving(tmp_path, **a_bar(printer)) as client:
        staff = client.watch(View(ViewKind.EXPO), "pass")
        await client.hold(an_order("tea", "drinks"))
        await told(staff, "it closed the connection")
        printer.hangs_up_after = -1
        await until(lambda: the(client, "tea").state is OrderState.READY)
        assert len(printer.slips) == 1
        assert came_out_again(client, printer, "tea")


async def test_an_address_of_nobody_is_said_and_the_right_one_prints_what_waits_as_new(
    tmp_path: Path, quick: None
) -> None:
    """A digit was wrong. What never left the hub is no copy of anything."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        nowhere = free.getsockname()[1]
    async with FakePrinter() as printer:
        text = BAR.format(port=nowhere)
        async with serving(tmp_path, **of_file(text)) as client:
            staff = client.watch(View(ViewKind.EXPO), "pass")
            await client.hold(an_order("tea", "drinks"))
            said = await told(staff, "does not print")
            assert said == "Bar does not print: its address lets nobody print."
            await put(client, "stations.bar.address", f"127.0.0.1:{printer.port}")
            await until(lambda: the(client, "tea").state is OrderState.READY)
            assert len(printer.slips) == 1
            assert not came_out_again(client, printer, "tea")
            assert client.hub.health().problems == {}


BAR = """
[stations.grill]
[stations.bar]
role = "printer"
address = "127.0.0.1:{port}"
[[routes]]
stations = ["bar"]
categories = ["drinks"]
"""


def came_out_again(client: Client, printer: FakePrinter, order_id: str) -> bool:
    """Whether the last slip says MAY BE PRINTED ALREADY; it says nothing else otherwise."""
    (bar,) = [one for one in client.hub.config.printers if one.station == "bar"]
    site, paper = client.hub.site, bar.profile(client.hub.config.languages)
    order = the(client, order_id)
    at = replace(order.lines[0].stations[0], state=LineState.QUEUED)
    waiting = replace(order, lines=(replace(order.lines[0], stations=(at,)),))
    first, again = (
        same_slip(printer.slips[-1], picture(ticket_slips(waiting, paper, site, may_be_printed=maybe)[0]))
        for maybe in (False, True)
    )
    assert first != again
    return again
