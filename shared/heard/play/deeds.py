"""What people did on a recorded day, from the changes of its orders: who held, changed, bumped, recalled what, and when. Pure.

Each version of an order carries in its history who made it and how; what the history does not say is read off the difference to
the version before. What a hub did by itself is a deed where a client can do it too (a course fired at its time, work moved from a
closed station), so that the day ends the same at another speed and with other settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from heard.command import (
    Acknowledge,
    AddLines,
    BumpLines,
    ChangeLine,
    ChangeOrder,
    ConfirmAllergy,
    Hold,
    MarkPaid,
    MarkPickedUp,
    MoveTicket,
    PaintedLine,
    PrintTicket,
    RecallLines,
    Rush,
    SendOut,
    StartLines,
    Transfer,
    Undo,
    Verb,
    VoidLines,
    VoidOrder,
)
from heard.expo import card_version
from heard.order import HistoryEntry, Line, LineState, Order, OrderState
from heard.play.later_deeds import EXPO, is_consequence, later_verbs
from heard.ticket import is_open

CARRIED = "carried-over"
"""The device that holds, and bumps, what stood open when the day began."""
HUB = "hub"
"""The device under which a hub fires, releases and moves by itself; a hub that does the same finds it ALREADY done."""


@dataclass(frozen=True, slots=True)
class Deed:
    """At `at_ms` (hub time of the recording) `device` did `verb`. Painted lines carry no version: the player fills it in."""

    at_ms: int
    order_id: str
    device: str
    user: str
    verb: Verb


@dataclass(slots=True)
class Reading:
    """Beside the deeds of a day: how each order ended, what could not be told (verb -> how often), and where lines went.

    `by_stations`: a line's category is replaced by the stations that made it ("grill+fry"), for a hub that shall route
    as the recorded one did without its rules; `routes` holds them.
    """

    by_stations: bool = False
    last: dict[str, Order] = field(default_factory=dict)
    untold: dict[str, int] = field(default_factory=dict)
    routes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def rung(self, line: Line) -> Line:
        """The line as it was rung up."""
        made = as_rung(line)
        if not self.by_stations or not line.stations:
            return made
        stations = tuple(at.station for at in line.stations)
        route = "" if line.nobodys else "+".join(stations)
        if route:
            self.routes[route] = stations
        return replace(made, category=route)


Change = tuple[int, int, str, Order | None]
"""(revision, at_ms, order id, order); revision 0 stood when the day began."""

STATION_VERBS: Mapping[str, Callable[[str, tuple[PaintedLine, ...]], Verb]] = MappingProxyType(
    {"start": StartLines, "bump": BumpLines, "recall": RecallLines, "acknowledge": Acknowledge}
)


def deeds(changes: Iterable[Change], reading: Reading) -> Iterator[Deed]:
    """The deeds in their order; fills in `reading` on the way."""
    for rev, at_ms, order_id, order in changes:
        old = reading.last.get(order_id)
        if order is None:
            continue
        reading.last[order_id] = order
        if old is None and rev and order.split_from in reading.last:
            continue  # the deed stands with the order that it was split off
        if old is None:
            carried = rev == 0 or order.version > 1
            yield from _carried(order, at_ms, reading) if carried else _held(order, at_ms, reading)
            continue
        entry = order.history[-1] if order.history else None
        if entry is None or entry.version != order.version:
            reading.untold["?"] = reading.untold.get("?", 0) + 1
            continue
        found = tuple(_verbs(old, order, entry, reading))
        if reading.by_stations:  # such a hub has no printer: its copies are told as not played
            found = tuple(one for one in found if not isinstance(one, PrintTicket))
        if not found and not is_consequence(entry):
            reading.untold[entry.verb] = reading.untold.get(entry.verb, 0) + 1
        for verb in found:
            yield Deed(at_ms, order_id, entry.device, entry.user, verb)


def as_held(order: Order, lines: Iterable[Line]) -> Order:
    """What a till sent, without all that the hub sets but its wall clock, by which a due time is shifted.

    A course that was planned for a time of that hub waits until the deed of its firing.
    """
    return Order(
        order_id=order.order_id,
        call_number=order.call_number,
        type=order.type,
        type_name=order.type_name,
        table=order.table,
        guest=order.guest,
        aggregator_code=order.aggregator_code,
        covers=order.covers,
        server=order.server,
        area=order.area,
        terminal=order.terminal,
        due_at_ms=order.due_at_ms,
        lines=tuple(lines),
        allergens=tuple(replace(one, added_version=0) for one in order.allergens),
        notes=order.notes,
        courses=tuple(replace(one, fires_at_ms=0) for one in order.courses),
        totals=order.totals,
        rush=order.rush,
        paid=order.paid,
        held_wall_ms=order.held_wall_ms,
    )


def as_rung(line: Line) -> Line:
    """A line as it was rung up."""
    return replace(
        line,
        voided=False,
        added_version=0,
        added_at_ms=0,
        changes=(),
        stations=(),
        nobodys=False,
        void_reason="",
        remake=False,
    )


def _held(order: Order, at_ms: int, reading: Reading) -> Iterator[Deed]:
    entry = order.history[0] if order.history else HistoryEntry("hold", order.terminal, at_ms, 1)
    yield Deed(
        at_ms, order.order_id, entry.device, entry.user, Hold(as_held(order, map(reading.rung, order.lines)))
    )


def _carried(order: Order, at_ms: int, reading: Reading) -> Iterator[Deed]:
    """What came before the recording: held as it stood, and bumped where it was done."""
    lines = [line for line in order.lines if not line.voided]
    if not lines or order.state in (OrderState.PICKED_UP, OrderState.MERGED):
        return
    yield Deed(at_ms, order.order_id, CARRIED, "", Hold(as_held(order, map(reading.rung, lines))))
    for station in dict.fromkeys(at.station for line in lines for at in line.stations):
        done = [line for line in lines if (at := line.at(station)) and at.state is LineState.DONE]
        if done:
            yield Deed(
                at_ms, order.order_id, CARRIED, "", BumpLines(station, _named(line.line_id for line in done))
            )


def _verbs(old: Order, new: Order, entry: HistoryEntry, reading: Reading) -> Iterator[Verb]:
    if entry.verb in STATION_VERBS:
        by_station: dict[str, list[str]] = {}
        for line_id in entry.line_ids:
            by_station.setdefault(_station_of(old, new, line_id, entry), []).append(line_id)
        for station, line_ids in by_station.items():
            yield STATION_VERBS[entry.verb](station, _named(line_ids))
        return
    known = {line.line_id: line for line in old.lines}
    match entry.verb:
        case "add_lines":
            lines = tuple(reading.rung(line) for line in new.lines if line.line_id not in known)
            allergens = tuple(
                replace(one, added_version=0) for one in new.allergens if one.added_version == new.version
            )
            yield AddLines(lines, allergens)
        case "change_line":
            yield from (_changed(known[line.line_id], line) for line in _differ(known, new))
        case "change_order":
            values = {
                name: getattr(new, name)
                for name in ("notes", "guest", "covers", "due_at_ms")
                if getattr(new, name) != getattr(old, name)
            }
            if values:
                yield ChangeOrder(**values)
        case "void_lines":
            gone = [line for line in new.lines if line.voided and not known[line.line_id].voided]
            yield VoidLines(tuple(line.line_id for line in gone), gone[0].void_reason if gone else "")
        case "void_order":
            yield VoidOrder(entry.detail)
        case "rush":
            yield Rush(new.rush)
        case "undo":
            yield Undo(entry.station, 0)
        case "mark_paid":
            yield MarkPaid(new.totals.paid_minor, entry.detail, unpaid=not new.paid)
        case "mark_picked_up":
            yield MarkPickedUp()
        case "transfer":
            yield Transfer(new.table, new.server, new.area, new.type)
        case _:
            yield from later_verbs(old, new, entry)


def _station_of(old: Order, new: Order, line_id: str, entry: HistoryEntry) -> str:
    """Where it was done: the history says it; a screen of several stations names the line's own."""
    if entry.station:
        return entry.station
    before, after = old.line(line_id), new.line(line_id)
    there = {at.station: at for at in before.stations} if before is not None else {}
    changed = (
        [at.station for at in after.stations if there.get(at.station) != at] if after is not None else []
    )
    return changed[0] if changed else ""


def _differ(known: Mapping[str, Line], new: Order) -> Iterator[Line]:
    for line in new.lines:
        was = known.get(line.line_id)
        if was is not None and not line.part_of and _rung(was) != _rung(line):
            yield line


def _rung(line: Line) -> tuple[object, ...]:
    return (line.quantity_milli, line.modifiers, line.notes, line.total_minor)


def _changed(was: Line, now: Line) -> ChangeLine:
    return ChangeLine(
        now.line_id,
        0,
        now.quantity_milli if now.quantity_milli != was.quantity_milli else None,
        now.modifiers if now.modifiers != was.modifiers else None,
        now.notes if now.notes != was.notes else None,
        now.total_minor if now.total_minor != was.total_minor else None,
    )


def _named(line_ids: Iterable[str]) -> tuple[PaintedLine, ...]:
    return tuple(PaintedLine(line_id, 0) for line_id in line_ids)


def painted(verb: Verb, order: Order) -> Verb:
    """`verb` with the versions that a screen shows of `order` now; a verb that names nothing painted stays as it is."""
    if isinstance(verb, ConfirmAllergy):
        return replace(verb, painted_version=order.version)
    if not isinstance(verb, StartLines | BumpLines | RecallLines | Acknowledge | MoveTicket | SendOut):
        return verb
    station = verb.from_station if isinstance(verb, MoveTicket) else getattr(verb, "station", EXPO)
    return replace(verb, lines=tuple(_painted(order.line(one.line_id), one, station) for one in verb.lines))


def _painted(line: Line | None, named: PaintedLine, station: str) -> PaintedLine:
    if line is None:
        return named
    if station == EXPO:
        return PaintedLine(named.line_id, card_version(line))
    at = line.at(station)
    return PaintedLine(named.line_id, 0 if at is None else at.version)


def same_end(found: Order, gone: bool, wanted: Order) -> bool:
    """True where an order ended as on the day; `gone`: it left every view after `found`, so its closing was not seen.

    Whether its guest is asked to see the cashier is a matter of seconds, which another speed has not: it does not count.
    """
    if _closed(wanted) != (gone or _closed(found)):
        return False
    if gone and wanted.state in (OrderState.VOIDED, OrderState.MERGED):
        return True
    return _states(found) == _states(wanted)


def _closed(order: Order) -> bool:
    return not is_open(replace(order, see_cashier=False))


def _states(order: Order) -> dict[str, tuple[object, ...]]:
    return {
        line.line_id: (
            line.quantity_milli,
            line.voided,
            tuple(sorted((at.station, at.state.name) for at in line.stations)),
        )
        for line in order.lines
    }
