"""Stations during service: closed and open, paused until a time. What was said is stored; what holds now is worked out. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from heard.command import CloseStation, Command, OpenStation, Pause, Reason
from heard.stream import SiteState, StationStatus
from heard.why import why
from hub.core.decision import STATIONS_KEY, Doc, Docs, PausedSpan, StationBook, StationRecord
from hub.core.edit import ALREADY, DONE, Verdict, refused
from hub.core.floor import Floor
from hub.core.site import Site

PAUSE_MS_MAX = 12 * 3_600_000
"""A longer one is a slip of the finger; a kitchen that closes for the day closes its stations."""
PAUSES_KEPT = 400
"""For reports: a month of prayers and cleanings."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class TimedPause:
    """A pause of the timetable: from minute to minute of the local day, on these weekdays (none: on all)."""

    from_minute: int
    until_minute: int
    days: tuple[str, ...] = ()
    stations: tuple[str, ...] = ("",)


# --- commands


def close(
    docs: Docs, command: Command, verb: CloseStation, now_ms: int, site: Site
) -> tuple[Verdict, StationBook | None]:
    """The station cooks no longer; who does its work must cook. Reads STATIONS_KEY."""
    floor = site.routing.floor
    wrong = _not_prep(floor, verb.station, "close_station.station")
    if wrong is None and verb.to_station:
        wrong = _not_prep(floor, verb.to_station, "close_station.to_station")
    if wrong is not None:
        return wrong, None
    book, record = _record(docs, verb.station)
    if record.closed and record.closed_to == verb.to_station:
        return ALREADY, None
    closed = {one.station for one in book.stations if one.closed}
    if not [one for one in floor.prep if one not in closed and one != verb.station]:
        return refused(Reason.NOT_NOW, why("station.last_open")), None
    if verb.to_station == verb.station or verb.to_station in closed:
        return refused(
            Reason.NOT_NOW, why("station.closed", station=verb.to_station), "close_station.to_station"
        ), None
    return DONE, _with(
        book, replace(record, closed=True, closed_to=verb.to_station, by=command.user or command.device)
    )


def open_(
    docs: Docs, command: Command, verb: OpenStation, now_ms: int, site: Site
) -> tuple[Verdict, StationBook | None]:
    """The station cooks again: new lines come, what moved away stays where it is. Reads STATIONS_KEY."""
    wrong = _not_prep(site.routing.floor, verb.station, "open_station.station")
    if wrong is not None:
        return wrong, None
    book, record = _record(docs, verb.station)
    if not record.closed:
        return ALREADY, None
    return DONE, _with(book, replace(record, closed=False, closed_to="", by=command.user or command.device))


def pause(
    docs: Docs, command: Command, verb: Pause, now_ms: int, site: Site
) -> tuple[Verdict, StationBook | None]:
    """Paused until a time, or no longer; a time that has passed is ALREADY over. Reads STATIONS_KEY."""
    if verb.station:
        known = [one.station for one in site.profile.stations]
        if verb.station not in known:
            return _unknown(verb.station, known, "pause.station"), None
    wall_ms = now_ms + site.wall_offset_ms
    book, record = _record(docs, verb.station)
    record = replace(record, by=command.user or command.device)
    if verb.resume:
        if not site.state.of(verb.station).paused_until_ms and record.paused_until_ms <= wall_ms:
            return ALREADY, None
        cut = [
            replace(one, until_ms=wall_ms) if one.station == verb.station and one.until_ms > wall_ms else one
            for one in book.pauses
        ]
        until_ms = site.state.of(verb.station).paused_until_ms
        if until_ms > wall_ms:
            cut.append(PausedSpan(verb.station, wall_ms, until_ms, resumed=True))
        made = replace(record, paused_until_ms=0, resumed_at_ms=wall_ms)
        return DONE, replace(_with(book, made), pauses=tuple(cut[-PAUSES_KEPT:]))
    if verb.until_ms <= wall_ms:
        return replace(ALREADY, message="that time has passed"), None
    if verb.until_ms - wall_ms > PAUSE_MS_MAX:
        return refused(Reason.INVALID, why("pause.long"), "pause.until_ms"), None
    if record.paused_until_ms == verb.until_ms:
        return ALREADY, None
    going_on = [
        one
        for one in book.pauses
        if one.station == verb.station and one.until_ms > wall_ms and not one.resumed
    ]
    spans = [one for one in book.pauses if one not in going_on]
    began = [one.from_ms for one in going_on]
    spans.append(PausedSpan(verb.station, min(began, default=wall_ms), verb.until_ms))
    made = replace(record, paused_until_ms=verb.until_ms)
    return DONE, replace(_with(book, made), pauses=tuple(spans[-PAUSES_KEPT:]))


def _record(docs: Docs, station: str) -> tuple[StationBook, StationRecord]:
    book = docs.get(STATIONS_KEY)
    if not isinstance(book, StationBook):
        book = StationBook(0)
    found = next((one for one in book.stations if one.station == station), StationRecord(station))
    return book, found


def _with(book: StationBook, record: StationRecord) -> StationBook:
    rest = tuple(one for one in book.stations if one.station != record.station)
    return StationBook(book.version + 1, (*rest, record), book.pauses)


def _not_prep(floor: Floor, station: str, field: str) -> Verdict | None:
    return None if station in floor.prep else _unknown(station, floor.prep, field)


def _unknown(station: str, known: Iterable[str], field: str) -> Verdict:
    words = list(known)
    nearest = difflib.get_close_matches(station, words, n=1, cutoff=0.5)
    more = f"did you mean {nearest[0]!r}?" if nearest else f"there are: {', '.join(words)}"
    said = f"{field}: {station!r} is not such a station; {more}"
    return refused(Reason.INVALID, why("station.unknown", said, station=station, known=words), field)


# --- what holds now


def closed_of(doc: Doc | None, prep: Iterable[str]) -> dict[str, str]:
    """Station -> who does its work, of those that are closed and still exist."""
    if not isinstance(doc, StationBook):
        return {}
    known = set(prep)
    return {
        one.station: one.closed_to if one.closed_to in known else ""
        for one in doc.stations
        if one.closed and one.station in known
    }


def state_now(
    doc: Doc | None,
    stations: Iterable[str],
    timetable: Iterable[TimedPause],
    wall_ms: int,
    zone: tzinfo,
    nobodys_lines: int = 0,
) -> SiteState:
    """Every station of `stations` (and the site) that is closed or paused at this moment of the wall clock."""
    book = doc if isinstance(doc, StationBook) else StationBook(0)
    records = {one.station: one for one in book.stations}
    timed = _timed(timetable, wall_ms, zone)
    found = []
    for station in ("", *stations):
        record = records.get(station, StationRecord(station))
        until_ms = record.paused_until_ms if record.paused_until_ms > wall_ms else 0
        for began_ms, ends_ms in timed.get(station, ()):
            if record.resumed_at_ms < began_ms:  # resumed by hand: this one is over
                until_ms = max(until_ms, ends_ms)
        if record.closed or until_ms:
            found.append(StationStatus(station, record.closed, record.closed_to, until_ms))
    return SiteState(tuple(found), nobodys_lines)


def _timed(timetable: Iterable[TimedPause], wall_ms: int, zone: tzinfo) -> dict[str, list[tuple[int, int]]]:
    """The pauses of the timetable that are going on, by station: when each began and when it ends, unix ms."""
    found: dict[str, list[tuple[int, int]]] = {}
    now: datetime | None = None
    for one in timetable:
        now = now or datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(zone)
        for days_ago in (0, 1):  # a pause may run past midnight
            span = on_day(one, (now - timedelta(days=days_ago)).date(), zone)
            if span is not None and span[0] <= wall_ms < span[1]:
                for station in one.stations:
                    found.setdefault(station, []).append(span)
    return found


def on_day(pause: TimedPause, day: date, zone: tzinfo) -> tuple[int, int] | None:
    """When the timetable's pause begins and ends that comes on this day, unix ms; None where it does not come."""
    if pause.days and WEEKDAYS[day.weekday()] not in pause.days:
        return None
    begin = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=pause.from_minute)
    began_ms = int(begin.timestamp() * 1000)
    return began_ms, began_ms + (pause.until_minute - pause.from_minute) % MINUTES_A_DAY * 60_000
