"""Opening a data folder: lock, check in a child, recover from a backup if it must be, then load what is held in memory.

Blocking, for a thread. A store is found bad before it serves anyone; an empty one is made only where nothing ever was.
"""

from __future__ import annotations

import logging
import secrets
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import lmdb

from heard.errors import UserError
from hub.core.alarm_words import AlarmText, alarm
from hub.core.decision import Doc, Key
from hub.core.epoch_rise import ABOVE, TABLE
from hub.store.backup import list_backups
from hub.store.check import Report, check_in_child
from hub.store.corrupt import CorruptRecord
from hub.store.env import Table, Tables, is_no_space, open_env, open_tables, require_64_bit
from hub.store.files import PRIVATE_FOLDER, StoreLock, sync_file, sync_folder
from hub.store.layout import (
    IDENTITY_KEY,
    META,
    NOTES,
    SCHEMA,
    SCHEMA_KEY,
    DataDir,
    Identity,
    State,
    note_key,
)
from hub.store.marker import Marker, read_marker, write_marker
from hub.store.migrations import migrate
from hub.store.options import StoreOptions
from hub.store.outbox import offer_again
from hub.store.overlay import Layer, Overlay
from hub.store.reader import Reader
from hub.store.record import unseal
from hub.store.swap import (
    apply_waiting,
    clear_unfinished,
    copy_store,
    create_store,
    finish_swap,
    making,
    put_in_place,
    set_epoch,
)
from hub.store.timeline import Timeline
from hub.store.wal import WAL_KEY, Position, Wal, waiting, wal_file

log = logging.getLogger("heard.store")


@dataclass(slots=True)
class Opened:
    """An opened store with what is held in memory; `close` ends it."""

    files: DataDir
    lock: StoreLock
    env: lmdb.Environment
    tables: dict[bytes, Table]
    identity: Identity
    state: State
    timeline: Timeline
    documents: Sequence[tuple[Key, Doc]]
    notes: Sequence[tuple[str, str, bytes]]
    wal: Wal
    behind: Sequence[Layer] = ()
    """What the tables have not got: there was no room for it."""
    alarms: dict[str, AlarmText] = field(default_factory=dict)

    def close(self) -> None:
        """Closes the environment and lets the next hub in."""
        self.env.close()
        self.wal.close()
        self.lock.release()


def open_store(files: DataDir, options: StoreOptions) -> Opened:
    """Opens, makes or recovers the store of `files`. Raises UserError."""
    require_64_bit()
    try:
        files.root.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        lock = StoreLock(files.lock)
    except OSError as error:
        raise UserError(
            f"the data folder {files.root} cannot be used: {error.strerror or error}",
            "give the hub a folder that it may write to: heard hub --data DIR",
            exit_code=1,
        ) from error
    try:
        return _open_locked(files, lock, options)
    except (OSError, lmdb.Error, CorruptRecord) as error:
        lock.release()
        raise UserError(f"the store in {files.root} cannot be opened: {error}", exit_code=1) from error
    except BaseException:
        lock.release()
        raise


def _open_locked(files: DataDir, lock: StoreLock, options: StoreOptions) -> Opened:
    alarms: dict[str, AlarmText] = {}
    clear_unfinished(files)
    swapped = finish_swap(files)
    marker = None
    try:
        marker = read_marker(files.marker)
    except ValueError as error:
        alarms["marker"] = alarm("store.marker_unread", why=error)
    if _is_new(files, marker):
        _create(files, options)
    elif options.check_before:
        report = check_in_child(files.store, whole=False)
        if report.too_new:
            raise UserError(
                f"the store in {files.root}: {report.what}",
                "start the newer hub, or restore a backup of this release",
                exit_code=1,
            )
        bad = why_bad(report, None if swapped else marker)  # after a swap the marker is still the old store's
        if bad:
            alarms["store-replaced"] = recover(files, marker, report, bad)
    env = open_env(files.store, map_bytes=options.map_bytes)
    try:
        env.reader_check()
        tables = open_tables(env, create=True)
        kept, behind = catch_up(env, tables, files, options)
        overlay = Overlay()
        for layer in behind:
            overlay.add(layer)
        reader = Reader(env, tables, lambda _txn: overlay.rows)
        if behind:  # what would be written by what the tables say waits for the next start
            identity = reader.identity()
        else:
            migrate(env, tables)
            identity = risen(env, tables, reader.identity())
            offer_again(env, tables, f"{identity.epoch_n}-{identity.epoch_random:016x}".encode())
        state = reader.state()
        mark_ms = max(state.hub_ms, marker.hub_ms if marker else 0)
        timeline = Timeline(mark_ms, options.wall_ms(), options.monotonic())
        try:
            write_marker(files.marker, marker_of(identity, state, timeline.now_ms(options.monotonic())))
        except OSError as error:
            if not behind:
                raise
            alarms["marker"] = alarm("store.marker", why=error.strerror)
        documents, notes = list(reader.resident()), list(reader.notes())
        wal = Wal(wal_file(files.store), options.wal_bytes, kept)
        if wal.trouble:
            alarms["wal"] = alarm("store.wal", why=wal.trouble)
    except BaseException:
        env.close()
        raise
    return Opened(files, lock, env, tables, identity, state, timeline, documents, notes, wal, behind, alarms)


def catch_up(
    env: lmdb.Environment, tables: Tables, files: DataDir, options: StoreOptions
) -> tuple[Position | None, Sequence[Layer]]:
    """After a stop that was not clean: brings the tables up to what the write-ahead file has, or returns it where there is no room.

    Raises lmdb.Error, CorruptRecord, OSError, UserError for a full disk under a store of another schema.
    """
    with env.begin() as txn:
        record = txn.get(WAL_KEY, db=tables[META])
    if record is None:
        return None, ()
    file, position = wal_file(files.store), Position.from_record(record)
    while True:
        try:
            count = apply_waiting(env, tables, file, position)
        except lmdb.MapFullError:
            size = 2 * env.info()["map_size"]
            if size > options.map_bytes_max:
                break
            env.set_mapsize(size)
        except lmdb.Error as error:
            if not is_no_space(error, files.store):
                raise
            if not files.ballast.exists():
                break
            files.ballast.unlink()
        else:
            log.info("the write-ahead file had %d commits for the tables", count)
            return None, ()
    log.error("%s has no room: the tables stay behind the write-ahead file", files.root)
    sync_file(file)  # a killed hub may have left what was never flushed; it is served from now on
    with env.begin() as txn:
        schema = txn.get(SCHEMA_KEY, db=tables[META])
    if schema != str(SCHEMA).encode():
        raise UserError(
            f"the disk of {files.root} is full, and its store is of another release",
            "make room there, then start the hub again",
            exit_code=1,
        )
    return position, [Layer(number, writes) for number, writes in enumerate(waiting(file, position), 1)]


def risen(env: lmdb.Environment, tables: Tables, identity: Identity) -> Identity:
    """The identity above every epoch that the cloud has seen of this hub, where the last run was told of one."""
    key = note_key(TABLE, ABOVE)
    with env.begin() as txn:
        record = txn.get(key, db=tables[NOTES])
    if record is None:
        return identity
    seen = int(unseal(key, record))
    if seen >= identity.epoch_n:
        identity = replace(identity, epoch_n=seen + 1, epoch_random=secrets.randbits(64))
        log.warning("the cloud has seen epoch %d of this hub; this is epoch %d", seen, identity.epoch_n)
    with env.begin(write=True) as txn:
        txn.put(IDENTITY_KEY, identity.to_record(), db=tables[META])
        txn.delete(key, db=tables[NOTES])
    return identity


def marker_of(identity: Identity, state: State, hub_ms: int, *, clean: bool = False) -> Marker:
    """The marker that this store has earned."""
    return Marker(identity.store_id, identity.epoch_n, identity.epoch_random, state.rev, hub_ms, clean)


def _is_new(files: DataDir, marker: Marker | None) -> bool:
    """True where no store ever was: no folder, no marker, no backup, nothing set aside."""
    traces = (files.store, files.marker, files.set_aside)
    return marker is None and not any(one.exists() for one in traces) and not list_backups(files.backups)


def _create(files: DataDir, options: StoreOptions) -> None:
    identity = Identity(str(uuid.uuid4()), 1, secrets.randbits(64), options.wall_ms())
    place = making(files)
    create_store(place, identity, options.wall_ms())
    place.rename(files.store)
    sync_folder(files.root)
    log.info("made a new store %s in %s", identity.store_id, files.root)


def why_bad(report: Report, marker: Marker | None) -> str:
    """The reason, or "" for a store that may serve."""
    if not report.ok:
        return report.what
    if marker is None:
        return ""
    if report.store_id != marker.store_id:
        return f"it is another store ({report.store_id}) than the one that was here ({marker.store_id})"
    if (report.epoch_n, report.rev) < (marker.epoch_n, marker.rev):
        return (
            f"it is an old copy (epoch {report.epoch_n}, revision {report.rev}) of one that had reached "
            f"epoch {marker.epoch_n}, revision {marker.rev}"
        )
    if report.epoch_n == marker.epoch_n and int(report.epoch_random, 16) != marker.epoch_random:
        return "it is another generation of this store with the same number"
    return ""


def recover(files: DataDir, marker: Marker | None, report: Report, bad: str) -> AlarmText:
    """Sets the bad store aside and puts the furthest verified copy in its place, in a new epoch.

    An old copy that is whole counts as a copy, and what is whole of a store whose write-ahead file is damaged: they may reach
    further than the newest backup. Returns what to tell people.
    Raises UserError when there is no verified copy: then nothing is moved.
    """
    log.error("the store in %s is bad: %s", files.root, bad)
    source, found = _furthest_copy(files, marker, report)
    if source is None or found is None:
        raise UserError(
            f"the store in {files.root} is bad ({bad}), and there is no verified backup of it",
            f"put one in its place: heard restore BACKUP --data {files.root}",
            exit_code=1,
        )
    ready = making(files)
    copy_store(source, ready)
    highest = max(found.epoch_n, report.epoch_n, marker.epoch_n if marker else 0)
    set_epoch(ready, new_epoch(found, highest + 1))
    aside = put_in_place(files, ready, "bad")
    of_itself = alarm("store.whole_part") if found.cut else alarm("store.old_copy")
    text = alarm(
        "store.replaced",
        why=bad,
        by=of_itself if source == files.store else source.name,
        revision=found.rev,
        epoch=highest + 1,
        aside=aside,
    )
    log.error("%s", text)
    return text


def new_epoch(report: Report, n: int) -> Identity:
    """The identity of a checked store in a new generation `n`."""
    return Identity(report.store_id, n, secrets.randbits(64))


def _furthest_copy(
    files: DataDir, marker: Marker | None, report: Report
) -> tuple[Path | None, Report | None]:
    wanted = marker.store_id if marker else report.store_id
    places = [
        (one.epoch_n, one.rev, one.path)
        for one in list_backups(files.backups)
        if not wanted or one.store_id == wanted
    ]
    if (report.ok or report.cut) and report.store_id == wanted:
        places.append((report.epoch_n, report.rev, files.store))
    for _, _, place in sorted(places, key=lambda one: one[:2], reverse=True):
        found = check_in_child(place, whole=True)
        if (found.ok or found.cut) and (not wanted or found.store_id == wanted):
            return place, found
        log.error("the copy %s is bad too: %s", place, found.what)
    return None, None


def restore(files: DataDir, backup: Path) -> str:
    """Puts `backup` in the place of the store, in a new epoch; the hub must be stopped. Returns what to tell people.

    Raises UserError: a hub is running, or the backup does not read back; then nothing was changed.
    """
    files.root.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    lock = StoreLock(files.lock)
    try:
        found = check_in_child(backup, whole=True)
        if not found.ok:
            raise UserError(
                f"{backup} cannot be restored: {found.what}", "choose another backup", exit_code=1
            )
        clear_unfinished(files)
        finish_swap(files)
        marker = None
        with suppress(ValueError):
            marker = read_marker(files.marker)
        current = check_in_child(files.store, whole=False) if files.store.exists() else Report(False)
        highest = max(found.epoch_n, current.epoch_n, marker.epoch_n if marker else 0)
        identity = new_epoch(found, highest + 1)
        ready = making(files)
        copy_store(backup, ready)
        set_epoch(ready, identity)
        aside = put_in_place(files, ready, "replaced")
        state = State(found.rev, 0, found.hub_ms)
        hub_ms = max(found.hub_ms, marker.hub_ms if marker else 0)
        write_marker(files.marker, replace(marker_of(identity, state, hub_ms), clean=True))
    finally:
        lock.release()
    moved = f"; what was there lies in {aside}" if aside else ""
    return f"restored revision {found.rev} as epoch {highest + 1} in {files.root}{moved}"
