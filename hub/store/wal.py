"""The write-ahead file: a commit is one write and one flush here; the tables get it later, many commits at a time.

A commit of LMDB costs two flushes and a dozen pages all over its file. So the writer puts the rows of a group behind one another into
this file, which was made long and filled once: no length, no place of it changes, and a flush is one round to the disk. About once
a second a *checkpoint* brings what gathered into the tables by one ordinary LMDB commit, which says how far it came (`Position`);
from there on the file is written from its start again. Whoever opens a store that was not stopped cleanly finds in here what its
tables have not got.

A record begins at a block of its own, so a power cut inside a write tears nothing that was acknowledged. Its number is one above the
one before; there is never more than one on its way, so a record whose predecessor does not read back proves damage. Each hub that opens
the store gives the file a life of its own, named in a head before the tables know of it, so a file of another life proves damage too.

Imports nothing of the kitchen (see `record`).
"""

from __future__ import annotations

import os
import secrets
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from hub.store.corrupt import CorruptRecord
from hub.store.files import PRIVATE_FILE, sync_folder
from hub.store.overlay import Writes
from hub.store.record import seal, unseal

BLOCK = 4096  # bytes; what disks and their flash translation write whole, and no record shares
WAL_KEY = b"wal"
"""Where a store says how far its tables have come; absent in one that was stopped cleanly and in a copy: it needs no file."""
flush: Callable[[int], None] = os.fdatasync
"""The one flush of a commit."""
HEADS_AT = (0, BLOCK)  # bytes; two, so that the life before can be read until the tables have all of it
RECORDS_AT = 2 * BLOCK
HEAD_NUMBER = 0  # the records of a life begin at 1
_MAGIC = b"HWAL"
_HEAD = struct.Struct(">4sIQQI")  # magic, CRC of the rest, id of the file's life, number, bytes of the body
_CRC_FROM = 8
_TABLE = struct.Struct(">BI")  # length of the name, rows
_ROW = struct.Struct(">Hi")  # length of the key, length of the record, -1 for a deletion
_POSITION = struct.Struct(">QQQ")


@dataclass(frozen=True, slots=True)
class Position:
    """The tables hold all records of the life `id` up to this number; the file has at least `size` bytes, 0: there is none."""

    id: int
    number: int
    size: int = 0

    def to_record(self) -> bytes:
        return seal(WAL_KEY, _POSITION.pack(self.id, self.number, self.size))

    @classmethod
    def from_record(cls, record: bytes) -> Position:
        """Raises CorruptRecord."""
        try:
            return cls(*_POSITION.unpack(unseal(WAL_KEY, record)))
        except struct.error as error:
            raise CorruptRecord(WAL_KEY, f"cannot be read: {error}") from error


def wal_file(store: Path) -> Path:
    """The write-ahead file of the store in folder `store`."""
    return store / "wal"


class WalFailed(OSError):
    """Written and not known to be on disk: nobody can say whether a reader will find it."""


class Wal:
    """The write-ahead file of an opened store. For the writer's thread; `close` is for the end.

    Nothing is appended before `checkpointed` was called once: until then the tables do not know this life of the file.
    """

    def __init__(self, path: Path, size: int, kept: Position | None = None) -> None:
        """Makes the file where it is not there or shorter. Where that fails, or `size` is 0, nothing ever fits: see `trouble`.

        `kept`: where the tables are that have not got all of the life before; that stays as it is until `checkpointed`.
        """
        self.trouble = ""
        """Why there is no file."""
        self._id = secrets.randbits(64)
        self._number = 0
        self._at = RECORDS_AT
        self._size = size // BLOCK * BLOCK
        self._known = False
        self._fd = -1
        if self._size:
            try:
                self._fd = _made(path, self._size, self._id, kept.id if kept else 0)
            except OSError as error:
                self._size = 0
                self.trouble = error.strerror or str(error)

    @property
    def there(self) -> bool:
        """True when there is a file."""
        return self._size > 0

    @property
    def known(self) -> bool:
        """True when the tables know this life of the file."""
        return self._known

    @property
    def position(self) -> Position:
        """What the tables say once they hold everything that was appended."""
        return Position(self._id, self._number, self._size)

    def append(self, writes: Writes) -> bool:
        """Puts them on disk; False when there is no place or the disk did not take them whole, then nothing is stored. Raises WalFailed."""
        if not (self._known and self._size):
            return False
        body = encode_writes(writes)
        data = _record(self._id, self._number + 1, body)
        if self._at + len(data) > self._size:
            return False
        try:
            if os.pwrite(self._fd, data, self._at) != len(data):
                return False  # what is there of it does not read back
        except OSError:
            return False
        try:
            flush(self._fd)
        except OSError as error:
            raise WalFailed(*error.args) from error
        self._number += 1
        self._at += len(data)
        return True

    def checkpointed(self) -> None:
        """The tables hold everything, and say `position`."""
        self._known = True
        self._at = RECORDS_AT

    def forget(self) -> None:
        """The tables no longer know of the file: nothing more is appended."""
        self._known = False

    def close(self) -> None:
        """Lets go of the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def encode_writes(writes: Writes) -> bytes:
    """The body of a record."""
    parts: list[bytes] = []
    for table, rows in writes.items():
        parts += _TABLE.pack(len(table), len(rows)), table
        for key, record in rows.items():
            if record is None:
                parts += _ROW.pack(len(key), -1), key
            else:
                parts += _ROW.pack(len(key), len(record)), key, record
    return b"".join(parts)


def decode_writes(body: bytes) -> Writes:
    """The writes of a body whose CRC was right."""
    found: Writes = {}
    at = 0
    while at < len(body):
        length, count = _TABLE.unpack_from(body, at)
        at += _TABLE.size + length
        rows = found[body[at - length : at]] = {}
        for _ in range(count):
            key_size, size = _ROW.unpack_from(body, at)
            at += _ROW.size + key_size
            key = body[at - key_size : at]
            at += max(0, size)
            rows[key] = None if size < 0 else body[at - size : at]
    return found


def waiting(path: Path, position: Position) -> Iterator[Writes]:
    """What the file holds behind `position`, oldest first, beside a running hub too; it ends where nothing more reads back."""
    number, at = position.number, RECORDS_AT
    try:
        with path.open("rb", buffering=0) as file:
            while True:
                file.seek(at)
                head = file.read(_HEAD.size)
                if len(head) < _HEAD.size:
                    return
                data = head + file.read(_body_size(head))
                found = _parsed(data, 0, position.id)
                if found is None or found[0] != number + 1:
                    return
                number, body = found
                at += _blocks(len(data))
                yield decode_writes(body)
    except OSError:
        return  # what is behind it is not to be had; `damage` says so


def damage(path: Path, position: Position) -> str:
    """For a file that nobody writes to: why something that was acknowledged behind `position` cannot be had from it, or "".

    Two things cannot be told from a good file: a newest record that was damaged after its flush looks like one that was torn on its
    way, and an older copy of this life looks like one that had come no further.
    """
    if not position.size:
        return ""  # the hub had no file: it went without
    try:
        data, unread = _content(path)
    except FileNotFoundError:
        return "its write-ahead file is gone"
    except OSError as error:
        return f"its write-ahead file cannot be read: {error.strerror}"
    if len(data) < position.size:
        return f"its write-ahead file is cut off after {len(data)} of {position.size} bytes"
    if not any(_parsed(data, at, position.id) == (HEAD_NUMBER, b"") for at in HEADS_AT):
        return "its write-ahead file is not the one that it was written with"
    newest, at, expected, end = position.number, RECORDS_AT, position.number, RECORDS_AT
    while at < len(data):
        found = _parsed(data, at, position.id)
        if found is None:
            at += BLOCK
            continue
        number, body = found
        at += _blocks(_HEAD.size + len(body))
        newest = max(newest, number)
        if number == expected + 1:
            expected, end = number, at
    if newest != expected:
        return (
            f"its write-ahead file goes on to commit {newest}, and commit {expected + 1} does not read back"
        )
    return f"what its write-ahead file has behind commit {expected} cannot be read" if end in unread else ""


def _content(path: Path) -> tuple[bytes, set[int]]:
    """All of it, zeros for the blocks that the disk does not give, and where those are. Raises OSError where none can be read."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        size = os.fstat(fd).st_size
        blocks: list[bytes] = []
        unread: set[int] = set()
        for at in range(0, size, BLOCK):
            try:
                blocks.append(os.pread(fd, BLOCK, at))
            except IsADirectoryError:
                raise
            except OSError:
                blocks.append(bytes(BLOCK))
                unread.add(at)
        return b"".join(blocks), unread
    finally:
        os.close(fd)


def _made(path: Path, size: int, life: int, kept: int) -> int:
    """Opens it at its full length, every byte written once, its life in a head, and all of that on disk.

    From then on a flush has nothing else to wait for. The head of the life `kept` stays too: the tables may not have it yet.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        filled = os.fstat(fd).st_size  # never over what is there
        while filled < size:
            filled += os.pwrite(fd, bytes(min(size - filled, 1 << 20)), filled)
        first, second = HEADS_AT
        there = _parsed(os.pread(fd, BLOCK, first), 0, kept)
        os.pwrite(fd, _record(life, HEAD_NUMBER, b""), second if there else first)
        os.fsync(fd)
        sync_folder(path.parent)
    except OSError:
        os.close(fd)
        raise
    return fd


def _record(life: int, number: int, body: bytes) -> bytes:
    rest = _HEAD.pack(_MAGIC, 0, life, number, len(body))[_CRC_FROM:]
    size = _HEAD.size + len(body)
    crc = crc32(body, crc32(rest)).to_bytes(4, "big")
    return b"".join((_MAGIC, crc, rest, body, bytes(_blocks(size) - size)))


def _body_size(head: bytes) -> int:
    magic, _, _, _, size = _HEAD.unpack(head)
    return int(size) if magic == _MAGIC else 0


def _parsed(data: bytes, at: int, life: int) -> tuple[int, bytes] | None:
    """(number, body) of the record there; None where none of this life reads back."""
    if len(data) < at + _HEAD.size:
        return None
    magic, crc, found_life, number, size = _HEAD.unpack_from(data, at)
    start = at + _HEAD.size
    if magic != _MAGIC or found_life != life or len(data) < start + size:
        return None
    body = data[start : start + size]
    if crc32(body, crc32(data[at + _CRC_FROM : start])) != crc:
        return None
    return number, body


def _blocks(size: int) -> int:
    """That many bytes, rounded up to whole blocks."""
    return -(-size // BLOCK) * BLOCK
