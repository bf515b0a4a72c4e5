"""The seam's promises, kept by both engines: the real one and the small one for tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from heard.command import Answer, Outcome
from heard.order import Order, OrderState
from heard.wire import encode_order
from hub.core.decision import DAY_KEY, BusinessDay, Decision, DeviceRecord, Docs, device_key, order_key
from hub.store.lmdb_store import LmdbStore
from hub.store.memory import MemoryStore
from hub.store.seam import Committed, Compacted, DecisionTooLarge, Entry
from tests.hub.store.making import SMALL, an_order, change, command, delete, hold, numbers, pick_up, put

A_LIST: Any = []
AnyStore = LmdbStore | MemoryStore


@pytest.fixture(params=["lmdb", "memory"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStore]:
    if request.param == "memory":
        yield MemoryStore(seed=7, conflicts=0.5)
        return
    opened = await LmdbStore.open(tmp_path / "data", SMALL)
    yield opened
    await opened.close()


async def test_a_decision_is_on_disk_with_a_revision_of_its_own(store: AnyStore) -> None:
    first = await store.submit(*hold("o1"))
    second = await store.submit(*hold("o2"))
    assert 0 < first.rev < second.rev == store.rev
    assert first.decision.answer == Answer(Outcome.DONE, order_version=1)
    order = store.get("order/o1")
    assert isinstance(order, Order)
    assert order.version == 1
    assert store.get("order/none") is None


async def test_decisions_of_one_task_are_decided_in_order_and_see_each_other(store: AnyStore) -> None:
    waiting = [asyncio.ensure_future(store.submit(*hold("o1")))]
    waiting += [asyncio.ensure_future(store.submit(*change("o1", table=str(n)))) for n in range(20)]
    found = await asyncio.gather(*waiting)
    assert [one.decision.answer and one.decision.answer.order_version for one in found] == list(range(1, 22))
    assert [one.rev for one in found] == sorted({one.rev for one in found})
    order = store.get("order/o1")
    assert isinstance(order, Order)
    assert order.table == "19"


async def test_an_answer_without_writes_takes_no_revision_and_waits_for_what_it_rests_on(
    store: AnyStore,
) -> None:
    outcomes: list[tuple[str, Committed | Exception]] = []
    store.submit_soon(*hold("o1"), lambda outcome: outcomes.append(("hold", outcome)))
    store.submit_soon(*hold("o1"), lambda outcome: outcomes.append(("again", outcome)))
    assert outcomes == [], "done was called before submit_soon returned"
    again = await store.submit(*hold("o1"))
    assert [name for name, _ in outcomes] == ["hold", "again"]
    held, repeated = (outcome for _, outcome in outcomes)
    assert isinstance(held, Committed)
    assert isinstance(repeated, Committed)
    assert held.rev == repeated.rev == again.rev == store.rev
    assert repeated.decision.answer == Answer(Outcome.ALREADY, order_version=1)


async def test_watchers_are_woken_after_the_commit_with_what_changed(store: AnyStore) -> None:
    woken: list[tuple[int, Sequence[Entry]]] = []
    store.on_commit(lambda entries: woken.append((store.rev, entries)))
    await store.submit(*hold("o1"))
    await store.submit(*pick_up("o1"))
    await store.submit(*delete("o1"))
    entries = [entry for _, group in woken for entry in group]
    assert [rev >= group[-1].rev for rev, group in woken] == [True] * len(woken)
    held, picked, deleted = entries
    views = frozenset({"expo", "board", "prep:grill", "terminal:T1"})
    assert (held.old_views, held.new_views) == (frozenset(), views)
    assert (picked.old_views, picked.new_views) == (views, frozenset())
    assert (deleted.order, deleted.new_views, deleted.order_bytes) == (None, frozenset(), b"")
    assert held.old is None
    assert picked.old == held.order
    assert held.order is not None
    assert held.order_bytes == encode_order(held.order)


async def test_the_log_gives_what_came_after_a_revision(store: AnyStore) -> None:
    revs = [(await store.submit(*hold(f"o{n}"))).rev for n in range(10)]
    assert [entry.rev for entry in store.log(0, 100)] == revs
    assert [entry.rev for entry in store.log(revs[3], 100)] == revs[4:]
    assert [entry.rev for entry in store.log(revs[3], 2)] == revs[4:6]
    assert list(store.log(store.rev, 100)) == []


async def test_the_log_never_cuts_a_revision(store: AnyStore) -> None:
    def both(docs: Docs, _now_ms: int) -> Decision:
        puts = {order_key(name): an_order(name) for name in ("a", "b", "c")}
        return Decision(None, dict.fromkeys(puts), dict(puts))

    await store.submit(frozenset({"order/a", "order/b", "order/c"}), both)
    await store.submit(*hold("d"))
    assert [entry.key for entry in store.log(0, 1)] == ["order/a", "order/b", "order/c"]
    assert [entry.key for entry in store.log(0, 4)] == ["order/a", "order/b", "order/c", "order/d"]


async def test_open_and_closed_orders(store: AnyStore) -> None:
    for n in range(4):
        await store.submit(*hold(f"o{n}", call_number=f"{220 + n}"))
    for n in (1, 0, 2):
        await store.submit(*pick_up(f"o{n}"))
        closed_ms = store.now_ms()
        while store.now_ms() == closed_ms:  # noqa: ASYNC110 - two closed in one millisecond have no order
            await asyncio.sleep(0.001)
    assert numbers(store.open_orders()) == ["o3"]
    closed = store.closed_orders("2026-11-23")
    assert [order.order_id for order in closed] == ["o2", "o0", "o1"], "last closed first"
    assert [order.order_id for order in store.closed_orders("2026-11-23", limit=2)] == ["o2", "o0"]
    assert [order.order_id for order in store.closed_orders("2026-11-23", "grill", "221")] == ["o1"]
    assert store.closed_orders("2026-11-23", "fry") == []
    assert store.closed_orders("2026-11-23", voided=True) == []
    assert store.closed_orders("2026-11-22") == []
    assert store.closed_orders("2026-11-2") == []


async def test_a_closed_order_comes_back_when_it_is_recalled(store: AnyStore) -> None:
    await store.submit(*hold("o1"))
    await store.submit(*pick_up("o1"))
    await store.submit(*change("o1", state=OrderState.STARTED))
    assert numbers(store.open_orders()) == ["o1"]
    assert store.closed_orders("2026-11-23") == []
    order = store.get("order/o1")
    assert isinstance(order, Order)
    assert order.version == 3
    await store.submit(*pick_up("o1"))
    assert store.open_orders() == []
    assert numbers(store.closed_orders("2026-11-23")) == ["o1"]


async def test_small_documents(store: AnyStore) -> None:
    await store.submit(*put(DAY_KEY, lambda _doc, now_ms: BusinessDay(1, "2026-11-23", now_ms)))
    await store.submit(*command("o1", "T1", 1))
    await store.submit(*command("o2", "T1", 2))
    day = store.get(DAY_KEY)
    assert isinstance(day, BusinessDay)
    assert day.date == "2026-11-23"
    assert store.get(device_key("T1")) == DeviceRecord("T1", 2, {"i1": 3})
    answer = store.get("answer/T1/i1/0000000000000002")
    assert answer is not None
    assert answer.version == 1
    assert store.get("answer/T1/i1/0000000000000003") is None


async def test_what_decide_raises_reaches_the_caller_and_consumes_nothing(store: AnyStore) -> None:
    def wrong(_docs: Docs, _now_ms: int) -> Decision:
        raise ValueError("a mistake of the core")

    before = store.rev
    with pytest.raises(ValueError, match="a mistake of the core"):
        await store.submit(frozenset({"order/o1"}), wrong)
    assert store.rev == before
    await store.submit(*hold("o1"))


@pytest.mark.parametrize("size", [300 << 10, 200 << 10])
async def test_too_large_decisions_are_refused_and_leave_nothing(store: AnyStore, size: int) -> None:
    keys = [order_key(f"o{n}") for n in range(6)]

    def large(docs: Docs, _now_ms: int) -> Decision:
        return Decision(None, dict.fromkeys(keys), {key: an_order(key, guest="x" * size) for key in keys})

    with pytest.raises(DecisionTooLarge):
        await store.submit(frozenset(keys), large)
    assert store.rev == 0
    assert store.get(keys[0]) is None
    assert (await store.submit(*hold("o1"))).rev > 0


async def test_hub_time_never_falls(store: AnyStore) -> None:
    found = [store.now_ms() for _ in range(100)]
    assert found == sorted(found)


async def test_notes_are_kept_beside_the_revisions(store: AnyStore) -> None:
    store.note("heard", "o1/grill", b"3")
    store.note("heard", "o2/grill", b"1")
    store.note("heard", "o2/grill", None)
    assert store.notes("heard") == [("o1/grill", b"3")]
    assert store.notes("other") == []
    assert store.rev == 0


async def test_one_listeners_mistake_costs_no_other_its_news(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    woken: list[int] = []

    def wrong(_entries: Sequence[Entry]) -> None:
        raise RuntimeError("a mistake of a listener")

    store.on_commit(wrong)
    store.on_commit(lambda entries: woken.append(entries[-1].rev))
    assert (await store.submit(*hold("o1"))).rev == 1
    assert woken == [1]
    await store.close()


def test_memory_has_gaps_and_decides_again_on_real_conflicts() -> None:
    store = MemoryStore(seed=1, conflicts=0.0)
    answers: list[object] = []

    def done(outcome: Committed | Exception) -> None:
        assert isinstance(outcome, Committed)
        answers.append(outcome.decision.answer and outcome.decision.answer.outcome)

    for _ in range(2):
        store.submit_soon(*hold("o1"), done)  # both are decided on an empty store
    while store.step():
        pass
    assert answers == [Outcome.DONE, Outcome.ALREADY]
    assert store.decided_again == 1
    for n in range(50):
        store.submit_soon(*hold(f"p{n}"), done)
        while store.step():
            pass
    revs = [entry.rev for entry in store.log(0, 100)]
    assert revs == sorted(set(revs))
    assert revs != list(range(1, 52)), "no gap in 51 revisions"


def test_memory_compacts() -> None:
    store = MemoryStore(gaps=False, conflicts=0)
    for n in range(5):
        store.submit_soon(*hold(f"o{n}"), lambda _outcome: None)
        store.step()
    store.compact(3)
    assert [entry.rev for entry in store.log(3, 9)] == [4, 5]
    with pytest.raises(Compacted):
        store.log(2, 9)


@pytest.mark.parametrize(
    ("decision", "what"),
    [
        (Decision(None, {}, {"order/o1": an_order("o1")}), "written without being read"),
        (Decision(None, {"order/o2": None}, {}), "read without asking"),
        (Decision(None, {"order/o1": 3}, {}), "was read at 3, it stands at None"),
        (
            Decision(None, {"order/o1": None}, {"order/o1": replace(an_order("o1"), version=0)}),
            "from version",
        ),
        (
            Decision(None, {"order/o1": None}, {"order/o1": replace(an_order("o1"), lines=A_LIST)}),
            "not come back",
        ),
    ],
)
def test_memory_finds_a_core_that_breaks_the_rules(decision: Decision, what: str) -> None:
    store = MemoryStore()
    outcomes: list[Committed | Exception] = []
    store.submit_soon(frozenset({"order/o1"}), lambda _docs, _now: decision, outcomes.append)
    store.step()
    with pytest.raises(AssertionError, match=what):
        raise outcomes[0]  # type: ignore[misc]
