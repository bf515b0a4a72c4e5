"""The recall list: what the hub says was bumped today, searched by number; and another station's open tickets, to be pulled.

Looking reopens nothing. Pure; asking is the shell's work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from display.core.effects import AskRecall
from heard.command import PaintedLine, RecallLines
from heard.order import LineState, Order, OrderState
from heard.ticket import MADE_STATES

SEARCH_MAX = 8
"""Digits of a number that is searched."""
ROWS_MAX = 50
"""Asked of the hub at once; the search narrows it."""
IDLE_S = 30.0
"""It covers the tickets: without a key for so long it closes."""
ROW, LINE = "row:", "line:"
"""Before an order and a line, as what a touch on them asks for."""


class Status(StrEnum):
    LOADING = "loading"
    READY = "ready"
    NO_HUB = "no_hub"


@dataclass(frozen=True, slots=True)
class RecallList:
    """The open list: what was found, where the cursor is, what was typed.

    `station` is whose tickets are asked for; `pulls`: those that stand there now, to be taken over. `line` is the line of the
    chosen order that is picked, "" all of it. `review`: the chosen ticket fills the panel.
    """

    station: str = ""
    search: str = ""
    orders: tuple[Order, ...] = ()
    cursor: int = 0
    status: Status = Status.LOADING
    line: str = ""
    review: bool = False
    pulls: bool = False

    @property
    def chosen(self) -> Order | None:
        return self.orders[self.cursor] if 0 <= self.cursor < len(self.orders) else None

    @property
    def ask(self) -> AskRecall:
        """The question to the hub that this list is the answer to."""
        return AskRecall(self.search, self.station, self.pulls)

    def searching(self, search: str) -> RecallList:
        """The list for another number; what stood there stays until the answer comes."""
        return replace(self, search=search, status=Status.LOADING, line="")

    def answered(self, orders: tuple[Order, ...] | None) -> RecallList:
        """The hub's answer, None where there is none."""
        status = Status.READY if orders is not None else Status.NO_HUB
        return replace(self, orders=orders or (), cursor=0, status=status, line="")

    def stepped(self, by: int) -> RecallList:
        """Another order of the list; it ends at both ends."""
        last = max(0, len(self.orders) - 1)
        return replace(self, cursor=min(max(self.cursor + by, 0), last), line="")

    def picked(self, lines: tuple[str, ...], by: int) -> RecallList:
        """The next of these lines; after the last one all of it again."""
        stops = ("", *lines)
        at = stops.index(self.line) if self.line in stops else 0
        return replace(self, line=stops[(at + by) % len(stops)])

    def at_order(self, order_id: str) -> RecallList:
        """The order that a finger chose."""
        cursor = next((n for n, one in enumerate(self.orders) if one.order_id == order_id), self.cursor)
        return self if cursor == self.cursor else replace(self, cursor=cursor, line="")


def made_lines(order: Order, station: str) -> tuple[str, ...]:
    """Lines that the station (any, where "") has made: what can be recalled there, or made once more."""
    return tuple(
        line.line_id
        for line in order.lines
        if any(at.state in MADE_STATES and station in ("", at.station) for at in line.stations)
    )


def only_remake(order: Order) -> bool:
    """True for what was picked up: nothing of it comes back, but it may be made again."""
    return order.state is OrderState.PICKED_UP


def recall_verb(order: Order, station: str) -> RecallLines | None:
    """The command that brings back what the station has done of an order; None when there is nothing."""
    lines = []
    for line in order.lines:
        at = line.at(station)
        if at is not None and at.state is LineState.DONE:
            lines.append(PaintedLine(line.line_id, at.version))
    return RecallLines(station, tuple(lines)) if lines else None
