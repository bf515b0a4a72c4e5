"""A kitchen printer in the restaurant's words, on a socket. Numbers are KITCHEN's complaints about others."""

from __future__ import annotations

from pathlib import Path

import pytest

from heard.order import OrderState
from heard.stream import Live, Notice, View, ViewKind
from hub.printer import jobs
from tests.fakes.printer import FakePrinter
from tests.hub.day_time import Sky
from tests.hub.rpc.serving import an_order
from tests.hub.test_floor import the, until
from tests.hub.test_paper import a_bar

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
        while True:
            value = (await till.until(Live)).value
            if isinstance(value, Notice) and "and 5 more" in value.text["en"]:
                break
        assert value.text["en"].startswith(
            "Bar Printer did not print #1, #2, #3 and 5 more. Tell the kitchen"
        )
        async with printer:
            await client.hold(an_order("morning", "drinks"))
            await until(lambda: the(client, "morning").state is OrderState.READY)
            assert len(printer.slips) == 1
        assert the(client, "night-0").state is OrderState.HELD, "it stays open, for a person to decide"
