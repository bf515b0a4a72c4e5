"""A printer's station: what is wanted on paper, and what it means that it is there."""

from __future__ import annotations

from dataclasses import replace

from heard.command import (
    AddLines,
    ChangeLine,
    FireCourse,
    MoveTicket,
    Outcome,
    RecallLines,
    Split,
    Transfer,
    VoidLines,
)
from heard.order import Course, OrderState, VoidAnswer
from heard.stream import HeardState, SiteProfile, StationProfile
from hub.core.decision import order_key
from hub.core.floor import Floor
from hub.core.hearing import GRACE_MS, NOT_HEARD_MS, PRINTER_NOT_HEARD_MS, Hearing
from hub.core.hearing_facts import Alarm
from hub.core.on_paper import ticket_slips
from hub.core.printing import decide_printed, to_print, was_printed
from hub.core.rehoming import is_homeless
from hub.core.routing import RoutingPlan, Rule
from hub.core.site import Site
from hub.core.slip_rows import Style
from hub.core.slips import decide_slip
from tests.hub.core.making import SITE, Kitchen, line

PREP = ("grill", "cold")
FLOOR = Floor(PREP, papers=frozenset({"paper"}))
PROFILE = SiteProfile(
    stations=(
        StationProfile("grill"),
        StationProfile("cold"),
        StationProfile("paper", {"en": "Bar Printer"}, role="printer"),
    )
)
PLAN = RoutingPlan(
    (Rule(("grill",), categories=("grill",)), Rule(("paper",), categories=("bar",))), PREP, FLOOR
)


def kitchen() -> Kitchen:
    return Kitchen(Site(PLAN, PROFILE, epoch_n=SITE.epoch_n))


def printed(there: Kitchen, version: int = 0) -> bool:
    key = order_key("o1")
    order = there.order()
    made = decide_printed({key: order}, "o1", "paper", version or order.version, there.now_ms, there.site)
    assert made.puts.keys() <= made.reads.keys()
    there.docs.update(made.puts)
    return bool(made.puts)


def on_slips(there: Kitchen) -> list[str]:
    return [one.line.line_id for ticket in to_print(there.order(), "paper") for one in ticket.lines]


def test_what_no_rule_knows_is_on_every_screen_and_on_no_paper() -> None:
    there = kitchen()
    there.hold(line("a", "bar"), line("b", "sushi"))
    assert there.states() == {"a@paper": "QUEUED", "b@grill": "QUEUED", "b@cold": "QUEUED"}
    assert not is_homeless(there.order(), FLOOR)


def test_what_is_on_paper_keeps_nobody_waiting_and_is_no_cooks_time() -> None:
    there = kitchen()
    there.hold(line("a", "bar"))
    assert on_slips(there) == ["a"]
    assert printed(there)
    assert there.order().state is OrderState.READY
    assert there.at("a", "paper").done_at_ms == 0
    assert on_slips(there) == []
    assert was_printed(there.order(), "paper")
    assert not printed(there)


def test_only_what_came_later_is_printed_after_it() -> None:
    there = kitchen()
    there.hold(line("a", "bar"))
    drawn = there.order().version
    there.do(AddLines((line("z", "bar"),)))
    assert printed(there, drawn)
    assert there.states() == {"a@paper": "DONE", "z@paper": "QUEUED"}
    assert on_slips(there) == ["z"]


def test_a_void_after_the_paper_is_a_slip_and_whether_it_was_made_is_never_guessed() -> None:
    there = kitchen()
    there.hold(line("a", "bar"), line("b", "bar"))
    printed(there)
    there.do(VoidLines(("a",)))
    assert on_slips(there) == ["a"]
    assert printed(there)
    assert there.at("a", "paper").void_answer is VoidAnswer.UNKNOWN
    assert on_slips(there) == []


def test_less_of_it_is_a_slip_that_says_what_it_was_and_more_of_it_only_the_difference() -> None:
    there = kitchen()
    there.hold(line("a", "bar", 3))
    printed(there)

    def slips_lines() -> list[tuple[int, int | None]]:
        return [
            (one.to_make_milli, one.was_milli)
            for ticket in to_print(there.order(), "paper")
            for one in ticket.lines
        ]

    there.do(ChangeLine("a", quantity_milli=2000))
    assert slips_lines() == [(2000, 3000)]
    printed(there)
    there.do(ChangeLine("a", quantity_milli=5000))
    assert [to_make for to_make, _ in slips_lines()] == [3000]
    printed(there)
    assert slips_lines() == []


def test_a_course_is_printed_when_it_is_fired() -> None:
    there = kitchen()
    there.hold(line("a", "bar"), line("z", "bar", course=2), courses=(Course(2),))
    assert on_slips(there) == ["a"]
    printed(there)
    assert on_slips(there) == []
    there.do(FireCourse(2))
    assert on_slips(there) == ["z"]


def test_paper_has_twenty_seconds_and_the_till_is_told_that_it_was_printed() -> None:
    there = kitchen()
    hearing = Hearing(0, PROFILE)
    there.now_ms += GRACE_MS
    there.hold(line("a", "bar"))
    held = there.order()
    hearing.changed(None, held, there.now_ms)
    assert hearing.tick(there.now_ms + NOT_HEARD_MS) == []
    late = hearing.tick(there.now_ms + PRINTER_NOT_HEARD_MS)
    (alarm,) = [one for one in late if isinstance(one, Alarm)]
    assert alarm.message == "Bar Printer has not printed #214 (0:20). Look at the printer."
    printed(there)
    cleared = hearing.changed(held, there.order(), there.now_ms)
    assert [one.raised for one in cleared if isinstance(one, Alarm)] == [False]
    found = hearing.state("o1", "paper")
    assert found is not None
    assert found.state is HeardState.PRINTED


def test_that_paper_has_another_number_is_heard_as_a_dish_is() -> None:
    there = kitchen()
    hearing = Hearing(0, PROFILE)
    there.now_ms += GRACE_MS
    there.hold(line("a", "bar"), line("b", "bar"))
    printed(there)
    there.do(Split("o2", ("b",), "57"))
    made = there.order("o2")
    hearing.changed(None, made, there.now_ms)
    (late,) = [
        one.message for one in hearing.tick(there.now_ms + PRINTER_NOT_HEARD_MS) if isinstance(one, Alarm)
    ]
    assert late == "Bar Printer has not printed #57 (0:20). Look at the printer."
    (slip,) = made.slips
    out = decide_slip({order_key("o2"): made}, "o2", slip, made.version, there.now_ms, there.site)
    there.docs.update(out.puts)
    for heard in (hearing, Hearing(0, PROFILE)):  # another one: the hub was restarted
        heard.changed(made, there.order("o2"), there.now_ms)
        found = heard.state("o2", "paper")
        assert found is not None
        assert found.state is HeardState.PRINTED


def test_after_a_restart_what_was_printed_is_still_told_so() -> None:
    there = kitchen()
    there.hold(line("a", "bar"), line("b"))
    printed(there)
    hearing = Hearing(0, PROFILE)
    hearing.restore([there.order()], [], there.now_ms)
    found = hearing.state("o1", "paper")
    assert found is not None
    assert found.state is HeardState.PRINTED


def test_an_order_that_is_gone_is_no_mistake() -> None:
    there = kitchen()
    key = order_key("o1")
    assert decide_printed({key: None}, "o1", "paper", 1, 0, there.site).reads == {key: None}
    there.hold(line("a", "bar"))
    gone = replace(there.order(), state=OrderState.PICKED_UP)
    assert not decide_printed({key: gone}, "o1", "paper", 1, 0, there.site).puts


def words(there: Kitchen, languages: tuple[str, ...] = ("en",)) -> list[str]:
    printer = StationProfile("paper", {"en": "Bar Printer"}, role="printer", languages=languages)
    slips = ticket_slips(there.order(), printer, there.site, may_be_printed=False)
    return [text for rows in slips for row in rows if row.style is Style.WORD for text in row.texts]


def test_what_is_recalled_comes_out_once_more_as_a_copy_and_what_changes_later_as_news() -> None:
    there = kitchen()
    there.hold(line("a", "bar"), line("b", "bar"))
    printed(there)
    assert there.do(RecallLines("paper", there.painted("paper", "a"))).outcome is Outcome.DONE
    assert on_slips(there) == ["a"]
    assert words(there) == ["COPY"]
    printed(there)
    assert on_slips(there) == []
    there.do(ChangeLine("a", quantity_milli=2000))
    assert words(there) == ["ADD-ON"]


def test_a_ticket_is_pushed_to_a_printer_and_comes_out_there() -> None:
    there = kitchen()
    there.hold(line("a"), line("z", course=2), courses=(Course(2),))
    answer = there.do(MoveTicket("grill", "paper", there.painted("grill")))
    assert answer.outcome is Outcome.DONE
    assert there.states() == {"a@paper": "QUEUED", "z@paper": "WAITING"}
    assert on_slips(there) == ["a"]
    printed(there)
    there.do(FireCourse(2))
    assert on_slips(there) == ["z"]
    assert there.order().lines[0].stations[0].may_be_at == ()


def test_a_ticket_is_pulled_from_a_printer_and_the_cook_is_told_to_look_there_first() -> None:
    there = kitchen()
    there.hold(line("a", "bar"), line("z", "bar", course=2), courses=(Course(2),))
    answer = there.do(MoveTicket("paper", "grill", there.painted("paper")), "grill")
    assert answer.outcome is Outcome.DONE
    assert on_slips(there) == []
    assert there.at("a", "grill").may_be_at == ("paper",)
    assert there.at("z", "grill").may_be_at == (), "what waited was on no slip"
    there.do(MoveTicket("grill", "paper", there.painted("grill", "a")), "grill")
    assert there.at("a", "paper").may_be_at == ()
    printed(there)
    refused = there.do(MoveTicket("paper", "grill", there.painted("paper")), "grill")
    assert (refused.outcome, refused.message) == (Outcome.REJECTED, "a: it is made: RECALL it first")


def test_a_line_that_a_transfer_takes_from_a_printer_says_so_too() -> None:
    there = kitchen()
    rules = (Rule(("paper",), categories=("bar",), areas=("hall",)), Rule(("grill",)))
    there.site = replace(there.site, routing=RoutingPlan(rules, PREP, FLOOR))
    there.hold(line("a", "bar"), area="hall")
    there.do(Transfer(area="terrace"))
    assert there.states() == {"a@grill": "QUEUED"}
    assert there.at("a", "grill").may_be_at == ("paper",)


def test_may_be_at_is_said_in_the_languages_of_the_printer_by_each_stations_own_name() -> None:
    there = kitchen()
    names = {"grill": {"en": "Grill", "ar": "الشواية"}, "cold": {"en": "Cold"}}
    profile = SiteProfile(stations=tuple(StationProfile(name, text) for name, text in names.items()))
    there.site = replace(there.site, profile=profile)
    there.hold(line("a", "bar"))
    (one,) = there.order().lines
    lost = replace(one, stations=(replace(one.stations[0], may_be_at=("grill", "cold")),))
    there.docs["order/o1"] = replace(there.order(), lines=(lost,))
    assert words(there) == ["MAY BE AT Grill, Cold: ASK"]
    assert words(there, ("ar",)) == ["قد يكون عند الشواية، Cold: اسأل"]
    assert words(there, ("en", "ar")) == ["MAY BE AT Grill, Cold: ASK", "قد يكون عند الشواية، Cold: اسأل"]
    lost = replace(lost, stations=(replace(lost.stations[0], may_be_at=("cold",)),))
    there.docs["order/o1"] = replace(there.order(), lines=(lost,))
    assert words(there, ("en", "ar")) == ["MAY BE AT Cold: ASK", "قد يكون عند Cold: اسأل"]
    taken = replace(lost, stations=(replace(lost.stations[0], taken_from=("grill",), may_be_at=()),))
    there.docs["order/o1"] = replace(there.order(), lines=(taken,))
    assert words(there, ("en", "ar")) == ["INSTEAD OF Grill", "بدلًا من الشواية"], (
        "never sent there: nobody to ask"
    )


def test_two_tickets_of_one_order_are_two_slips() -> None:
    """The printer was without paper for a while: a void of what it had put out, and what was ordered since."""
    there = kitchen()
    there.hold(line("a", "bar"))
    printed(there)
    there.do(VoidLines(("a",)))
    there.do(AddLines((line("z", "bar"),)))
    slips = ticket_slips(there.order(), PROFILE.stations[2], there.site, may_be_printed=False)
    dishes = [[row.texts[0] for row in rows if row.style is Style.ITEM and row.start] for rows in slips]
    assert dishes == [["a"], ["z"]]
