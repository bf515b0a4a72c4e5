"""The floor of a hub that runs: a station closes and its work moves, equal stations share, pauses end, what is out is seen by all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from heard.command import (
    AddLines,
    Answer,
    BumpLines,
    CloseStation,
    Command,
    EightySix,
    OpenStation,
    Outcome,
    PaintedLine,
    Pause,
    Undo,
    Verb,
)
from heard.order import Line, LineState, Order
from heard.pos import Terminal
from heard.stream import (
    Bookmark,
    Change,
    ItemAvailability,
    OutItems,
    SiteState,
    StationStatus,
    View,
    ViewKind,
)
from hub.config import Station
from hub.core.routing import Rule
from hub.figures import figures
from tests.hub.rpc.serving import WAIT_S, Client, an_order, serving

ids = iter(range(1_000_000))


async def say(client: Client, verb: Verb, device: str = "s1", order_id: str = "") -> Any:
    answer = await client.execute(Command(order_id, verb, command_id=f"c{next(ids)}"), device)
    assert answer.outcome == Outcome.DONE, answer
    return answer


def the(client: Client, order_id: str) -> Order:
    found = client.hub.store.get(f"order/{order_id}")
    assert isinstance(found, Order)
    return found


def where(client: Client, order_id: str) -> list[tuple[str, str, str]]:
    return [
        (line.line_id, at.station, at.state.name)
        for line in the(client, order_id).lines
        for at in line.stations
    ]


async def until(fits: Any) -> None:
    async with asyncio.timeout(WAIT_S):
        while not fits():  # noqa: ASYNC110 - the store tells a test nothing of its own
            await asyncio.sleep(0.01)


async def test_out_items_are_seen_by_screens_and_tills_at_once_and_after_a_connect(tmp_path: Path) -> None:
    async with serving(tmp_path) as client:
        streams = [
            client.screen(),
            client.watch(View(ViewKind.EXPO), "e"),
            client.watch(View(ViewKind.TERMINAL, terminal="T1"), "till"),
        ]
        for one in streams:
            assert (await one.site(OutItems)).items == ()
        began = time.monotonic()
        await say(client, EightySix("fries", False, {"en": "Fries"}))
        for one in streams:
            items = (await one.site(OutItems)).items
            assert [(item.item_id, item.name, item.by) for item in items] == [
                ("fries", {"en": "Fries"}, "s1")
            ]
        assert time.monotonic() - began < 1.0
        later = client.screen("fry", "s2")
        assert [one.item_id for one in (await later.site(OutItems)).items] == ["fries"]
        held = await client.hold(
            an_order("o1", lines=(Line("l1", "fries", {"en": "Fries"}, category="fried"),))
        )
        assert (held.outcome, held.message) == (Outcome.DONE, "86: Fries")
        await say(client, EightySix("fries", True), "till")
        assert (await later.site(OutItems)).items == ()


async def test_they_follow_the_business_day(tmp_path: Path) -> None:
    async with serving(tmp_path) as client:
        screen = client.screen()
        await screen.site(OutItems)
        await say(client, EightySix("fries"))
        await screen.site(OutItems, lambda out: bool(out.items))
        await client.hub.days._roll("2999-01-01")
        await screen.site(OutItems, lambda out: not out.items)
        assert client.hub.site.out == {}


async def test_a_restart_changes_nothing_of_what_was_said(tmp_path: Path) -> None:
    async with serving(tmp_path) as client:
        await say(client, EightySix("fries"))
        await say(client, CloseStation("fry", "grill"))
        await say(client, Pause("grill", int(time.time() * 1000) + 60_000))
    async with serving(tmp_path) as client:
        screen = client.screen()
        state = await screen.site(SiteState)
        assert state.of("fry") == StationStatus("fry", True, "grill")
        assert state.paused_until_ms("grill") > time.time() * 1000
        assert [one.item_id for one in (await client.screen(device="s3").site(OutItems)).items] == ["fries"]
        await client.hold(an_order("o1", "fried"))
        assert where(client, "o1") == [("l1", "grill", "QUEUED")]


async def test_a_closed_stations_work_moves_with_its_state_and_comes_not_back(tmp_path: Path) -> None:
    async with serving(tmp_path) as client:
        lines = (
            Line("a", "fries", {"en": "Fries"}, category="fried"),
            Line("b", "rings", {"en": "Rings"}, category="fried"),
            Line("c", "kofta", {"en": "Kofta"}, category="grills"),
        )
        for index in range(40):
            await client.hold(an_order(f"o{index}", lines=lines))
        await say(client, BumpLines("fry", (PaintedLine("b", 1),)), "s2", "o0")
        grill = client.screen()
        await grill.until(Bookmark)
        await say(client, CloseStation("fry", "grill"))
        await until(
            lambda: (
                not any(
                    at.station == "fry" and at.state is not LineState.DONE
                    for one in client.hub.store.open_orders()
                    for line in one.lines
                    for at in line.stations
                )
            )
        )
        assert where(client, "o0") == [
            ("a", "grill", "QUEUED"),
            ("b", "fry", "DONE"),
            ("c", "grill", "QUEUED"),
        ]
        assert where(client, "o39")[0] == ("a", "grill", "QUEUED")
        assert the(client, "o0").history[-1].verb == "move"
        assert "fry is closed" in the(client, "o0").history[-1].detail
        await grill.until(Change, order_id="o39")
        await say(client, AddLines((Line("d", "fries", {"en": "Fries"}, category="fried"),)), "till", "o1")
        assert where(client, "o1")[-1] == ("d", "grill", "QUEUED")
        await say(client, OpenStation("fry"))
        await client.hold(an_order("new", "fried"))
        assert where(client, "new") == [("l1", "fry", "QUEUED")]
        assert where(client, "o2")[0] == ("a", "grill", "QUEUED"), "what moved away stays where it is"


EQUAL: dict[str, Any] = {
    "stations": (Station("grill-1", group="grill"), Station("grill-2", group="grill"), Station("fry")),
    "routes": (Rule(("grill",), categories=("grills",)), Rule(("fry",), categories=("fried",))),
}


async def test_equal_stations_take_turns_and_stand_in_for_each_other(tmp_path: Path) -> None:
    async with serving(tmp_path, **EQUAL) as client:
        await asyncio.gather(*(client.hold(an_order(f"o{n}", call_number=str(n))) for n in range(1, 31)))
        found = [where(client, f"o{n}")[0][1] for n in range(1, 31)]
        assert (found.count("grill-1"), found.count("grill-2")) == (15, 15)
        await say(client, CloseStation("grill-2"))
        await until(lambda: all(where(client, f"o{n}")[0][1] == "grill-1" for n in range(1, 31)))
        assert client.hub.floor.nobodys_lines == 0


async def test_work_of_a_station_that_is_gone_from_the_settings_is_on_every_screen(tmp_path: Path) -> None:
    async with serving(tmp_path) as client:
        await client.hold(an_order("o1", "fried"))
    left: dict[str, Any] = {
        "stations": (Station("grill"), Station("cold")),
        "routes": (Rule(("grill",), categories=("grills",)),),
    }
    async with serving(tmp_path, **left) as client:
        await until(lambda: where(client, "o1") == [("l1", "grill", "QUEUED"), ("l1", "cold", "QUEUED")])
        assert the(client, "o1").lines[0].nobodys
        state = await client.screen("cold").site(SiteState, lambda one: one.nobodys_lines > 0)
        assert state.nobodys_lines == 1
        values = {one.name: one.values for one in figures(client.hub.sources)}
        assert values["heard_nobodys_lines_open"] == {(): 1}
        painted = (PaintedLine("l1", the(client, "o1").lines[0].stations[0].version),)
        await say(client, BumpLines("grill", painted), "s1", "o1")
        assert [state for _, _, state in where(client, "o1")] == ["DONE", "DONE"], "made once, for all"


async def test_a_pause_is_told_and_ends_by_itself(tmp_path: Path) -> None:
    async with serving(tmp_path) as client:
        screen = client.screen()
        assert (await screen.site(SiteState)).stations == ()
        until_ms = int(time.time() * 1000) + 700
        await say(client, Pause("", until_ms))
        assert (await screen.site(SiteState)).paused_until_ms("grill") == until_ms
        assert client.hub.site.state.paused_until_ms("grill") == until_ms
        await client.hold(an_order("o1"))
        await screen.until(Change, order_id="o1")
        assert (await screen.site(SiteState)).stations == ()
        assert time.time() * 1000 >= until_ms


async def test_an_86_can_be_undone_on_its_screen(tmp_path: Path) -> None:
    async with serving(tmp_path) as client:
        from tests.hub.rpc.serving import a_batch

        submit = client.submit("s1")
        await submit.write(a_batch(Command("", EightySix("fries"), seq=1)))
        screen = client.screen()
        await screen.site(OutItems, lambda out: bool(out.items))
        await submit.write(a_batch(Command("", Undo("", 1), seq=2)))
        await screen.site(OutItems, lambda out: not out.items)
        submit.cancel()


@pytest.mark.parametrize("settings", [0, 400])
async def test_an_event_costs_the_same_however_much_is_set(tmp_path: Path, settings: int) -> None:
    """What a hold reads is its order, its counters and the day: no settings, no station's state, no list of what is out."""
    from heard.command import Hold
    from hub.core.kitchen import needs

    async with serving(tmp_path) as client:
        for index in range(settings // 10):
            await say(client, EightySix(f"item-{index}"))
        order = an_order("o1")
        assert needs(Command("o1", Hold(order), seq=1, device="T1", incarnation="i")) == {
            "order/o1", "day", "device/T1", "answer/T1/i/0000000000000001", "call-numbers", "own-numbers",
        }  # fmt: skip


async def test_a_till_says_what_is_out_and_hears_it_of_others(tmp_path: Path) -> None:
    async with serving(tmp_path / "hub") as client:
        hub = client.address.address
        async with (
            Terminal(device="T1", journal=tmp_path / "t1", hub=hub) as one,
            Terminal(device="T2", journal=tmp_path / "t2", hub=hub) as other,
        ):
            told: list[Mapping[str, ItemAvailability]] = []
            answers: list[Answer] = []
            other.on_site(lambda: told.append(other.out))
            other.on_answer(lambda _, answer: answers.append(answer))
            await until(lambda: one.link.live and other.link.live)
            await one.eighty_six("fries", name={"en": "Fries"}, user="Amal")
            await until(lambda: "fries" in other.out)
            assert other.out["fries"].by == "Amal"
            assert set(told[-1]) == {"fries"}
            await other.hold(
                an_order("", category="fried", lines=(Line("", "fries", {"en": "Fries"}, category="fried"),))
            )
            await until(lambda: bool(answers))
            assert (answers[0].outcome, answers[0].message) == (Outcome.DONE, "86: Fries")
            until_ms = int(time.time() * 1000) + 3_600_000
            await other.pause(until_ms)
            await until(lambda: one.site.paused_until_ms("fry") == until_ms)
            await one.resume()
            await one.eighty_six("fries", available=True)
            await until(lambda: not other.out and not other.site.stations)
