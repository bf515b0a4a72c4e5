"""What was lost or came twice is found: each planted loss and duplicate, and nothing in a clean run."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from heard.command import (
    AddLines,
    Answer,
    ChangeLine,
    ChangeOrder,
    LineAnswer,
    Merge,
    Outcome,
    Reason,
    Split,
    VoidLines,
    VoidOrder,
)
from heard.order import ChangeKind as Kind
from heard.order import HistoryEntry, Line, LineChange, LineState, Order, StationLine
from heard.play.compare import PaintedTile, SentLine, SentOrder, Verdict, compare
from heard.play.sent import apply


def line(line_id: str, station: str = "grill", quantity: int = 1) -> Line:
    return Line(
        line_id, "kofta", quantity_milli=quantity * 1000, stations=(StationLine(station, LineState.DONE),)
    )


def bump(station: str, *line_ids: str, verb: str = "bump") -> HistoryEntry:
    return HistoryEntry(verb, "grill-1", 5, 2, line_ids, station=station)


class World:
    """Two orders, sent, stored, painted and bumped as they should be; a test breaks one thing."""

    def __init__(self) -> None:
        self.sent = [
            SentOrder(
                "630", "a", {"a.1": SentLine("a.1", "kofta", 1000), "a.2": SentLine("a.2", "kofta", 2000)}
            ),
            SentOrder("631", "b", {"b.1": SentLine("b.1", "kofta", 1000)}),
        ]
        self.stored = [
            Order(
                "a",
                aggregator_code="630",
                lines=(line("a.1"), line("a.2", "fry", 2)),
                history=(bump("grill", "a.1"), bump("fry", "a.2")),
                version=3,
            ),
            Order(
                "b", aggregator_code="631", lines=(line("b.1"),), history=(bump("grill", "b.1"),), version=2
            ),
        ]
        self.ledgers = {
            "grill": [PaintedTile("a", 1, 0), PaintedTile("b", 1, 0), PaintedTile("a", 2, 0)],
            "fry": [PaintedTile("a", 1, 0)],
        }

    def change(self, number: int, **fields: object) -> None:
        self.stored[number] = replace(self.stored[number], **fields)  # type: ignore[arg-type]

    def change_line(self, number: int, place: int, **fields: object) -> None:
        lines = list(self.stored[number].lines)
        lines[place] = replace(lines[place], **fields)  # type: ignore[arg-type]
        self.change(number, lines=tuple(lines))

    def verdict(self) -> Verdict:
        return compare(self.sent, self.stored, self.ledgers)


def test_a_clean_run_has_no_finding() -> None:
    assert World().verdict() == Verdict()


def _nobodys_line_unpainted(world: World) -> None:
    world.ledgers["fry"] = []
    world.change_line(0, 1, nobodys=True)


LOST: list[tuple[str, Callable[[World], object], str]] = [
    ("an order", lambda w: w.stored.pop(0), "not in the store"),
    ("a line", lambda w: w.change(0, lines=w.stored[0].lines[:1]), "a.2 (kofta) is not in the store"),
    ("a piece", lambda w: w.change_line(0, 1, quantity_milli=1000), "stored 1 times, sent 2"),
    ("a dish", lambda w: w.change_line(0, 1, item_id="fries"), "is fries, sent was kofta"),
    ("a void", lambda w: setattr(w.sent[0].lines["a.1"], "voided", True), "void was not taken"),
    ("an order's void", lambda w: setattr(w.sent[0], "voided", True), "void was not taken"),
    ("a dish voided by nobody", lambda w: w.change_line(0, 1, voided=True), "void not sent"),
    ("a due time", lambda w: w.change(0, due_at_ms=5), "is due at 5, sent was 0"),
    ("a paint", lambda w: w.ledgers["fry"].clear(), "a.2 was never painted at fry"),
    (
        "the paint of a nobody's line",
        lambda w: _nobodys_line_unpainted(w),
        "a.2 was never painted at fry",
    ),
    ("the paint of an added line", lambda w: w.change_line(0, 0, added_version=3), "a.1 was never painted"),
]


@pytest.mark.parametrize(("name", "plant", "said"), LOST)
def test_a_planted_loss_is_found(name: str, plant: Callable[[World], object], said: str) -> None:
    world = World()
    plant(world)
    verdict = world.verdict()
    assert verdict.lost == {"630"}, name
    assert not verdict.duplicated
    assert said in verdict.findings[0]


DOUBLE: list[tuple[str, Callable[[World], object], str]] = [
    (
        "an order under two ids",
        lambda w: w.stored.append(replace(w.stored[0], order_id="c")),
        "stored as a and as c",
    ),
    ("an order twice", lambda w: w.stored.append(w.stored[0]), "a is stored twice"),
    ("a line twice", lambda w: w.change(0, lines=(*w.stored[0].lines, line("a.1"))), "a.1 is stored twice"),
    ("a line of nobody", lambda w: w.change(0, lines=(*w.stored[0].lines, line("a.9"))), "never sent"),
    ("a piece too many", lambda w: w.change_line(0, 1, quantity_milli=4000), "stored 4 times, sent 2"),
    ("a tile of nothing", lambda w: w.ledgers["grill"].append(PaintedTile("a", 2, 1)), "painted tile 1"),
    (
        "a line made twice",
        lambda w: w.change(0, history=(*w.stored[0].history, bump("grill", "a.1"))),
        "a.1 was bumped twice at grill",
    ),
]


@pytest.mark.parametrize(("name", "plant", "said"), DOUBLE)
def test_a_planted_duplicate_is_found(name: str, plant: Callable[[World], object], said: str) -> None:
    world = World()
    plant(world)
    verdict = world.verdict()
    assert verdict.duplicated == {"630"}, name
    assert not verdict.lost
    assert said in verdict.findings[0]


def _voided_before_it_was_painted(world: World) -> None:
    world.ledgers["grill"].pop(1)
    world.change_line(1, 0, voided=True)
    world.sent[1].voided = True


def _remade(world: World) -> None:
    world.change(1, lines=(*world.stored[1].lines, replace(line("b.r"), remake=True)))


def _recalled_between_two_bumps(world: World) -> None:
    twice = (bump("grill", "b.1"), bump("grill", "b.1", verb="recall"), bump("grill", "b.1"))
    world.change(1, history=twice)


def _raised_after_the_bump(world: World) -> None:
    world.change(1, history=(bump("grill", "b.1"), bump("grill", "b.1")))
    world.change_line(1, 0, changes=(LineChange(Kind.QUANTITY, 2),))


def _raised_made_and_split_off(world: World) -> None:
    """The line with its changes is in another order now; what it was painted as, it was painted as before."""
    world.change(
        0,
        lines=world.stored[0].lines[1:],
        history=(bump("grill", "a.1"), bump("grill", "a.1"), bump("fry", "a.2")),
    )
    off = Order("s", aggregator_code="630", lines=(line("a.1"),), split_from="a", version=4)
    world.stored.append(off)
    world.sent.append(SentOrder("630/s", "s", {"a.1": world.sent[0].lines.pop("a.1")}))


def _merged(world: World) -> None:
    moved = (*world.stored[1].lines, world.stored[0].lines[0])
    taken = HistoryEntry("merge", "T1", 5, 3, ("a.1",), detail="from a #214")
    world.change(1, lines=moved, history=(*world.stored[1].history, taken), version=3)
    world.change(0, lines=world.stored[0].lines[1:])
    world.sent[1].lines["a.1"] = world.sent[0].lines.pop("a.1")


def _nobodys_line_made_by_the_other_station(world: World) -> None:
    both = (StationLine("grill", LineState.DONE), StationLine("fry", LineState.DONE))
    world.change_line(1, 0, nobodys=True, stations=both)  # fry never painted it


def _no_ledger(world: World) -> None:
    del world.ledgers["fry"]


FINE = [
    _voided_before_it_was_painted,
    _remade,
    _recalled_between_two_bumps,
    _raised_after_the_bump,
    _raised_made_and_split_off,
    _merged,
    _nobodys_line_made_by_the_other_station,
    _no_ledger,
]


@pytest.mark.parametrize("plant", FINE)
def test_what_is_right_stays_unnamed(plant: Callable[[World], None]) -> None:
    world = World()
    plant(world)
    assert world.verdict() == Verdict()


def test_the_till_knows_what_was_taken_and_what_was_refused() -> None:
    order = World().sent[0]
    orders = {order.order_id: order}
    done = Answer(Outcome.DONE)
    apply(orders, order.order_id, AddLines((line("a.3"),)), done)
    apply(orders, order.order_id, AddLines((line("a.4"),)), Answer(Outcome.REJECTED, reason=Reason.NOT_NOW))
    apply(orders, order.order_id, ChangeLine("a.1", quantity_milli=5000), done)
    apply(orders, order.order_id, ChangeLine("a.2"), done)
    partly = (LineAnswer("a.1", Outcome.REJECTED), LineAnswer("a.2", Outcome.DONE))
    apply(orders, order.order_id, VoidLines(("a.1", "a.2")), Answer(Outcome.PARTLY, lines=partly))
    assert {one.line_id: (one.quantity_milli, one.voided) for one in order.lines.values()} == {
        "a.1": (5000, False),
        "a.2": (2000, True),
        "a.3": (1000, False),
    }
    apply(orders, order.order_id, ChangeOrder(due_at_ms=9), done)
    apply(orders, order.order_id, ChangeOrder(guest="Nora"), done)
    apply(orders, order.order_id, VoidOrder(), done)
    assert (order.voided, order.due_at_ms) == (True, 9)


def test_the_till_follows_lines_that_go_to_other_orders() -> None:
    sent = {one.order_id: one for one in World().sent}
    done, refused = Answer(Outcome.DONE), Answer(Outcome.REJECTED, reason=Reason.NOT_NOW)
    apply(sent, "a", Split("s", ("a.2",)), refused)
    assert sent.keys() == {"a", "b"}
    apply(sent, "a", Split("bill", ("a.2",), bill_only=True), done)
    sent["a"].due_at_ms = 7
    apply(sent, "a", Split("s", ("a.2",)), done)
    assert sent["s"].due_at_ms == 7
    assert (list(sent["a"].lines), list(sent["s"].lines)) == (["a.1"], ["a.2"])
    apply(sent, "a", Merge("b"), done)
    assert (list(sent["a"].lines), sorted(sent["b"].lines)) == ([], ["a.1", "b.1"])
