"""Where everything lies: the files of a data folder, the tables of a store and the keys in them.

Imports nothing of the kitchen (see `record`).
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path

from hub.store.corrupt import CorruptRecord
from hub.store.record import seal, unseal

SCHEMA = 3
"""Of the tables and records below; `migrations` brings an older store up to it."""
KEY_BYTES_MAX = 500  # a key with the longest prefix of ours stays below LMDB's 511

META = b"meta"  # schema, identity, state
OPEN = b"open"  # orders that are open
CLOSED = b"closed"  # all other orders
BY_DAY = b"by_day"  # closed orders by business date and time of closing, for the recall list
DOCS = b"docs"  # devices, counters, the business day
ANSWERS = b"answers"  # full answers by device, incarnation and seq
UNARY = b"unary"  # answers of simple clients by command id
LOG = b"log"  # changed orders by revision
NOTES = b"notes"  # side tables without revision (what was heard)
ROWS = (
    b"rows"  # master data from the cloud; a store without it is whole: everything in it can be pulled again
)
OUTBOX = b"outbox"  # where each order and paper stands between this disk and the cloud's
UNSYNCED = b"unsynced"  # index of the outbox: what is to be pushed, by time of change
UNPUSHABLE = b"unpushable"  # index of the outbox: what is in ERROR, by time of change
PAPERS = b"papers"  # immutable documents
PAPERS_BY_DAY = b"papers_by_day"  # index of the papers by business date
TABLES_OF_1 = (META, OPEN, CLOSED, BY_DAY, DOCS, ANSWERS, UNARY, LOG, NOTES)
TABLES = (*TABLES_OF_1, OUTBOX, UNSYNCED, UNPUSHABLE, PAPERS, PAPERS_BY_DAY)
OPTIONAL_TABLES = (ROWS,)
"""Made when a hub opens the store; an older hub, or a copy without them, does without."""
TABLES_OF = {1: TABLES_OF_1, 2: TABLES, SCHEMA: TABLES}
"""The tables of each schema that was shipped."""
SHOWN_TABLES = (META, OPEN, DOCS, NOTES)
"""What a screen can show plus counters and devices: checked before serving."""

SCHEMA_KEY = b"schema"  # plain digits, readable by every release
IDENTITY_KEY = b"identity"
STATE_KEY = b"state"
OFFERED_KEY = b"offered"  # the epoch in which all state documents were offered to the cloud

_REV = struct.Struct(">Q")
_LOG_KEY = struct.Struct(">QB")
_STATE = struct.Struct(">QQQ")


@dataclass(frozen=True, slots=True)
class Identity:
    """Which store this is, and which generation of it."""

    store_id: str
    epoch_n: int
    epoch_random: int
    made_wall_ms: int = 0

    def to_record(self) -> bytes:
        body = {
            "store_id": self.store_id,
            "epoch_n": self.epoch_n,
            "epoch_random": f"{self.epoch_random:016x}",
            "made_wall_ms": self.made_wall_ms,
        }
        return seal(IDENTITY_KEY, json.dumps(body).encode())

    @classmethod
    def from_record(cls, record: bytes) -> Identity:
        """Raises CorruptRecord."""
        try:
            body = json.loads(unseal(IDENTITY_KEY, record))
            return cls(body["store_id"], body["epoch_n"], int(body["epoch_random"], 16), body["made_wall_ms"])
        except (ValueError, KeyError, TypeError) as error:
            raise CorruptRecord(IDENTITY_KEY, f"cannot be read: {error!r}") from error


@dataclass(frozen=True, slots=True)
class State:
    """Written with every commit: newest revision, compaction and the mark of the hub's time line."""

    rev: int
    compact_rev: int
    hub_ms: int

    def to_record(self) -> bytes:
        return seal(STATE_KEY, _STATE.pack(self.rev, self.compact_rev, self.hub_ms))

    @classmethod
    def from_record(cls, record: bytes) -> State:
        """Raises CorruptRecord."""
        try:
            return cls(*_STATE.unpack(unseal(STATE_KEY, record)))
        except struct.error as error:
            raise CorruptRecord(STATE_KEY, f"cannot be read: {error}") from error


def table_of(key: str) -> bytes | None:
    """The table of a document's key; None for an order, which stands in OPEN or CLOSED."""
    if key.startswith("order/"):
        return None
    if key.startswith("answer/"):
        return ANSWERS
    return UNARY if key.startswith("unary/") else DOCS


def log_key(rev: int, index: int) -> bytes:
    return _LOG_KEY.pack(rev, index)


def log_key_after(rev: int) -> bytes:
    """The lowest key of any entry with a revision above `rev`."""
    return _REV.pack(rev + 1)


def rev_of_log_key(key: bytes) -> int:
    return int(_REV.unpack_from(key)[0])


def day_prefix(business_date: str) -> bytes:
    return business_date.encode() + b"\0"


def day_key(business_date: str, closed_at_ms: int, order_id: str) -> bytes:
    return day_prefix(business_date) + _REV.pack(closed_at_ms) + order_id.encode()


def closed_at_ms_of(key: bytes) -> int:
    """When the order of a BY_DAY key was closed."""
    return int(_REV.unpack_from(key, key.index(b"\0") + 1)[0])


def order_id_of(key: bytes) -> str:
    """The order of a BY_DAY key."""
    return key[key.index(b"\0") + 1 + _REV.size :].decode()


def change_key(changed_at_ms: int, outbox_key: bytes) -> bytes:
    """A key of UNSYNCED and UNPUSHABLE: oldest first."""
    return _REV.pack(changed_at_ms) + outbox_key


def changed_at_ms_of(key: bytes) -> int:
    """When the document of a `change_key` was changed."""
    return int(_REV.unpack_from(key)[0])


def outbox_key_of(key: bytes) -> bytes:
    """The document of a `change_key`."""
    return key[_REV.size :]


def paper_day_key(business_date: str, outbox_key: bytes) -> bytes:
    return day_prefix(business_date) + outbox_key


def note_key(table: str, key: str) -> bytes:
    return f"{table}\0{key}".encode()


@dataclass(frozen=True, slots=True)
class DataDir:
    """The files of one hub's data folder."""

    root: Path

    @property
    def store(self) -> Path:
        """The folder of the live LMDB files."""
        return self.root / "store"

    @property
    def next_store(self) -> Path:
        """A whole, verified store on its way to become the live one (see `swap`)."""
        return self.root / "store.next"

    @property
    def lock(self) -> Path:
        return self.root / "hub.lock"

    @property
    def marker(self) -> Path:
        return self.root / "marker.json"

    @property
    def admin(self) -> Path:
        """Where the running hub's API listens and the token it wants (see `hub.admin.access`)."""
        return self.root / "admin.json"

    @property
    def ballast(self) -> Path:
        return self.root / "ballast"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def archive(self) -> Path:
        """The flight recorder's days (see `archive`)."""
        return self.root / "archive"

    @property
    def set_aside(self) -> Path:
        """Stores that were found bad or were replaced; never deleted by us."""
        return self.root / "set-aside"


def data_file(store: Path) -> Path:
    return store / "data.mdb"
