"""Tills and a hub that is away, frozen or cut off in the middle of a word. Numbers are KITCHEN's complaints about others."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from heard.order import Line
from heard.pos import Terminal
from tests.fakes.cable import Cable
from tests.fakes.hub_process import HubProcess, hub_process
from tests.hub.rpc.serving import an_order, serving
from tests.waiting import until

ORDERS_WHILE_FROZEN = 100


def tea() -> Line:
    return Line("", "tea", {"en": "Tea"}, category="grills")


async def test_3_the_line_breaks_before_the_answer_and_each_order_is_there_once(tmp_path: Path) -> None:
    """The hub has it all, the till heard nothing of that and sends it again, with what was sold since. Nobody voids by hand."""
    async with (
        serving(tmp_path / "hub") as client,
        Cable(client.address.address) as cable,
        Terminal(device="T1", journal=tmp_path / "t1", hub=cable.address) as till,
    ):
        await until(lambda: till.link.live)
        first = await till.hold(an_order(""))
        await until(lambda: not till.waiting)
        cable.lose_answers()
        await till.add_lines(first.order_id, (tea(),))
        await till.change(first.order_id, "l1", quantity_milli=2000)
        second = await till.hold(an_order(""))
        hub = client.hub.store
        await until(lambda: hub.get(f"order/{second.order_id}") is not None)
        assert till.waiting == 3, "it does not know"
        cable.pull()
        cable.break_off()
        third = await till.hold(an_order(""))
        assert till.waiting == 4
        cable.plug_in()
        await until(lambda: not till.waiting)
        orders = {one.order_id: one for one in hub.open_orders()}
        assert list(orders) == [first.order_id, second.order_id, third.order_id]
        order = orders[first.order_id]
        assert [(line.item_id, line.quantity_milli) for line in order.lines] == [
            ("kofta", 2000),
            ("tea", 1000),
        ]
        assert [entry.verb for entry in order.history] == ["hold", "add_lines", "change_line"]
        numbers = [one.call_number for one in orders.values()]
        assert len(set(numbers)) == 3, numbers


@contextlib.contextmanager
def frozen(hub: HubProcess) -> Iterator[None]:
    """Its process stands still: connections are there, and nobody answers."""
    os.kill(hub.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(hub.process.pid, signal.SIGCONT)


async def test_17_the_hub_is_frozen_at_noon_and_every_guest_is_served(tmp_path: Path) -> None:
    """A hundred orders get their number at the till while nothing answers it. Then the hub goes on, and has each of them once."""
    with hub_process(tmp_path) as hub:
        async with Terminal(device="T1", journal=tmp_path / "t1", hub=hub.address) as till:
            await until(lambda: till.link.live and till.numbers_left)
            answers: list[object] = []
            till.on_answer(lambda *_: answers.append(1))
            with frozen(hub):
                taken = [await till.hold(an_order("")) for _ in range(ORDERS_WHILE_FROZEN)]
                assert (len(answers), till.waiting) == (0, ORDERS_WHILE_FROZEN), "all of it without the hub"
            assert len({one.call_number for one in taken}) == ORDERS_WHILE_FROZEN
            await until(lambda: len(till.orders) == ORDERS_WHILE_FROZEN and not till.waiting)
            assert set(till.orders) == {one.order_id for one in taken}
