"""The outbox in the store, with both engines: a row per document, in the document's own transaction."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heard.errors import UserError
from heard.order import Order, OrderState
from hub.core.decision import order_key
from hub.core.outbox import OrderSyncState, OutboxRow, Reoffer, Retry, Settle
from hub.store.backup import make_backup
from hub.store.group import Item, check_limits, prepare
from hub.store.images import Changed
from hub.store.layout import OUTBOX, DataDir, change_key
from hub.store.lmdb_store import LmdbStore
from hub.store.memory import MemoryStore
from hub.store.opening import restore
from hub.store.outbox import READ_ROWS, decode_row, encode_row
from hub.store.record import seal
from hub.store.seam import CorruptRecord, DecisionTooLarge, OutboxCount
from tests.hub.store.making import SMALL, a_paper, an_order, change, changed_outbox, delete, hold, pick_up

AnyStore = LmdbStore | MemoryStore
S = OrderSyncState
DAY = "2026-11-23"


@pytest.fixture(params=["lmdb", "memory"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStore]:
    if request.param == "memory":
        yield MemoryStore(seed=7, conflicts=0.3)
        return
    opened = await LmdbStore.open(tmp_path / "data", SMALL)
    yield opened
    await opened.close()


def keys(store: AnyStore) -> list[tuple[str, int]]:
    return [(row.key, row.version) for row in store.outbox.live(0)]


async def test_each_version_of_an_order_takes_the_place_of_the_one_before(store: AnyStore) -> None:
    await store.submit(*hold("o1"))
    assert keys(store) == [("order/o1", 1)]
    await store.submit(*change("o1", table="7"))
    await store.submit(*pick_up("o1"))
    assert keys(store) == [("order/o1", 3)]
    row = store.outbox.get("order/o1")
    order = store.outbox.order("o1")
    assert row is not None
    assert order is not None
    assert (row.state, row.changed_at_ms, row.urgent) == (S.NOT_SYNCED, order.changed_at_ms, False)
    assert row.size_bytes > 50
    assert order.state is OrderState.PICKED_UP
    await store.submit(*delete("o1"))
    assert keys(store) == []
    assert store.outbox.get("order/o1") is None


async def test_settling_is_compare_and_set(store: AnyStore) -> None:
    await store.submit(*hold("o1"))
    await store.submit(*change("o1", table="7"))
    await store.submit(*changed_outbox(Settle("order/o1", 1, S.SYNCED)))  # the answer to an older version
    assert keys(store) == [("order/o1", 2)]
    await store.submit(*changed_outbox(Settle("order/o1", 2, S.SYNCED)))
    assert keys(store) == []
    await store.submit(*changed_outbox(Settle("order/o1", 2, S.ERROR, "late")))
    row = store.outbox.get("order/o1")
    assert row is not None
    assert (row.state, row.reason) == (S.SYNCED, "")
    assert store.outbox.count() == OutboxCount(0, 0, 0)


async def test_an_answer_and_a_change_in_one_group_lose_nothing(store: AnyStore) -> None:
    await store.submit(*hold("o1"))
    await asyncio.gather(
        store.submit(*changed_outbox(Settle("order/o1", 1, S.SYNCED))),
        store.submit(*change("o1", table="7")),
        store.submit(*changed_outbox(Settle("order/o1", 1, S.SYNCED))),
    )
    assert keys(store) == [("order/o1", 2)]


async def test_an_error_waits_for_a_person_or_a_new_version(store: AnyStore) -> None:
    for name in ("o1", "o2"):
        await store.submit(*hold(name))
        await store.submit(*changed_outbox(Settle(order_key(name), 1, S.ERROR, "no such tax: سعر")))
    errors = list(store.outbox.errors())
    assert [(row.key, row.reason) for row in errors] == [
        ("order/o1", "no such tax: سعر"),
        ("order/o2", "no such tax: سعر"),
    ]
    assert store.outbox.count() == OutboxCount(0, 2, 0)
    await store.submit(*changed_outbox(Retry("order/o1"), Retry("order/none")))
    await store.submit(*change("o2", table="7"))
    assert list(store.outbox.errors()) == []
    assert keys(store) == [("order/o1", 1), ("order/o2", 2)]
    assert store.outbox.count().oldest_ms == errors[0].changed_at_ms


async def test_what_the_totals_miss_is_offered_again(store: AnyStore) -> None:
    await store.submit(*hold("o1"))
    await store.submit(*changed_outbox(Reoffer("order/o1", 1), Settle("order/o1", 1, S.SYNCED)))
    await store.submit(*changed_outbox(Reoffer("order/o1", 7)))
    assert keys(store) == []
    await store.submit(*changed_outbox(Reoffer("order/o1", 1)))
    assert keys(store) == [("order/o1", 1)]


async def test_live_and_backlog_part_at_a_time(store: AnyStore) -> None:
    count = 2 * READ_ROWS + 3
    for n in range(count):
        await store.submit(*hold(f"o{n:03}"))
    middle_ms = [row.changed_at_ms for row in store.outbox.live(0)][count // 2]
    live, backlog = list(store.outbox.live(middle_ms)), list(store.outbox.backlog(middle_ms))
    assert len(live) + len(backlog) == count
    assert all(row.changed_at_ms >= middle_ms for row in live)
    assert all(row.changed_at_ms < middle_ms for row in backlog)
    times = [row.changed_at_ms for row in (*backlog, *live)]
    assert times == sorted(times)


async def test_a_paper_is_kept_once_with_its_order(store: AnyStore) -> None:
    paper = a_paper("pay-1")
    await store.submit(*changed_outbox(paper))
    await store.submit(*changed_outbox(Settle(paper.key, 1, S.SYNCED)))
    await store.submit(*changed_outbox(replace(paper, made_at_ms=99)))  # a repeat is no second one
    other = a_paper("pay-1", amount_minor=900)
    await store.submit(*changed_outbox(other))
    assert keys(store) == [(other.key, 1)]
    assert store.outbox.paper(paper.key) == paper
    assert store.outbox.papers_of(DAY) == sorted([paper.key, other.key])
    assert store.outbox.papers_of("2026-11-24") == []


async def test_paid_orders_and_papers_wake_at_once_and_only_then(store: AnyStore) -> None:
    woken: list[int] = []
    store.on_urgent(lambda: woken.append(len(keys(store))))
    await store.submit(*hold("o1"))
    await store.submit(*change("o1", table="7"))
    await store.submit(*changed_outbox(Settle("order/o1", 2, S.SYNCED)))
    assert woken == []
    await store.submit(*change("o1", paid=True))
    assert woken == [1], "woken after the commit, so that the row is there"
    await store.submit(*pick_up("o1"))
    assert woken == [1]
    await store.submit(*changed_outbox(a_paper("pay-1")))
    assert woken == [1, 2]
    await store.submit(*hold("o2", loyalty_member="m-77", loyalty_points=-40))
    assert woken == [1, 2, 3]
    await store.submit(*change("o2", table="7"))
    assert woken == [1, 2, 3]


async def test_closed_orders_of_a_day(store: AnyStore) -> None:
    for name, day in (("o1", DAY), ("o2", DAY), ("o3", "2026-11-24")):
        await store.submit(*hold(name, business_date=day))
        await store.submit(*pick_up(name))
    await store.submit(*hold("open", business_date=DAY))
    assert sorted(store.outbox.closed_on(DAY)) == ["o1", "o2"]


async def test_a_crash_keeps_rows_and_orders_together(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    await store.submit(*hold("o1"))
    await store.submit(*hold("o2"))
    await store.submit(*changed_outbox(Settle("order/o1", 1, S.SYNCED)))
    await store.close()
    store = await LmdbStore.open(tmp_path, SMALL)
    assert keys(store) == [("order/o2", 1)], "a restart is no new epoch: nothing is offered again"
    await store.close()


async def test_a_new_epoch_offers_every_order_again_and_no_paper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.store.outbox.OFFER_ROWS", 2)
    data = DataDir(tmp_path / "data")
    paper = a_paper("pay-1")
    store = await LmdbStore.open(data.root, SMALL)
    for n in range(3):
        await store.submit(*hold(f"o{n}"))
    await store.submit(*pick_up("o1"))
    await store.submit(*changed_outbox(paper, Settle("order/o0", 1, S.SYNCED)))
    await store.submit(*changed_outbox(Settle("order/o1", 2, S.SYNCED), Settle(paper.key, 1, S.SYNCED)))
    await store.submit(*changed_outbox(Settle("order/o2", 1, S.ERROR, "no")))
    await store.close()
    made = await asyncio.to_thread(make_backup, data.store, tmp_path / "backups")
    await asyncio.to_thread(restore, data, made.path)
    for _ in (1, 2):
        store = await LmdbStore.open(data.root, SMALL)
        assert sorted(keys(store)) == [("order/o0", 1), ("order/o1", 2), ("order/o2", 1)]
        assert store.outbox.count().errors == 0
        await store.close()


async def test_a_bad_row_is_found(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    await store.submit(*hold("o1"))
    await store.close()
    store = await LmdbStore.open(tmp_path, SMALL)
    with store._opened.env.begin(write=True) as txn:
        txn.put(b"order/o1", seal(b"order/o2", b"1234567890"), db=store._opened.tables[OUTBOX])
    with pytest.raises(CorruptRecord):
        store.outbox.get("order/o1")
    await store.close()


def test_a_decision_has_room_for_64_changes() -> None:
    decision = changed_outbox(*(Retry(f"order/{n}") for n in range(65)))[1]({}, 0)
    with pytest.raises(DecisionTooLarge, match="65 changes"):
        check_limits(decision)


def test_a_paper_has_the_limit_of_a_value() -> None:
    keys, decide = changed_outbox(replace(a_paper("p"), body="x" * (300 << 10)))
    with pytest.raises(DecisionTooLarge, match="payment/p/"):
        prepare(Item(keys, decide, lambda _outcome: None), decide({}, 0), (), 1)


def test_an_order_costs_three_small_records_more() -> None:
    item = Item(frozenset(), lambda _docs, _now: changed_outbox()[1]({}, 0), lambda _outcome: None)
    order = an_order("o1", changed_at_ms=5)
    prepare(item, item.decision, (Changed("order/o1", None, order, new_views=frozenset({"prep:grill"})),), 1)
    assert [(table, len(record or b"")) for table, _, record in item.writes][1:] == [
        (b"outbox", 27),
        (b"unsynced", 5),
    ]


rows = st.builds(
    OutboxRow,
    st.from_regex(r"[a-z_]{1,9}/[A-Za-z0-9./-]{1,40}", fullmatch=True),
    st.integers(1, (1 << 63) - 1),
    st.sampled_from(S),
    st.integers(0, (1 << 62)),
    st.integers(0, 1 << 30),
    st.booleans(),
    st.booleans(),
    st.text(max_size=60),
)


@given(rows)
@settings(max_examples=60)
def test_a_row_comes_back_from_its_bytes(row: OutboxRow) -> None:
    assert decode_row(row.key.encode(), encode_row(row)) == row
    assert change_key(row.changed_at_ms, row.key.encode()) < change_key(row.changed_at_ms + 1, b"")


def test_a_long_reason_is_cut_between_letters() -> None:
    row = OutboxRow("order/o1", 1, S.ERROR, 5, 5, reason="سعر" * 200)
    back = decode_row(b"order/o1", encode_row(row))
    assert row.reason.startswith(back.reason)
    assert len(back.reason) > 150


@pytest.fixture
def shipped(tmp_path: Path) -> None:
    """A store of schema 1 in `tmp_path`."""
    files = DataDir(tmp_path)
    files.store.mkdir()
    samples = Path(__file__).parents[2] / "databases"
    shutil.copyfile(samples / "schema-1.mdb", files.store / "data.mdb")


@pytest.mark.usefixtures("shipped")
async def test_a_store_of_schema_1_offers_its_whole_history(tmp_path: Path) -> None:
    store = await LmdbStore.open(tmp_path, SMALL)
    assert {key for key, _ in keys(store)} == {"order/open", "order/closed", "order/last"}
    assert dict(keys(store))["order/open"] == 2
    order = store.get("order/closed")
    assert isinstance(order, Order)
    await store.submit(*changed_outbox(Settle("order/closed", order.version, S.SYNCED)))
    await store.close()
    store = await LmdbStore.open(tmp_path, SMALL)
    assert {key for key, _ in keys(store)} == {"order/open", "order/last"}
    await store.close()


def test_an_older_store_can_be_looked_into_without_bringing_it_up(tmp_path: Path) -> None:
    from hub.store.view import open_view

    place = tmp_path / "backup"
    place.mkdir()
    shutil.copyfile(Path(__file__).parents[2] / "databases" / "schema-1.mdb", place / "data.mdb")
    with open_view(place) as view:
        assert {key for key, _ in view.reader.resident()} >= {"order/open", "order/last"}
    with pytest.raises(UserError), open_view(tmp_path):
        pass
