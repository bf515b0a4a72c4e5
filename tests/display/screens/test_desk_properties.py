"""Whatever comes in whatever order: no command reaches what did not stand there, and the all-day is always right.

Longer than a room: one machine of random evenings, which all its properties drive.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import partial
from random import Random
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from display.core.board import Board
from display.core.by_item import ItemTicket
from display.core.draw import Group, Text
from display.core.effects import Send, TakeBack
from display.core.keymap import Action, Grammar
from display.core.layout import COLUMNS, LAYOUTS, LIST, PORTRAIT
from display.core.recall import Status
from display.core.slots import SHIFTING, STABLE, Stand, Timing
from display.core.standing import Stands, Stood
from heard.command import (
    Acknowledge,
    BumpLines,
    EightySix,
    MoveTicket,
    RecallLines,
    Remake,
    Rush,
    SendOut,
    StartLines,
    Undo,
)
from heard.order import LineState, OrderState, StationLine
from heard.ticket import TO_MAKE_STATES
from tests.display.desks import Bench

SETTLE_S = 0.5
WAITS_S = [0.05, 0.2, 0.45, 0.55, 0.8, 1.6, 3.1, 11.0]
Step: TypeAlias = tuple[str, float]
ANYTHING = st.one_of(
    st.tuples(st.just("hold"), st.integers(1, 7)),
    st.tuples(st.just("rush"), st.integers(1, 3)),
    st.tuples(st.sampled_from(["add", "void", "raise", "done elsewhere", "held back"]), st.integers(0, 40)),
    st.tuples(st.just("digit"), st.integers(0, 9)),
    st.tuples(
        st.sampled_from(
            ["bump", "start", "undo", "page_next", "line_down", "right", "rush key", "back", "all_day"]
        ),
        st.just(0),
    ),
    st.tuples(st.sampled_from(["menu", "push", "pull", "remake", "recall", "review"]), st.just(0)),
    st.tuples(st.sampled_from(["tap", "finger stays", "button", "row"]), st.integers(0, 10**6)),
    st.tuples(st.just("only"), st.integers(0, 3)),
    st.tuples(st.just("deliver"), st.just(0)),
    st.tuples(st.just("wait"), st.sampled_from(WAITS_S)),
)


def deed(*steps: Step | SearchStrategy[Step]) -> SearchStrategy[tuple[Step, ...]]:
    """Steps that belong together, as a cook makes them."""
    return st.tuples(*(st.just(one) if isinstance(one, tuple) else one for one in steps))


WAIT = st.tuples(st.just("wait"), st.sampled_from(WAITS_S[:6]))
PICK = st.tuples(st.just("pick"), st.integers(0, 9))
CHOOSE = st.tuples(st.just("choose"), st.integers(0, 5))
DEEDS = st.one_of(
    deed(PICK, st.tuples(st.sampled_from(["bump", "start", "rush key"]), st.just(0))),
    deed(PICK, ("line_down", 0), WAIT, ("bump", 0)),
    deed(PICK, WAIT, ("menu", 0), WAIT, CHOOSE, CHOOSE),
    deed(PICK, ("push", 0), WAIT, CHOOSE),
    deed(PICK, ("line_down", 0), ("remake", 0), CHOOSE, CHOOSE),
    deed(
        st.tuples(st.just("menu of"), st.integers(0, 60)),
        WAIT,
        st.tuples(st.just("entry"), st.integers(0, 9)),
    ),
    deed(("recall", 0), WAIT, ("line_down", 0), ("bump", 0)),
    deed(("pull", 0), CHOOSE, WAIT, ("bump", 0)),
    deed(st.tuples(st.just("row"), st.integers(0, 60)), WAIT, ("undo", 0)),
)
STEPS: SearchStrategy[list[Step]] = st.builds(
    lambda orders, rest: [*orders, ("wait", 1.6), *(step for some in rest for step in some)],
    st.lists(st.tuples(st.just("hold"), st.integers(1, 7)), min_size=1, max_size=5),
    st.lists(st.one_of(DEEDS, DEEDS, st.tuples(ANYTHING)), min_size=3, max_size=14),
)
PANELS = ("rail", "all-day")
KEYS = {
    "bump": Action.BUMP,
    "start": Action.START,
    "undo": Action.UNDO,
    "page_next": Action.PAGE_NEXT,
    "line_down": Action.LINE_DOWN,
    "right": Action.RIGHT,
    "rush key": Action.RUSH,
    "back": Action.BACK,
    "all_day": Action.ALL_DAY,
    "menu": Action.MENU,
    "push": Action.PUSH,
    "pull": Action.PULL,
    "remake": Action.REMAKE,
    "recall": Action.RECALL,
    "review": Action.REVIEW,
}


def _touch_one(bench: Bench, what: str, n: int) -> None:
    """A finger on some button of the newest picture, or in the middle of some tile's row or header."""
    stands = bench.flips[-1][1]
    found = list(stands.buttons)
    if what == "entry":
        found = [one for one in found if one.action.startswith(("menu:", "row:", "line:"))]
    if what in ("row", "menu of"):
        found = [rows for tile in stands.tiles for rows in (tile.box, *tile.rows)]
    if found:
        one = found[n % len(found)]
        x, y = one.x + one.w // 2, one.y + min(one.h // 2, 20)
        bench.hold_finger(x, y) if what == "menu of" or (what == "button" and n % 3 == 0) else bench.tap(x, y)


def _pick(bench: Bench, n: int) -> None:
    """A digit that stands on some tile of the newest picture."""
    slots = [tile.slot for tile in bench.flips[-1][1].tiles]
    slot = slots[n % len(slots)] if slots else n
    if slot > 9:
        bench.digit(slot // 10 - 1)
    bench.digit(slot % 10)


def _hub_lists(bench: Bench) -> None:
    """The hub answers what the recall list asks: whatever it has."""
    recall = bench.desk.intents.recall
    if recall is not None and recall.status is Status.LOADING:
        bench.desk.recalled(recall.ask, tuple(bench.orders.values())[:9])
        bench.turn()


def play(bench: Bench, steps: list[Step]) -> Iterator[Step]:
    """Carry the steps out; yields each before what it did is looked at."""
    for what, n in steps:
        live = [order for order in bench.orders.values() if order.lines]
        picked = live[int(n) % len(live)] if live else None
        line = int(n) % len(picked.lines) if picked is not None else 0
        if what == "hold":
            bench.hold(int(n))
        elif what == "rush":
            bench.hold(int(n), rush=True)
        elif what == "digit":
            bench.digit(int(n))
        elif what in KEYS:
            bench.press(KEYS[what])
        elif what == "tap":
            bench.tap(int(n) % bench.w, int(n) * 7919 % bench.h)
        elif what == "finger stays":
            bench.hold_finger(int(n) % bench.w, int(n) * 7919 % bench.h)
        elif what in ("button", "row", "menu of", "entry"):
            _touch_one(bench, what, int(n))
        elif what == "pick":
            _pick(bench, int(n))
        elif what == "choose":
            bench.digit(int(n))
        elif what == "only":
            bench.desk.intents.filter_by(f"dish-{int(n)}", bench.now_s)
            bench.turn()
        elif what == "deliver":
            bench.deliver()
        elif what == "wait":
            bench.wait(n)
        elif picked is None:
            continue
        elif what == "add":
            bench.add(picked.order_id)
        elif picked.lines[line].stations[0].state is not LineState.VOIDED:
            if what == "void":
                bench.void(picked.order_id, line)
            elif what == "raise":
                bench.raise_(picked.order_id, line)
            else:
                done = what == "done elsewhere"
                bench.change(
                    picked.order_id, line, partial(_at_state, LineState.DONE if done else LineState.WAITING)
                )
        _hub_lists(bench)
        yield what, n


def _at_state(state: LineState, at: StationLine, version: int) -> StationLine:
    return dataclasses.replace(at, state=state, version=version)


def orders_of(tile: Stood) -> set[str]:
    """Whose lines a tile shows: its order's, or those of all that ask for a dish."""
    return {tile.key[0]} | {line.ticket[0] for line in tile.box.lines if line.ticket is not None}


def stood_at(bench: Bench, at_s: float) -> Stands:
    found = Stands(0)
    for flip_s, stands in bench.flips:
        if flip_s <= at_s:
            found = stands
    return found


NAMES_LINES = (BumpLines, StartLines, Acknowledge, RecallLines, MoveTicket, SendOut)


STOOD: tuple[Step, ...] = (("hold", 3), ("wait", 1.6))
DONE: tuple[Step, ...] = (*STOOD, ("done elsewhere", 0), ("wait", 1.6))
BACK: tuple[Step, ...] = (
    ("hold", 1),
    ("wait", 1.6),
    ("hold", 1),
    ("row", 0),
    ("wait", 0.45),
    ("undo", 0),
    ("pick", 0),
    ("line_down", 0),
    ("wait", 0.05),
    ("bump", 0),
)
"""A row of a dish is made by a finger, taken back, and bumped before it stood there again for half a second."""
GONE: tuple[Step, ...] = (("hold", 1), ("wait", 1.6), ("pick", 0), ("bump", 0), ("deliver", 0), ("wait", 1.6))


@pytest.mark.parametrize(
    ("steps", "verb", "over"),
    [
        ((*STOOD, ("pick", 0), ("bump", 0)), BumpLines, ""),
        ((*STOOD, ("pick", 0), ("start", 0)), StartLines, ""),
        ((*STOOD, ("void", 0), ("wait", 0.8), ("pick", 0), ("bump", 0)), Acknowledge, ""),
        ((*STOOD, ("pick", 0), ("menu", 0), ("choose", 2)), Rush, "menu"),
        ((*STOOD, ("pick", 0), ("push", 0), ("choose", 1)), MoveTicket, "menu"),
        ((*STOOD, ("pick", 0), ("menu", 0), ("choose", 4), ("choose", 1)), EightySix, "menu"),
        ((*STOOD, ("menu of", 0), ("wait", 0.8), ("entry", 1)), Rush, "menu"),
        ((*DONE, ("pick", 0), ("menu", 0), ("choose", 1)), RecallLines, "menu"),
        ((*DONE, ("pick", 0), ("line_down", 0), ("remake", 0), ("choose", 1)), Remake, "menu"),
        ((*GONE, ("recall", 0), ("wait", 0.8), ("bump", 0)), RecallLines, "list"),
        ((*GONE, ("undo", 0)), Undo, ""),
    ],
)
def test_the_steps_reach_every_command(steps: tuple[Step, ...], verb: type, over: str) -> None:
    """A property over steps that never do anything would always hold."""
    bench = Bench()
    for _ in play(bench, list(steps)):
        pass
    reached = {
        (
            Undo if isinstance(effect, TakeBack) else type(effect.verb),
            "menu" if menu else "list" if recall else "",
        )
        for (_, effect), (menu, recall) in zip(bench.sent, bench.covers, strict=True)
    }
    assert (verb, over) in reached


@example(steps=list(BACK), grammar=Grammar.SELECT, timing=STABLE, layout="list", role="prep", half=False)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    steps=STEPS,
    grammar=st.sampled_from(list(Grammar)),
    timing=st.sampled_from([STABLE, SHIFTING]),
    layout=st.sampled_from(LAYOUTS),
    role=st.sampled_from(["prep", "prep", "expo"]),
    half=st.booleans(),
)
def test_no_command_reaches_what_did_not_stand_there(
    steps: list[Step], grammar: Grammar, timing: Timing, layout: str, role: str, half: bool
) -> None:
    """By key, by finger, from a menu and from the recall list; `half`: one of two stations on a panel."""
    bench = Bench(
        role=role, grammar=grammar, timing=timing, layout=layout, w=958 if half else 1920, touch=half
    )
    seen = 0
    for what, n in play(bench, steps):
        for (at_s, effect), (menu, recall) in zip(bench.sent[seen:], bench.covers[seen:], strict=True):
            if not isinstance(effect, Send) or not effect.order_id:
                continue
            subject = menu.subject if menu is not None else None
            if subject is not None and subject.key is not None:
                at_s = (
                    subject.meant_s
                )  # a menu is about what stood there when it was asked for, and nothing else
                assert subject.order.order_id == effect.order_id
            before = stood_at(bench, at_s - SETTLE_S)
            if recall is not None and (subject is None or subject.key is None):
                at_s = subject.meant_s if subject is not None else at_s
                assert stood_at(bench, at_s - SETTLE_S).has(f"row:{effect.order_id}"), (what, effect)
                continue
            standing = [tile for tile in before.tiles if effect.order_id in orders_of(tile)]
            assert any(tile.stand is Stand.LIVE for tile in standing), (what, effect)
            if what == "digit" and n and grammar is Grammar.BUMP and menu is None:
                assert {tile.slot for tile in standing} & {int(n), int(n) + 10}
            if isinstance(effect.verb, NAMES_LINES):
                painted = bench.painted_by(at_s - SETTLE_S)
                assert {(line.line_id, line.version) for line in effect.verb.lines} <= painted
            if isinstance(effect.verb, Remake):
                assert set(effect.verb.line_ids) <= {one for one, _ in bench.painted_by(at_s - SETTLE_S)}
        seen = len(bench.sent)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS, layout=st.sampled_from(LAYOUTS), role=st.sampled_from(["prep", "expo"]))
def test_all_day_is_the_sum_over_the_open_lines(steps: list[Step], layout: str, role: str) -> None:
    """In the rail and in the full view, whatever is drawn, selected or filtered."""
    bench = Bench(role=role, layout=layout)
    for _ in play(bench, steps):
        board, rails = bench.desk.board, layout not in (PORTRAIT, LIST)
        wanted: dict[str, int] = {}
        held = 0
        for ticket in board.tickets.values():
            for line in ticket.lines:
                held += line.to_make_milli if line.at.state is LineState.WAITING else 0
                if line.at.state in TO_MAKE_STATES and line.to_make_milli:
                    wanted[line.line.item_id] = wanted.get(line.line.item_id, 0) + line.to_make_milli
        counted: dict[str, int] = {}
        for key, milli in board.all_day.items():
            counted[key.item_id] = counted.get(key.item_id, 0) + milli
        assert counted == wanted
        assert board.held_milli == held
        dishes = [tile for tile in bench.desk._tiles()[1] if isinstance(tile, ItemTicket)]
        if layout == LIST and role == "prep":
            assert sum(dish.to_make_milli for dish in dishes) == sum(wanted.values())
        panels = [op for op in bench.turn().picture.ops if isinstance(op, Group) and op.key in PANELS]
        assert bool(panels) == (bench.desk.intents.full is not None or (rails and bench.desk.intents.rail))
        for panel in panels:
            written = [op.text for op in panel.ops if isinstance(op, Text)]
            assert sum(_number(text) for text in written) == sum(wanted.values()), written
            assert [text for text in written if text.startswith("Held")] == [f"Held {held // 1000}"] * bool(
                held
            )


@pytest.mark.parametrize(("role", "layout"), [("prep", COLUMNS), ("prep", LIST), ("expo", COLUMNS)])
def test_a_picture_that_keeps_what_did_not_change_is_the_picture_made_anew(role: str, layout: str) -> None:
    """And what a board adds up change by change is what its tickets add up to; on some pages, in a rush."""
    bench, random = Bench(role=role, layout=layout), Random(8)
    for _ in range(20):
        bench.hold(random.randint(1, 6))
        bench.now_s += random.choice([0.3, 7.0, 60.0])
    for _ in range(50):
        order_id = random.choice(
            [one for one, order in bench.orders.items() if order.state is OrderState.HELD]
        )
        what = random.choice(["hold", "rush", "raise", "add", "made", "made", "page", "second"])
        if what == "hold":
            bench.hold(random.randint(1, 6), rush=random.random() < 0.2)
        elif what == "rush":
            order = bench.orders[order_id]
            bench.put(dataclasses.replace(order, rush=not order.rush, version=order.version + 1))
        elif what == "raise":
            bench.raise_(order_id, 0)
        elif what == "add":
            bench.add(order_id)
        elif what == "made":
            order = next(one for one in bench.orders.values() if one.state is OrderState.HELD)
            bench.put(dataclasses.replace(order, state=OrderState.PICKED_UP, version=order.version + 1))
        elif what == "page":
            bench.press(random.choice([Action.PAGE_NEXT, Action.PAGE_PREVIOUS]))
        else:
            bench.wait(random.choice([1.0, 60.0]))
        desk, moment = bench.desk, bench.moment()
        view = desk._view(moment, None)
        kept, anew = desk.screen.scene(view), desk._screen(desk.look).scene(view)
        assert kept.picture == anew.picture, what
        assert (kept.stands, kept.pages, kept.shown) == (anew.stands, anew.pages, anew.shown)
        assert list(kept.behind) == list(anew.behind)
        board = Board(desk.board.station, desk.board.sight)
        board.apply(desk.board.orders.values())
        assert board.in_order() == desk.board.in_order()
        assert board.counts(moment.now_ms, desk.profile) == desk.board.counts(moment.now_ms, desk.profile)
        standing = [place for place in desk.slots.places if place.stand is Stand.LIVE]
        assert {place.key: place.ticket for place in standing} == desk._tiles()[0]


def _number(text: str) -> int:
    """Thousandths that a text of the rail counts: "3", "+2", "+4 more items"."""
    head = text.removesuffix(" more items").removeprefix("+")
    return round(float(head) * 1000) if head.replace(".", "").isdigit() else 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_places_are_the_tickets_each_once_and_in_order_when_it_is_quiet(
    steps: list[Step],
) -> None:
    bench = Bench()
    for _ in play(bench, steps):
        live = [place.key for place in bench.desk.slots.places if place.stand is Stand.LIVE]
        assert len(live) == len(set(live))
        assert set(bench.desk.board.tickets) <= set(live), "an open ticket has always a place"
    bench.deliver()
    bench.wait(15.0)
    places = bench.desk.slots.places
    assert [place.key for place in places] == [ticket.key for ticket in bench.desk.board.in_order()]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_what_is_reported_as_painted_was_painted_and_in_the_end_all_is_told(
    steps: list[Step],
) -> None:
    bench = Bench()
    told: dict[str, int] = {}
    for _ in play(bench, steps):
        painted = bench.painted_by(bench.now_s)
        for report in bench.reports:
            for order_id, version in report.newly_shown:
                told[order_id] = max(version, told.get(order_id, 0))
                for ticket in bench.desk.board.tickets.values():
                    if ticket.order.order_id == order_id and ticket.version == version:
                        lines = {
                            (line.line.line_id, line.at.version)
                            for line in ticket.lines
                            if line.at.state is not LineState.WAITING  # HOLD only counts them
                        }
                        assert lines <= painted or (order_id, version) in bench.in_row
        bench.reports.clear()
    while bench.desk.intents.covered:
        bench.wait(0.6)
        bench.press(Action.BACK)
    bench.press(Action.HOME)
    bench.wait(15.0)
    for _ in range(bench.desk.intents.pages):
        bench.press(Action.PAGE_NEXT)
        bench.wait(0.1)
    for report in bench.reports:
        told.update(
            {order_id: max(version, told.get(order_id, 0)) for order_id, version in report.newly_shown}
        )
    for ticket in bench.desk.board.tickets.values():
        assert told.get(ticket.order.order_id, 0) >= ticket.version


@pytest.mark.parametrize("settle_s", [0.0])
def test_the_property_finds_a_screen_without_the_rule(settle_s: float) -> None:
    """The same check on a screen that acts on the newest picture: it must find the moved tile."""
    bench = Bench(timing=dataclasses.replace(STABLE, settle_s=settle_s))
    for _ in range(3):
        bench.hold()
    bench.wait(2.0)
    bench.digit(1)
    bench.press(Action.BUMP)
    bench.deliver()
    bench.wait(3.05)
    bench.digit(1)  # moved there a moment ago
    bench.wait(0.1)
    bench.press(Action.BUMP)
    at_s, effect = bench.sent[-1]
    before = stood_at(bench, at_s - SETTLE_S)
    under = before.under(1)
    assert isinstance(effect, Send)
    assert under is None or under.key[0] != effect.order_id
