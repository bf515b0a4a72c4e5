"""A look into a store or a backup, read-only, beside a running hub too."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import lmdb

from heard.errors import UserError
from hub.store.check import check_in_child
from hub.store.corrupt import CorruptRecord
from hub.store.env import Tables, Txn, open_env, tables_there
from hub.store.layout import META, DataDir, Identity, State, data_file
from hub.store.overlay import Layer, Overlay, Rows
from hub.store.reader import Reader
from hub.store.wal import WAL_KEY, Position, waiting, wal_file

START_IT = "start its hub: it sets this aside and goes on with what is whole of it, in a new epoch"
"""What to do about a store whose write-ahead file is damaged."""


@dataclass(frozen=True, slots=True)
class View:
    """An opened store: `place` is the folder of its data file, `running` says that a hub is serving it."""

    place: Path
    reader: Reader
    identity: Identity
    state: State
    running: bool


@contextmanager
def open_view(path: Path) -> Iterator[View]:
    """The store of the data folder `path`, or the backup in folder `path`. Raises UserError."""
    files = DataDir(path)
    if data_file(files.store).exists():
        place, running = files.store, is_served(files)
    elif data_file(path).exists():
        place, running = path, False
    else:
        what = "has no store in it" if path.is_dir() else "does not exist"
        raise UserError(f"{path} {what}", "name a hub's data folder or one of its backups with --data")
    if not running:
        report = check_in_child(place, whole=False)
        if not report.ok:
            backup = (
                f"backups lie in {files.backups}; put one in its place: heard restore BACKUP --data {path}"
            )
            what = f"the store in {place} is bad: {report.what}"
            raise UserError(what, START_IT if report.cut else backup, exit_code=1)
    try:
        env = open_env(place, readonly=True, lock=running)
    except lmdb.Error as error:
        raise UserError(f"{place} cannot be opened: {error}", "run this as the hub's user", 1) from error
    try:
        tables = tables_there(env)
        reader = Reader(env, tables, partial(waiting_rows, env, tables, wal_file(place)))
        yield View(place, reader, reader.identity(), reader.state(), running)
    except (CorruptRecord, lmdb.Error, OSError) as error:
        raise UserError(f"the store in {place} cannot be read: {error}", exit_code=1) from error
    finally:
        env.close()


def waiting_rows(env: lmdb.Environment, tables: Tables, file: Path, txn: Txn) -> Mapping[bytes, Rows] | None:
    """What the write-ahead file has that the tables of this transaction have not got; None when the hub wrote over it meanwhile.

    Raises CorruptRecord.
    """
    record = txn.get(WAL_KEY, db=tables[META])
    if record is None:
        return {}
    found = Overlay()
    for number, writes in enumerate(waiting(file, Position.from_record(record)), 1):
        found.add(Layer(number, writes))
    with env.begin() as now:
        return found.rows if now.get(WAL_KEY, db=tables[META]) == record else None


def is_served(files: DataDir) -> bool:
    """True while a hub (or a restore) holds this data folder."""
    try:
        fd = os.open(files.lock, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        with suppress(BlockingIOError):
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return False
        return True
    finally:
        os.close(fd)
