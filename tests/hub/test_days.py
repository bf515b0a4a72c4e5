"""The business day of a whole hub: opened, rolled, closed by a manager, and left alone while the clock is in doubt."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from heard import cli
from heard.command import BumpLines, Command, Outcome, PaintedLine
from heard.order import OrderState
from heard.stream import Bookmark, Hello, Live, Notice
from tests.hub.day_time import Sky
from tests.hub.rpc.serving import Client, an_order
from tests.hub.test_floor import the


async def look(client: Client) -> str:
    """What the hub's tick does, and the business date after it."""
    client.hub.keeper.look_at_clock()
    await client.hub.days.look()
    return client.hub.services.business_date()


async def day(data: Path, capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    """`heard day …` beside the hub: exit code, output, complaints."""
    code = await asyncio.to_thread(cli.main, ["day", *argv, "--data", str(data)])
    said = capsys.readouterr()
    return code, said.out, said.err


async def test_a_new_store_has_its_date_and_keeps_it_over_a_restart(tmp_path: Path) -> None:
    sky = Sky.at("2026-11-23T22:00")
    async with sky.hub(tmp_path) as client:
        assert client.hub.services.business_date() == "2026-11-23"
        sky.later(5)  # 03:00: before the cut-off
        assert await look(client) == "2026-11-23"
    sky.later(24)
    async with sky.hub(tmp_path) as client:
        assert client.hub.services.business_date() == "2026-11-23", "it rolls by its rule, not by a restart"
        assert await look(client) == "2026-11-24", "the first look finds it long past the cut-off"


async def test_it_rolls_when_it_is_quiet_and_at_the_latest_four_hours_after_the_cut_off(
    tmp_path: Path,
) -> None:
    sky = Sky.at("2026-11-23T22:00")
    async with sky.hub(tmp_path) as client:
        await client.hold(an_order("open"))
        for hours, date in ((6.5, "2026-11-23"), (3.4, "2026-11-23"), (0.2, "2026-11-24")):
            sky.later(hours)
            assert await look(client) == date, hours
        late = await client.hold(an_order("after"))
        assert late.business_date == "2026-11-24"


async def test_a_manager_closes_the_day_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sky = Sky.at("2026-11-23T23:30")
    async with sky.hub(tmp_path) as client:
        code, out, _ = await day(tmp_path, capsys, "status")
        assert code == 0
        assert "business date  2026-11-23, open since 2026-11-23T23:30:00+03:00\n" in out
        assert "heard day close opens 2026-11-24\n" in out
        assert "after 04:00, in the first quiet half hour" in out

        code, out, _ = await day(tmp_path, capsys, "close", "--json")
        assert (code, json.loads(out)["business_date"], json.loads(out)["next_date"]) == (
            0,
            "2026-11-23",
            "2026-11-24",
        )
        assert (await client.hold(an_order("o1"))).business_date == "2026-11-24"
        _, out, _ = await day(tmp_path, capsys, "status")
        assert "; the calendar says 2026-11-23\n" in out

        sky.later(7.9)  # half past seven the next morning: nothing rolls a second time
        assert await look(client) == "2026-11-24"
        code, _, err = await day(tmp_path, capsys, "close")
        assert code == 1
        assert "was opened 7 h 54 min ago, and no two days begin within 8 h" in err
        assert "it may be closed in 6 min" in err

        sky.later(0.5)  # and after 8 h the date may be one day ahead of the calendar, not two
        code, out, _ = await day(tmp_path, capsys, "close")
        assert "\n2026-11-24 is closed; what comes now is of 2026-11-25\n" in out
        sky.later(9)
        code, _, err = await day(tmp_path, capsys, "close")
        assert "never more than a day ahead" in err


async def test_while_the_clock_is_in_doubt_no_day_rolls_until_a_manager_confirms(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sky = Sky.at("2026-11-23T22:00")
    async with sky.hub(tmp_path) as client:
        screen = client.screen()
        assert not (await screen.until(Hello)).clock_suspect
        sky.later(1)
        sky.clock_says("2031-05-05T05:05")
        assert await look(client) == "2026-11-23"
        assert client.hub.health().problems["clock"] == "the clock jumped; it says 2031-05-05 02:05 UTC"
        assert client.hub.clock.wall_ms() == Sky.at("2026-11-23T23:00").reads_ms, (
            "carried on from when it was believed"
        )
        mark = await screen.until(Bookmark, clock_suspect=True)
        assert mark.gap_at_ms == 0, "the time line did not jump: no age is in doubt"
        told = [one.value for one in screen.events if isinstance(one, Live) and one.key == "alarm/clock"]
        assert isinstance(told[-1], Notice)
        assert "The business day does not roll" in told[-1].text["en"]

        code, _, err = await day(tmp_path, capsys, "close")
        assert code == 1
        assert "the clock is in doubt: the clock jumped" in err
        assert "heard day confirm-clock" in err
        _, out, _ = await day(tmp_path, capsys, "status")
        assert "CLOCK SUSPECT" in out

        sky.clock_says("2026-11-24T02:00")  # set by hand, and a few hours off what the hub thinks
        assert await look(client) == "2026-11-23"
        code, out, _ = await day(tmp_path, capsys, "confirm-clock")
        assert (code, out) == (0, "the hub believes its clock again: 2026-11-24T02:00:00+03:00\n")
        assert not client.hub.services.bookmark(0, 0).clock_suspect
        code, out, _ = await day(tmp_path, capsys, "confirm-clock")
        assert "was not in doubt" in out
        assert await look(client) == "2026-11-23", "02:00 is before the cut-off"
        sky.later(2.5)
        assert await look(client) == "2026-11-24"


async def test_the_doubt_outlives_a_restart_and_ends_when_ntp_or_the_cloud_agrees(tmp_path: Path) -> None:
    sky = Sky.at("2026-11-23T22:00")
    async with sky.hub(tmp_path) as client:
        sky.clock_says("2026-11-25T12:00")
        assert await look(client) == "2026-11-23"
        assert client.hub.clock.suspect
    async with sky.hub(tmp_path) as client:
        assert client.hub.clock.suspect, "nothing has ended it"
        assert (await client.screen().until(Hello)).clock_suspect
        client.hub.clock.cloud_said(sky.reads_ms + 3 * 60_000)
        assert client.hub.clock.suspect
        client.hub.clock.cloud_said(sky.reads_ms + 60_000)
        assert "clock" not in client.hub.health().problems
        sky.clock_says("2026-11-27T12:00")
        await look(client)
        assert "clock" in client.hub.health().problems
        sky.in_step = True
        await look(client)
        assert "clock" not in client.hub.health().problems
    async with sky.hub(tmp_path) as client:
        assert not client.hub.clock.suspect


async def test_what_a_kitchen_without_expo_has_made_does_not_stay_open_for_ever(tmp_path: Path) -> None:
    sky = Sky.at("2026-11-23T22:00")
    async with sky.hub(tmp_path) as client:
        await client.hold(an_order("made"))
        await client.hold(an_order("forgotten"))
        version = the(client, "made").lines[0].stations[0].version
        bump = Command("made", BumpLines("grill", (PaintedLine("l1", version),)), command_id="b1")
        assert (await client.execute(bump, "s1")).outcome == Outcome.DONE
        sky.later(11)
        assert await look(client) == "2026-11-24"
        await look(client)
        assert the(client, "made").state is OrderState.PICKED_UP
        assert the(client, "forgotten").state is OrderState.HELD, "open orders never expire"
    async with sky.hub(tmp_path) as client:
        assert [one.order_id for one in client.hub.store.open_orders()] == ["forgotten"]
