"""The hub is killed again and again under load: no acknowledged order is lost, and the screens are right within 5 s."""

import asyncio
import os
import time
from pathlib import Path
from random import Random

import pytest

from tests.faults.kitchen import kitchen, selling

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]

KILLS = int(os.environ.get("HEARD_FAULT_KILLS", "200"))
ORDERS_PER_S = 40.0
"""Of each till: a stadium's burst."""
RIGHT_S = 5.0
LIVE_S = 3.0


async def test_no_acknowledged_order_is_lost_in_kill_cycles(tmp_path: Path) -> None:
    random = Random(42)
    slowest = 0.0
    async with kitchen(tmp_path) as here:
        async with selling(here.sellers, ORDERS_PER_S):
            for cycle in range(KILLS):
                await asyncio.sleep(random.uniform(0.02, 0.4))  # so that the kill falls anywhere in a commit
                acknowledged = here.acknowledged_rev
                await here.hub.kill_and_restart()
                seconds = await here.right(acknowledged, RIGHT_S)
                slowest = max(slowest, seconds)
                assert seconds <= RIGHT_S, f"kill {cycle}"
        await here.quiet(30)
        sent = sum(len(seller.sent) for seller in here.sellers)
        acknowledged_orders = {order for seller in here.sellers for order in seller.acknowledged}
        alarms = sum(seller.false_alarms for seller in here.sellers)
        verdict = await here.verdict()
    print(f"{KILLS} kills, {sent} orders, screens right after at most {slowest:.2f} s, {alarms} alarms")
    assert len(acknowledged_orders) == sent
    assert not verdict.lost, verdict.findings
    assert not verdict.duplicated, verdict.findings
    assert alarms == 0, "a restart of the hub is no reason to say that the kitchen has not heard"


@pytest.mark.parametrize("down_s", [0.0, 75.0])
async def test_a_hub_restart_at_peak(down_s: float, tmp_path: Path) -> None:
    """Every screen is live 3 s after the hub listens again, however long it was away; the tills sell on."""
    async with kitchen(tmp_path) as here:
        async with selling(here.sellers, 5.0):
            await asyncio.sleep(2)
            rev = here.acknowledged_rev
            begun = time.monotonic()
            await here.hub.stop()
            assert time.monotonic() - begun <= 1.0, "a clean stop takes at most 1 s"
            sold = sum(len(seller.sent) for seller in here.sellers)
            await asyncio.sleep(down_s)
            await here.hub.start()
            await here.right(rev, LIVE_S)
            if down_s:
                assert sum(len(seller.sent) for seller in here.sellers) > sold
        await here.quiet(30)
        verdict = await here.verdict()
    assert not verdict.findings
