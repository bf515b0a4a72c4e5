"""A whole play with a real hub process, real tills and thin screens: nothing lost, and what went wrong is found."""

import asyncio
import itertools
import os
import signal
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from heard.errors import UserError
from heard.ids import RANDOM_BITS, uuid7
from heard.play import tills
from heard.play.figures import Summary
from heard.play.menu import DEMO_MENU, load_menu, without_menu
from heard.play.parts import HubPart
from heard.play.recorded import RecordedLine, RecordedOrder
from heard.play.run import Plan, run
from heard.play.rush import lunch_rush
from heard.play.script import Script, from_recorded
from heard.play.stage import Stage
from heard.play.tills import Settings
from tests.shared.heard.play.thin_screens import ThinScreens

RANDOM = Random(5)
MENU = load_menu(DEMO_MENU)


def mint() -> str:
    return uuid7(time.time_ns() // 1_000_000, RANDOM.getrandbits(RANDOM_BITS))


def recorded(count: int) -> Script:
    dishes = itertools.cycle(["Korma", "Onion Bhaji", "Plain Naan", "Madras"])
    start = datetime(2018, 4, 29, 16, 0)  # noqa: DTZ001  # the shop's own clock
    orders = [
        RecordedOrder(
            str(number),
            start + timedelta(minutes=number),
            tuple(RecordedLine(next(dishes), 1000, 500) for _ in range(3)),
            number,
        )
        for number in range(count)
    ]
    return from_recorded(orders, without_menu(), mint)


def plan(script: Script, **fields: object) -> Plan:
    made = Plan(
        script=script,
        menu=without_menu(),
        settings=Settings(speed=None, open_max=30),
        terminals=3,
        parts=[HubPart(), ThinScreens(["grill", "fry"])],
        progress=False,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


async def played(plan: Plan) -> Summary:
    async with asyncio.timeout(50):
        return await run(plan)


async def test_every_order_is_heard_while_the_hub_is_killed() -> None:
    summary = await played(plan(recorded(80), kills=2))
    assert summary.findings == ()
    assert (summary.orders, summary.lines, summary.heard) == (80, 240, 80)
    assert (summary.lost, summary.duplicated, summary.moot, summary.hub_kills) == (0, 0, 0, 2)
    assert summary.good
    assert summary.p50_ms is not None


async def test_a_rush_with_voids_and_changes_adds_up() -> None:
    menu = MENU
    script = lunch_rush(menu, Random(11), 40.0, mint)
    summary = await played(plan(script, menu=menu, settings=Settings(speed=20.0)))
    assert summary.findings == ()
    assert summary.heard + summary.moot == summary.orders == script.orders
    assert (summary.lost, summary.duplicated) == (0, 0)


async def test_a_screen_that_painted_nothing_of_an_order_is_found() -> None:
    screens = ThinScreens(["grill", "fry"])
    screens.screens[0].forgets = True
    summary = await played(plan(recorded(10), parts=[HubPart(), screens]))
    assert summary.lost > 0
    assert "was never painted at grill" in summary.findings[0]
    assert not summary.good


async def test_a_station_without_a_screen_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tills, "IDLE_END_S", 1.5)
    summary = await played(plan(recorded(6), parts=[HubPart(), ThinScreens(["grill"])]))
    assert "orders not heard" in summary.stopped_early
    assert summary.heard < summary.orders == 6
    assert (summary.lost, summary.duplicated) == (0, 0)  # all are in the store, and grill painted its own
    assert not summary.good


async def test_a_process_that_dies_ends_the_play_with_its_name() -> None:
    hub = HubPart()

    async def murder(stage: Stage, tills: object) -> None:
        del stage, tills
        assert hub.hub is not None
        assert hub.hub.at is not None
        os.kill(hub.hub.at.pid, signal.SIGKILL)

    screens = ThinScreens(["grill", "fry"])
    with pytest.raises(UserError, match="the hub was ended by SIGKILL") as caught:
        await played(plan(recorded(20), parts=[hub, screens], settings=Settings(speed=60.0), during=murder))
    assert caught.value.exit_code == 1
    assert "heard hub ready" in caught.value.hint  # its last words


async def test_no_hub_at_the_address_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tills, "FIRST_LIVE_S", 1.0)
    with pytest.raises(UserError, match=r"no hub answers at 127\.0\.0\.1:1") as caught:
        await played(plan(recorded(2), parts=[], hub="127.0.0.1:1"))
    assert caught.value.exit_code == 1


async def test_a_part_that_cannot_start_ends_the_play_and_leaves_no_process() -> None:
    class Broken:
        async def start(self, stage: Stage) -> None:
            del stage
            raise UserError("no screen here", exit_code=1)

        async def stop(self, stage: Stage) -> None:
            del stage

    hub = HubPart()
    with pytest.raises(UserError, match="no screen here"):
        await played(plan(recorded(2), parts=[hub, Broken()]))
    assert hub.hub is not None
    assert hub.hub.at is not None
    assert not await asyncio.to_thread(Path(f"/proc/{hub.hub.at.pid}").exists)
