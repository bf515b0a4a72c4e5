"""Is this store whole? Run as a child process (`python -m hub.store.check FOLDER [--whole]`), before anything opens it.

A truncated file kills its reader with SIGBUS: here that kills only the child. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import struct
import subprocess
import sys
from dataclasses import asdict, dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path

import lmdb

from hub.store.corrupt import CorruptRecord
from hub.store.env import Tables, Txn, open_env, open_tables
from hub.store.free_pages import list_is_within
from hub.store.layout import (
    IDENTITY_KEY,
    LOG,
    META,
    OPTIONAL_TABLES,
    SCHEMA,
    SCHEMA_KEY,
    SHOWN_TABLES,
    STATE_KEY,
    TABLES,
    TABLES_OF,
    Identity,
    State,
    data_file,
    rev_of_log_key,
)
from hub.store.record import unseal
from hub.store.wal import WAL_KEY, Position, damage, waiting, wal_file

CHECK_S = 300.0  # a whole 8 GiB store on a slow card; the check before serving takes 0.2 s

_PAGE_HEADER_BYTES = 16
_META = struct.Struct("<IIQQ")  # magic, format, address, map size
_LMDB_MAGIC = 0xBEEFC0DE
_LMDB_FORMAT = 1
_PAGE_SIZE_AT = _PAGE_HEADER_BYTES + _META.size
_LAST_PAGE_AT = _PAGE_SIZE_AT + 2 * 48
_PAGE_SIZES = {1 << n for n in range(9, 17)}


@dataclass(frozen=True, slots=True)
class Report:
    """What the check found. `what` says why it is bad; the identity is there where it could be read.

    `cut`: bad, but whole up to `rev`; what was committed after that is damaged.
    """

    ok: bool
    what: str = ""
    schema: int = 0
    store_id: str = ""
    epoch_n: int = 0
    epoch_random: str = ""
    rev: int = 0
    hub_ms: int = 0
    records: int = 0
    too_new: bool = False
    cut: bool = False


class _Bad(Exception):
    """The store is bad, with the reason for people."""


def check_in_child(store: Path, *, whole: bool) -> Report:
    """The check of the store in folder `store`: what a screen can show, or the `whole` of it. Never raises."""
    command = [sys.executable, "-m", "hub.store.check", str(store), *(["--whole"] if whole else [])]
    # -m puts the working folder first on the path; ours must be found wherever it is installed.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one)}
    try:
        done = subprocess.run(command, capture_output=True, timeout=CHECK_S, env=environment, check=False)
    except subprocess.TimeoutExpired:
        return Report(False, f"the check did not end in {CHECK_S:.0f} s")
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        return Report(False, f"reading it kills the reader ({name}): the file is cut off or torn")
    try:
        return Report(**json.loads(done.stdout))
    except (ValueError, TypeError):
        return Report(False, f"the check failed: {done.stderr.decode(errors='replace').strip()[-300:]}")


def check(store: Path, *, whole: bool) -> Report:
    """The check itself, in this process: may die of SIGBUS."""
    try:
        short = _check_pages(data_file(store))
        env = open_env(store, readonly=True, lock=False)
        try:
            names = (*TABLES, *OPTIONAL_TABLES) if whole or short else SHOWN_TABLES
            return _check_records(env, names, wal_file(store))
        finally:
            env.close()
    except (_Bad, CorruptRecord) as error:
        return Report(False, str(error))
    except (lmdb.Error, OSError) as error:
        return Report(False, f"it cannot be opened: {error}")
    except (struct.error, ValueError) as error:
        return Report(False, f"its pages are damaged: {error}")


def _check_pages(path: Path) -> bool:
    """True when the file ends before its last page: allowed for a page that was freed unwritten, so look at everything."""
    if not path.exists():
        raise _Bad("the data file is missing")
    size = path.stat().st_size
    if size == 0:
        raise _Bad("the data file is empty (0 bytes)")
    with path.open("rb") as file:
        head = file.read(_LAST_PAGE_AT + 16)
        if len(head) < _LAST_PAGE_AT + 16:
            raise _Bad(f"the data file has only {size} bytes")
        page = struct.unpack_from("<I", head, _PAGE_SIZE_AT)[0]
        if page not in _PAGE_SIZES:
            raise _Bad("its first page is damaged")
        last_page = 0
        for number in (0, 1):
            file.seek(number * page)
            meta = file.read(_LAST_PAGE_AT + 16)
            if len(meta) < _LAST_PAGE_AT + 16:
                raise _Bad(f"the data file is cut off after {size} bytes")
            magic, version, _, _ = _META.unpack_from(meta, _PAGE_HEADER_BYTES)
            if magic != _LMDB_MAGIC:
                raise _Bad(f"meta page {number} is damaged")
            if version != _LMDB_FORMAT:
                return True
            last_page = max(last_page, struct.unpack_from("<Q", meta, _LAST_PAGE_AT)[0])
    short = bool(size < (last_page + 1) * page)
    if short:
        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            if not list_is_within(data, page):
                raise _Bad("its list of free pages is cut off")
    return short


def _check_records(env: lmdb.Environment, names: tuple[bytes, ...], file: Path) -> Report:
    meta = env.open_db(META, create=False)
    with env.begin() as txn:
        schema_raw = txn.get(SCHEMA_KEY, db=meta)
        if schema_raw is None or not schema_raw.isdigit():
            raise _Bad("it has no schema version: it is no store of ours, or was never finished")
        schema = int(schema_raw)
        if schema > SCHEMA:
            what = f"it was written by a newer hub (schema {schema}; this one reads up to {SCHEMA})"
            return Report(False, what, schema, too_new=True)
        identity = Identity.from_record(txn.get(IDENTITY_KEY, db=meta) or b"")
        state = State.from_record(txn.get(STATE_KEY, db=meta) or b"")
        position = txn.get(WAL_KEY, db=meta)
    records = 0
    there = TABLES_OF.get(schema, ())
    if there:
        tables = open_tables(env, create=False, names=there)
        with env.begin() as txn:
            _check_newest_log(txn, tables, state)
            for name in (one for one in names if one in tables):
                records += _check_table(txn, tables, name)
    what = ""
    if position is not None:
        what = damage(file, Position.from_record(position))
        state, ahead = _check_waiting(file, Position.from_record(position), state)
        records += ahead
    return Report(
        not what,
        what,
        cut=bool(what),
        schema=schema,
        store_id=identity.store_id,
        epoch_n=identity.epoch_n,
        epoch_random=f"{identity.epoch_random:016x}",
        rev=state.rev,
        hub_ms=state.hub_ms,
        records=records,
    )


def _check_waiting(file: Path, position: Position, state: State) -> tuple[State, int]:
    """How far the write-ahead file leads, and its records."""
    records = 0
    for writes in waiting(file, position):
        for rows in writes.values():
            for key, record in rows.items():
                if record is not None:
                    unseal(key, record)
                    records += 1
        state = State.from_record(writes[META][STATE_KEY] or b"")
    return state, records


def _check_newest_log(txn: Txn, tables: Tables, state: State) -> None:
    cursor = txn.cursor(tables[LOG])
    if cursor.last() and rev_of_log_key(cursor.key()) > state.rev:
        raise _Bad(f"its log goes on to revision {rev_of_log_key(cursor.key())}, above its own {state.rev}")


def _check_table(txn: Txn, tables: Tables, name: bytes) -> int:
    count = 0
    for key, record in txn.cursor(tables[name]):
        if name != META or key != SCHEMA_KEY:
            unseal(key, record)
        count += 1
    entries = txn.stat(tables[name])["entries"]
    if count != entries:
        raise _Bad(f"table {name.decode()} gives {count} records and says that it has {entries}")
    return count


def main() -> None:
    """The child's entry."""
    parser = argparse.ArgumentParser()
    parser.add_argument("store", type=Path)
    parser.add_argument("--whole", action="store_true")
    args = parser.parse_args()
    sys.stdout.write(json.dumps(asdict(check(args.store, whole=args.whole))) + "\n")


if __name__ == "__main__":
    main()
