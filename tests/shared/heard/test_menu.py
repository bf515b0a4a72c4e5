"""The menu fills what a hold left empty, and refuses to name what it does not have."""

import pytest

from heard.menu import NO_MENU, Menu, MenuItem, MenuModifier, Part, filled, filled_modifiers
from heard.order import Line, Modifier, Order, OrderType, Totals

MENU = Menu(
    {
        "burger": MenuItem("burger", {"en": "Burger", "ar": "برجر"}, "grill", 2500, 300, 1, ("xl",)),
        "fries": MenuItem("fries", {"en": "Fries"}, "fry"),
        "meal": MenuItem("meal", {"en": "Meal"}, parts=(Part("burger"), Part("fries", 2000))),
        "card": MenuItem("card", {"en": "Gift card"}, no_kitchen=True),
    },
    {
        "xl": MenuModifier("xl", {"en": "XL"}, price_minor=300, prep_time_s=60),
        "side": MenuModifier("side", {"en": "with fries"}, routed_item_id="fries"),
    },
)


def test_what_a_till_left_empty_is_filled_and_what_it_said_stays() -> None:
    line = Line("l1", "burger", {"en": "Big burger"}, modifiers=(Modifier("xl"), Modifier("side")))
    (made,) = filled(Order("o1", lines=(line,)), MENU).lines
    assert made.name == {"en": "Big burger", "ar": "برجر"}
    assert (made.category, made.unit_price_minor, made.prep_time_s, made.course) == ("grill", 2500, 360, 1)
    assert [one.name for one in made.modifiers] == [{"en": "XL"}, {"en": "with fries"}]
    assert [one.price_minor for one in made.modifiers] == [300, 0]
    assert made.modifiers[1].routed_item_id == "fries"
    said = Line("l1", "burger", category="own", unit_price_minor=1, prep_time_s=2, course=3)
    (kept,) = filled(Order("o1", lines=(said,)), MENU).lines
    assert (kept.category, kept.unit_price_minor, kept.prep_time_s, kept.course) == ("own", 1, 2, 3)


def test_a_price_is_of_the_order_type_and_its_currency() -> None:
    prices = {OrderType.DELIVERY: 900}
    menu = Menu({"a": MenuItem("a", {}, price_minor=800, prices=prices, currency="SAR", contains=("nuts",))})
    for kind, currency, expected in (
        (OrderType.DELIVERY, "", 900),
        (OrderType.DINE_IN, "SAR", 800),
        (OrderType.DELIVERY, "USD", 0),
    ):
        order = Order("o1", type=kind, lines=(Line("l1", "a"),), totals=Totals(currency))
        (line,) = filled(order, menu).lines
        assert (line.unit_price_minor, line.contains) == (expected, ("nuts",))


def test_modifiers_of_an_unknown_dish_are_filled_too() -> None:
    (line,) = filled(Order("o1", lines=(Line("l1", "unknown", modifiers=(Modifier("xl"),)),)), MENU).lines
    assert line.modifiers[0].name == {"en": "XL"}


def test_a_changed_line_keeps_the_names_that_its_modifiers_had() -> None:
    had = (Modifier("xl", {"en": "Huge"}, price_minor=250),)
    made = filled_modifiers((Modifier("xl"), Modifier("side")), MENU, had)
    assert [(one.name["en"], one.price_minor) for one in made] == [("Huge", 250), ("with fries", 0)]
    assert filled_modifiers(had, NO_MENU) is had


def test_combos_and_gift_cards_are_known_as_such() -> None:
    lines = (Line("a", "meal"), Line("b", "card"), Line("c", "unknown"))
    made = filled(Order("o1", lines=lines), MENU).lines
    assert [(one.combo, one.no_kitchen) for one in made] == [(True, False), (False, True), (False, False)]


def test_without_a_menu_nothing_changes() -> None:
    order = Order("o1", lines=(Line("a", "burger"),))
    assert filled(order, NO_MENU) is order
    other = Order("o1", lines=(Line("a", "unknown"),))
    assert filled(other, MENU) is other


def test_prep_times_are_at_least_a_second_and_unknown_ones_zero() -> None:
    menu = Menu(
        {"a": MenuItem("a", {}, prep_time_s=10)}, {"quick": MenuModifier("quick", {}, prep_time_s=-60)}
    )
    assert menu.prep_time_s("a", ("quick", "nowhere")) == 1
    assert menu.prep_time_s("zz") == 0


@pytest.mark.parametrize(
    ("items", "modifiers", "word"),
    [
        ({"a": MenuItem("a", {}, modifier_ids=("zz",))}, {}, "unknown modifier"),
        ({"a": MenuItem("a", {}, parts=(Part("zz"),))}, {}, "unknown part"),
        ({"a": MenuItem("a", {}, parts=(Part("a"),))}, {}, "combo"),
        ({}, {"m": MenuModifier("m", {}, routed_item_id="zz")}, "unknown item"),
    ],
)
def test_a_menu_that_names_what_it_does_not_have_is_refused(
    items: dict[str, MenuItem], modifiers: dict[str, MenuModifier], word: str
) -> None:
    with pytest.raises(ValueError, match=word):
        Menu(items, modifiers)
