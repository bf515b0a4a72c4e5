"""Mistakes of the site and of tables: closed stations, 86, pauses, work that moves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import patch

from heard.order import LineState
from hub import floor
from hub.core import (
    among,
    eighty_six,
    identity,
    moves,
    rehoming,
    site_verbs,
    stations,
)
from hub.core.edit import DONE, Edit
from tests.simulation.mistakes.plant import mistake


@mistake("work stays at a station that was closed")
def _() -> Any:
    return patch.object(floor, "is_homeless", lambda order, there: False)


@mistake("what a closed station had to make is dropped where its equal had made a part", 30)
def _() -> Any:
    move = rehoming._move

    def drops(edit: Edit, line_id: str, at: Any, there: Any) -> str:
        why = move(edit, line_id, at, there)
        line = edit.line(line_id)
        before = edit.order.line(line_id)
        if line is not None and before is not None:
            made = {one.station: one for one in before.stations if one.state is LineState.DONE}
            edit.put_line(replace(line, stations=tuple(made.get(one.station, one) for one in line.stations)))
        return why

    return patch.object(rehoming, "_move", drops)


@mistake("an 86 forgets what else is out", 63)
def _() -> Any:
    set_availability = eighty_six.set_availability

    def only_this(docs: Any, command: Any, verb: Any, now_ms: int, site: Any) -> Any:
        verdict, doc, undo = set_availability(docs, command, verb, now_ms, site)
        return verdict, None if doc is None else replace(doc, items=doc.items[-1:]), undo

    return patch.object(eighty_six, "set_availability", only_this)


@mistake("a command about the site takes effect again when it is sent again", 5)
def _() -> Any:
    consumed = identity.consumed

    def other_time(docs: Any, command: Any, answer: Any, now_ms: int, undo: Any, **how: Any) -> Any:
        return {} if now_ms % 3 == 0 else consumed(docs, command, answer, now_ms, undo, **how)

    return patch.object(site_verbs, "consumed", other_time)


@mistake("a pause never ends", 13)
def _() -> Any:
    state_now = stations.state_now

    def endless(book: Any, names: Any, timetable: Any, wall_ms: int, zone: Any, nobodys: int = 0) -> Any:
        return state_now(book, names, timetable, 1, zone, nobodys)

    return patch.object(floor, "state_now", endless)


@mistake("the last open station can be closed", 40)
def _() -> Any:
    close = stations.close

    def careless(docs: Any, command: Any, verb: Any, now_ms: int, site: Any) -> Any:
        verdict, book = close(docs, command, verb, now_ms, site)
        if book is not None or "last open" not in verdict.message:
            return verdict, book
        known, record = stations._record(docs, verb.station)
        return DONE, stations._with(known, replace(record, closed=True))

    return patch.object(stations, "close", careless)


@mistake("a table that moves is made again at its new place", 28)
def _() -> Any:
    return patch.object(moves, "_untouched", lambda at: True)


@mistake("a merge leaves the last line behind", 8)
def _() -> Any:
    take_in = among.take_in

    def short(into: Edit, order: Any) -> None:
        take_in(into, replace(order, lines=order.lines[:-1]) if len(order.lines) > 1 else order)

    return patch.object(among, "take_in", short)
