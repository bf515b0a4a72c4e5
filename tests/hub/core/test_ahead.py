"""After a restore the cloud may know more: paid, voided, picked up and lines come back; the rest stays as the hub has it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heard.order import HistoryEntry, Line, LineState, Order, OrderState, StationLine, StationState, Totals
from hub.core.ahead import FINALITY, decide_merge, merged

G = "grill"


def line(line_id: str, version: int = 1, state: LineState = LineState.QUEUED, voided: bool = False) -> Line:
    return Line(line_id, added_version=1, voided=voided, stations=(StationLine(G, state, version),))


OURS = Order(
    "o1",
    version=4,
    state=OrderState.STARTED,
    lines=(line("a"), line("b", 3, LineState.STARTED)),
    stations=(StationState(G, ticket_version=3),),
    totals=Totals("SAR", total_minor=1000),
    history=(HistoryEntry("hold", "till-1", 1, 1),),
)


def merge(theirs: Order, ours: Order = OURS) -> Order:
    return merged(ours, theirs, 9_000, history_max=500)


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
    expected = theirs if FINALITY.get(theirs, 0) > FINALITY.get(ours, 0) else ours
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
    assert made.at("cold") == StationState("cold", ticket_version=7)


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
