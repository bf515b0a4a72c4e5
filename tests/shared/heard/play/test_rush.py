"""The demo's orders: the same by seed, valid at the hub's door, and with everything a kitchen has to show."""

import itertools
from collections.abc import Callable
from random import Random

import pytest

from heard.command import AddLines, ChangeLine, Command, Hold, Rush, VoidLines, VoidOrder
from heard.order import ModifierKind, OrderType
from heard.play.menu import DEMO_MENU, load_menu
from heard.play.rush import lunch_rush
from heard.play.script import Script
from heard.wire.checks import check_command

MENU = load_menu(DEMO_MENU)


def minter() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"o{next(numbers)}"


def rush(seed: int, seconds: float = 60.0) -> Script:
    return lunch_rush(MENU, Random(seed), seconds, minter())


def test_a_seed_gives_the_same_rush_again() -> None:
    assert rush(3) == rush(3)
    assert rush(3) != rush(4)


@pytest.mark.parametrize("seed", range(20))
def test_every_command_passes_the_hubs_door(seed: int) -> None:
    for number, act in enumerate(rush(seed).acts, start=1):
        check_command(Command(act.order_id, act.verb, seq=number, device="t1", incarnation="1"))


@pytest.mark.parametrize("seed", range(20))
def test_an_order_is_held_before_it_is_changed_and_all_ends_in_time(seed: int) -> None:
    script = rush(seed)
    held: set[str] = set()
    for act in script.acts:
        if isinstance(act.verb, Hold):
            held.add(act.order_id)
        assert act.order_id in held
    assert script.acts[0].at_s == 0.0
    assert script.acts[-1].at_s <= 60.0 - 12.0


def test_some_seeds_show_everything() -> None:
    acts = [act for seed in range(10) for act in rush(seed).acts]
    orders = [act.verb.order for act in acts if isinstance(act.verb, Hold)]
    assert {AddLines, ChangeLine, VoidLines, VoidOrder, Rush} <= {type(act.verb) for act in acts}
    assert {order.type for order in orders} == set(OrderType) - {OrderType.UNSPECIFIED}
    assert any(order.allergens for order in orders)
    lines = [line for order in orders for line in order.lines]
    kinds = {modifier.kind for line in lines for modifier in line.modifiers}
    assert kinds == {ModifierKind.ADD, ModifierKind.REMOVE, ModifierKind.PREPARE}
    assert all("ar" in line.name and "en" in line.name for line in lines)
    assert {line.course for line in lines} == {0, 1, 2, 3}
    assert any(line.notes for line in lines)
    assert {line.category for line in lines} == {"grills", "fried", "plates", ""}


def test_even_a_very_short_demo_has_orders() -> None:
    assert rush(1, seconds=2.0).orders >= 2
