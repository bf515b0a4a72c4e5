"""Split and merge: lines move with their states, one decision writes both orders, nothing is lost or made twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heard.command import (
    Acknowledge,
    AddLines,
    BumpLines,
    ChangeLine,
    Command,
    FireCourse,
    Hold,
    HoldCourse,
    Merge,
    MoveTicket,
    Outcome,
    PaintedLine,
    Reason,
    Remake,
    SendOut,
    Split,
    StartLines,
    Transfer,
    Verb,
    VoidLines,
)
from heard.expo import expo_card
from heard.order import (
    Allergen,
    ChangeKind,
    Course,
    Line,
    LineState,
    Order,
    OrderState,
    OrderType,
    StationLine,
    TaxAmount,
    Totals,
    VoidAnswer,
)
from heard.ticket import TO_MAKE_STATES, tickets
from hub.core import among
from hub.core import kitchen as core
from hub.core.decision import Decision, Docs
from hub.core.edit import Edit
from hub.core.kitchen import needs
from hub.store.memory import MemoryStore
from hub.store.seam import Committed
from tests.hub.core.making import SITE, Kitchen, line, order


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


# --- two terminals, a cook and expo at once, through the store

TILLS = st.sampled_from(
    ["hold", "split", "merge", "add", "change", "void", "transfer", "fire", "hold course", "remake"]
)
COOKS = st.sampled_from(["start", "bump", "move", "send out"])
STEP = st.tuples(
    st.sampled_from(["T1", "T2", "grill", "fry"]), TILLS, COOKS, st.integers(0, 1 << 16), st.integers(0, 3)
)


class Rush:
    """Devices that act on what they saw some steps ago, over a store with gaps and conflicts."""

    def __init__(self, seed: int) -> None:
        self.store = MemoryStore(seed, conflicts=0.3)
        self.seen: dict[str, list[Order]] = {}
        self.seqs: dict[str, int] = {}
        self.made: dict[tuple[str, str], int] = {}
        """How often each line, by the name that its till gave it, was made at each station."""
        self.rung: dict[str, str] = {}
        self.count = 0
        self.voided: set[str] = set()
        self.store.on_commit(self._committed)

    def _committed(self, entries: object) -> None:
        for entry in entries:  # type: ignore[attr-defined]
            new, old = entry.order, entry.old
            was = {one.line_id: one for one in old.lines} if old is not None else {}
            for one in new.lines:
                before = was.get(one.line_id)
                if before is None:
                    continue
                for at in one.stations:
                    at_before = before.at(at.station)
                    if (
                        at.state is LineState.DONE
                        and at_before is not None
                        and at_before.state in TO_MAKE_STATES
                    ):
                        place = (_name(one.item_id, one.remake, one.line_id), at.station)
                        self.made[place] = self.made.get(place, 0) + 1

    def act(self, device: str, till: str, cook: str, pick: int, lag: int) -> None:
        history = self.seen.get(device, [])
        orders = list(history[-1 - lag :][:1] or history[-1:])
        known = [one for group in [orders] for one in group]
        verb, order_id = (
            self._till(till, pick, known) if device.startswith("T") else self._cook(device, cook, pick, known)
        )
        if verb is None:
            return
        seq = self.seqs[device] = self.seqs.get(device, 0) + 1
        command = Command(order_id, verb, seq, "", device, "i", SITE.epoch_n)

        def decide(docs: Docs, now_ms: int) -> Decision:
            found = core.decide(docs, command, now_ms, SITE)
            assert isinstance(found, Decision)
            return found

        outcomes: list[Committed | Exception] = []
        self.store.submit_soon(needs(command), decide, outcomes.append)

    def look(self, device: str, pick: int) -> None:
        """The device's picture is of some order as it stands on disk."""
        orders = self.store.open_orders()
        if orders:
            self.seen.setdefault(device, []).append(orders[pick % len(orders)])

    def _till(self, what: str, pick: int, known: list[Order]) -> tuple[Verb | None, str]:
        self.count += 1
        if what == "hold" or not known:
            lines = tuple(
                replace(
                    line(f"l{self.count}.{n}", ("grill", "fry", "both")[(pick + n) % 3], course=pick % 3),
                    item_id=f"i{self.count}.{n}",
                )
                for n in range(2 + pick % 2)
            )
            for rung in lines:
                self.rung[rung.item_id] = rung.category
            courses = (Course(2),) if pick % 4 == 0 else ()
            order_id = f"o{self.count}"
            return Hold(
                order(order_id, *lines, call_number=str(self.count), courses=courses, type=OrderType.DINE_IN)
            ), order_id
        one = known[0]
        if not one.lines:
            return None, ""
        line_id = one.lines[pick % len(one.lines)].line_id
        others = [other.order_id for other in self.store.open_orders() if other.order_id != one.order_id]
        verbs: dict[str, Verb | None] = {
            "split": Split(f"s{self.count}", (line_id,), str(self.count)),
            "merge": Merge(others[pick % len(others)]) if others else None,
            "add": None,
            "change": ChangeLine(line_id, quantity_milli=1000 * (1 + pick % 3)),
            "void": VoidLines((line_id,)),
            "transfer": Transfer(str(pick % 9), area=("", "hall")[pick % 2]),
            "fire": FireCourse(2),
            "hold course": HoldCourse(2),
            "remake": Remake((line_id,), "dropped"),
        }
        return verbs[what], one.order_id

    def _cook(self, device: str, what: str, pick: int, known: list[Order]) -> tuple[Verb | None, str]:
        if not known:
            return None, ""
        one = known[0]
        painted = tuple(
            PaintedLine(found.line_id, at.version)
            for found in one.lines
            if (at := found.at(device)) and at.state in TO_MAKE_STATES
        )
        if what == "send out":
            card = expo_card(one)
            if card is None or not card.done:
                return None, ""
            return SendOut(
                tuple(PaintedLine(item.line.line_id, item.version) for item in card.done)
            ), one.order_id
        if not painted:
            return None, ""
        verbs: dict[str, Verb] = {
            "start": StartLines(device, painted),
            "bump": BumpLines(device, painted),
            "move": MoveTicket(
                device, ("grill", "fry", "cold")[pick % 3] if pick % 3 else "cold", painted[:1]
            ),
        }
        return verbs[what], one.order_id

    def check(self) -> None:
        """Every line that was rung up stands in exactly one order, at its stations, and was made at most once at each."""
        found: dict[str, int] = {}
        orders = [doc for doc in self.store._docs.values() if isinstance(doc, Order)]
        for one in orders:
            if one.state is OrderState.MERGED:
                assert one.lines == ()
                assert self.store.get(f"order/{one.merged_into}") is not None
            ids = [item.line_id for item in one.lines]
            assert len(ids) == len(set(ids))
            for item in one.lines:
                if not item.remake:
                    found[item.item_id] = found.get(item.item_id, 0) + 1
                wanted = 2 if item.nobodys or self.rung[item.item_id] == "both" else 1
                assert len(item.stations) == wanted or item.remake, item
                assert all(at.version <= one.version for at in item.stations)
            parts = {item.part_of for item in one.lines if item.part_of}
            assert parts <= set(ids)
        held = {item.item_id for one in orders for item in one.lines if not item.remake}
        assert found == dict.fromkeys(held, 1)


def _name(item_id: str, remake: bool, line_id: str) -> str:
    return line_id if remake else item_id


def _steps(rush: Rush, steps: list[tuple[str, str, str, int, int]]) -> Iterator[None]:
    for number, (device, till, cook, pick, lag) in enumerate(steps):
        rush.look(device, pick)
        rush.act(device, till, cook, pick, lag)
        if number % 3 == 2:
            while rush.store.step():
                pass
        yield


def play(seed: int, steps: list[tuple[str, str, str, int, int]]) -> None:
    """Raises AssertionError where a line is lost, doubled, or made twice without a change."""
    rush = Rush(seed)
    for _ in _steps(rush, steps):
        pass
    while rush.store.step():
        pass
    rush.check()
    docs = [doc for doc in rush.store._docs.values() if isinstance(doc, Order)]
    held = {item.item_id for doc in docs for item in doc.lines}
    accepted = {
        item.item_id
        for entry in rush.store.log(0, 10_000)
        if entry.order is not None
        for item in entry.order.lines
    }
    assert held == accepted <= set(rush.rung)
    changed = {
        item.item_id
        for doc in docs
        for item in doc.lines
        if any(change.kind is ChangeKind.QUANTITY for change in item.changes)
    }
    assert all(times == 1 for (name, _), times in rush.made.items() if name not in changed), rush.made


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 99), st.lists(STEP, min_size=5, max_size=40))
def test_nothing_is_lost_or_made_twice_whoever_acts_at_once(
    seed: int, steps: list[tuple[str, str, str, int, int]]
) -> None:
    """Two tills that split, merge and transfer, a cook at each station and expo, over a store that conflicts.

    A line that nobody changed is made at most once at each station.
    """
    play(seed, steps)


def _made_anew(into: Edit, one: Line, at: StationLine) -> StationLine:
    made = ARRIVED_AT(into, one, at)
    return replace(made, state=LineState.QUEUED) if made.state is LineState.DONE else made


ARRIVED_AT = among._arrived_at
MISTAKES: dict[str, tuple[object, str, object]] = {
    "what was made is made again after a merge": (among, "_arrived_at", _made_anew),
    "a split leaves its lines behind as well": (Edit, "drop_lines", lambda self, line_ids: None),
    "a merge loses the parts of its ids": (among, "_free_id", lambda into, order_id, line_id: "the same"),
}


@pytest.mark.parametrize("words", list(MISTAKES))
def test_a_planted_mistake_is_caught(words: str) -> None:
    where, name, wrong = MISTAKES[words]
    chance = Random(7)
    with patch.object(where, name, wrong):
        for seed in range(150):
            steps = [
                (
                    chance.choice(["T1", "T2", "grill", "fry"]),
                    chance.choice(["hold", "split", "merge", "merge", "fire"]),
                    chance.choice(["bump", "bump", "start"]),
                    chance.randrange(1 << 16),
                    chance.randrange(3),
                )
                for _ in range(30)
            ]
            try:
                play(seed, steps)
            except Exception:
                return
    pytest.fail(f"not caught: {words}")
