"""The cart that a till shows its guest: kept fresh, and taken back when it is paid."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from heard.cart import check_sums
from heard.clock import Clock
from heard.stream import Cart, CartState
from heard.wire import check_cart

CART_EVERY_S = 1.0
"""A shown cart is sent again each second: without it for 3 s a screen takes its QR code down."""
PAID_SHOWN_S = 30.0
"""A paid cart is taken back after this, should the till forget: the next guest must not see it. Screens do it sooner."""


class ShownCart:
    """Of one till. `tell` sends the newest to the hub, or None where nothing is shown any more; it must not block."""

    def __init__(self, terminal: str, clock: Clock, tell: Callable[[Cart | None], None]) -> None:
        self.cart: Cart | None = None
        self._terminal = terminal
        self._clock = clock
        self._tell = tell
        self._revision = 0
        self._paid_at_s = 0.0
        self._keeper: asyncio.Task[None] | None = None

    def show(self, cart: Cart | None) -> None:
        """CartMismatch for one that does not add up: then nothing is shown, for what stood there is old too."""
        shown = None
        try:
            if cart is not None:
                check_sums(cart)
                shown = self._revised(check_cart(replace(cart, terminal=self._terminal)))
        finally:
            self.cart = shown
            self._tell(shown)
        if self.cart is not None and self._keeper is None:
            self._keeper = asyncio.create_task(self._keep(), name="heard-cart")

    async def close(self) -> None:
        """Send nothing more. Harmless when repeated."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None

    def _revised(self, cart: Cart) -> Cart:
        if cart.state is CartState.PAID and (self.cart is None or self.cart.state is not CartState.PAID):
            self._paid_at_s = self._clock.monotonic()
        self._revision = max(self._revision + 1, cart.cart_revision)
        return replace(cart, cart_revision=cart.cart_revision or self._revision)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(CART_EVERY_S)
            cart = self.cart
            if cart is None:
                continue
            if cart.state is CartState.PAID and self._clock.monotonic() - self._paid_at_s >= PAID_SHOWN_S:
                self.cart = cart = None
            self._tell(cart)
