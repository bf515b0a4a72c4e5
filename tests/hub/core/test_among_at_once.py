"""Tills and cooks at once over splits, merges and moves: nothing is lost or made twice, and planted mistakes are found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heard.command import (
    BumpLines,
    ChangeLine,
    Command,
    FireCourse,
    Hold,
    HoldCourse,
    Merge,
    MoveTicket,
    PaintedLine,
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
    ChangeKind,
    Course,
    Line,
    LineState,
    Order,
    OrderState,
    OrderType,
    StationLine,
)
from heard.ticket import TO_MAKE_STATES
from hub.core import among
from hub.core import kitchen as core
from hub.core.decision import Decision, Docs
from hub.core.edit import Edit
from hub.core.kitchen import needs
from hub.store.memory import MemoryStore
from hub.store.seam import Committed
from tests.hub.core.making import SITE, line, order

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
