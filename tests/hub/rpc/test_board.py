"""A board learns that an order which its guest was told to fetch was voided, in the message in which it leaves."""

from __future__ import annotations

from pathlib import Path

from heard.board import BoardEntry
from heard.command import BumpLines, Command, MarkPickedUp, PaintedLine, VoidOrder
from heard.order import OrderState
from heard.stream import Bookmark, Change, Live, PickUpCancelled, View, ViewKind
from tests.hub.rpc.serving import an_order, serving

BOARD = View(ViewKind.BOARD)
BUMP = BumpLines("grill", (PaintedLine("l1", 1),))


async def test_a_ready_order_that_is_voided_is_told_apart_from_one_that_was_fetched(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        board = hub.watch(BOARD, "hall")
        await board.until(Bookmark)
        for order_id in ("fetched", "voided"):
            await hub.hold(an_order(order_id, pick_up_point="2"))
            await hub.execute(Command(order_id, BUMP, command_id=f"b-{order_id}"))
        while True:
            entry = (await board.until(Change)).put
            assert isinstance(entry, BoardEntry)
            if entry.order_id == "voided" and entry.state is OrderState.READY:
                assert entry.pick_up_point == "2"
                break
        await hub.execute(Command("fetched", MarkPickedUp(), command_id="c1"))
        await board.until(Change, order_id="fetched", put=None)
        await hub.execute(Command("voided", VoidOrder("guest left"), command_id="c2"))
        told = await board.until(Live)
        assert told.value == PickUpCancelled("voided")
        assert any(isinstance(one, Change) and one.order_id == "voided" for one in board.batches[-1])
        lives = [one.value for one in board.events if isinstance(one, Live)]
        assert [one for one in lives if isinstance(one, PickUpCancelled)] == [told.value]
        again = await hub.watch(BOARD, "hall2").until(Live)
        assert again.value == told.value, "a board that connects within the minute is told too"
