"""The cart that a play's first till shows: line by line, always adding up."""

from random import Random

from heard.cart import TaxProfile, check_sums
from heard.command import Hold
from heard.play.cashier import carts_of
from heard.play.menu import DEMO_MENU, load_menu
from heard.play.rush import lunch_rush


def test_the_cart_of_every_order_of_a_rush_adds_up_and_ends_at_its_total() -> None:
    menu = load_menu(DEMO_MENU)
    ids = iter(range(10_000))
    script = lunch_rush(menu, Random(3), 600.0, lambda: f"o{next(ids)}")
    orders = [act.verb.order for act in script.acts if isinstance(act.verb, Hold)]
    assert len(orders) > 100
    for order in orders:
        carts = carts_of(order, TaxProfile(menu.currency), member=False)
        assert [len(cart.lines) for cart in carts] == list(range(1, len(order.lines) + 1))
        assert carts[-1].total_minor == order.totals.total_minor
        for cart in (*carts, carts_of(order, TaxProfile(menu.currency), member=True)[-1]):
            check_sums(cart)
