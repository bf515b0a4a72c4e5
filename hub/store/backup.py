"""Verified hot backups: a compact copy beside a running hub, each record read back before it counts.

Also run as a child of the hub every hour: `python -m hub.store.backup DATA --keep N`; the hub stays responsive, and may
stop at any time.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import lmdb

from heard.errors import HeardError, UserError
from hub.store.check import Report, check_in_child
from hub.store.corrupt import CorruptRecord
from hub.store.env import open_env
from hub.store.files import PRIVATE_FILE, PRIVATE_FOLDER, sync_file, sync_folder, write_atomically
from hub.store.layout import META, DataDir, data_file
from hub.store.swap import settle, stamp
from hub.store.view import START_IT, is_served
from hub.store.wal import WAL_KEY, Position, damage, wal_file

ABOUT = "backup.json"


@dataclass(frozen=True, slots=True)
class Backup:
    """One finished backup: verified when it was made."""

    path: Path
    store_id: str
    epoch_n: int
    rev: int
    made_wall_ms: int


def make_backup(store: Path, folder: Path) -> Backup:
    """A verified copy of the store in folder `store` as a new folder inside `folder`. Raises UserError."""
    making = folder / f".making-{time.time_ns()}"
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        making.mkdir(mode=PRIVATE_FOLDER)
        _copy(store, making)
        report = check_in_child(making, whole=True)
        if not report.ok:
            raise UserError(
                f"the copy of {store} does not read back: {report.what}",
                "the store or the disk of the backup is damaged; run `heard inspect` on it",
                exit_code=1,
            )
        return _finish(making, folder, report)
    except OSError as error:
        raise UserError(f"no backup could be written to {folder}: {error}", exit_code=1) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _copy(store: Path, place: Path) -> None:
    if not data_file(store).exists():
        raise UserError(f"there is no store in {store}", exit_code=1)
    try:
        env = open_env(store, readonly=True)
        try:
            _require_whole(env, store)
            env.copy(str(place), compact=True)
            data_file(place).chmod(PRIVATE_FILE)
        finally:
            env.close()
        settle(place, store)
    except (lmdb.Error, CorruptRecord) as error:
        raise UserError(f"{store} cannot be copied to {place}: {error}", exit_code=1) from error
    sync_file(data_file(place))
    sync_folder(place)


def _require_whole(env: lmdb.Environment, store: Path) -> None:
    """Of a store that no hub serves; beside a hub the file is on the move. Raises UserError, CorruptRecord."""
    if is_served(DataDir(store.parent)):
        return
    meta = env.open_db(META, create=False)
    with env.begin() as txn:
        record = txn.get(WAL_KEY, db=meta)
    what = damage(wal_file(store), Position.from_record(record)) if record is not None else ""
    if what:
        raise UserError(f"the store in {store} is bad: {what}", START_IT, exit_code=1)


def _finish(making: Path, folder: Path, report: Report) -> Backup:
    wall_ms = time.time_ns() // 1_000_000
    about = {
        "store_id": report.store_id,
        "epoch_n": report.epoch_n,
        "rev": report.rev,
        "made_wall_ms": wall_ms,
        "records": report.records,
    }
    for left in making.glob("lock.mdb"):
        left.unlink()
    write_atomically(making / ABOUT, json.dumps(about, indent=1).encode() + b"\n")
    place = folder / f"{stamp()}-epoch{report.epoch_n}-rev{report.rev}"
    if place.exists():  # two within one second
        place = place.with_name(f"{place.name}-{wall_ms % 1000:03d}-{time.time_ns() % 1_000_000:06d}")
    making.rename(place)
    sync_folder(folder)
    return Backup(place, report.store_id, report.epoch_n, report.rev, wall_ms)


def list_backups(folder: Path) -> list[Backup]:
    """The finished backups in `folder`, furthest first (epoch, then revision, then time)."""
    found = []
    for about in folder.glob(f"*/{ABOUT}"):
        try:
            body = json.loads(about.read_bytes())
            found.append(
                Backup(about.parent, body["store_id"], body["epoch_n"], body["rev"], body["made_wall_ms"])
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue  # what is not a finished backup of ours is left alone
    return sorted(found, key=lambda one: (one.epoch_n, one.rev, one.made_wall_ms), reverse=True)


def rotate(folder: Path, keep: int) -> list[Path]:
    """Deletes all but the `keep` newest backups by time; call it only after one was made. Returns what went."""
    by_time = sorted(list_backups(folder), key=lambda one: (one.made_wall_ms, one.rev), reverse=True)
    gone = [one.path for one in by_time[max(2, keep) :]]
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)
    return gone


def main() -> None:
    """The child's entry."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--keep", type=int, default=3)
    args = parser.parse_args()
    files = DataDir(args.data)
    try:
        made = make_backup(files.store, files.backups)
        rotate(files.backups, args.keep)
    except HeardError as error:
        sys.exit(f"{error.what}")
    sys.stdout.write(f"{made.path}\n")


if __name__ == "__main__":
    main()
