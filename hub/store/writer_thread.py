"""The writer's thread: takes what gathered, commits it, tells the event loop; small steps of upkeep when nothing waits.

A group is everything that gathered while the last flush ran: never a linger, never a commit on the event loop.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from hub.store.group import Item
from hub.store.overlay import Layer, Writes
from hub.store.seam import OutcomeUnknown, StoreUnavailable
from hub.store.writer import GroupLost, Notes, Writer

IDLE_S = 1.0  # between two looks at the upkeep when nothing is written
STOP_S = 5.0  # for the writer to end; one commit on a slow SD card takes 2 s
SLICE_WAIT_S = (
    0.1  # a slice of rows goes when no decision waits, and between two groups when it waited so long
)
GROUP_MAX = 1_000  # decisions in one commit: about 5 ms of puts, 2 MB


@dataclass(slots=True, eq=False)
class Slice:
    """Rows of master data that go to disk together; `done` hears the seconds that the puts took, or why not."""

    writes: Writes
    done: Callable[[float | Exception], None]
    since: float = field(default_factory=time.monotonic)


class Front(Protocol):
    """What the writer's thread tells the event loop; each is called on the loop."""

    def published(self, items: Sequence[Item], layer: Layer | None) -> None: ...

    def lost(self, items: Sequence[Item], notes: Notes, error: GroupLost) -> None: ...

    def broken(self, items: Sequence[Item], error: Exception) -> None: ...


class Upkeep(Protocol):
    """Small steps between commits, on the writer's thread."""

    def step(self, busy: Callable[[], bool]) -> None:
        """Some milliseconds and a commit or two; less as soon as `busy` says that decisions wait.

        Raises OutcomeUnknown; GroupLost where the tables could not be brought up: nothing is lost by that.
        """

    def no_space(self) -> None:
        """A commit found no space: make some if there is a reserve."""

    def finish(self) -> None:
        """The last act before the environment is closed. Raises OutcomeUnknown."""


class Committer(Protocol):
    """What `LmdbStore` hands its decisions to."""

    gathered: deque[Item]
    """Filled by the loop; emptied by the committer, or by the loop inside `Front.lost`."""
    slices: deque[Slice]
    """Filled by the loop, emptied by the committer: one at a time, when no decision waits."""
    idle: bool
    """The loop must `wake` after gathering when this stands."""

    def start(self) -> None: ...

    def wake(self) -> None:
        """Something gathered."""

    def resume(self) -> None:
        """After `Front.lost` has decided again."""

    def stop(self) -> bool:
        """Commits what gathered, then ends. May block: not for the loop. False when it does not end."""
        ...


class WriterThread:
    """Takes what gathered, commits it, posts the outcome; steps of upkeep come between, at most one a second."""

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
        self.idle = True
        self._writer = writer
        self._front = front
        self._upkeep = upkeep
        self._take_notes = take_notes
        self._post = post
        self._tokens: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._halted = False
        self._stopping = False
        self._next_upkeep = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="heard-store-writer", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def wake(self) -> None:
        """Something gathered."""
        self._tokens.put(None)

    def resume(self) -> None:
        """After `Front.lost` has decided again."""
        self._halted = False
        self._tokens.put(None)

    def stop(self) -> bool:
        """Commits what gathered, then ends. Blocks until it has: not for the loop. False when it does not end."""
        self._stopping = True
        self._tokens.put(None)
        self._thread.join(STOP_S)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while True:
                items = self._take()
                if items and not self._commit(items):
                    return
                if self._halted:
                    continue
                if self._slice_is_due() and not self._commit_slice(self.slices.popleft()):
                    return
                if time.monotonic() >= self._next_upkeep:
                    self._next_upkeep = time.monotonic() + IDLE_S
                    self._keep_up()
                if self._stopping and not self.gathered:
                    self._finish()
                    return
        except Exception as error:
            self._tell(partial(self._front.broken, (), error))

    def _busy(self) -> bool:
        return bool(self.gathered)

    def _take(self) -> list[Item]:
        self.idle = True
        if self._halted or not (self.gathered or self.slices):
            wait_s = None if self._halted else max(0.0, self._next_upkeep - time.monotonic())
            try:
                self._tokens.get(timeout=wait_s)
                while True:
                    self._tokens.get_nowait()
            except queue.Empty:
                pass
        self.idle = False
        items: list[Item] = []
        if not self._halted:
            while self.gathered and len(items) < GROUP_MAX:
                items.append(self.gathered.popleft())
        return items

    def _commit(self, items: list[Item]) -> bool:
        """False when nothing may be written any more."""
        notes: Notes = {}
        layer: Layer | None = None
        try:
            if any(item.stored for item in items):
                notes = self._take_notes()
                layer = self._writer.commit(items, notes)
        except GroupLost as error:
            self._halted = True
            self._upkeep.no_space()
            self._tell(partial(self._front.lost, items, notes, error))
            return True
        except Exception as error:
            self._tell(partial(self._front.broken, items, error))
            return False
        self._tell(partial(self._front.published, items, layer))
        return True

    def _slice_is_due(self) -> bool:
        if not self.slices:
            return False
        return not self.gathered or time.monotonic() - self.slices[0].since >= SLICE_WAIT_S

    def _commit_slice(self, one: Slice) -> bool:
        """False when nothing may be written any more."""
        try:
            took_s = self._writer.write_slice(one.writes)
        except GroupLost as error:
            self._halted = True
            self._upkeep.no_space()
            self._tell(partial(self._front.lost, (), {}, error))
            self._tell(partial(one.done, StoreUnavailable(str(error))))
            return True
        except Exception as error:
            self._tell(partial(self._front.broken, (), error))
            self._tell(partial(one.done, OutcomeUnknown(str(error))))
            return False
        self._tell(partial(one.done, took_s))
        return True

    def _keep_up(self) -> None:
        try:
            self._upkeep.step(self._busy)
        except GroupLost as error:
            self._halted = True
            self._tell(partial(self._front.lost, (), {}, error))

    def _finish(self) -> None:
        while self.slices:
            self._tell(partial(self.slices.popleft().done, StoreUnavailable("the store is closed")))
        notes = self._take_notes()
        try:
            if notes:
                self._writer.commit((), notes)
        except GroupLost:
            self._upkeep.no_space()  # what was heard is told again by the screens
        self._upkeep.finish()

    def _tell(self, what: Callable[[], None]) -> None:
        try:
            self._post(what)
        except RuntimeError:
            self._stopping = True  # the event loop is closed: nobody is left to be told
