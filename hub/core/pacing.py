"""Pacing: what is eaten together is finished together. What is quick waits (WAITING with a planned start) for what takes long.

A group is one course of an order. A dish whose prep time is not known starts at once. Times come from the menu, with what
modifiers add or take.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from heard.order import Line, LineState, StationLine
from heard.ticket import TO_MAKE_STATES

WAIT_MS_MIN = 30_000
"""A shorter wait would only move a tile under the cook's eyes."""


def paced(lines: Sequence[Line], now_ms: int, finish: int = 0) -> list[Line]:
    """The lines that may start now, each at its planned start; `finish` is when the rest of their course will be done."""
    ends: dict[int, int] = {}
    for line in lines:
        if _may_start(line):
            ends[line.course] = max(ends.get(line.course, finish), now_ms + line.prep_time_s * 1000)
    return [_at(line, now_ms, ends[line.course]) if _may_start(line) else line for line in lines]


def finish_ms(lines: Iterable[Line], course: int) -> int:
    """When what is being made of that course will be done; 0 where nothing is."""
    ends = [
        (at.starts_at_ms or at.queued_at_ms) + line.prep_time_s * 1000
        for line in lines
        if line.course == course and line.prep_time_s and not line.voided
        for at in line.stations
        if at.state in TO_MAKE_STATES or at.starts_at_ms
    ]
    return max(ends, default=0)


def _may_start(line: Line) -> bool:
    return bool(line.prep_time_s) and any(at.state is LineState.QUEUED for at in line.stations)


def _at(line: Line, now_ms: int, end_ms: int) -> Line:
    starts_ms = end_ms - line.prep_time_s * 1000
    if starts_ms - now_ms < WAIT_MS_MIN:
        return line
    stations = tuple([_waits(at, starts_ms) if at.state is LineState.QUEUED else at for at in line.stations])
    return replace(line, stations=stations)


def _waits(at: StationLine, starts_ms: int) -> StationLine:
    return replace(at, state=LineState.WAITING, queued_at_ms=0, starts_at_ms=starts_ms)
