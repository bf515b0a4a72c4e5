"""Opening LMDB the one way we use it: default flags, 64-bit, a sparse map; its tables; its errors."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import struct
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import lmdb

from heard.errors import UserError
from hub.store.layout import META, OPTIONAL_TABLES, SCHEMA_KEY, TABLES, TABLES_OF, data_file

MAP_BYTES = 8 << 30  # sparse: costs address space, not disk
MAP_BYTES_MAX = 64 << 30  # growth ends here; by then 400 days of orders were kept twenty times over
MAX_DBS = 32
MAX_READERS = 126  # LMDB's default: hub threads plus people with `heard inspect`
FILE_MODE = 0o600

LMDB_FLAGS: Mapping[str, bool] = {"metasync": True, "sync": True, "map_async": False, "writemap": False}
"""Anything else loses acknowledged orders at a power cut (sync, metasync) or dies on a full disk (writemap)."""

ROOM_BYTES_MIN = (
    4 << 20
)  # a group is smaller; a write that found more room than this failed for another reason
NO_SPACE_CODES = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

Table: TypeAlias = "lmdb._Database"
Txn: TypeAlias = "lmdb.Transaction[bytes]"
Tables: TypeAlias = Mapping[bytes, Table]


def require_64_bit() -> None:
    """LMDB maps the whole store; a 32-bit process cannot. Raises UserError."""
    if sys.maxsize < 1 << 32 or struct.calcsize("P") < 8:
        raise UserError(
            "the hub needs a 64-bit Python: the store is mapped into memory whole",
            "install a 64-bit operating system on this machine",
            exit_code=1,
        )


def open_env(
    path: Path, *, map_bytes: int = MAP_BYTES, readonly: bool = False, lock: bool = True
) -> lmdb.Environment:
    """The environment at `path` (a folder that exists). Raises lmdb.Error.

    `lock=False` only where no other process can be writing: for a finished backup, or before the hub opens.
    """
    env = lmdb.open(
        str(path),
        map_size=map_bytes,
        max_dbs=MAX_DBS,
        max_readers=MAX_READERS,
        mode=FILE_MODE,
        readonly=readonly,
        lock=lock,
        create=not readonly,
        **LMDB_FLAGS,
    )
    if not readonly:
        flags: Mapping[str, object] = env.flags()
        wrong = [name for name, wanted in LMDB_FLAGS.items() if flags[name] != wanted]
        if wrong:
            env.close()
            raise AssertionError(f"LMDB opened with other flags than asked for: {wrong}")
    return env


def open_tables(
    env: lmdb.Environment, *, create: bool, names: Sequence[bytes] = TABLES
) -> dict[bytes, Table]:
    """These tables and the optional ones by name. Raises lmdb.NotFoundError when one of these is missing and `create` is False."""
    found = {name: env.open_db(name, create=create) for name in names}
    for name in OPTIONAL_TABLES:
        with contextlib.suppress(lmdb.NotFoundError):
            found[name] = env.open_db(name, create=create)
    return found


def tables_there(env: lmdb.Environment) -> dict[bytes, Table]:
    """The tables of a store that may be of an older schema, for reading. Raises lmdb.NotFoundError, KeyError."""
    meta = env.open_db(META, create=False)
    with env.begin() as txn:
        schema = int(txn.get(SCHEMA_KEY, b"0", db=meta))
    return open_tables(env, create=False, names=TABLES_OF[schema])


def is_no_space(error: lmdb.Error, store: Path) -> bool:
    """True for a full disk, quota, file-size limit or map as the cause of a failed write to the store in that folder.

    LMDB says EIO when only a part of its pages fitted, so EIO counts where there is no room left.
    """
    if isinstance(error, lmdb.MapFullError | lmdb.DiskError):
        return True
    if any(_is(error, code) for code in NO_SPACE_CODES):
        return True
    return _is(error, errno.EIO) and _room(store) < ROOM_BYTES_MIN


def _is(error: lmdb.Error, code: int) -> bool:
    # Not every release of py-lmdb gives the code; LMDB's text ends with the system's own.
    return getattr(error, "code", 0) == code or str(error).endswith(os.strerror(code))


def _room(store: Path) -> int:
    """Bytes that the data file could still grow by."""
    disk = os.statvfs(store)
    left = disk.f_bavail * disk.f_frsize
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    if limit != resource.RLIM_INFINITY:
        left = min(left, limit - data_file(store).stat().st_size)
    return left


def free_share(env: lmdb.Environment, txn: Txn, tables: Tables) -> tuple[float, int]:
    """(share of pages that are free, bytes of the file): free pages never go back to the disk by themselves."""
    stats = [env.stat(), *(txn.stat(table) for table in tables.values())]
    used = 2 + sum(one["branch_pages"] + one["leaf_pages"] + one["overflow_pages"] for one in stats)
    total = env.info()["last_pgno"] + 1
    return max(0.0, 1.0 - used / total), total * stats[0]["psize"]
