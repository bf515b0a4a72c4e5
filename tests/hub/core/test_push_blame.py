"""Whose fault a refusal is: a poisoned document never stays for ever, and an ill cloud costs none its place."""

from __future__ import annotations

import random
from collections import Counter
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.cloud_failure import FailureClass
from hub.core.push_blame import ASKED_AGAIN_MAX, PROOFS
from hub.core.push_plan import Push, PushPlan
from tests.hub.core.push_site import F, S, Site

MINUTE_MS = 60_000
OUTAGES = (F.TRANSIENT, F.NOT_REACHED, F.THROTTLED, F.NOT_THERE)


class House(Site):
    """Sells on beside a cloud that has outages (`down`), may be `ill` (it refuses everything), and never takes what is poisoned."""

    def __init__(self, backlog: int = 0) -> None:
        super().__init__(backlog)
        self.poison: set[str] = set()
        self.breaks: set[str] = set()
        self.broke: Counter[str] = Counter()
        self.down: FailureClass | None = None
        self.ill = False
        self.tries: Counter[str] = Counter()
        """Alone, with a success of another since the try before."""
        self._fresh: set[str] = set()

    def sell(self, name: str, *, poisoned: bool = False) -> None:
        self.now_ms += 1
        self.rows.change(name, self.now_ms)
        self.plan.wake()
        if poisoned:
            self.poison.add(name)

    def calls(self, until_ms: int, calls_max: int = 10_000) -> int:
        """Goes on until then, or for so many calls; how many there were."""
        made = 0
        while made < calls_max and self.now_ms < until_ms:
            if isinstance(action := self.next(), Push):
                made += 1
                self._answer([row.key.removeprefix("order/") for row in action.rows])
            else:
                due = self.plan.due_ms()
                assert due is not None
                self.now_ms = min(max(self.now_ms + 1, due), until_ms)
        return made

    def _answer(self, keys: list[str]) -> None:
        if self.down is not None:
            self.fail(self.down, 2_000)
        elif self.breaks.intersection(keys):
            self.broke.update(keys)
            self.fail(F.TRANSIENT)
        elif self.ill or self.poison.intersection(keys):
            if len(keys) == 1:
                self.tries[keys[0]] += keys[0] not in self._fresh
                self._fresh.add(keys[0])
            self.fail(F.REFUSED)
        else:
            self._fresh.clear()
            self.take()

    def of(self, state: S) -> set[str]:
        return {name for name, at in self.states().items() if at is state}


@pytest.mark.parametrize("chance", [0.1, 0.999])
@pytest.mark.parametrize("orders", [1, 2, 5, 60])
@pytest.mark.parametrize("illness", [FailureClass.TRANSIENT, FailureClass.REFUSED])
def test_a_minute_after_half_an_hour_of_a_broken_cloud_all_is_there(
    orders: int, illness: FailureClass, chance: float
) -> None:
    """With few orders each is tried alone again and again; that says nothing against them, and costs them nothing later."""
    house = House()
    house.chance, house.down = chance, illness
    for n in range(orders):
        house.sell(f"old{n:02}")
    house.calls(house.now_ms + 30 * MINUTE_MS)
    house.down = None
    house.sell("new")
    house.calls(house.now_ms + 2 * MINUTE_MS)
    assert house.of(S.SYNCED) == set(house.states())


def test_two_orders_on_which_the_cloud_breaks_are_tried_ever_later_and_by_a_person_at_once() -> None:
    house = House()
    house.breaks = {"bad0", "bad1"}
    for name in sorted(house.breaks):
        house.sell(name)
    begun = house.now_ms
    for n in range(24):
        house.sell(f"sale{n:02}")
        house.calls(begun + (n + 1) * 5 * MINUTE_MS)
    assert house.of(S.NOT_SYNCED) == house.breaks
    assert all(5 <= house.broke[name] < 16 for name in house.breaks), house.broke
    house.breaks.clear()
    house.plan.resume(house.now_ms)
    house.calls(house.now_ms + 1_000)
    assert house.of(S.NOT_SYNCED) == set()


@pytest.mark.parametrize("poisoned", [1, 4, 5, 6, 9, 30])
def test_poisoned_orders_end_in_error_one_by_one_while_sales_go_through(poisoned: int) -> None:
    """With five or more of them the cloud was blamed between any two sales, and each began anew."""
    house = House()
    for n in range(poisoned):
        house.sell(f"bad{n:02}", poisoned=True)
    house.calls(house.now_ms + 5 * MINUTE_MS)
    assert house.of(S.NOT_SYNCED) == house.poison, "nothing else proves that the cloud works"
    sales = PROOFS * ceil(poisoned / ASKED_AGAIN_MAX) + 1
    for n in range(sales):
        house.sell(f"sale{n:02}")
        house.calls(house.now_ms + 10 * MINUTE_MS)
    assert house.of(S.ERROR) == house.poison
    assert len(house.of(S.SYNCED)) == sales
    assert house.plan.alarm is None


@pytest.mark.parametrize("orders", [1, 4, 12])
@pytest.mark.parametrize("started_again", [False, True])
def test_an_ill_cloud_in_a_slow_hour_costs_no_sale_its_place(orders: int, started_again: bool) -> None:
    """Each is refused alone, for minutes, before the next one comes. The last ones of a day have none after them that is taken."""
    house = House()
    house.ill = True
    for n in range(orders):
        house.sell(f"slow{n:02}")
        house.calls(house.now_ms + 10 * MINUTE_MS)
    assert house.of(S.ERROR) == set()
    assert "the cloud refuses" in (house.plan.alarm or "")
    if started_again:
        house.plan = PushPlan(house.now_ms)
    house.ill = False
    house.calls(house.now_ms + 2 * MINUTE_MS)
    assert len(house.of(S.SYNCED)) == orders
    assert house.plan.alarm is None


@pytest.mark.parametrize("started_again", [False, True])
def test_a_lone_poisoned_order_waits_until_others_that_went_through_prove_it(started_again: bool) -> None:
    house = House()
    house.sell("bad", poisoned=True)
    tries = house.calls(house.now_ms + 60 * MINUTE_MS)
    assert house.of(S.NOT_SYNCED) == {"bad"}
    assert 60 <= tries <= 120
    assert "refuses what waits for it, again and again" in (house.plan.alarm or "")
    if started_again:
        house.plan = PushPlan(house.now_ms)
    for n in range(PROOFS + 1):
        house.sell(f"sale{n}")
        house.calls(house.now_ms + MINUTE_MS)
    proofs = house.tries["bad"]
    assert house.of(S.ERROR) == {"bad"}
    assert house.plan.alarm is None
    for n in range(5):
        house.sell(f"more{n}")
        house.calls(house.now_ms + MINUTE_MS)
    assert house.tries["bad"] == proofs, "the verdict rests on proofs: it is not asked again"


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_whoever_is_refused_while_others_are_taken_is_in_error_after_a_few_tries(seed: int) -> None:
    """Any number of them, anywhere, in batches of any size, with outages between."""
    chance = random.Random(seed)
    house = House(backlog=chance.randrange(90))
    house.poison = {
        name for name in house.of(S.NOT_SYNCED) if chance.random() < chance.choice((0.02, 0.3, 0.9))
    }
    share = chance.choice((0.05, 0.4, 0.8))
    for step in range(chance.randrange(40)):
        for n in range(chance.choice((0, 0, 1, 1, 3, 12))):
            house.sell(f"n{step:02}-{n:02}", poisoned=chance.random() < share)
        house.down = chance.choice(OUTAGES) if chance.random() < 0.3 else None
        house.calls(house.now_ms + chance.choice((1, 1_000, MINUTE_MS)), chance.randrange(1, 20))
    house.down = None
    sales = PROOFS * ceil(len(house.poison) / ASKED_AGAIN_MAX) + 2
    for n in range(sales):
        house.sell(f"sale{n:03}")
        house.calls(house.now_ms + 10 * MINUTE_MS)
    assert house.of(S.ERROR) == house.poison
    assert house.of(S.NOT_SYNCED) == set()
    assert max(house.tries.values(), default=0) <= PROOFS + 1
    assert house.plan.alarm is None


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_a_cloud_that_is_ill_for_a_while_again_and_again_costs_nobody_its_place(seed: int) -> None:
    chance = random.Random(seed)
    house = House(backlog=chance.randrange(60))
    house.poison = {name for name in house.of(S.NOT_SYNCED) if chance.random() < chance.choice((0.0, 0.1))}
    for step in range(chance.randrange(1, 8)):
        house.ill = chance.random() < 0.6
        for n in range(chance.choice((1, 3, 20))):
            house.sell(f"n{step}-{n:02}", poisoned=chance.random() < 0.05)
            house.calls(house.now_ms + chance.choice((1_000, MINUTE_MS)), chance.randrange(1, 30))
        assert house.of(S.ERROR) <= house.poison
    house.ill = False
    for n in range(PROOFS * ceil(len(house.poison) / ASKED_AGAIN_MAX) + 2):
        house.sell(f"sale{n:03}")
        house.calls(house.now_ms + 10 * MINUTE_MS)
    assert house.of(S.ERROR) == house.poison
    assert house.of(S.NOT_SYNCED) == set()
