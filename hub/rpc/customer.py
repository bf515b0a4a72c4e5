"""What guests see of a till: its cart as a live value. One slot a terminal, the last value wins, nothing is stored.

A terminal sends a shown cart again every second. Screens take a QR code down after 3 s without one; the hub clears the cart
after 10 s, so that no guest sees the one before.
"""

from __future__ import annotations

from dataclasses import dataclass

from heard.errors import InvalidInput
from heard.stream import Cart
from heard.v1 import kitchen_pb2
from heard.wire import check_cart, live_from_pb, live_to_pb
from hub.rpc.caller import Caller
from hub.rpc.live import LiveValues

CART_SILENT_MAX_S = 10.0
LIVE_BYTES_MAX = 64 << 10
"""One value: a cart of 200 lines with names in two languages."""
CARTS_MAX = 500
"""Carts shown at once; one a terminal."""


@dataclass(slots=True)
class _Shown:
    device: str
    incarnation: str
    seq: int
    at_s: float
    key: str


class Carts:
    """The carts of all terminals, by terminal."""

    def __init__(self, live: LiveValues) -> None:
        self._live = live
        self._shown: dict[str, _Shown] = {}

    def take(self, caller: Caller, message: kitchen_pb2.Live, field: str, now_s: float) -> None:
        """A live value of a terminal. Raises InvalidInput; what stood under its key is taken down, as it is old."""
        try:
            self._take(caller, message, field, now_s)
        except InvalidInput:
            self._clear_key(caller, message.key)
            raise

    def _take(self, caller: Caller, message: kitchen_pb2.Live, field: str, now_s: float) -> None:
        if message.ByteSize() > LIVE_BYTES_MAX:
            raise InvalidInput(field, f"has {message.ByteSize()} bytes, more than {LIVE_BYTES_MAX}")
        live = live_from_pb(message)
        if live.value is None:
            self._clear_key(caller, live.key)
            return
        if not isinstance(live.value, Cart):
            raise InvalidInput(field, "is no cart", "terminals send carts as live values, and nothing else")
        cart = check_cart(live.value, f"{field}.cart")
        shown = self._shown.get(cart.terminal)
        if shown is not None:
            if shown.device != caller.device:
                raise InvalidInput(
                    f"{field}.cart.terminal",
                    f"{cart.terminal!r} is the terminal of {shown.device}",
                    "give each till a terminal name of its own",
                )
            if shown.incarnation == live.incarnation and live.seq < shown.seq:
                return  # an older value that came late
        elif len(self._shown) >= CARTS_MAX:
            raise InvalidInput(field, f"is one more than {CARTS_MAX} carts")
        self._shown[cart.terminal] = _Shown(caller.device, live.incarnation, live.seq, now_s, live.key)
        safe = kitchen_pb2.Live()
        live_to_pb(type(live)(live.key, live.incarnation, live.seq, cart), safe)
        self._live.pass_on(_audience(cart.terminal), _audience(cart.terminal), safe.SerializeToString())

    def tick(self, now_s: float) -> None:
        """Clears what was not sent again for too long; to be called about once a second."""
        for terminal, shown in list(self._shown.items()):
            if now_s - shown.at_s >= CART_SILENT_MAX_S:
                self._clear(terminal, shown)

    def _clear_key(self, caller: Caller, key: str) -> None:
        for terminal, one in list(self._shown.items()):
            if (one.device, one.key) == (caller.device, key):
                self._clear(terminal, one)

    def _clear(self, terminal: str, shown: _Shown) -> None:
        del self._shown[terminal]
        cleared = kitchen_pb2.Live(
            key=shown.key, incarnation=shown.incarnation, seq=shown.seq + 1, cleared=True
        )
        self._live.pass_on(
            _audience(terminal), _audience(terminal), cleared.SerializeToString(), cleared=True
        )


def _audience(terminal: str) -> str:
    return f"cart:{terminal}"
