"""A backup takes over what a station does not see: only what nobody has begun, and whatever keys come, nothing is made twice."""

from __future__ import annotations

from collections.abc import Container, Mapping

from hypothesis import given
from hypothesis import strategies as st

from heard.command import BumpLines, ChangeLine, Outcome, PaintedLine, Reason, StartLines
from heard.order import Course, LineState
from heard.stream import SiteProfile, StationProfile
from heard.ticket import OPEN_STATES
from hub.core.decision import order_key
from hub.core.floor import Floor
from hub.core.hearing_facts import NotHeard
from hub.core.routing import RoutingPlan, Rule
from hub.core.site import KitchenRules, Site
from hub.core.take_over import decide_take_over
from tests.hub.core.making import SITE, Kitchen, line

PREP = ("grill", "fry")
PLAN = RoutingPlan(
    (
        Rule(("grill",), categories=("grill",)),
        Rule(("fry",), categories=("fry",)),
        Rule(PREP, categories=("both",)),
    ),
    PREP,
    Floor(PREP, papers=frozenset({"paper"})),
)
RULES = KitchenRules(backup={"grill": ("fry", "paper")})
NEVER, NOW = 0, 10**12


def kitchen(*lines: object, **fields: object) -> Kitchen:
    profile = SiteProfile(stations=tuple(StationProfile(one) for one in PREP))
    made = Kitchen(Site(PLAN, profile, epoch_n=SITE.epoch_n, rules=RULES))
    made.hold(*(lines or (line("a"),)), **fields)  # type: ignore[arg-type]
    return made


def lose(
    there: Kitchen,
    station: str = "grill",
    *,
    sent_until_ms: int = NEVER,
    proven: int = 0,
    live: Container[str] = ("fry", "paper"),
) -> bool:
    key = order_key("o1")
    order = there.order()
    at = order.at(station)
    lost = NotHeard("o1", station, at.ticket_version if at is not None else 0, proven, sent_until_ms)
    made = decide_take_over({key: order}, lost, there.now_ms, there.site, live)
    assert made.puts.keys() <= made.reads.keys()
    there.docs.update(made.puts)
    return bool(made.puts)


def test_what_was_never_sent_goes_over_plainly_and_then_on_along_the_chain() -> None:
    there = kitchen()
    assert lose(there)
    assert there.states() == {"a@fry": "QUEUED"}
    at = there.at("a", "fry")
    assert (at.taken_from, at.may_be_at) == (("grill",), ())
    assert there.order().history[-1].verb == "take_over"
    assert lose(there, "fry", sent_until_ms=NOW)
    assert there.states() == {"a@paper": "QUEUED"}
    assert there.at("a", "paper").taken_from == ("grill", "fry")
    assert there.at("a", "paper").may_be_at == ("fry",)
    assert not lose(there, "paper")


def test_only_who_can_show_it_takes_over() -> None:
    there = kitchen()
    assert not lose(there, live=())
    assert lose(there, live=("paper",))
    assert there.states() == {"a@paper": "QUEUED"}
    assert lose(there, "paper", live=("fry",))  # passed over before, and there now
    assert there.states() == {"a@fry": "QUEUED"}


def test_what_the_backup_does_not_see_either_goes_home_once_its_screen_is_back() -> None:
    there = kitchen()
    assert lose(there)
    assert lose(there, "fry", live=("grill", "paper"), sent_until_ms=NOW)
    assert there.states() == {"a@grill": "QUEUED"}
    at = there.at("a", "grill")
    assert (at.taken_from, at.may_be_at) == (("grill", "fry"), ("fry",))
    assert lose(there, "grill", live=("grill", "fry", "paper"))
    assert there.states() == {"a@paper": "QUEUED"}
    assert not lose(there, "paper", live=PREP)  # no ticket wanders for ever


def test_a_slip_of_a_printer_that_answers_nothing_may_lie_there_all_the_same() -> None:
    there = kitchen()
    lose(there, live=("paper",))
    assert lose(there, "paper", live=("grill",))
    assert there.states() == {"a@grill": "QUEUED"}
    assert there.at("a", "grill").may_be_at == ("paper",)


def test_what_was_sent_home_says_nothing_of_home() -> None:
    there = kitchen()
    lose(there, sent_until_ms=NOW)
    assert there.at("a", "fry").may_be_at == ("grill",)
    lose(there, "fry", live=("grill",), sent_until_ms=NOW)
    assert there.at("a", "grill").may_be_at == ("fry",)


def test_what_was_sent_and_not_confirmed_says_where_it_may_be() -> None:
    there = kitchen()
    assert lose(there, sent_until_ms=NOW)
    assert there.at("a", "fry").may_be_at == ("grill",)


def test_what_was_painted_or_begun_or_waits_stays() -> None:
    there = kitchen(line("a"), line("b"), line("c", "both"), line("z", course=2), courses=(Course(2),))
    assert not lose(there, proven=there.order().version)
    there.start("grill", "b")
    assert lose(there)
    assert there.states() == {
        "a@fry": "QUEUED",
        "b@grill": "STARTED",
        "c@paper": "QUEUED",  # fry makes a part of it already
        "c@fry": "QUEUED",
        "z@grill": "WAITING",
    }


def test_a_change_that_came_meanwhile_has_its_own_time() -> None:
    there = kitchen()
    key = order_key("o1")
    lost = NotHeard("o1", "grill", 99, 0, NEVER)
    assert not decide_take_over({key: there.order()}, lost, there.now_ms, there.site, PREP).puts
    assert decide_take_over({key: None}, lost, there.now_ms, there.site, PREP).reads == {key: None}


def test_a_bump_of_the_lost_station_is_made_there_and_leaves_the_backup() -> None:
    there = kitchen()
    seen = there.painted("grill")
    lose(there, sent_until_ms=NOW)
    at_fry = there.painted("fry")
    assert there.do(BumpLines("grill", seen), "grill").outcome is Outcome.DONE
    assert there.states() == {"a@grill": "DONE"}
    assert there.do(BumpLines("fry", at_fry), "fry").outcome is Outcome.ALREADY
    assert there.states() == {"a@grill": "DONE"}
    assert there.undo("grill").outcome is not Outcome.DONE


def test_what_the_lost_station_has_begun_goes_back_to_it_unless_the_backup_has() -> None:
    there = kitchen()
    seen = there.painted("grill")
    lose(there, sent_until_ms=NOW)
    assert there.do(StartLines("grill", seen), "grill").outcome is Outcome.DONE
    assert there.states() == {"a@grill": "STARTED"}
    other = kitchen()
    seen = other.painted("grill")
    lose(other, sent_until_ms=NOW)
    other.start("fry")
    answer = other.do(StartLines("grill", seen), "grill")
    assert (answer.outcome, answer.reason) == (Outcome.REJECTED, Reason.NOT_NOW)
    assert other.states() == {"a@fry": "STARTED"}


def test_a_bump_of_what_changed_since_is_stale() -> None:
    there = kitchen()
    seen = there.painted("grill")
    lose(there, sent_until_ms=NOW)
    there.do(ChangeLine("a", quantity_milli=3000))
    assert there.do(BumpLines("grill", seen), "grill").reason is Reason.STALE
    assert there.states() == {"a@fry": "QUEUED"}


STATIONS = ("grill", "fry", "paper")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("lose", "lose_sent", "lose_home", "see", "start", "bump")),
        st.sampled_from(STATIONS),
        st.sampled_from(("a", "b")),
    ),
    max_size=24,
)


@given(STEPS)
def test_whoever_bumps_whatever_he_saw_each_line_is_made_once(steps: list[tuple[str, str, str]]) -> None:
    """Screens press keys on what they last saw, however old; take-overs happen in between."""
    there = kitchen(line("a"), line("b"))
    seen: dict[str, Mapping[str, int]] = {one: {} for one in STATIONS}
    made: list[str] = []

    def look(station: str) -> None:
        seen[station] = {**seen[station], **{one.line_id: one.version for one in there.painted(station)}}

    def press(verb: type[StartLines] | type[BumpLines], station: str, line_id: str) -> None:
        if line_id not in seen[station]:
            return
        answer = there.do(verb(station, (PaintedLine(line_id, seen[station][line_id]),)), station)
        if verb is BumpLines and answer.outcome is Outcome.DONE:
            made.append(line_id)

    for name, station, line_id in steps:
        match name:
            case "lose" | "lose_sent":
                lose(there, station, sent_until_ms=NOW if name == "lose_sent" else NEVER)
            case "lose_home":
                lose(there, station, live=("grill",))
            case "see":
                look(station)
            case "start":
                press(StartLines, station, line_id)
            case _:
                press(BumpLines, station, line_id)
        for one in there.order().lines:
            assert len(one.stations) == 1, there.states()  # one place at a time
    for station in STATIONS:
        look(station)
        for line_id in ("a", "b"):
            press(BumpLines, station, line_id)
    assert sorted(made) == ["a", "b"]
    assert not [at for one in there.order().lines for at in one.stations if at.state in OPEN_STATES]
    assert {at.state for one in there.order().lines for at in one.stations} == {LineState.DONE}
