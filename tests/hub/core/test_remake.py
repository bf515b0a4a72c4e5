"""REMAKE: made once more, first in order, not charged, counted as waste; the only kitchen verb after pick-up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heard.command import AddLines, MarkPickedUp, Outcome, Reason, Remake, VoidLines
from heard.expo import expo_card
from heard.order import Allergen, LineState, OrderState
from heard.ticket import is_open, tickets, work_key
from tests.hub.core.making import Kitchen, line


def made(*line_ids: str) -> Kitchen:
    kitchen = Kitchen()
    kitchen.hold(line("a", total_minor=900), line("b"), line("c", "fry"))
    kitchen.bump("grill", *line_ids or ("a", "b"))
    kitchen.bump("fry")
    return kitchen


def test_a_dropped_dish_is_a_new_line_first_in_order_and_not_charged() -> None:
    kitchen = made()
    kitchen.hold(order_id="older")
    answer = kitchen.do(Remake(("a",), "dropped"), "grill")
    assert answer.outcome is Outcome.DONE
    again = kitchen.order().lines[-1]
    assert (again.remake, again.remake_of, again.total_minor, again.quantity_milli) == (True, "a", 0, 1000)
    assert kitchen.line("a").total_minor == 900
    assert kitchen.states() == {
        "a@grill": "DONE",
        "b@grill": "DONE",
        "c@fry": "DONE",
        f"{again.line_id}@grill": "QUEUED",
    }
    (tile,) = tickets(kitchen.order(), "grill")
    (older,) = tickets(kitchen.order("older"), "grill")
    assert tile.remake
    assert work_key(tile) < work_key(older)
    assert [one.line.line_id for one in tile.lines] == [again.line_id]
    entry = kitchen.order().history[-1]
    assert (entry.verb, entry.detail, entry.device) == ("remake", "dropped", "grill")
    assert kitchen.order().state is OrderState.STARTED


def test_a_remake_can_be_remade_and_ids_stay_unique() -> None:
    kitchen = made()
    kitchen.do(Remake(("a",), "dropped"))
    first = kitchen.order().lines[-1].line_id
    kitchen.bump("grill", first)
    kitchen.do(Remake((first,), "dropped again", "T1-"))
    kitchen.do(Remake(("a",), "once more"))
    ids = [one.line_id for one in kitchen.order().lines]
    assert len(ids) == len(set(ids)) == 6
    assert {one.remake_of for one in kitchen.order().lines if one.remake} == {"a"}


@pytest.mark.parametrize(
    ("stand", "line_id"), [("queued", "a"), ("started", "a"), ("voided", "a"), ("unknown", "zz")]
)
def test_what_is_not_made_is_not_remade(stand: str, line_id: str) -> None:
    kitchen = Kitchen()
    kitchen.hold()
    if stand == "started":
        kitchen.start("grill", "a")
    elif stand == "voided":
        kitchen.do(VoidLines(("a",)))
    before = kitchen.order()
    answer = kitchen.do(Remake((line_id,), "dropped"))
    assert answer.outcome is Outcome.REJECTED
    assert answer.reason is (Reason.GONE if stand == "unknown" else Reason.NOT_NOW)
    assert kitchen.order() == before


def test_a_remake_says_why() -> None:
    answer = made().do(Remake(("a",), " "))
    assert (answer.reason, answer.field) == (Reason.INVALID, "remake.reason")


def test_only_the_stations_that_made_it_make_it_again() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("x", "both"))
    kitchen.bump("grill")
    kitchen.do(Remake(("x",), "cold"))
    assert [at.station for at in kitchen.order().lines[-1].stations] == ["grill"]


def test_a_combo_comes_again_with_the_parts_that_were_made() -> None:
    kitchen = Kitchen()
    kitchen.hold(
        line("meal", combo=True), line("burger", part_of="meal"), line("chips", "fry", part_of="meal")
    )
    kitchen.bump("grill")
    kitchen.do(Remake(("meal",), "wrong"))
    assert [one.remake_of for one in kitchen.order().lines if one.remake] == ["burger"]
    kitchen.bump("fry")
    kitchen.do(Remake(("meal",), "wrong"))
    assert sorted(one.remake_of for one in kitchen.order().lines if one.remake) == [
        "burger",
        "burger",
        "chips",
    ]


def test_after_pick_up_the_order_comes_back_with_the_remake_alone() -> None:
    kitchen = made("a")  # b was never made: the guest took it all the same
    kitchen.do(MarkPickedUp())
    assert not is_open(kitchen.order())
    kitchen.do(Remake(("a",), "cold"), "expo")
    order = kitchen.order()
    assert order.state is OrderState.STARTED
    assert order.picked_up_at_ms == 0
    (tile,) = tickets(order, "grill")
    assert [one.line.remake_of for one in tile.lines if one.open] == ["a"]
    assert kitchen.at("b").state is LineState.SENT
    card = expo_card(order)
    assert card is not None
    assert [one.line.remake_of for one in card.missing] == ["a"]
    assert card.done == ()
    kitchen.bump("grill", card.missing[0].line.line_id)
    assert kitchen.order().state is OrderState.READY


def test_a_refused_remake_leaves_a_picked_up_order_where_it_is() -> None:
    kitchen = made("a")
    kitchen.do(MarkPickedUp())
    assert kitchen.do(Remake(("b",), "cold")).reason is Reason.NOT_NOW
    assert kitchen.order().state is OrderState.PICKED_UP
    assert kitchen.do(AddLines((line("z"),))).reason is Reason.NOT_NOW


def test_the_allergy_of_a_line_comes_with_its_remake() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a"), line("b"), allergens=(Allergen("nuts", line_id="a"),))
    kitchen.bump("grill")
    kitchen.do(Remake(("a",), "dropped"))
    (tile,) = tickets(kitchen.order(), "grill")
    assert [one.allergen_id for one in tile.allergens] == ["nuts"]
    assert replace(tile.allergens[0], line_id="", added_version=0) == Allergen("nuts")
