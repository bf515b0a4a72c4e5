"""The journal's tables in SQLite, used on one thread: commands by seq, small values, and the documents of the last picture.

Commands are stored with seq 0 and get the row's number when they are sent, so that a row can be renumbered. Every write
happens inside `transaction()`, which is on disk when it ends.

Longer than a room: all SQL of one file, so that a transaction can be read as a whole.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path
from typing import Any

from heard.errors import HeardError, LinkError, UserError
from heard.revision import NO_EPOCH, Epoch
from heard.stream import Document
from heard.wire import decode_document, encode_document

log = logging.getLogger(__name__)

SCHEMA_VERSION = 1
KEPT_MS = 7 * 24 * 3600 * 1000
"""The hub keeps full answers as long; a hub restored from a backup of the last 7 days gets back what it lost."""
ROWS_MAX = 200_000
"""For a device whose clock stands in the past, where age says nothing: about 60 MB."""
CLOCK_PLAUSIBLE_MS = 1_704_067_200_000
"""2024-01-01: a row stamped before was written under a clock that had not been set."""
PRUNE_ROWS = 1_000
"""Rows deleted in one step, so that no command waits for more than a few ms."""
PRUNE_EVERY_S = 3600.0
GROUP_MAX = 512
"""Jobs in one transaction."""
BUSY_WAIT_S = 2.0
"""A restarted program may meet the last one's closing file."""
CHECKPOINT_ROWS = 200
"""The write-ahead log (about 12 KiB a row) is copied back when idle and after so many rows …"""
CHECKPOINT_FORCE_ROWS = 2_500
"""… and after so many also under load."""
UNANSWERED_MAX = 5_000
"""Commands given back at open for pending marks; the rest is only sent."""
ASIDE_MAX = 1_000

_CORRUPT_CODES = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_SCHEMA = """
CREATE TABLE commands (seq INTEGER PRIMARY KEY, data BLOB NOT NULL, state INTEGER NOT NULL, at_ms INTEGER NOT NULL);
CREATE INDEX unanswered ON commands (seq) WHERE state = 0;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (order_id TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
"""


class RowState(IntEnum):
    """What became of a command."""

    WAITING = 0
    ANSWERED = 1
    REJECTED = 2
    PARKED = 3
    """GONE in a young epoch: will be put at the end again."""
    MOVED = 4


@dataclass(frozen=True, slots=True)
class Kept:
    """What the journal held when it was opened or renewed; `oldest` <= `acked` <= `next_seq`."""

    incarnation: str
    oldest: int
    acked: int
    next_seq: int
    unanswered: tuple[tuple[int, bytes], ...] = ()
    parked: tuple[tuple[int, bytes], ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    view: str = ""
    epoch: Epoch = NO_EPOCH
    """Epoch and revision of `documents`."""
    rev: int = 0
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A command that rests on a value of the journal: its bytes, the value after it, and what its maker wants back."""

    data: bytes
    text: str
    result: Any = None
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """A guarded piece of work raised this; nothing of it was stored."""

    error: Exception


Make = Callable[[str, str], Made]
"""The value and the incarnation -> what is stored. Runs on the journal's thread, inside the transaction."""


def open_store(path: Path, device: str, token: Callable[[], str]) -> tuple[JournalStore, Kept]:
    """Open or make the file; a damaged one is set aside. UserError where it cannot be used."""
    try:
        store = JournalStore(path, device, token)
    except _Damaged as damage:
        aside = _set_aside(path)
        log.error(
            "the journal %s is damaged (%s); it was set aside as %s, a new one begins",
            path,
            damage,
            aside.name,
        )
        store = JournalStore(path, device, token)
    return store, store.kept()


class _Damaged(Exception):
    """The file is no journal any more."""


def _set_aside(path: Path) -> Path:
    for number in range(1, ASIDE_MAX):
        aside = path.with_name(f"{path.name}.bad-{number}")
        if not aside.exists():
            path.rename(aside)
            for suffix in ("-wal", "-shm", "-journal"):
                with contextlib.suppress(FileNotFoundError):
                    Path(f"{path}{suffix}").rename(f"{aside}{suffix}")
            return aside
    raise UserError(f"there are {ASIDE_MAX - 1} damaged journals beside {path}", "replace the disk", 1)


class JournalStore:
    """The open file. Every method but `tidy` and `close` is called inside `transaction()`."""

    def __init__(self, path: Path, device: str, token: Callable[[], str]) -> None:
        self.path = path
        self._prune_at_s = 0.0
        self._rows_in_log = 0
        try:
            self._sql = sqlite3.connect(
                path, timeout=BUSY_WAIT_S, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise _unusable(path, error) from error
        try:
            self._open(device, token)
        except BaseException as error:
            self._sql.close()
            if isinstance(error, sqlite3.Error):
                if _code(error) in _CORRUPT_CODES:
                    raise _Damaged(str(error)) from error
                raise _unusable(path, error) from error
            raise

    def _open(self, device: str, token: Callable[[], str]) -> None:
        sql = self._sql
        sql.execute("PRAGMA locking_mode = EXCLUSIVE")
        sql.execute("PRAGMA journal_mode = WAL")
        sql.execute("PRAGMA synchronous = FULL")
        sql.execute("PRAGMA wal_autocheckpoint = 0")  # see tidy
        sql.execute("BEGIN IMMEDIATE")
        version = sql.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise UserError(
                f"the journal {self.path} was written by a newer release (schema {version}, this one knows {SCHEMA_VERSION})",
                "install that release again",
                1,
            )
        if version == 0:
            if sql.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise UserError(f"{self.path} is a database, but no journal of Heard", "give another file")
            for statement in _SCHEMA.strip().split(";\n"):
                sql.execute(statement.rstrip(";"))
            sql.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            self._put("device", device)
            self._put("incarnation", token())
        sql.execute("COMMIT")
        problem = sql.execute("PRAGMA quick_check(1)").fetchone()[0]
        if problem != "ok":
            raise _Damaged(problem)
        owner = self._get("device")
        if not owner or not self._get("incarnation"):
            raise _Damaged("it names no device")
        if owner != device:
            raise UserError(
                f"the journal {self.path} belongs to device {owner}, not to {device}",
                f"give another file, or the device's own name: {owner}",
            )

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is on disk at its end, or nothing; LinkError says why not."""
        try:
            self._sql.execute("BEGIN IMMEDIATE")
            yield
            self._sql.execute("COMMIT")
        except BaseException as error:
            with contextlib.suppress(sqlite3.Error):
                self._sql.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise _not_stored(self.path, error) from error
            raise

    def guarded(self, run: Callable[[], Any]) -> Any:
        """What `run` returns; an error of its own is returned as Refused, and undoes what it wrote and nothing else."""
        self._sql.execute("SAVEPOINT guarded")
        try:
            found = run()
        except sqlite3.Error:
            raise  # of the disk: it is the whole transaction's
        except Exception as error:
            self._sql.execute("ROLLBACK TO guarded")
            found = Refused(error)
        self._sql.execute("RELEASE guarded")
        return found

    def append(self, data: bytes, at_ms: int, values: Mapping[str, str]) -> int:
        """Store a command at the end; its seq."""
        for key, value in values.items():
            self._put(key, value)
        cursor = self._sql.execute(
            "INSERT INTO commands (data, state, at_ms) VALUES (?, ?, ?)", (data, RowState.WAITING, at_ms)
        )
        assert cursor.lastrowid is not None
        self._rows_in_log += 1
        return cursor.lastrowid

    def append_made(self, key: str, make: Make, at_ms: int) -> Made:
        """Store what `make` makes of the value under `key` and the incarnation: the command and the new value, or nothing."""
        made = make(self._get(key), self._get("incarnation"))
        seq = self.append(made.data, at_ms, {key: made.text})
        return replace(made, seq=seq)

    def change(self, key: str, change: Callable[[str, str], str]) -> str:
        """Replaces the value under `key` by what `change` makes of it and of the incarnation; the new value."""
        old = self._get(key)
        new = change(old, self._get("incarnation"))
        if new != old:
            self._put(key, new)
        return new

    def move(self, seq: int, at_ms: int) -> int:
        """Store a parked command again at the end; its new seq."""
        row = self._sql.execute("SELECT data FROM commands WHERE seq = ?", (seq,)).fetchone()
        if row is None:
            raise LinkError(f"command {seq} is no longer in the journal")
        self._sql.execute("UPDATE commands SET state = ? WHERE seq = ?", (RowState.MOVED, seq))
        return self.append(row[0], at_ms, {})

    def read(self, seqs: range) -> list[tuple[int, bytes]]:
        """The commands of these seqs that are kept."""
        rows = self._sql.execute(
            "SELECT seq, data FROM commands WHERE seq >= ? AND seq < ? ORDER BY seq", (seqs.start, seqs.stop)
        )
        return list(rows)

    def save(
        self,
        states: Mapping[int, RowState],
        values: Mapping[str, str],
        documents: Mapping[str, Document | None],
        clear: bool,
        head: tuple[str, Epoch, int] | None,
    ) -> None:
        """Marks of answered commands, values, and the changed documents; `head`: they are the view at that revision."""
        sql = self._sql
        self._rows_in_log += 1 + len(documents)
        sql.executemany(
            "UPDATE commands SET state = ? WHERE seq = ? AND state != ?",
            [(int(state), seq, RowState.MOVED) for seq, state in states.items()],
        )
        for key, value in values.items():
            self._put(key, value)
        if clear:
            sql.execute("DELETE FROM documents")
            self._put("replica", "")  # until the last slice is in, the picture has no revision
        sql.executemany(
            "DELETE FROM documents WHERE order_id = ?",
            [(key,) for key, doc in documents.items() if doc is None],
        )
        sql.executemany(
            "INSERT OR REPLACE INTO documents VALUES (?, ?)",
            [(key, encode_document(doc)) for key, doc in documents.items() if doc is not None],
        )
        if head is not None:
            view, epoch, rev = head
            self._put("replica", f"{epoch.n} {epoch.random} {rev} {view}")

    def renew(self, incarnation: str, *, answered_too: bool) -> tuple[Kept, Mapping[int, int]]:
        """Number what is kept from 1 on under a new incarnation; without `answered_too` only what is unanswered stays."""
        wanted = () if answered_too else (RowState.ANSWERED, RowState.REJECTED, RowState.MOVED)
        rows = [
            row
            for row in self._sql.execute("SELECT seq, data, state, at_ms FROM commands ORDER BY seq")
            if row[2] not in wanted
        ]
        self._sql.execute("DELETE FROM commands")
        self._sql.executemany(
            "INSERT INTO commands VALUES (?, ?, ?, ?)",
            [(number, data, state, at_ms) for number, (_, data, state, at_ms) in enumerate(rows, start=1)],
        )
        self._put("incarnation", incarnation)
        return self.kept(), {row[0]: number for number, row in enumerate(rows, start=1)}

    def kept(self) -> Kept:
        """What the journal holds now."""
        sql = self._sql
        oldest, newest = sql.execute("SELECT min(seq), max(seq) FROM commands").fetchone()
        next_seq = (newest or 0) + 1
        first = sql.execute("SELECT min(seq) FROM commands WHERE state = 0").fetchone()[0]
        unanswered = sql.execute(
            "SELECT seq, data FROM commands WHERE state = 0 ORDER BY seq DESC LIMIT ?", (UNANSWERED_MAX,)
        ).fetchall()
        parked = sql.execute(
            "SELECT seq, data FROM commands WHERE state = ? ORDER BY seq LIMIT ?",
            (RowState.PARKED, UNANSWERED_MAX),
        ).fetchall()
        values = dict(sql.execute("SELECT key, value FROM meta").fetchall())
        documents = [
            decode_document(row[0]) for row in sql.execute("SELECT data FROM documents ORDER BY order_id")
        ]
        view, epoch, rev = _replica(values.get("replica", ""))
        return Kept(
            incarnation=values["incarnation"],
            oldest=oldest or next_seq,
            acked=first or next_seq,
            next_seq=next_seq,
            unanswered=tuple(reversed(unanswered)),
            parked=tuple(parked),
            values=values,
            view=view,
            epoch=epoch,
            rev=rev,
            documents=tuple(one for one in documents if one is not None),
        )

    def tidy(self) -> float:
        """When there is nothing to do: copy the log back, drop what is older than KEPT_MS. Never raises.

        Seconds until there is something to tidy again if nobody writes; 0 while there is more to drop.
        """
        now_s = time.monotonic()
        try:
            self._checkpoint(CHECKPOINT_ROWS)
            if now_s >= self._prune_at_s:
                if self._prune(time.time_ns() // 1_000_000) >= PRUNE_ROWS:
                    return 0.0
                self._prune_at_s = now_s + PRUNE_EVERY_S
        except (sqlite3.Error, HeardError) as error:
            log.warning("the journal %s could not be tidied: %s", self.path, error)
            self._prune_at_s = now_s + PRUNE_EVERY_S
        return self._prune_at_s - now_s

    def relieve(self) -> None:
        """Under load: copy the log back only where it grows too big. Never raises."""
        try:
            self._checkpoint(CHECKPOINT_FORCE_ROWS)
        except sqlite3.Error as error:
            log.warning("the log of the journal %s could not be copied back: %s", self.path, error)

    def close(self) -> None:
        """Copy the log back and let go of the file."""
        with contextlib.suppress(sqlite3.Error):
            self._sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._sql.close()

    def _checkpoint(self, above_rows: int) -> None:
        """RESTART keeps the log's file: writing over what is there needs no new length on disk, so the fsync is shorter."""
        if self._rows_in_log > above_rows:
            self._sql.execute("PRAGMA wal_checkpoint(RESTART)")
            self._rows_in_log = 0

    def _prune(self, wall_ms: int) -> int:
        """Drop answered commands from the old end, never the newest row: the next seq hangs on it. Rows dropped."""
        rows = self._sql.execute(
            "SELECT seq, state, at_ms FROM commands ORDER BY seq LIMIT ?", (PRUNE_ROWS,)
        ).fetchall()
        low, high = self._sql.execute("SELECT min(seq), max(seq) FROM commands").fetchone()
        surplus = (high - low + 1 - ROWS_MAX) if high is not None else 0
        end = None
        for count, (seq, state, at_ms) in enumerate(rows):
            aged = CLOCK_PLAUSIBLE_MS <= at_ms < wall_ms - KEPT_MS
            if state in (RowState.WAITING, RowState.PARKED) or seq == high or not (aged or count < surplus):
                break
            end = seq
        if end is None:
            return 0
        with self.transaction():
            return self._sql.execute("DELETE FROM commands WHERE seq <= ?", (end,)).rowcount

    def _put(self, key: str, value: str) -> None:
        self._sql.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def _get(self, key: str) -> str:
        row = self._sql.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else ""


def _replica(text: str) -> tuple[str, Epoch, int]:
    parts = text.split(" ", 3)
    if len(parts) != 4:
        return "", NO_EPOCH, 0
    return parts[3], Epoch(int(parts[0]), int(parts[1])), int(parts[2])


def _code(error: sqlite3.Error) -> int:
    """The primary result code: the extended ones carry it in their low byte."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _unusable(path: Path, error: sqlite3.Error) -> UserError:
    if _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return UserError(
            f"the journal {path} is in use by another process",
            "stop the other program, or give this one a device name and a journal of its own",
            1,
        )
    return UserError(
        f"the journal {path} cannot be opened: {error}",
        "the directory must exist and be writable, with space left",
        1,
    )


def _not_stored(path: Path, error: sqlite3.Error) -> LinkError:
    if _code(error) == sqlite3.SQLITE_FULL:
        return LinkError(
            f"the disk of the journal {path} is full: nothing was stored", "make space; nothing else is lost"
        )
    return LinkError(f"the journal {path} cannot be written: {error}", "check the disk (heard doctor)")
