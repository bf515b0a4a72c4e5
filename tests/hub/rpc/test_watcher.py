"""Watchers at any place see what the store holds: view == filter(state) at every bookmark, resume == never disconnected."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from heard.board import board_entry
from heard.command import Answer, Outcome
from heard.link.core.reflector import Reflector
from heard.order import Line, LineState, Order, OrderState, OrderType, StationLine
from heard.revision import NO_EPOCH, Epoch
from heard.stream import (
    Bookmark,
    Change,
    Event,
    Goodbye,
    HeardState,
    HeardValue,
    Hello,
    Live,
    Reset,
    SnapshotEnd,
    SnapshotItem,
    View,
    ViewKind,
    WatchRequest,
)
from heard.ticket import views
from heard.wire import decode_batch
from hub.core.decision import Decision, Docs, order_key
from hub.rpc import feeds as feeds_module
from hub.rpc import watcher as watcher_module
from hub.rpc.feeds import Feeds
from hub.rpc.live import LiveValues
from hub.rpc.watcher import Watcher
from hub.store.memory import MemoryStore

GRILL = View(ViewKind.PREP, "grill")
CLIENT_BYTES_MAX = 4 << 20
VIEWS = (GRILL, View(ViewKind.PREP, "fry"), View(ViewKind.EXPO), View(ViewKind.BOARD), View(ViewKind.TERMINAL, terminal="T1"))  # fmt: skip


class Bench:
    """A store in memory with feeds, live values and a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.store = MemoryStore(seed, conflicts=0.0)
        self.feeds = Feeds(self.store)
        self.live = LiveValues("hub")
        self._made = 0

    def put(self, order: Order) -> None:
        """Commits this order at its next version."""
        key = order_key(order.order_id)

        def decide(docs: Docs, now_ms: int) -> Decision:
            old = docs[key]
            version = 1 if old is None else old.version + 1
            made = replace(order, version=version)
            return Decision(Answer(Outcome.DONE), {key: None if old is None else old.version}, {key: made})

        self.store.submit_soon(frozenset((key,)), decide, lambda _: None)
        while self.store.step():
            pass

    def change(self) -> None:
        """A new order, or one that moves, closes or opens again."""
        if self._made < 3 or self.random.random() < 0.4:
            self._made += 1
        number = self.random.randint(1, self._made)
        stations = self.random.sample(("grill", "fry"), self.random.randint(1, 2))
        state = self.random.choice((OrderState.HELD, OrderState.HELD, OrderState.READY, OrderState.PICKED_UP))
        line = self.random.choice((LineState.QUEUED, LineState.DONE))
        self.put(an_order(f"o{number}", stations, state, line, f"T{number % 2 + 1}"))

    def watcher(self, view: View, epoch: Epoch = NO_EPOCH, from_rev: int = 0) -> Watching:
        return Watching(self, view, epoch, from_rev)


def an_order(
    order_id: str,
    stations: list[str],
    state: OrderState = OrderState.HELD,
    line: LineState = LineState.QUEUED,
    terminal: str = "T1",
    guest: str = "",
) -> Order:
    there = tuple(StationLine(station, line, 1) for station in stations)
    lines = (Line("l1", "x", {"en": "X"}, stations=there),)
    return Order(order_id, type=OrderType.TAKEAWAY, lines=lines, state=state, terminal=terminal, guest=guest)


class Watching:
    """A watcher and the library's own reflector at its other end."""

    def __init__(self, bench: Bench, view: View, epoch: Epoch, from_rev: int) -> None:
        self.bench, self.view = bench, view
        self.woken = 0
        store = bench.store
        request = WatchRequest(view, epoch, from_rev)
        self.watcher = Watcher(store, bench.feeds, bench.live, request, self._wake, self._mark)
        hello = Hello(store.store_id, store.epoch, store.rev, store.compact_rev, store.now_ms(), "2026-11-23")
        self.resumed = self.watcher.start(hello)
        self.reflector = Reflector()
        self.messages: list[tuple[Event, ...]] = []

    def _wake(self) -> None:
        self.woken += 1

    def _mark(self, rev: int, digest: int) -> Bookmark:
        return Bookmark(rev, self.bench.store.now_ms(), "2026-11-23", digest)

    def one(self) -> bytes | None:
        """What the watcher writes next."""
        payload = self.watcher.next()
        if payload:
            assert len(payload) < CLIENT_BYTES_MAX
            self.messages.append(decode_batch(payload))
            taken = self.reflector.apply(self.messages[-1], 0.0)
            assert not taken.relist, taken.relist
        return payload

    def drain(self) -> list[Event]:
        """Everything up to the head."""
        begun = len(self.messages)
        while self.one() is not None:
            pass
        return [event for message in self.messages[begun:] for event in message]

    def check(self) -> None:
        """At the head: the picture is the store's, and a bookmark says so."""
        self.watcher.bookmark()
        events = self.drain()
        assert isinstance(events[-1], Bookmark)
        assert events[-1].rev == self.bench.store.rev
        assert events[-1].digest == self.reflector.digest
        name = self.view.name
        wanted = {order.order_id: order for order in self.bench.store.open_orders() if name in views(order)}
        if name == "board":
            assert self.reflector.documents == {key: board_entry(order) for key, order in wanted.items()}
        else:
            assert self.reflector.documents == wanted
        assert self.reflector.complete


@pytest.mark.parametrize("seed", range(12))
def test_views_are_the_filter_of_the_state(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Watchers join, lag, leave and resume anywhere; small bounds make them use snapshot, log and feed."""
    monkeypatch.setattr(feeds_module, "PIECES_MAX", 6)
    monkeypatch.setattr(watcher_module, "LOG_PAGE", 4)
    monkeypatch.setattr(feeds_module, "BATCH_BYTES_MAX", 600)
    monkeypatch.setattr(feeds_module, "DOCUMENTS_BYTES_MAX", 300)
    bench = Bench(seed)
    watching: list[Watching] = []
    resumed = 0
    for _ in range(250):
        match bench.random.randrange(10):
            case 0:
                watching.append(bench.watcher(bench.random.choice(VIEWS)))
            case 1 if watching:
                one = watching.pop(bench.random.randrange(len(watching)))
                one.watcher.close()
                epoch, rev = one.reflector.begin()
                again = bench.watcher(one.view, epoch, rev)
                resumed += again.resumed
                again.reflector = one.reflector
                again.reflector.begin()
                watching.append(again)
            case 2 if watching:
                bench.random.choice(watching).check()
            case 3 if watching:
                bench.random.choice(watching).one()
            case 4 if bench.random.random() < 0.2:
                bench.store.compact(max(0, bench.store.rev - bench.random.randint(0, 10)))
            case _:
                bench.change()
    for one in watching:
        one.check()
        one.watcher.close()
    assert resumed > 0
    assert len(bench.feeds) == 0


def test_a_start_without_a_picture() -> None:
    bench = Bench(1)
    bench.put(an_order("o1", ["grill"]))
    bench.put(an_order("o2", ["fry"]))
    kinds = [type(event) for event in bench.watcher(GRILL).drain()]
    assert kinds == [Hello, Reset, SnapshotItem, SnapshotEnd, Bookmark]


def test_a_resume_at_the_head_is_hello_and_bookmark_in_one_message() -> None:
    bench = Bench(1)
    bench.put(an_order("o1", ["grill"]))
    one = bench.watcher(GRILL, bench.store.epoch, bench.store.rev)
    one.reflector.restore(bench.store.open_orders(), bench.store.epoch, bench.store.rev)
    one.drain()
    assert [[type(event) for event in message] for message in one.messages] == [[Hello, Bookmark]]


@pytest.mark.parametrize(
    ("epoch_off", "rev_off", "compacted", "reason"),
    [
        (1, 0, False, "epoch"),
        (0, 1, False, "ahead"),
        (0, -3, True, "the log begins after"),
    ],
)
def test_why_a_resume_becomes_a_snapshot(epoch_off: int, rev_off: int, compacted: bool, reason: str) -> None:
    bench = Bench(1)
    for number in range(4):
        bench.put(an_order(f"o{number}", ["grill"]))
    store = bench.store
    if compacted:
        store.compact(store.rev)
    epoch = Epoch(store.epoch.n + epoch_off, store.epoch.random)
    one = bench.watcher(GRILL, epoch, store.rev + rev_off)
    assert not one.resumed
    resets = [event for event in one.drain() if isinstance(event, Reset)]
    assert len(resets) == 1
    assert reason in resets[0].reason


def test_a_store_that_was_rolled_back_is_said_aloud(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(1)
    bench.put(an_order("o1", ["grill"]))
    bench.watcher(GRILL, bench.store.epoch, bench.store.rev)
    assert not caplog.records
    bench.watcher(GRILL, bench.store.epoch, bench.store.rev + 5)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "heard restore" in caplog.text


def test_compaction_under_a_slow_watcher_is_a_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds_module, "PIECES_MAX", 2)
    bench = Bench(1)
    one = bench.watcher(GRILL)
    one.drain()
    for number in range(6):
        bench.put(an_order(f"o{number}", ["grill"]))
    bench.store.compact(bench.store.rev)
    assert any(isinstance(event, Reset) for event in one.drain())
    one.check()


def test_one_message_carries_all_that_gathered() -> None:
    bench = Bench(1)
    one = bench.watcher(GRILL)
    one.drain()
    for number in range(20):
        bench.put(an_order(f"o{number}", ["grill"]))
    one.drain()
    assert len(one.messages) == 2
    assert sum(isinstance(event, Change) for event in one.messages[-1]) == 20


def test_watchers_of_a_view_share_the_same_bytes() -> None:
    bench = Bench(1)
    both = [bench.watcher(GRILL), bench.watcher(GRILL)]
    for one in both:
        one.drain()
    for number in range(3):
        bench.put(an_order(f"o{number}", ["grill"]))
    first, second = (one.watcher.next() for one in both)
    assert first is second


def test_a_large_picture_goes_in_messages_of_bounded_size() -> None:
    bench = Bench(1)
    for number in range(30):
        bench.put(an_order(f"o{number}", ["grill"], guest="x" * 100_000))
    one = bench.watcher(GRILL)
    one.check()
    assert len(one.messages) > 2
    late = bench.watcher(GRILL, bench.store.epoch, 0)
    late.reflector.restore((), bench.store.epoch, 0)
    late.check()


def test_a_watcher_is_woken_only_for_its_view() -> None:
    bench = Bench(1)
    one = bench.watcher(GRILL)
    one.drain()
    bench.put(an_order("o1", ["fry"]))
    assert one.woken == 0
    bench.put(an_order("o1", ["grill"]))
    assert one.woken == 1
    bench.put(an_order("o1", ["grill"], OrderState.PICKED_UP))
    assert one.woken == 2
    assert [event.put for event in one.drain() if isinstance(event, Change)][-1] is None


def test_a_bookmark_never_runs_ahead_of_the_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds_module, "BATCH_BYTES_MAX", 100)
    bench = Bench(1)
    one = bench.watcher(GRILL)
    one.drain()
    for number in range(5):
        bench.put(an_order(f"o{number}", ["grill"]))
    one.watcher.bookmark()
    events = one.drain()
    assert [type(event) for event in events] == [Change] * 5 + [Bookmark]
    assert len(one.messages) > 3


def test_live_values_come_after_the_order_and_again_after_a_connect() -> None:
    bench = Bench(1)
    view = View(ViewKind.TERMINAL, terminal="T1")
    one = bench.watcher(view)
    one.drain()
    value = HeardValue("o1", "grill", 1, HeardState.HEARD)
    bench.put(an_order("o1", ["grill"]))
    bench.live.put("terminal:T1", "heard/o1/grill", value)
    assert [type(event) for event in one.drain()] == [Change, Live]
    assert one.drain() == []
    lives = [event.value for event in bench.watcher(view).drain() if isinstance(event, Live)]
    assert lives == [value]
    assert not [event for event in bench.watcher(GRILL).drain() if isinstance(event, Live)]


def test_goodbye_is_the_last_word() -> None:
    bench = Bench(1)
    one = bench.watcher(GRILL)
    one.drain()
    bench.put(an_order("o1", ["grill"]))
    one.watcher.goodbye(500, "the hub is stopping")
    assert one.woken == 2
    payload = one.watcher.next()
    assert payload is not None
    assert decode_batch(payload) == (Goodbye(500, "the hub is stopping"),)
    assert one.watcher.ended
