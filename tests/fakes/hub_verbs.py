"""What verbs do at the fake hub: as little as shows that they were done."""

from __future__ import annotations

from dataclasses import replace

from heard.board import board_entry
from heard.command import (
    AddLines,
    BumpLines,
    ChangeLine,
    Command,
    MarkPaid,
    MarkPickedUp,
    Rush,
    VoidLines,
    VoidOrder,
)
from heard.order import LineState, Order, OrderState, StationLine
from heard.stream import (
    Document,
)

STATION = "grill"


def as_seen(order: Order, view: str) -> Document | None:
    return board_entry(order) if view == "board" else order


def changed(order: Order, command: Command) -> Order:
    """What a verb does here: as little as shows that it was done."""
    match command.verb:
        case BumpLines(lines=lines):
            ids = {line.line_id for line in lines}
            done = tuple(
                replace(line, stations=tuple(replace(at, state=LineState.DONE) for at in line.stations))
                if line.line_id in ids
                else line
                for line in order.lines
            )
            return replace(order, lines=done)
        case AddLines(lines=lines):
            added = tuple(
                replace(line, stations=(StationLine(STATION, LineState.QUEUED, 2),)) for line in lines
            )
            return replace(order, lines=order.lines + added)
        case ChangeLine(line_id=line_id, quantity_milli=quantity) if quantity is not None:
            lines = tuple(
                replace(line, quantity_milli=quantity) if line.line_id == line_id else line
                for line in order.lines
            )
            return replace(order, lines=lines)
        case VoidLines(line_ids=line_ids):
            lines = tuple(
                replace(line, voided=line.voided or line.line_id in line_ids) for line in order.lines
            )
            return replace(order, lines=lines)
        case VoidOrder():
            return replace(order, state=OrderState.VOIDED)
        case MarkPaid(unpaid=unpaid):
            return replace(order, paid=not unpaid)
        case MarkPickedUp():
            return replace(order, state=OrderState.PICKED_UP)
        case Rush(rush=rush):
            return replace(order, rush=rush)
    return order
