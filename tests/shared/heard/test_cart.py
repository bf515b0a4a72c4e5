"""A cart adds up, or it is refused with the difference."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heard.cart import CartMismatch, TaxProfile, check_sums, due_minor, line_total, refunds, rung_up
from heard.stream import Cart, CartAmount, CartLine, CartState

KOFTA = CartLine("1", {"en": "Kofta"}, 2000, unit_price_minor=1800)
LABAN = CartLine("2", {"en": "Laban"}, 1000, unit_price_minor=300)
MEMBERS = CartAmount({"en": "Members 10 %"}, -390)
KUWAIT = TaxProfile("KWD", 0, True)
ADDED = TaxProfile("USD", 825, included=False)


def paid(cart: Cart, **changes: Any) -> Cart:
    return replace(cart, state=CartState.PAID, **changes)


def test_the_default_is_vat_of_15_percent_included_in_riyals() -> None:
    cart = rung_up((KOFTA, LABAN), discounts=(MEMBERS,))
    assert (cart.currency, cart.tax_rate_bp, cart.tax_included) == ("SAR", 1500, True)
    assert (cart.subtotal_minor, cart.total_minor, cart.tax_minor) == (3900, 3510, 458)
    check_sums(cart)


def test_tax_that_is_added_stands_in_the_total() -> None:
    cart = rung_up((KOFTA, LABAN), tax=ADDED, charges=(CartAmount({"en": "Service"}, 100),))
    assert (cart.subtotal_minor, cart.tax_minor, cart.total_minor) == (3900, 330, 4330)
    check_sums(cart)


def test_a_line_has_its_quantity_and_its_own_discounts() -> None:
    half = replace(KOFTA, quantity_milli=500, discounts=(CartAmount({"en": "Happy hour"}, -100),))
    assert line_total(half) == 800
    assert line_total(replace(half, refund=True)) == -800


def test_a_refund_stands_apart_and_is_given_back() -> None:
    cart = rung_up((LABAN, replace(KOFTA, refund=True)))
    assert (cart.subtotal_minor, refunds(cart), cart.total_minor) == (300, -3600, -3300)
    assert due_minor(cart) == -3300
    check_sums(cart)


CART = rung_up((KOFTA, LABAN), discounts=(MEMBERS,))


@pytest.mark.parametrize(
    ("cart", "field", "off_minor", "words"),
    [
        (replace(CART, total_minor=3610), "cart.total_minor", 100, "35.10: 1.00 SAR too much"),
        (replace(CART, subtotal_minor=3800), "cart.subtotal_minor", -100, "39.00: 1.00 SAR too little"),
        (replace(CART, discounts=()), "cart.tax_minor", -51, "0.51 SAR too little"),
        (
            replace(CART, lines=(KOFTA, *CART.lines[1:])),
            "cart.lines[0].total_minor",
            -3600,
            "36.00 SAR too little",
        ),
        (
            replace(CART, lines=(replace(CART.lines[0], refund=True), CART.lines[1])),
            "cart.lines[0].total_minor",
            7200,
            "72.00 SAR too much",
        ),
        (
            paid(CART, tendered_minor=5000, change_minor=1500),
            "cart.change_minor",
            10,
            "14.90: 0.10 SAR too much",
        ),
        (
            paid(CART, payments=(CartAmount({"en": "Card"}, 3000),)),
            "cart.change_minor",
            510,
            "5.10 SAR too much",
        ),
        (replace(CART, change_minor=-1), "cart.change_minor", -1, "0.01 SAR too little"),
    ],
)
def test_a_wrong_sum_is_named_with_the_difference(cart: Cart, field: str, off_minor: int, words: str) -> None:
    with pytest.raises(CartMismatch) as caught:
        check_sums(cart)
    assert (caught.value.field, caught.value.off_minor) == (field, off_minor)
    assert words in caught.value.what


@pytest.mark.parametrize(
    "cart",
    [
        paid(CART, tendered_minor=5000, change_minor=1490),
        paid(CART, payments=(CartAmount({"en": "Card"}, 3000),), tendered_minor=1000, change_minor=490),
        paid(CART),  # a till that tells nothing of the payment is believed
        replace(CART, tax_minor=460),  # rounded line by line
        replace(CART, tax_minor=17, tax_rate_bp=0),  # several rates: the till knows
        Cart("T1", state=CartState.IDLE, total_minor=5),
    ],
)
def test_what_adds_up_is_taken(cart: Cart) -> None:
    check_sums(cart)


def test_what_is_due_after_part_of_it_was_paid() -> None:
    assert due_minor(replace(CART, payments=(CartAmount({"en": "Card"}, 3000),))) == 510
    assert due_minor(replace(CART, payments=(CartAmount({"en": "Card"}, 4000),))) == 0


def test_three_decimals_are_told_as_three() -> None:
    cart = rung_up((replace(LABAN, unit_price_minor=1250),), tax=KUWAIT)
    with pytest.raises(CartMismatch, match=r"is 1\.255, but .* 1\.250: 0\.005 KWD too much"):
        check_sums(replace(cart, total_minor=1255))


amounts = st.integers(-(10**15), 10**15)
lines = st.builds(
    CartLine,
    st.just("1"),
    st.just({"en": "x"}),
    st.integers(-9_999_999, 9_999_999),
    unit_price_minor=amounts,
    refund=st.booleans(),
    discounts=st.lists(st.builds(CartAmount, st.just({"en": "d"}), amounts), max_size=2).map(tuple),
)


@given(
    st.lists(lines, max_size=5),
    st.builds(TaxProfile, st.sampled_from(["SAR", "KWD", "JPY", ""]), st.integers(0, 10_000), st.booleans()),
    amounts,
)
def test_whatever_is_rung_up_adds_up(some: list[CartLine], tax: TaxProfile, rounding: int) -> None:
    check_sums(rung_up(some, tax=tax, rounding_minor=rounding))
