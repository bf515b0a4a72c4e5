"""What becomes of orders that a business day leaves behind: what is made and waits for nobody is taken as fetched. Pure.

A kitchen without an expo, whose till never says that a guest has his food, would gather ready orders for ever.
"""

from __future__ import annotations

from heard.command import Command, MarkPickedUp
from heard.order import Order, OrderState, OrderType
from heard.ticket import line_is_open
from hub.core.decision import BusinessDay, Decision, Docs, order_key
from hub.core.edit import Edit
from hub.core.marks import mark_picked_up
from hub.core.site import Site

HUB = "hub"
DETAIL = "the day is over"


def is_left_over(order: Order, day: BusinessDay) -> bool:
    """True for an order of an ended day that is ready everywhere. A table that has not paid is given one day more."""
    if order.state is not OrderState.READY or not order.business_date or order.business_date >= day.date:
        return False
    if any(line_is_open(at) for line in order.lines for at in line.stations):
        return False
    owes = order.type is OrderType.DINE_IN and not order.paid
    return not owes or order.business_date < day.previous


def decide_leave(docs: Docs, order_id: str, day: BusinessDay, now_ms: int, site: Site) -> Decision:
    """The guest has it: what else, on another day. Reads the order; writes nothing where it is not left over."""
    key = order_key(order_id)
    order = docs.get(key)
    if not isinstance(order, Order):
        return Decision(None, {key: None})
    if not is_left_over(order, day):
        return Decision(None, {key: order.version})
    verb = MarkPickedUp()
    edit = Edit(order, Command(order_id, verb, device=HUB), now_ms, site)
    mark_picked_up(edit, verb)
    edit.detail = DETAIL
    return Decision(None, {key: order.version}, {key: edit.finish()})
