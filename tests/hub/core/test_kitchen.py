"""Properties of the whole kitchen: whatever tills and cooks do in any order, these hold after every command."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from heard.command import (
    Acknowledge,
    AddLines,
    Answer,
    BumpLines,
    ChangeLine,
    Hold,
    MarkPaid,
    MarkPickedUp,
    Outcome,
    PaintedLine,
    Reason,
    RecallLines,
    Rush,
    StartLines,
    Undo,
    Verb,
    VoidLines,
    VoidOrder,
)
from heard.order import Allergen, Course, Line, LineState, Modifier, Note, Order, OrderState, VoidAnswer
from heard.ticket import NO_TICKET_STATES, TO_MAKE_STATES, line_is_open, tickets, unseen_void, views
from hub.core.edit import state_of
from hub.core.lifecycle import OPEN_ORDER_STATES
from tests.hub.core.making import Kitchen, line, order
from tests.hub.core.test_routing import side

STATIONS = ("grill", "fry", "cold")
LINE_IDS = ("a", "b", "c", "d", "e", "f", "m", "p")


def new_line(line_id: str) -> Line:
    """Always the same line for an id: ids are never used twice for different things."""
    category = {"a": "grill", "b": "grill", "c": "fry", "d": "both", "e": "unknown"}.get(line_id, "grill")
    made = line(line_id, category, 2)
    if line_id == "f":
        return replace(made, modifiers=(side("fries"),))
    if line_id == "b":
        return replace(made, course=2)
    if line_id == "m":
        return replace(made, combo=True)
    return replace(made, part_of="m") if line_id == "p" else made


def face(found: Order, station: str) -> object:
    """What a cook can read on the tiles of a station."""
    return [
        (
            tile.batch,
            [
                (replace(one.line, stations=(), total_minor=0), one.at, one.to_make_milli, one.was_milli)
                for one in tile.lines
            ],
            tile.cancelled,
            tile.allergens,
            found.rush,
        )
        for tile in tickets(found, station)
    ]


class KitchenMachine(RuleBasedStateMachine):
    """One order, a till, and a screen at each station that may look at an old picture."""

    def __init__(self) -> None:
        super().__init__()
        self.kitchen = Kitchen()
        self.pictures: dict[str, Order] = {}
        self.before: Order | None = None

    @initialize(ids=st.sets(st.sampled_from(["a", "b", "c", "d", "e", "f"]), min_size=1))
    def hold(self, ids: set[str]) -> None:
        lines = tuple(new_line(line_id) for line_id in sorted(ids))
        self.kitchen.do(Hold(order("o1", *lines, courses=(Course(2),))))
        self.look()

    def look(self) -> None:
        for station in STATIONS:
            self.pictures[station] = self.kitchen.order()

    def do(self, verb: Verb, device: str) -> Answer:
        """Carries it out and compares before and after."""
        before = self.kitchen.order()
        self.kitchen.now_ms += 1000
        answer = self.kitchen.do(verb, device)
        after = self.kitchen.order()
        assert after.version == before.version + (after is not before)
        if answer.outcome in (Outcome.ALREADY, Outcome.REJECTED):
            assert after is before
        elif answer.outcome is Outcome.DONE:
            assert after is not before
        assert {one.line_id for one in before.lines} <= {one.line_id for one in after.lines}
        for station in STATIONS:
            old, new = before.at(station), after.at(station)
            altered = face(before, station) != face(after, station)
            asked = (new.ticket_version if new else 0) == after.version and after is not before
            # A ticket that goes with the whole order (picked up) asks nobody.
            if after.state not in NO_TICKET_STATES:
                assert asked or not altered, (verb.name, station)
            assert (new.ticket_version if new else 0) >= (old.ticket_version if old else 0)
        for one in after.lines:
            was = before.line(one.line_id)
            for at in one.stations:
                old_at = None if was is None else was.at(at.station)
                assert at.version <= after.version
                if old_at is not None:
                    assert at.version >= old_at.version
                    if replace(old_at, acknowledged_version=0, void_answer=VoidAnswer.UNSPECIFIED) != replace(
                        at, acknowledged_version=0, void_answer=VoidAnswer.UNSPECIFIED
                    ):
                        assert at.version == after.version
        return answer

    # --- the till

    @rule(ids=st.sets(st.sampled_from(LINE_IDS), min_size=1, max_size=3))
    def add(self, ids: set[str]) -> None:
        known = {one.line_id for one in self.kitchen.order().lines}
        wanted = ids | ({"m"} if "p" in ids and "m" not in known else set())
        self.do(AddLines(tuple(new_line(line_id) for line_id in sorted(wanted))), "T1")

    @rule(allergen=st.sampled_from(["nuts", "egg"]))
    def allergy(self, allergen: str) -> None:
        self.do(AddLines((), (Allergen(allergen),)), "T1")

    @rule(line_id=st.sampled_from(LINE_IDS), quantity=st.integers(1, 5), version=st.integers(0, 20))
    def change_quantity(self, line_id: str, quantity: int, version: int) -> None:
        self.do(ChangeLine(line_id, version, quantity_milli=quantity * 1000), "T1")

    @rule(line_id=st.sampled_from(LINE_IDS), number=st.integers(0, 2), sides=st.booleans())
    def change_modifiers(self, line_id: str, number: int, sides: bool) -> None:
        wanted = (Modifier(f"m{number}"), *((side("fries"),) if sides else ()))
        self.do(ChangeLine(line_id, modifiers=wanted), "T1")

    @rule(line_id=st.sampled_from(LINE_IDS), words=st.sampled_from(["rare", "nuts", "ok"]))
    def change_note(self, line_id: str, words: str) -> None:
        self.do(ChangeLine(line_id, notes=(Note({"en": words}),)), "T1")

    @rule(ids=st.sets(st.sampled_from(LINE_IDS), min_size=1, max_size=3))
    def void(self, ids: set[str]) -> None:
        self.do(VoidLines(tuple(sorted(ids))), "T1")

    @rule(chance=st.integers(0, 9))
    def void_all(self, chance: int) -> None:
        if chance == 0:
            self.do(VoidOrder(), "T1")

    @rule(chance=st.integers(0, 9))
    def picked_up(self, chance: int) -> None:
        if chance == 0:
            self.do(MarkPickedUp(), "T1")

    @rule(amount=st.integers(0, 2), rush=st.booleans())
    def marks(self, amount: int, rush: bool) -> None:
        self.do(MarkPaid(amount), "T1")
        self.do(Rush(rush), "T1")

    # --- the cooks

    @rule(station=st.sampled_from(STATIONS))
    def paint(self, station: str) -> None:
        self.pictures[station] = self.kitchen.order()

    def named(self, station: str, count: int) -> tuple[PaintedLine, ...]:
        """Up to `count` lines of what this screen shows."""
        found = []
        for one in self.pictures[station].lines:
            at = one.at(station)
            if at is not None:
                found.append(PaintedLine(one.line_id, at.version))
        return tuple(found[:count]) or (PaintedLine("zz", 1),)

    def cook(self, verb: StartLines | BumpLines | RecallLines | Acknowledge) -> Answer:
        before = self.kitchen.order()
        answer = self.do(verb, verb.station)
        versions = {one.line_id: one.version for one in verb.lines}
        for one in answer.lines:
            was = before.line(one.line_id)
            at = None if was is None else was.at(verb.station)
            if one.outcome is Outcome.DONE:
                assert at is not None
                assert at.version == versions[one.line_id], "touched in a version that was not painted"
            elif one.reason is Reason.STALE:
                assert at is not None
                assert at.version != versions[one.line_id]
                assert one.current == was
        return answer

    @rule(station=st.sampled_from(STATIONS), count=st.integers(1, 4))
    def start(self, station: str, count: int) -> None:
        self.cook(StartLines(station, self.named(station, count)))

    @rule(station=st.sampled_from(STATIONS), count=st.integers(1, 9), undo=st.booleans())
    def bump(self, station: str, count: int, undo: bool) -> None:
        before = self.kitchen.order()
        answer = self.cook(BumpLines(station, self.named(station, count)))
        done = any(one.outcome is Outcome.DONE for one in answer.lines)
        if undo and done and before.state in OPEN_ORDER_STATES:
            seq = self.kitchen.seqs[station]
            assert self.do(Undo(station, seq), station).outcome is Outcome.DONE
            after = self.kitchen.order()
            states = [[at.state for at in one.stations] for one in after.lines]
            assert states == [[at.state for at in one.stations] for one in before.lines]
            assert after.state is before.state

    @rule(station=st.sampled_from(STATIONS), count=st.integers(1, 9))
    def recall(self, station: str, count: int) -> None:
        self.cook(RecallLines(station, self.named(station, count)))

    @rule(station=st.sampled_from(STATIONS), count=st.integers(1, 9), given=st.sampled_from(VoidAnswer))
    def acknowledge(self, station: str, count: int, given: VoidAnswer) -> None:
        self.cook(Acknowledge(station, self.named(station, count), given))

    # --- what always holds

    @invariant()
    def every_open_line_stands_on_exactly_one_tile(self) -> None:
        if "order/o1" not in self.kitchen.docs:
            return
        found = self.kitchen.order()
        shown_in = views(found)
        for station in STATIONS:
            tiles = tickets(found, station)
            on_tiles = [one.line.line_id for tile in tiles for one in tile.lines]
            assert len(on_tiles) == len(set(on_tiles))
            here = [(one, at) for one in found.lines if (at := one.at(station)) is not None]
            if found.state in NO_TICKET_STATES:
                assert not tiles
                continue
            assert {one.line_id for one, at in here if line_is_open(at)} <= set(on_tiles)
            assert bool(tiles) == (f"prep:{station}" in shown_in)
            all_day = sum(
                one.to_make_milli for tile in tiles for one in tile.lines if one.at.state in TO_MAKE_STATES
            )
            assert all_day == sum(
                max(0, one.quantity_milli - at.made_milli) for one, at in here if at.state in TO_MAKE_STATES
            )

    @invariant()
    def the_states_agree(self) -> None:
        if "order/o1" not in self.kitchen.docs:
            return
        found = self.kitchen.order()
        if found.state in OPEN_ORDER_STATES:
            assert found.state is state_of(list(found.lines))
            assert bool(found.ready_at_ms) is (found.state is OrderState.READY)
        for one in found.lines:
            for at in one.stations:
                assert (at.state is LineState.VOIDED) is one.voided
                if at.state is LineState.VOIDED and not unseen_void(at):
                    assert at.void_answer is not VoidAnswer.UNSPECIFIED
                there = found.at(at.station)
                assert there is not None
                assert at.batch <= there.batch


TestKitchen = KitchenMachine.TestCase
TestKitchen.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
)


def test_history_says_who_did_what_where_on_which_keys_and_when() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    bump = BumpLines("grill", kitchen.painted("grill", "a"))
    kitchen.do(bump, "screen-3", user="Ali", key_device="touch")
    entry = kitchen.order().history[-1]
    assert (entry.verb, entry.line_ids, entry.device, entry.station) == ("bump", ("a",), "screen-3", "grill")
    assert (entry.user, entry.key_device, entry.at_ms) == ("Ali", "touch", kitchen.now_ms)
