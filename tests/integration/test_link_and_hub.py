"""The real link and terminal against the real hub in a process of its own: till to screen and back, and over a kill."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from heard.command import Answer, BumpLines, Command, Outcome, PaintedLine
from heard.link import Finder, JournalFile, Link, Phase
from heard.order import Line, Order
from heard.pos import Terminal
from heard.stream import Alive, HeardState, Painted, View, ViewKind
from tests.waiting import until

STATION = "kitchen"
"""The only station of a hub without settings."""
KITCHEN = View(ViewKind.PREP, station=STATION)
BURGER = Order("", lines=(Line("", "burger", {"en": "Burger"}), Line("", "fries", {"en": "Fries"})))


@dataclass
class HubProcess:
    """A hub that can be killed and started again on the same data and port."""

    folder: Path
    port: int = 0
    process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def start(self) -> None:
        ready, config = self.folder / "ready.json", self.folder / "hub.toml"
        ready.unlink(missing_ok=True)
        config.write_text(
            "[network]\nadmin_port = 0\n", encoding="utf-8"
        )  # another hub may have the usual one
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "heard", "hub", "--no-mdns",
            "--data", str(self.folder / "data"), "--port", str(self.port), "--ready-file", str(ready),
            "--config", str(config),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        await until(ready.exists, 40)
        self.port = int(json.loads(ready.read_text())["address"].rpartition(":")[2])

    async def end(self, sign: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is not None and process.returncode is None:
            process.send_signal(sign)
            await process.wait()


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[HubProcess]:
    one = HubProcess(tmp_path)
    await one.start()
    try:
        yield one
    finally:
        await one.end(signal.SIGKILL)


@asynccontextmanager
async def screen(hub: HubProcess, journal: Path) -> AsyncIterator[Link]:
    """A screen that reports all that it gets as painted, as a headless display with --count-headless does."""
    link = Link(
        device="screen-1",
        view=KITCHEN,
        finder=Finder(hub.address),
        journal=await JournalFile.open(journal, device="screen-1"),
        screen=True,
        headless=True,
        count_headless=True,
    )
    greeted: list[object] = [None]

    def paint() -> None:
        whole = link.state.hello is not greeted[0]
        greeted[0] = link.state.hello
        shown = tuple((document.order_id, document.version) for document in link.documents.values())
        if link.state.hello is not None:
            link.painted(Painted(link.epoch, shown, whole_picture=whole))
            link.alive(Alive(link.rev, link.digest))

    link.on_applied(lambda applied: paint())
    await link.start()
    try:
        yield link
    finally:
        await link.close()


async def test_an_order_goes_from_till_to_screen_is_heard_bumped_and_fetched(
    hub: HubProcess, tmp_path: Path
) -> None:
    answers: list[tuple[Command, Answer]] = []
    async with (
        screen(hub, tmp_path / "screen") as kitchen,
        Terminal(device="T1", journal=tmp_path / "till", hub=hub.address) as till,
    ):
        till.on_answer(lambda command, answer: answers.append((command, answer)))
        await until(lambda: kitchen.state.live and till.link.live and till.numbers_left)
        held = await till.hold(BURGER)
        assert held.call_number.isdigit()
        await until(lambda: held.order_id in kitchen.documents)
        await until(lambda: till.heard(held.order_id).get(STATION, None) is not None)
        await until(lambda: till.heard(held.order_id)[STATION].state is HeardState.HEARD)
        assert (answers[0][1].outcome, answers[0][1].call_number) == (Outcome.DONE, held.call_number)

        order = kitchen.documents[held.order_id]
        assert isinstance(order, Order)
        painted = tuple(PaintedLine(line.line_id, at.version) for line in order.lines for at in line.stations)
        bump = await kitchen.command(held.order_id, BumpLines(STATION, painted))
        assert bump.seq in kitchen.pending
        await until(lambda: held.order_id not in kitchen.documents and not kitchen.pending)
        assert [one.order_id for one in await kitchen.recall_list(STATION)] == [held.order_id]
        await till.pay(held.order_id, 1200, "card")
        await till.picked_up(held.order_id)
        await until(lambda: held.order_id not in till.orders and till.waiting == 0)
        assert kitchen.profile.station(STATION) is not None
        assert len(till.link.hello.business_date if till.link.hello else "") == len("2026-11-23")


async def test_a_killed_hub_is_found_again_and_nothing_is_lost_or_doubled(
    hub: HubProcess, tmp_path: Path
) -> None:
    async with (
        screen(hub, tmp_path / "screen") as kitchen,
        Terminal(device="T1", journal=tmp_path / "till", hub=hub.address) as till,
    ):
        await until(lambda: kitchen.state.live and till.link.live)
        before = [await till.hold(BURGER) for _ in range(5)]
        await until(lambda: till.waiting == 0)
        epoch = kitchen.epoch
        await hub.end(signal.SIGKILL)
        during = [await till.hold(BURGER) for _ in range(5)]
        await until(lambda: kitchen.state.phase is Phase.NOT_LIVE)
        assert len(kitchen.documents) == 5, "the tickets stay up"
        await hub.start()
        loop = asyncio.get_running_loop()
        listening = loop.time()
        await until(lambda: kitchen.state.live)
        assert loop.time() - listening < 3.0
        await until(lambda: till.waiting == 0 and len(kitchen.documents) == 10)
        assert kitchen.epoch == epoch
        assert {one.order_id for one in before + during} == set(kitchen.documents)
        await until(lambda: all(till.heard(one.order_id) for one in during))
        numbers = [one.call_number for one in before + during]
        assert len(set(numbers)) == 10


async def test_a_clean_stop_says_goodbye_and_the_screen_comes_back(hub: HubProcess, tmp_path: Path) -> None:
    reasons: list[str] = []
    async with screen(hub, tmp_path / "screen") as kitchen:
        kitchen.on_state(lambda state: reasons.append(state.reason))
        await until(lambda: kitchen.state.live)
        await hub.end(signal.SIGTERM)
        await until(lambda: any("goodbye" in reason for reason in reasons))
        await hub.start()
        await until(lambda: kitchen.state.live)


async def test_the_wait_for_a_new_block_of_numbers_is_bridged_by_letters(
    hub: HubProcess, tmp_path: Path
) -> None:
    """200 orders as fast as the disk takes them: every number is another one, and the hub has every order."""
    async with Terminal(device="T1", journal=tmp_path / "till", hub=hub.address) as till:
        await until(lambda: till.numbers_left)
        held = [await till.hold(BURGER) for _ in range(200)]
        await until(lambda: till.waiting == 0 and len(till.orders) == 200)
        assert len({one.call_number for one in held}) == 200
        numbers = {getattr(document, "call_number", "") for document in till.orders.values()}
        assert numbers == {one.call_number for one in held}
