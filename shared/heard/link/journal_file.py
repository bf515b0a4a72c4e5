"""The journal of one device: every command on disk before it is sent, and the last picture for a start without a hub.

SQLite with `synchronous=FULL` in a thread of its own. A commit carries what gathered during the last fsync, never a linger.
Only one process may have the file open. A damaged file is set aside and a new one begins with a new incarnation, so that no
seq is ever given twice.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from heard.errors import HeardError, LinkError
from heard.link.journal_store import GROUP_MAX, JournalStore, Kept, Made, Make, Refused, RowState, open_store
from heard.revision import Epoch
from heard.stream import Document

log = logging.getLogger(__name__)

SAVE_EVERY_S = 1.0
"""The picture and the marks of answered commands may be this old on disk: losing them costs a few repeated messages."""
JOBS_MAX = 10_000
"""Commands that wait for the disk; more means that it stands still, and a till must say so instead of piling up."""
IDLE_S = 0.5
"""Without work for so long the thread tidies up (checkpoint, retention)."""
DOCUMENTS_PER_SAVE = 200
"""A save longer than that would keep a command waiting for more than about 10 ms."""


@dataclass(slots=True)
class _Job:
    """One call to the store on its thread, in the group's transaction; `told` runs on the loop before the future resolves."""

    run: Callable[[JournalStore], Any]
    future: asyncio.Future[Any]
    told: Callable[[Any], None] | None = None


@dataclass(slots=True)
class _Dirty:
    """What waits for the next save."""

    states: dict[int, RowState] = field(default_factory=dict)
    values: set[str] = field(default_factory=set)
    documents: dict[str, Document | None] = field(default_factory=dict)
    clear: bool = False
    head: tuple[str, Epoch, int] | None = None

    def __bool__(self) -> bool:
        return bool(self.states or self.values or self.documents or self.clear or self.head)

    def put_back(self, some: _Dirty) -> None:
        """A slice was not saved: it waits again, below what came since."""
        self.states = some.states | self.states
        self.values |= some.values
        if not self.clear:
            self.documents = some.documents | self.documents
            self.clear = some.clear
        self.head = self.head or some.head


_Stop: TypeAlias = None


class JournalFile:
    """One open journal. Make it with `await JournalFile.open(...)`; all methods are called on one event loop."""

    def __init__(
        self,
        path: Path,
        kept: Kept,
        jobs: queue.SimpleQueue[_Job | _Stop],
        thread: threading.Thread,
        token: Callable[[], str],
    ) -> None:
        self.path = path
        self._token = token
        self.kept = kept
        self.incarnation = kept.incarnation
        self._jobs = jobs
        self._thread = thread
        self._loop = asyncio.get_running_loop()
        self._waiting = 0
        self._dirty = _Dirty()
        self._values: dict[str, str] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        self._failing = False

    @classmethod
    async def open(
        cls, path: Path, *, device: str, token: Callable[[], str] = lambda: secrets.token_hex(8)
    ) -> JournalFile:
        """Open or make the journal of `device`; `token` gives the names of new incarnations.

        UserError where the file is in use, not writable, of another device or of a newer release.
        """
        loop = asyncio.get_running_loop()
        jobs: queue.SimpleQueue[_Job | _Stop] = queue.SimpleQueue()
        ready: asyncio.Future[Kept] = loop.create_future()
        thread = threading.Thread(
            target=_work, args=(path, device, token, jobs, loop, ready), name="heard-journal", daemon=True
        )
        thread.start()
        try:
            kept = await asyncio.shield(ready)
        except BaseException:
            jobs.put(None)
            raise
        return cls(path, kept, jobs, thread, token)

    def append(
        self,
        data: bytes,
        at_ms: int,
        told: Callable[[int], None] | None = None,
        values: Mapping[str, str] | None = None,
    ) -> asyncio.Future[int]:
        """Write a command (encoded with seq 0); the future gives its seq after the fsync, in the order of the calls.

        `values` are stored in the same transaction; `told(seq)` runs on the loop even when the caller has gone away.
        Raises LinkError at once, or through the future, where the disk does not take it: then nothing was stored.
        """
        written = dict(values or {})
        self._values.update(written)
        return self._call(lambda store: store.append(data, at_ms, written), told)

    async def append_made(
        self, key: str, make: Make, at_ms: int, told: Callable[[Made], None] | None = None
    ) -> Made:
        """Write a command that rests on the value under `key`, and the value after it, in one transaction.

        `make` runs on the journal's thread; what it raises is raised here, and nothing was stored.
        """
        made: Made = await self._alone(lambda store: store.append_made(key, make, at_ms), told)
        return made

    async def change(
        self, key: str, change: Callable[[str, str], str], told: Callable[[str], None] | None = None
    ) -> str:
        """Replace the value under `key` by what `change` makes of it and the incarnation; the new value, on disk."""
        text: str = await self._alone(lambda store: store.change(key, change), told)
        return text

    def move(self, seq: int, at_ms: int, told: Callable[[int], None] | None = None) -> asyncio.Future[int]:
        """Put a parked command at the end under a new seq."""
        return self._call(lambda store: store.move(seq, at_ms), told)

    def read(self, seqs: range) -> asyncio.Future[list[tuple[int, bytes]]]:
        """The stored commands of these seqs (those that are still kept), in order."""
        return self._call(lambda store: store.read(seqs))

    async def renew(self, *, answered_too: bool, told: Callable[[Kept, Mapping[int, int]], None]) -> None:
        """Begin a new incarnation with what is kept (or only what is unanswered).

        `told` gets what is kept and old seq -> new seq, after every append that came before and before every later one.
        """
        await self.save()
        token = self._token()

        def renewed(result: tuple[Kept, Mapping[int, int]]) -> None:
            self.kept = result[0]
            self.incarnation = result[0].incarnation
            told(*result)

        await self._call(lambda store: store.renew(token, answered_too=answered_too), renewed)

    def refresh(self) -> None:
        """Lets `kept` say what was set since the journal was opened; before a link is started on it."""
        self.kept = replace(self.kept, values={**self.kept.values, **self._values})

    def answered(self, seq: int, state: RowState) -> None:
        """The hub has answered; on disk within SAVE_EVERY_S, which is early enough: a repeated command is harmless."""
        self._dirty.states[seq] = state
        self._arm()

    def set_value(self, key: str, value: str) -> None:
        """Remember a small text under a name; on disk within SAVE_EVERY_S."""
        self._values[key] = value
        self._dirty.values.add(key)
        self._arm()

    def save_documents(
        self, changes: Mapping[str, Document | None], *, clear: bool, view: str, epoch: Epoch, rev: int
    ) -> None:
        """The picture has changed (`clear`: it was replaced); on disk within SAVE_EVERY_S, never on the hot path."""
        if clear:
            self._dirty.documents.clear()
            self._dirty.clear = True
        self._dirty.documents.update(changes)
        self._dirty.head = (view, epoch, rev)
        self._arm()

    async def save(self) -> None:
        """Write what waits for the next save now; LinkError where the disk refuses it."""
        while self._dirty:
            await self._save_some()

    async def close(self) -> None:
        """Write everything, end the thread. Harmless when repeated."""
        if self._closed:
            return
        try:
            await self.save()
        except LinkError as error:
            log.warning("the journal %s could not be saved at the end: %s", self.path, error.what)
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _call(
        self, run: Callable[[JournalStore], Any], told: Callable[[Any], None] | None = None
    ) -> asyncio.Future[Any]:
        if self._closed:
            raise LinkError(f"the journal {self.path} is closed")
        if self._waiting >= JOBS_MAX:
            raise LinkError(
                f"the disk of the journal {self.path} does not keep up: {JOBS_MAX} commands wait for it",
                "check the disk (heard doctor)",
            )
        future: asyncio.Future[Any] = self._loop.create_future()
        self._waiting += 1
        future.add_done_callback(self._done)
        self._jobs.put(_Job(run, future, told))
        return future

    async def _alone(self, run: Callable[[JournalStore], Any], told: Callable[[Any], None] | None) -> Any:
        """As _call, in a savepoint: a refusal of our own costs no other job of the group its commit."""

        def stored(found: Any) -> None:
            if told is not None and not isinstance(found, Refused):
                told(found)

        found = await self._call(lambda store: store.guarded(lambda: run(store)), stored)
        if isinstance(found, Refused):
            raise found.error
        return found

    def _done(self, future: asyncio.Future[Any]) -> None:
        self._waiting -= 1
        if not future.cancelled():
            future.exception()  # read, so that a save nobody waits for leaves no complaint at exit

    def _arm(self) -> None:
        if self._timer is None and not self._closed:
            self._timer = self._loop.call_later(SAVE_EVERY_S, self._save_soon)

    def _save_soon(self) -> None:
        self._timer = None
        if self._dirty and not self._closed:
            self._save_some()

    def _save_some(self) -> asyncio.Future[Any]:
        """A slice of what waits. The revision goes with the last slice: an earlier one is merely taken in again."""
        dirty = self._dirty
        some = _Dirty(
            dirty.states, dirty.values, dict(list(dirty.documents.items())[:DOCUMENTS_PER_SAVE]), dirty.clear
        )
        rest = {key: doc for key, doc in dirty.documents.items() if key not in some.documents}
        self._dirty = _Dirty(documents=rest)
        if rest:
            self._dirty.head = dirty.head
        else:
            some.head = dirty.head
        # The newest value: one that was set before an append carried a newer one must not come back.
        values = {key: self._values[key] for key in some.values}
        future = self._call(
            lambda store: store.save(some.states, values, some.documents, some.clear, some.head)
        )
        future.add_done_callback(lambda done: self._saved(some, done))
        return future

    def _saved(self, some: _Dirty, future: asyncio.Future[Any]) -> None:
        if not future.cancelled() and (error := future.exception()) is not None:
            if not self._failing:
                log.warning(
                    "the picture cannot be saved to %s: %s; trying again each second", self.path, error
                )
            self._failing = True
            self._dirty.put_back(some)
        elif self._failing:
            self._failing = False
            log.info("the picture is saved to %s again", self.path)
        if self._dirty:
            self._arm()


def _work(
    path: Path,
    device: str,
    token: Callable[[], str],
    jobs: queue.SimpleQueue[_Job | _Stop],
    loop: asyncio.AbstractEventLoop,
    ready: asyncio.Future[Kept],
) -> None:
    """The journal's thread: opens the store, runs jobs in groups, closes it."""
    try:
        store, kept = open_store(path, device, token)
    except Exception as error:
        _post(loop, _reject, ready, error)
        return
    _post(loop, _resolve, ready, kept)
    try:
        stop = False
        wait_s = IDLE_S
        while not stop:
            try:
                first = jobs.get(timeout=wait_s)
            except queue.Empty:
                wait_s = max(IDLE_S, store.tidy())
                continue
            wait_s = IDLE_S
            group: list[_Job] = []
            stop = first is None
            if first is not None:
                group.append(first)
            while not stop and len(group) < GROUP_MAX:
                try:
                    job = jobs.get_nowait()
                except queue.Empty:
                    break
                if job is None:
                    stop = True
                else:
                    group.append(job)
            if group:
                results, failure = _run(store, group)
                _post(loop, _finish, group, results, failure)
                store.relieve()
    finally:
        store.close()


def _run(store: JournalStore, group: list[_Job]) -> tuple[list[Any], Exception | None]:
    """Results of the group after its commit, or why nothing of it was stored."""
    try:
        with store.transaction():
            return [job.run(store) for job in group], None
    except HeardError as error:
        return [], error
    except Exception as error:
        log.exception("the journal could not do its work")
        return [], LinkError(f"the journal {store.path} failed: {error}")


def _post(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *args: Any) -> None:
    try:
        loop.call_soon_threadsafe(call, *args)
    except RuntimeError:
        log.debug("the loop ended before the journal")


def _finish(group: list[_Job], results: list[Any], error: Exception | None) -> None:
    for index, job in enumerate(group):
        if error is not None:
            _reject(job.future, error)
            continue
        if job.told is not None:
            try:
                job.told(results[index])
            except Exception:
                log.exception("a listener of the journal failed")
        _resolve(job.future, results[index])


def _resolve(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():
        future.set_result(result)


def _reject(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
