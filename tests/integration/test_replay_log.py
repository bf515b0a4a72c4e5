"""A day that one hub recorded, played to another: exported, read back, done again by real clients, ended the same."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from heard import cli
from heard.archive import Change, Day, write_day
from heard.command import (
    BumpLines,
    CloseStation,
    OpenStation,
    PaintedLine,
    RecallLines,
    Undo,
    VoidLines,
)
from heard.link import LOOPBACK_PLAINTEXT
from heard.order import Line, Order
from heard.play.day_player import DayPlayer, Played
from heard.play.recorded_day import Recording, as_json, menu_of, read_recording, text
from heard.pos import Terminal
from hub.app import Hub
from hub.core.decision import OUT_KEY, OutOfStock
from tests.hub.rpc.serving import an_order, serving
from tests.waiting import until

DUE_MS = 300_000
"""A guest comes so much later than he said."""


@asynccontextmanager
async def a_day(folder: Path, first: str, second: str) -> AsyncIterator[tuple[Hub, Terminal, Terminal]]:
    """A real hub, whose day is recorded, and two devices at it."""
    (folder / "journals").mkdir()
    async with (
        serving(folder / "data") as client,
        Terminal(device=first, journal=folder / "journals/1", hub=client.address.address) as one,
        Terminal(device=second, journal=folder / "journals/2", hub=client.address.address) as other,
    ):
        yield client.hub, one, other


async def exported(folder: Path) -> Path:
    day = folder / "friday.heard.gz"
    words = ["rewind", "--data", str(folder / "data"), "--export", str(day)]
    assert await asyncio.to_thread(cli.main, words) == 0
    return day


async def recorded(folder: Path, *, by_stations: bool = False) -> Recording:
    """What was done at the hub of `a_day`, exported and read back."""
    return await asyncio.to_thread(read_recording, await exported(folder), by_stations=by_stations)


@asynccontextmanager
async def played(recording: Recording, folder: Path) -> AsyncIterator[tuple[Hub, Played]]:
    """The same done again at another hub; no screen is there that could hear."""
    (folder / "play").mkdir()
    async with serving(folder / "other") as client:
        player = DayPlayer(
            recording.deeds, recording.reading, client.address.address, folder / "play",
            token="x", speed=None, credentials=LOOPBACK_PLAINTEXT,
        )  # fmt: skip
        player.heard_s = 0.0
        yield client.hub, await player.play()


async def an_evening(folder: Path) -> None:
    """A till and a screen of the grill."""
    async with a_day(folder, "T1", "grill-1") as (hub, till, cook):
        await till.hold(an_order("burger", call_number="214"))
        await till.add_lines("burger", [Line("l2", "fries", {"en": "Fries"}, category="fried")])
        await till.hold(an_order("pizza", "pizzas", call_number="215"))
        await hub_has(hub, "pizza", 1)
        await hub_has(hub, "burger", 2)
        await till.change_order("pizza", guest="Omar", due_at_ms=time.time_ns() // 1_000_000 + DUE_MS)
        await hub_has(hub, "pizza", 2)
        await cook.command("burger", BumpLines("grill", (PaintedLine("l1", 1),)))
        await hub_has(hub, "burger", 3)
        await cook.command("burger", RecallLines("grill", (PaintedLine("l1", 3),)))
        await hub_has(hub, "burger", 4)
        await till.command("burger", VoidLines(("l2",), "no fries left"))
        await hub_has(hub, "burger", 5)
        await till.pay("burger", 1800, "card")
        await till.picked_up("burger")
        await hub_has(hub, "burger", 7)


async def hub_has(hub: Hub, order_id: str, version: int) -> None:
    def there() -> bool:
        order = hub.store.get(f"order/{order_id}")
        return isinstance(order, Order) and order.version >= version

    await until(there)


async def test_a_day_is_exported_and_played_to_another_hub(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await an_evening(tmp_path)
    recording = await recorded(tmp_path)
    assert capsys.readouterr().out.startswith("9 changes of ")
    assert [deed.device for deed in recording.deeds] == [*["T1"] * 4, *["grill-1"] * 2, *["T1"] * 3]
    async with played(recording, tmp_path) as (hub, found):
        pizza = hub.store.get("order/pizza.x")
    assert (found.deeds, found.orders, found.same, found.other) == (9, 2, 2, [])
    assert isinstance(pizza, Order)
    assert pizza.guest == "Omar"
    later_ms = pizza.due_at_ms - pizza.held_wall_ms
    assert abs(later_ms - DUE_MS) < 60_000, "as long after it was held as on the day"
    assert not found.refused
    assert not found.untold
    assert "ended          2 as on the day, 0 otherwise" in text(recording, found)
    assert json.dumps(as_json(recording, found))


async def test_what_was_done_about_the_site_is_recorded_and_done_again(tmp_path: Path) -> None:
    """86 and its undo, a pause, a station that closes and opens: in their place among the orders, by who did it."""
    async with a_day(tmp_path, "T1", "grill-1") as (hub, till, cook):
        await till.hold(an_order("burger", call_number="214"))
        await hub_has(hub, "burger", 1)
        await cook.eighty_six("fries", name={"en": "Fries"})
        await cook.eighty_six("buns")
        await cook.command("", Undo("grill", 2))
        await cook.pause(time.time_ns() // 1_000_000 + 600_000, "grill")
        await cook.resume("grill")
        await cook.command("", CloseStation("fry", "grill"))
        await until(lambda: cook.waiting == 0)
        await till.hold(an_order("chips", "fried", call_number="215"))
        await hub_has(hub, "chips", 1)
        await cook.command("", OpenStation("fry"))
        await until(lambda: cook.waiting == 0)
    recording = await recorded(tmp_path)
    assert [(deed.device, deed.verb.name) for deed in recording.deeds] == [
        ("T1", "hold"), ("grill-1", "eighty_six"), ("grill-1", "eighty_six"), ("grill-1", "eighty_six"),
        ("grill-1", "pause"), ("grill-1", "pause"), ("grill-1", "close_station"), ("T1", "hold"),
        ("grill-1", "open_station"),
    ]  # fmt: skip
    async with played(recording, tmp_path) as (hub, found):
        out = hub.store.get(OUT_KEY)
        chips = hub.store.get("order/chips.x")
    assert (found.same, found.other, dict(found.refused)) == (2, [], {})
    assert isinstance(out, OutOfStock)
    assert [one.item_id for one in out.items] == ["fries"]
    assert isinstance(chips, Order)
    assert [at.station for line in chips.lines for at in line.stations] == ["grill"], "the fry was closed"
    own = await recorded(tmp_path, by_stations=True)
    assert own.reading.untold == {"close_station": 2}, "its lines are routed by where they were made"


async def test_a_table_is_split_merged_and_remade_again_under_the_names_of_the_play(tmp_path: Path) -> None:
    """Two tills and the pass at one hub, and the same at another: orders that were split off and merged are followed."""
    async with a_day(tmp_path, "T1", "T2") as (hub, till, other):
        await till.hold(an_order("a", call_number="214"))
        await till.add_lines("a", [Line("l2", "fries", {"en": "Fries"}, category="fried")])
        await hub_has(hub, "a", 2)
        await other.hold(an_order("b", call_number="215"))
        await hub_has(hub, "b", 1)
        await till.split("a", ["l2"], new_order_id="s", call_number="216")
        await hub_has(hub, "s", 3)
        await other.command("s", BumpLines("fry", (PaintedLine("l2", 2),)))
        await hub_has(hub, "s", 4)
        await other.remake("s", ["l2"], "dropped")
        await hub_has(hub, "s", 5)
        await other.merge("b", "a")
        await hub_has(hub, "b", 2)
        await till.transfer("a", table="7")
        await hub_has(hub, "a", 5)
        await till.rush("a")
        await hub_has(hub, "a", 6)
        await till.change("a", "b.l1", quantity_milli=3000)  # both orders had a line l1
        await hub_has(hub, "a", 7)
    recording = await recorded(tmp_path)
    async with played(recording, tmp_path) as (hub, found):
        merged = hub.store.get("order/b.x")
    assert (found.deeds, found.other, dict(found.refused), found.untold) == (10, [], {}, {})
    assert found.same == 3
    assert isinstance(merged, Order)
    assert merged.merged_into == "a.x"


async def test_a_hub_of_our_own_gets_the_stations_and_routes_of_the_day(tmp_path: Path) -> None:
    await an_evening(tmp_path)
    menu = menu_of(await recorded(tmp_path, by_stations=True))
    assert [station.station_id for station in menu.stations] == ["grill", "fry"]
    assert {name: one.stations for name, one in menu.categories.items()} == {
        "grill": ("grill",),
        "fry": ("fry",),
    }


def test_a_record_of_what_is_no_order_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "other.heard.gz"
    write_day(file, Day("s", 1, "2026-11-23", 0, 100), [Change(7, 5, "o1", b"no order at all")])
    assert cli.main(["replay", "--log", str(file)]) == 1
    assert f"{file} cannot be read: revision 7: no order" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        ((), 2, "what shall be played?"),
        (("--log", "no.heard.gz"), 2, "no file no.heard.gz"),
        (("--log", "day.heard.gz", "orders.csv"), 2, "it does not go with a file of orders"),
        (("--log", "day.heard.gz", "--cook"), 2, "it does not go with --cook"),
    ],
)
def test_a_bad_call_says_what_is_wrong(
    words: tuple[str, ...], code: int, what: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    found = cli.main(["replay", *words])
    assert (found, what in capsys.readouterr().err) == (code, True)


def test_a_day_on_which_nobody_did_anything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = {"heard_archive": 1, "store_id": "s", "epoch_n": 1, "business_date": "2026-11-23",
            "from_ms": 0, "to_ms": 1, "profile": {}}  # fmt: skip
    path = tmp_path / "empty.heard.gz"
    path.write_bytes(gzip.compress(json.dumps(head).encode() + b"\n"))
    assert cli.main(["replay", "--log", str(path)]) == 1
    assert "nobody did anything on 2026-11-23" in capsys.readouterr().err
