"""Whether every line was made exactly once: what the cooks' bumps made, by the screens' ledgers, against what was asked for.

Pure. Fed with every version of every order as the hub's log has it. What is counted is food: a bump makes what the tile asked for
when it was pressed; UNDO and RECALL say that it was not made after all; another modifier or note asks for all of it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from heard.order import ChangeKind, HistoryEntry, Line, LineState, Order, OrderState, StationLine
from heard.play.compare import Verdict
from heard.play.screen_ledger import Bumped
from heard.ticket import OPEN_STATES

TAKES_BACK = frozenset({"recall", "undo"})
FOOD_STAYS = frozenset({ChangeKind.QUANTITY, ChangeKind.ADDED, ChangeKind.MOVED, ChangeKind.VOIDED})
"""Changes that leave what is made already as it is; every other one asks for new food."""


@dataclass(slots=True)
class _Known:
    """A line as it stood in the newest version of its order; `made_milli` per station is food."""

    order: Order
    line: Line
    made_milli: dict[str, int] = field(default_factory=dict)
    before_milli: dict[str, int] = field(default_factory=dict)
    """What was made before the last bump was taken back."""
    taken_back: set[str] = field(default_factory=set)


class MadeOnce:
    """Feed `change` with every version in the order of the log, then `end`."""

    def __init__(self, bumps: Iterable[Bumped], verdict: Verdict) -> None:
        self._verdict = verdict
        self._lines: dict[str, _Known] = {}
        self._to_make: dict[tuple[str, str], dict[int, int]] = {}
        for bump in bumps:
            for line_id, (version, milli) in bump.lines.items():
                self._to_make.setdefault((bump.station, line_id), {})[version] = milli
        self.twice: set[str] = set()
        self.missing: set[str] = set()
        self.made = 0
        """Lines that were made, once `end` was called."""

    def change(self, order: Order) -> None:
        """The next version of this order."""
        if not order.history:
            return
        entry = order.history[-1]
        for line in order.lines:
            known = self._lines.get(line.line_id)
            if known is None:
                self._lines[line.line_id] = _Known(order, line)
                continue
            self._carried(known, line)
            for at in line.stations:
                before = known.line.at(at.station)
                if before is not None and before.state is not at.state:
                    self._moved(known, order, line, entry, before, at)
            known.order, known.line = order, line

    def made_milli(self, line_id: str, station: str) -> int:
        """What was made of the line there."""
        known = self._lines.get(line_id)
        return known.made_milli.get(station, 0) if known is not None else 0

    @staticmethod
    def _carried(known: _Known, line: Line) -> None:
        """Pushed to another station, or moved with its work: what was made goes along."""
        here = {at.station for at in line.stations}
        gone = [at.station for at in known.line.stations if at.station not in here]
        come = [station for station in here if known.line.at(station) is None]
        if gone and come:
            made = max(known.made_milli.pop(station, 0) for station in gone)
            known.made_milli.update(dict.fromkeys(come, made))

    def _moved(
        self,
        known: _Known,
        order: Order,
        line: Line,
        entry: HistoryEntry,
        before: StationLine,
        at: StationLine,
    ) -> None:
        station = at.station
        if at.state is LineState.DONE:
            if entry.verb == "bump":
                self._bumped(known, order, line, entry, before, at)
            elif entry.verb == "undo":
                known.made_milli[station] = known.before_milli.get(station, line.quantity_milli)
            elif entry.verb == "printed":
                known.made_milli[station] = line.quantity_milli
            else:
                self._lose(order, line, f"was called made at {station} by {entry.verb}")
        elif before.state is LineState.DONE and at.state in OPEN_STATES:
            if entry.verb in TAKES_BACK:
                known.before_milli[station] = known.made_milli.get(station, 0)
                known.made_milli[station] = at.made_milli
                known.taken_back.add(station)
            elif any(one.version == order.version and one.kind not in FOOD_STAYS for one in line.changes):
                known.made_milli[station] = 0  # what was made is not what they want now

    def _bumped(
        self,
        known: _Known,
        order: Order,
        line: Line,
        entry: HistoryEntry,
        before: StationLine,
        at: StationLine,
    ) -> None:
        station = at.station
        had = known.made_milli.get(station, 0)
        wanted = max(0, line.quantity_milli - had)
        if station != entry.station and line.nobodys:
            made: int | None = wanted  # another station made nobody's line for all
        else:
            made = self._to_make.get((station, line.line_id), {}).get(before.version)
        known.taken_back.discard(station)
        known.made_milli[station] = max(had, line.quantity_milli)
        if made is None:
            self._lose(
                order, line, f"was bumped at {station} in version {before.version}, which no screen pressed"
            )
        elif made > wanted:
            self.twice.add(line.line_id)
            self._verdict.double(
                _name(order),
                f"{_said(line)}: {_n(had + made)} made at {station}, {_n(line.quantity_milli)} asked for",
            )
        elif made < wanted:
            self._lose(
                order, line, f"{_n(had + made)} made at {station}, {_n(line.quantity_milli)} asked for"
            )

    def end(self) -> None:
        """Nothing more comes: every line that was not voided is made everywhere."""
        for known in self._lines.values():
            line, order = known.line, known.order
            if line.voided or line.line_id in self.missing:
                continue
            for at in line.stations:
                if at.state is LineState.SENT:
                    continue
                if at.state is LineState.DONE and known.made_milli.get(at.station, 0) >= line.quantity_milli:
                    continue
                if order.state is OrderState.PICKED_UP and at.station in known.taken_back:
                    continue  # taken back by a cook while its guest was fetching it
                self._lose(order, line, f"is {at.state.name} at {at.station} in the end")
                break
            else:
                self.made += bool(line.stations)

    def _lose(self, order: Order, line: Line, why: str) -> None:
        self.missing.add(line.line_id)
        self._verdict.lose(_name(order), f"{_said(line)} {why}")


def _name(order: Order) -> str:
    return order.aggregator_code or order.order_id


def _said(line: Line) -> str:
    return f"line {line.line_id} ({line.item_id})"


def _n(milli: int) -> str:
    return f"{milli / 1000:g}"
