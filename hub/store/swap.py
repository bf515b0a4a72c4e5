"""Stores come into place by renaming: whole, verified and synced first, so a power cut leaves the old or the new one.

Nothing is ever deleted here: what stood in the place is set aside.
"""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import lmdb

from hub.store.env import MAP_BYTES_MAX, Tables, open_env, open_tables
from hub.store.files import PRIVATE_FOLDER, sync_file, sync_folder
from hub.store.layout import (
    IDENTITY_KEY,
    META,
    SCHEMA,
    SCHEMA_KEY,
    STATE_KEY,
    DataDir,
    Identity,
    State,
    data_file,
)
from hub.store.outbox import put_all
from hub.store.wal import WAL_KEY, Position, waiting, wal_file


def stamp() -> str:
    """Now, for names of folders; sorts by time."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")


def create_store(place: Path, identity: Identity, hub_ms: int) -> None:
    """An empty store in the new folder `place`, on disk when this returns. Raises OSError, lmdb.Error."""
    place.mkdir(mode=PRIVATE_FOLDER)
    env = open_env(place)
    try:
        tables = open_tables(env, create=True)
        with env.begin(write=True, db=tables[META]) as txn:
            txn.put(SCHEMA_KEY, str(SCHEMA).encode())
            txn.put(IDENTITY_KEY, identity.to_record())
            txn.put(STATE_KEY, State(0, 0, hub_ms).to_record())
    finally:
        env.close()
    sync_folder(place)


def copy_store(source: Path, place: Path) -> None:
    """Copies a store that nobody writes to into the new folder `place`, synced. Raises OSError, lmdb.Error, CorruptRecord."""
    place.mkdir(mode=PRIVATE_FOLDER)
    shutil.copyfile(data_file(source), data_file(place))
    settle(place, source)
    sync_file(data_file(place))
    sync_folder(place)


def settle(store: Path, beside: Path) -> None:
    """Brings the copied tables in folder `store` up to what the write-ahead file in folder `beside` has for them; then they need none.

    Raises lmdb.Error, CorruptRecord.
    """
    env = open_env(store, map_bytes=MAP_BYTES_MAX)  # the hub's own may have grown
    try:
        meta = env.open_db(META, create=False)
        with env.begin() as txn:
            record = txn.get(WAL_KEY, db=meta)
        if record is not None:
            apply_waiting(env, open_tables(env, create=True), wal_file(beside), Position.from_record(record))
    finally:
        env.close()


def apply_waiting(env: lmdb.Environment, tables: Tables, file: Path, position: Position) -> int:
    """Puts what the write-ahead file holds behind `position` into the tables, which then know of no such file; how many commits.

    Raises lmdb.Error.
    """
    count = 0
    with env.begin(write=True) as txn:
        for writes in waiting(file, position):
            put_all(txn, tables, ((name, *row) for name, rows in writes.items() for row in rows.items()))
            count += 1
        txn.delete(WAL_KEY, db=tables[META])
    return count


def set_epoch(store: Path, identity: Identity) -> None:
    """Gives the store in folder `store` this identity. Raises lmdb.Error."""
    env = open_env(store)
    try:
        meta = env.open_db(META, create=False)
        with env.begin(write=True, db=meta) as txn:
            txn.put(IDENTITY_KEY, identity.to_record())
    finally:
        env.close()


def put_in_place(files: DataDir, ready: Path, why: str) -> Path | None:
    """Makes the finished store in folder `ready` the live one; returns where the old one was set aside. Raises OSError."""
    if ready != files.next_store:
        ready.rename(files.next_store)
        sync_folder(files.root)
    aside = set_aside(files, why) if files.store.exists() else None
    files.next_store.rename(files.store)
    sync_folder(files.root)
    return aside


def set_aside(files: DataDir, why: str) -> Path:
    """Moves the live store out of the way; returns its new place. Raises OSError."""
    files.set_aside.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    place = files.set_aside / f"{stamp()}-{time.time_ns() % 1_000_000:06d}-{why}"
    files.store.rename(place)
    sync_folder(files.set_aside)
    sync_folder(files.root)
    return place


def finish_swap(files: DataDir) -> bool:
    """After a power cut between the two renames of `put_in_place`: does the second. True when there was one to do."""
    if files.next_store.exists() and not files.store.exists():
        files.next_store.rename(files.store)
        sync_folder(files.root)
        return True
    return False


def clear_unfinished(files: DataDir) -> None:
    """Removes what an interrupted copy of ours left: never a store that was live."""
    left = [*files.root.glob("store.making-*"), *files.backups.glob(".making-*")]
    if files.store.exists():
        left.append(files.next_store)  # its turn never came
    for place in left:
        shutil.rmtree(place, ignore_errors=True)


def making(files: DataDir) -> Path:
    """A name for a store that is being made; `clear_unfinished` knows it."""
    return files.root / f"store.making-{time.time_ns()}"
