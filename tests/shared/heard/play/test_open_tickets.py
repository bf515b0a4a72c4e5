"""The fullest screen decides how many orders may be under way."""

from dataclasses import replace

from heard.order import Line, LineState, Order, OrderState, StationLine
from heard.play.open_tickets import OpenTickets


def order(order_id: str, *stations: str, state: LineState = LineState.QUEUED) -> Order:
    lines = tuple(Line(f"{order_id}.{one}", stations=(StationLine(one, state, 1),)) for one in stations)
    return Order(order_id, lines=lines, version=1, state=OrderState.HELD)


def test_what_is_under_way_counts_for_every_screen() -> None:
    counted = OpenTickets(["grill", "fry"])
    counted.held("a")
    counted.held("b")
    assert counted.most == 2
    counted.put(order("a", "grill"))
    counted.put(order("b", "fry"))
    assert counted.most == 1


def test_a_bumped_a_picked_up_and_a_removed_order_leave() -> None:
    counted = OpenTickets([])
    for order_id in "abc":
        counted.held(order_id)
        counted.put(order(order_id, "grill", "fry"))
    assert counted.most == 3
    counted.put(order("a", "grill", "fry", state=LineState.DONE))
    counted.put(replace(order("b", "grill"), state=OrderState.PICKED_UP))
    assert counted.most == 1
    counted.gone("c")
    assert counted.none
