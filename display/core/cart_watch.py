"""What a guest's screen may show of a till at a moment: never the guest before, never a stale price, never an old QR code.

Pure. A cart comes as a live value that the till sends again each second; seconds are monotonic, `wall_ms` is unix time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from heard.cart import due_minor
from heard.stream import Cart, CartState, Live

QR_SILENT_S = 3.0
"""Without a word from the till a payment's code is taken down …"""
CART_SILENT_S = 10.0
"""… and then the cart."""
RETURN_WITHIN_S = 60.0
"""A cart that NOT LIVE has covered may come back within this; then it is forgotten."""
RESENT_WITHIN_S = 3.0
"""Once the link is back, the till must have sent it again within this."""


class Showing(StrEnum):
    """What stands on the screen. COVERED: a cart is there, but nothing of it can be trusted now."""

    IDLE = "idle"
    OPEN = "open"
    PAYMENT = "payment"
    PAID = "paid"
    COVERED = "covered"


class Code(StrEnum):
    """A payment's QR code: shown, or why not."""

    NONE = "none"
    SHOWN = "shown"
    EXPIRED = "expired"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer. `cart` is there for OPEN, PAYMENT and PAID alone; `newest` is the line to stand out."""

    showing: Showing
    cart: Cart | None = None
    newest: str = ""
    code: Code = Code.NONE


IDLE = Shown(Showing.IDLE)
COVERED = Shown(Showing.COVERED)


class CartWatch:
    """Follows one terminal. `paid_s`: how long thanks and change stay up."""

    def __init__(self, paid_s: float) -> None:
        self.paid_s = paid_s
        self._cart: Cart | None = None
        self._newest = ""
        self._seen: tuple[str, int] = ("", 0)
        self._at_s = 0.0
        self._paid_since_s = 0.0
        self._paid_over = False
        self._live = True
        self._covered_s: float | None = None
        self._back_s: float | None = None
        self._code: tuple[str, str, int] | None = None
        self._code_is_old = False

    @property
    def rung(self) -> bool:
        """A guest's cart is here, shown or covered."""
        return self._cart is not None

    def take(self, live: Live, now_s: float) -> None:
        """A value of the terminal's key; one without a cart clears it."""
        if live.incarnation == self._seen[0] and live.seq < self._seen[1]:
            return
        self._seen = (live.incarnation, live.seq)
        cart = live.value if isinstance(live.value, Cart) else None
        if cart is None or cart.state in (CartState.IDLE, CartState.UNSPECIFIED):
            self._forget()
            return
        before, self._cart = self._cart, cart
        self._at_s = now_s
        self._covered_s = self._back_s = None
        self._newest = newest_line(before, cart, self._newest)
        if cart.state is not CartState.PAID:
            self._paid_over = False
        elif before is None or not _same_sale(before, cart):
            self._paid_since_s, self._paid_over = now_s, False
        self._guard_code(cart)

    def _guard_code(self, cart: Cart) -> None:
        """A code is of one amount: with another one it is the last amount's, whatever the till says."""
        if not cart.qr or cart.state is not CartState.PAYMENT:
            self._code_is_old = False
            return
        code = (cart.qr, cart.currency, due_minor(cart))
        if self._code is None or self._code[0] != cart.qr:
            self._code = code
        self._code_is_old = code != self._code

    def link(self, live: bool, now_s: float) -> None:
        """The link's newest word; call it before `shown`."""
        if live is self._live:
            return
        self._live = live
        if not live:
            if self._cart is not None and self._covered_s is None:
                self._covered_s = now_s
            self._back_s = None
        elif self._covered_s is not None:
            self._back_s = now_s

    def pass_time(self, now_s: float) -> None:
        """Forget what is over; nothing of a guest is kept longer than it is shown."""
        cart = self._cart
        if cart is None:
            return
        covered, back = self._covered_s, self._back_s
        if covered is not None:
            if now_s - covered >= RETURN_WITHIN_S or (back is not None and now_s - back >= RESENT_WITHIN_S):
                self._forget()
        elif now_s - self._at_s >= CART_SILENT_S:
            self._forget()
        elif cart.state is CartState.PAID and now_s - self._paid_since_s >= self.paid_s:
            self._paid_over = True

    def _forget(self) -> None:
        self._cart = None
        self._newest = ""
        self._covered_s = self._back_s = None
        self._paid_over = False
        self._code = None

    def shown(self, now_s: float, wall_ms: int) -> Shown:
        """What to show now."""
        self.pass_time(now_s)
        cart = self._cart
        if cart is None or self._paid_over:
            return IDLE
        if self._covered_s is not None or not self._live:
            return COVERED
        match cart.state:
            case CartState.PAID:
                return Shown(Showing.PAID, cart)
            case CartState.PAYMENT:
                return Shown(Showing.PAYMENT, cart, self._newest, self._code_now(cart, now_s, wall_ms))
            case _:
                return Shown(Showing.OPEN, cart, self._newest)

    def _code_now(self, cart: Cart, now_s: float, wall_ms: int) -> Code:
        if not cart.qr:
            return Code.NONE
        if cart.qr_expires_ms and wall_ms >= cart.qr_expires_ms:
            return Code.EXPIRED
        if self._code_is_old or now_s - self._at_s >= QR_SILENT_S:
            return Code.WAIT
        return Code.SHOWN

    def next_due_s(self, now_s: float, wall_ms: int) -> float | None:
        """When `shown` changes by itself next."""
        cart = self._cart
        if cart is None:
            return None
        if self._covered_s is not None:
            due = [self._covered_s + RETURN_WITHIN_S]
            if self._back_s is not None:
                due.append(self._back_s + RESENT_WITHIN_S)
            return min(due)
        due = [self._at_s + CART_SILENT_S]
        if cart.qr and cart.state is CartState.PAYMENT:
            due.append(self._at_s + QR_SILENT_S)
            if cart.qr_expires_ms:
                due.append(now_s + (cart.qr_expires_ms - wall_ms) / 1000)
        if cart.state is CartState.PAID and not self._paid_over:
            due.append(self._paid_since_s + self.paid_s)
        later = [one for one in due if one > now_s]
        return min(later) if later else None


def newest_line(before: Cart | None, cart: Cart, newest: str) -> str:
    """The line that was rung or changed last: as the till says, else the last one that differs from the cart before."""
    ids = [line.line_id for line in cart.lines]
    if cart.newest_line_id in ids:
        return cart.newest_line_id
    if before is None:
        return ids[-1] if ids else ""
    old = {line.line_id: line for line in before.lines}
    for line in reversed(cart.lines):
        if old.get(line.line_id) != line:
            return line.line_id
    return newest if newest in ids else (ids[-1] if ids else "")


def _same_sale(before: Cart, cart: Cart) -> bool:
    """Both are the end of one sale: a till may send its thanks again with a new revision."""
    return before.state is CartState.PAID and (
        before.call_number,
        before.total_minor,
        tuple(line.line_id for line in before.lines),
    ) == (cart.call_number, cart.total_minor, tuple(line.line_id for line in cart.lines))
