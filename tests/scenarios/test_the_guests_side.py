"""What guests see: the cart at the till and the board in the hall, on a real hub with real screens and a real till. Numbers are KITCHEN's complaints about others."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from display.app.options import Options
from display.app.screen import ScreenApp
from display.app.start import Output, first_frame
from display.config import Config
from display.core.draw import Group, Qr, Text
from display.core.pickups import UNDO_WINDOW_MS
from heard.cart import CartMismatch, rung_up
from heard.command import BumpLines, PaintedLine, RecallLines
from heard.order import Line, Order, OrderType
from heard.pos import Terminal
from heard.stream import CartAmount, CartLine, CartState
from hub.app import Hub
from hub.config.model import Network
from tests.hub.rpc.serving import a_config
from tests.waiting import until

SIZE = (800, 480)
KOFTA = CartLine("1", {"en": "Kofta"}, 2000, unit_price_minor=1800)
LABAN = CartLine("2", {"en": "Laban"}, 1000, unit_price_minor=300)
TEA = CartLine("1", {"en": "Tea"}, 1000, unit_price_minor=700)


@pytest.fixture(scope="module")
def output() -> Output:
    """One for both screens of a test after another; opening fonts reads files."""
    return first_frame(Options(Config(terminal="T1"), role="cart", size=SIZE, headless=True))


@dataclass
class Hall:
    """A shop with one till. `hub` may go away and come back on its port."""

    folder: Path
    output: Output
    till: Terminal
    hub: Hub
    port: int

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, folder: Path, output: Output) -> AsyncIterator[Hall]:
        hub = await Hub.open(a_config(folder / "data"))
        address = (await hub.start()).address
        port = int(address.rpartition(":")[2])
        async with Terminal(device="T1", journal=folder / "till", hub=address) as till:
            hall = cls(folder, output, till, hub, port)
            try:
                yield hall
            finally:
                await hall.hub.stop()

    async def hub_back(self) -> None:
        network = Network(port=self.port, admin_port=0, mdns=False)
        self.hub = await Hub.open(replace(a_config(self.folder / "data"), network=network))
        await self.hub.start()

    @contextlib.asynccontextmanager
    async def screen(self, role: str, **settings: Any) -> AsyncIterator[Screen]:
        state = self.folder / role
        await asyncio.to_thread(state.mkdir, exist_ok=True)
        config = Config(
            hub=f"127.0.0.1:{self.port}",
            terminal="T1" if role == "cart" else "",
            languages=("en",),
            **settings,
        )
        options = Options(
            config, role=role, size=SIZE, headless=True, mdns=False, state=state, device=f"{role}-1"
        )
        app = ScreenApp(options, self.output)
        task = asyncio.create_task(app.run())
        try:
            await until(lambda: app.live_picture)
            yield Screen(app)
        finally:
            app.stop()
            await task

    async def cooked(self, number: str) -> str:
        """An order that was held and bumped; its id."""
        line = Line("l1", "kofta", {"en": "Kofta"}, category="grills")
        held = await self.till.hold(Order("", number, OrderType.TAKEAWAY, lines=(line,), pick_up_point="2"))
        await until(lambda: held.order_id in self.till.orders)
        await self.till.command(held.order_id, BumpLines("grill", (PaintedLine("l1", 1),)))
        return held.order_id


@dataclass
class Screen:
    app: ScreenApp

    @property
    def words(self) -> list[str]:
        """All that is written on it; a code by its content."""
        found: list[str] = []
        for op in self.app.picture.ops if self.app.picture is not None else ():
            for one in op.ops if isinstance(op, Group) else (op,):
                if isinstance(one, Text):
                    found.append(one.text)
                elif isinstance(one, Qr):
                    found.append(f"QR {one.data}")
        return found

    async def says(self, *words: str, never: tuple[str, ...] = ()) -> None:
        """Until all of these stand on it; none of `never` may stand there before or then."""

        def there() -> bool:
            found = self.words
            assert not set(never) & set(found)
            return set(words) <= set(found)

        await until(there, why=lambda: f"stood there {words}, but: {self.words}")


async def test_19_two_guests_back_to_back_see_each_their_own(tmp_path: Path, output: Output) -> None:
    async with Hall.open(tmp_path, output) as hall, hall.screen("cart", paid_s=2.0) as screen:
        till = hall.till
        await screen.says("Welcome")
        till.show_cart(rung_up((KOFTA,)))
        await screen.says("Kofta", "2 × 18.00", "36.00")
        both = rung_up((KOFTA, LABAN), discounts=(CartAmount({"en": "Members"}, -390),))
        till.show_cart(replace(both, state=CartState.PAYMENT, qr="pay-35.10"))
        await screen.says("TO PAY", "35.10", "QR pay-35.10", "Scan to pay")
        # One more line: the code of the old amount goes in the frame in which the amount changes.
        more = rung_up((KOFTA, LABAN, replace(TEA, line_id="3")))
        till.show_cart(replace(more, state=CartState.PAYMENT, qr="pay-35.10"))
        await screen.says("46.00")
        assert "QR pay-35.10" not in screen.words
        till.show_cart(
            replace(more, state=CartState.PAID, call_number="214", tendered_minor=5000, change_minor=400)
        )
        await screen.says("Thank you!", "214", "4.00")
        await screen.says("Welcome")
        till.show_cart(rung_up((TEA,)))
        await screen.says("Tea", "7.00", never=("Kofta", "214", "Thank you!"))


async def test_a_void_and_a_wrong_sum_clear_the_screen_at_once(tmp_path: Path, output: Output) -> None:
    async with Hall.open(tmp_path, output) as hall, hall.screen("cart") as screen:
        for clear in ("void", "wrong sum"):
            hall.till.show_cart(rung_up((KOFTA, LABAN)))
            await screen.says("39.00")
            if clear == "void":
                hall.till.show_cart(None)
            else:
                with pytest.raises(CartMismatch, match=r"1\.00 SAR too much"):
                    hall.till.show_cart(replace(rung_up((KOFTA, LABAN)), total_minor=4000))
            await screen.says("Welcome")


async def test_a_bill_that_is_split_shows_what_was_paid_and_what_is_due(
    tmp_path: Path, output: Output
) -> None:
    async with Hall.open(tmp_path, output) as hall, hall.screen("cart", paid_s=5.0) as screen:
        card = CartAmount({"en": "Card"}, 2000)
        cart = replace(rung_up((KOFTA, LABAN)), state=CartState.PAYMENT)
        hall.till.show_cart(replace(cart, qr="pay-39"))
        await screen.says("39.00", "QR pay-39")
        hall.till.show_cart(replace(cart, payments=(card,), method={"en": "Cash"}))
        await screen.says("Cash", "Card", "−20.00", "19.00", "Pay at the till", never=("QR pay-19",))
        paid = replace(cart, state=CartState.PAID, payments=(card,), tendered_minor=2000, change_minor=100)
        hall.till.show_cart(paid)
        await screen.says("Thank you!", "Your change", "1.00")


async def test_a_lost_link_covers_the_cart_until_the_till_sends_it_again(
    tmp_path: Path, output: Output
) -> None:
    async with Hall.open(tmp_path, output) as hall, hall.screen("cart") as screen:
        cart = replace(rung_up((KOFTA,)), state=CartState.PAYMENT, qr="pay-36")
        hall.till.show_cart(cart)
        await screen.says("36.00", "QR pay-36")
        await hall.hub.stop()
        await screen.says("One moment, please", "Please ask the cashier")
        assert not {"36.00", "Kofta", "QR pay-36"} & set(screen.words)
        await hall.hub_back()
        await screen.says("36.00", "QR pay-36")


async def test_a_silent_till_loses_its_code_then_its_cart(
    tmp_path: Path, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("display.core.cart_watch.QR_SILENT_S", 1.0)
    monkeypatch.setattr("display.core.cart_watch.CART_SILENT_S", 2.0)
    async with Hall.open(tmp_path, output) as hall, hall.screen("cart") as screen:
        hall.till.show_cart(replace(rung_up((KOFTA,)), state=CartState.PAYMENT, qr="pay-36"))
        await screen.says("QR pay-36")
        assert hall.till._cart._keeper is not None
        hall.till._cart._keeper.cancel()  # the till hangs: its link lives, it says nothing more
        await screen.says("One moment: a new code is coming", "36.00")
        assert "QR pay-36" not in screen.words
        await screen.says("Welcome")


async def test_the_board_of_a_cancelled_and_a_recalled_order(
    tmp_path: Path, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("display.core.pickups.UNDO_WINDOW_MS", UNDO_WINDOW_MS // 5)
    async with Hall.open(tmp_path, output) as hall, hall.screen("board") as screen:
        ids = [await hall.cooked(number) for number in ("7", "8", "9")]
        await screen.says("7", "8", "9", "READY")
        await until(lambda: screen.words.count("Counter 2") == 3)
        await hall.till.picked_up(ids[0])
        await until(lambda: "7" not in screen.words)
        await hall.till.void_order(ids[1], "changed their mind")
        await screen.says("Please see the cashier", "8")
        order = hall.till.orders[ids[2]]
        assert isinstance(order, Order)
        at = order.lines[0].at("grill")
        assert at is not None
        await hall.till.command(ids[2], RecallLines("grill", (PaintedLine("l1", at.version),)))
        await until(lambda: screen.words.count("Counter 2") == 0)
        assert {"8", "9"} <= set(screen.words), "9 is being prepared again"
