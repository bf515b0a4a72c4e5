"""The hub's disk is damaged in the middle of service. Numbers are KITCHEN's complaints about others."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from display.app.start import Output
from heard.pos import Terminal
from hub.config.model import Network
from hub.store.backup import make_backup
from hub.store.layout import DataDir, data_file
from tests.hub.rpc.serving import an_order, serving
from tests.hub.test_floor import where
from tests.scenarios.screens import a_screen
from tests.waiting import until

GUEST = "Noura al-Qahtani"


def spoil(file: Path) -> bytes:
    """A bit of the guest's name turns over wherever it is written; what the file is then."""
    data = file.read_bytes()
    spoilt = data.replace(GUEST.encode(), GUEST.replace("N", "O").encode())
    assert spoilt != data
    file.write_bytes(spoilt)
    return spoilt


async def test_15_the_disk_is_damaged_and_no_order_is_cleared_anywhere(tmp_path: Path, fonts: Output) -> None:
    """The hub puts the morning's backup in its place by itself; the till and the screen bring it up to now. Nothing is deleted."""
    data = DataDir(tmp_path / "hub")
    async with AsyncExitStack() as kitchen:
        async with serving(data.root) as client:
            hub = client.address.address
            till = await kitchen.enter_async_context(Terminal(device="T1", journal=tmp_path / "t1", hub=hub))
            morning = (await till.hold(an_order("", call_number="1"))).order_id
            await until(lambda: not till.waiting)
        await asyncio.to_thread(make_backup, data.store, data.backups)
        there: dict[str, Any] = {
            "network": Network(port=int(hub.rpartition(":")[2]), admin_port=0, mdns=False)
        }

        async with serving(data.root, **there) as client:
            grill = await kitchen.enter_async_context(a_screen(fonts, hub, tmp_path))
            await grill.says("#1", key=morning)
            grill.press("1", "enter")
            await until(lambda: where(client, morning) == [("l1", "grill", "DONE")])
            noon = (await till.hold(an_order("", call_number="2", guest=GUEST))).order_id
            await grill.says("#2", key=noon)
        spoilt = await asyncio.to_thread(spoil, data_file(data.store))
        dark = (await till.hold(an_order("", call_number="3"))).order_id
        assert noon in grill.tiles(), "without a hub the screen keeps what it has"

        async with serving(data.root, **there) as client:
            await until(lambda: not till.waiting and len(client.hub.store.open_orders()) == 3)
            await until(lambda: where(client, morning) == [("l1", "grill", "DONE")])
            assert client.hub.store.epoch.n == 2
            await grill.says("#3", key=dark)
            assert {noon, dark} <= set(grill.tiles())
        aside = await asyncio.to_thread(
            lambda: [one.read_bytes() for one in data.set_aside.glob("*/data.mdb")]
        )
        assert aside == [spoilt], "the damaged store is kept as it was"
