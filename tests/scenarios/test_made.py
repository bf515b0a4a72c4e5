"""The guest changes his mind: was it made already? Only the cook knows, and one key tells the till. Real hub, till and screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from display.app.start import Output
from heard.order import Line, Order, OrderType, VoidAnswer
from heard.pos import Terminal
from heard.stream import LineVoided
from tests.hub.rpc.serving import serving
from tests.scenarios.screens import a_screen
from tests.scenarios.test_hands import STATIONS
from tests.waiting import until

DISHES = tuple(Line(one, one, {"en": one.title()}, category="grills") for one in ("kofta", "kebab"))


@pytest.mark.parametrize(("key", "answer"), [("n", VoidAnswer.NOT_MADE), ("enter", VoidAnswer.UNKNOWN)])
async def test_the_till_is_told_whether_the_voided_dish_was_made(
    tmp_path: Path, fonts: Output, key: str, answer: VoidAnswer
) -> None:
    """The grill has no START key. Y and N say it; who only bumps has said nothing, and nobody guesses."""
    async with serving(tmp_path / "hub", **STATIONS) as client:
        address = client.address.address
        async with (
            Terminal(device="T1", journal=tmp_path / "till.db", hub=address) as till,
            a_screen(fonts, address, tmp_path) as grill,
        ):
            held = await till.hold(Order("", "214", OrderType.TAKEAWAY, lines=DISHES))
            await grill.says("#214", "Kofta", "Kebab", key=f"{held.order_id}/")
            await till.void_lines(held.order_id, ["kofta"], "changed his mind")
            await grill.says("VOID", key=f"{held.order_id}/")
            grill.later(1.0)
            grill.press("1")
            await grill.says("Not made", key="bottom")
            grill.press(key)
            await until(
                lambda: (
                    (told := till.heard(held.order_id).get("grill")) is not None
                    and told.voided == (LineVoided("kofta", answer),)
                )
            )
            await until(lambda: "VOID" not in grill.words(f"{held.order_id}/"))
            assert "Kebab" in grill.words(f"{held.order_id}/")
