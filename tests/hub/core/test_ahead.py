"""After a restore the cloud may know more: paid, voided, picked up and lines come back; the rest stays as the hub has it."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given

from heard.command import MarkPaid, MarkPickedUp, Merge, Outcome, Remake
from heard.expo import expo_card
from heard.order import (
    Allergen,
    ChangeKind,
    HistoryEntry,
    Line,
    LineState,
    Order,
    OrderState,
    Payment,
    StationLine,
    StationState,
    Totals,
    VoidAnswer,
)
from heard.ticket import TO_MAKE_STATES, tickets, unseen_void
from hub.core.ahead import FINALITY, OURS_OF_A_LINE, decide, decide_merge, merged, needs, stays_open
from hub.core.ahead import OURS as KEPT
from tests.hub.core.making import SITE, Kitchen
from tests.hub.core.making import line as a_line
from tests.shared.heard.anything import FEW, built, differences

G = "grill"


def line(line_id: str, version: int = 1, state: LineState = LineState.QUEUED, voided: bool = False) -> Line:
    return Line(line_id, added_version=1, voided=voided, stations=(StationLine(G, state, version),))


OURS = Order(
    "o1",
    version=4,
    state=OrderState.STARTED,
    lines=(line("a"), line("b", 3, LineState.STARTED)),
    stations=(StationState(G, ticket_version=3),),
    started_at_ms=2,
    totals=Totals("SAR", total_minor=1000),
    history=(HistoryEntry("hold", "till-1", 1, 1),),
)


def merge(theirs: Order, ours: Order = OURS) -> Order:
    return merged(ours, theirs, 9_000)


def test_the_version_is_above_both_and_says_who_did_it() -> None:
    for version in (2, 4, 9):
        made = merge(replace(OURS, version=version))
        assert made.version == max(version, 4) + 1
        assert (made.history[-1].verb, made.history[-1].version) == ("merge_cloud", made.version)
        assert replace(made, version=4, history=OURS.history, changed_at_ms=0) == OURS


def test_paid_comes_back_with_its_totals_and_is_never_undone() -> None:
    paid = Totals("SAR", total_minor=1000, paid_minor=1000)
    made = merge(replace(OURS, version=7, paid=True, totals=paid))
    assert (made.paid, made.totals) == (True, paid)
    kept = merge(replace(OURS, version=7), replace(OURS, paid=True, totals=paid))
    assert (kept.paid, kept.totals) == (True, paid)


@pytest.mark.parametrize("ours", [OrderState.HELD, OrderState.READY, *FINALITY])
@pytest.mark.parametrize("theirs", [OrderState.HELD, OrderState.READY, *FINALITY])
def test_the_more_final_state_stands_so_that_the_cloud_takes_the_merge(
    ours: OrderState, theirs: OrderState
) -> None:
    made = merge(replace(OURS, version=9, state=theirs), replace(OURS, state=ours))
    more = theirs if FINALITY.get(theirs, 0) > FINALITY.get(ours, 0) else ours
    expected = more if more in FINALITY else OrderState.STARTED  # as its lines say
    assert made.state is expected
    if expected is OrderState.VOIDED:
        assert all(one.voided for one in made.lines)


def test_a_line_voided_at_the_cloud_is_voided_here_and_must_be_seen() -> None:
    made = merge(replace(OURS, version=6, lines=(line("a", 6, LineState.VOIDED, voided=True), OURS.lines[1])))
    assert decide_merge(OURS, replace(OURS, lines=made.lines)).voided_line_ids == ("a",)
    at = made.lines[0].stations[0]
    assert (made.lines[0].voided, at.state, at.state_before_void) == (
        True,
        LineState.VOIDED,
        LineState.QUEUED,
    )
    assert (at.version, made.stations[0].ticket_version) == (made.version, made.version)
    assert made.lines[1] == OURS.lines[1]


def test_a_line_that_only_the_cloud_knows_comes_back_as_new_to_every_screen() -> None:
    salad = Line("c", stations=(StationLine("cold", LineState.DONE, 5),), added_version=5)
    made = merge(replace(OURS, version=6, lines=(*OURS.lines, salad)))
    back = made.lines[2]
    assert (back.line_id, back.added_version, back.stations[0].version) == ("c", 7, 7)
    assert back.stations[0].state is LineState.DONE
    # Its tile is closed: it stands in cold's recall list, and what comes later is an ADD-ON.
    assert made.at("cold") == StationState("cold", 1, 9_000, 9_000, ticket_version=7)


def test_what_only_this_hub_knows_stays() -> None:
    made = merge(replace(OURS, version=9, lines=OURS.lines[:1]))
    assert [one.line_id for one in made.lines] == ["a", "b"]
    assert made.lines == OURS.lines


def test_merging_again_changes_nothing_but_the_version() -> None:
    theirs = replace(OURS, version=9, paid=True, state=OrderState.PICKED_UP, picked_up_at_ms=77)
    once = merge(theirs)
    twice = merge(theirs, once)
    assert replace(twice, version=once.version, history=once.history) == once
    assert once.picked_up_at_ms == 77


def test_history_keeps_its_bound_and_its_first_entry() -> None:
    long = replace(OURS, history=tuple(HistoryEntry("bump", "d", n, n) for n in range(500)))
    history = merge(replace(OURS, version=9), long).history
    assert (len(history), history[0].at_ms, history[-1].verb) == (500, 0, "merge_cloud")


JOINED = {
    "version", "state", "lines", "allergens", "stations", "history", "paid", "payments", "totals", "changed_at_ms",
    "started_at_ms", "ready_at_ms", "picked_up_at_ms", "voided_at_ms", "merged_into", "see_cashier",
}  # fmt: skip
JOINED_IN_A_LINE = {"voided", "void_reason", "changes", "stations"}
"""What both say something to. All else is ours, for a reason."""


def test_no_field_of_an_order_is_dropped_without_a_reason() -> None:
    assert set(KEPT) | JOINED == {one.name for one in fields(Order)}
    assert not set(KEPT) & JOINED
    assert set(OURS_OF_A_LINE) | JOINED_IN_A_LINE == {one.name for one in fields(Line)}
    assert not set(OURS_OF_A_LINE) & JOINED_IN_A_LINE
    assert all((*KEPT.values(), *OURS_OF_A_LINE.values()))


def with_ids(order: Order, ids: tuple[str, ...]) -> Order:
    """Its lines under these ids, each at a station once, and nothing sent out that is still to be made."""
    lines = []
    for line_id, one in zip(ids, order.lines, strict=False):
        stations = tuple({at.station: at for at in one.stations}.values())
        sent_at_ms = 0 if any(at.state in TO_MAKE_STATES for at in stations) else one.sent_at_ms
        lines.append(replace(one, line_id=line_id, part_of="", stations=stations, sent_at_ms=sent_at_ms))
    there = tuple({at.station: at for at in order.stations}.values())
    return replace(order, order_id="o1", lines=tuple(lines), stations=there)


@FEW
@given(built(Order), built(Order))
def test_whatever_the_two_orders_are_each_field_comes_from_where_it_must(one: Order, other: Order) -> None:
    ours, theirs = with_ids(one, ("a", "b")), with_ids(other, ("b", "c"))
    made = merge(theirs, ours)
    assert differences(made, replace(ours, **{name: getattr(made, name) for name in JOINED})) == []
    known = {line.line_id: line for line in ours.lines}
    assert [line.line_id for line in made.lines] == list(
        dict.fromkeys(line.line_id for line in (*ours.lines, *theirs.lines))
    )
    for line in made.lines:
        of_ours = line.line_id in known
        source = known.get(line.line_id) or theirs.line(line.line_id)
        news = JOINED_IN_A_LINE | (set() if of_ours else {"added_version", "added_at_ms"})
        assert source is not None
        assert differences(line, replace(source, **{name: getattr(line, name) for name in news})) == []
        assert line.voided >= source.voided
    assert made.paid == (ours.paid or theirs.paid)
    assert {pay.payment_id for pay in made.payments} == {
        pay.payment_id for pay in (*ours.payments, *theirs.payments)
    }
    ids = {(one.allergen_id, one.seat, one.line_id) for one in made.allergens}
    assert ids == {(one.allergen_id, one.seat, one.line_id) for one in (*ours.allergens, *theirs.allergens)}
    assert FINALITY.get(made.state, 0) == max(FINALITY.get(ours.state, 0), FINALITY.get(theirs.state, 0))
    if not made.lines:
        return  # no order is without lines but one that was merged away
    again = merge(theirs, made)
    assert differences(
        replace(again, version=made.version, history=made.history, changed_at_ms=made.changed_at_ms), made
    ) == []  # fmt: skip


def test_an_allergy_that_only_the_cloud_knows_rings_like_one_that_came_after_sending() -> None:
    made = merge(replace(OURS, version=6, allergens=(Allergen("nuts", {"en": "Nuts"}, added_version=2),)))
    assert made.allergens == (Allergen("nuts", {"en": "Nuts"}, added_version=7),)
    (tile,) = tickets(made, G)
    assert tile.unseen
    assert made.lines[0].changes[-1].kind is ChangeKind.ALLERGY
    card = expo_card(made)
    assert card is not None
    assert card.unconfirmed


def test_a_part_payment_that_only_the_cloud_knows_comes_back_too() -> None:
    part = Payment("p1", "cash", 400)
    made = merge(replace(OURS, version=6, payments=(part,), totals=replace(OURS.totals, paid_minor=400)))
    assert (made.paid, made.payments, made.totals.paid_minor) == (False, (part,), 400)


def test_a_void_that_the_cooks_had_seen_need_not_be_seen_again_and_keeps_its_reason() -> None:
    seen = replace(
        line("a", 6, LineState.VOIDED, voided=True),
        void_reason="spilled",
        stations=(
            StationLine(G, LineState.VOIDED, 5, acknowledged_version=6, void_answer=VoidAnswer.NOT_MADE),
        ),
    )
    made = merge(replace(OURS, version=6, lines=(seen, OURS.lines[1])))
    at = made.lines[0].stations[0]
    assert (unseen_void(at), at.void_answer, made.lines[0].void_reason) == (
        False,
        VoidAnswer.NOT_MADE,
        "spilled",
    )
    assert made.lines[0].changes[-1].kind is ChangeKind.VOIDED


def test_an_order_that_gets_an_open_line_back_is_not_ready() -> None:
    done = replace(line("a"), stations=(StationLine(G, LineState.DONE, 2, done_at_ms=3),))
    ready = replace(
        OURS,
        state=OrderState.READY,
        lines=(done,),
        ready_at_ms=4,
        stations=(StationState(G, 1, 3, 3, ticket_version=2),),
    )
    made = merge(replace(ready, version=6, lines=(done, line("c", 5))), ready)
    assert (made.state, made.ready_at_ms) == (OrderState.STARTED, 0)
    (tile,) = tickets(made, G)
    assert (tile.batch, [one.line.line_id for one in tile.lines]) == (1, ["c"]), (
        "an ADD-ON, not the old tile again"
    )


def merged_at_the_cloud() -> tuple[Kitchen, Kitchen]:
    """Two tables, joined; the hub goes back to a backup from before that."""
    kitchens = Kitchen(), Kitchen()
    for one in kitchens:
        one.hold(a_line("a"), a_line("b", "fry"), totals=Totals("SAR", 900, total_minor=900))
        one.hold(a_line("x"), order_id="o2", totals=Totals("SAR", 100, total_minor=100))
        one.do(MarkPaid(300, "cash", partly=True, payment_id="p1"))
    kitchens[1].do(Merge("o2"))
    return kitchens


@pytest.mark.parametrize("first", ["o1", "o2"])
def test_lines_of_an_order_that_is_merged_at_the_cloud_stand_in_one_open_order_here(first: str) -> None:
    here, cloud = merged_at_the_cloud()
    for order_id in (first, "o2" if first == "o1" else "o1"):
        theirs, key = cloud.order(order_id), f"order/{order_id}"
        _, puts = decide({one: here.docs.get(one) for one in needs(key, theirs)}, key, theirs, here.now_ms)
        here.docs.update(puts)
    gone, into = here.order("o1"), here.order("o2")
    assert (gone.state, gone.merged_into, gone.lines, gone.payments) == (OrderState.MERGED, "o2", (), ())
    assert sorted(one.line_id for one in into.lines) == ["a", "b", "x"]
    assert [one.payment_id for one in into.payments] == ["p1"]
    assert here.states("o2") == {"x@grill": "QUEUED", "a@grill": "QUEUED", "b@fry": "QUEUED"}
    assert len(tickets(into, G)) == 1


def test_a_merged_order_whose_target_the_hub_lost_stays_open_with_what_was_on_it() -> None:
    here, cloud = merged_at_the_cloud()
    theirs, ours = cloud.order("o1"), here.order("o1")
    assert decide({"order/o1": ours, "order/o2": None}, "order/o1", theirs, here.now_ms) == (
        {"order/o1": ours},
        {},
    )
    nuts = Allergen("nuts", {"en": "Nuts"})
    made, puts = decide(
        {"order/o1": ours, "order/o2": None}, "order/o1", replace(theirs, allergens=(nuts,)), here.now_ms
    )
    assert made == puts
    (tile,) = tickets(made["order/o1"], G)
    assert [one.line.line_id for one in tile.lines] == ["a"]
    assert tile.allergens, "what else the cloud knows comes all the same"
    assert stays_open(made["order/o1"], theirs)
    here.do(MarkPickedUp())
    made, _ = decide({"order/o1": here.order("o1"), "order/o2": None}, "order/o1", theirs, here.now_ms)
    assert (made["order/o1"].state, len(made["order/o1"].lines)) == (OrderState.MERGED, 2), "on record"
    assert decide({"order/o1": None}, "order/o1", replace(theirs, merged_into=""), 1) == ({}, {})


def test_a_remake_that_the_cloud_brought_back_is_not_made_twice_by_the_tills_journal() -> None:
    kitchen = Kitchen()
    kitchen.hold(a_line("a"))
    kitchen.bump("grill")
    before = kitchen.docs["order/o1"]
    remake = Remake(("a",), "dropped")
    kitchen.do(remake)
    theirs = kitchen.order()
    kitchen.docs["order/o1"] = before
    kitchen.docs["order/o1"] = merged(kitchen.order(), theirs, kitchen.now_ms)
    kitchen.site = replace(SITE, epoch_n=2)
    kitchen.seqs.clear()
    again = kitchen.do(remake, "T9", epoch_n=1)
    assert again.outcome is Outcome.ALREADY
    assert [one.line_id for one in kitchen.order().lines] == ["a", "a~r"]
    assert kitchen.do(remake, "T9").outcome is Outcome.DONE, "in this epoch it is a wish of its own"
