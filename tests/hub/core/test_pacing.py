"""Pacing: what is eaten together is finished together; what is quick waits for what takes long."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from heard.command import AddLines, ChangeLine, FireCourse, HoldCourse
from heard.menu import Menu, MenuItem, MenuModifier
from heard.order import Course, Line, LineState, Modifier
from heard.ticket import tickets
from hub.core.due import due_at
from hub.core.pacing import WAIT_MS_MIN
from hub.core.site import KitchenRules
from tests.hub.core.making import SITE, Kitchen, line

MENU = Menu(
    {
        "steak": MenuItem("steak", {"en": "Steak"}, "grill", prep_time_s=600, modifier_ids=("well",)),
        "chips": MenuItem("chips", {"en": "Chips"}, "fry", prep_time_s=180),
    },
    {"well": MenuModifier("well", {"en": "well done"}, prep_time_s=300)},
)
PACED = replace(SITE, rules=KitchenRules(pacing=True), menu=MENU)
WELL = Modifier("well")


def dish(item_id: str, **fields: object) -> Line:
    return replace(line(item_id, ""), item_id=item_id, **fields)  # type: ignore[arg-type]


def test_it_is_off_unless_it_is_set() -> None:
    kitchen = Kitchen(replace(PACED, rules=KitchenRules()))
    kitchen.hold(dish("steak"), dish("chips"))
    assert set(kitchen.states().values()) == {"QUEUED"}


def test_chips_wait_for_the_steak_and_start_by_themselves() -> None:
    kitchen = Kitchen(PACED)
    kitchen.hold(dish("steak"), dish("chips"))
    assert kitchen.states() == {"steak@grill": "QUEUED", "chips@fry": "WAITING"}
    starts_ms = kitchen.now_ms + 420_000
    assert kitchen.at("chips", "fry").starts_at_ms == starts_ms
    assert due_at(kitchen.order(), PACED) == starts_ms
    kitchen.now_ms = starts_ms - 1
    assert not kitchen.due()
    kitchen.now_ms = starts_ms
    assert kitchen.due()
    assert kitchen.at("chips", "fry").state is LineState.QUEUED
    (tile,) = tickets(kitchen.order(), "fry")
    assert tile.age_from_ms == starts_ms
    assert due_at(kitchen.order(), PACED) is None


def test_modifiers_change_how_long_it_takes() -> None:
    kitchen = Kitchen(PACED)
    kitchen.hold(dish("steak", modifiers=(WELL,)), dish("chips"))
    assert kitchen.at("chips", "fry").starts_at_ms == kitchen.now_ms + 720_000
    later = Kitchen(PACED)
    later.hold(dish("steak"), dish("chips"))
    before = later.at("chips", "fry").starts_at_ms
    later.do(ChangeLine("steak", modifiers=(WELL,)))
    assert later.line("steak").prep_time_s == 900
    assert later.at("chips", "fry").starts_at_ms == before  # what waits was planned with what was known


def test_each_course_has_its_own_pace() -> None:
    kitchen = Kitchen(PACED)
    kitchen.hold(dish("chips"), dish("steak", course=2), courses=(Course(2),))
    assert kitchen.states() == {"chips@fry": "QUEUED", "steak@grill": "WAITING"}


def test_a_fired_course_starts_at_once_and_a_held_one_forgets_its_plan() -> None:
    kitchen = Kitchen(PACED)
    kitchen.hold(dish("steak", course=2), dish("chips", course=2), courses=(Course(2, fired=True),))
    kitchen.do(HoldCourse(2))
    assert kitchen.at("chips", "fry").starts_at_ms == 0
    assert due_at(kitchen.order(), PACED) is None
    kitchen.do(FireCourse(2))
    assert set(kitchen.states().values()) == {"QUEUED"}  # by hand: now


def test_a_planned_fire_keeps_the_pace() -> None:
    kitchen = Kitchen(PACED)
    kitchen.hold(dish("steak"), dish("chips"), due_at_ms=kitchen.now_ms + 10**7)
    assert kitchen.due(release=True)
    assert kitchen.states() == {"steak@grill": "QUEUED", "chips@fry": "WAITING"}


def test_what_is_added_joins_the_pace_of_its_course() -> None:
    kitchen = Kitchen(PACED)
    kitchen.hold(dish("steak"))
    kitchen.now_ms += 60_000
    kitchen.do(AddLines((dish("chips"),)))
    assert kitchen.at("chips", "fry").starts_at_ms == kitchen.now_ms + 360_000
    kitchen.do(AddLines((dish("chips", line_id="x", course=5),)))
    assert kitchen.at("x", "fry").state is LineState.QUEUED


@given(st.lists(st.integers(0, 3_600), min_size=1, max_size=8))
def test_all_that_has_a_time_ends_together(times: list[int]) -> None:
    """Within the shortest wait, nothing starts in the past, and what takes longest starts at once."""
    kitchen = Kitchen(PACED)
    kitchen.hold(*(line(f"l{n}", prep_time_s=seconds) for n, seconds in enumerate(times)))
    ends = []
    for n, seconds in enumerate(times):
        at = kitchen.at(f"l{n}")
        begins_ms = at.starts_at_ms or at.queued_at_ms
        assert begins_ms >= kitchen.now_ms
        if seconds:
            ends.append(begins_ms + seconds * 1000)
            assert at.state is LineState.QUEUED or seconds < max(times)
        else:
            assert at.state is LineState.QUEUED
    assert not ends or max(ends) - min(ends) < WAIT_MS_MIN
