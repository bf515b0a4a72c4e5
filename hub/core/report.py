"""What a manager asks of a business day: ticket times, on-time share, what was taken back, what was late. Pure.

All of it comes from the orders themselves and their histories; there is no counter that could drift from them. A ticket is one
tile: the lines of an order at a station that came together. Its time runs from when the station could begin its first line to the
first bump of its last one, without the minutes in which the station was paused; a recall does not change it. A scheduled order is
late past its due time, any other past the station's late threshold. Lines that were voided, that expo sent out unmade or that a
printer got are no cook's work and count nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil

from heard.order import HistoryEntry, Line, LineState, Order, StationLine, in_english
from heard.ticket import is_open

LateAfter = Callable[[str, Order], int]
"""(station, order) -> seconds after which a ticket is late there."""
HourOf = Callable[[int], str]
"""Wall clock, unix ms -> the hour's name, "18:00"."""
PausedFor = Callable[[str, int, int], int]
"""(station, from, until; wall clock, unix ms) -> for how many ms of it the station was paused."""

NO_WORK = frozenset({LineState.VOIDED, LineState.SENT})
LATE_LIST_MAX = 50
"""Tickets on the late list, the latest first; a page that a manager reads."""
COUNTED_VERBS = {
    "undo": "undone",
    "recall": "recalled",
    "void_order": "orders voided",
    "change_line": "changed",
    "change_order": "changed",
    "add_lines": "added to",
    "rush": "rushed",
}
"""Verbs of the history that a report counts, and what it calls them. Voided lines are counted by line."""


@dataclass(frozen=True, slots=True)
class Made:
    """A ticket, or with an item asked for a line, as reports count it. `seconds` None: not bumped yet.

    `began_ms` is hub time, `began_wall_ms` the same on the hub's wall clock. `late_by_s` is above 0 for what came too late.
    """

    order_id: str
    call_number: str
    order_type: str
    station: str
    what: str
    began_ms: int
    began_wall_ms: int
    seconds: float | None
    late_by_s: float
    by: str = ""

    @property
    def late(self) -> bool:
        return self.late_by_s > 0


@dataclass(frozen=True, slots=True)
class Times:
    """A group of tickets: how many were made, and how long they took (seconds; nearest rank)."""

    name: str
    made: int
    p50_s: float
    p90_s: float
    p99_s: float
    late: int

    @property
    def on_time_percent(self) -> float:
        """100 where nothing was made: nothing was late."""
        return 100.0 * (self.made - self.late) / self.made if self.made else 100.0


@dataclass(frozen=True, slots=True)
class Paused:
    """How long a station was paused ("": the whole site); `spans` are said as the clock on the wall showed them."""

    station: str
    seconds: float
    spans: tuple[str, ...] = ()


def never(_station: str, _from_ms: int, _until_ms: int) -> int:
    """Nothing was paused."""
    return 0


@dataclass(frozen=True, slots=True)
class Report:
    """A business day, or several. `open` are tickets that still wait; `remade` counts lines by the reason that was given."""

    days: str
    orders: int
    lines: int
    whole: Times
    open: int
    stations: tuple[Times, ...]
    items: tuple[Times, ...]
    hours: tuple[Times, ...]
    counts: tuple[tuple[str, int], ...]
    late: tuple[Made, ...]
    remade: tuple[tuple[str, int], ...] = ()
    paused: tuple[Paused, ...] = ()


@dataclass(slots=True)
class Day:
    """Collects orders one by one, so that a day of any size costs only its rows; `report` sums up."""

    late_after: LateAfter
    hour_of: HourOf
    station: str = ""
    item: str = ""
    paused_for: PausedFor = never
    orders: int = 0
    lines: int = 0
    _made: list[Made] = field(default_factory=list)
    _items: dict[str, list[Made]] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)
    _remade: Counter[str] = field(default_factory=Counter)

    def add(self, order: Order) -> None:
        """One order of the day, as it stands now."""
        lines = [line for line in order.lines if self._wanted(line)]
        if not lines:
            return
        self.orders += 1
        self.lines += len(lines)
        self._count(order, lines)
        gone = not is_open(order)
        for line in lines:
            for made in self._of_lines(order, [line], line_name(line)):
                self._items.setdefault(line_name(line), []).append(made)
                if self.item:
                    self._take(made, gone)
        if not self.item:
            for made in self._of_lines(order, lines, ""):
                self._take(made, gone)

    def _take(self, made: Made, gone: bool) -> None:
        """What went out without a bump is neither made nor open any more."""
        if gone and made.seconds is None:
            self._counts["tickets never bumped"] += 1
        else:
            self._made.append(made)

    def report(self, days: str, paused: tuple[Paused, ...] = ()) -> Report:
        """The sums; groups by name, items by how many were made, reasons of remakes by how often."""
        made = [one for one in self._made if one.seconds is not None]
        late = sorted((one for one in made if one.late), key=lambda one: -one.late_by_s)
        items = [times(name, found) for name, found in self._items.items()]
        return Report(
            days,
            self.orders,
            self.lines,
            times("all", made),
            len(self._made) - len(made),
            _grouped(made, lambda one: one.station),
            tuple(sorted((one for one in items if one.made), key=lambda one: (-one.made, one.name))),
            _grouped(made, lambda one: self.hour_of(one.began_wall_ms)),
            tuple(sorted(self._counts.items())),
            tuple(late[:LATE_LIST_MAX]),
            tuple(sorted(self._remade.items(), key=lambda one: (-one[1], one[0]))),
            paused,
        )

    def _wanted(self, line: Line) -> bool:
        if self.station and line.at(self.station) is None:
            return False
        wanted = self.item.casefold()
        return (
            not wanted
            or wanted == line.item_id.casefold()
            or wanted in " ".join(line.name.values()).casefold()
        )

    def _count(self, order: Order, lines: Sequence[Line]) -> None:
        ids = {line.line_id for line in lines}
        for entry in order.history:
            name = COUNTED_VERBS.get(entry.verb)
            elsewhere = self.station and entry.station and entry.station != self.station
            if name is None or elsewhere or (self.item and not ids.intersection(entry.line_ids)):
                continue
            self._counts[name] += 1
        self._counts["lines voided"] += sum(line.voided for line in lines)
        again = [line for line in lines if line.remake]
        if again:
            self._counts["lines remade"] += len(again)
            why = {
                one: entry.detail
                for entry in order.history
                if entry.verb == "remake"
                for one in entry.line_ids
            }
            self._remade.update(why.get(line.line_id, "").strip().casefold() or "no reason" for line in again)

    def _of_lines(self, order: Order, lines: Sequence[Line], what: str) -> Iterator[Made]:
        """One row for each tile that these lines have anywhere."""
        tiles: dict[tuple[str, int], list[StationLine]] = {}
        for line in lines:
            for at in line.stations:
                if (not self.station or at.station == self.station) and _is_work(order, line, at):
                    tiles.setdefault((at.station, at.batch), []).append(at)
        for (station, _), found in tiles.items():
            yield self._row(order, station, what, found)

    def _row(self, order: Order, station: str, what: str, found: Sequence[StationLine]) -> Made:
        began_ms = min(at.queued_at_ms for at in found)
        offset_ms = order.held_wall_ms - order.held_at_ms if order.held_wall_ms else 0
        done_ms = max(at.done_at_ms for at in found) if all(at.done_at_ms for at in found) else 0
        seconds = late_by_s = None
        if done_ms:
            paused_ms = self.paused_for(station, began_ms + offset_ms, done_ms + offset_ms)
            seconds = max(0, done_ms - began_ms - paused_ms) / 1000
            limit_s = self.late_after(station, order)
            due_s = (done_ms + offset_ms - order.due_at_ms) / 1000 if order.due_at_ms else seconds - limit_s
            late_by_s = max(0.0, due_s)
        return Made(
            order.order_id,
            order.call_number,
            order.type.name,
            station,
            what,
            began_ms,
            began_ms + offset_ms,
            seconds,
            late_by_s or 0.0,
            _by(order, station, done_ms),
        )


def times(name: str, rows: Iterable[Made]) -> Times:
    """The figures of a group; those not bumped yet are left out."""
    made = [one for one in rows if one.seconds is not None]
    seconds = sorted(one.seconds for one in made if one.seconds is not None)
    late = sum(one.late for one in made)
    p50_s, p90_s, p99_s = (percentile(seconds, share) for share in (0.5, 0.9, 0.99))
    return Times(name, len(made), p50_s, p90_s, p99_s, late)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of them do not exceed; 0 for none."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else 0.0


def line_name(line: Line) -> str:
    """English where there is one, else any, else the item's id."""
    return in_english(line.name) or line.item_id or "?"


def _grouped(rows: Iterable[Made], key: Callable[[Made], str]) -> tuple[Times, ...]:
    groups: dict[str, list[Made]] = {}
    for one in rows:
        groups.setdefault(key(one), []).append(one)
    return tuple(times(name, groups[name]) for name in sorted(groups))


def _is_work(order: Order, line: Line, at: StationLine) -> bool:
    """True for what a cook of that station made or has to make; nobody's line is the work of the one who bumped it."""
    if line.voided or at.state in NO_WORK or not at.queued_at_ms:
        return False
    if at.state is LineState.DONE and not at.done_at_ms:
        return False  # it came out of a printer
    if not line.nobodys or at.state is not LineState.DONE:
        return True
    makers = [one.station for one in _bumps(order) if line.line_id in one.line_ids]
    return not makers or at.station == makers[-1]


def _bumps(order: Order) -> Iterator[HistoryEntry]:
    return (entry for entry in order.history if entry.verb == "bump")


def _by(order: Order, station: str, done_ms: int) -> str:
    """Who gave the bump that ended the ticket: the user where a till or key says one, else the screen."""
    for entry in _bumps(order):
        if entry.station == station and entry.at_ms == done_ms:
            return entry.user or entry.device
    return ""
