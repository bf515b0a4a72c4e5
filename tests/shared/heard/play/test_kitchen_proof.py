"""The proof of a mixed evening: nothing to say of a true one, and each planted mistake of hub, screen or till is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import pytest

from heard.command import (
    Acknowledge,
    AddLines,
    BumpLines,
    ChangeLine,
    ChangeOrder,
    FireCourse,
    MarkPickedUp,
    Merge,
    MoveTicket,
    Remake,
    Split,
    Undo,
    Verb,
    VoidLines,
    VoidOrder,
)
from heard.order import Line, LineState, Modifier, Order, VoidAnswer
from heard.play.compare import Verdict
from heard.play.due_proof import LEAD_MS
from heard.play.kitchen_proof import Kitchen as Found
from heard.play.kitchen_proof import judge
from heard.play.screen_ledger import Bumped, DrawnSums, ScreenLedger
from heard.sums_name import sums_name
from heard.ticket import tickets
from tests.hub.core.making import Kitchen, line

STATIONS = ("grill", "fry")


@dataclass
class Evening:
    """The hub's own core, two screens that write ledgers, and a till that is told; a test breaks one thing of it."""

    kitchen: Kitchen = field(default_factory=Kitchen)
    log: list[tuple[int, Order]] = field(default_factory=list)
    bumped: dict[str, list[Bumped]] = field(default_factory=lambda: {one: [] for one in STATIONS})
    drawn: dict[str, list[DrawnSums]] = field(default_factory=lambda: {one: [] for one in STATIONS})

    def do(self, verb: Verb, device: str = "T1", order_id: str = "o1") -> None:
        before = dict(self.kitchen.docs)
        self.kitchen.do(verb, device, order_id)
        self._committed(before)

    def hold(self, *lines: Line, order_id: str = "o1", due_in_ms: int = 0) -> None:
        before = dict(self.kitchen.docs)
        due_at_ms = due_in_ms and self.kitchen.now_ms + LEAD_MS + due_in_ms
        self.kitchen.hold(*lines, order_id=order_id, due_at_ms=due_at_ms)
        self._committed(before)

    def released(self, order_id: str, after_ms: int) -> None:
        """So much later the hub's timer finds that its time has come."""
        before = dict(self.kitchen.docs)
        self.kitchen.now_ms += after_ms
        assert self.kitchen.due(order_id, release=True)
        self._committed(before)

    def _committed(self, before: Mapping[str, object]) -> None:
        rev = len(self.log) + 1
        for key, doc in self.kitchen.docs.items():
            if isinstance(doc, Order) and before.get(key) is not doc:
                self.log.append((rev, doc))
        for station in STATIONS:
            self._draw(rev, station)

    def _draw(self, rev: int, station: str) -> None:
        sums: dict[tuple[str, tuple[tuple[str, int], ...]], int] = {}
        for doc in self.kitchen.docs.values():
            for tile in tickets(doc, station) if isinstance(doc, Order) else ():
                for one in tile.lines:
                    if one.at.state in (LineState.QUEUED, LineState.STARTED):
                        ids = tuple((mod.modifier_id, mod.quantity_milli) for mod in one.line.modifiers)
                        key = (one.line.item_id, ids)
                        sums[key] = sums.get(key, 0) + one.to_make_milli
        name = sums_name(sums)
        self.drawn[station].append(DrawnSums(rev, name, name, name, sum(sums.values())))

    def bump(self, station: str, *line_ids: str, order_id: str = "o1") -> None:
        """A cook bumps what he sees to make."""
        lines: dict[str, tuple[int, int]] = {}
        for tile in tickets(self.kitchen.order(order_id), station):
            for one in tile.lines:
                if one.open and (not line_ids or one.line.line_id in line_ids):
                    lines[one.line.line_id] = (one.at.version, one.to_make_milli)
        self.bumped[station].append(Bumped(station, order_id, lines))
        self.do(
            BumpLines(station, self.kitchen.painted(station, *lines, order_id=order_id)), station, order_id
        )

    def undo(self, station: str) -> None:
        self.do(Undo(station, self.kitchen.seqs[station]), station)

    def acknowledge(self, station: str, *line_ids: str, answer: VoidAnswer = VoidAnswer.UNSPECIFIED) -> None:
        self.do(Acknowledge(station, self.kitchen.painted(station, *line_ids), answer), station)

    def told(self) -> dict[tuple[str, str], VoidAnswer]:
        return {
            (one.line_id, at.station): at.void_answer
            for doc in self.kitchen.docs.values()
            if isinstance(doc, Order)
            for one in doc.lines
            if one.voided
            for at in one.stations
        }

    def judged(self, told: dict[tuple[str, str], VoidAnswer] | None = None) -> tuple[Found, Verdict]:
        verdict = Verdict()
        screens = {
            station: ScreenLedger((), tuple(self.bumped[station]), tuple(self.drawn[station]))
            for station in STATIONS
        }
        return judge(self.log, screens, self.told() if told is None else told, {}, verdict), verdict


def an_evening() -> Evening:
    """Everything that makes it hard to say what was made, all of it right."""
    there = Evening()
    there.hold(line("a", quantity=2), line("b"), line("c", "fry"), line("d", "both"))
    there.bump("grill", "a")
    there.do(ChangeLine("a", quantity_milli=3000))
    there.bump("grill", "a")
    there.undo("grill")
    there.bump("grill", "a")
    there.do(ChangeLine("b", modifiers=(Modifier("no-onion"),)))
    there.acknowledge("grill", "b")
    there.bump("grill", "b")
    there.do(ChangeLine("b", modifiers=(Modifier("extra"),)))
    there.bump("grill", "b")
    there.do(AddLines((line("e", "fry"),)))
    there.do(MoveTicket("fry", "grill", there.kitchen.painted("fry", "e")), "fry")
    there.do(VoidLines(("c",)))
    there.acknowledge("fry", "c")
    there.do(Split("o2", ("d",)))
    there.bump("fry", order_id="o2")
    there.hold(line("f"), order_id="o3")
    there.do(Merge("o2"), order_id="o3")
    there.bump("grill", order_id="o2")
    there.bump("grill")
    there.do(Remake(("a",), "dropped"))
    there.bump("grill")
    there.do(MarkPickedUp())
    there.do(MarkPickedUp(), order_id="o2")
    return there


def test_a_true_evening_has_nothing_to_be_said_of() -> None:
    found, verdict = an_evening().judged()
    assert verdict == Verdict()
    assert found.good
    assert (found.lines_made, found.voids, found.voids_made, found.voids_not_made) == (6, 1, 0, 0)
    assert found.all_day_checked > 40
    assert found.cooks == {"acknowledge": 2, "bump": 9, "undo": 1}
    assert dict(found.rows())["made"] == "6 lines once; 0 twice, 0 not or not all of it"


def in_log(there: Evening, wanted: Callable[[Order], bool], change: Callable[[Order], Order]) -> None:
    """Falsifies the first version that is wanted, and nothing after it."""
    place = next(place for place, (_, order) in enumerate(there.log) if wanted(order))
    rev, order = there.log[place]
    there.log[place] = (rev, change(order))


def raised_whole(there: Evening) -> None:
    """A raise shows all of it again instead of the difference, and the cook makes all of it."""
    one = there.bumped["grill"][1]
    there.bumped["grill"][1] = replace(one, lines={"a": (one.lines["a"][0], 3000)})


def shown_too_few(there: Evening) -> None:
    one = there.bumped["grill"][0]
    there.bumped["grill"][0] = replace(one, lines={"a": (one.lines["a"][0], 1000)})


def bumped_by_nobody(there: Evening) -> None:
    del there.bumped["fry"][0]


def forgotten(there: Evening) -> None:
    """The guest got the order, and nobody ever made it."""
    there.hold(line("z"), order_id="o5")
    there.do(MarkPickedUp(), order_id="o5")


def done_by_a_change(there: Evening) -> None:
    def other(order: Order) -> Order:
        return replace(order, history=(*order.history[:-1], replace(order.history[-1], verb="transfer")))

    in_log(there, lambda order: order.history[-1].verb == "bump", other)


def never_acknowledged(there: Evening) -> None:
    there.hold(line("v"), order_id="o4")
    there.do(VoidOrder(), order_id="o4")


def answered_wrongly(there: Evening) -> None:
    rev, order = there.log[-2]
    lines = tuple(
        replace(one, stations=tuple(replace(at, void_answer=VoidAnswer.NOT_MADE, state_before_void=LineState.DONE)
                                    for at in one.stations)) if one.voided else one
        for one in order.lines
    )  # fmt: skip
    there.log[-2] = (rev, replace(order, lines=lines))


def rail_is_stale(there: Evening) -> None:
    pictures = there.drawn["grill"]
    pictures[5] = replace(pictures[5], rail=pictures[0].rail)


def screen_missed_a_change(there: Evening) -> None:
    pictures = there.drawn["grill"]
    there.drawn["grill"] = [
        *pictures[:6], *(replace(one, rail="x", tickets="x", orders="x") for one in pictures[6:7]), *pictures[7:]
    ]  # fmt: skip


PLANTED: dict[str, tuple[Callable[[Evening], None], str]] = {
    "a raise is made as a whole": (raised_whole, "5 made at grill, 3 asked for"),
    "a tile asks for too few": (shown_too_few, "1 made at grill, 2 asked for"),
    "a bump that no screen sent": (bumped_by_nobody, "which no screen pressed"),
    "a line that nobody made": (forgotten, "is QUEUED at grill in the end"),
    "a line that is done without a bump": (done_by_a_change, "was called made at grill by transfer"),
    "a void that nobody acknowledged": (never_acknowledged, "was never acknowledged"),
    "a void that is answered wrongly": (answered_wrongly, "was answered NOT_MADE"),
    "a rail that is stale": (rail_is_stale, "is not the sum of its own tickets"),
    "a screen that missed a change": (screen_missed_a_change, "in the hub's orders"),
}


@pytest.mark.parametrize("words", list(PLANTED))
def test_a_planted_mistake_is_found(words: str) -> None:
    plant, said = PLANTED[words]
    there = an_evening()
    plant(there)
    found, verdict = there.judged()
    assert not found.good
    assert found.voids_not_made == (plant is answered_wrongly)
    assert any(said in finding for finding in verdict.findings), verdict.findings


def test_a_void_that_the_till_was_not_told_of_is_found() -> None:
    there = an_evening()
    found, verdict = there.judged(told={})
    assert (found.voids_untold, found.good) == (1, False)
    assert "its till was told UNSPECIFIED" in verdict.findings[0]


def a_catering_day() -> Evening:
    """Three orders for later: one is put off and comes in its time, one is brought forward, one is fired by its waiter."""
    there = Evening()
    for order_id in ("o1", "o2", "o3"):
        there.hold(line(f"{order_id}-dish"), order_id=order_id, due_in_ms=60_000)
    now_ms = there.kitchen.now_ms
    there.do(ChangeOrder(due_at_ms=now_ms + LEAD_MS + 90_000))
    there.do(ChangeOrder(due_at_ms=now_ms + 600_000), order_id="o2")
    there.do(FireCourse(0), order_id="o3")
    there.released("o1", 90_000)
    for order_id in ("o1", "o2", "o3"):
        there.bump("grill", order_id=order_id)
        there.do(MarkPickedUp(), order_id=order_id)
    return there


def test_what_was_ordered_for_later_came_in_its_time_or_when_somebody_said_so() -> None:
    found, verdict = a_catering_day().judged()
    assert verdict == Verdict()
    assert found.good
    assert dict(found.rows())["due times"] == (
        "3 orders scheduled (1 made in their time, 2 brought forward), 2 times moved; 0 too early, late or never"
    )


def released_early(there: Evening) -> None:
    def later(order: Order) -> Order:
        return replace(order, due_at_ms=order.due_at_ms + 60_000)

    in_log(there, lambda order: order.history[-1].verb == "release", later)


def kept_waiting(there: Evening) -> None:
    there.hold(line("z"), order_id="o5", due_in_ms=60_000)


def made_before_it_came(there: Evening) -> None:
    in_log(
        there, lambda order: order.history[-1].verb == "release", lambda order: replace(order, scheduled=True)
    )


def came(there: Evening, order_id: str) -> None:
    """It is made and fetched as if nothing were wrong."""
    there.bump("grill", order_id=order_id)
    there.do(MarkPickedUp(), order_id=order_id)


def released_late(there: Evening) -> None:
    there.hold(line("z"), order_id="o5", due_in_ms=60_000)
    there.released("o5", 90 * 60_000)
    came(there, "o5")


def fired_by_a_waiter_who_missed_it(there: Evening) -> None:
    there.hold(line("z"), order_id="o5", due_in_ms=60_000)
    there.kitchen.now_ms += 90 * 60_000
    there.do(FireCourse(0), order_id="o5")
    came(there, "o5")


def due_times_are_ignored(there: Evening) -> None:
    kitchen = there.kitchen
    kitchen.site = replace(kitchen.site, rules=replace(kitchen.site.rules, lead_ms=10 * LEAD_MS))
    there.hold(line("z"), order_id="o5", due_in_ms=60_000)
    came(there, "o5")


def held_and_queued(there: Evening) -> None:
    there.hold(line("z"), order_id="o5", due_in_ms=60_000)
    in_log(there, lambda order: order.order_id == "o5", lambda order: queued(order, "z"))
    there.released("o5", 60_000)
    came(there, "o5")


def added_and_queued(there: Evening) -> None:
    there.hold(line("z"), order_id="o5", due_in_ms=60_000)
    there.do(AddLines((line("y"),)), order_id="o5")
    in_log(there, lambda order: order.line("y") is not None, lambda order: queued(order, "y"))
    there.released("o5", 60_000)
    came(there, "o5")


def queued(order: Order, line_id: str) -> Order:
    """The line is to be made now."""
    lines = tuple(
        replace(one, stations=tuple(replace(at, state=LineState.QUEUED) for at in one.stations))
        if one.line_id == line_id else one
        for one in order.lines
    )  # fmt: skip
    return replace(order, lines=lines)


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        (released_late, "waited 5310 s longer than it may, until release"),
        (fired_by_a_waiter_who_missed_it, "waited 5310 s longer than it may, until fire"),
        (due_times_are_ignored, "came to the kitchen 58 s too early, by hold"),
        (held_and_queued, "line z is made at grill while the order waits"),
        (added_and_queued, "line y is made at grill while the order waits"),
        (released_early, "came to the kitchen 58 s too early, by release"),
        (kept_waiting, "never came to the kitchen"),
        (made_before_it_came, "is made at grill while the order waits"),
    ],
)
def test_a_due_time_that_was_missed_is_found(plant: Callable[[Evening], None], said: str) -> None:
    there = a_catering_day()
    plant(there)
    found, verdict = there.judged()
    assert not found.good
    assert found.due_wrong == 1
    assert any(said in finding for finding in verdict.findings), verdict.findings


def test_what_a_cook_took_back_while_its_guest_fetched_it_was_made() -> None:
    there = Evening()
    there.hold(line("a"))
    there.bump("grill")
    there.undo("grill")
    there.do(MarkPickedUp())
    _, verdict = there.judged()
    assert verdict.lost == set()
