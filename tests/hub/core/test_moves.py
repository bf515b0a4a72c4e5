"""Push and pull of a ticket, and what a transfer of table, area or type does to lines that nobody has begun."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heard.command import ChangeLine, MoveTicket, Outcome, PaintedLine, Reason, Transfer, Undo, VoidLines
from heard.order import ChangeKind, Course, LineState, OrderType
from heard.ticket import tickets
from hub.core.routing import RoutingPlan, Rule
from tests.hub.core.making import SITE, Kitchen, line


def push(kitchen: Kitchen, *line_ids: str, to: str = "cold", device: str = "grill") -> object:
    return kitchen.do(MoveTicket("grill", to, kitchen.painted("grill", *line_ids)), device)


def test_a_pushed_ticket_keeps_states_and_age() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    held_ms = kitchen.now_ms
    kitchen.start("grill", "b")
    kitchen.now_ms += 60_000
    answer = kitchen.do(MoveTicket("grill", "cold", kitchen.painted("grill")), "grill")
    assert answer.outcome is Outcome.DONE
    assert kitchen.states() == {"a@cold": "QUEUED", "b@cold": "STARTED", "c@fry": "QUEUED"}
    assert tickets(kitchen.order(), "grill") == ()
    (tile,) = tickets(kitchen.order(), "cold")
    assert tile.age_from_ms == held_ms
    assert not tile.unseen  # nothing to acknowledge: it is news
    assert tile.lines[0].line.changes[-1].kind is ChangeKind.MOVED
    assert kitchen.bump("cold").outcome is Outcome.DONE


def test_what_is_done_stays_and_a_void_is_acknowledged_first() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill", "a")
    kitchen.do(VoidLines(("b",)))
    answer = kitchen.do(MoveTicket("grill", "cold", kitchen.painted("grill")), "grill")
    assert [one.reason for one in answer.lines] == [Reason.NOT_NOW, Reason.NOT_NOW]
    assert "@cold" not in str(kitchen.states())


def test_a_push_never_takes_what_changed_since() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    painted = kitchen.painted("grill", "a")
    kitchen.do(ChangeLine("a", quantity_milli=5000))
    assert kitchen.do(MoveTicket("grill", "cold", painted), "grill").reason is Reason.STALE
    assert kitchen.do(MoveTicket("grill", "cold", (PaintedLine("x", 1),)), "grill").reason is Reason.GONE


def test_a_push_twice_is_already_there() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    painted = kitchen.painted("grill", "a")
    kitchen.do(MoveTicket("grill", "cold", painted), "grill")
    assert kitchen.do(MoveTicket("grill", "cold", painted), "other").outcome is Outcome.ALREADY


@pytest.mark.parametrize("to", ["nowhere", "grill"])
def test_a_push_to_no_station_is_refused_with_the_names(to: str) -> None:
    kitchen = Kitchen()
    kitchen.hold()
    answer = kitchen.do(MoveTicket("grill", to, kitchen.painted("grill")), "grill")
    assert answer.reason is Reason.INVALID
    assert answer.field == "move.to_station"


def test_nobodys_line_that_is_pushed_becomes_somebodys() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("x", "unheard-of"))
    assert set(kitchen.states()) == {"x@grill", "x@fry", "x@cold"}
    kitchen.do(MoveTicket("grill", "cold", kitchen.painted("grill")), "grill")
    assert kitchen.states() == {"x@cold": "QUEUED"}
    assert not kitchen.line("x").nobodys


def test_a_line_of_two_stations_is_not_pushed_onto_its_other_one() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("x", "both"))
    assert kitchen.do(MoveTicket("grill", "fry", kitchen.painted("grill")), "grill").reason is Reason.NOT_NOW
    assert kitchen.do(MoveTicket("grill", "cold", kitchen.painted("grill")), "grill").outcome is Outcome.DONE
    assert kitchen.states() == {"x@cold": "QUEUED", "x@fry": "QUEUED"}


def test_undo_brings_a_pushed_ticket_back() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.start("grill", "b")
    before = kitchen.states()
    push(kitchen)
    assert kitchen.undo("grill").outcome is Outcome.DONE
    assert kitchen.states() == before
    (tile,) = tickets(kitchen.order(), "grill")
    assert tile.batch == 0
    push(kitchen)
    kitchen.bump("cold", "a")
    assert kitchen.do(Undo("grill", kitchen.seqs["grill"]), "grill").reason is Reason.NOT_NOW


def test_a_held_course_can_be_pushed_too() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a", course=2), courses=(Course(2),))
    push(kitchen)
    assert kitchen.states() == {"a@cold": "WAITING"}


ROUTES = RoutingPlan(
    (
        Rule(("cold",), categories=("grill",), order_types=("TAKEAWAY",)),
        Rule(("fry",), categories=("grill",), areas=("terrace",)),
        Rule(("grill",), categories=("grill",)),
    ),
    ("grill", "fry", "cold"),
)
ROOMS = replace(SITE, routing=ROUTES)


def table(*line_ids: str) -> Kitchen:
    kitchen = Kitchen(ROOMS)
    kitchen.hold(
        *(line(one) for one in line_ids or ("a", "b")), type=OrderType.DINE_IN, table="4", area="hall"
    )
    return kitchen


def test_another_table_is_on_every_open_ticket_and_moves_nothing() -> None:
    kitchen = table()
    version = kitchen.order().version
    assert kitchen.do(Transfer("7", server="Ali")).outcome is Outcome.DONE
    assert (kitchen.order().table, kitchen.order().server) == ("7", "Ali")
    assert set(kitchen.states()) == {"a@grill", "b@grill"}
    assert [there.ticket_version for there in kitchen.order().stations] == [version + 1]
    assert kitchen.order().history[-1].detail == "table 7, server Ali"
    assert kitchen.do(Transfer("7")).outcome is Outcome.ALREADY


def test_what_nobody_has_begun_goes_where_the_new_area_sends_it() -> None:
    kitchen = table("a", "b", "c")
    held_ms = kitchen.now_ms
    kitchen.start("grill", "b")
    kitchen.bump("grill", "c")
    kitchen.now_ms += 60_000
    kitchen.do(Transfer(area="terrace"))
    assert kitchen.states() == {"a@fry": "QUEUED", "b@grill": "STARTED", "c@grill": "DONE"}
    assert kitchen.at("a", "fry").queued_at_ms == held_ms
    assert kitchen.line("a").changes[-1].kind is ChangeKind.MOVED


def test_another_type_goes_its_own_way_and_is_told_to_both_stations() -> None:
    kitchen = table()
    kitchen.do(Transfer(type=OrderType.TAKEAWAY))
    assert set(kitchen.states()) == {"a@cold", "b@cold"}
    told = {there.station: there.ticket_version for there in kitchen.order().stations}
    assert told == {"grill": 2, "cold": 2}
    assert tickets(kitchen.order(), "grill") == ()


def test_the_tills_own_word_for_a_type_goes_with_the_type() -> None:
    """The drone does not fly today: the order is fetched, and no ticket and no rule says DRONE any more."""
    drones = Rule(("fry",), categories=("grill",), order_types=("Drone",))
    kitchen = Kitchen(replace(SITE, routing=RoutingPlan((drones, *ROUTES.rules), ROUTES.prep_stations)))
    kitchen.hold(line("a"), type=OrderType.UNSPECIFIED, type_name={"en": "Drone"})
    assert set(kitchen.states()) == {"a@fry"}
    kitchen.do(Transfer("7"))
    assert kitchen.order().type_name == {"en": "Drone"}
    kitchen.do(Transfer(type=OrderType.TAKEAWAY))
    assert kitchen.order().type_name == {}
    assert set(kitchen.states()) == {"a@cold"}


def test_a_held_course_stays_held_where_it_goes() -> None:
    kitchen = Kitchen(ROOMS)
    kitchen.hold(line("a", course=2), courses=(Course(2),), type=OrderType.DINE_IN)
    kitchen.do(Transfer(area="terrace"))
    assert kitchen.states() == {"a@fry": "WAITING"}
    assert kitchen.at("a", "fry").state is LineState.WAITING
