"""What a picture said of the all-day, for the ledger: worked out again exactly when something of it changed."""

from __future__ import annotations

from dataclasses import replace

from display.core.echo import echoed
from display.core.keymap import Action
from tests.display.desks import Bench


def test_what_the_hub_has_behind_an_echo_is_counted_anew() -> None:
    """The bump is on its way and the ticket greyed; the hub has carried it out, and its answer is still to come."""
    bench = Bench()
    order_id = bench.hold(2)
    bench.wait(1.0)
    bench.digit(1)
    bench.press(Action.BUMP)
    before = bench.desk.drawn()
    assert before is not None
    assert sum(before.orders.values()) > 0
    bench.put(replace(echoed(bench.orders[order_id], [bench.waiting[0][2]]), version=2))
    after = bench.desk.drawn()
    assert after is not None
    assert sum(after.orders.values()) == 0
