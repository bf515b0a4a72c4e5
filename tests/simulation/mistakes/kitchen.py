"""Mistakes of the kitchen's verbs: split, push, fire, what is due, what is counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import patch

from display.core import allday
from heard.order import LineState
from heard.ticket import TO_MAKE_STATES
from hub.core import (
    among,
    cooking,
    kitchen,
    moves,
)
from hub.core.edit import Edit
from hub.core.lifecycle import LINE_TABLE, Stand
from hub.core.staging import Staging
from tests.simulation.mistakes.plant import mistake


@mistake("a split leaves its lines behind as well", 8)
def _() -> Any:
    return patch.object(Edit, "drop_lines", lambda self, line_ids: None)


@mistake("a split forgets the new order", 9)
def _() -> Any:
    split = among.split

    def forgets(edit: Edit, verb: Any) -> Any:
        verdict = split(edit, verb)
        edit.others.clear()
        return verdict

    return patch.object(kitchen, "HANDLERS", {**kitchen.HANDLERS, "split": forgets})


@mistake("a push leaves the line where it was as well", 10)
def _() -> Any:
    move_line = moves.move_line

    def both(edit: Edit, line: Any, at: Any, to_station: str) -> Any:
        made = move_line(edit, line, at, to_station)
        edit.put_line(replace(made, stations=(*made.stations, at)))
        return made

    return patch.object(moves, "move_line", both)


@mistake("a course is bumped before it was fired", 23)
def _() -> Any:
    rules = {**LINE_TABLE, (Stand.WAITING, "bump"): LINE_TABLE[Stand.QUEUED, "bump"]}
    return patch.object(cooking, "LINE_TABLE", rules)


@mistake("a release that the clock missed is never made up", 11)
def _() -> Any:
    return patch.object(Staging, "take", lambda self, now_ms, rules, paused=(): [])


@mistake("the all-day counts what is held", 3)
def _() -> Any:
    return patch.object(allday, "TO_MAKE_STATES", frozenset({*TO_MAKE_STATES, LineState.WAITING}))
