"""Stations, routes, 86 and pauses in the restaurant's words, on a whole hub. Numbers are KITCHEN's complaints about others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from display.app.start import Output
from display.core.slots import STABLE
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
    Reason,
)
from heard.order import Line, LineState, Order, OrderType
from heard.pos import Terminal
from heard.stream import (
    Bookmark,
    Change,
    ItemAvailability,
    OutItems,
    SiteState,
)
from hub.api import Asked
from hub.config import Station
from hub.core.routing import Rule
from hub.core.stations import TimedPause
from hub.figures import figures
from tests.hub.rpc.serving import an_order, serving
from tests.hub.test_floor import say, the, where
from tests.hub.test_settings import of_file
from tests.scenarios.screens import a_screen
from tests.waiting import until

FRYERS = of_file("""
[stations.grill]
[stations.fry]
[stations.cold]
[stations.pass]
role = "expo"
[[routes]]
stations = ["grill"]
categories = ["grills"]
order_types = ["dine_in", "takeaway"]
[[routes]]
stations = ["fry"]
categories = ["fried"]
order_types = ["dine_in", "takeaway"]
""")


async def test_11_a_new_order_type_or_category_is_on_every_screen_until_somebody_gives_it_a_rule(
    tmp_path: Path, fonts: Output
) -> None:
    """The aggregator sends drones since this morning, the menu has a category that no rule knows: each station's cook reads it."""
    dish = Line("l1", "kofta", {"en": "Kofta"}, category="grills")
    drone = Order("o1", "8841", OrderType.UNSPECIFIED, {"en": "Drone"}, lines=(dish,), terminal="T1")
    sushi = Order(
        "o2",
        "8842",
        OrderType.TAKEAWAY,
        lines=(Line("l1", "maki", {"en": "Maki"}, category="sushi"),),
        terminal="T1",
    )
    async with serving(tmp_path / "hub", **FRYERS) as client, AsyncExitStack() as stack:
        hub = client.address.address
        cooks = [
            await stack.enter_async_context(a_screen(fonts, hub, tmp_path, station=name))
            for name in ("grill", "cold")
        ]
        grill, cold = cooks
        expo = await stack.enter_async_context(a_screen(fonts, hub, tmp_path, "expo"))
        for order in (drone, sushi):
            await client.hold(order)
        for one in cooks:
            await one.says("#8841", "DRONE", "Kofta", "NO STATION: check", key="o1/")
            await one.says("#8842", "Maki", "NO STATION: check", key="o2/")
            await one.says("Nobody's 2", key="top")
        await expo.says("#8841", key="o1")
        await expo.says("Nobody's 2", key="top")
        values = {one.name: one.values for one in figures(client.hub.sources)}
        assert values["heard_nobodys_lines_open"] == {(): 2}
        said = await client.hub.site_api.explain(Asked({"order": "8841"}))
        assert (
            said["lines"][0]["rules"][0]["missed"]
            == "order type is unspecified or drone, not dine_in or takeaway"
        )
        rules = [
            {"stations": ["grill"], "type_names": ["Drone"]},
            {"stations": ["cold"], "categories": ["sushi"]},
        ]
        await client.hub.settings.set(Asked({"key": "routes", "value": rules}))
        await client.hold(replace(drone, order_id="o3"))
        await client.hold(replace(sushi, order_id="o4"))
        await grill.says("Kofta", key="o3/")
        await cold.says("Maki", key="o4/")
        assert (where(client, "o3"), where(client, "o4")) == (
            [("l1", "grill", "QUEUED")],
            [("l1", "cold", "QUEUED")],
        )
        cold.press("1", "enter")
        await until(lambda: all(at.state is LineState.DONE for at in the(client, "o1").lines[0].stations))
        for one in cooks:
            one.later(STABLE.undo_s + STABLE.close_after_s)
        await until(lambda: not any("o1" in one.tiles() for one in cooks), why=lambda: "made once, for all")
        assert [sorted(one.tiles()) for one in cooks] == [["o2", "o3"], ["o2", "o4"]], (
            "what has a rule now is no noise"
        )


async def test_a_bump_that_was_on_its_way_when_the_station_closed_makes_nothing_twice(tmp_path: Path) -> None:
    """The fry cook bumped on the old screen while the ticket moved: the grill has it, and only the grill's bump counts."""
    async with serving(tmp_path, **FRYERS) as client:
        await client.hold(an_order("o1", "fried"))
        await say(client, CloseStation("fry", "grill"))
        await until(lambda: where(client, "o1") == [("l1", "grill", "QUEUED")])
        late = Command("o1", BumpLines("fry", (PaintedLine("l1", 1),)), command_id="late")
        answer = await client.execute(late, "s-fry")
        assert (answer.outcome, answer.reason) == (Outcome.REJECTED, Reason.GONE)
        assert where(client, "o1") == [("l1", "grill", "QUEUED")]
        version = the(client, "o1").lines[0].stations[0].version
        await say(client, BumpLines("grill", (PaintedLine("l1", version),)), "s-grill", "o1")
        assert where(client, "o1") == [("l1", "grill", "DONE")]


async def test_friday_prayer_pauses_the_kitchen_by_the_timetable_and_orders_still_arrive(
    tmp_path: Path,
) -> None:
    """Late alarms wait until it is over; somebody who comes back early ends it by hand, and it stays over today."""
    now = time.gmtime()
    minute = now.tm_hour * 60 + now.tm_min
    prayer = TimedPause((minute - 5) % 1440, (minute + 25) % 1440)
    async with serving(tmp_path, **{**FRYERS, "pauses": (prayer,)}) as client:
        screen = client.screen("grill")
        state = await screen.site(SiteState)
        assert state.paused_until_ms("grill") > time.time() * 1000 + 20 * 60_000
        await client.hold(an_order("o1"))
        await screen.until(Change, order_id="o1")
        await say(client, Pause("", resume=True), "s-grill")
        assert (await screen.site(SiteState)).stations == ()
    async with serving(tmp_path, **{**FRYERS, "pauses": (prayer,)}) as client:
        assert (await client.screen("grill").site(SiteState)).stations == ()


EQUAL: dict[str, Any] = {
    "stations": (Station("grill-1", group="grill"), Station("grill-2", group="grill"), Station("fry")),
    "routes": (Rule(("grill",), categories=("grills",)), Rule(("fry",), categories=("fried",))),
}


async def test_the_fryer_breaks_at_lunch_and_the_grill_takes_over_its_open_tickets(tmp_path: Path) -> None:
    """Closed in mid-service with 40 tickets open: what is done stays done, the rest stands at the grill, and no screen keeps a ghost."""
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


async def test_two_equal_grills_share_a_rush_and_one_takes_all_when_the_other_closes(tmp_path: Path) -> None:
    """Thirty orders held at once are fifteen and fifteen."""
    async with serving(tmp_path, **EQUAL) as client:
        await asyncio.gather(*(client.hold(an_order(f"o{n}", call_number=str(n))) for n in range(1, 31)))
        found = [where(client, f"o{n}")[0][1] for n in range(1, 31)]
        assert (found.count("grill-1"), found.count("grill-2")) == (15, 15)
        await say(client, CloseStation("grill-2"))
        await until(lambda: all(where(client, f"o{n}")[0][1] == "grill-1" for n in range(1, 31)))
        assert client.hub.floor.nobodys_lines == 0


async def test_11_a_station_taken_out_of_the_settings_overnight_hides_no_order(tmp_path: Path) -> None:
    """Its open order is on every prep screen, counted, and made once for all of them."""
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


async def test_fries_are_out_tonight_and_back_tomorrow(tmp_path: Path) -> None:
    """86 follows the day's roll."""
    async with serving(tmp_path) as client:
        screen = client.screen()
        await screen.site(OutItems)
        await say(client, EightySix("fries"))
        await screen.site(OutItems, lambda out: bool(out.items))
        await client.hub.days._roll("2999-01-01")
        await screen.site(OutItems, lambda out: not out.items)
        assert client.hub.site.out == {}


async def test_the_cashier_says_that_fries_are_out_and_the_other_till_is_warned_at_its_next_order(
    tmp_path: Path,
) -> None:
    """The order is taken all the same."""
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
