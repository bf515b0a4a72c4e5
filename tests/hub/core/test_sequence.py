"""Make, oven, cut: each station gets the line when the one before it is done, and not before."""

from __future__ import annotations

from dataclasses import replace

from heard.command import ChangeLine, Outcome, Reason, Remake, Transfer, Undo, VoidLines
from heard.expo import expo_card
from heard.order import LineState, OrderState, VoidAnswer
from heard.ticket import tickets, views
from hub.core.routing import RoutingPlan, Rule
from tests.hub.core.making import SITE, Kitchen, line

PIZZERIA = replace(
    SITE,
    routing=RoutingPlan(
        (
            Rule(("make",), categories=("pizza",), then=("oven", "cut")),
            Rule(("make", "bar"), categories=("both",), then=("cut",)),
        ),
        ("make", "oven", "cut", "bar"),
    ),
)


def pizza() -> Kitchen:
    kitchen = Kitchen(PIZZERIA)
    kitchen.hold(line("p", "pizza"))
    return kitchen


def test_each_station_gets_it_in_its_turn_with_an_age_of_its_own() -> None:
    kitchen = pizza()
    assert views(kitchen.order()) == {"prep:make", "expo", "board", "terminal:T1"}
    for station, after in (("make", "oven"), ("oven", "cut")):
        kitchen.now_ms += 60_000
        kitchen.bump(station)
        (tile,) = tickets(kitchen.order(), after)
        assert (tile.age_from_ms, tile.unseen) == (kitchen.now_ms, False)
        assert tickets(kitchen.order(), station) == ()
        told = {there.station: there.ticket_version for there in kitchen.order().stations}
        assert told[after] == kitchen.order().version
        assert kitchen.order().state is OrderState.STARTED
    kitchen.bump("cut")
    assert kitchen.order().state is OrderState.READY
    card = expo_card(kitchen.order())
    assert card is not None
    assert card.ready


def test_a_step_waits_for_all_stations_of_the_step_before() -> None:
    kitchen = Kitchen(PIZZERIA)
    kitchen.hold(line("x", "both"))
    kitchen.bump("make")
    assert kitchen.states() == {"x@make": "DONE", "x@bar": "QUEUED"}
    kitchen.bump("bar")
    assert kitchen.states() == {"x@make": "DONE", "x@bar": "DONE", "x@cut": "QUEUED"}


def test_undo_takes_it_from_the_next_station_again() -> None:
    kitchen = pizza()
    kitchen.bump("make")
    assert kitchen.undo("make").outcome is Outcome.DONE
    assert tickets(kitchen.order(), "oven") == ()
    assert [one.open for one in tickets(kitchen.order(), "make")[0].lines] == [True]
    kitchen.bump("make")
    assert kitchen.states() == {"p@make": "DONE", "p@oven": "QUEUED"}
    kitchen.start("oven")
    assert kitchen.do(undo_of(kitchen), "make").reason is Reason.NOT_NOW


def undo_of(kitchen: Kitchen) -> Undo:
    return Undo("make", kitchen.seqs["make"])


def test_a_recall_at_the_first_station_brings_it_through_all_again() -> None:
    kitchen = pizza()
    for station in ("make", "oven"):
        kitchen.bump(station)
    kitchen.recall("make")
    assert kitchen.states() == {"p@make": "QUEUED", "p@oven": "WAITING", "p@cut": "WAITING"}
    assert views(kitchen.order()) == {"prep:make", "expo", "board", "terminal:T1"}
    for station in ("make", "oven", "cut"):
        assert kitchen.bump(station).outcome is Outcome.DONE
    assert kitchen.order().state is OrderState.READY
    assert kitchen.at("p", "oven").state is LineState.DONE


def test_a_raise_shows_only_the_difference_at_each_station() -> None:
    kitchen = pizza()
    kitchen.bump("make")
    kitchen.bump("oven")
    kitchen.do(ChangeLine("p", quantity_milli=3000))
    assert kitchen.states()["p@make"] == "QUEUED"
    assert kitchen.states()["p@oven"] == "WAITING"
    assert tickets(kitchen.order(), "make")[0].lines[0].to_make_milli == 2000
    kitchen.bump("make")
    assert tickets(kitchen.order(), "oven")[0].lines[0].to_make_milli == 2000
    kitchen.bump("oven")
    kitchen.bump("cut")
    assert kitchen.order().state is OrderState.READY


def test_a_void_needs_no_acknowledgement_where_it_never_was() -> None:
    kitchen = pizza()
    kitchen.bump("make")
    kitchen.recall("make")
    kitchen.do(VoidLines(("p",)))
    assert kitchen.at("p", "oven").void_answer is VoidAnswer.NOT_MADE
    assert tickets(kitchen.order(), "oven") == ()
    assert len(tickets(kitchen.order(), "make")) == 1


def test_expo_sends_it_out_from_the_oven() -> None:
    kitchen = pizza()
    kitchen.bump("make")
    kitchen.send_out()
    assert kitchen.states() == {"p@make": "DONE", "p@oven": "SENT"}
    assert kitchen.order().state is OrderState.READY


def test_a_remake_begins_at_the_first_station() -> None:
    kitchen = pizza()
    for station in ("make", "oven", "cut"):
        kitchen.bump(station)
    kitchen.do(Remake(("p",), "burnt"))
    again = kitchen.order().lines[-1]
    assert [(at.station, at.state) for at in again.stations] == [("make", LineState.QUEUED)]
    for station in ("make", "oven", "cut"):
        kitchen.bump(station, again.line_id)
    assert kitchen.order().state is OrderState.READY


def test_another_table_changes_nothing_on_its_way() -> None:
    kitchen = pizza()
    kitchen.bump("make")
    kitchen.do(Transfer("9", area="terrace"))
    assert kitchen.states() == {"p@make": "DONE", "p@oven": "QUEUED"}
