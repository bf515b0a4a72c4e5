"""What a guest may see of a till, moment by moment: never the guest before, an old price or an old code."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from display.core.cart_watch import COVERED, IDLE, CartWatch, Code, Showing, newest_line
from heard.cart import rung_up
from heard.stream import Cart, CartAmount, CartLine, CartState, Live

WALL_MS = 1_764_000_000_000


def cart(*prices: int, state: CartState = CartState.OPEN, **changes: Any) -> Cart:
    lines = (
        CartLine(str(n), {"en": f"Dish {n}"}, 1000, unit_price_minor=one) for n, one in enumerate(prices)
    )
    return replace(rung_up(lines), terminal="T1", state=state, **changes)


class Guest:
    """A screen at a till; seconds go on by hand."""

    def __init__(self) -> None:
        self.watch = CartWatch(paid_s=10.0)
        self.now_s = 100.0
        self.seq = 0
        self.value: Cart | None = None

    def till(self, value: Cart | None, incarnation: str = "a") -> None:
        self.value = value
        self.seq += 1
        self.watch.take(Live("cart:T1", incarnation, self.seq, value), self.now_s)

    def again(self) -> None:
        """The till sends what it shows, as each second."""
        self.till(self.value)

    def wait(self, seconds: float, *, talking: bool = False) -> None:
        end_s = self.now_s + seconds
        while talking and self.now_s + 1 < end_s:
            self.now_s += 1
            self.again()
        self.now_s = end_s

    def link(self, live: bool) -> None:
        self.watch.link(live, self.now_s)

    def showing(self) -> Showing:
        return self.watch.shown(self.now_s, self.wall_ms).showing

    def code(self) -> Code:
        return self.watch.shown(self.now_s, self.wall_ms).code

    @property
    def wall_ms(self) -> int:
        return WALL_MS + round(self.now_s * 1000)


@pytest.fixture
def guest() -> Guest:
    return Guest()


def test_a_sale_from_the_first_line_to_the_next_guest(guest: Guest) -> None:
    assert guest.showing() is Showing.IDLE
    seen = []
    for value in (
        cart(500),
        cart(500, 300),
        cart(500, 300, state=CartState.PAYMENT),
        cart(500, 300, state=CartState.PAID),
    ):
        guest.till(value)
        guest.wait(2, talking=True)
        seen.append(guest.showing())
    assert seen == [Showing.OPEN, Showing.OPEN, Showing.PAYMENT, Showing.PAID]
    guest.wait(7.9, talking=True)
    assert guest.showing() is Showing.PAID
    guest.wait(0.2)
    assert guest.showing() is Showing.IDLE
    guest.wait(60, talking=True)
    assert guest.showing() is Showing.IDLE, "however often the till says it again"
    guest.till(cart(900))
    assert guest.watch.shown(guest.now_s, WALL_MS).cart == cart(900), "the next guest"


def test_thanks_that_are_sent_again_with_a_new_revision_do_not_start_anew(guest: Guest) -> None:
    for revision in range(30):
        guest.till(cart(500, state=CartState.PAID, cart_revision=revision, call_number="7"))
        guest.wait(1)
    assert guest.showing() is Showing.IDLE
    guest.till(cart(500, state=CartState.PAID, call_number="8"))
    assert guest.showing() is Showing.PAID, "another guest who paid at once"


def test_a_void_clears_at_once(guest: Guest) -> None:
    guest.till(cart(500))
    guest.till(None)
    assert guest.watch.shown(guest.now_s, WALL_MS) == IDLE


def test_a_silent_till_loses_its_code_after_3_s_and_its_cart_after_10(guest: Guest) -> None:
    guest.till(cart(500, state=CartState.PAYMENT, qr="pay"))
    assert guest.code() is Code.SHOWN
    guest.wait(2.9)
    assert guest.code() is Code.SHOWN
    guest.wait(0.2)
    assert (guest.showing(), guest.code()) == (Showing.PAYMENT, Code.WAIT)
    guest.again()
    assert guest.code() is Code.SHOWN
    guest.wait(9.9)
    assert guest.showing() is Showing.PAYMENT
    guest.wait(0.2)
    assert guest.showing() is Showing.IDLE


def test_a_code_is_gone_with_the_frame_in_which_the_amount_changes(guest: Guest) -> None:
    guest.till(cart(500, state=CartState.PAYMENT, qr="pay-5"))
    guest.till(cart(500, 300, state=CartState.PAYMENT, qr="pay-5", cart_revision=2))
    assert guest.code() is Code.WAIT, "the code of another amount"
    guest.till(cart(500, 300, state=CartState.PAYMENT, qr="pay-8", cart_revision=3))
    assert guest.code() is Code.SHOWN
    part = (CartAmount({"en": "Card"}, 300),)
    guest.till(cart(500, 300, state=CartState.PAYMENT, qr="pay-8", payments=part))
    assert guest.code() is Code.WAIT, "a part was paid: less is due"


def test_a_code_ends_at_its_time(guest: Guest) -> None:
    guest.till(cart(500, state=CartState.PAYMENT, qr="pay", qr_expires_ms=guest.wall_ms + 5_000))
    guest.wait(4.9, talking=True)
    assert guest.code() is Code.SHOWN
    guest.wait(0.1)
    assert guest.code() is Code.EXPIRED


def test_not_live_covers_the_cart_and_it_comes_back_when_it_is_sent_again(guest: Guest) -> None:
    guest.till(cart(500, state=CartState.PAYMENT, qr="pay"))
    guest.link(False)
    assert guest.watch.shown(guest.now_s, WALL_MS) == COVERED
    guest.wait(59)
    guest.link(True)
    assert guest.showing() is Showing.COVERED, "it may be another guest's by now"
    guest.again()
    assert (guest.showing(), guest.code()) == (Showing.PAYMENT, Code.SHOWN)


@pytest.mark.parametrize(("away_s", "back_s"), [(61, 0), (30, 3)])
def test_a_cart_that_does_not_come_back_is_forgotten(guest: Guest, away_s: float, back_s: float) -> None:
    guest.till(cart(500))
    guest.link(False)
    guest.wait(away_s)
    if back_s:
        guest.link(True)
        guest.wait(back_s)
    assert guest.watch.shown(guest.now_s, WALL_MS) == IDLE
    assert guest.watch._cart is None, "nothing of the guest is kept"


def test_an_older_value_that_came_late_changes_nothing(guest: Guest) -> None:
    guest.till(cart(500, 300))
    guest.watch.take(Live("cart:T1", "a", 0, cart(500)), guest.now_s)
    assert guest.watch.shown(guest.now_s, WALL_MS).cart == cart(500, 300)
    guest.watch.take(Live("cart:T1", "b", 1, cart(900)), guest.now_s)
    assert guest.watch.shown(guest.now_s, WALL_MS).cart == cart(900), "the till was started again"


@pytest.mark.parametrize(
    ("value", "after_s"),
    [
        (cart(500), 10.0),
        (cart(500, state=CartState.PAYMENT, qr="x"), 3.0),
        (cart(500, state=CartState.PAYMENT, qr="x", qr_expires_ms=WALL_MS + 102_000), 2.0),
        (cart(500, state=CartState.PAID), 10.0),
    ],
)
def test_it_says_when_it_changes_by_itself(guest: Guest, value: Cart, after_s: float) -> None:
    guest.till(value)
    due_s = guest.watch.next_due_s(guest.now_s, guest.wall_ms)
    assert due_s is not None
    assert due_s - guest.now_s == pytest.approx(after_s, abs=0.01)
    before = guest.watch.shown(guest.now_s, guest.wall_ms)
    guest.wait(due_s - guest.now_s + 0.001)
    assert guest.watch.shown(guest.now_s, guest.wall_ms) != before


@pytest.mark.parametrize(
    ("before", "now", "given", "newest"),
    [
        (None, cart(1, 2, 3), "", "2"),
        (cart(1, 2), cart(1, 2, 3), "", "2"),
        (cart(1, 2, 3), cart(9, 2, 3), "", "0"),
        (cart(1, 2, 3), cart(1, 2, 3), "1", "1"),
        (cart(1, 2, 3), cart(1, 2), "2", "1"),
        (cart(1, 2), cart(1, 2, 3, newest_line_id="0"), "", "0"),
        (cart(1), cart(), "0", ""),
    ],
)
def test_the_newest_line(before: Cart | None, now: Cart, given: str, newest: str) -> None:
    assert newest_line(before, now, given) == newest
