"""Deeds of courses, of the pass, and of lines that go between orders and stations, read off the history of an order. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace

from heard.command import (
    ConfirmAllergy,
    FireCourse,
    HoldCourse,
    Merge,
    MoveTicket,
    PackBags,
    PaintedLine,
    PrintTicket,
    Remake,
    RiderHere,
    SendOut,
    Split,
    Verb,
)
from heard.order import HistoryEntry, Line, LineState, Order

EXPO = "expo"
"""What the pass is called in a history."""
MOVES = frozenset({"move", "take_over"})
OF_PAPER = frozenset({"printed", "slip", "no_slip"})
"""What a hub's own printers did; those of the hub that it is played to do it again."""


def later_verbs(old: Order, new: Order, entry: HistoryEntry) -> Iterator[Verb]:
    """What made `new` of `old`; nothing where no client can do it."""
    detail = entry.detail
    match entry.verb:
        case "fire" if " at " not in detail:
            yield FireCourse(int(detail.split(",")[0] or 0))
        case "release":
            yield FireCourse(_released(old, new))
        case "hold_course":
            yield HoldCourse(int(detail))
        case "remake":
            yield from _remade(new, entry)
        case "split" if detail.startswith("bill "):
            yield Split(detail.removeprefix("bill "), _dishes(old, entry), bill_only=True)
        case "split":
            new_id, number = _other(detail)
            yield Split(new_id, _dishes(old, entry), number)
        case "merge" if detail.startswith("to "):
            yield Merge(_other(detail)[0])
        case "send_out":
            yield SendOut(tuple(PaintedLine(one, 0) for one in entry.line_ids), new.pick_up_point)
        case "confirm_allergy":
            yield ConfirmAllergy(tuple(one for one in detail.split(", ") if one))
        case "rider_here":
            yield RiderHere(detail != "gone")
        case "pack":
            yield PackBags(int(detail))
        case "print":
            yield PrintTicket(entry.station, entry.line_ids)
        case verb if verb in MOVES:
            yield from _moved(old, new, entry)


def renamed(verb: Verb, names: Mapping[str, str]) -> Verb:
    """The same about lines that have other ids in this play; what `names` does not know keeps its own."""
    changes: dict[str, object] = {}
    for one in fields(verb):
        value = getattr(verb, one.name)
        if one.name == "line_id":
            changes[one.name] = names.get(value, value)
        elif one.name == "line_ids":
            changes[one.name] = tuple(names.get(line_id, line_id) for line_id in value)
        elif one.name == "lines" and all(isinstance(line, PaintedLine) for line in value):
            changes[one.name] = tuple(
                replace(line, line_id=names.get(line.line_id, line.line_id)) for line in value
            )
    return replace(verb, **changes) if changes else verb  # type: ignore[arg-type]


def is_consequence(entry: HistoryEntry) -> bool:
    """True where it came of another order's deed, or where the deed of its end stands later: nothing is missing."""
    taken_in = entry.verb == "merge" and entry.detail.startswith("from ")
    return taken_in or entry.verb in OF_PAPER or (entry.verb == "fire" and " at " in entry.detail)


def _other(detail: str) -> tuple[str, str]:
    """ "to ID #214": the order and its number."""
    name, _, number = detail.removeprefix("to ").partition(" #")
    return name, number


def _dishes(old: Order, entry: HistoryEntry) -> tuple[str, ...]:
    """Without parts, which go with their dish."""
    gone = set(entry.line_ids)
    known = {line.line_id: line for line in old.lines}
    return tuple(one for one in entry.line_ids if one in known and known[one].part_of not in gone)


def _released(old: Order, new: Order) -> int:
    """The course with which a scheduled order came to the kitchen."""
    waited = {
        line.line_id for line in old.lines if any(at.state is LineState.WAITING for at in line.stations)
    }
    courses = [
        line.course
        for line in new.lines
        if line.line_id in waited and not any(at.state is LineState.WAITING for at in line.stations)
    ]
    return min(courses, default=0)


def _remade(new: Order, entry: HistoryEntry) -> Iterator[Verb]:
    again: list[Line] = [line for one in entry.line_ids if (line := new.line(one)) is not None]
    named = [line.remake_of for line in again]
    known = {line.line_id: line for line in new.lines}
    dishes = [one for one in named if one in known and known[one].part_of not in named]
    first = again[0].line_id if again else ""
    prefix = first.removesuffix(named[0]) if named and first.endswith(named[0]) else ""
    if dishes:
        yield Remake(tuple(dict.fromkeys(dishes)), entry.detail, prefix)


def _moved(old: Order, new: Order, entry: HistoryEntry) -> Iterator[Verb]:
    """By where lines stood before and stand now: a hub may have spread them over several stations."""
    ways: dict[tuple[str, str], list[PaintedLine]] = {}
    for line_id in entry.line_ids:
        before, after = old.line(line_id), new.line(line_id)
        if before is None or after is None:
            continue
        gone = [at.station for at in before.stations if after.at(at.station) is None]
        come = [at.station for at in after.stations if before.at(at.station) is None]
        if before.nobodys and not after.nobodys:  # it stood everywhere; who takes it leaves it to nobody else
            gone, come = gone[:1], [at.station for at in after.stations]
        if len(gone) == 1 and len(come) == 1:
            ways.setdefault((gone[0], come[0]), []).append(PaintedLine(line_id, 0))
    for (from_station, to_station), lines in ways.items():
        yield MoveTicket(from_station, to_station, tuple(lines))
