"""Call numbers: blocks that never overlap, never one that is open or younger than 12 h, gaps allowed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heard.command import Command, Hold, MarkPickedUp
from heard.stream import NumberLease
from hub.core.call_numbers import (
    ABANDONED_MS,
    BLOCK,
    HOUR_MS,
    JOURNALS_PER_HOUR_MAX,
    OWN_BLOCK,
    REST_MS,
    RESTORE_SKIP,
    OpenNumbers,
    begins_too_often,
    lease,
    newest_lease,
)
from hub.core.decision import CALL_NUMBERS_KEY, CallNumbers, Doc, Key
from hub.core.site import Site
from tests.hub.core.making import SITE, Kitchen, order


class Desk:
    """Leases against one document."""

    def __init__(self, site: Site = SITE) -> None:
        self.site = site
        self.doc: Doc | None = None
        self.now_ms = 1

    def take(self, device: str = "T1", incarnation: str = "") -> NumberLease | None:
        docs: dict[Key, Doc | None] = {CALL_NUMBERS_KEY: self.doc}
        decision, found = lease(docs, device, self.now_ms, self.site, incarnation)
        assert decision.reads == {CALL_NUMBERS_KEY: None if self.doc is None else self.doc.version}
        self.doc = decision.puts.get(CALL_NUMBERS_KEY, self.doc)
        return found


def test_each_terminal_gets_its_own_block() -> None:
    desk = Desk()
    assert desk.take("T1") == NumberLease(1, BLOCK, 1)
    assert desk.take("T2") == NumberLease(BLOCK + 1, 2 * BLOCK, 2)
    assert newest_lease(desk.doc, "T1") == NumberLease(1, BLOCK, 1)
    assert newest_lease(desk.doc, "T3") is None
    assert newest_lease(None, "T1") is None


def test_a_till_that_lost_its_journal_is_not_told_its_old_block_again() -> None:
    """It does not know which numbers of it the guests hold. Its old blocks go as it takes newer ones."""
    desk = Desk()
    old = desk.take("T1", "first")
    assert newest_lease(desk.doc, "T1", "first") == old
    assert newest_lease(desk.doc, "T1", "second") is None
    new = desk.take("T1", "second")
    assert old is not None
    assert new is not None
    assert new.first > old.last
    assert newest_lease(desk.doc, "T1", "second") == new


def test_blocks_go_around_and_rest_for_12_hours() -> None:
    """A terminal holds its three newest; what it gave up rests."""
    desk = Desk(replace(SITE, last_number=100))
    first = [desk.take("T1") for _ in range(5)]
    assert [block.first for block in first if block] == [1, 21, 41, 61, 81]
    assert desk.take("T1") is None
    desk.now_ms += REST_MS - 1
    assert desk.take("T2") is None
    desk.now_ms += 1
    again = [desk.take("T2"), desk.take("T2"), desk.take("T2")]
    assert [block.first if block else None for block in again] == [1, 21, None]


def test_a_terminal_that_is_gone_for_a_month_gives_its_numbers_back() -> None:
    desk = Desk(replace(SITE, last_number=20))
    assert desk.take("T1") is not None
    assert desk.take("T2") is None
    desk.now_ms += ABANDONED_MS
    assert desk.take("T2") == NumberLease(1, 20, 2)


def test_open_numbers_are_passed_over() -> None:
    taken = {"3", "4", "25"}
    desk = Desk(replace(SITE, number_taken=taken.__contains__))
    blocks = [desk.take(), desk.take(), desk.take()]
    assert [(block.first, block.last) for block in blocks if block] == [(1, 2), (5, 24), (26, 45)]


def test_after_a_restore_numbers_that_may_have_been_given_out_are_passed_over() -> None:
    desk = Desk()
    desk.take()
    desk.site = replace(SITE, epoch_n=2)
    found = desk.take()
    assert found is not None
    assert found.first == 1 + BLOCK + RESTORE_SKIP * BLOCK


def test_an_order_without_a_number_gets_one_of_the_hubs_own() -> None:
    kitchen = Kitchen()
    numbers = []
    for index in range(OWN_BLOCK + 2):
        answer = kitchen.run(Command(f"n{index}", Hold(order(f"n{index}", call_number="")), device="simple"))
        numbers.append(int(answer.call_number))
    assert numbers == list(range(1, OWN_BLOCK + 3))
    assert kitchen.order("n0").call_number == "1"


def test_a_number_of_the_terminal_costs_the_hub_nothing() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    assert CALL_NUMBERS_KEY not in kitchen.docs
    assert "own-numbers" not in kitchen.docs


def test_when_no_number_is_free_the_hub_counts_by_letter() -> None:
    kitchen = Kitchen(site=replace(SITE, last_number=2))
    said = []
    for index in range(4):
        answer = kitchen.run(Command(f"n{index}", Hold(order(f"n{index}", call_number="")), device="simple"))
        said.append(answer.call_number)
    assert said[:2] == ["1", "2"]
    assert all(number.startswith("H") for number in said[2:])
    assert len(set(said)) == 4


def test_the_open_numbers_follow_the_orders() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.hold(order_id="o2")
    taken = OpenNumbers()
    taken.put("o1", kitchen.order())
    taken.put("o2", kitchen.order("o2"))
    assert taken("214")
    assert len(taken) == 2
    kitchen.do(MarkPickedUp())
    taken.put("o1", kitchen.order())
    assert taken("214")
    taken.put("o2", None)
    assert not taken("214")
    assert len(taken) == 0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["T1", "T2", "T3"]), st.integers(0, 5 * 3_600_000)), max_size=80),
    st.sampled_from([60, 150, 400]),
)
def test_no_number_is_leased_while_somebody_may_still_use_it(
    steps: list[tuple[str, int]], last_number: int
) -> None:
    """Against a list of who held what until when: a block is its device's until it took three newer, and rests 12 h then."""
    desk = Desk(replace(SITE, last_number=last_number))
    held: dict[str, list[NumberLease]] = {}
    resting: list[tuple[int, NumberLease]] = []
    for device, step_ms in steps:
        desk.now_ms += step_ms
        found = desk.take(device)
        if found is None:
            continue
        busy = {n for blocks in held.values() for one in blocks for n in range(one.first, one.last + 1)}
        busy |= {
            n
            for free_at_ms, one in resting
            if desk.now_ms < free_at_ms
            for n in range(one.first, one.last + 1)
        }
        given_out = set(range(found.first, found.last + 1))
        assert given_out
        assert not given_out & busy
        assert found.first >= 1
        assert found.last <= last_number
        mine = held.setdefault(device, [])
        mine.append(found)
        while len(mine) > 3:
            resting.append((desk.now_ms + REST_MS, mine.pop(0)))
    if isinstance(desk.doc, CallNumbers):
        assert len(desk.doc.leases) <= last_number


def test_a_client_with_a_new_journal_at_each_connect_does_not_use_up_the_numbers() -> None:
    desk = Desk()
    for n in range(JOURNALS_PER_HOUR_MAX):
        assert not begins_too_often(desk.doc, "T1", f"run{n}", desk.now_ms)
        desk.take("T1", f"run{n}")
        desk.now_ms += 1
    assert begins_too_often(desk.doc, "T1", "one more", desk.now_ms)
    assert not begins_too_often(desk.doc, "T1", f"run{n}", desk.now_ms), (
        "who has a block goes on with the next"
    )
    assert not begins_too_often(desk.doc, "T2", "run0", desk.now_ms), "others are not concerned"
    assert not begins_too_often(desk.doc, "T1", "one more", desk.now_ms + HOUR_MS)


@pytest.mark.parametrize("last", [1, 7, 20, 21])
def test_small_ranges_work(last: int) -> None:
    desk = Desk(replace(SITE, last_number=last))
    found = [desk.take("T1"), desk.take("T2"), desk.take("T3")]
    numbers = [n for block in found if block for n in range(block.first, block.last + 1)]
    assert sorted(numbers) == list(range(1, last + 1))
