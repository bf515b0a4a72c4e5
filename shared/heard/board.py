"""The guests' board in plain values: an order's entry without its lines, and in which column it stands when. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from heard.order import Order, OrderState, OrderType, Text
from heard.ticket import NO_TICKET_STATES, is_cancelled


@dataclass(frozen=True, slots=True)
class BoardEntry:
    """What the guests' board knows of an order: no lines. `see_cashier`: voided when it was ready."""

    order_id: str
    version: int
    call_number: str
    type: OrderType
    type_name: Text
    aggregator_code: str
    guest: str
    state: OrderState
    held_at_ms: int
    ready_at_ms: int
    recalled: bool = False
    pick_up_point: str = ""
    voided_at_ms: int = 0
    see_cashier: bool = False


def board_entry(order: Order) -> BoardEntry | None:
    """The board's entry of a pick-up order that is still to be fetched or was just voided; None when it has none."""
    if not _on_board(order):
        return None
    return BoardEntry(
        order_id=order.order_id,
        version=order.version,
        call_number=order.call_number,
        type=order.type,
        type_name=order.type_name,
        aggregator_code=order.aggregator_code,
        guest=order.guest,
        state=OrderState.VOIDED if is_cancelled(order) else order.state,
        held_at_ms=order.held_at_ms,
        ready_at_ms=order.ready_at_ms,
        recalled=any(there.recalled for there in order.stations),
        pick_up_point=order.pick_up_point,
        voided_at_ms=order.voided_at_ms,
        see_cashier=order.see_cashier,
    )


def _on_board(order: Order) -> bool:
    return not (order.state in NO_TICKET_STATES or order.type is OrderType.DINE_IN or order.scheduled)


class BoardColumn(Enum):
    """Where an entry stands on the guests' board at one moment."""

    PREPARING = "preparing"
    READY = "ready"
    SEE_CASHIER = "see cashier"
    GONE = "gone"


READY_WAIT_MS = 3_000
"""After the last bump, so that a slip of the finger is undone before a guest stands up."""
SEE_CASHIER_MS = 60_000
"""How long a guest whose ready order was voided is asked to see the cashier."""


def board_column(entry: BoardEntry, now_ms: int, leaves_after_ms: int = 0) -> BoardColumn:
    """Where the entry stands at `now_ms` of hub time; `leaves_after_ms` takes it down so long after it was ready (0: never)."""
    if entry.state is OrderState.VOIDED:
        still = entry.see_cashier and now_ms < entry.voided_at_ms + SEE_CASHIER_MS
        return BoardColumn.SEE_CASHIER if still else BoardColumn.GONE
    if entry.state is not OrderState.READY or now_ms < entry.ready_at_ms + READY_WAIT_MS:
        return BoardColumn.PREPARING
    if leaves_after_ms and now_ms >= entry.ready_at_ms + leaves_after_ms:
        return BoardColumn.GONE
    return BoardColumn.READY
