"""The wire loses nothing: every value comes back equal, unknown numbers included, and what is unsafe stays outside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heard import command as c
from heard import stream as s
from heard import wire
from heard.board import BoardEntry
from heard.errors import InvalidInput
from heard.order import Allergen, Course, Line, Modifier, Note, Order
from heard.v1 import command_pb2, order_pb2
from tests.shared.heard.anything import FEW, QUICK, built, differences


@QUICK
@given(built(Order))
def test_an_order_comes_back_equal(order: Order) -> None:
    assert differences(wire.decode_order(wire.encode_order(order)), order) == []
    assert differences(wire.decode_document(wire.encode_document(order)), order) == []


@QUICK
@given(built(BoardEntry))
def test_a_board_entry_comes_back_equal(entry: BoardEntry) -> None:
    assert differences(wire.decode_document(wire.encode_document(entry)), entry) == []


@pytest.mark.parametrize("verb", [one for one in get_args(c.Verb) if one is not c.UnknownVerb])
def test_every_verb_comes_back_equal(verb: type[c.Verb]) -> None:
    @FEW
    @given(built(verb), st.integers(1, 2**60))
    def check(made: c.Verb, seq: int) -> None:
        command = c.Command("o1", made, seq=seq, device="T1", incarnation="i", epoch_n=3, user="u")
        assert differences(wire.decode_command(wire.encode_command(command), "T1", "i"), command) == []

    check()


def test_a_verb_of_a_newer_release_is_unknown_and_keeps_its_seq() -> None:
    data = command_pb2.Command(seq=7, order_id="o1").SerializeToString() + b"\xfa\x3f\x00"
    assert wire.decode_command(data, "T1", "i") == c.Command(
        "o1", c.UnknownVerb(), seq=7, device="T1", incarnation="i"
    )


@QUICK
@given(built(c.Answer))
def test_an_answer_comes_back_equal(answer: c.Answer) -> None:
    assert differences(wire.decode_answer(wire.encode_answer(answer)), answer) == []


EVENTS = [s.Hello, s.Reset, s.SnapshotEnd, s.Bookmark, s.Goodbye]


@pytest.mark.parametrize("kind", EVENTS)
def test_every_event_comes_back_equal(kind: Any) -> None:
    @FEW
    @given(built(kind))
    def check(event: s.Event) -> None:
        assert differences(wire.decode_batch(wire.encode_batch([event])), (event,)) == []

    check()


@pytest.mark.parametrize(
    "kind", [s.HeardValue, s.Cart, s.NumberLease, s.Notice, s.OutItems, s.SiteState, s.SiteProfile]
)
def test_every_live_value_comes_back_equal(kind: Any) -> None:
    @FEW
    @given(built(kind))
    def check(value: s.LiveValue) -> None:
        live = s.Live("key", "i", 4, value)
        assert differences(wire.decode_batch(wire.encode_batch([live])), (live,)) == []

    check()
    cleared = s.Live("key", "i", 5, None)
    assert wire.live_from_pb(wire.live_to_pb(cleared)) == cleared


@QUICK
@given(built(Order), built(BoardEntry), st.integers(1, 2**40))
def test_changes_and_concatenated_batches(order: Order, entry: BoardEntry, rev: int) -> None:
    events = (
        s.Change(rev, order.order_id, order),
        s.Change(rev + 1, "gone", None),
        s.SnapshotItem(entry),
    )
    joined = b"".join(wire.encode_batch([event]) for event in events)
    assert differences(wire.decode_batch(joined), events) == []


@QUICK
@given(built(s.Painted), built(s.Alive), built(s.WatchRequest), built(s.SubmitReply))
def test_reports_and_requests(
    painted: s.Painted, alive: s.Alive, request: s.WatchRequest, reply: s.SubmitReply
) -> None:
    assert differences(wire.painted_from_pb(wire.painted_to_pb(painted)), painted) == []
    assert differences(wire.alive_from_pb(wire.alive_to_pb(alive)), alive) == []
    assert differences(wire.watch_request_from_pb(wire.watch_request_to_pb(request)), request) == []
    assert differences(wire.submit_reply_from_pb(wire.submit_reply_to_pb(reply)), reply) == []


def test_lines_that_differ_in_their_id_only_share_what_hangs_on_them() -> None:
    """A hub reads the same dishes all day; an id of any length, or none, takes nothing from another line."""
    dish = Line("a", "kofta", {"en": "Kofta"}, modifiers=(Modifier("m", {"en": "spicy"}),))
    ids = ("a", "b", "", "x" * 127, "x" * 128, "x" * 300, "ü" * 64)
    found = [
        wire.decode_order(wire.encode_order(Order("o", lines=(replace(dish, line_id=one),)))).lines[0]
        for one in ids
    ]
    assert found == [replace(dish, line_id=one) for one in ids]
    assert found[0].modifiers is found[1].modifiers
    long = replace(dish, category="x" * 2_000)
    found = [wire.decode_order(wire.encode_order(Order("o", lines=(long,)))).lines[0] for _ in range(2)]
    assert found == [long, long]
    assert found[0].modifiers is not found[1].modifiers  # what is kept is bounded in bytes
    dearer = replace(dish, unit_price_minor=1)
    assert wire.decode_order(wire.encode_order(Order("o", lines=(dearer,)))).lines == (dearer,)


def test_a_state_of_a_newer_release_survives_the_way_through() -> None:
    message = order_pb2.Order(order_id="o", type=77)  # type: ignore[arg-type]
    order = wire.order_from_pb(message)
    assert order.type.name == "UNKNOWN_77"
    assert wire.order_to_pb(order).type == 77


def held(**changes: Any) -> c.Command:
    line = Line("l1", "i1", {"en": "Lamb Kebab"}, **changes)
    return c.Command("o1", c.Hold(Order("o1", lines=(line,))))


def ordered(**changes: Any) -> c.Command:
    return c.Command("o1", c.Hold(Order("o1", lines=(Line("l1", "i1"),), **changes)))


WRONG = [
    (c.Command("", c.Hold(Order(""))), "command.order_id"),
    (c.Command("o1", c.Hold(Order("o1"))), "command.hold.order.lines"),
    (c.Command("o2", held().verb), "command.order_id"),
    (c.Command("o 1", c.Rush()), "command.order_id"),
    (c.Command("o/1", c.Rush()), "command.order_id"),
    (held(quantity_milli=0), "command.hold.order.lines[0].quantity_milli"),
    (held(quantity_milli=-1000), "command.hold.order.lines[0].quantity_milli"),
    (held(part_of="nobody"), "command.hold.order.lines[0].part_of"),
    (held(seat="x" * 121), "command.hold.order.lines[0].seat"),
    (held(notes=(Note({"en": "x" * 121}),)), "command.hold.order.lines[0].notes[0].text[en]"),
    (
        held(modifiers=(Modifier("m", quantity_milli=0),)),
        "command.hold.order.lines[0].modifiers[0].quantity_milli",
    ),
    (
        c.Command("o1", c.Hold(Order("o1", lines=(Line("a", "i"), Line("a", "i"))))),
        "command.hold.order.lines[1].line_id",
    ),
    (
        c.Command("o1", c.Hold(Order("o1", lines=tuple(Line(f"l{n}", "i") for n in range(201))))),
        "command.hold.order.lines",
    ),
    (
        c.Command(
            "o1", c.Hold(Order("o1", lines=(Line("a", "i"),), allergens=(Allergen("nuts", line_id="b"),)))
        ),
        "command.hold.order.allergens[0].line_id",
    ),
    (c.Command("o1", c.BumpLines("", (c.PaintedLine("a", 1),))), "command.bump.station"),
    (c.Command("o1", c.BumpLines("grill", ())), "command.bump.lines"),
    (
        c.Command("o1", c.ChangeOrder(notes=(Note({"en": "x" * 121}),))),
        "command.change_order.notes[0].text[en]",
    ),
    (c.Command("o1", c.ChangeOrder(guest="x" * 121)), "command.change_order.guest"),
    (c.Command("o1", c.ChangeOrder(covers=10_001)), "command.change_order.covers"),
    (c.Command("o1", c.ChangeOrder(due_at_ms=0)), "command.change_order.due_at_ms"),
    (c.Command("o1", c.VoidLines(())), "command.void_lines.line_ids"),
    (c.Command("o1", c.VoidLines(("l1", "x" * 65))), "command.void_lines.line_ids[1]"),
    (c.Command("o1", c.VoidLines(("l1",), "x" * 121)), "command.void_lines.reason"),
    (c.Command("o1", c.VoidOrder("x" * 121)), "command.void_order.reason"),
    (c.Command("o1", c.MarkPaid(1, "x" * 121)), "command.mark_paid.method"),
    (c.Command("o1", c.MarkPickedUp("x" * 121)), "command.mark_picked_up.pick_up_point"),
    (c.Command("o1", c.Rush(), user="x" * 121), "command.user"),
    (c.Command("o1", c.AddLines((), (Allergen(""),))), "command.add_lines.allergens[0]"),
    (c.Command("o1", c.AddLines((), (Allergen("x" * 121),))), "command.add_lines.allergens[0].allergen_id"),
    (c.Command("o1", c.Remake((), "dropped")), "command.remake.line_ids"),
    (c.Command("o1", c.Remake(("a",), " ")), "command.remake.reason"),
    (c.Command("o1", c.Remake(("a",), "cold", "a b")), "command.remake.new_line_prefix"),
    (c.Command("o1", c.Split("", ("a",))), "command.split.new_order_id"),
    (c.Command("o1", c.Split("o1", ("a",))), "command.split.new_order_id"),
    (c.Command("o1", c.Split("o2", ())), "command.split.line_ids"),
    (c.Command("o1", c.Split("o2", ("a",), "x" * 121)), "command.split.call_number"),
    (c.Command("o1", c.Merge("")), "command.merge.into_order_id"),
    (c.Command("o1", c.Merge("o1")), "command.merge.into_order_id"),
    (c.Command("o1", c.FireCourse(100)), "command.fire.course"),
    (c.Command("o1", c.FireCourse(1, -1)), "command.fire.fires_at_ms"),
    (c.Command("o1", c.HoldCourse(0)), "command.hold_course.course"),
    (c.Command("o1", c.MoveTicket("grill", "", (c.PaintedLine("a", 1),))), "command.move.to_station"),
    (c.Command("o1", c.MoveTicket("", "fry", (c.PaintedLine("a", 1),))), "command.move.from_station"),
    (c.Command("o1", c.MoveTicket("grill", "fry", ())), "command.move.lines"),
    (c.Command("o1", c.SendOut(())), "command.send_out.lines"),
    (c.Command("o1", c.ConfirmAllergy()), "command.confirm_allergy.painted_version"),
    (c.Command("o1", c.ConfirmAllergy(("x" * 121,))), "command.confirm_allergy.allergen_ids[0]"),
    (c.Command("o1", c.ConfirmAllergy(("nuts",) * 61)), "command.confirm_allergy.allergen_ids"),
    (c.Command("o1", c.PackBags(100)), "command.pack.bags"),
    (c.Command("o1", c.Transfer("x" * 121)), "command.transfer.table"),
    (ordered(business_date="yesterday"), "command.hold.order.business_date"),
    (ordered(due_at_ms=-1), "command.hold.order.due_at_ms"),
    (ordered(courses=tuple(Course(n) for n in range(51))), "command.hold.order.courses"),
    (ordered(courses=(Course(1, {"en": "x" * 121}),)), "command.hold.order.courses[0].name[en]"),
    (ordered(allergens=(Allergen("nuts"),) * 61), "command.hold.order.allergens"),
]


@pytest.mark.parametrize(("command", "field"), WRONG, ids=[field for _, field in WRONG])
def test_what_can_never_be_accepted_names_its_field(command: c.Command, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        wire.check_command(command)
    assert refused.value.field == field


def test_control_characters_and_overrides_are_taken_out_and_arabic_stays() -> None:
    command = held(notes=(Note({"en": "no\u202e onion\x00\x1b[2J", "ar": "بدون بصل\u2067"}),))
    safe = wire.check_command(command)
    assert isinstance(safe.verb, c.Hold)
    assert safe.verb.order.lines[0].notes == (Note({"en": "no onion[2J", "ar": "بدون بصل"}),)


def test_the_name_of_a_user_is_made_safe() -> None:
    assert wire.check_command(c.Command("o1", c.Rush(), user="Ali\x1b[2J")).user == "Ali[2J"


def test_a_clean_order_is_passed_as_it_is() -> None:
    command = held()
    assert wire.check_command(command) is command
