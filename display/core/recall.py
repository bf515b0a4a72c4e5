"""The recall list: what the hub says was bumped today, searched by number. Pure; asking is the shell's work."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from heard.command import PaintedLine, RecallLines
from heard.order import LineState, Order

SEARCH_MAX = 8
"""Digits of a number that is searched."""
ROWS_MAX = 50
"""Asked of the hub at once; the search narrows it."""


class Status(StrEnum):
    LOADING = "loading"
    READY = "ready"
    NO_HUB = "no_hub"


@dataclass(frozen=True, slots=True)
class RecallList:
    """The open list: what was found, where the cursor is, what was typed."""

    search: str = ""
    orders: tuple[Order, ...] = ()
    cursor: int = 0
    status: Status = Status.LOADING

    @property
    def chosen(self) -> Order | None:
        return self.orders[self.cursor] if 0 <= self.cursor < len(self.orders) else None


def recall_verb(order: Order, station: str) -> RecallLines | None:
    """The command that brings back what the station has done of an order; None when there is nothing."""
    lines = []
    for line in order.lines:
        at = line.at(station)
        if at is not None and at.state is LineState.DONE:
            lines.append(PaintedLine(line.line_id, at.version))
    return RecallLines(station, tuple(lines)) if lines else None
