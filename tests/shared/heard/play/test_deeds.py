"""A day read back from the changes of its orders, and done again: a second kitchen ends as the first did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from heard.command import (
    AddLines,
    Answer,
    BumpLines,
    ChangeLine,
    ChangeOrder,
    ConfirmAllergy,
    FireCourse,
    Hold,
    HoldCourse,
    MarkPaid,
    MarkPickedUp,
    Merge,
    MoveTicket,
    Outcome,
    PackBags,
    PaintedLine,
    PrintTicket,
    RecallLines,
    Remake,
    RiderHere,
    Rush,
    SendOut,
    Split,
    StartLines,
    Transfer,
    Undo,
    Verb,
    VoidLines,
    VoidOrder,
)
from heard.expo import card_version
from heard.order import Allergen, Course, Note, Order
from heard.play.deeds import CARRIED, HUB, Change, Deed, Reading, deeds, painted, same_end
from heard.ticket import is_open
from hub.core.site import LEAD_MS, KitchenRules
from tests.hub.core.making import Kitchen, line, order, waiting

STATIONS = ("grill", "fry")


class Recorder(Kitchen):
    """A kitchen that keeps what a hub's log would."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[Change] = []

    def done(self, verb: Verb, device: str, order_id: str) -> Answer:
        before = dict(self.docs)
        self.now_ms += 1_000
        answer = self.do(verb, device, order_id)
        self.committed(before)
        return answer

    def clockwork(self, order_id: str, *, release: bool = False) -> None:
        """The hub does by itself what is due."""
        before = dict(self.docs)
        self.now_ms += 1_000
        self.due(order_id, release=release)
        self.committed(before)

    def committed(self, before: Mapping[str, object]) -> None:
        rev = len(self.log) + 1
        for key, doc in self.docs.items():
            if isinstance(doc, Order) and doc is not before.get(key):
                self.log.append((rev, self.now_ms, doc.order_id, doc))


def again(found: list[Deed]) -> Kitchen:
    """Done again in another kitchen, by the same devices."""
    kitchen = Kitchen()
    last_seq: dict[str, int] = {}
    for deed in found:
        kitchen.now_ms += 1_000
        verb = deed.verb
        there = kitchen.docs.get(f"order/{deed.order_id}")
        if isinstance(there, Order):
            verb = painted(verb, there)
        if isinstance(verb, Undo):
            verb = Undo(verb.station, last_seq[deed.device])
        answer = kitchen.do(verb, deed.device, deed.order_id)
        last_seq[deed.device] = kitchen.seqs[deed.device]
        assert answer.outcome is not Outcome.REJECTED, (deed, answer)
    return kitchen


def assert_same(reading: Reading, kitchen: Kitchen) -> None:
    for order_id, wanted in reading.last.items():
        found = kitchen.order(order_id)
        assert same_end(found, not is_open(found), wanted), order_id


def test_one_order_through_a_whole_evening() -> None:
    kitchen = Recorder()
    done = kitchen.done
    done(Hold(order()), "T1", "o1")
    done(StartLines("grill", kitchen.painted("grill", "a")), "grill-1", "o1")
    done(AddLines((line("z"),)), "T1", "o1")
    done(ChangeLine("c", quantity_milli=3000), "T2", "o1")
    later = ChangeOrder(notes=(Note({"en": "no onion"}),), guest="Omar", covers=3, due_at_ms=2_000_000)
    done(later, "T1", "o1")
    done(VoidLines(("b",), "spilled"), "T1", "o1")
    done(BumpLines("fry", kitchen.painted("fry")), "fry-1", "o1")
    done(RecallLines("fry", kitchen.painted("fry")), "fry-1", "o1")
    done(Undo("fry", kitchen.seqs["fry-1"]), "fry-1", "o1")
    done(Rush(), "T1", "o1")
    done(MarkPaid(4200, "card"), "T1", "o1")
    done(MarkPickedUp(), "T1", "o1")
    reading = Reading()
    found = list(deeds(kitchen.log, reading))
    assert [(deed.device, deed.verb.name) for deed in found] == [
        ("T1", "hold"), ("grill-1", "start"), ("T1", "add_lines"), ("T2", "change_line"), ("T1", "change_order"),
        ("T1", "void_lines"),
        ("fry-1", "bump"), ("fry-1", "recall"), ("fry-1", "undo"), ("T1", "rush"), ("T1", "mark_paid"),
        ("T1", "mark_picked_up"),
    ]  # fmt: skip
    assert reading.untold == {}
    assert found[4].verb == later
    assert_same(reading, again(found))


def test_a_void_long_after_ready_ends_the_same_where_it_is_done_again_at_once() -> None:
    kitchen = Recorder()
    kitchen.done(Hold(order("o1", line("a"))), "T1", "o1")
    kitchen.done(BumpLines("grill", kitchen.painted("grill", "a")), "grill-1", "o1")
    kitchen.now_ms += 60_000
    kitchen.done(VoidOrder("gone"), "T1", "o1")
    assert kitchen.order("o1").see_cashier
    reading = Reading()
    kitchen_again = again(list(deeds(kitchen.log, reading)))
    assert not kitchen_again.order("o1").see_cashier
    assert_same(reading, kitchen_again)


def test_a_table_in_two_courses_that_is_split_merged_pushed_and_sent_out() -> None:
    """All that came with the whole kitchen: each deed once, by who did it, in its order."""
    kitchen = Recorder()
    done = kitchen.done
    courses, later = waiting("m")
    nuts = Allergen("nuts", {"en": "Nuts"})
    done(Hold(order("o1", line("a"), line("b", "fry"), line("c"), *later, courses=courses)), "T1", "o1")
    done(AddLines(allergens=(nuts,)), "T1", "o1")
    done(Hold(order("o2", line("x"), call_number="215")), "T2", "o2")
    done(Transfer("12"), "T1", "o1")
    done(MoveTicket("grill", "fry", kitchen.painted("grill", "c")), "grill-1", "o1")
    done(FireCourse(2), "grill-1", "o1")
    done(HoldCourse(2), "T1", "o1")
    done(FireCourse(2), "T1", "o1")
    done(BumpLines("grill", kitchen.painted("grill", "a")), "grill-1", "o1")
    done(Remake(("a",), "dropped"), "pass", "o1")
    done(Split("o3", ("c", "m"), "216"), "T1", "o1")
    done(Split("bill-2", ("b",), bill_only=True), "T1", "o1")
    done(Merge("o1"), "T2", "o2")
    done(ConfirmAllergy(("nuts",)), "pass", "o1")
    done(PackBags(2), "pass", "o1")
    done(RiderHere(), "pass", "o1")
    done(RiderHere(False), "pass", "o1")
    done(SendOut(kitchen.card_lines("a", "b")), "pass", "o1")
    done(
        RecallLines("expo", tuple(PaintedLine(one, card_version(kitchen.line(one))) for one in ("b",))),
        "pass",
        "o1",
    )
    done(BumpLines("grill", kitchen.painted("grill", "m", order_id="o3")), "grill-1", "o3")
    reading = Reading()
    found = list(deeds(kitchen.log, reading))
    assert [(deed.device, deed.verb.name) for deed in found] == [
        ("T1", "hold"), ("T1", "add_lines"), ("T2", "hold"), ("T1", "transfer"), ("grill-1", "move"), ("grill-1", "fire"),
        ("T1", "hold_course"), ("T1", "fire"), ("grill-1", "bump"), ("pass", "remake"), ("T1", "split"), ("T1", "split"),
        ("T2", "merge"), ("pass", "confirm_allergy"), ("pass", "pack"), ("pass", "rider_here"), ("pass", "rider_here"),
        ("pass", "send_out"), ("pass", "recall"), ("grill-1", "bump"),
    ]  # fmt: skip
    assert reading.untold == {}
    assert_same(reading, again(found))


def test_what_the_hub_fired_and_released_by_itself_is_fired_again_where_no_clock_does_it() -> None:
    kitchen = Recorder()
    later = kitchen.now_ms + 5_000
    planned = (Course(2, fires_at_ms=later),)
    kitchen.done(Hold(order("o1", line("a"), line("m", course=2), courses=planned)), "T1", "o1")
    kitchen.done(FireCourse(2, later + 1_000), "T1", "o1")
    kitchen.done(Hold(order("o2", line("x"), due_at_ms=kitchen.now_ms + 10 * LEAD_MS)), "T1", "o2")
    kitchen.now_ms += 10_000
    kitchen.clockwork("o1")
    kitchen.clockwork("o2", release=True)
    reading = Reading()
    found = list(deeds(kitchen.log, reading))
    assert [(deed.device, deed.verb.name, deed.order_id) for deed in found] == [
        ("T1", "hold", "o1"), ("T1", "hold", "o2"), (HUB, "fire", "o1"), (HUB, "fire", "o2"),
    ]  # fmt: skip
    assert reading.untold == {}
    assert_same(reading, again(found))


def test_what_stood_when_the_day_began_is_held_and_bumped_where_it_was_done() -> None:
    kitchen = Recorder()
    kitchen.done(Hold(order()), "T1", "o1")
    kitchen.done(BumpLines("grill", kitchen.painted("grill")), "grill-1", "o1")
    standing = (0, kitchen.now_ms, "o1", kitchen.order())
    kitchen.done(BumpLines("fry", kitchen.painted("fry")), "fry-1", "o1")
    reading = Reading()
    found = list(deeds([standing, kitchen.log[-1]], reading))
    assert [(deed.device, deed.verb.name) for deed in found] == [
        (CARRIED, "hold"), (CARRIED, "bump"), ("fry-1", "bump"),
    ]  # fmt: skip
    assert_same(reading, again(found))


def test_what_a_client_cannot_do_is_counted_by_its_name() -> None:
    kitchen = Recorder()
    kitchen.done(Hold(order()), "T1", "o1")
    held = kitchen.order()
    entry = replace(held.history[0], verb="merge_cloud", version=2, device="cloud")
    merged = replace(held, version=2, history=(*held.history, entry))
    reading = Reading()
    assert len(list(deeds([*kitchen.log, (9, 0, "o1", merged), (10, 0, "o1", None)], reading))) == 1
    assert reading.untold == {"merge_cloud": 1}


def test_a_copy_that_somebody_asked_for_is_asked_for_again_where_there_may_be_a_printer() -> None:
    kitchen = Recorder()
    kitchen.site = replace(kitchen.site, rules=KitchenRules(printers={"grill": "paper"}))
    kitchen.done(Hold(order("o1", line("a"))), "T1", "o1")
    kitchen.done(PrintTicket("grill"), "grill-1", "o1")
    for by_stations, verbs, untold in ((False, ["hold", "print"], {}), (True, ["hold"], {"print": 1})):
        reading = Reading(by_stations)
        assert [one.verb.name for one in deeds(kitchen.log, reading)] == verbs
        assert reading.untold == untold


def test_a_hub_without_the_rules_routes_by_what_was_recorded() -> None:
    kitchen = Recorder()
    kitchen.done(Hold(order("o1", line("a"), line("b", "both"), line("x", "unknown"))), "T1", "o1")
    reading = Reading(by_stations=True)
    (held,) = deeds(kitchen.log, reading)
    assert isinstance(held.verb, Hold)
    assert [one.category for one in held.verb.order.lines] == ["grill", "grill+fry", ""]
    assert reading.routes == {"grill": ("grill",), "grill+fry": ("grill", "fry")}


def test_nobodys_line_that_was_pushed_with_another_goes_with_it_again() -> None:
    """It stood at every station; a property found that such a push was left out."""
    kitchen = Recorder()
    kitchen.done(Hold(order("o0", line("a", "fry"), line("x", "nothing known"))), "T1", "o0")
    kitchen.done(MoveTicket("fry", "grill", kitchen.painted("fry", order_id="o0")), "fry-1", "o0")
    reading = Reading()
    found = list(deeds(kitchen.log, reading))
    assert reading.untold == {}
    assert [one.line_id for one in found[-1].verb.lines] == ["a", "x"]  # type: ignore[union-attr]
    assert_same(reading, again(found))


@settings(deadline=None)
@given(st.data())
def test_any_evening_done_again_ends_the_same(data: st.DataObject) -> None:
    kitchen = Recorder()
    draw = data.draw
    for number in range(draw(st.integers(1, 3))):
        lines = (
            line(f"{number}a"),
            line(f"{number}b"),
            line(f"{number}c", "fry"),
            line(f"{number}m", course=2),
        )
        courses = (Course(2),) if draw(st.booleans()) else ()
        kitchen.done(Hold(order(f"o{number}", *lines, courses=courses)), "T1", f"o{number}")
    for step in range(draw(st.integers(0, 14))):
        order_id = draw(
            st.sampled_from([key.partition("/")[2] for key in kitchen.docs if key.startswith("order/")])
        )
        station = draw(st.sampled_from(STATIONS))
        screen = f"{station}-1"
        seen = kitchen.painted(station, order_id=order_id)
        chosen = tuple(one for one in seen if draw(st.booleans()))
        ids = [one.line_id for one in kitchen.order(order_id).lines]
        can: list[Verb] = [
            StartLines(station, chosen),
            BumpLines(station, chosen),
            BumpLines(station, seen),
            RecallLines(station, chosen),
            Undo(station, kitchen.seqs.get(screen, 0)),
            Rush(draw(st.booleans())),
            AddLines((line(f"new{step}", draw(st.sampled_from(["grill", "fry", "both", "unknown"]))),)),
            VoidOrder("gone"),
            MarkPaid(100),
            MarkPickedUp(),
            FireCourse(2),
            HoldCourse(2),
            MoveTicket(station, "fry" if station == "grill" else "grill", chosen),
            Transfer(str(step + 1)),
        ]
        if ids:
            one = draw(st.sampled_from(ids))
            can += [
                VoidLines((one,)),
                Remake((one,), "dropped"),
                Split(f"s{step}", (one,)),
                Merge(draw(st.sampled_from(["o0", "o1"]))),
                ChangeLine(one, quantity_milli=draw(st.integers(1, 4)) * 1000),
            ]
        verb = draw(st.sampled_from(can))
        if isinstance(verb, Merge) and verb.into_order_id == order_id:
            continue
        device = (
            screen if isinstance(verb, StartLines | BumpLines | RecallLines | Undo | MoveTicket) else "T1"
        )
        kitchen.done(verb, device, order_id)
    reading = Reading()
    found = list(deeds(kitchen.log, reading))
    assert reading.untold == {}
    assert_same(reading, again(found))
