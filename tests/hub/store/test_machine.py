"""Any sequence of decisions, commits, lost groups, crashes and restarts: what was acknowledged is there, and nothing else.

The model is a dict. Decisions are the tests' own small ones; the store is the real one on LMDB, without its thread.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from heard.order import Order, OrderState
from heard.ticket import is_open, views
from heard.wire import encode_order
from hub.core.decision import Key
from hub.store.inline import InlineLmdbStore
from hub.store.options import StoreOptions
from hub.store.seam import Committed, Entry, StoreUnavailable
from hub.store.writer import GroupLost, Writer
from tests.hub.store.making import SMALL, Submission, change, delete, hold, pick_up

IN_MEMORY = Path("/dev/shm")  # what is shown here needs no disk
NAMES = st.sampled_from(["o1", "o2", "o3"])


class StoreMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(
            tempfile.mkdtemp(prefix="heard-machine-", dir=IN_MEMORY if IN_MEMORY.is_dir() else None)
        )
        self.at_s = 0.0
        self.store: Any = None

    @initialize()
    def start(self) -> None:
        self.waiting: list[tuple[str, list[Committed | Exception]]] = []
        self.committed: dict[Key, Order] = {}
        self.revs: list[int] = []
        self.woken: list[Entry] = []
        self.noted: dict[str, bytes] = {}
        self.open()

    def open(self) -> None:
        options = StoreOptions(
            map_bytes=SMALL.map_bytes,
            ballast_bytes=0,
            room_bytes=0,
            wal_bytes=16 << 10,
            backup_every_s=0,
            check_before=False,
            monotonic=lambda: self.at_s,
            wall_ms=lambda: 0,
        )
        self.store = InlineLmdbStore.open_here(self.folder, options)
        self.store.on_commit(self.wake)

    def wake(self, entries: list[Entry]) -> None:
        for entry in entries:
            assert entry.rev <= self.store.rev, "woken before it was published"
            assert not self.revs or entry.rev > self.revs[-1], "revisions must rise"
            before = self.committed.get(entry.key)
            assert entry.old == before
            assert entry.old_views == (views(before) if before else frozenset())
            assert entry.new_views == (views(entry.order) if entry.order else frozenset())
            if entry.order is None:
                del self.committed[entry.key]
            else:
                assert entry.order.version == (before.version if before else 0) + 1
                assert entry.order_bytes == encode_order(entry.order)
                self.committed[entry.key] = entry.order
            self.revs.append(entry.rev)
            self.woken.append(entry)

    def submit(self, submission: Submission) -> None:
        outcome: list[Committed | Exception] = []
        rev = self.store.rev
        self.store.submit_soon(*submission, outcome.append)
        assert outcome == [], "answered before it was on disk"
        assert self.store.rev == rev
        (key,) = submission[0]
        self.waiting.append((key, outcome))

    @rule(name=NAMES)
    def holds(self, name: str) -> None:
        self.submit(hold(name, guest="x" * 2000))

    @rule(name=NAMES, table=st.integers(0, 99))
    def changes(self, name: str, table: int) -> None:
        self.submit(change(name, table=str(table)))

    @rule(name=NAMES)
    def picks_up(self, name: str) -> None:
        self.submit(pick_up(name))

    @rule(name=NAMES)
    def recalls(self, name: str) -> None:
        self.submit(change(name, state=OrderState.STARTED))

    @rule(name=NAMES)
    def deletes(self, name: str) -> None:
        self.submit(delete(name))

    @rule(name=NAMES, value=st.binary(max_size=4))
    def notes(self, name: str, value: bytes) -> None:
        self.store.note("heard", name, value)
        self.noted[name] = value

    @rule(most=st.integers(1, 5))
    def commits(self, most: int) -> None:
        self.store.step(most)
        self.at_s += 0.01

    @rule(times=st.integers(1, 3), most=st.integers(1, 5))
    def finds_no_space(self, times: int, most: int) -> None:
        real = Writer.store
        left = [times]

        def store(writer: Writer, *arguments: Any) -> Any:
            if left[0]:
                left[0] -= 1
                raise GroupLost("no space", map_full=False)
            return real(writer, *arguments)

        Writer.store = store  # type: ignore[method-assign, assignment]
        try:
            for _ in range(times):
                self.store.step(most)
        finally:
            Writer.store = real  # type: ignore[method-assign]

    @rule()
    def keeps_up(self) -> None:
        self.at_s += 1
        self.store.keep_up()

    @rule()
    def crashes(self) -> None:
        self.store.crash()
        self.waiting = [one for one in self.waiting if one[1]]
        self.open()
        self.noted = dict(self.store.notes("heard"))

    @rule()
    def stops_and_starts(self) -> None:
        self.store.stop()
        assert all(outcome for _, outcome in self.waiting), "a clean stop must answer everybody"
        epoch, now_ms = self.store.epoch, self.store.now_ms()
        self.open()
        assert self.store.epoch == epoch
        assert self.store.now_ms() >= now_ms
        assert dict(self.store.notes("heard")) == self.noted

    @precondition(lambda self: bool(self.revs))
    @rule(data=st.data())
    def resumes(self, data: st.DataObject) -> None:
        start = data.draw(st.integers(0, self.store.rev))
        found = list(self.store.log(start, 10_000))
        wanted = [entry for entry in self.woken if entry.rev > start]
        assert [(one.rev, one.key, one.order) for one in found] == [
            (one.rev, one.key, one.order) for one in wanted
        ]

    @invariant()
    def committed_is_what_was_published(self) -> None:
        if self.store is None:
            return
        opened = {order.order_id: order for order in self.store.open_orders()}
        assert opened == {one.order_id: one for one in self.committed.values() if is_open(one)}
        for name in ("o1", "o2", "o3"):
            assert self.store.get(f"order/{name}") == self.committed.get(f"order/{name}")
        closed = {order.order_id for order in self.store.closed_orders("2026-11-23")}
        assert closed == {one.order_id for one in self.committed.values() if not is_open(one)}

    @invariant()
    def every_answer_rests_on_the_disk(self) -> None:
        for _, outcome in getattr(self, "waiting", ()):
            assert len(outcome) <= 1, "answered twice"
            if outcome and isinstance(outcome[0], Committed):
                assert outcome[0].rev <= self.store.rev
            elif outcome:
                assert isinstance(outcome[0], StoreUnavailable)

    def teardown(self) -> None:
        if self.store is not None:
            self.store.crash()
        shutil.rmtree(self.folder)


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
