"""A cashier who rings each order up before the kitchen gets it, so that the guest's screen at the till has something to show."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

from heard.cart import TaxProfile, rung_up
from heard.command import Hold
from heard.order import Order
from heard.play.script import Act
from heard.pos import Terminal
from heard.stream import Cart, CartAmount, CartLine, CartState

RING_S = 4.0
"""From the first line to the payment; less where orders come thick."""
PAY_SHARE = 0.3
"""Of that time the last part, in which the guest pays."""
NUMBER_S = 1.0
"""For the number that the till gave to be known here."""
THANKS_S = 4.0
MEMBER_EVERY = 3
"""Each third guest is a member."""
MEMBERS = {"en": "Members 10 %", "ar": "خصم الأعضاء 10 %"}
CARD = {"en": "Card", "ar": "بطاقة"}


def carts_of(order: Order, tax: TaxProfile, *, member: bool) -> tuple[Cart, ...]:
    """The cart after each line of the order, then the same with what a member gets."""
    lines = [
        CartLine(one.line_id, one.name, one.quantity_milli, one.modifiers, one.unit_price_minor)
        for one in order.lines
    ]
    found = [rung_up(lines[:count], tax=tax) for count in range(1, len(lines) + 1)]
    if member and found:
        less = -(found[-1].subtotal_minor // 10)
        found.append(rung_up(lines, tax=tax, discounts=(CartAmount(MEMBERS, less),)))
    return tuple(found)


async def ring_up(till: Terminal, acts: Iterable[Act], start_s: float, speed: float, currency: str) -> None:
    """Show the carts of this till's holds, each ready when its order is held; until the last one, or cancelled."""
    tax = TaxProfile(currency)
    free_s = start_s
    for n, act in enumerate(one for one in acts if isinstance(one.verb, Hold)):
        assert isinstance(act.verb, Hold)
        order = act.verb.order
        held_s = start_s + act.at_s / speed
        begin_s = max(free_s, held_s - RING_S, time.monotonic())
        carts = carts_of(order, tax, member=n % MEMBER_EVERY == MEMBER_EVERY - 1)
        await _show(till, carts, begin_s, max(held_s - begin_s, 0.0))
        await asyncio.sleep(max(0.0, held_s - time.monotonic()))
        await asyncio.sleep(NUMBER_S)
        known = till.orders.get(order.order_id)
        number = known.call_number if isinstance(known, Order) else ""
        total = carts[-1].total_minor
        till.show_cart(replace(carts[-1], state=CartState.PAID, call_number=number, tendered_minor=total))
        free_s = time.monotonic() + THANKS_S / 2
    await asyncio.sleep(THANKS_S)
    till.show_cart(None)


async def _show(till: Terminal, carts: Sequence[Cart], begin_s: float, room_s: float) -> None:
    ringing_s = room_s * (1 - PAY_SHARE)
    for n, cart in enumerate(carts):
        await asyncio.sleep(max(0.0, begin_s + ringing_s * n / len(carts) - time.monotonic()))
        till.show_cart(cart)
    await asyncio.sleep(max(0.0, begin_s + ringing_s - time.monotonic()))
    till.show_cart(replace(carts[-1], state=CartState.PAYMENT, method=CARD))
