"""One SQLite connection on one thread of its own; every job is one transaction, and is on disk when it returns."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from heard.errors import UserError

P = ParamSpec("P")
R = TypeVar("R")

SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE hubs (hub TEXT PRIMARY KEY, refresh_hash TEXT NOT NULL, suspended INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE access (token_hash TEXT PRIMARY KEY, hub TEXT NOT NULL, expires_ms INTEGER NOT NULL) WITHOUT ROWID;

-- generation rises with each RESET; a cursor of an older one cannot be continued
CREATE TABLE modules (module TEXT PRIMARY KEY, generation INTEGER NOT NULL, pruned_seq INTEGER NOT NULL) WITHOUT ROWID;
-- every version of every row: pages are read as of a watermark. row NULL is a tombstone.
CREATE TABLE rows (
  module TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL, row TEXT, superseded_seq INTEGER, superseded_ms INTEGER,
  PRIMARY KEY (module, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX newest_rows ON rows (module, id) WHERE superseded_seq IS NULL;

-- one row per state document; for immutable ones content_hash is part of the key, and epoch and version are 0
CREATE TABLE documents (
  hub TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, part TEXT NOT NULL,
  epoch_n INTEGER NOT NULL, epoch_random TEXT NOT NULL, version INTEGER NOT NULL, content_hash TEXT NOT NULL,
  state TEXT NOT NULL, paid INTEGER NOT NULL, business_date TEXT NOT NULL, device TEXT NOT NULL,
  amount_minor INTEGER NOT NULL, currency TEXT NOT NULL, document TEXT NOT NULL,
  copies INTEGER NOT NULL, seq INTEGER NOT NULL UNIQUE,
  PRIMARY KEY (hub, kind, id, part)
) WITHOUT ROWID;
CREATE INDEX documents_by_day ON documents (hub, business_date, device, kind, id, part);
CREATE TABLE epochs (hub TEXT NOT NULL, n INTEGER NOT NULL, random TEXT NOT NULL, PRIMARY KEY (hub, n, random)) WITHOUT ROWID;

CREATE TABLE fiscal (
  hub TEXT NOT NULL, series TEXT NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL, content_hash TEXT NOT NULL,
  device TEXT NOT NULL, incarnation TEXT NOT NULL, PRIMARY KEY (hub, series, number, id, content_hash)
) WITHOUT ROWID;
CREATE TABLE segments (
  hub TEXT NOT NULL, device TEXT NOT NULL, incarnation TEXT NOT NULL, series TEXT NOT NULL, first INTEGER NOT NULL,
  last INTEGER, next INTEGER NOT NULL, pending INTEGER NOT NULL, closed INTEGER NOT NULL, nonce TEXT NOT NULL,
  reported_ms INTEGER NOT NULL, PRIMARY KEY (hub, device, incarnation, series, first)
) WITHOUT ROWID;
CREATE TABLE incarnations (
  hub TEXT NOT NULL, device TEXT NOT NULL, incarnation TEXT NOT NULL, place INTEGER NOT NULL,
  PRIMARY KEY (hub, device, incarnation)
) WITHOUT ROWID;
CREATE TABLE findings (
  hub TEXT NOT NULL, kind TEXT NOT NULL, device TEXT NOT NULL, incarnation TEXT NOT NULL, series TEXT NOT NULL,
  low INTEGER NOT NULL, high INTEGER NOT NULL, detail TEXT NOT NULL,
  PRIMARY KEY (hub, kind, device, incarnation, series, low, high)
) WITHOUT ROWID;
CREATE TABLE ranges (
  hub TEXT NOT NULL, request_id TEXT NOT NULL, device TEXT NOT NULL, incarnation TEXT NOT NULL, series TEXT NOT NULL,
  first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (hub, request_id)
) WITHOUT ROWID;
CREATE INDEX ranges_by_series ON ranges (hub, series, last);
"""


class Database:
    """Opened by `open`, closed by `close`; in between `run` from any coroutine."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reference-cloud-db")
        self._db: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Open or create the file. Raises UserError when it is not ours."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._open)

    async def run(
        self, job: Callable[Concatenate[sqlite3.Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `job(connection, …)` as one transaction on the database's thread; committed when it returns, undone when it raises."""
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: self._transaction(job, *args, **kwargs)
        )

    async def close(self) -> None:
        """Wait for what runs, close the file, end the thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        await asyncio.to_thread(self._thread.shutdown)

    def _open(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(self.path, isolation_level=None)
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                db.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version={SCHEMA_VERSION}; COMMIT;")
            elif version != SCHEMA_VERSION:
                raise UserError(
                    f"{self.path} has schema {version}, this release knows {SCHEMA_VERSION}",
                    "take another --data",
                    1,
                )
        except (OSError, sqlite3.Error) as error:
            raise UserError(
                f"cannot use {self.path}: {error}", "name a folder that can be written with --data", 1
            ) from None
        db.row_factory = sqlite3.Row
        self._db = db

    def _transaction(
        self, job: Callable[Concatenate[sqlite3.Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        assert self._db is not None, "open() first"
        self._db.execute("BEGIN IMMEDIATE")
        try:
            done = job(self._db, *args, **kwargs)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        return done

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


def get_meta(db: sqlite3.Connection, name: str, default: str) -> str:
    """A value of the cloud itself."""
    found = db.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()
    return default if found is None else str(found[0])


def set_meta(db: sqlite3.Connection, name: str, value: str) -> None:
    """Store a value of the cloud itself."""
    db.execute(
        "INSERT INTO meta VALUES (?,?) ON CONFLICT (name) DO UPDATE SET value=excluded.value", (name, value)
    )
