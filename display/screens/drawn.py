"""What a rail said of the all-day, beside what the tickets add up to: for the ledger, so that a play can prove it right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from display.core.allday import RailRow, sums
from display.core.board import Board
from display.screens.role import Drawn
from heard.sums_name import SumKey
from heard.ticket import Ticket


def drawn(rows: Iterable[RailRow], board: Board, echoed: Collection[str]) -> Drawn:
    """`rows` as they were drawn; `echoed`: orders that show what the hub has not answered yet."""
    rail: Counter[SumKey] = Counter()
    for row in rows:
        for way in row.variants:
            ids = tuple((one.modifier_id, one.quantity_milli) for one in way.modifiers)
            rail[row.item_id, ids] += way.shown_milli + way.elsewhere_milli
    tickets = _sums(board.tickets.values())
    orders = Counter(tickets)
    if echoed:
        orders.subtract(_sums(one for one in board.tickets.values() if one.order.order_id in echoed))
        for order_id in echoed:
            order = board.orders.get(order_id)
            if order is not None:
                orders.update(_sums(board.sight.tickets(order)))
    return Drawn(rail, tickets, orders)


def _sums(tickets: Iterable[Ticket]) -> Counter[SumKey]:
    found: Counter[SumKey] = Counter()
    for key, milli in sums(tickets).to_make_milli.items():
        found[key.item_id, key.modifier_ids] += milli
    return found
