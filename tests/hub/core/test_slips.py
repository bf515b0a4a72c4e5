"""Slips that somebody asks for: which printer, which lines, once; and the slip of the pass on expo's bump."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heard.command import AddLines, Answer, MarkPickedUp, Outcome, PrintTicket, Reason, Split, VoidOrder
from heard.order import Course, OrderState, WantedSlip
from heard.play.later_deeds import OF_PAPER
from heard.stream import SiteProfile, StationProfile
from hub.core import printing
from hub.core.decision import order_key
from hub.core.floor import Floor
from hub.core.on_paper import wanted_rows
from hub.core.routing import RoutingPlan, Rule
from hub.core.site import KitchenRules, Site
from hub.core.slip_rows import Row, Style
from hub.core.slip_wishes import SLIP_LIFE_MS, SLIPS_MAX
from hub.core.slips import DROPPED_VERB, decide_slip
from tests.hub.core.making import SITE, Kitchen, line

PREP = ("grill", "fry", "cold")
PAPER = StationProfile("paper", {"en": "Bar Printer"}, role="printer", languages=("en",))
PROFILE = SiteProfile(
    stations=(
        StationProfile("grill", {"en": "Grill", "ar": "الشواية"}),
        StationProfile("fry", {"en": "Fry"}),
        PAPER,
        StationProfile("pass-printer", {"en": "Pass Printer"}, role="printer"),
    )
)
PLAN = RoutingPlan(
    (Rule(("grill",), categories=("grill",)), Rule(("fry",), categories=("fry",))),
    PREP,
    Floor(PREP, papers=frozenset({"paper", "pass-printer"})),
)
RULES = KitchenRules(
    printers={"grill": "paper", "paper": "paper", "expo": "pass-printer"}, slip_on_bump="pass-printer"
)


def kitchen(rules: KitchenRules = RULES) -> Kitchen:
    return Kitchen(Site(PLAN, PROFILE, epoch_n=SITE.epoch_n, rules=rules))


def waits(there: Kitchen) -> list[tuple[str, str, tuple[str, ...], bool]]:
    return [(one.printer, one.station, one.line_ids, one.copy) for one in there.order().slips]


def done(there: Kitchen, slip: WantedSlip, why: str = "") -> None:
    key = order_key("o1")
    made = decide_slip({key: there.order()}, "o1", slip, there.order().version, there.now_ms, there.site, why)
    assert made.puts.keys() <= made.reads.keys()
    there.docs.update(made.puts)


def words(there: Kitchen, slip: WantedSlip, *, copy: bool = False) -> list[str]:
    rows = wanted_rows(there.order(), slip, PAPER, there.site, copy=copy, may_be_printed=False)
    return [
        f"{row.start} {row.texts[0]}".strip() for row in rows if row.texts and row.style is not Style.SMALL
    ]


def rows_of(there: Kitchen, slip: WantedSlip) -> tuple[Row, ...]:
    return wanted_rows(there.order(), slip, PAPER, there.site, copy=slip.copy, may_be_printed=False)


def test_the_key_asks_for_the_ticket_once_more_and_no_cooks_work_changes() -> None:
    there = kitchen()
    there.hold()
    there.bump("grill", "a")
    before = there.order()
    answer = there.do(PrintTicket("grill"), "grill")
    assert (answer.outcome, answer.message) == (Outcome.DONE, "prints at Bar Printer")
    assert waits(there) == [("paper", "grill", ("a", "b"), True)]
    assert replace(there.order(), slips=(), version=0, history=()) == replace(before, version=0, history=())
    assert words(there, there.order().slips[0], copy=True) == ["#214", "TAKEAWAY", "COPY", "1 a", "1 b"]


def test_the_same_command_twice_and_the_same_wish_twice_are_one_slip() -> None:
    there = kitchen()
    there.hold()
    command = there.command(PrintTicket("grill"), "grill")
    assert [there.run(command).outcome for _ in range(2)] == [Outcome.DONE, Outcome.ALREADY]
    assert there.do(PrintTicket("grill", ("b", "a")), "grill").outcome is Outcome.ALREADY
    assert len(there.order().slips) == 1
    done(there, there.order().slips[0])
    assert there.order().slips == ()
    assert (there.order().history[-1].verb, there.order().history[-1].detail) == ("slip", "at paper")
    assert there.do(PrintTicket("grill"), "grill").outcome is Outcome.DONE


def test_only_the_tile_is_printed_where_the_key_names_it() -> None:
    there = kitchen()
    there.hold()
    there.bump("grill")
    there.do(AddLines((line("z"),)))
    there.do(PrintTicket("grill", ("z",)), "grill")
    assert waits(there) == [("paper", "grill", ("z",), True)]
    assert words(there, there.order().slips[0]) == ["#214", "TAKEAWAY", "ADD-ON", "1 z"]


def refusal(answer: Answer) -> tuple[Reason, str]:
    assert answer.outcome is Outcome.REJECTED
    return answer.reason, answer.message


@pytest.mark.parametrize(
    ("verb", "reason", "message"),
    [
        (PrintTicket("grll"), Reason.INVALID,
         "print.station: 'grll' is no station that cooks or prints (there are: grill, fry, cold, paper, pass-printer, and expo for the pass)"),
        (PrintTicket("fry"), Reason.NOT_NOW, "Fry has no printer: set stations.fry.printer"),
        (PrintTicket("grill", printer="oven"), Reason.INVALID,
         "print.printer: 'oven' is no printer (there are: paper, pass-printer)"),
        (PrintTicket("paper"), Reason.GONE, "Bar Printer has nothing of this order"),
        (PrintTicket("grill", ("c",)), Reason.GONE, "Grill has none of these lines"),
    ],
)  # fmt: skip
def test_what_cannot_be_printed_is_answered_clearly(verb: PrintTicket, reason: Reason, message: str) -> None:
    there = kitchen()
    there.hold()
    assert refusal(there.do(verb, "grill")) == (reason, message)
    assert there.order().slips == ()


def test_without_any_printer_the_answer_says_what_to_set() -> None:
    there = Kitchen()
    there.hold()
    assert refusal(there.do(PrintTicket("expo"), "expo")) == (
        Reason.NOT_NOW,
        "The pass has no printer: set kitchen.slip_on_bump",
    )


def test_a_course_that_waits_is_on_no_copy() -> None:
    there = kitchen()
    there.hold(line("a"), line("z", course=2), courses=(Course(2),))
    there.do(PrintTicket("grill"), "grill")
    assert waits(there) == [("paper", "grill", ("a",), True)]
    there.hold(line("z", course=2), order_id="o2", courses=(Course(2),))
    assert refusal(there.do(PrintTicket("grill"), "grill", "o2")) == (
        Reason.NOT_NOW,
        "the course is not fired: FIRE first",
    )


def test_a_printer_that_prints_nothing_is_not_asked_for_ever() -> None:
    there = kitchen()
    there.hold(*(line(f"l{n}") for n in range(SLIPS_MAX + 1)))
    for n in range(SLIPS_MAX):
        assert there.do(PrintTicket("grill", (f"l{n}",)), "grill").outcome is Outcome.DONE
    assert refusal(there.do(PrintTicket("grill"), "grill"))[0] is Reason.NOT_NOW
    there.now_ms += SLIP_LIFE_MS  # all of these are dead by now
    there.do(PrintTicket("grill", ("l8",)), "grill")
    assert waits(there) == [("paper", "grill", ("l8",), True)]


def test_a_slip_that_died_is_written_down_and_asked_for_no_more() -> None:
    there = kitchen()
    there.hold()
    there.do(PrintTicket("grill"), "grill")
    slip = there.order().slips[0]
    done(there, slip, "not printed for 10 minutes: it has no paper")
    assert there.order().slips == ()
    assert there.order().history[-1].verb == "no_slip"
    version = there.order().version
    done(there, slip, "once more")
    assert there.order().version == version


def test_what_was_picked_up_may_be_printed_and_what_was_voided_not() -> None:
    there = kitchen()
    there.hold()
    there.do(MarkPickedUp())
    assert there.do(PrintTicket("grill"), "grill").outcome is Outcome.DONE
    assert there.order().state is OrderState.PICKED_UP
    there.hold(order_id="o2")
    there.do(VoidOrder(), order_id="o2")
    assert refusal(there.do(PrintTicket("grill"), "grill", "o2"))[0] is Reason.NOT_NOW


def test_a_slip_that_waits_is_of_each_orders_own_dishes_after_a_split() -> None:
    there = kitchen()
    there.hold()
    there.do(PrintTicket("grill"), "grill")
    there.do(Split("o2", ("b",), "300"))
    assert [one.line_ids for at in ("o1", "o2") for one in there.order(at).slips] == [("a",), ("b",)]
    assert words(there, there.order().slips[0])[-1] == "1 a"


def test_expos_bump_prints_what_is_packed_and_what_is_owed() -> None:
    there = kitchen()
    there.hold(
        line("a", quantity=2), line("c", "fry"), line("w", "drinks", no_kitchen=True), covers=4, table="7"
    )
    there.bump("grill")
    there.send_out()
    (slip,) = there.order().slips
    assert (slip.printer, slip.station, slip.copy) == ("pass-printer", "expo", False)
    assert words(there, slip) == [
        "#214", "TAKEAWAY", "Table 7", "2 a", "1 w", "SENT BY EXPO", "1 c",
    ]  # fmt: skip
    small = [row.texts[0] for row in rows_of(there, slip) if row.style is Style.SMALL]
    assert small == ["Pass", "Guests: 4", "Fry"]


def test_without_the_setting_a_bump_prints_nothing() -> None:
    there = kitchen(KitchenRules())
    there.hold()
    there.send_out()
    assert there.order().slips == ()


def test_a_replayed_bump_is_one_slip_and_an_undone_one_none() -> None:
    there = kitchen()
    there.hold()
    there.send_out()
    (slip,) = there.order().slips
    assert there.undo("expo").outcome is Outcome.DONE
    assert there.order().slips == ()
    there.send_out()
    assert [one.copy for one in there.order().slips] == [False], "nothing had come out"
    done(there, there.order().slips[0])
    assert there.undo("expo").outcome is Outcome.DONE
    assert there.order().slips == (), "an undo prints nothing"
    there.send_out()
    assert [one.copy for one in there.order().slips] == [True]
    assert slip not in there.order().slips


def test_a_bump_that_was_undone_while_its_slip_came_out_makes_the_next_one_a_copy() -> None:
    there = kitchen()
    there.hold()
    there.send_out()
    (slip,) = there.order().slips
    there.undo("expo")
    done(there, slip)
    there.send_out()
    assert [one.copy for one in there.order().slips] == [True]


def test_a_later_course_has_a_slip_of_its_own() -> None:
    there = kitchen()
    there.hold(line("a"), line("c", "fry"))
    there.send_out("a")
    done(there, there.order().slips[0])
    there.send_out("c")
    assert waits(there) == [("pass-printer", "expo", ("c",), False)]


def test_the_passs_own_key_prints_what_is_on_the_card() -> None:
    there = kitchen()
    there.hold(line("a"), line("c", "fry"))
    there.bump("grill")
    assert there.do(PrintTicket("expo"), "expo").outcome is Outcome.DONE
    assert words(there, there.order().slips[0], copy=True) == [
        "#214", "TAKEAWAY", "COPY", "1 a", "MISSING", "1 c",
    ]  # fmt: skip


def test_what_paper_leaves_in_a_history_is_no_deed_of_a_day_that_is_played_again() -> None:
    assert {printing.VERB, printing.SLIP_VERB, DROPPED_VERB} == OF_PAPER
