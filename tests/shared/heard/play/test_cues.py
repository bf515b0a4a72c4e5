"""What a demo is sure to show: each cue is there for every seed, in time, valid at the hub's door, and nobody orders what is out."""

import itertools
from random import Random

import pytest

from heard.command import (
    AddLines,
    ChangeOrder,
    Command,
    EightySix,
    FireCourse,
    Hold,
    Rush,
    VoidLines,
    VoidOrder,
)
from heard.play.cues import BACK_AT, NOTE, OUT_AT, with_cues
from heard.play.menu import DEMO_MENU, load_menu, without_menu
from heard.play.rush import lunch_rush
from heard.play.script import Script
from heard.wire.checks import check_command

MENU = load_menu(DEMO_MENU)


def demo(seed: int, seconds: float = 60.0) -> Script:
    numbers = itertools.count(1)

    def mint() -> str:
        return f"o{next(numbers)}"

    random = Random(seed)
    return with_cues(lunch_rush(MENU, random, seconds, mint), MENU, random, seconds, mint)


@pytest.mark.parametrize("seed", range(20))
def test_a_minute_has_each_of_them_and_the_hub_takes_them(seed: int) -> None:
    script = demo(seed)
    verbs = [act.verb for act in script.acts]
    dinners = [one.order for one in verbs if isinstance(one, Hold) and one.order.courses]
    assert [[course.course for course in one.courses] for one in dinners] == [[1, 2, 3]]
    assert [one.course for one in verbs if isinstance(one, FireCourse)] == [2, 3]
    assert any(isinstance(one, Rush) for one in verbs)
    assert [one.notes for one in verbs if isinstance(one, ChangeOrder)] == [(NOTE,)]
    assert any(isinstance(one, VoidLines) for one in verbs)
    assert any(isinstance(one, AddLines) and one.allergens for one in verbs)
    assert [one.available for one in verbs if isinstance(one, EightySix)] == [False, True]
    for number, act in enumerate(script.acts, start=1):
        check_command(Command(act.order_id, act.verb, seq=number, device="t1", incarnation="1"))


@pytest.mark.parametrize("seed", range(20))
def test_acts_are_in_time_order_after_their_hold_and_never_of_a_cancelled_order(seed: int) -> None:
    held: set[str] = set()
    gone: set[str] = set()
    at_s = 0.0
    for act in demo(seed).acts:
        assert at_s <= act.at_s <= 60.0
        at_s = act.at_s
        if isinstance(act.verb, Hold):
            held.add(act.order_id)
        elif not isinstance(act.verb, EightySix):
            assert act.order_id in held
        if isinstance(act.verb, Rush):
            assert act.order_id not in gone
        if isinstance(act.verb, VoidOrder):
            gone.add(act.order_id)


@pytest.mark.parametrize("seed", range(20))
def test_nobody_orders_what_is_out(seed: int) -> None:
    acts = demo(seed).acts
    (item,) = {act.verb.item_id for act in acts if isinstance(act.verb, EightySix)}
    for act in acts:
        if OUT_AT * 60 <= act.at_s <= BACK_AT * 60 and isinstance(act.verb, Hold | AddLines):
            lines = act.verb.order.lines if isinstance(act.verb, Hold) else act.verb.lines
            assert item not in {line.item_id for line in lines}


@pytest.mark.parametrize("seconds", [2.0, 5.0])
def test_a_short_demo_leaves_out_what_does_not_fit(seconds: float) -> None:
    for seed in range(10):
        script = demo(seed, seconds)
        assert [act.at_s for act in script.acts] == sorted(act.at_s for act in script.acts)


def test_a_menu_without_courses_has_no_dinner() -> None:
    menu, random = without_menu(), Random(1)
    assert with_cues(Script(()), menu, random, 60.0, lambda: "o1").acts == ()
