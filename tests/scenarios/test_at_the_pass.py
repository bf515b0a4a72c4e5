"""At the pass: a whole expo screen, a whole prep screen and a till on a real hub, in the restaurant's words."""

from __future__ import annotations

from pathlib import Path

from display.app.start import Output
from heard.order import Allergen, Line, LineState, Order, OrderType
from heard.pos import Terminal
from heard.stream import HeardState
from tests.fakes.hub_process import CONFIG
from tests.hub.rpc.serving import serving
from tests.hub.test_settings import of_file
from tests.scenarios.screens import a_screen
from tests.waiting import until

DOUBLE_S = 0.8
"""More than a double press."""


async def test_an_allergy_is_confirmed_and_an_order_goes_out_before_the_fries(
    tmp_path: Path, fonts: Output
) -> None:
    lines = (
        Line("l1", "tawook", {"en": "Shish Tawook"}, 2000, category="grills"),
        Line("l2", "fries", {"en": "Fries"}, category="fried"),
    )
    order = Order(
        "", type=OrderType.TAKEAWAY, lines=lines, allergens=(Allergen("nuts", {"en": "Nut allergy"}),)
    )
    async with serving(tmp_path / "hub", **of_file(CONFIG)) as hub:
        address = hub.address.address
        async with (
            Terminal(device="T1", journal=tmp_path / "t1.journal", hub=address) as till,
            a_screen(fonts, address, tmp_path, "expo") as expo,
            a_screen(fonts, address, tmp_path) as grill,
        ):
            held = await till.hold(order)
            card = held.order_id

            def heard(station: str) -> bool:
                value = till.heard(card).get(station)
                return value is not None and value.state is HeardState.HEARD

            await until(lambda: heard("grill") and heard("expo"))
            assert "0 of 2" in expo.words(card)
            grill.press("1", "enter")
            await expo.says("1 of 2", key=card)
            expo.press("1", "enter")
            await expo.says("CONFIRM the allergy first", key="bottom")
            expo.press("c")
            await expo.says("CONFIRMED", key=card)
            expo.press("enter")
            await expo.says("NOT READY: FRY 1 Fries", key="bottom")
            await expo.painted(DOUBLE_S)
            expo.press("enter")
            await expo.says("SENT", key=card)
            await until(lambda: _state(till, card, "l2", "fry") is LineState.SENT)
            assert _state(till, card, "l1", "grill") is LineState.DONE
            expo.press("u")
            await expo.says("1 of 2", key=card)
            await until(lambda: _state(till, card, "l2", "fry") is LineState.QUEUED)


async def test_what_is_out_is_marked_on_every_screen_until_it_is_back(tmp_path: Path, fonts: Output) -> None:
    """The grill runs out of tawook and says so with one key; the pass in its list sees it, and that it is back."""
    order = Order(
        "", type=OrderType.TAKEAWAY, lines=(Line("l1", "tawook", {"en": "Tawook"}, category="grills"),)
    )
    async with serving(tmp_path / "hub", **of_file(CONFIG)) as hub:
        address = hub.address.address
        async with (
            Terminal(device="T1", journal=tmp_path / "t1.journal", hub=address) as till,
            a_screen(fonts, address, tmp_path, "expo", layout="list") as expo,
            a_screen(fonts, address, tmp_path) as grill,
        ):
            card = (await till.hold(order)).order_id
            await grill.says("Tawook", key=card)
            await expo.says("GRILL", "Tawook", key=card)
            grill.press("1")
            grill.press("x")
            await grill.says("86", key=card)
            await expo.says("86", key=card)
            await expo.says("86: Tawook", key="top")
            grill.press("x")
            await until(lambda: "86" not in expo.words(card) and "86" not in grill.words(card))
            assert "86" not in expo.words("top")


def _state(till: Terminal, order_id: str, line_id: str, station: str) -> LineState | None:
    order = till.orders.get(order_id)
    line = order.line(line_id) if isinstance(order, Order) else None
    at = line.at(station) if line is not None else None
    return at.state if at is not None else None
