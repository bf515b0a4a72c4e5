"""What people are told about heard and not heard. One sentence: what is wrong, for how long, what to do."""

from __future__ import annotations

from collections.abc import Iterable

from heard.order import LineState, Order
from heard.stream import SiteProfile


def station_name(profile: SiteProfile, station: str) -> str:
    """The station's English name, else its first one, else its id."""
    found = profile.station(station)
    if found is None or not found.name:
        return station.capitalize()
    return found.name.get("en") or next(iter(found.name.values()))


def order_name(order: Order) -> str:
    """What the kitchen calls the order: "#214", else its table or a short id."""
    if order.call_number:
        return f"#{order.call_number}"
    return f"table {order.table}" if order.table else f"order {order.order_id[-6:]}"


def minutes(elapsed_ms: int) -> str:
    """ "0:12"."""
    seconds = max(0, elapsed_ms) // 1000
    return f"{seconds // 60}:{seconds % 60:02d}"


def not_heard_words(
    profile: SiteProfile, station: str, order: Order, elapsed_ms: int, others: int = 0
) -> str:
    """ "Grill has not seen #214 (0:12). Tell the grill." """
    name = station_name(profile, station)
    more = f" and {others} more" if others else ""
    return f"{name} has not seen {order_name(order)}{more} ({minutes(elapsed_ms)}). Tell the {name.lower()}."


def station_alarm_words(profile: SiteProfile, station: str, *, raised: bool) -> str:
    """The line that ends an alarm."""
    name = station_name(profile, station)
    return f"{name} has not seen its orders." if raised else f"{name} has seen all its orders."


def behind_words(before: int) -> str:
    """ "2 tickets before it"."""
    return f"{before} ticket{'' if before == 1 else 's'} before it"


def answers_of(order: Order, station: str, line_ids: Iterable[str]) -> str:
    """What a station said of voided lines: "void l1=MADE l2=NOT_MADE"; "" when none of them was voided."""
    found = []
    for line_id in line_ids:
        line = order.line(line_id)
        at = None if line is None else line.at(station)
        if at is not None and at.state is LineState.VOIDED:
            found.append(f"{line_id}={at.void_answer.name}")
    return f"void {' '.join(found)}" if found else ""
