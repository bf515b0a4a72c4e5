"""LmdbStore: the event loop's side of the store. Decides against `ahead`, hands over to the writer, publishes.

Everything here runs on the event loop; the writer's thread comes back by one call per group.

A line longer than a room: the seam, method by method.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import lmdb

from heard.order import Order
from heard.revision import Epoch
from hub.core.alarm_words import alarm
from hub.core.decision import DAY_KEY, BusinessDay, Doc, Key
from hub.store.alarms import Alarms
from hub.store.corrupt import CorruptRecord
from hub.store.group import Item, check_limits, prepare
from hub.store.images import Images
from hub.store.layout import KEY_BYTES_MAX, DataDir, note_key
from hub.store.opening import Opened, open_store
from hub.store.options import StoreOptions
from hub.store.overlay import Layer, Overlay
from hub.store.reader import Reader
from hub.store.rows import LmdbRows
from hub.store.seam import (
    Committed,
    Compacted,
    Decide,
    Done,
    Entry,
    OutboxBook,
    OutcomeUnknown,
    Rows,
    StoreUnavailable,
)
from hub.store.stats import Stats
from hub.store.tail import Tail
from hub.store.upkeep import Housekeeper
from hub.store.writer import GroupLost, Notes, Writer
from hub.store.writer_thread import Committer, Front, Slice, Upkeep, WriterThread

READY_TURNS = 4
"""From a message on the socket to its decision the loop turns three times, without waiting for anything: some 50 µs busy, 200
where the machine was idle. So an order that comes alone, as the one before it did, goes to disk at once."""
READY_MAX = 64
"""Decisions that wait for others that are ready: 25 ms of deciding."""
WAITING_MAX = 10_000  # decisions not yet on disk; some seconds of a card that has stopped answering
TRIES_MAX = 2  # decided once, and once again after a lost group

T = TypeVar("T")
Committing = Callable[[Writer, Front, Upkeep, Callable[[], Notes], Callable[..., object]], Committer]

log = logging.getLogger("heard.store")


class LmdbStore:
    """A `hub.store.seam.Store` on LMDB. `open` it on the event loop that will use it; `close` it there."""

    def __init__(
        self,
        opened: Opened,
        options: StoreOptions,
        soon: Callable[..., object],
        post: Callable[..., object],
        commits: Committing = WriterThread,
    ) -> None:
        """`soon` calls on the event loop from the loop, `post` from the writer's thread."""
        self._pid = os.getpid()
        self._call_soon = soon
        self._post = post
        self._opened = opened
        self._options = options
        self._overlay = Overlay()
        for layer in opened.behind:
            self._overlay.add(layer)
        self._reader = Reader(opened.env, opened.tables, lambda _txn: self._overlay.rows)
        self._outbox = self._reader.outbox()
        self._stats = Stats()
        self._alarms = Alarms(post)
        self._timeline = opened.timeline
        self._images = Images(self._reader.get)
        self._images.load(opened.documents)
        opened.documents = ()  # what closes is not to be held twice
        self._rev = opened.state.rev
        self._ahead_rev = opened.state.rev  # highest given out; not given out again after a loss
        self._rests_on = opened.state.rev  # highest that is on disk or on its way there
        self._tail = Tail(opened.state.rev)
        self._notes: dict[str, dict[str, bytes]] = {}
        for table, key, value in opened.notes:
            self._notes.setdefault(table, {})[key] = value
        self._notes_changed: dict[tuple[str, str], bytes | None] = {}
        self._notes_lock = threading.Lock()
        self._waiting = 0
        self._wake_in_turns = 0
        self._alone = True
        self._broken: Exception | None = None
        self._closed = False
        self._wakes: list[Callable[[Sequence[Entry]], None]] = []
        self._urgent_wakes: list[Callable[[], None]] = []
        self._on_broken: list[Callable[[Exception], None]] = []
        self._writer = Writer(
            opened.env,
            opened.tables,
            opened.state,
            self.now_ms,
            self._stats,
            opened.wal,
            self._caught_up,
        )
        self._writer.start_behind(opened.behind)
        opened.behind = ()
        self._upkeep = Housekeeper(self._writer, opened, options, self._alarms, self._day_opened_ms)
        self._rows = LmdbRows(opened.env, opened.tables, self._write_slice)
        self._thread = commits(self._writer, self, self._upkeep, self._take_notes, post)
        for name, text in opened.alarms.items():
            self._alarms.set(name, text)

    @classmethod
    async def open(cls, path: Path | str, options: StoreOptions | None = None) -> LmdbStore:
        """Opens the store of the data folder `path`, made when there was none. Raises UserError.

        A store that is found bad is set aside and replaced by the newest verified backup; see `opening`.
        """
        options = options or StoreOptions()
        loop = asyncio.get_running_loop()
        opened = await asyncio.to_thread(open_store, DataDir(Path(path)), options)
        store = cls(opened, options, loop.call_soon, loop.call_soon_threadsafe)
        store._thread.start()
        return store

    async def close(self) -> None:
        """Commits what was submitted and what was noted, writes the marker, lets the next hub in. Idempotent."""
        if self._closed:
            return
        self._closed = True
        ended = await asyncio.to_thread(self._thread.stop)
        await asyncio.sleep(0)  # the last groups are published before this returns
        if ended:
            self._opened.close()
        else:
            log.critical("the store's writer did not stop; the disk hangs")

    # --- what it is

    @property
    def store_id(self) -> str:
        return self._opened.identity.store_id

    @property
    def epoch(self) -> Epoch:
        return Epoch(self._opened.identity.epoch_n, self._opened.identity.epoch_random)

    @property
    def rev(self) -> int:
        return self._rev

    @property
    def compact_rev(self) -> int:
        return self._writer.compact_rev

    @property
    def stats(self) -> Stats:
        """Counters and latencies since it was opened."""
        return self._stats

    @property
    def alarms(self) -> Alarms:
        """What is wrong with disk, log or backups now."""
        return self._alarms

    @property
    def rows(self) -> Rows:
        """Master data from the cloud."""
        return self._rows

    def now_ms(self) -> int:
        return self._timeline.now_ms(self._options.monotonic())

    def on_broken(self, tell: Callable[[Exception], None]) -> None:
        """`tell` is called on the loop when an outcome is unknown: the process must exit 1."""
        self._on_broken.append(tell)

    # --- writing

    async def submit(self, keys: frozenset[Key], decide: Decide) -> Committed:
        future: asyncio.Future[Committed] = asyncio.get_running_loop().create_future()

        def done(outcome: Committed | Exception) -> None:
            if future.done():
                return  # the caller went away; the decision stands
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

        self.submit_soon(keys, decide, done)
        return await future

    def submit_soon(self, keys: frozenset[Key], decide: Decide, done: Done) -> None:
        refused = self._refuses()
        if refused is not None:
            self._soon(done, refused)
            return
        item = Item(keys, decide, done)
        if self._decide(item):
            self._gather(item)

    def _refuses(self) -> Exception | None:
        if os.getpid() != self._pid:
            raise RuntimeError("this store belongs to the process that opened it; a child must not touch it")
        if self._broken is not None:
            return OutcomeUnknown(str(self._broken))
        if self._closed:
            return StoreUnavailable("the store is closed")
        if self._waiting >= WAITING_MAX:
            return StoreUnavailable(f"{self._waiting} decisions wait for the disk")
        return None

    def _decide(self, item: Item) -> bool:
        """False when it is done already: it failed, or there is nothing to wait for."""
        item.tries += 1
        newest = self._images.newest
        try:
            docs = {key: newest(key) for key in item.keys}
            decision = item.decide(docs, self.now_ms())
            if not (decision.puts or decision.deletes or decision.outbox):
                item.decision, item.changes, item.writes, item.entries = decision, (), (), ()
                item.outbox, item.urgent = (), False
                item.rev = self._rests_on
                if self._waiting == 0:
                    self._soon(item.done, Committed(self._rev, decision))
                    return False
                return True
            check_limits(decision)
            changes = self._images.changes(decision, docs)
            rev = self._ahead_rev + 1
            prepare(item, decision, changes, rev)
        except Exception as error:  # of the core or the limits: the caller's to handle
            self._soon(item.done, error)
            return False
        self._ahead_rev = self._rests_on = rev
        self._images.apply(rev, changes)
        return True

    def _gather(self, item: Item) -> None:
        self._waiting += 1
        self._thread.gathered.append(item)
        if self._thread.idle:
            planned, self._wake_in_turns = self._wake_in_turns, 1 if self._alone else READY_TURNS
            if not planned:
                self._call_soon(self._wake)

    def _wake(self) -> None:
        """After what was ready on the loop, so that all that came in meanwhile goes to disk together."""
        self._wake_in_turns -= 1
        if self._wake_in_turns and len(self._thread.gathered) < READY_MAX:
            self._call_soon(self._wake)
        else:
            self._wake_in_turns = 0
            self._thread.wake()

    def _write_slice(self, one: Slice) -> None:
        """Raises what `_refuses` gives."""
        refused = self._refuses()
        if refused is not None:
            raise refused
        self._thread.slices.append(one)
        if self._thread.idle:
            self._thread.wake()

    def _soon(self, done: Done, outcome: Committed | Exception) -> None:
        self._call_soon(done, outcome)

    # --- what the writer's thread tells (on the loop)

    def published(self, items: Sequence[Item], layer: Layer | None) -> None:
        """The group is on disk."""
        if layer is not None:
            self._overlay.add(layer)
        self._waiting -= len(items)
        self._alone = len(items) == 1
        entries: list[Entry] = []
        for item in items:
            if item.stored:
                self._images.publish(item.rev, item.changes)
                self._rev = item.rev
                entries.extend(item.entries)
        self._tail.extend(entries)
        if entries:
            for wake in self._wakes:
                self._guarded(wake, entries)
        for item in items:
            self._guarded(item.done, Committed(item.rev, item.decision))
        if any(item.urgent for item in items):
            for urgent_wake in self._urgent_wakes:
                self._guarded(_call, urgent_wake)

    def _caught_up(self, number: int) -> None:
        """The tables have all layers up to this one; called by the writer's thread."""
        with suppress(RuntimeError):  # the loop is closed: nobody reads any more
            self._post(self._overlay.drop, number)

    def lost(self, items: Sequence[Item], notes: Notes, error: GroupLost) -> None:
        """The group is known not to be on disk: decide again once, in order; then it is unavailable. An empty one: there was no room."""
        self._stats.groups_lost += bool(items)
        again = [*items, *self._thread.gathered]
        self._thread.gathered.clear()
        self._waiting -= len(again)
        self._images.forget()
        self._rests_on = self._rev
        with self._notes_lock:
            self._notes_changed = {**notes, **self._notes_changed}
        if error.map_full:
            self._grow()
        for item in again:
            if item.tries >= TRIES_MAX:
                self._soon(item.done, StoreUnavailable(str(error)))
            elif self._decide(item):
                self._stats.decided_again += 1
                self._waiting += 1
                self._thread.gathered.append(item)
        self._thread.resume()

    def broken(self, items: Sequence[Item], error: Exception) -> None:
        """Nobody can say what is on disk: no answer to anyone, and the process must end."""
        log.critical("the store cannot go on: %s", error)
        self._broken = error
        waiting = [*items, *self._thread.gathered]
        self._thread.gathered.clear()
        self._waiting = 0
        for item in waiting:
            self._soon(item.done, OutcomeUnknown(str(error)))
        for tell in self._on_broken:
            self._guarded(tell, error)

    def _guarded(self, call: Callable[[T], None], argument: T) -> None:
        """One listener's mistake must not cost another its answer."""
        try:
            call(argument)
        except Exception:
            log.exception("a listener of the store failed")

    def _grow(self) -> None:
        """Doubles the map; here no transaction is open: the writer is halted, and the loop is in this call."""
        size = self._opened.env.info()["map_size"]
        if size * 2 <= self._options.map_bytes_max:
            with suppress(lmdb.Error):
                self._opened.env.set_mapsize(size * 2)
                log.warning("the map was full; it is now %d MiB", size * 2 >> 20)

    # --- reading

    def get(self, key: Key) -> Doc | None:
        return self._images.committed(key)

    def docs_under(self, prefix: str) -> Sequence[Doc]:
        return [doc for key, doc in self._images.docs.items() if key.startswith(prefix)]

    def open_orders(self) -> Sequence[Order]:
        return list(self._images.orders.values())

    def closed_orders(
        self,
        business_date: str,
        station: str = "",
        search: str = "",
        limit: int = 50,
        *,
        voided: bool = False,
    ) -> Sequence[Order]:
        return self._reader.closed_orders(business_date, station, search, limit, voided=voided)

    def log(self, from_rev: int, limit: int) -> Sequence[Entry]:
        found = self._tail.after(from_rev, limit)
        if found is not None:
            return found
        if from_rev < self.compact_rev:
            raise Compacted(f"the log begins after {self.compact_rev}, asked from {from_rev}")
        try:
            return self._reader.log(from_rev, self._rev, limit)
        except CorruptRecord as error:
            self._alarms.set("log-corrupt", alarm("store.log_corrupt", why=error))
            raise Compacted(f"the log cannot be read: {error}") from error

    def on_commit(self, wake: Callable[[Sequence[Entry]], None]) -> None:
        self._wakes.append(wake)

    @property
    def outbox(self) -> OutboxBook:
        return self._outbox

    def on_urgent(self, wake: Callable[[], None]) -> None:
        self._urgent_wakes.append(wake)

    # --- notes

    def note(self, table: str, key: str, value: bytes | None) -> None:
        if len(note_key(table, key)) > KEY_BYTES_MAX:
            raise ValueError(f"the note key {key[:60]}… has more than {KEY_BYTES_MAX} bytes")
        rows = self._notes.setdefault(table, {})
        if value is None:
            rows.pop(key, None)
        else:
            rows[key] = value
        with self._notes_lock:
            self._notes_changed[(table, key)] = value

    def notes(self, table: str) -> Sequence[tuple[str, bytes]]:
        return list(self._notes.get(table, {}).items())

    def _take_notes(self) -> Notes:
        """What changed since the last commit; called by the writer's thread."""
        with self._notes_lock:
            taken, self._notes_changed = self._notes_changed, {}
        return taken

    def _day_opened_ms(self) -> int:
        """When the open business day began; 0 before the first. Called by the writer's thread too."""
        day = self._images.docs.get(DAY_KEY)
        return day.opened_at_ms if isinstance(day, BusinessDay) else 0


def _call(wake: Callable[[], None]) -> None:
    wake()
