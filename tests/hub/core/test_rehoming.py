"""Whatever is closed and opened while cooks work: no open line stands where nobody cooks, none is lost, none is made twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from heard.command import BumpLines, CloseStation, OpenStation, Outcome, SendOut, VoidLines
from heard.order import Course, LineState, VoidAnswer
from heard.stream import SiteProfile, StationProfile
from heard.ticket import OPEN_STATES, line_is_open, unseen_void
from hub.core.decision import STATIONS_KEY, BusinessDay
from hub.core.floor import Floor
from hub.core.rehoming import decide_rehome, is_homeless
from hub.core.routing import RoutingPlan, Rule
from hub.core.site import Site
from hub.core.stations import closed_of
from tests.hub.core.making import SITE, Kitchen, line

PREP = ("grill-1", "grill-2", "fry", "cold")
PLAN = RoutingPlan(
    (
        Rule(("grill",), categories=("grill",)),
        Rule(("fry",), categories=("fry",)),
        Rule(("grill", "fry"), categories=("both",)),
    ),
    PREP,
    Floor(PREP, {"grill": ("grill-1", "grill-2")}),
)


def kitchen() -> Kitchen:
    profile = SiteProfile(stations=tuple(StationProfile(one) for one in PREP))
    made = Kitchen(Site(PLAN, profile, epoch_n=SITE.epoch_n))
    made.docs["day"] = BusinessDay(1, "2026-11-23", 0)
    made.hold(
        line("a"),
        line("b", "fry"),
        line("c", "both"),
        line("d", "none"),
        line("e", course=2),
        courses=(Course(2),),
    )
    return made


def follow(there: Kitchen) -> None:
    """What the wiring does: the site is made anew, and homeless orders move."""
    floor = replace(PLAN.floor, closed=closed_of(there.docs.get(STATIONS_KEY), PREP))
    there.site = replace(there.site, routing=replace(PLAN, floor=floor))
    if is_homeless(there.order(), floor):
        before = there.order()
        made = decide_rehome({"order/o1": before}, "o1", there.now_ms, there.site)
        there.docs.update(made.puts)
        assert there.order().version == before.version + 1


def close(station: str, to: str = "") -> Callable[[Kitchen], object]:
    return lambda there: there.do(CloseStation(station, to), "S1", "")


def bump(station: str) -> Callable[[Kitchen], object]:
    def act(there: Kitchen) -> object:
        painted = there.painted(station)
        return there.do(BumpLines(station, painted[:1]), station) if painted else None

    return act


def void(line_id: str) -> Callable[[Kitchen], object]:
    return lambda there: there.do(VoidLines((line_id,)), "T1")


ACTS = st.one_of(
    st.tuples(st.sampled_from(PREP), st.sampled_from(("", *PREP))).map(lambda pair: close(*pair)),
    st.sampled_from(PREP).map(lambda name: lambda there: there.do(OpenStation(name), "S1", "")),
    st.sampled_from(PREP).map(bump),
    st.sampled_from("abcd").map(void),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ACTS, max_size=12))
def test_nothing_is_hidden_lost_or_made_twice(acts: list[Callable[[Kitchen], object]]) -> None:
    there = kitchen()
    for act in acts:
        before = {one.line_id: one for one in there.order().lines}
        act(there)
        acted = {one.line_id: one for one in there.order().lines}
        follow(there)
        floor = there.site.routing.floor
        for one in there.order().lines:
            assert one.stations, "every line is somewhere"
            old, was = acted[one.line_id], before[one.line_id]
            assert (one.quantity_milli, one.voided) == (old.quantity_milli, old.voided)
            for at in one.stations:
                assert floor.cooks(at.station) or not line_is_open(at), (
                    "no screen that nobody looks at has it"
                )
            again = {at.station for at in old.stations if at.state is LineState.DONE}
            again -= {at.station for at in one.stations if at.state is LineState.DONE}
            left = any(at.state in OPEN_STATES and one.at(at.station) is None for at in old.stations)
            assert not again or left, (
                "what is done stays done, but where its cook makes another station's part too"
            )
            if any(at.state in OPEN_STATES for at in old.stations):
                assert any(at.state in OPEN_STATES for at in one.stations), "what is open stays open"
            if any(unseen_void(at) for at in old.stations):
                assert any(unseen_void(at) for at in one.stations), "somebody must acknowledge a void"
            assert was.line_id == one.line_id


def test_who_made_one_part_makes_that_of_a_closed_equal_too() -> None:
    """Found by the property above: the grill's part of a line was gone, because its equal had made the fry's."""
    there = kitchen()
    there.bump("fry", "b")
    there.do(CloseStation("fry", "grill-2"), "S1", "")
    follow(there)
    there.bump("grill-2", "c")
    there.do(CloseStation("grill-1"), "S1", "")
    follow(there)
    assert {at.station: at.state for at in there.line("c").stations} == {"grill-2": LineState.QUEUED}


def test_a_void_that_nobody_has_seen_yet_is_to_be_seen_by_who_knew_of_his_own_part() -> None:
    """Found by the property above: the last that had to acknowledge it closed, and the one who took over had its part done."""
    there = kitchen()
    for act in (bump("grill-2"), void("d"), close("grill-1"), close("fry")):
        act(there)
        follow(there)
    told = {at.station: (at.void_answer, unseen_void(at)) for at in there.line("d").stations}
    assert told == {"grill-2": (VoidAnswer.MADE, True), "cold": (VoidAnswer.MADE, False)}


def test_a_line_that_becomes_nobodys_where_it_stood_is_to_be_heard_there() -> None:
    """Found by the simulation: its tile said so, and the hub called it heard before anybody had painted that."""
    there = kitchen()
    there.do(CloseStation("cold"), "S1", "")
    there.do(CloseStation("grill-1"), "S1", "")
    there.do(CloseStation("grill-2"), "S1", "")
    follow(there)
    before = there.order().at("fry")
    assert before is not None
    assert there.line("c").nobodys
    assert before.ticket_version == there.order().version


def test_a_bump_after_the_move_is_of_the_moved_line_only() -> None:
    there = kitchen()
    old = there.painted("fry", "b")
    there.do(CloseStation("fry", "cold"), "S1", "")
    follow(there)
    assert there.do(BumpLines("fry", old), "fry").outcome is Outcome.REJECTED
    assert there.bump("cold", "b").outcome is Outcome.DONE
    moved = there.order().line("b")
    assert moved is not None
    assert [(at.station, at.state) for at in moved.stations] == [("cold", LineState.DONE)]


def test_ages_and_what_waits_go_along() -> None:
    there = kitchen()
    there.start("fry", "b")
    there.now_ms += 60_000
    there.do(CloseStation("fry", "cold"), "S1", "")
    there.do(CloseStation("grill-1"), "S1", "")
    follow(there)
    started = there.order().line("b")
    waits = there.order().line("e")
    assert started is not None
    assert waits is not None
    (at,) = started.stations
    assert (at.station, at.state, at.queued_at_ms, at.started_at_ms) == (
        "cold",
        LineState.STARTED,
        1_000_000,
        1_000_000,
    )
    assert [one.state for one in waits.stations] == [LineState.WAITING]


def test_what_the_pass_sent_out_needs_nobody_any_more() -> None:
    there = kitchen()
    there.do(SendOut(there.painted("fry", "b")), "pass")
    there.do(CloseStation("fry", "cold"), "S1", "")
    follow(there)
    assert not is_homeless(there.order(), there.site.routing.floor)
    sent = there.order().line("b")
    assert sent is not None
    assert [one.station for one in sent.stations if one.state is LineState.SENT] in ([], ["fry"])
