"""A day read back from the changes of its orders, and done again: a second kitchen ends as the first did."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from heard.command import (
    AddLines,
    Answer,
    BumpLines,
    ChangeLine,
    Hold,
    MarkPaid,
    MarkPickedUp,
    Outcome,
    RecallLines,
    Rush,
    StartLines,
    Undo,
    Verb,
    VoidLines,
    VoidOrder,
)
from heard.order import Order
from heard.play.deeds import CARRIED, Change, Deed, Reading, deeds, painted, same_end
from heard.ticket import is_open
from tests.hub.core.making import Kitchen, line, order

STATIONS = ("grill", "fry")


class Recorder(Kitchen):
    """A kitchen that keeps what a hub's log would."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[Change] = []

    def done(self, verb: Verb, device: str, order_id: str) -> Answer:
        before = self.docs.get(f"order/{order_id}")
        self.now_ms += 1_000
        answer = self.do(verb, device, order_id)
        after = self.docs.get(f"order/{order_id}")
        if isinstance(after, Order) and after is not before:
            self.log.append((len(self.log) + 1, self.now_ms, order_id, after))
        return answer


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
        ("T1", "hold"), ("grill-1", "start"), ("T1", "add_lines"), ("T2", "change_line"), ("T1", "void_lines"),
        ("fry-1", "bump"), ("fry-1", "recall"), ("fry-1", "undo"), ("T1", "rush"), ("T1", "mark_paid"),
        ("T1", "mark_picked_up"),
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


def test_a_hub_without_the_rules_routes_by_what_was_recorded() -> None:
    kitchen = Recorder()
    kitchen.done(Hold(order("o1", line("a"), line("b", "both"), line("x", "unknown"))), "T1", "o1")
    reading = Reading(by_stations=True)
    (held,) = deeds(kitchen.log, reading)
    assert isinstance(held.verb, Hold)
    assert [one.category for one in held.verb.order.lines] == ["grill", "grill+fry", ""]
    assert reading.routes == {"grill": ("grill",), "grill+fry": ("grill", "fry")}


@given(st.data())
def test_any_evening_done_again_ends_the_same(data: st.DataObject) -> None:
    kitchen = Recorder()
    draw = data.draw
    for number in range(draw(st.integers(1, 3))):
        kitchen.done(Hold(order(f"o{number}")), "T1", f"o{number}")
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
            ChangeLine(draw(st.sampled_from(ids)), quantity_milli=draw(st.integers(1, 4)) * 1000),
            VoidLines((draw(st.sampled_from(ids)),)),
            VoidOrder("gone"),
            MarkPaid(100),
            MarkPickedUp(),
        ]
        verb = draw(st.sampled_from(can))
        device = screen if isinstance(verb, StartLines | BumpLines | RecallLines | Undo) else "T1"
        kitchen.done(verb, device, order_id)
    reading = Reading()
    found = list(deeds(kitchen.log, reading))
    assert reading.untold == {}
    assert_same(reading, again(found))
