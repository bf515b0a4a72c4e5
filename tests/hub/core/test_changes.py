"""Changes after sending: nothing cooked twice, nothing lost, every change marked until a cook acknowledged it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heard.board import board_entry
from heard.command import AddLines, ChangeLine, MarkPaid, Outcome, Reason, VoidLines, VoidOrder
from heard.order import Allergen, ChangeKind, Line, LineState, Modifier, ModifierKind, Note, OrderState
from heard.ticket import Ticket, is_open, tickets
from hub.core.adding import CHANGES_PER_LINE_MAX
from tests.hub.core.making import Kitchen, line
from tests.hub.core.test_cooking import acknowledge, at, station
from tests.hub.core.test_routing import side

ONION = Modifier("onion", {"en": "no onion"}, ModifierKind.REMOVE)
CHEESE = Modifier("cheese", {"en": "cheese"})


def tiles(kitchen: Kitchen, name: str = "grill") -> tuple[Ticket, ...]:
    return tickets(kitchen.order(), name)


def the_line(kitchen: Kitchen, line_id: str) -> Line:
    found = kitchen.order().line(line_id)
    assert found is not None
    return found


def test_added_lines_join_the_open_tile_as_added() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.do(AddLines((line("d"),)))
    (tile,) = tiles(kitchen)
    assert [(one.line.line_id, one.added) for one in tile.lines] == [("a", False), ("b", False), ("d", True)]
    assert not tile.add_on


def test_lines_for_a_bumped_ticket_are_an_add_on_tile_of_their_own_age() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill")
    kitchen.bump("fry")
    kitchen.now_ms += 300_000
    kitchen.do(AddLines((line("d"),)))
    (tile,) = tiles(kitchen)
    assert (tile.add_on, tile.age_from_ms) == (True, kitchen.now_ms)
    assert [one.line.line_id for one in tile.lines] == ["d"]
    assert kitchen.order().state is OrderState.STARTED
    assert tiles(kitchen, "fry") == ()


def test_a_line_added_twice_is_added_once() -> None:
    """A till that offers its journal again after a restore."""
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.do(AddLines((line("d"),)))
    before = kitchen.order()
    assert kitchen.do(AddLines((line("d"),))).outcome is Outcome.ALREADY
    assert kitchen.order() == before
    assert kitchen.do(AddLines((line("d"), line("e")))).outcome is Outcome.DONE
    assert [one.line_id for one in kitchen.order().lines] == ["a", "b", "c", "d", "e"]


# --- quantity


def test_a_raise_before_the_bump_shows_the_new_number_with_was() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a", quantity=2))
    assert kitchen.do(ChangeLine("a", 1, quantity_milli=3000)).outcome is Outcome.DONE
    (one,) = tiles(kitchen)[0].lines
    assert (one.to_make_milli, one.was_milli, one.unseen) == (3000, 2000, True)
    acknowledge(kitchen, "a")
    assert not tiles(kitchen)[0].unseen


def test_a_raise_after_the_bump_shows_only_the_difference() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a", quantity=2))
    kitchen.bump("grill")
    kitchen.now_ms += 60_000
    kitchen.do(ChangeLine("a", quantity_milli=5000))
    (tile,) = tiles(kitchen)
    (one,) = tile.lines
    assert (tile.add_on, tile.age_from_ms, one.to_make_milli) == (True, kitchen.now_ms, 3000)
    assert at(kitchen, "a").done_at_ms < kitchen.now_ms
    kitchen.bump("grill")
    assert tiles(kitchen) == ()
    kitchen.do(ChangeLine("a", quantity_milli=6000))
    assert tiles(kitchen)[0].lines[0].to_make_milli == 1000


def test_a_raise_of_a_done_line_in_an_open_tile_stays_in_that_tile() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill", "a")
    kitchen.do(ChangeLine("a", quantity_milli=3000))
    (tile,) = tiles(kitchen)
    assert [one.to_make_milli for one in tile.lines] == [2000, 1000]


def test_less_than_what_was_made_leaves_nothing_to_make_and_is_remembered() -> None:
    """3 made, then 2, then 4: one more to make, not two."""
    kitchen = Kitchen()
    kitchen.hold(line("a", quantity=3))
    kitchen.bump("grill")
    kitchen.do(ChangeLine("a", quantity_milli=2000))
    assert tiles(kitchen) == ()
    assert at(kitchen, "a").state is LineState.DONE
    kitchen.do(ChangeLine("a", quantity_milli=4000))
    assert tiles(kitchen)[0].lines[0].to_make_milli == 1000


def test_a_recall_of_what_was_made_in_full_makes_it_in_full() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a", quantity=3))
    kitchen.bump("grill")
    kitchen.do(ChangeLine("a", quantity_milli=2000))
    kitchen.recall("grill")
    assert tiles(kitchen)[0].lines[0].to_make_milli == 2000


# --- modifiers and notes


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (ChangeLine("a", modifiers=(ONION,)), ChangeKind.MODIFIERS),
        (ChangeLine("a", notes=(Note({"en": "well done"}),)), ChangeKind.NOTES),
    ],
)
def test_a_changed_modifier_or_note_is_marked_and_waits_for_the_cook(
    change: ChangeLine, kind: ChangeKind
) -> None:
    kitchen = Kitchen()
    kitchen.hold()
    painted = at(kitchen, "a").version
    kitchen.do(change)
    assert [one.kind for one in the_line(kitchen, "a").changes] == [kind]
    assert tiles(kitchen)[0].unseen
    assert at(kitchen, "a").version > painted


def test_a_changed_modifier_on_a_done_dish_brings_it_back_as_a_whole() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a", quantity=2))
    kitchen.bump("grill")
    kitchen.do(ChangeLine("a", modifiers=(ONION,)))
    (tile,) = tiles(kitchen)
    assert tile.add_on
    assert tile.lines[0].to_make_milli == 2000


def test_the_mark_says_what_came_and_what_went() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a", modifiers=(ONION,)))
    kitchen.do(ChangeLine("a", modifiers=(CHEESE,)))
    (change,) = the_line(kitchen, "a").changes
    assert change.added_modifier_ids == ("cheese",)
    assert change.removed_modifiers == (ONION,)


def test_a_price_is_no_news_for_the_kitchen() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a", modifiers=(ONION,)))
    painted = at(kitchen, "a")
    ticket_version = station(kitchen).ticket_version
    kitchen.do(ChangeLine("a", modifiers=(replace(ONION, price_minor=50),), total_minor=990))
    assert at(kitchen, "a") == painted
    assert station(kitchen).ticket_version == ticket_version
    assert the_line(kitchen, "a").total_minor == 990


def test_a_cosmetic_modifier_is_shown_but_needs_no_acknowledgement() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.do(ChangeLine("a", modifiers=(Modifier("bag", {"en": "extra bag"}, cosmetic=True),)))
    assert station(kitchen).ticket_version == 2
    assert not tiles(kitchen)[0].unseen


def test_a_change_based_on_an_older_version_of_the_food_is_stale() -> None:
    """With the line as it stands; but what it wants and has is ALREADY, whatever it knew."""
    kitchen = Kitchen()
    kitchen.hold()
    assert kitchen.do(ChangeLine("a", 1, quantity_milli=2000), "T1").outcome is Outcome.DONE
    late = kitchen.do(ChangeLine("a", 1, quantity_milli=3000), "T2")
    assert (late.outcome, late.reason) == (Outcome.REJECTED, Reason.STALE)
    assert late.lines[0].current == the_line(kitchen, "a")
    assert kitchen.do(ChangeLine("a", 1, quantity_milli=2000), "T2").outcome is Outcome.ALREADY
    assert kitchen.do(ChangeLine("a", 2, quantity_milli=3000), "T2").outcome is Outcome.DONE
    assert kitchen.do(ChangeLine("a", 0, quantity_milli=1000), "T2").outcome is Outcome.DONE


def test_what_cooks_did_does_not_make_a_tills_change_stale() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.start("grill", "a")
    assert kitchen.do(ChangeLine("a", 1, quantity_milli=2000)).outcome is Outcome.DONE
    assert at(kitchen, "a").state is LineState.STARTED


def test_an_old_change_of_an_earlier_epoch_is_already() -> None:
    kitchen = Kitchen()
    kitchen.site = replace(kitchen.site, epoch_n=2)
    kitchen.hold()
    kitchen.do(ChangeLine("a", quantity_milli=2000))
    late = kitchen.do(ChangeLine("a", 1, quantity_milli=3000), epoch_n=1)
    assert late.outcome is Outcome.ALREADY
    assert the_line(kitchen, "a").quantity_milli == 2000


def test_marks_are_bounded_and_the_first_is_kept() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    for number in range(2, 60):
        kitchen.do(ChangeLine("a", quantity_milli=number * 1000))
    changes = the_line(kitchen, "a").changes
    assert len(changes) == CHANGES_PER_LINE_MAX
    assert changes[0].was_quantity_milli == 1000
    assert changes[-1].was_quantity_milli == 58_000
    assert tiles(kitchen)[0].lines[0].was_milli == 1000


# --- parts


def test_parts_follow_the_quantity_of_their_dish() -> None:
    kitchen = Kitchen()
    kitchen.hold(
        line("m", combo=True), line("p", quantity=2, part_of="m"), line("a", modifiers=(side("fries"),))
    )
    kitchen.do(ChangeLine("m", quantity_milli=3000))
    kitchen.do(ChangeLine("a", quantity_milli=4000))
    quantities = {one.item_id: one.quantity_milli for one in kitchen.order().lines}
    assert quantities == {"item-m": 3000, "item-p": 6000, "item-a": 4000, "fries": 4000}
    # The till that names the part itself wants what stands already.
    assert kitchen.do(ChangeLine("p", 1, quantity_milli=6000)).outcome is Outcome.ALREADY


def test_a_side_that_is_taken_away_is_voided_at_its_station_and_comes_back_as_new() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a", modifiers=(side("fries"),)))
    kitchen.do(ChangeLine("a", modifiers=()))
    first = kitchen.order().lines[1]
    assert first.voided
    assert tiles(kitchen, "fry")[0].unseen
    kitchen.do(ChangeLine("a", modifiers=(side("fries"),)))
    second = kitchen.order().lines[2]
    assert second.line_id == f"{first.line_id}.2"
    assert (second.part_of, second.voided) == ("a", False)
    kitchen.do(ChangeLine("a", quantity_milli=2000))
    assert [one.quantity_milli for one in kitchen.order().lines] == [2000, 1000, 2000]
    kitchen.do(ChangeLine("a", modifiers=()))
    assert kitchen.order().lines[2].voided


def test_a_combo_that_gets_a_wish_is_shown_where_its_parts_are_made() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("m", combo=True), line("p", part_of="m"), line("q", "fry", part_of="m"))
    kitchen.do(ChangeLine("m", notes=(Note({"en": "no salt"}),)))
    assert [one.station for one in the_line(kitchen, "m").stations] == ["grill", "fry"]
    assert tiles(kitchen)[0].unseen


# --- allergy


@pytest.mark.parametrize(
    "change",
    [
        ChangeLine("a", notes=(Note({"en": "NUTS!"}),)),
        ChangeLine("a", notes=(Note({"ar": "عنده حساسية شديدة"}),)),
        ChangeLine("a", notes=(Note({"en": "see card"}, allergy=True),)),
        ChangeLine("a", modifiers=(Modifier("x", {"en": "egg"}, ModifierKind.ALLERGY),)),
    ],
)
def test_an_allergy_that_comes_by_a_change_is_marked_as_one(change: ChangeLine) -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.do(change)
    assert the_line(kitchen, "a").changes[-1].kind is ChangeKind.ALLERGY


def test_a_donut_is_no_nut() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.do(ChangeLine("a", notes=(Note({"en": "like a donut"}),)))
    assert [one.kind for one in the_line(kitchen, "a").changes] == [ChangeKind.NOTES]


@pytest.mark.parametrize(
    ("allergen", "marked"),
    [
        (Allergen("nuts"), ["a", "b", "c"]),
        (Allergen("nuts", seat="2"), ["b"]),
        (Allergen("nuts", line_id="c"), ["c"]),
    ],
)
def test_an_allergy_after_sending_waits_for_every_cook_in_its_scope(
    allergen: Allergen, marked: list[str]
) -> None:
    """What was painted before it is stale: nobody bumps a dish whose allergy he has not seen."""
    kitchen = Kitchen()
    kitchen.hold(line("a"), line("b", seat="2"), line("c", "fry"))
    painted = kitchen.painted("grill")
    assert kitchen.do(AddLines((), (allergen,))).outcome is Outcome.DONE
    lines = kitchen.order().lines
    assert [one.line_id for one in lines if one.changes] == marked
    assert kitchen.order().allergens == (replace(allergen, added_version=2),)
    if "b" in marked:
        assert tiles(kitchen)[0].unseen
        assert kitchen.painted("grill") != painted
    assert kitchen.do(AddLines((), (allergen,))).outcome is Outcome.ALREADY


def test_an_added_line_with_an_allergy_waits_for_the_cook() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.do(AddLines((line("d"), line("e")), (Allergen("egg", line_id="d"),)))
    assert [one.line.line_id for one in tiles(kitchen)[0].lines if one.unseen] == ["d"]


# --- voids


def test_a_void_stays_on_the_ticket_until_acknowledged() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    answer = kitchen.do(VoidLines(("a", "zz"), "too slow"))
    assert answer.outcome is Outcome.PARTLY
    one = tiles(kitchen)[0].lines[0]
    assert (one.line.voided, one.unseen, one.line.void_reason) == (True, True, "too slow")
    assert kitchen.do(VoidLines(("a",))).outcome is Outcome.ALREADY


def test_what_was_made_and_is_gone_from_the_screen_is_made_without_asking() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill")
    ticket_version = station(kitchen).ticket_version
    kitchen.do(VoidLines(("a",)))
    assert at(kitchen, "a").void_answer.name == "MADE"
    assert tiles(kitchen) == ()
    assert station(kitchen).ticket_version == ticket_version


def test_a_void_takes_the_parts_along() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("m", combo=True), line("p", part_of="m"), line("a", "fry"))
    kitchen.do(VoidLines(("m",)))
    assert [one.voided for one in kitchen.order().lines] == [True, True, False]


def test_voiding_the_rest_makes_the_order_ready() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill")
    kitchen.do(VoidLines(("c",)))
    assert kitchen.order().state is OrderState.READY


def test_an_order_voided_line_by_line_is_cancelled_and_can_still_get_lines() -> None:
    """An exchange: first the wrong dish off, then the right one on."""
    kitchen = Kitchen()
    kitchen.hold(line("a"))
    kitchen.do(VoidLines(("a",)))
    entry = board_entry(kitchen.order())
    assert tiles(kitchen)[0].cancelled
    assert entry is not None
    assert entry.state is OrderState.VOIDED
    acknowledge(kitchen)
    assert not is_open(kitchen.order())
    assert kitchen.do(AddLines((line("d"),))).outcome is Outcome.DONE
    assert is_open(kitchen.order())
    assert not tiles(kitchen)[0].cancelled


def test_a_whole_void_is_final() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.do(VoidOrder())
    assert kitchen.do(AddLines((line("d"),))).reason is Reason.NOT_NOW
    assert kitchen.do(ChangeLine("a", quantity_milli=2000)).reason is Reason.NOT_NOW


# --- marks


def test_paid_is_set_absolutely_and_can_be_taken_back() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    assert kitchen.do(MarkPaid(500, "card")).outcome is Outcome.DONE
    assert kitchen.do(MarkPaid(500, "card")).outcome is Outcome.ALREADY
    assert (kitchen.order().paid, kitchen.order().totals.paid_minor) == (True, 500)
    assert kitchen.do(MarkPaid(unpaid=True)).outcome is Outcome.DONE
    assert (kitchen.order().paid, kitchen.order().totals.paid_minor) == (False, 0)


def test_an_order_that_no_kitchen_makes_is_ready_at_once() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("card", no_kitchen=True))
    assert kitchen.order().state is OrderState.READY
