"""Keeps what a till believes its orders to be: what it sent, less what the hub refused. Pure."""

from __future__ import annotations

from heard.command import (
    AddLines,
    Answer,
    ChangeLine,
    ChangeOrder,
    Merge,
    Outcome,
    Split,
    Verb,
    VoidLines,
    VoidOrder,
)
from heard.play.compare import SentLine, SentOrder

DONE_OUTCOMES = frozenset({Outcome.DONE, Outcome.ALREADY})


def refused(answer: Answer) -> bool:
    """True where the hub did nothing of what was asked."""
    return answer.outcome is Outcome.REJECTED


def apply(orders: dict[str, SentOrder], order_id: str, verb: Verb, answer: Answer) -> None:
    """Take into `orders` what the hub answered to `verb`; a line that it refused stays as it was."""
    order = orders.get(order_id)
    if order is None or refused(answer):
        return
    of_line = {line.line_id: line.outcome for line in answer.lines}

    def taken(line_id: str) -> bool:
        return of_line.get(line_id, answer.outcome) in DONE_OUTCOMES

    match verb:
        case AddLines():
            for line in verb.lines:
                if taken(line.line_id):
                    order.lines[line.line_id] = SentLine(line.line_id, line.item_id, line.quantity_milli)
        case ChangeLine() if verb.quantity_milli is not None and taken(verb.line_id):
            order.lines[verb.line_id].quantity_milli = verb.quantity_milli
        case VoidLines():
            for line_id in verb.line_ids:
                if taken(line_id):
                    order.lines[line_id].voided = True
        case VoidOrder():
            order.voided = True
        case ChangeOrder() if verb.due_at_ms is not None:
            order.due_at_ms = verb.due_at_ms
        case Split(new_order_id, line_ids, _, False):
            moved = {line_id: order.lines.pop(line_id) for line_id in line_ids if line_id in order.lines}
            known = orders.setdefault(
                new_order_id,
                SentOrder(f"{order.source_id}/{new_order_id}", new_order_id, {}, due_at_ms=order.due_at_ms),
            )
            known.lines |= moved
        case Merge(into) if into in orders:
            orders[into].lines |= order.lines
            order.lines = {}
        case _:
            pass
