"""What was sent against what the store holds and what each screen painted: finds what was lost and what came twice.

Pure. Nothing is counted from messages: an order is lost when it, a line, or the last accepted change of a line or of the time that
it is promised for is not in the store, or when a station that had to make a line never painted it; it is duplicated when it is stored, made or shown
more often than it was sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from heard.order import Line, LineState, Order

BUMP_VERBS = frozenset({"bump", "bump_lines"})
TAKE_BACK_VERBS = frozenset({"recall", "recall_lines", "undo"})
MOVING_VERBS = frozenset({"split", "merge", "move"})
"""After them a tile may have stood whose lines are elsewhere now."""
FINDINGS_MAX = 50
"""Findings kept in words; more of one kind help nobody."""


@dataclass(slots=True)
class SentLine:
    """A line as the till knows it after every change that the hub did not refuse."""

    line_id: str
    item_id: str
    quantity_milli: int
    voided: bool = False


@dataclass(slots=True)
class SentOrder:
    """An order as the till knows it. `source_id` is its name on paper: the recorded or generated order."""

    source_id: str
    order_id: str
    lines: dict[str, SentLine]
    voided: bool = False
    due_at_ms: int = 0


@dataclass(frozen=True, slots=True)
class PaintedTile:
    """One line of a screen's ledger: tile `batch` of an order stood on it in `version`."""

    order_id: str
    version: int
    batch: int


Ledgers = Mapping[str, Sequence[PaintedTile]]
"""What the screens of each station painted, by station. A station without a ledger is not judged."""


@dataclass(slots=True)
class Verdict:
    """Source ids of what was lost and duplicated, with the reasons in words."""

    lost: set[str] = field(default_factory=set)
    duplicated: set[str] = field(default_factory=set)
    findings: list[str] = field(default_factory=list)

    def say(self, words: str) -> None:
        """Keep a finding in words."""
        if len(self.findings) < FINDINGS_MAX:
            self.findings.append(words)

    def lose(self, source_id: str, why: str) -> None:
        """Something of this order is missing."""
        self.lost.add(source_id)
        self.say(f"lost: order {source_id}: {why}")

    def double(self, source_id: str, why: str) -> None:
        """Something of this order is there too often."""
        self.duplicated.add(source_id)
        self.say(f"duplicated: order {source_id}: {why}")


def compare(sent: Iterable[SentOrder], stored: Iterable[Order], ledgers: Ledgers) -> Verdict:
    """Judge every sent order. `stored` holds the orders of the senders' terminals and of nobody else."""
    verdict = Verdict()
    by_id: dict[str, Order] = {}
    by_source: dict[str, str] = {}
    wanted = {one.order_id: one for one in sent}
    for order in stored:
        mine = wanted.get(order.order_id)
        source = mine.source_id if mine is not None else order.aggregator_code or order.order_id
        if order.order_id in by_id:
            verdict.double(source, f"{order.order_id} is stored twice")
            continue
        by_id[order.order_id] = order
        if order.aggregator_code and source in by_source:
            verdict.double(source, f"stored as {by_source[source]} and as {order.order_id}")
        by_source[source] = order.order_id
        if order.order_id not in wanted:
            verdict.double(source, f"{order.order_id} is stored and was never sent")
    shown = {station: _shown(tiles) for station, tiles in ledgers.items()}
    for order_id, till in wanted.items():
        held = by_id.get(order_id)
        if held is None:
            verdict.lose(till.source_id, "not in the store")
            continue
        _compare_lines(till, held, verdict)
        if held.due_at_ms != till.due_at_ms:
            verdict.lose(till.source_id, f"is due at {held.due_at_ms}, sent was {till.due_at_ms}")
        _compare_screens(till, held, _family(held, by_id), shown, verdict)
        _compare_work(till, held, verdict)
    return verdict


def _compare_lines(till: SentOrder, held: Order, verdict: Verdict) -> None:
    found: dict[str, Line] = {}
    for line in held.lines:
        if line.remake:
            continue  # the kitchen's own, on purpose
        if line.line_id in found:
            verdict.double(till.source_id, f"line {line.line_id} is stored twice")
        elif line.line_id not in till.lines:
            verdict.double(till.source_id, f"line {line.line_id} is stored and was never sent")
        found[line.line_id] = line
    for line_id, wanted in till.lines.items():
        there = found.get(line_id)
        if there is None:
            verdict.lose(till.source_id, f"line {line_id} ({wanted.item_id}) is not in the store")
        elif there.item_id != wanted.item_id:
            verdict.lose(till.source_id, f"line {line_id} is {there.item_id}, sent was {wanted.item_id}")
        elif there.voided != (wanted.voided or till.voided):
            verdict.lose(
                till.source_id, f"line {line_id}: void {'was not taken' if not there.voided else 'not sent'}"
            )
        elif not there.voided and there.quantity_milli != wanted.quantity_milli:
            asked, has = wanted.quantity_milli / 1000, there.quantity_milli / 1000
            if has > asked:
                verdict.double(till.source_id, f"line {line_id} is stored {has:g} times, sent {asked:g}")
            else:
                verdict.lose(till.source_id, f"line {line_id} is stored {has:g} times, sent {asked:g}")


@dataclass(slots=True)
class _Shown:
    version: int = 0
    batches: set[int] = field(default_factory=set)


def _shown(tiles: Iterable[PaintedTile]) -> dict[str, _Shown]:
    """Per order the newest version painted, and the tiles that it stood on."""
    orders: dict[str, _Shown] = {}
    for tile in tiles:
        one = orders.setdefault(tile.order_id, _Shown())
        one.version = max(one.version, tile.version)
        one.batches.add(tile.batch)
    return orders


def _family(held: Order, by_id: Mapping[str, Order]) -> tuple[str, ...]:
    """The orders under whose names its lines were painted before they were split off or merged into it."""
    found = [held.order_id]
    for order_id in found:  # grows on the way
        order = by_id.get(order_id)
        if order is None:
            continue
        before = [
            order.split_from,
            *(e.detail.split()[1] for e in order.history if e.verb == "merge" and e.detail),
        ]
        found += [one for one in before if one and one not in found]
    return tuple(found)


def _compare_screens(
    till: SentOrder,
    held: Order,
    family: Iterable[str],
    shown: Mapping[str, Mapping[str, _Shown]],
    verdict: Verdict,
) -> None:
    painted = {station: orders.get(held.order_id, _Shown()) for station, orders in shown.items()}
    elsewhere = {
        station: any(one != held.order_id and one in orders for one in family)
        for station, orders in shown.items()
    }
    for line in held.lines:
        owed = [
            at.station for at in line.stations if at.state is not LineState.VOIDED and at.station in painted
        ]
        missed = [
            station
            for station in owed
            if painted[station].version < max(1, line.added_version) and not elsewhere[station]
        ]
        if line.nobodys and len(missed) < len(owed):
            continue  # shown everywhere, and done for all once one station has made it
        if not line.voided:
            for station in missed:
                verdict.lose(till.source_id, f"line {line.line_id} was never painted at {station}")
    for station, seen in painted.items():
        # A line that is raised after its bump goes over to a new tile, so an older one may stand empty.
        newest = max((at.batch for line in held.lines if (at := line.at(station)) is not None), default=None)
        extra = [batch for batch in seen.batches if newest is not None and batch > newest]
        if extra and not any(entry.verb in MOVING_VERBS for entry in held.history):
            verdict.double(till.source_id, f"{station} painted tile {min(extra)}, which no line stands on")


def _compare_work(till: SentOrder, held: Order, verdict: Verdict) -> None:
    """A line bumped twice at a station without a recall between was cooked twice."""
    done: set[tuple[str, str]] = set()
    for entry in held.history:
        if entry.verb in TAKE_BACK_VERBS:
            done -= {
                pair
                for pair in done
                if pair[0] == entry.station and (not entry.line_ids or pair[1] in entry.line_ids)
            }
        elif entry.verb in BUMP_VERBS:
            for line_id in entry.line_ids:
                line = held.line(line_id)
                # What is in another order now may have changed before it went.
                if (entry.station, line_id) in done and line is not None and not line.changes:
                    verdict.double(till.source_id, f"line {line_id} was bumped twice at {entry.station}")
                done.add((entry.station, line_id))
