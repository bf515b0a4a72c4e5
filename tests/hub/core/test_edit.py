"""What an order remembers of its changes is bounded, so that it can always be bumped."""

from __future__ import annotations

from heard.command import Outcome
from heard.wire import encode_order
from hub.core.decision import BYTES_PER_VALUE_MAX
from hub.core.edit import HISTORY_LINES_MAX, HISTORY_MAX
from tests.hub.core.making import Kitchen, line

LINES = 200
CYCLES = 40


def test_a_banquet_that_is_bumped_and_recalled_again_and_again_stays_within_a_record() -> None:
    kitchen = Kitchen()
    ids = [f"01890000-0000-7000-8000-{n:012d}" for n in range(LINES)]
    kitchen.hold(*(line(one) for one in ids))
    for _ in range(CYCLES):
        assert kitchen.bump("grill", *ids).outcome is Outcome.DONE
        assert kitchen.recall("grill", *ids).outcome is Outcome.DONE
    order = kitchen.order()
    assert order.version == 1 + 2 * CYCLES
    assert len(encode_order(order)) < BYTES_PER_VALUE_MAX
    assert order.history[0].verb == "hold", "how a repeated hold is known"
    assert [one.version for one in order.history[1:]] == list(
        range(order.version - len(order.history) + 2, order.version + 1)
    ), "the newest, without a gap"


def test_the_newest_entries_of_a_small_order_are_kept() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("l1"))
    for _ in range(HISTORY_MAX):
        kitchen.bump("grill", "l1")
        kitchen.recall("grill", "l1")
    order = kitchen.order()
    assert len(order.history) == HISTORY_MAX <= HISTORY_LINES_MAX
    assert (order.history[0].version, order.history[-1].version) == (1, order.version)
