"""What a cook's fingers and keys bring about in the whole restaurant: real hub, real screens, no window."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from display.app.start import Output
from display.ui.input import Finger
from heard import cli
from heard.command import BumpLines, MarkPickedUp
from heard.order import LineState
from heard.ticket import tickets
from tests.hub.day_time import Sky
from tests.hub.rpc.serving import Client, an_order, serving
from tests.hub.test_floor import say, the, where
from tests.hub.test_settings import of_file
from tests.scenarios.screens import Screen, a_screen
from tests.scenarios.test_kitchen_day import painted
from tests.waiting import until

STATIONS = of_file("""
[kitchen]
remake_reasons = [{ en = "Hair", ar = "شعرة" }, { en = "Cold", ar = "بارد" }]
[stations.grill]
[stations.fry]
[[routes]]
stations = ["grill"]
categories = ["grills"]
[[routes]]
stations = ["fry"]
categories = ["fried"]
""")


def state(client: Client, order_id: str) -> LineState:
    return the(client, order_id).lines[0].stations[0].state


async def held(screen: Screen, order_id: str) -> None:
    """A finger that stays on the header of a tile until its menu is there."""
    tile = screen.tiles()[order_id]
    screen.later(0.6)
    screen.app.feed(Finger("down", 1, tile.x + tile.w // 2, tile.y + 20))
    screen.later(0.65)
    await screen.says("Rush", key="menu")
    screen.app.feed(Finger("up", 1, tile.x + tile.w // 2, tile.y + 20))


def touch(screen: Screen, action: str) -> None:
    """A finger on a button that has stood there for a while."""
    screen.later(0.6)
    desk: Any = screen.app.desk
    one = next(one for one in desk.history.newest.buttons if one.action == action)
    screen.tap(one.x + one.w // 2, one.y + one.h // 2)


async def test_a_bump_bar_that_one_screen_learnt_bumps_at_the_other(tmp_path: Path, fonts: Output) -> None:
    """The installer presses F12 and the bar's own BUMP at the left screen; the right one has the same bar and was not asked."""
    async with serving(tmp_path / "hub", **STATIONS) as client:
        address = client.address.address
        async with (
            a_screen(fonts, address, tmp_path, device="grill-1") as left,
            a_screen(fonts, address, tmp_path, device="grill-2") as right,
        ):
            await client.hold(an_order("o1", call_number="101"))
            await right.says("#101", key="o1/")
            right.press("1", "f7")
            left.press("f12")
            await left.says("BUMP", key="learn")
            left.press("f7")
            await left.says("TILE 1", key="learn")
            left.press("f12")
            await left.says("Stored at the hub", key="learn")
            assert state(client, "o1") is LineState.QUEUED, "F7 meant nothing yet"
            await right.says("F7", key="bottom")
            right.press("1", "f7")
            await until(lambda: state(client, "o1") is LineState.DONE)
            entry = the(client, "o1").history[-1]
            assert (entry.verb, entry.device, entry.key_device) == ("bump", "grill-2", "keys")


async def test_a_finger_pushes_a_ticket_to_the_fryer_and_undo_brings_it_home(
    tmp_path: Path, fonts: Output
) -> None:
    """The grill drowns: a finger on the ticket, MOVE, Fry. It was the wrong one: UNDO."""
    async with serving(tmp_path / "hub", **STATIONS) as client:
        address = client.address.address
        async with (
            a_screen(fonts, address, tmp_path, touch=True) as grill,
            a_screen(fonts, address, tmp_path, station="fry") as fry,
        ):
            await client.hold(an_order("o1", call_number="101"))
            await grill.says("#101", key="o1/")
            await held(grill, "o1")
            touch(grill, "menu:move")
            await grill.says("Fry", key="menu")
            touch(grill, "menu:fry")
            await grill.says("MOVED", key="o1/")
            await fry.says("#101", "MOVED HERE", key="o1/")
            assert where(client, "o1") == [("l1", "fry", "QUEUED")]
            entry = the(client, "o1").history[-1]
            assert (entry.verb, entry.detail, entry.key_device) == ("move", "to fry", "touch")
            grill.press("u")
            await until(lambda: where(client, "o1") == [("l1", "grill", "QUEUED")])
            await until(lambda: "o1" not in fry.tiles())


async def test_the_fryer_takes_a_ticket_over_from_the_grill(tmp_path: Path, fonts: Output) -> None:
    """He has nothing to do and the grill has three: he looks at what stands there, and takes the second."""
    async with serving(tmp_path / "hub", **STATIONS) as client:
        for n in (1, 2, 3):
            await client.hold(an_order(f"o{n}", call_number=str(100 + n)))
        async with a_screen(fonts, client.address.address, tmp_path, station="fry") as fry:
            fry.press("g")
            await fry.says("TAKE FROM", "#101", "#102", "#103", key="recall")
            fry.press("down")
            fry.press("enter")
            await fry.says("#102", key="o2/")
            assert where(client, "o2") == [("l1", "fry", "QUEUED")]
            assert [one for n in (1, 3) for one in where(client, f"o{n}")] == [("l1", "grill", "QUEUED")] * 2


async def test_a_dish_that_came_back_is_remade_from_the_recall_list(tmp_path: Path, fonts: Output) -> None:
    """It was fetched an hour ago and has a hair in it: not to be recalled any more, but made once more, first, as waste."""
    async with serving(tmp_path / "hub", **STATIONS) as client:
        await client.hold(an_order("o1", call_number="101"))
        await say(client, BumpLines("grill", painted(client, "o1", "grill")), "grill-1", "o1")
        await say(client, MarkPickedUp(), "T1", "o1")
        await client.hold(an_order("o2", call_number="102"))
        async with a_screen(fonts, client.address.address, tmp_path) as grill:
            await grill.says("#102", key="o2/")
            grill.press("v")
            await grill.says("REVIEW", key="recall")
            await until(lambda: "#101" in _all_words(grill))
            assert "grill-1" in _all_words(grill), "who bumped it"
            grill.press("enter")
            await grill.says("Picked up: only REMAKE", key="bottom")
            grill.press("m")
            await grill.says("Hair", "Cold", key="menu")
            grill.press("1")
            await grill.says("#101", "REMAKE", key="o1/")
            again = [
                line for ticket in tickets(the(client, "o1"), "grill") for line in ticket.lines if line.open
            ]
            assert [(one.line.remake_of, one.line.total_minor) for one in again] == [("l1", 0)]
            grill.later(2.0)  # no key for a while: tiles take their place
            await until(lambda: next(iter(grill.tiles())) == "o1")
            entry = next(one for one in the(client, "o1").history if one.verb == "remake")
            assert (entry.detail, entry.device, entry.key_device) == ("Hair", "screen-grill", "keys")


async def test_a_cook_by_dish_takes_all_of_it_back(tmp_path: Path, fonts: Output) -> None:
    """Three tickets want kofta; he bumps the dish and has burnt it: one UNDO, and all three are to be made again."""
    async with serving(tmp_path / "hub", **STATIONS) as client:
        for n in (1, 2, 3):
            await client.hold(an_order(f"o{n}", call_number=str(100 + n)))
        async with a_screen(fonts, client.address.address, tmp_path, layout="list") as grill:
            await until(lambda: "#103" in _all_words(grill))
            grill.press("1", "enter")
            await until(lambda: all(state(client, f"o{n}") is LineState.DONE for n in (1, 2, 3)))
            grill.press("u")
            await until(lambda: all(state(client, f"o{n}") is LineState.QUEUED for n in (1, 2, 3)))


async def test_what_came_before_the_roll_and_went_out_after_it_is_on_the_recall_list(
    tmp_path: Path, fonts: Output
) -> None:
    """Held at 23:50, the manager closes the day at midnight, bumped and fetched at 00:20: the guest is back at 00:30."""
    sky = Sky.at("2026-11-23T23:50", in_step=True)
    async with sky.hub(tmp_path / "hub") as client:
        await client.hold(an_order("late", call_number="101"))
        sky.later(0.2)
        assert await asyncio.to_thread(cli.main, ["day", "close", "--data", str(tmp_path / "hub")]) == 0
        sky.later(0.3)
        await client.hold(an_order("new", call_number="102"))
        for order_id in ("new", "late"):
            await say(client, BumpLines("grill", painted(client, order_id, "grill")), "grill-1", order_id)
            await say(client, MarkPickedUp(), "T1", order_id)
            sky.later(1 / 60)
        async with a_screen(fonts, client.address.address, tmp_path) as grill:
            grill.press("r")
            await grill.says("#101", "#102", key="recall")
            rows = [one.text for one in grill.texts("recall") if one.text in ("#101", "#102")]
            assert rows == ["#101", "#102"], "the last bumped first"


def _all_words(screen: Screen) -> str:
    """What stands on the panel, in its tile too."""
    from display.core.draw import Group, Text

    def texts(ops: Any) -> list[str]:
        found = []
        for op in ops:
            if isinstance(op, Group):
                found += texts(op.ops)
            elif isinstance(op, Text):
                found.append(op.text)
        return found

    picture = screen.app.picture
    return " ".join(texts(picture.ops)) if picture is not None else ""
