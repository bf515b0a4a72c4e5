"""The grill's screen dies at noon; another one is its spare within a minute: who a screen is lies at the hub, not in the box."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from display.app.start import Output
from heard.command import StartLines
from heard.order import LineState
from heard.stream import HeardState
from hub.core import hearing
from tests.hub.rpc.serving import an_order, serving
from tests.hub.test_floor import say, the
from tests.scenarios.screens import a_screen
from tests.scenarios.test_kitchen_day import painted
from tests.waiting import until

TAKEN_OVER_S = 10.0
"""From the power switch of a spare whose program is started; a minute has the plugs in it too."""


async def test_a_spare_screen_is_the_grill_at_once_with_its_tickets_keys_and_looks(
    tmp_path: Path, fonts: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "NOT_HEARD_MS", 300)
    monkeypatch.setattr(hearing, "GRACE_MS", 0)
    async with serving(tmp_path / "hub") as client:
        hub = client.address.address
        async with a_screen(fonts, hub, tmp_path, device="grill-1") as first:
            await client.hold(an_order("o1"))
            await client.hold(an_order("o2"))
            await first.says("Kofta", key="o2")
            await say(client, StartLines("grill", painted(client, "o1", "grill")), "grill-1", "o1")
            await client.hub.settings.put("stations.grill.screen.key_map", {"bump": "left ctrl"}, "grill-1")
            await client.hub.settings.put("stations.grill.screen.layout", "grid", "Sara")
        await client.hold(an_order("o3"))
        await until(lambda: client.hub.heard.hearing.alarms(client.hub.store.now_ms()))
        async with (
            asyncio.timeout(TAKEN_OVER_S),
            a_screen(fonts, hub, tmp_path, device="spare-7") as spare,
        ):
            await spare.says("Kofta", key="o1")
            await spare.says("Kofta", key="o3")
            heard = client.hub.heard.hearing.state
            await until(lambda: (told := heard("o3", "grill")) is not None and told.state is HeardState.HEARD)
            assert not client.hub.heard.hearing.alarms(client.hub.store.now_ms()), "nobody is missed any more"
            assert the(client, "o1").lines[0].stations[0].state is LineState.STARTED
            await until(lambda: "left ctrl" in spare.app._hands.keymap.keys)
            assert spare.app.desk.panel.layout == "grid"  # type: ignore[attr-defined]
            spare.press("1", "left ctrl")
            await until(lambda: the(client, "o1").lines[0].stations[0].state is LineState.DONE)
            assert the(client, "o1").history[-1].device == "spare-7"
