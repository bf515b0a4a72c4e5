"""The floor of a hub that runs: a station closes and its work moves, equal stations share, pauses end, what is out is seen by all."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from heard.command import (
    CloseStation,
    Command,
    EightySix,
    Outcome,
    Pause,
    Undo,
    Verb,
)
from heard.order import Line, Order
from heard.stream import (
    Change,
    OutItems,
    SiteState,
    StationStatus,
    View,
    ViewKind,
)
from tests.hub.rpc.serving import Client, an_order, serving

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
