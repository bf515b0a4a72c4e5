"""Expo's card: what is missing and where, what to pack, which allergies wait, and in which order the cards stand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heard.expo import ExpoCard, Progress, card_version, expo_card, expo_key, progress_of
from heard.order import (
    Allergen,
    ChangeKind,
    Course,
    Line,
    LineChange,
    LineState,
    Modifier,
    ModifierKind,
    Note,
    Order,
    OrderState,
    OrderType,
    StationLine,
)


def at(state: LineState = LineState.QUEUED, station: str = "grill", **fields: object) -> StationLine:
    return replace(StationLine(station, state, 1, queued_at_ms=1_000), **fields)  # type: ignore[arg-type]


def line(line_id: str, *stations: StationLine, **fields: object) -> Line:
    return replace(Line(line_id, stations=stations, added_version=1), **fields)  # type: ignore[arg-type]


def order(*lines: Line, **fields: object) -> Order:
    made = Order(
        "o1", "214", OrderType.DINE_IN, lines=lines, version=4, state=OrderState.HELD, held_at_ms=900
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def card(*lines: Line, **fields: object) -> ExpoCard:
    found = expo_card(order(*lines, **fields))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("one", "progress"),
    [
        (line("a", at()), Progress.MISSING),
        (line("a", at(LineState.STARTED)), Progress.MISSING),
        (line("a", at(LineState.DONE), at(station="fry")), Progress.MISSING),
        (line("a", at(LineState.DONE), at(LineState.DONE, "fry")), Progress.DONE),
        (line("a", at(LineState.DONE), at(LineState.SENT, "fry")), Progress.DONE),
        (line("a", at(LineState.DONE), sent_at_ms=5), Progress.OUT),
        (line("a", at(), sent_at_ms=5), Progress.MISSING),
        (line("a", at(LineState.WAITING)), Progress.HELD),
        (line("a", at(LineState.WAITING), at(LineState.WAITING, "oven", step=1)), Progress.HELD),
        (line("a", at(LineState.DONE), at(LineState.WAITING, "oven", step=1)), Progress.MISSING),
        (line("a", at(LineState.VOIDED), voided=True), Progress.VOIDED),
        (line("a", no_kitchen=True), Progress.PACK),
        (line("a", no_kitchen=True, sent_at_ms=5), Progress.OUT),
        (line("a", combo=True), None),
    ],
)
def test_how_far_a_line_is(one: Line, progress: Progress | None) -> None:
    assert progress_of(one) is progress


def test_a_card_counts_neither_held_nor_void_nor_packed_lines() -> None:
    found = card(
        line("a", at(LineState.DONE)),
        line("b", at(station="grill")),
        line("c", at(station="fry")),
        line("d", at(LineState.WAITING), course=2),
        line("e", at(LineState.VOIDED), voided=True),
        line("f", no_kitchen=True),
        courses=(Course(2, fires_at_ms=7_000),),
    )
    assert (found.made, found.total, found.ready) == (1, 3, False)
    assert [one.line.line_id for one in found.missing] == ["c", "b"]  # by station
    assert [one.stations for one in found.missing] == [("fry",), ("grill",)]
    assert [one.line.line_id for one in found.packing] == ["f"]
    assert [one.line.line_id for one in found.lines_to_send] == ["c", "b", "a", "f"]
    assert found.fires_at_ms == 7_000


def test_all_that_was_fired_is_made_ready() -> None:
    found = card(line("a", at(LineState.DONE, done_at_ms=2_000)), line("d", at(LineState.WAITING), course=2))
    assert found.ready
    assert found.ready_at_ms == 2_000
    assert not found.waiting_only


def test_only_held_lines_are_a_row_at_the_end() -> None:
    assert card(line("d", at(LineState.WAITING), course=2)).waiting_only
    later = card(line("d", at(LineState.WAITING)), line("cola", no_kitchen=True), scheduled=True)
    assert later.waiting_only


@pytest.mark.parametrize(
    "gone",
    [
        order(line("a", at(LineState.DONE), sent_at_ms=5)),
        order(line("a", at()), state=OrderState.PICKED_UP),
        order(line("a", at()), state=OrderState.MERGED),
    ],
)
def test_nothing_left_to_send_is_no_card(gone: Order) -> None:
    assert expo_card(gone) is None


def test_a_cancelled_order_stays_a_card_and_is_never_ready() -> None:
    found = card(line("a", at(LineState.VOIDED), voided=True), state=OrderState.VOIDED)
    assert found.cancelled
    assert not found.ready


@pytest.mark.parametrize(
    ("fields", "unconfirmed"),
    [
        ({}, False),
        ({"allergens": (Allergen("nuts", added_version=1),)}, True),
        ({"allergens": (Allergen("nuts", added_version=1),), "allergy_confirmed_version": 1}, False),
        ({"allergens": (Allergen("nuts", added_version=3),), "allergy_confirmed_version": 1}, True),
        ({"allergens": (Allergen("nuts", seat="9", added_version=3),)}, False),
        ({"notes": (Note({"en": "nut allergy"}, allergy=True),)}, True),
        ({"notes": (Note({"en": "no rush"}),)}, False),
    ],
)
def test_an_allergy_waits_for_expos_key(fields: dict[str, object], unconfirmed: bool) -> None:
    assert card(line("a", at()), **fields).unconfirmed is unconfirmed


@pytest.mark.parametrize(
    "spoken",
    [
        line("a", at(), notes=(Note({"en": "nut allergy"}, allergy=True),)),
        line("a", at(), modifiers=(Modifier("no-nuts", allergy=True),)),
        line("a", at(), modifiers=(Modifier("nuts", kind=ModifierKind.ALLERGY),)),
    ],
)
def test_a_line_that_speaks_of_an_allergy_waits_as_well(spoken: Line) -> None:
    found = card(spoken)
    assert found.unconfirmed
    assert found.allergy_lines == (spoken,)
    assert not card(spoken, allergy_confirmed_version=1).unconfirmed
    later = replace(spoken, changes=(LineChange(ChangeKind.ALLERGY, 3),))
    assert card(later, allergy_confirmed_version=1).unconfirmed


def test_ready_stands_first_then_rush_then_by_due_time_and_held_last() -> None:
    held = card(line("a", at(LineState.WAITING)), order_id="held")
    old = card(line("a", at(queued_at_ms=1_000)), order_id="old")
    new = card(line("a", at(queued_at_ms=2_000)), order_id="new")
    rush = card(line("a", at(queued_at_ms=9_000)), order_id="rush", rush=True)
    ready = card(line("a", at(LineState.DONE)), order_id="ready")
    soon = card(line("a", at()), order_id="soon", due_at_ms=800_000, held_wall_ms=900)
    cards = sorted([held, new, old, rush, ready, soon], key=expo_key)
    assert [one.key for one in cards] == ["ready", "rush", "soon", "old", "new", "held"]


def test_the_version_that_send_out_names_is_the_newest_of_the_line() -> None:
    assert card_version(line("a", at(version=3), at(version=5, station="fry"))) == 5
    assert card_version(line("a", no_kitchen=True)) == 1
    assert card_version(line("a", at(), changes=(LineChange(ChangeKind.NOTES, 7),))) == 7
