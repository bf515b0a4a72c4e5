"""Before the doors open: one key at the pass, and every screen of the house paints, beeps and takes a key; orders go on meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from display.app.start import Output
from display.core.draw import Group, Picture, Text
from display.core.link_state import SILENCE_S
from display.core.preflight import DONE_S, SETTLE_S
from heard.cart import rung_up
from heard.order import LineState
from heard.pos import Terminal
from heard.preflight import KeyCheck, PreflightRow
from heard.stream import CartLine, HeardState
from hub.config import Station
from hub.core.routing import Rule
from tests.hub.rpc.serving import Client, an_order, serving
from tests.scenarios.screens import Screen, a_screen
from tests.waiting import until

STATIONS = (
    Station("grill", {"en": "Grill", "ar": "الشواية"}),
    Station("pass", {"en": "Pass"}, role="expo"),
    Station("hall", {"en": "Hall"}, role="board"),
)
ROUTES = (Rule(("grill",), categories=("grills",)),)


def panel(screen: Screen) -> str:
    """What stands on the preflight's panel; "" where there is none."""
    return screen.words("preflight")


def everything(picture: Picture) -> str:
    """All that is written, on tiles and beside them."""
    found = [one for op in picture.ops for one in (op.ops if isinstance(op, Group) else (op,))]
    return " ".join(one.text for one in found if isinstance(one, Text))


def rows(client: Client) -> dict[str, PreflightRow]:
    found = client.hub.preflight.result()
    return {row.role: row for row in found.rows} if found is not None else {}


def state(client: Client) -> LineState:
    """Of the one order's line."""
    (order,) = client.hub.store.open_orders() or client.hub.store.closed_orders(
        client.hub.services.business_date()
    )
    return order.lines[0].stations[0].state


async def test_one_key_at_the_pass_asks_every_screen_and_shows_there_what_was_found(
    tmp_path: Path, fonts: Output
) -> None:
    async with (
        serving(tmp_path, stations=STATIONS, routes=ROUTES) as client,
        a_screen(fonts, client.address.address, tmp_path) as grill,
        a_screen(fonts, client.address.address, tmp_path, "expo") as expo,
        a_screen(fonts, client.address.address, tmp_path, "board") as board,
    ):
        expo.key("f11")
        await grill.says("Grill", "الشواية", "PRESS ANY KEY", "اضغط أي مفتاح", key="preflight")
        await expo.says("PRESS ANY KEY", key="preflight")
        await board.says("This screen is being checked", key="preflight")
        grill.key("enter")
        expo.key("1")
        await expo.says("ALL IS WELL · 3 of 3 well", key="preflight")
        grill.later(DONE_S)
        await until(lambda: not panel(grill))  # cooks need not read it
        found = rows(client)
        assert [(role, row.report.keys, row.report.key) for role, row in found.items()] == [
            ("prep", KeyCheck.TAKEN, "enter"),
            ("expo", KeyCheck.TAKEN, "1"),
            ("board", KeyCheck.NONE, ""),
        ]
        assert all(row.report.painted and not row.problems for row in found.values())
        assert found["prep"].warnings == ("sound_off",), "a screen without a panel has no sound either"
        expo.press("enter")
        await until(lambda: not panel(expo))


async def test_an_order_that_comes_in_the_middle_is_seen_at_once_and_the_key_that_answers_bumps_nothing(
    tmp_path: Path, fonts: Output
) -> None:
    async with (
        serving(tmp_path, stations=STATIONS[:1], routes=ROUTES) as client,
        a_screen(fonts, client.address.address, tmp_path) as grill,
    ):
        client.hub.preflight.begin("Sara")
        await grill.says("PRESS ANY KEY", key="preflight")
        await client.hold(an_order("o1"))
        await grill.says("Kofta", key="o1")
        assert not panel(grill), "a ticket is never hidden"
        await grill.says("PREFLIGHT · press any key", key="top")

        def heard() -> bool:
            value = client.hub.heard.hearing.state("o1", "grill")
            return value is not None and value.state is HeardState.HEARD

        await until(heard)
        grill.press("1", "enter")  # select and bump, had it been meant
        await until(lambda: rows(client)["prep"].report.keys is KeyCheck.TAKEN)
        grill.later(DONE_S)
        await until(lambda: "PREFLIGHT" not in grill.words("top"))
        assert state(client) is LineState.QUEUED, "the key was the preflight's"
        grill.press("1", "enter")
        await until(lambda: state(client) is LineState.DONE)


async def test_a_key_that_was_meant_for_the_panel_does_not_bump_what_stood_behind_it(
    tmp_path: Path, fonts: Output
) -> None:
    async with (
        serving(tmp_path, stations=STATIONS[:1], routes=ROUTES) as client,
        a_screen(fonts, client.address.address, tmp_path) as grill,
    ):
        client.hub.preflight.begin("Sara")
        await grill.says("PRESS ANY KEY", key="preflight")
        grill.clock.stop()
        grill.key("enter")
        await grill.says("TAKEN", key="preflight")
        await client.hold(an_order("o1"))
        await grill.says("Kofta", key="o1")
        grill.later(SETTLE_S - 0.1)
        grill.key("1", "enter")
        grill.later(SETTLE_S)
        grill.key("1")  # now it means the ticket
        await until(lambda: grill.app.desk.intents.selected is not None)  # type: ignore[attr-defined]
        assert state(client) is LineState.QUEUED


async def test_a_guest_who_comes_to_the_till_sees_the_cart_and_nothing_of_it(
    tmp_path: Path, fonts: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        serving(tmp_path / "hub", stations=STATIONS[:1], routes=ROUTES) as client,
        a_screen(fonts, client.address.address, tmp_path, "cart", terminal="T1") as guest,
        Terminal(device="T1", journal=tmp_path / "t1.journal", hub=client.address.address) as till,
    ):
        client.hub.preflight.begin("Sara")
        await guest.says("This screen is being checked", key="preflight")
        painted: list[Picture] = []
        output = guest.app._output.painter
        paint = output.paint

        def recorded(picture: Picture, before: Picture | None = None) -> list[Any]:
            painted.append(picture)
            return paint(picture, before)

        monkeypatch.setattr(output, "paint", recorded)
        kofta = CartLine("1", {"en": "Kofta"}, 1000, unit_price_minor=1800)
        till.show_cart(rung_up((kofta,)))
        await until(lambda: guest.app.picture is not None and "Kofta" in everything(guest.app.picture))
        both = [one for one in painted if "Kofta" in everything(one) and "being checked" in everything(one)]
        assert not both, "not in one picture together"
        await until(lambda: rows(client)["cart"].report.painted)
        assert rows(client)["cart"].report.keys is KeyCheck.NONE


async def test_a_screen_whose_letters_are_too_small_for_its_cook_says_so_with_what_would_help(
    tmp_path: Path, fonts: Output, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        serving(tmp_path, stations=STATIONS[:1], routes=ROUTES) as client,
        a_screen(
            fonts, client.address.address, tmp_path, screen_inches=15.0, viewing_distance_m=4.0
        ) as grill,
    ):
        assert any("arc minutes" in record.message for record in caplog.records), "when it is set up"
        client.hub.preflight.begin("Sara")
        await grill.says("letters too small from there", key="preflight")
        grill.key("enter")
        await until(lambda: "prep" in rows(client) and rows(client)["prep"].warnings)
        row = rows(client)["prep"]
        assert "sizes" in row.warnings
        assert 'at 4 m on 15" and 16 are needed' in row.report.sizes


async def test_a_hub_that_stops_in_the_middle_takes_the_panel_down(tmp_path: Path, fonts: Output) -> None:
    async with (
        serving(tmp_path / "hub", stations=STATIONS[:1], routes=ROUTES) as client,
        a_screen(fonts, client.address.address, tmp_path) as grill,
    ):
        client.hub.preflight.begin("Sara")
        await grill.says("PRESS ANY KEY", key="preflight")
        grill.key("enter")
        await client.hub.stop()
        grill.later(SILENCE_S)
        await grill.says("NOT LIVE", key="top")
        assert not panel(grill)
        grill.later(SETTLE_S)
        grill.key("f11")
        await grill.says("A preflight needs the hub, and there is none now")
