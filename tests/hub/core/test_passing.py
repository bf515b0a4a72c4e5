"""The pass: send out, SENT BY EXPO, allergies confirmed first, riders and bags."""

from __future__ import annotations

from typing import Any

import pytest

from heard.board import READY_WAIT_MS, SEE_CASHIER_MS, board_entry
from heard.command import (
    AddLines,
    ChangeLine,
    ConfirmAllergy,
    MarkPaid,
    Outcome,
    PackBags,
    PaintedLine,
    Reason,
    RecallLines,
    RiderHere,
    SendOut,
    VoidLines,
    VoidOrder,
)
from heard.expo import card_version, expo_card
from heard.order import Allergen, Course, LineState, Modifier, Note, OrderState, OrderType, VoidAnswer
from heard.ticket import is_open, tickets, views
from hub.core.due import SENT_SHOWN_MS, due_at
from tests.hub.core.making import SITE, Kitchen, line


def test_a_ready_order_goes_out_and_its_card_is_gone() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill")
    kitchen.bump("fry")
    card = expo_card(kitchen.order())
    assert card is not None
    assert card.ready
    assert kitchen.do(SendOut(kitchen.card_lines(), "counter 2"), "expo").outcome is Outcome.DONE
    assert expo_card(kitchen.order()) is None
    assert kitchen.order().state is OrderState.READY
    entry = board_entry(kitchen.order())
    assert entry is not None
    assert entry.pick_up_point == "counter 2"


def test_what_prep_has_open_is_sent_by_expo_and_leaves_prep_after_ten_seconds() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill", "a")
    kitchen.start("grill", "b")
    assert kitchen.send_out().outcome is Outcome.DONE
    assert kitchen.states() == {"a@grill": "DONE", "b@grill": "SENT", "c@fry": "SENT"}
    assert kitchen.order().state is OrderState.READY
    assert kitchen.at("b").done_at_ms == 0  # neither made nor on time
    (tile,) = tickets(kitchen.order(), "fry")
    assert [one.at.state for one in tile.lines] == [LineState.SENT]
    assert due_at(kitchen.order(), SITE) == kitchen.now_ms + SENT_SHOWN_MS
    assert not kitchen.due()
    kitchen.now_ms += SENT_SHOWN_MS
    assert kitchen.due()
    assert tickets(kitchen.order(), "fry") == ()
    assert tickets(kitchen.order(), "grill") == ()
    assert not kitchen.due()
    kitchen.do(AddLines((line("d"),)))
    (add_on,) = tickets(kitchen.order(), "grill")
    assert add_on.add_on


def test_a_cook_who_bumps_what_expo_sent_changes_nothing() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.send_out()
    assert kitchen.bump("grill").outcome is Outcome.ALREADY
    assert kitchen.states()["a@grill"] == "SENT"


def test_only_some_lines_go_out() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.send_out("a")
    assert kitchen.states() == {"a@grill": "SENT", "b@grill": "QUEUED", "c@fry": "QUEUED"}
    card = expo_card(kitchen.order())
    assert card is not None
    assert {one.line.line_id for one in card.missing} == {"b", "c"}
    assert kitchen.do(SendOut((PaintedLine("a", 1),)), "expo").outcome is Outcome.ALREADY


def test_what_changed_since_the_card_was_painted_is_not_sent() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    named = kitchen.card_lines("a")
    kitchen.do(ChangeLine("a", quantity_milli=3000))
    answer = kitchen.do(SendOut(named), "expo")
    assert answer.reason is Reason.STALE
    assert kitchen.at("a").state is LineState.QUEUED
    assert kitchen.do(SendOut((PaintedLine("nix", 1),)), "expo").reason is Reason.GONE


def test_a_held_course_is_not_sent_and_what_is_voided_is_done_with() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a"), line("b"), line("cake", course=2), courses=(Course(2),))
    kitchen.do(VoidLines(("b",)))
    answer = kitchen.do(SendOut((*kitchen.card_lines("a", "cake"), PaintedLine("b", 9))), "expo")
    assert [one.outcome for one in answer.lines] == [Outcome.DONE, Outcome.REJECTED, Outcome.ALREADY]
    assert "FIRE first" in answer.message


def test_a_recall_brings_it_back_to_the_pass() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill")
    kitchen.bump("fry")
    kitchen.send_out()
    kitchen.recall("grill", "a")
    card = expo_card(kitchen.order())
    assert card is not None
    assert [one.line.line_id for one in card.missing] == ["a"]
    kitchen.bump("grill", "a")
    card = expo_card(kitchen.order())
    assert card is not None
    assert card.ready  # it is to be sent once more


def test_a_change_after_it_went_out_brings_it_back_too() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.send_out()
    kitchen.do(ChangeLine("a", quantity_milli=3000))
    assert kitchen.at("a").state is LineState.QUEUED
    assert kitchen.line("a").sent_at_ms == 0


def test_undo_takes_a_send_out_back() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill", "a")
    before = kitchen.states()
    kitchen.send_out()
    assert kitchen.undo("expo").outcome is Outcome.DONE
    assert kitchen.states() == before
    assert all(not one.sent_at_ms for one in kitchen.order().lines)
    kitchen.send_out()
    kitchen.recall("grill", "a")
    assert kitchen.undo("expo").reason is Reason.NOT_NOW


def test_the_refund_of_what_expo_sent_is_of_unknown_making() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.send_out()
    kitchen.now_ms += SENT_SHOWN_MS
    kitchen.due()
    kitchen.do(VoidLines(("a",)))
    assert kitchen.at("a").void_answer is VoidAnswer.UNKNOWN


ALLERGIC: dict[str, dict[str, Any]] = {
    "of the order": {"allergens": (Allergen("nuts"),)},
    "of a line": {"allergens": (Allergen("nuts", line_id="a"),)},
    "in a note": {"lines": (line("a", notes=(Note({"en": "NUT allergy!"}),)),)},
    "in a modifier": {"lines": (line("a", modifiers=(Modifier("m", {"en": "no nuts"}),)),)},
    "in a note of the order": {"notes": (Note({"ar": "حساسية"}),)},
}


@pytest.mark.parametrize("words", ALLERGIC)
def test_an_allergy_is_confirmed_before_it_goes_out(words: str) -> None:
    fields = dict(ALLERGIC[words])
    kitchen = Kitchen()
    kitchen.hold(*fields.pop("lines", (line("a"),)), **fields)
    refused = kitchen.send_out()
    assert (refused.outcome, refused.reason) == (Outcome.REJECTED, Reason.NOT_NOW)
    assert "CONFIRM" in refused.message
    assert kitchen.do(ConfirmAllergy((), kitchen.order().version), "expo").outcome is Outcome.DONE
    assert kitchen.do(ConfirmAllergy((), kitchen.order().version), "expo").outcome is Outcome.ALREADY
    assert kitchen.send_out().outcome is Outcome.DONE


def test_an_allergy_that_came_after_the_card_was_painted_still_waits() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a"), allergens=(Allergen("nuts"),))
    painted = kitchen.order().version
    kitchen.do(AddLines((), (Allergen("egg", {"en": "Egg allergy", "ar": "حساسية بيض"}),)))
    kitchen.do(ConfirmAllergy(("nuts",), painted), "expo")
    assert kitchen.send_out().reason is Reason.NOT_NOW
    stale = kitchen.do(ConfirmAllergy(("nuts",)), "expo")
    assert stale.reason is Reason.STALE
    assert stale.message == "the order also has: Egg allergy / حساسية بيض"
    kitchen.do(ConfirmAllergy(("nuts", "egg")), "expo")
    assert kitchen.send_out().outcome is Outcome.DONE


def test_an_allergy_of_another_seat_holds_nobody_else_up() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a", seat="1"), line("b", seat="2"), allergens=(Allergen("nuts", seat="2"),))
    assert kitchen.send_out("a").outcome is Outcome.DONE
    assert kitchen.send_out("b").reason is Reason.NOT_NOW


def test_an_allergy_that_a_change_brings_is_acknowledged_at_prep_and_confirmed_at_expo() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a"))
    kitchen.do(ConfirmAllergy((), 1), "expo")
    kitchen.do(ChangeLine("a", notes=(Note({"en": "nut allergy"}),)))
    (tile,) = tickets(kitchen.order(), "grill")
    assert tile.unseen
    assert kitchen.line("a").notes[0].allergy  # marked by the site's words
    assert kitchen.send_out().reason is Reason.NOT_NOW


def test_the_same_note_once_more_is_no_change() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a", notes=(Note({"en": "nut allergy"}),)))
    assert kitchen.do(ChangeLine("a", notes=(Note({"en": "nut allergy"}),))).outcome is Outcome.ALREADY


def test_riders_and_bags_are_noted() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    before = kitchen.order().stations
    assert kitchen.do(RiderHere(), "expo").outcome is Outcome.DONE
    assert kitchen.order().rider_here_at_ms == kitchen.now_ms
    assert kitchen.do(RiderHere(), "expo").outcome is Outcome.ALREADY
    assert kitchen.do(RiderHere(False), "expo").outcome is Outcome.DONE
    assert kitchen.order().rider_here_at_ms == 0
    assert kitchen.do(PackBags(2), "expo").outcome is Outcome.DONE
    assert kitchen.do(PackBags(2), "expo").outcome is Outcome.ALREADY
    assert kitchen.order().bags == 2
    assert kitchen.order().stations == before  # nothing for prep to hear


def test_a_table_that_paid_is_closed_when_everything_went_out() -> None:
    kitchen = Kitchen()
    kitchen.hold(type=OrderType.DINE_IN)
    kitchen.do(MarkPaid(100))
    kitchen.bump("grill")
    kitchen.bump("fry")
    assert is_open(kitchen.order())
    kitchen.send_out()
    assert not is_open(kitchen.order())
    kitchen.recall("grill", "a")  # from the list of closed orders, all day
    assert views(kitchen.order()) == {"prep:grill", "expo", "terminal:T1"}


@pytest.mark.parametrize("whole", [True, False])
def test_a_guest_whose_ready_order_was_voided_is_sent_to_the_cashier_for_a_minute(whole: bool) -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill")
    kitchen.bump("fry")
    kitchen.now_ms += READY_WAIT_MS
    kitchen.do(VoidOrder() if whole else VoidLines(("a", "b", "c")))
    assert kitchen.order().see_cashier
    assert "board" in views(kitchen.order())
    assert due_at(kitchen.order(), SITE) == kitchen.now_ms + SEE_CASHIER_MS
    kitchen.now_ms += SEE_CASHIER_MS
    assert kitchen.due()
    assert not is_open(kitchen.order())


@pytest.mark.parametrize("kind", [OrderType.TAKEAWAY, OrderType.DINE_IN])
def test_a_void_before_the_board_said_ready_sends_nobody_anywhere(kind: OrderType) -> None:
    kitchen = Kitchen()
    kitchen.hold(type=kind)
    if kind is OrderType.TAKEAWAY:
        kitchen.bump("grill")
        kitchen.bump("fry")
        kitchen.now_ms += READY_WAIT_MS - 1
    kitchen.do(VoidOrder())
    assert not kitchen.order().see_cashier


def test_recall_at_the_pass_brings_the_card_back_and_nothing_is_cooked_twice() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill")
    kitchen.send_out()
    kitchen.now_ms += 3_600_000
    sent = tuple(PaintedLine(one.line_id, card_version(one)) for one in kitchen.order().lines)
    stale = tuple(PaintedLine(one.line_id, one.version - 1) for one in sent)
    assert kitchen.do(RecallLines("expo", stale), "expo").outcome is Outcome.REJECTED
    assert kitchen.do(RecallLines("expo", sent), "expo").outcome is Outcome.DONE
    card = expo_card(kitchen.order())
    assert card is not None
    assert card.ready, "what prep had open when it went out is not asked for again"
    assert kitchen.states() == {"a@grill": "DONE", "b@grill": "DONE", "c@fry": "SENT"}
    again = tuple(PaintedLine(one.line_id, card_version(one)) for one in kitchen.order().lines)
    assert kitchen.do(RecallLines("expo", again), "expo").outcome is Outcome.ALREADY
