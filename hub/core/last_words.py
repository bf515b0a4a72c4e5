"""What is told of an order when nothing more will come of it: what each station had of it, and what became of its voids. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from heard.order import LineState, Order
from heard.stream import HeardState, HeardValue, LineVoided
from hub.core.hearing_facts import Told, ended_by_cook
from hub.core.hearing_words import void_words
from hub.core.printing import was_printed

VOIDING = frozenset({"acknowledge", "void_lines", "void_order", "change_line", "printed"})
"""Verbs after which the answer to a void may be known: a side goes with a change of its dish."""


def void_news(order: Order) -> list[Told]:
    """What the newest change settled of voided lines, by station: a cook said it, or it was known when the till voided."""
    newest = order.history[-1] if order.history else None
    if newest is None or newest.verb not in VOIDING or not order.terminal:
        return []
    found: dict[str, list[LineVoided]] = {}
    for line_id in newest.line_ids:
        line = order.line(line_id)
        for at in line.stations if line is not None else ():
            news = at.station == newest.station or at.version == order.version
            if news and at.state is LineState.VOIDED and at.void_answer:
                found.setdefault(at.station, []).append(LineVoided(line_id, at.void_answer))
    return [
        Told(order.terminal, _voided(order, station, order.version, HeardState.HEARD, answers))
        for station, answers in found.items()
    ]


def last_words(order: Order) -> list[Told]:
    """All of it once more, for a till that a killed hub may have left without: one value a station."""
    if not order.terminal:
        return []
    told = []
    for there in order.stations:
        station = there.station
        answers = [
            LineVoided(line.line_id, at.void_answer)
            for line in order.lines
            if (at := line.at(station)) is not None and at.state is LineState.VOIDED and at.void_answer
        ]
        state = HeardState.HEARD if ended_by_cook(order, station) else HeardState.MOOT
        if was_printed(order, station):
            state = HeardState.PRINTED
        told.append(Told(order.terminal, _voided(order, station, there.ticket_version, state, answers)))
    return told


def _voided(
    order: Order, station: str, version: int, state: HeardState, answers: Iterable[LineVoided]
) -> HeardValue:
    said = tuple(answers)
    return HeardValue(order.order_id, station, version, state, 0, void_words(said) if said else "", said)
