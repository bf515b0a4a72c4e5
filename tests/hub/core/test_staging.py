"""Many scheduled orders for one minute reach each station in a stream that it can make, every one in time and none lost."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from heard.order import Order
from hub.core.site import LEAD_MS, KitchenRules
from hub.core.staging import MINUTE_MS, SLACK_MS, Staging
from tests.hub.core.making import SITE, Kitchen, line

TICK_MS = 250
IFTAR = KitchenRules(release_per_min={"grill": 10})


class Evening:
    """Orders of a kitchen, and a clock that looks four times a second, as the hub's does."""

    def __init__(self, rules: KitchenRules = IFTAR) -> None:
        self.kitchen = Kitchen(replace(SITE, rules=rules))
        self.rules = rules
        self.staging = Staging()
        self.released: dict[str, int] = {}

    def hold(self, order_id: str, due_ms: int, category: str = "grill") -> Order:
        self.kitchen.hold(line("a", category), order_id=order_id, due_at_ms=due_ms)
        order = self.kitchen.order(order_id)
        self.staging.put(order_id, order, self.rules)
        return order

    def restart(self) -> None:
        """A hub that starts anew knows what its store has."""
        self.staging = Staging()
        for doc in self.kitchen.docs.values():
            if isinstance(doc, Order):
                self.staging.put(doc.order_id, doc, self.rules)

    def run(self, until_ms: int, paused: tuple[str, ...] = ()) -> None:
        while self.kitchen.now_ms < until_ms:
            self.kitchen.now_ms += TICK_MS
            for order_id in self.staging.take(self.kitchen.now_ms, self.rules, paused):
                assert self.kitchen.due(order_id, release=True)
                self.released[order_id] = self.kitchen.now_ms
                self.staging.put(order_id, self.kitchen.order(order_id), self.rules)

    def most_in_a_minute(self) -> int:
        times = sorted(self.released.values())
        return max(sum(one <= other < one + MINUTE_MS - SLACK_MS for other in times) for one in times)


def test_two_hundred_orders_for_one_minute_come_ten_a_minute_and_all_in_time() -> None:
    evening = Evening()
    due_ms = evening.kitchen.now_ms + 60 * MINUTE_MS
    for number in range(200):
        evening.hold(f"o{number:03}", due_ms)
    evening.run(due_ms)
    assert len(evening.released) == 200
    assert evening.most_in_a_minute() <= 10
    times = sorted(evening.released.values())
    assert times[-1] <= due_ms - LEAD_MS + 2 * TICK_MS  # the last one has its whole lead
    assert times[0] >= due_ms - LEAD_MS - 20 * MINUTE_MS - 2 * TICK_MS  # and none comes earlier than it must


def test_a_station_without_a_limit_gets_its_order_at_its_lead() -> None:
    evening = Evening()
    due_ms = evening.kitchen.now_ms + 60 * MINUTE_MS
    for number in range(30):
        evening.hold(f"f{number:03}", due_ms, "fry")
    evening.run(due_ms - LEAD_MS - TICK_MS)
    assert evening.released == {}
    evening.run(due_ms - LEAD_MS + TICK_MS)
    assert len(evening.released) == 30


def test_what_is_due_first_comes_first_and_a_late_burst_still_keeps_the_rate() -> None:
    evening = Evening()
    now_ms = evening.kitchen.now_ms
    for number in range(30):
        evening.hold(f"o{number:03}", now_ms + MINUTE_MS * (40 - number))
    evening.run(now_ms + 60 * MINUTE_MS)
    assert sorted(evening.released, key=lambda one: (evening.released[one], one)) == [
        f"o{n:03}" for n in reversed(range(30))
    ]
    burst = Evening()
    for number in range(40):
        burst.hold(f"o{number:03}", burst.kitchen.now_ms + MINUTE_MS)
    burst.run(burst.kitchen.now_ms + 10 * MINUTE_MS)
    assert len(burst.released) == 40
    assert burst.most_in_a_minute() <= 10


def test_a_restart_loses_neither_order_nor_rate() -> None:
    evening = Evening()
    due_ms = evening.kitchen.now_ms + 30 * MINUTE_MS
    for number in range(60):
        evening.hold(f"o{number:03}", due_ms)
    while evening.kitchen.now_ms < due_ms:
        evening.run(evening.kitchen.now_ms + 70_000)
        evening.restart()
    assert len(evening.released) == 60
    assert evening.most_in_a_minute() <= 10


def test_a_pause_holds_releases() -> None:
    evening = Evening()
    due_ms = evening.kitchen.now_ms + 30 * MINUTE_MS
    evening.hold("grill", due_ms)
    evening.hold("fry", due_ms, "fry")
    evening.run(due_ms - LEAD_MS + MINUTE_MS, paused=("grill",))
    assert set(evening.released) == {"fry"}
    evening.staging.look_again()
    evening.run(evening.kitchen.now_ms + 2 * TICK_MS)
    assert set(evening.released) == {"fry", "grill"}
    site = Evening()
    site.hold("grill", site.kitchen.now_ms + 30 * MINUTE_MS)
    site.run(site.kitchen.now_ms + 15 * MINUTE_MS, paused=("",))
    assert site.released == {}


def test_a_release_that_was_not_stored_is_asked_for_again() -> None:
    evening = Evening()
    evening.hold("o1", evening.kitchen.now_ms + 2 * MINUTE_MS)
    assert evening.staging.take(evening.kitchen.now_ms, IFTAR) == ["o1"]
    assert evening.staging.take(evening.kitchen.now_ms + MINUTE_MS, IFTAR) == []
    evening.staging.missed("o1")
    assert evening.staging.take(evening.kitchen.now_ms + MINUTE_MS, IFTAR) == ["o1"]


def test_what_is_cancelled_is_not_released() -> None:
    evening = Evening()
    order = evening.hold("o1", evening.kitchen.now_ms + 60 * MINUTE_MS)
    assert len(evening.staging) == 1
    evening.staging.put("o1", None, IFTAR)
    assert len(evening.staging) == 0
    assert order.scheduled


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 90), st.sampled_from(["grill", "fry", "both"])), min_size=1, max_size=25
    ),
    st.integers(1, 20),
)
def test_every_order_is_released_once_in_its_turn(orders: list[tuple[int, str]], rate: int) -> None:
    """Whatever is due when: each station's rate holds, all are released, and one that could be in time is."""
    rules = KitchenRules(release_per_min={"grill": rate, "fry": rate})
    evening = Evening(rules)
    now_ms = evening.kitchen.now_ms
    for number, (minutes, category) in enumerate(orders):
        evening.hold(f"o{number:03}", now_ms + minutes * MINUTE_MS, category)
    evening.run(now_ms + (91 + 2 * len(orders)) * MINUTE_MS)
    assert len(evening.released) == len(orders)
    for station in ("grill", "fry"):
        times = sorted(
            evening.released[f"o{n:03}"]
            for n, (_, category) in enumerate(orders)
            if category in (station, "both")
        )
        for early, late in zip(times, times[rate:], strict=False):
            assert late - early >= MINUTE_MS - MINUTE_MS % rate - (rate + 1) * SLACK_MS
