"""Writes to the disk: a group of decisions into the write-ahead file, all else and the checkpoints into the tables (see `wal`)."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import lmdb

from hub.store.env import Tables, Txn, is_no_space
from hub.store.group import Item, gather
from hub.store.layout import LOG, META, NOTES, STATE_KEY, State, note_key
from hub.store.outbox import add_changes, put_all
from hub.store.overlay import Layer, Look, Overlay, Writes
from hub.store.record import seal
from hub.store.seam import OutcomeUnknown, StoreUnavailable
from hub.store.stats import Stats
from hub.store.wal import WAL_KEY, Wal, WalFailed

AHEAD_ROWS_MAX = 2_000
"""Rows that the tables may be behind: the group that would go over it brings them up first, in about 10 ms."""

Notes = Mapping[tuple[str, str], bytes | None]


class GroupLost(StoreUnavailable):
    """Disk or map full before the meta page was written: the group is known not to be stored."""

    def __init__(self, what: str, map_full: bool) -> None:
        super().__init__(what)
        self.map_full = map_full


class Writer:
    """Writes to one environment. Every call must come from the thread that made the first one.

    Its transactions begin with what the tables are behind, so after `write` and `checkpoint` the tables are whole.
    """

    def __init__(
        self,
        env: lmdb.Environment,
        tables: Tables,
        state: State,
        now_ms: Callable[[], int],
        stats: Stats,
        wal: Wal,
        tell: Callable[[int], None] = lambda _number: None,
    ) -> None:
        """`tell` hears the number of the last layer that the tables have got."""
        self.env = env
        self.tables = tables
        self.rev = state.rev
        self.compact_rev = state.compact_rev
        self.now_ms = now_ms
        self.stats = stats
        self.put_s = 0.0
        """How long the puts of the last transaction took: what its size decides."""
        self._wal = wal
        self._tell = tell
        self._ahead = Overlay()
        self._layers = 0
        self._full = False
        self._thread: int | None = None
        self._pid = os.getpid()

    def start_behind(self, layers: Sequence[Layer]) -> None:
        """The tables have not got these: they could not be written when the store was opened."""
        for layer in layers:
            self._ahead.add(layer)
            self._layers = layer.number

    def commit(self, items: Sequence[Item], notes: Notes) -> Layer | None:
        """Puts the group on disk; returns its layer where the tables get it later. Raises GroupLost (known not to be there) or OutcomeUnknown."""
        started = time.perf_counter()
        self._require_own_thread()
        rev = max((item.rev for item in items if item.stored), default=self.rev)
        hub_ms = self.now_ms()
        writes = gather(items, hub_ms)
        if notes:
            rows = writes.setdefault(NOTES, {})
            for (table, key), value in notes.items():
                raw_key = note_key(table, key)
                rows[raw_key] = None if value is None else seal(raw_key, value)
        self._add_changes(items, writes)
        state = State(rev, self.compact_rev, hub_ms)
        writes[META] = {STATE_KEY: state.to_record()}
        layer = self.store(writes, state)
        self.rev = rev
        decided = sum(1 for item in items if item.stored)
        self.stats.committed(decided, len(writes[LOG]), time.perf_counter() - started)
        return layer

    def store(self, writes: Writes, state: State) -> Layer | None:
        """A group's writes, `state` among them, into the write-ahead file, or into the tables where that may not or cannot be: None.

        Raises GroupLost or OutcomeUnknown.
        """
        # While the disk is full nothing is taken that still has to find room there.
        rows = self._ahead.written + sum(map(len, writes.values()))
        may = not self._full and rows <= AHEAD_ROWS_MAX
        try:
            if not (may and self._wal.append(writes)):
                self.write(writes, state)
                return None
        except WalFailed as error:
            raise OutcomeUnknown(f"the commit failed: {error}") from error
        self._layers += 1
        layer = Layer(self._layers, writes)
        self._ahead.add(layer)
        return layer

    def checkpoint(self, *, last: bool = False) -> None:
        """Brings the tables up to everything that was committed; with the `last` one they need no file beside them.

        Raises GroupLost: then nothing is lost, the file still has it. Raises OutcomeUnknown.
        """
        if last:
            self._wal.forget()
        if self._ahead.layers or last or not self._wal.known:
            started = time.perf_counter()
            self.write({}, State(self.rev, self.compact_rev, self.now_ms()), last=last)
            self.stats.checkpointed(time.perf_counter() - started)

    def write(
        self, writes: Writes, state: State, dropped_log: Sequence[bytes] = (), *, last: bool = False
    ) -> None:
        """One transaction with what the tables are behind, then these writes, less these log entries. Raises GroupLost or OutcomeUnknown."""
        self._require_own_thread()
        before: int | None = None
        try:
            txn = self.env.begin(write=True)
            before = txn.id() - 1
            try:
                self._put(txn, self._ahead.rows)
                started = time.perf_counter()
                self._put(txn, writes)
                for key in dropped_log:
                    txn.delete(key, db=self.tables[LOG])
                position = None if last or not self._wal.there else self._wal.position.to_record()
                put_all(txn, self.tables, ((META, STATE_KEY, state.to_record()), (META, WAL_KEY, position)))
            except BaseException:
                txn.abort()
                raise
            self.put_s = time.perf_counter() - started
            txn.commit()
        except lmdb.Error as error:
            judged = self._judge(error, before)
            self._full = isinstance(judged, GroupLost)
            raise judged from error
        self._full = False
        if not last:
            self._wal.checkpointed()
        if self._ahead.layers:
            self._ahead.drop(self._layers)
            self._tell(self._layers)

    def _add_changes(self, items: Sequence[Item], writes: Writes) -> None:
        changes = [change for item in items for change in item.outbox]
        if changes:
            with self.env.begin() as txn:
                add_changes(changes, Look(txn, self.tables, self._ahead.rows), writes)

    def write_slice(self, writes: Writes) -> float:
        """Master data: a commit of its own, no revision. How long its puts took. Raises as `write`."""
        self.write(writes, State(self.rev, self.compact_rev, self.now_ms()))
        self.stats.row_slices += 1
        self.stats.rows_written += sum(map(len, writes.values()))
        self.stats.row_slice_s_max = max(self.stats.row_slice_s_max, self.put_s)
        return self.put_s

    def _put(self, txn: Txn, writes: Writes) -> None:
        for name, rows in writes.items():
            table = self.tables[name]
            if name == LOG:
                if rows:
                    with txn.cursor(table) as cursor:
                        cursor.putmulti(rows.items(), append=True)  # type: ignore[arg-type]  # none is a delete
                continue
            for key, record in rows.items():
                if record is None:
                    txn.delete(key, db=table)
                else:
                    txn.put(key, record, db=table)

    def _judge(self, error: lmdb.Error, txnid_before: int | None) -> Exception:
        """Known lost only when there was no space and the meta page on disk is still the old one; None: nothing had begun."""
        written = txnid_before is not None and self.env.info()["last_txnid"] != txnid_before
        if not written and is_no_space(error, Path(self.env.path())):
            try:
                self.env.begin(write=True).abort()  # a failed meta write leaves the environment in panic
            except lmdb.Error:
                pass
            else:
                return GroupLost(str(error), isinstance(error, lmdb.MapFullError))
        return OutcomeUnknown(f"the commit failed: {error}")

    def _require_own_thread(self) -> None:
        here = threading.get_ident()
        if self._thread is None:
            self._thread = here
        if self._thread != here or os.getpid() != self._pid:
            raise AssertionError(
                "only the writer's own thread, in the process that opened the store, may write"
            )
