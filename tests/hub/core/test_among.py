"""Split and merge: lines move with their states, one decision writes both orders, amounts and guests are counted once."""

from __future__ import annotations

from heard.command import (
    Acknowledge,
    AddLines,
    BumpLines,
    ChangeLine,
    FireCourse,
    Hold,
    Merge,
    Outcome,
    PaintedLine,
    Reason,
    Split,
    VoidLines,
)
from heard.order import (
    Allergen,
    ChangeKind,
    Course,
    OrderState,
    TaxAmount,
    Totals,
    VoidAnswer,
)
from heard.ticket import tickets
from tests.hub.core.making import Kitchen, line, order


def two() -> Kitchen:
    """Orders o1 (a, b at grill, c at fry) and o2 (x at grill)."""
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.hold(line("x"), order_id="o2", call_number="215")
    return kitchen


def test_split_moves_lines_with_states_and_ages() -> None:
    kitchen = two()
    held_ms = kitchen.now_ms
    kitchen.start("grill", "b")
    kitchen.now_ms += 60_000
    assert kitchen.do(Split("o3", ("b", "c"), "216")).outcome is Outcome.DONE
    assert kitchen.states() == {"a@grill": "QUEUED"}
    assert kitchen.states("o3") == {"b@grill": "STARTED", "c@fry": "QUEUED"}
    made = kitchen.order("o3")
    assert (made.call_number, made.split_from, made.state) == ("216", "o1", OrderState.STARTED)
    assert (made.table, made.terminal, made.business_date) == (
        kitchen.order().table, "T1", kitchen.order().business_date,
    )  # fmt: skip
    (tile,) = tickets(made, "grill")
    assert tile.age_from_ms == held_ms
    assert not tile.unseen
    assert [one.line.changes[-1].kind for one in tile.lines] == [ChangeKind.MOVED]
    assert tile.lines[0].line.changes[-1].from_number == "214"
    assert {there.station: there.ticket_version for there in made.stations} == {
        "grill": made.version,
        "fry": made.version,
    }
    assert [entry.verb for entry in made.history] == ["split"]
    assert kitchen.order().history[-1].detail == "to o3 #216"
    bump = BumpLines("grill", tuple(PaintedLine("b", kitchen.at("b", order_id="o3").version) for _ in "1"))
    assert kitchen.do(bump, "grill", "o3").outcome is Outcome.DONE


def test_a_split_order_gets_a_number_of_its_own() -> None:
    kitchen = two()
    kitchen.do(Split("o3", ("a",)))
    assert kitchen.order("o3").call_number not in ("", "214")


def test_a_bill_split_changes_no_tile() -> None:
    kitchen = two()
    before = kitchen.order()
    assert kitchen.do(Split("bill-2", ("a",), bill_only=True)).outcome is Outcome.DONE
    after = kitchen.order()
    assert after.stations == before.stations
    assert kitchen.line("a").bill == "bill-2"
    assert kitchen.line("a").stations == before.lines[0].stations
    assert "order/bill-2" not in kitchen.docs
    assert kitchen.do(Split("bill-2", ("a",), bill_only=True)).outcome is Outcome.ALREADY


def test_what_a_split_never_does() -> None:
    kitchen = two()
    assert kitchen.do(Split("o3", ("a", "b", "c"), "9")).reason is Reason.NOT_NOW  # that is no split
    assert kitchen.do(Split("o3", ("nix",), "9")).reason is Reason.GONE
    assert kitchen.do(Split("o2", ("a",), "9")).reason is Reason.CONFLICT
    assert "order/o3" not in kitchen.docs
    combo = Kitchen()
    combo.hold(line("meal", combo=True), line("burger", part_of="meal"), line("z"))
    assert combo.do(Split("o3", ("burger",), "9")).reason is Reason.INVALID
    assert combo.do(Split("o3", ("meal",), "9")).outcome is Outcome.DONE
    assert [one.line_id for one in combo.order("o3").lines] == ["meal", "burger"]


def test_a_line_that_moved_says_where_it_is() -> None:
    kitchen = two()
    painted = kitchen.painted("grill", "a")
    kitchen.do(Split("o3", ("a",), "216"))
    answer = kitchen.do(BumpLines("grill", painted), "grill")
    assert answer.reason is Reason.NOT_NOW
    assert "#216" in answer.message
    assert kitchen.do(VoidLines(("a",))).reason is Reason.NOT_NOW
    # A till that holds its own order under that id is told, not fooled.
    assert kitchen.do(Hold(order("o3")), order_id="o3").reason is Reason.CONFLICT


def test_amounts_go_with_the_lines_and_none_is_lost() -> None:
    kitchen = Kitchen()
    taxes = (TaxAmount("vat", 150_000, 850, 127), TaxAmount("sugar", 50_000, 151, 24))
    totals = Totals("SAR", 1001, 100, 151, 1001, 500, taxes)
    kitchen.hold(line("a", total_minor=334), line("b", total_minor=667), totals=totals)
    kitchen.do(Split("o2", ("a",), "215"))
    one, other = kitchen.order().totals, kitchen.order("o2").totals
    assert other.total_minor == 334
    for name in ("subtotal_minor", "discount_minor", "tax_minor", "total_minor", "paid_minor"):
        assert getattr(one, name) + getattr(other, name) == getattr(totals, name)
    assert [one.tax_minor for one in other.taxes] == [42, 8]
    for stays, went, whole in zip(one.taxes, other.taxes, taxes, strict=True):
        assert (
            (stays.tax_id, stays.rate_ppm) == (went.tax_id, went.rate_ppm) == (whole.tax_id, whole.rate_ppm)
        )
        assert stays.base_minor + went.base_minor == whole.base_minor
        assert stays.tax_minor + went.tax_minor == whole.tax_minor
    kitchen.do(Merge("o1"), order_id="o2")
    assert kitchen.order().totals == totals


def test_a_merge_adds_up_each_tax_rate() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a"), totals=Totals("SAR", taxes=(TaxAmount("vat", 150_000, 1000, 150),)))
    kitchen.hold(
        line("b"), order_id="o2",
        totals=Totals("SAR", taxes=(TaxAmount("sugar", 50_000, 200, 10), TaxAmount("vat", 150_000, 400, 60))),
    )  # fmt: skip
    kitchen.do(Merge("o2"))
    assert kitchen.order("o2").totals.taxes == (
        TaxAmount("sugar", 50_000, 200, 10),
        TaxAmount("vat", 150_000, 1400, 210),
    )
    assert kitchen.order().totals.taxes == ()


def test_guests_and_points_of_a_split_table_are_counted_once() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a"), line("b"), covers=4, loyalty_member="m7", loyalty_points=12)
    kitchen.do(Split("o2", ("b",), "215"))
    stays, went = kitchen.order(), kitchen.order("o2")
    assert (stays.covers, stays.loyalty_points, went.covers, went.loyalty_points) == (4, 12, 0, 0)
    assert went.loyalty_member == "m7"
    kitchen.do(Merge("o1"), order_id="o2")
    assert (kitchen.order().covers, kitchen.order().loyalty_points) == (4, 12)


def test_allergies_go_where_their_guests_go() -> None:
    kitchen = Kitchen()
    kitchen.hold(
        line("a", seat="1"), line("b", seat="2"),
        allergens=(Allergen("nuts"), Allergen("egg", seat="2"), Allergen("milk", line_id="b")),
    )  # fmt: skip
    kitchen.do(Split("o2", ("b",), "215"))
    assert [one.allergen_id for one in kitchen.order("o2").allergens] == ["nuts", "egg", "milk"]
    assert [one.allergen_id for one in kitchen.order().allergens] == ["nuts", "egg"]


def test_merge_moves_everything_and_leaves_the_order_as_merged() -> None:
    kitchen = two()
    kitchen.start("grill", "a")
    kitchen.bump("grill", "b")
    assert kitchen.do(Merge("o2")).outcome is Outcome.DONE
    gone, into = kitchen.order(), kitchen.order("o2")
    assert (gone.state, gone.merged_into, gone.lines) == (OrderState.MERGED, "o2", ())
    assert kitchen.states("o2") == {
        "x@grill": "QUEUED",
        "a@grill": "STARTED",
        "b@grill": "DONE",
        "c@fry": "QUEUED",
    }
    assert tickets(gone, "grill") == ()
    (tile,) = tickets(into, "grill")
    assert [one.line.line_id for one in tile.lines] == ["x", "a", "b"]
    assert not tile.unseen
    assert not any(one.added for one in tile.lines)  # moved, not new
    came = [(one.line.line_id, change.from_number) for one in tile.lines for change in one.line.changes
            if change.version > one.at.acknowledged_version]  # fmt: skip
    assert came == [("a", "214")], "the cook is told where it comes from"
    assert into.history[-1].detail == "from o1 #214"
    for verb in (AddLines((line("z"),)), BumpLines("grill", (PaintedLine("a", 1),)), Merge("o2")):
        assert kitchen.do(verb).reason is Reason.NOT_NOW


def test_a_merge_into_a_bumped_ticket_is_an_add_on_of_what_is_open() -> None:
    kitchen = two()
    kitchen.bump("grill", "b")
    kitchen.do(BumpLines("grill", kitchen.painted("grill", order_id="o2")), "grill", "o2")
    kitchen.do(Merge("o2"))
    (tile,) = tickets(kitchen.order("o2"), "grill")
    assert tile.add_on
    assert [one.line.line_id for one in tile.lines] == ["a"]


def test_lines_of_tills_that_count_one_two_three_do_not_collide() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("1"), line("2", part_of="1"), allergens=(Allergen("nuts", line_id="1"),))
    kitchen.hold(line("1", "fry"), line("2"), order_id="o2")
    kitchen.do(Merge("o2"))
    into = kitchen.order("o2")
    ids = [one.line_id for one in into.lines]
    assert len(ids) == len(set(ids)) == 4
    part = next(one for one in into.lines if one.part_of)
    assert part.part_of in ids
    assert into.allergens[0].line_id == part.part_of != "1"


def test_unseen_voids_and_changes_stay_unseen_after_a_merge() -> None:
    kitchen = two()
    kitchen.do(ChangeLine("a", quantity_milli=3000))
    kitchen.do(VoidLines(("b",)))
    kitchen.do(Acknowledge("fry", ()), "fry")
    kitchen.do(Merge("o2"))
    (tile,) = tickets(kitchen.order("o2"), "grill")
    assert {one.line.line_id: one.unseen for one in tile.lines} == {"x": False, "a": True, "b": True}
    kitchen.do(
        Acknowledge("grill", kitchen.painted("grill", order_id="o2"), VoidAnswer.NOT_MADE), "grill", "o2"
    )
    (tile,) = tickets(kitchen.order("o2"), "grill")
    assert not tile.unseen


def test_an_allergy_of_either_table_is_one_of_all_after_a_merge() -> None:
    kitchen = Kitchen()
    kitchen.hold(allergens=(Allergen("nuts"),))
    kitchen.hold(line("x"), order_id="o2")
    kitchen.do(Merge("o2"))
    (tile,) = tickets(kitchen.order("o2"), "grill")
    assert {one.line.line_id: one.unseen for one in tile.lines} == {"x": True, "a": False, "b": False}
    assert [one.allergen_id for one in tile.allergens] == ["nuts"]


def test_what_a_merge_never_does() -> None:
    kitchen = two()
    assert kitchen.do(Merge("o1")).reason is Reason.INVALID
    assert kitchen.do(Merge("o9")).reason is Reason.GONE
    kitchen.do(VoidLines(("x",)), order_id="o2")
    assert kitchen.do(Merge("o2")).reason is Reason.NOT_NOW
    assert kitchen.order().state is OrderState.HELD


def test_a_held_course_of_one_of_them_stays_held() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a"), line("cake", course=2), courses=(Course(2),))
    kitchen.hold(line("x", course=2), order_id="o2", courses=(Course(2, fired=True),))
    kitchen.do(Merge("o2"))
    assert kitchen.states("o2") == {"x@grill": "QUEUED", "a@grill": "QUEUED", "cake@grill": "WAITING"}
    kitchen.do(FireCourse(2), order_id="o2")
    assert kitchen.states("o2")["cake@grill"] == "QUEUED"


def test_a_scheduled_order_that_joins_one_that_is_made_is_made() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a"), due_at_ms=kitchen.now_ms + 10**8)
    kitchen.hold(line("x"), order_id="o2")
    kitchen.do(Merge("o2"))
    assert set(kitchen.states("o2").values()) == {"QUEUED"}
