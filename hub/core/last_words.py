"""What is told of an order when nothing more will come of it: what each station had of it, and what became of its voids. Pure."""

from __future__ import annotations

from heard.order import LineState, Order
from heard.stream import HeardState, HeardValue
from hub.core.hearing_facts import Told, ended_by_cook, void_answers
from hub.core.hearing_words import void_words
from hub.core.printing import was_printed

VOIDING = frozenset({"acknowledge", "void_lines", "void_order", "change_line", "printed", "mark_picked_up"})
"""Verbs after which the answer to a void may be known: a side goes with a change of its dish, and who fetches ends the asking."""


def void_news(order: Order) -> list[Told]:
    """What the newest change settled of voided lines, by station: a cook said it, or it was known when the till voided."""
    newest = order.history[-1] if order.history else None
    if newest is None or newest.verb not in VOIDING or not order.terminal:
        return []
    stations: dict[str, None] = {}
    for line_id in newest.line_ids:
        line = order.line(line_id)
        for at in line.stations if line is not None else ():
            news = order.version == at.acknowledged_version or at.station == newest.station
            if news and at.state is LineState.VOIDED and at.void_answer:
                stations[at.station] = None
    return [
        Told(order.terminal, _value(order, station, order.version, HeardState.HEARD)) for station in stations
    ]


def last_words(order: Order) -> list[Told]:
    """All of it once more, for a till that a killed hub may have left without: one value a station."""
    if not order.terminal:
        return []
    told = []
    for there in order.stations:
        state = HeardState.HEARD if ended_by_cook(order, there.station) else HeardState.MOOT
        if was_printed(order, there.station):
            state = HeardState.PRINTED
        told.append(Told(order.terminal, _value(order, there.station, there.ticket_version, state)))
    return told


def _value(order: Order, station: str, version: int, state: HeardState) -> HeardValue:
    said = void_answers(order, station)
    return HeardValue(order.order_id, station, version, state, 0, void_words(said) if said else "", said)
