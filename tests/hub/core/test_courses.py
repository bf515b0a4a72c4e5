"""Hold and fire, planned and automatic firing, scheduled orders: who waits, who may be made, and since when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heard.command import (
    AddLines,
    BumpLines,
    FireCourse,
    HoldCourse,
    Outcome,
    Reason,
    StartLines,
    Undo,
    VoidLines,
)
from heard.order import Course, LineState, OrderState
from heard.stream import SiteState, StationStatus
from heard.ticket import tickets
from hub.core.due import due_at
from hub.core.site import LEAD_MS, KitchenRules
from tests.hub.core.making import SITE, Kitchen, line

AUTO = replace(SITE, rules=KitchenRules(auto_fire=True))


def dinner(kitchen: Kitchen | None = None) -> Kitchen:
    """A starter that is made at once, and a main course that waits at two stations."""
    made = kitchen or Kitchen()
    made.hold(
        line("soup"),
        line("steak", course=2),
        line("chips", "fry", course=2),
        courses=(Course(2, {"en": "Main"}),),
    )
    return made


def test_a_held_course_waits_without_age_and_is_never_bumped() -> None:
    kitchen = dinner()
    assert kitchen.states() == {"soup@grill": "QUEUED", "steak@grill": "WAITING", "chips@fry": "WAITING"}
    assert kitchen.at("steak").queued_at_ms == 0
    answer = kitchen.bump("grill", "steak")
    assert (answer.outcome, answer.reason) == (Outcome.REJECTED, Reason.NOT_NOW)
    assert "FIRE first" in answer.message
    (fry,) = tickets(kitchen.order(), "fry")
    assert fry.waiting_only


def test_fire_gives_the_course_to_the_kitchen_with_an_age_of_its_own() -> None:
    kitchen = dinner()
    kitchen.bump("grill", "soup")
    kitchen.now_ms += 600_000
    answer = kitchen.do(FireCourse(2))
    assert answer.outcome is Outcome.DONE
    assert kitchen.states() == {"soup@grill": "DONE", "steak@grill": "QUEUED", "chips@fry": "QUEUED"}
    (grill,) = tickets(kitchen.order(), "grill")
    assert grill.age_from_ms == kitchen.now_ms
    (course,) = kitchen.order().courses
    assert (course.fired, course.fired_at_ms) == (True, kitchen.now_ms)
    assert {there.station for there in kitchen.order().stations if there.ticket_version == 3} == {
        "grill",
        "fry",
    }
    assert kitchen.order().history[-1].line_ids == ("steak", "chips")


def test_fire_again_is_already_and_an_unknown_course_is_gone() -> None:
    kitchen = dinner()
    kitchen.do(FireCourse(2))
    assert kitchen.do(FireCourse(2)).outcome is Outcome.ALREADY
    assert kitchen.do(FireCourse(0)).outcome is Outcome.ALREADY
    assert kitchen.do(FireCourse(7)).reason is Reason.NOT_NOW
    assert kitchen.do(HoldCourse(7)).reason is Reason.NOT_NOW


def test_lines_added_to_a_held_course_wait_too_and_to_a_fired_one_do_not() -> None:
    kitchen = dinner()
    kitchen.do(AddLines((line("lamb", course=2),)))
    assert kitchen.at("lamb").state is LineState.WAITING
    kitchen.do(FireCourse(2))
    kitchen.do(AddLines((line("duck", course=2),)))
    assert kitchen.at("duck").state is LineState.QUEUED


def test_hold_takes_back_what_nobody_has_begun() -> None:
    kitchen = dinner()
    kitchen.do(FireCourse(2))
    kitchen.start("grill", "steak")
    assert kitchen.do(HoldCourse(2)).outcome is Outcome.DONE
    assert kitchen.states() == {"soup@grill": "QUEUED", "steak@grill": "STARTED", "chips@fry": "WAITING"}
    assert kitchen.do(HoldCourse(2)).outcome is Outcome.ALREADY
    kitchen.do(FireCourse(2))
    assert kitchen.at("chips", "fry").state is LineState.QUEUED


def test_hold_of_a_course_that_nobody_listed() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("cake", course=3))
    kitchen.do(HoldCourse(3))
    assert kitchen.at("cake").state is LineState.WAITING
    assert kitchen.do(HoldCourse(0)).reason is Reason.INVALID


def test_a_cook_takes_a_fire_back_and_only_at_once() -> None:
    kitchen = dinner()
    kitchen.do(FireCourse(2), "grill")
    assert kitchen.do(Undo("grill", 1), "fry").reason is Reason.NOT_NOW  # never another screen's
    assert kitchen.do(Undo("grill", 1), "grill").outcome is Outcome.DONE
    assert kitchen.states()["steak@grill"] == "WAITING"
    assert not kitchen.order().courses[0].fired
    kitchen.do(FireCourse(2), "grill")
    kitchen.start("grill", "steak")
    refused = kitchen.do(Undo("grill", kitchen.seqs["grill"] - 1), "grill")
    assert refused.reason is Reason.NOT_NOW


def test_a_planned_course_is_fired_by_the_hub_in_its_time() -> None:
    kitchen = dinner()
    at_ms = kitchen.now_ms + 300_000
    assert kitchen.do(FireCourse(2, at_ms)).outcome is Outcome.DONE
    assert kitchen.do(FireCourse(2, at_ms)).outcome is Outcome.ALREADY
    assert kitchen.order().courses[0].fires_at_ms == at_ms
    assert due_at(kitchen.order(), SITE) == at_ms
    kitchen.now_ms = at_ms - 1
    assert not kitchen.due()
    kitchen.now_ms = at_ms
    assert kitchen.due()
    assert kitchen.states()["steak@grill"] == "QUEUED"
    entry = kitchen.order().history[-1]
    assert (entry.verb, entry.device, entry.line_ids) == ("fire", "hub", ("steak", "chips"))
    assert due_at(kitchen.order(), SITE) is None
    assert not kitchen.due()


def test_hold_takes_a_plan_back() -> None:
    kitchen = dinner()
    kitchen.do(FireCourse(2, kitchen.now_ms + 1_000))
    kitchen.do(HoldCourse(2))
    kitchen.now_ms += 10_000
    assert due_at(kitchen.order(), SITE) is None
    assert not kitchen.due()


def test_auto_fire_waits_for_every_station_of_the_course_before() -> None:
    kitchen = Kitchen(AUTO)
    kitchen.hold(
        line("soup"),
        line("bread", "fry"),
        line("steak", course=2),
        line("cake", course=3),
        courses=(Course(2), Course(3)),
    )
    kitchen.bump("grill", "soup")
    assert due_at(kitchen.order(), AUTO) is None
    assert not kitchen.due()
    kitchen.bump("fry")
    assert due_at(kitchen.order(), AUTO) == 0
    assert due_at(kitchen.order(), SITE) is None  # a setting
    assert kitchen.due()
    assert kitchen.states()["steak@grill"] == "QUEUED"
    assert kitchen.states()["cake@grill"] == "WAITING"
    assert kitchen.order().history[-1].detail == "2, the one before is done"
    assert not kitchen.due()
    kitchen.bump("grill", "steak")
    assert kitchen.due()
    assert kitchen.states()["cake@grill"] == "QUEUED"


def test_auto_fire_passes_by_what_was_voided_and_waits_for_a_plan() -> None:
    kitchen = Kitchen(AUTO)
    kitchen.hold(
        line("soup"), line("ham"), line("steak", course=2), courses=(Course(2, fires_at_ms=5_000_000),)
    )
    kitchen.bump("grill", "soup")
    kitchen.do(VoidLines(("ham",)))
    assert due_at(kitchen.order(), AUTO) == 5_000_000
    assert not kitchen.due()
    kitchen.now_ms = 5_000_000
    assert kitchen.due()
    assert kitchen.states()["steak@grill"] == "QUEUED"


@pytest.mark.parametrize("fired", [True, False], ids=["after it was fired", "before"])
def test_what_somebody_holds_waits_for_a_hand_also_where_courses_fire_by_themselves(fired: bool) -> None:
    """The guests talk: the waiter holds the main course, and auto-fire does not know better."""
    kitchen = dinner(Kitchen(AUTO))
    if not fired:
        assert kitchen.do(HoldCourse(2)).outcome is Outcome.DONE
    kitchen.bump("grill", "soup")
    if fired:
        assert kitchen.due()
        assert kitchen.do(HoldCourse(2)).outcome is Outcome.DONE
    assert kitchen.states()["steak@grill"] == "WAITING"
    assert (due_at(kitchen.order(), AUTO), kitchen.due()) == (None, False)
    assert kitchen.do(HoldCourse(2)).outcome is Outcome.ALREADY
    kitchen.do(FireCourse(2))
    assert kitchen.states()["steak@grill"] == "QUEUED"
    assert not kitchen.order().courses[0].by_hand


def test_a_fire_that_was_taken_back_is_not_fired_again_by_itself() -> None:
    kitchen = dinner(Kitchen(AUTO))
    kitchen.bump("grill", "soup")
    kitchen.do(FireCourse(2), "grill")
    assert kitchen.undo("grill").outcome is Outcome.DONE
    assert kitchen.states()["steak@grill"] == "WAITING"
    assert not kitchen.due()


def test_auto_fire_goes_on_after_a_course_of_which_nothing_is_left() -> None:
    kitchen = Kitchen(AUTO)
    kitchen.hold(
        line("soup"), line("pie", course=2), line("cake", course=3), courses=(Course(2), Course(3)),
    )  # fmt: skip
    kitchen.do(VoidLines(("soup",)))
    assert kitchen.due()
    assert kitchen.states()["pie@grill"] == "QUEUED"
    kitchen.do(HoldCourse(2))
    kitchen.do(VoidLines(("pie",)))
    assert kitchen.due(), "a held course that is voided holds nobody up"
    assert kitchen.states()["cake@grill"] == "QUEUED"


@pytest.mark.parametrize("paused", ["", "fry"], ids=["the whole site", "one station of the course"])
@pytest.mark.parametrize("planned", [False, True], ids=["by itself", "planned"])
def test_no_course_is_fired_by_itself_while_its_kitchen_is_paused(paused: str, planned: bool) -> None:
    """Prayer: the soup was bumped just before it, the main course waits; who fires it by hand knows why."""
    pause = SiteState((StationStatus(paused, paused_until_ms=9_999_999_999_999),))
    kitchen = Kitchen(replace(AUTO, state=pause))
    if planned:
        kitchen.hold(
            line("steak", course=2), line("chips", "fry", course=2), courses=(Course(2, fires_at_ms=1_000_500),)
        )  # fmt: skip
        kitchen.now_ms += 1_000
    else:
        dinner(kitchen)
        kitchen.bump("grill", "soup")
    assert due_at(kitchen.order(), kitchen.site) is None
    assert not kitchen.due()
    assert due_at(kitchen.order(), AUTO) is not None
    other = replace(AUTO, state=SiteState((StationStatus("cold", paused_until_ms=1),)))
    assert due_at(kitchen.order(), other) is not None, "another station's pause is none of its business"
    kitchen.do(FireCourse(2))
    assert kitchen.states()["steak@grill"] == "QUEUED"


def test_auto_fire_after_drinks_waits_until_they_went_out() -> None:
    kitchen = Kitchen(AUTO)
    kitchen.hold(line("tea", no_kitchen=True), line("steak", course=2), courses=(Course(2),))
    assert not kitchen.due()
    kitchen.send_out("tea")
    assert kitchen.due()
    assert kitchen.states()["steak@grill"] == "QUEUED"


def later(kitchen: Kitchen, minutes: int = 60) -> int:
    """An order for later; when it is due."""
    due_ms = kitchen.now_ms + minutes * 60_000
    kitchen.hold(line("a"), line("b", "fry"), line("cake", course=2), courses=(Course(2),), due_at_ms=due_ms)
    return due_ms


def test_a_scheduled_order_waits_as_a_whole_until_its_release() -> None:
    kitchen = Kitchen()
    due_ms = later(kitchen)
    order = kitchen.order()
    assert order.scheduled
    assert set(kitchen.states().values()) == {"WAITING"}
    (grill,) = tickets(order, "grill")
    assert (grill.waiting_only, grill.scheduled, grill.due_ms) == (True, True, due_ms)
    assert kitchen.bump("grill", "a").reason is Reason.NOT_NOW
    kitchen.do(AddLines((line("c"),)))
    assert kitchen.at("c").state is LineState.WAITING
    kitchen.now_ms = due_ms - LEAD_MS
    assert not kitchen.due()
    assert kitchen.due(release=True)
    assert not kitchen.order().scheduled
    assert kitchen.states() == {
        "a@grill": "QUEUED",
        "b@fry": "QUEUED",
        "cake@grill": "WAITING",
        "c@grill": "QUEUED",
    }
    assert kitchen.at("a").queued_at_ms == kitchen.now_ms
    assert kitchen.order().history[-1].verb == "release"
    assert not kitchen.due(release=True)


@pytest.mark.parametrize("minutes", [0, 1, 20])
def test_what_is_due_soon_is_made_at_once(minutes: int) -> None:
    kitchen = Kitchen()
    later(kitchen, minutes)
    assert not kitchen.order().scheduled
    assert kitchen.at("a").state is LineState.QUEUED


def test_the_due_time_is_of_the_wall_and_the_release_of_the_hubs_time() -> None:
    site = replace(SITE, wall_offset_ms=1_000_000_000)
    kitchen = Kitchen(site)
    kitchen.hold(line("a"), due_at_ms=kitchen.now_ms + 1_000_000_000 + LEAD_MS + 1)
    assert kitchen.order().scheduled


def test_a_cook_who_has_time_fires_a_scheduled_order() -> None:
    kitchen = Kitchen()
    later(kitchen)
    assert kitchen.do(FireCourse(0), "grill").outcome is Outcome.DONE
    assert not kitchen.order().scheduled
    assert kitchen.states() == {"a@grill": "QUEUED", "b@fry": "QUEUED", "cake@grill": "WAITING"}
    assert kitchen.undo("grill").outcome is Outcome.DONE
    assert kitchen.order().scheduled
    assert set(kitchen.states().values()) == {"WAITING"}


def test_a_whole_dinner_goes_from_held_to_ready() -> None:
    kitchen = dinner()
    kitchen.do(BumpLines("grill", kitchen.painted("grill", "soup")), "grill")
    assert kitchen.order().state is OrderState.STARTED
    kitchen.do(FireCourse(2), "expo")
    kitchen.do(StartLines("grill", kitchen.painted("grill", "steak")), "grill")
    kitchen.bump("grill", "steak")
    kitchen.bump("fry")
    assert kitchen.order().state is OrderState.READY
