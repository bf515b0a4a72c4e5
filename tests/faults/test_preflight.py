"""A preflight with real processes: a screen is killed in the midst of it, then the hub; who is dead is named, and nothing hangs."""

from __future__ import annotations

import asyncio
import re
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from heard.play.menu import without_menu
from heard.play.own_hub import OwnHub
from heard.play.stage import staged
from heard.pos import Terminal
from tests import waiting
from tests.faults.displays import Display, display, until
from tests.hub.rpc.serving import an_order

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]

WAIT_S = "6"
ALIVE = "✗ nobody pressed a key there"
"""It painted and beeped; these screens have no keys that anybody could press."""


async def preflight(hub: OwnHub) -> asyncio.subprocess.Process:
    """`heard preflight`, as somebody types it."""
    words = ("preflight", "--data", str(hub.data), "--wait", WAIT_S)
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "heard", *words, stdout=pipe, stderr=pipe
    )


async def said(command: asyncio.subprocess.Process) -> dict[str, str]:
    """Of each screen what its row says: "✓", or "✗" and what is wrong."""
    out, err = await asyncio.wait_for(command.communicate(), 30)
    assert out, err.decode()
    lines = out.decode().splitlines()
    found = {}
    for line, after in zip(lines, (*lines[1:], ""), strict=True):
        if row := re.match(r"([✓✗]) .*\((\w+)\)", line):
            found[row[2]] = row[1] if row[1] == "✓" else f"✗ {re.split('[:;]', after.strip(' →'))[0]}"
    return found


async def live(*screens: Display) -> None:
    for one in screens:
        await asyncio.to_thread(until, partial(one.turned, True), 30, f"{one.ledger.stem} is live")


async def test_a_screen_and_then_the_hub_are_killed_in_the_midst_of_it(tmp_path: Path) -> None:
    menu = replace(without_menu(), site="Faults")
    async with staged(tmp_path, menu, []) as stage:
        hub = OwnHub(stage.children, tmp_path, menu)
        address = stage.address = (await hub.start()).address
        with (
            display(tmp_path, address, name="g1") as first,
            display(tmp_path, address, name="g2") as second,
            display(tmp_path, address, name="f1", station="fry") as fry,
        ):
            await live(first, second, fry)
            fry.freeze()  # so that it goes on until somebody is killed
            running = await preflight(hub)
            await begun(running)
            second.process.kill()
            fry.thaw()
            assert await said(running) == {
                "g1": ALIVE,
                "g2": "✗ its screen went away in the middle",
                "f1": ALIVE,
            }
            assert running.returncode == 1

            async with Terminal(device="T1", journal=tmp_path / "till", hub=address) as till:
                await till.hold(an_order("o1"))  # a commit: what the hub knows of its screens is on disk
                await waiting.until(lambda: not till.waiting)
            fry.freeze()
            running = await preflight(hub)
            await begun(running)
            await hub.kill_and_restart()
            out, err = await asyncio.wait_for(running.communicate(), 30)
            assert (running.returncode, out) == (1, b"")
            assert b"Traceback" not in err
            assert b"the preflight broke off" in err
            fry.thaw()
            await live(first, fry)
            assert await said(await preflight(hub)) == {
                "g1": ALIVE,
                "g2": "✗ it is not connected",
                "f1": ALIVE,
            }
        await hub.stop()


async def begun(command: asyncio.subprocess.Process) -> None:
    """The hub runs it: the command says so."""
    assert command.stderr is not None
    line = await asyncio.wait_for(command.stderr.readline(), 20)
    assert b"press a key on every screen" in line, line
