"""When stations were paused: what was ordered by key or till and what the timetable says, as spans of the wall clock. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypeAlias

from hub.core.decision import StationBook
from hub.core.stations import TimedPause, on_day

Span: TypeAlias = tuple[int, int]
"""From and until, unix ms."""


class Pauses:
    """The pauses between two moments of the wall clock; station "" is the whole site."""

    def __init__(
        self, book: StationBook, timetable: Iterable[TimedPause], from_ms: int, until_ms: int, zone: tzinfo
    ) -> None:
        """`until_ms` is not after now: what is only planned is no pause yet."""
        found: dict[str, list[Span]] = {}
        resumed: dict[str, list[Span]] = {}
        for one in book.pauses:
            (resumed if one.resumed else found).setdefault(one.station, []).append(
                (one.from_ms, one.until_ms)
            )
        for station, span in _timed(timetable, from_ms, until_ms, zone):
            found.setdefault(station, []).extend(_without(span, resumed.get(station, ())))
        cut = {
            station: joined([(max(a, from_ms), min(b, until_ms)) for a, b in spans])
            for station, spans in found.items()
        }
        self.spans: dict[str, tuple[Span, ...]] = {one: cut[one] for one in sorted(cut) if cut[one]}

    def within(self, station: str, from_ms: int, until_ms: int) -> int:
        """For how long between the two this station was paused, by itself or with the whole site; ms."""
        spans = joined([*self.spans.get("", ()), *(self.spans.get(station, ()) if station else ())])
        return total_ms([(max(a, from_ms), min(b, until_ms)) for a, b in spans])


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """In their order, those that overlap or touch as one; empty ones left out."""
    found: list[Span] = []
    for begin, end in sorted(one for one in spans if one[0] < one[1]):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return tuple(found)


def total_ms(spans: Iterable[Span]) -> int:
    """Of spans that do not overlap."""
    return sum(max(0, end - begin) for begin, end in spans)


def _timed(
    timetable: Iterable[TimedPause], from_ms: int, until_ms: int, zone: tzinfo
) -> Iterable[tuple[str, Span]]:
    first = datetime.fromtimestamp(from_ms / 1000, UTC).astimezone(zone).date() - timedelta(days=1)
    last = datetime.fromtimestamp(until_ms / 1000, UTC).astimezone(zone).date()
    for pause in timetable:
        for number in range((last - first).days + 1):
            span = on_day(pause, first + timedelta(days=number), zone)
            if span is not None:
                yield from ((station, span) for station in pause.stations)


def _without(span: Span, holes: Iterable[Span]) -> list[Span]:
    left = [span]
    for begin, end in holes:
        left = [
            piece for a, b in left for piece in ((a, min(b, begin)), (max(a, end), b)) if piece[0] < piece[1]
        ]
    return left
