"""LmdbStore without a thread or an event loop, for simulation: the caller says when a commit happens.

The same code as the real one, except that `step` does what the writer's thread and the loop would do in between.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path

from hub.store.group import Item
from hub.store.layout import DataDir
from hub.store.lmdb_store import LmdbStore
from hub.store.opening import Opened, open_store
from hub.store.options import StoreOptions
from hub.store.overlay import Layer
from hub.store.seam import OutcomeUnknown, StoreUnavailable
from hub.store.writer import GroupLost, Notes, Writer
from hub.store.writer_thread import GROUP_MAX, Front, Slice, Upkeep


class InlineWriter:
    """Stands in the place of `WriterThread`; commits when `step` is called."""

    def __init__(
        self,
        writer: Writer,
        front: Front,
        upkeep: Upkeep,
        take_notes: Callable[[], Notes],
        post: Callable[..., object],
    ) -> None:
        self.gathered: deque[Item] = deque()
        self.slices: deque[Slice] = deque()
        self.idle = False
        self._writer = writer
        self._front = front
        self._upkeep = upkeep
        self._take_notes = take_notes
        self._post = post

    def start(self) -> None:
        """There is nothing to start."""

    def wake(self) -> None:
        """Nobody sleeps."""

    def resume(self) -> None:
        """The next `step` goes on."""

    def stop(self) -> bool:
        """Commits what gathered and finishes."""
        while self.gathered:
            self.step(GROUP_MAX)
        notes = self._take_notes()
        if notes:
            self._writer.commit((), notes)
        self._upkeep.finish()
        return True

    def step(self, most: int) -> None:
        """One commit of at most `most` decisions, and what follows from it."""
        items = [self.gathered.popleft() for _ in range(min(most, len(self.gathered)))]
        if not items:
            if self.slices:
                self._commit_slice(self.slices.popleft())
            return
        notes: Notes = {}
        layer: Layer | None = None
        try:
            if any(item.stored for item in items):
                notes = self._take_notes()
                layer = self._writer.commit(items, notes)
        except GroupLost as error:
            self._upkeep.no_space()
            self._front.lost(items, notes, error)
            return
        except Exception as error:
            self._front.broken(items, error)
            return
        self._front.published(items, layer)

    def _commit_slice(self, one: Slice) -> None:
        try:
            took_s = self._writer.write_slice(one.writes)
        except GroupLost as error:
            self._upkeep.no_space()
            self._front.lost((), {}, error)
            one.done(StoreUnavailable(str(error)))
            return
        except Exception as error:
            self._front.broken((), error)
            one.done(OutcomeUnknown(str(error)))
            return
        one.done(took_s)

    def keep_up(self) -> None:
        """One step of upkeep."""
        try:
            self._upkeep.step(lambda: False)
        except GroupLost as error:
            self._front.lost((), {}, error)


class InlineLmdbStore(LmdbStore):
    """For one thread without a loop: `step` commits; `crash` forgets what was not committed, as kill -9 does."""

    _thread: InlineWriter

    def __init__(self, opened: Opened, options: StoreOptions) -> None:
        self._due: deque[tuple[Callable[..., object], tuple[object, ...]]] = deque()
        super().__init__(opened, options, self._later, self._later, InlineWriter)

    @classmethod
    def open_here(cls, path: Path | str, options: StoreOptions | None = None) -> InlineLmdbStore:
        """As `open`, at once. Raises UserError."""
        options = options or StoreOptions()
        return cls(open_store(DataDir(Path(path)), options), options)

    def step(self, most: int = GROUP_MAX) -> bool:
        """One commit of at most `most` decisions, then the calls that are due; False when nothing was to do."""
        busy = bool(self._thread.gathered or self._thread.slices or self._due)
        self._thread.step(most)
        self._turn()
        return busy

    def keep_up(self) -> None:
        """One step of upkeep, as the writer does it once a second."""
        self._thread.keep_up()
        self._turn()

    def stop(self) -> None:
        """A clean stop. Idempotent."""
        if self._closed:
            return
        self._closed = True
        self._thread.stop()
        self._turn()
        self._opened.close()

    def crash(self) -> None:
        """Ends as a killed process does: nothing more is written, nobody is told."""
        self._closed = True
        self._due.clear()
        self._thread.gathered.clear()
        self._thread.slices.clear()
        self._opened.close()

    def _turn(self) -> None:
        """What is due on the loop."""
        while self._due:
            call, arguments = self._due.popleft()
            call(*arguments)

    def _later(self, call: Callable[..., object], *arguments: object) -> None:
        self._due.append((call, arguments))
