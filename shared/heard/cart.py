"""The cart that a guest is shown: made from what is rung up, and every sum of it checked. Pure.

cart = rung_up((CartLine("1", {"en": "Kofta"}, 2000, unit_price_minor=1800),))
cart.total_minor, cart.tax_minor                    # 3600, 470: VAT of 15 % is in it
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from heard.errors import InvalidInput
from heard.money import format_minor, share
from heard.order import ONE_MILLI
from heard.stream import Cart, CartAmount, CartLine, CartState

BP = 10_000
"""Hundredths of a percent in a whole."""
TAX_OFF_MINOR_MIN = 1
"""Tax may be rounded per line or for the whole: it may be off by one minor unit for each amount, and by this at least."""


@dataclass(frozen=True, slots=True)
class TaxProfile:
    """Currency and VAT of a site. `included`: prices are with tax; otherwise it is added to the total."""

    currency: str = "SAR"
    rate_bp: int = 1500
    included: bool = True


SAUDI_ARABIA = TaxProfile()


class CartMismatch(InvalidInput):
    """A cart that does not add up; `off_minor` is what it says less what it should be."""

    def __init__(self, field: str, said_minor: int, right_minor: int, currency: str, what: str) -> None:
        self.off_minor = said_minor - right_minor
        off = format_minor(abs(self.off_minor), currency)
        said, right = format_minor(said_minor, currency), format_minor(right_minor, currency)
        way = "too much" if self.off_minor > 0 else "too little"
        super().__init__(
            field, f"is {said}, but {what} {right}: {off} {currency} {way}".replace("  ", " "),
            "a guest is never shown a cart that does not add up",
        )  # fmt: skip


def rung_up(
    lines: Iterable[CartLine],
    *,
    tax: TaxProfile = SAUDI_ARABIA,
    discounts: Iterable[CartAmount] = (),
    charges: Iterable[CartAmount] = (),
    rounding_minor: int = 0,
) -> Cart:
    """An open cart with all its sums. The total of a line is worked out; that of a refund comes out below zero."""
    made = tuple(replace(line, total_minor=line_total(line)) for line in lines)
    cart = Cart(
        terminal="",
        state=CartState.OPEN,
        currency=tax.currency,
        lines=made,
        discounts=tuple(discounts),
        subtotal_minor=sum(line.total_minor for line in made if not line.refund),
        tax_rate_bp=tax.rate_bp,
        tax_included=tax.included,
        charges=tuple(charges),
        rounding_minor=rounding_minor,
    )
    cart = replace(cart, tax_minor=_tax(cart, _before_tax(cart)))
    return replace(cart, total_minor=total_of(cart))


def line_total(line: CartLine) -> int:
    """Unit price x quantity and the line's discounts, rounded half away from zero; below zero for a refund."""
    gross = share(line.unit_price_minor, line.quantity_milli, ONE_MILLI)
    total = gross + sum(one.amount_minor for one in line.discounts)
    return -abs(total) if line.refund else total


def refunds(cart: Cart) -> int:
    """What is given back, zero or below."""
    return sum(line.total_minor for line in cart.lines if line.refund)


def paid_minor(cart: Cart) -> int:
    """What was paid already, by all methods."""
    return sum(one.amount_minor for one in cart.payments)


def due_minor(cart: Cart) -> int:
    """What is still to be paid; never below zero, unless the whole cart is a refund."""
    if cart.total_minor < 0:
        return cart.total_minor
    return max(0, cart.total_minor - paid_minor(cart))


def total_of(cart: Cart) -> int:
    """What the total must be."""
    return _before_tax(cart) + (0 if cart.tax_included else cart.tax_minor) + cart.rounding_minor


def check_sums(cart: Cart) -> None:
    """Raises CartMismatch naming the first sum that is wrong, and by how much."""
    if cart.state in (CartState.IDLE, CartState.UNSPECIFIED):
        return
    for index, line in enumerate(cart.lines):
        field = f"cart.lines[{index}].total_minor"
        if line.total_minor != line_total(line):
            raise CartMismatch(
                field, line.total_minor, line_total(line), cart.currency, "price, quantity and discounts make"
            )
        if line.refund and line.total_minor > 0:
            raise CartMismatch(
                field, line.total_minor, -line.total_minor, cart.currency, "a refund gives back"
            )
    sold = sum(line.total_minor for line in cart.lines if not line.refund)
    if cart.subtotal_minor != sold:
        raise CartMismatch("cart.subtotal_minor", cart.subtotal_minor, sold, cart.currency, "the lines make")
    _check_tax(cart)
    if cart.total_minor != total_of(cart):
        raise CartMismatch(
            "cart.total_minor", cart.total_minor, total_of(cart), cart.currency,
            "lines, discounts, charges, tax and rounding make",
        )  # fmt: skip
    _check_payment(cart)


def _check_tax(cart: Cart) -> None:
    if not cart.tax_rate_bp:
        return
    right = _tax(cart, _before_tax(cart))
    amounts = len(cart.lines) + len(cart.discounts) + len(cart.charges)
    if abs(cart.tax_minor - right) > max(TAX_OFF_MINOR_MIN, amounts):
        rate = f"{cart.tax_rate_bp / 100:g} %"
        raise CartMismatch("cart.tax_minor", cart.tax_minor, right, cart.currency, f"{rate} make")


def _check_payment(cart: Cart) -> None:
    """What was handed over less the change is the total, once it is paid; a till that tells nothing of it is believed."""
    if cart.change_minor < 0:
        raise CartMismatch("cart.change_minor", cart.change_minor, 0, cart.currency, "change is at least")
    handed = paid_minor(cart) + cart.tendered_minor
    if cart.state is not CartState.PAID or not handed or cart.total_minor < 0:
        return
    if cart.change_minor != handed - cart.total_minor:
        raise CartMismatch(
            "cart.change_minor", cart.change_minor, handed - cart.total_minor, cart.currency,
            "what was paid leaves",
        )  # fmt: skip


def _before_tax(cart: Cart) -> int:
    """What a tax that is added is worked out from."""
    lines = sum(line.total_minor for line in cart.lines)
    return lines + sum(one.amount_minor for one in (*cart.discounts, *cart.charges))


def _tax(cart: Cart, amount_minor: int) -> int:
    whole = BP + cart.tax_rate_bp if cart.tax_included else BP
    return share(amount_minor, cart.tax_rate_bp, whole)
