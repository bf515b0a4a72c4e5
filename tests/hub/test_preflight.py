"""A preflight on a whole hub: thin screens answer over gRPC, printers over TCP; begun by the command, by a till, twice, and cut short."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import pytest

from heard.errors import LinkError
from heard.order import Line
from heard.pos import Terminal
from heard.preflight import KeyCheck, Preflight, PreflightReport, PreflightResult, PreflightRow, SoundCheck
from heard.stream import Live, View, ViewKind
from heard.v1 import kitchen_pb2
from heard.wire import preflight_report_to_pb, preflight_result_from_pb
from hub import preflight
from hub.config import Station
from tests.fakes.printer import PAPER_OUT, FakePrinter
from tests.hub.commands.test_running import heard
from tests.hub.day_time import HOUR_S, Sky
from tests.hub.rpc.serving import Client, a_report, an_order, metadata, serving
from tests.waiting import until

Out = pytest.CaptureFixture[str]
GRILL, FRY, BOARD = View(ViewKind.PREP, "grill"), View(ViewKind.PREP, "fry"), View(ViewKind.BOARD)


@dataclass
class Screen:
    """One screen that answers as it is told to."""

    client: Client
    view: View
    device: str
    answer: dict[str, Any] = field(default_factory=dict)

    async def open(self) -> None:
        self.watch = self.client.watch(
            self.view, self.device, screen=True, headless=True, count_headless=True
        )
        self.reports = self.client.report(self.device)
        await self.watch.batch()

    async def told(self) -> Preflight | None:
        """The next word about a preflight."""
        while batch := await self.watch.batch():
            for event in batch:
                if isinstance(event, Live) and event.key == "preflight":
                    assert event.value is None or isinstance(event.value, Preflight)
                    return event.value
        raise AssertionError("the stream ended")

    async def says(self, told: Preflight, **changes: Any) -> None:
        values = {
            "painted": True,
            "sound": SoundCheck.PLAYED,
            "keys": KeyCheck.TAKEN,
            "key": "enter",
            "asked": len(told.characters),
            **self.answer,
            **changes,
        }
        message = a_report(self.view)
        preflight_report_to_pb(PreflightReport(told.id, **values), message.preflight)
        await self.reports.write(message)

    async def answers(self) -> None:
        """Says all at once, whenever it is told."""
        while True:
            told = await self.told()
            if told is not None and told.result is None:
                await self.says(told)


@asynccontextmanager
async def screens(client: Client, *all_: Screen) -> AsyncIterator[None]:
    for one in all_:
        await one.open()
    tasks = [asyncio.create_task(one.answers()) for one in all_]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for one in all_:
            one.watch.call.cancel()
            one.reports.cancel()


def ended(client: Client) -> PreflightResult | None:
    """The preflight that has run to its end."""
    found = client.hub.preflight.result()
    return None if found is None or found.running else found


def rows(client: Client) -> tuple[PreflightRow, ...]:
    """Of the preflight that runs."""
    found = client.hub.preflight.result()
    return found.rows if found is not None and found.running else ()


async def test_all_is_well(tmp_path: Path, capsys: Out) -> None:
    async with serving(tmp_path) as client:
        board = Screen(client, BOARD, "b1", {"keys": KeyCheck.NONE, "key": ""})
        async with screens(client, Screen(client, GRILL, "g1"), Screen(client, FRY, "f1"), board):
            assert await heard("preflight", "--data", str(tmp_path)) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[:4] == [
        "              painted  sound   key    letters",
        "✓ FRY (f1)    yes      beeped  enter  all",
        "✓ GRILL (g1)  yes      beeped  enter  all",
        "✓ board (b1)  yes      beeped  –      all",
    ]
    assert "READY: 3 of 3, in " in said.out
    assert "press a key on every screen; at most 60 s" in said.err


async def test_what_is_wrong_is_said_with_what_to_do(tmp_path: Path, capsys: Out) -> None:
    stations = (
        Station("grill", {"en": "Grill"}),
        Station("fry", {"en": "Fry"}),
        Station("cold", {"en": "Cold"}),
    )
    sky = Sky.at("2026-11-23T10:00")
    async with sky.hub(tmp_path, stations=stations) as client:
        lamb = Line("l1", "lamb", {"en": "Lamb 麺"}, category="grills")
        await client.hold(an_order("o1", lines=(lamb,)))
        grill = Screen(client, GRILL, "g1", {"keys": KeyCheck.UNSPECIFIED, "missing": ("麺",)})
        fry = Screen(
            client, FRY, "f1", {"sound": SoundCheck.BROKEN, "sound_why": "no device", "unplugged": True}
        )
        async with screens(client, grill, fry):
            printed = []
            for json_too in ((), ("--json",)):
                running = asyncio.create_task(
                    heard("preflight", "--wait", "5", *json_too, "--data", str(tmp_path))
                )
                await until(lambda: sum(bool(row.report.asked) for row in rows(client)) >= 2)
                sky.later(5 / HOUR_S)
                assert await running == 1
                printed.append(capsys.readouterr().out)
    out, found = printed[0], json.loads(printed[1])
    for words in (
        "✗ COLD        no screen",
        "    → it is not connected: switch it on, look at its network",
        "✗ FRY (f1)    yes        broken  enter  all",
        "    → it cannot beep (no device): look at its speaker",
        "✗ GRILL (g1)  yes        beeped  no     1 lack",
        "    → nobody pressed a key there",
        "    item Lamb 麺 · shows dots in every language: 麺",
        "NOT READY: 3 of 3 must be looked at",
    ):
        assert words in out, out
    assert (found["failed"], found["unreadable_total"]) == (True, 1)
    assert [row["problems"] for row in found["rows"]] == [["no_screen"], ["no_sound"], ["no_key"]]


async def test_a_till_begins_one_too_and_a_second_joins_it(tmp_path: Path) -> None:
    async with serving(tmp_path) as client:
        with pytest.raises(grpc.aio.AioRpcError) as none:
            await client.kitchen.GetPreflight(kitchen_pb2.GetPreflightRequest(), metadata=metadata("till"))
        assert none.value.code() is grpc.StatusCode.NOT_FOUND
        with pytest.raises(grpc.aio.AioRpcError) as wrong:
            await client.kitchen.BeginPreflight(
                kitchen_pb2.BeginPreflightRequest(wait_s=3), metadata=metadata("till")
            )
        assert "wait_s is 3" in (wrong.value.details() or "")
        grill, fry = Screen(client, GRILL, "g1"), Screen(client, FRY, "f1")
        for one in (grill, fry):
            await one.open()
        ask = kitchen_pb2.BeginPreflightRequest()
        first = await client.kitchen.BeginPreflight(ask, metadata=metadata("till"))
        again = await client.kitchen.BeginPreflight(ask, metadata=metadata("g1"))
        assert (first.already, again.already, again.id) == (False, True, first.id)
        told = await grill.told()
        assert told is not None
        assert (told.id, told.by, told.result) == (first.id, "till", None)
        for one in (grill, fry):
            await one.says(told)
        over = await grill.told()
        assert over is not None
        assert over.result is not None
        assert [row.problems for row in over.result.rows] == [(), ()]
        found = preflight_result_from_pb(
            await client.kitchen.GetPreflight(kitchen_pb2.GetPreflightRequest(), metadata=metadata("till"))
        )
        assert (found.running, found.failed, found.by) == (False, False, "till")
        next_ = await client.kitchen.BeginPreflight(ask, metadata=metadata("till"))
        assert (next_.already, next_.id != first.id) == (False, True)


async def test_a_python_till_begins_one_and_reads_its_report(tmp_path: Path) -> None:
    async with (
        serving(tmp_path / "hub") as client,
        screens(client, Screen(client, GRILL, "g1"), Screen(client, FRY, "f1")),
        Terminal(device="T1", journal=tmp_path / "t1.journal", hub=client.address.address) as till,
        asyncio.timeout(10),
    ):
        await until(lambda: till.link.live)
        with pytest.raises(LinkError, match="no preflight since it started"):
            await till.preflight()
        with pytest.raises(LinkError, match="wait_s is 4"):
            await till.begin_preflight(4)
        run_id = await till.begin_preflight()
        while (found := await till.preflight()).running:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        assert (found.id, found.failed, found.by) == (run_id, False, "T1")
        assert {row.place for row in found.rows} == {"grill", "fry"}


async def test_a_screen_that_dies_in_the_middle_is_said_and_who_comes_late_is_told(tmp_path: Path) -> None:
    async with serving(tmp_path) as client:
        grill = Screen(client, GRILL, "g1")
        await grill.open()
        client.hub.preflight.begin("Sara")
        told = await grill.told()
        assert told is not None
        await grill.says(told)
        fry = Screen(client, FRY, "f1")
        await fry.open()
        live = [event for event in fry.watch.events if isinstance(event, Live) and event.key == "preflight"]
        assert [event.value.id for event in live if isinstance(event.value, Preflight)] == [told.id]
        grill.watch.call.cancel()
        await fry.says(told)
        async with asyncio.timeout(5):
            while (found := client.hub.preflight.result()) is None or {
                row.place: (row.connected, row.problems) for row in found.rows
            } != {"grill": (False, ("gone",)), "fry": (True, ())}:
                await fry.watch.batch()
        await grill.open()
        over = await fry.told()
        assert over is not None
        assert over.result is not None
        assert not over.result.failed, "it came back, and what it had said holds"


async def test_each_screen_that_was_here_before_has_its_row_also_the_second_one_of_a_station(
    tmp_path: Path, capsys: Out
) -> None:
    """The second screen of the grill is off this morning, and the hub was started anew: nobody waits for it, and it is named."""
    sky = Sky.at("2026-11-23T10:00")
    async with sky.hub(tmp_path) as client:
        evening = (Screen(client, GRILL, "g1"), Screen(client, GRILL, "g2"), Screen(client, FRY, "f1"))
        async with screens(client, *evening):
            await until(lambda: len(client.hub.preflight._open) == 3)
        await until(lambda: not client.hub.preflight._open)
    sky.later(14.0)
    async with sky.hub(tmp_path) as client:
        async with screens(client, Screen(client, GRILL, "g1"), Screen(client, FRY, "f1")):
            assert await heard("preflight", "--data", str(tmp_path)) == 1
        said = capsys.readouterr().out
        assert "✗ GRILL (g2)  no screen" in said
        assert "✓ GRILL (g1)" in said
        sky.later(48.0)
        async with screens(client, Screen(client, GRILL, "g1"), Screen(client, FRY, "f1")):
            assert await heard("preflight", "--data", str(tmp_path)) == 0, "it was put away"


async def test_a_hub_that_starts_again_has_none_and_the_command_says_so(tmp_path: Path, capsys: Out) -> None:
    data = ("--data", str(tmp_path))
    async with serving(tmp_path) as client:
        grill = Screen(client, GRILL, "g1")
        await grill.open()
        running = asyncio.create_task(heard("preflight", *data))
        assert await grill.told() is not None
    assert await running == 1
    err = capsys.readouterr().err
    assert "the preflight broke off: " in err
    assert "run it once more" in err
    async with serving(tmp_path) as client:
        grill = Screen(client, GRILL, "g1")
        await grill.open()
        assert not [one for one in grill.watch.events if isinstance(one, Live) and one.key == "preflight"]


async def test_the_result_is_taken_down_in_time(tmp_path: Path) -> None:
    sky = Sky.at("2026-11-23T10:00")
    async with sky.hub(tmp_path) as client:
        grill = Screen(client, GRILL, "g1")
        await grill.open()
        client.hub.preflight.begin("Sara", 30)
        assert await grill.told() is not None
        sky.later(30 / HOUR_S)
        over = await grill.told()
        assert over is not None
        assert over.result is not None
        assert [(row.place, row.problems) for row in over.result.rows] == [
            ("fry", ("no_screen",)),
            ("grill", ("no_answer",)),
        ]
        sky.later(preflight.SHOWN_MS / 1000 / HOUR_S)
        assert await grill.told() is None


async def test_printers_are_asked_and_print_nothing(tmp_path: Path) -> None:
    async with FakePrinter(paper=PAPER_OUT) as empty, FakePrinter() as well:
        stations = tuple(
            Station(name, {"en": name.title()}, role="printer", address=f"127.0.0.1:{one.port}")
            for name, one in (("bar", empty), ("pass", well))
        )
        grill = Station("grill", {"en": "Grill"})
        async with (
            serving(tmp_path, stations=(grill, *stations), routes=()) as client,
            screens(client, Screen(client, GRILL, "g1")),
        ):
            client.hub.preflight.begin("Sara")
            found = await until(partial(ended, client))
        assert [(row.place, row.problems, row.why) for row in found.rows if row.kind == "printer"] == [
            ("bar", ("no_printer",), "it has no paper"),
            ("pass", (), ""),
        ]
        assert not empty.slips
        assert not well.slips


async def test_a_bad_wait_is_refused(tmp_path: Path, capsys: Out) -> None:
    assert await heard("preflight", "--wait", "3", "--data", str(tmp_path)) == 2
    assert "--wait is 3" in capsys.readouterr().err


async def test_names_of_a_catalogue_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def menu() -> AsyncIterator[tuple[str, str, dict[str, str]]]:
        yield "item", "i1", {"en": "Ramen", "ar": "رامن"}
        yield "item", "i2", {"en": "Kofta"}

    stations = (Station("grill", {"en": "Grill"}, languages=("en", "ar")),)
    async with serving(tmp_path, stations=stations, routes=()) as client:
        monkeypatch.setattr(client.hub.preflight, "_menu", menu)
        grill = Screen(client, GRILL, "g1")
        async with screens(client, grill):
            client.hub.preflight.begin("Sara")
            found = await until(partial(ended, client))
    assert [(one.id, one.lacks) for one in found.names] == [("i2", ("ar",)), ("grill", ("ar",))]
    assert not found.failed
