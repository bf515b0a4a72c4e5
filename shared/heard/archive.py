"""The file of a recorded business day: a head (one JSON object), then every change of an order, each with a CRC; gzip.

A hub writes one a day (`heard rewind` draws it), and `heard replay --log` plays it to another hub. Orders are their protobuf bytes.
"""

from __future__ import annotations

import gzip
import json
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

from heard.errors import UserError

FORMAT = 1
SUFFIX = ".heard.gz"
WHERE = "a hub keeps its recorded days in the folder archive of its data"
PRIVATE_FILE = 0o600
CHANGE_BYTES_MAX = 1 << 20
"""A hub stores 256 KiB an order at most."""
HEAD_BYTES_MAX = 1 << 20
_FRAME = struct.Struct(">IQQHI")  # crc of what follows the frame, revision, at_ms, bytes of id and of order
_GONE = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Day:
    """A recorded day. Times are of the hub's time line, in ms, `to_ms` not included.

    `profile` is what screens were told of the site, its fields by name as in `heard.stream.SiteProfile`; `site` what was done about
    it that day (86, pause, closed stations), oldest first, its fields by name as in `hub.core.decision.SiteDeed`.
    """

    store_id: str
    epoch_n: int
    business_date: str
    from_ms: int
    to_ms: int
    profile: dict[str, Any] = field(default_factory=dict)
    path: Path | None = None
    site: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """An order as it stood from `at_ms` on; revision 0: it stood so when the day began. `order_bytes` None: deleted."""

    rev: int
    at_ms: int
    order_id: str
    order_bytes: bytes | None


class Damaged(Exception):
    """The file is no archive of ours, or not whole."""


BROKEN = (EOFError, gzip.BadGzipFile, zlib.error, Damaged)
"""What reading a file that is cut or damaged raises, besides OSError."""


def write_day(path: Path, day: Day, changes: Iterable[Change]) -> int:
    """Writes the file, which the caller makes last; how many changes it holds. Raises OSError."""
    count = 0
    path.touch(mode=PRIVATE_FILE)
    head = {
        "heard_archive": FORMAT,
        "store_id": day.store_id,
        "epoch_n": day.epoch_n,
        "business_date": day.business_date,
        "from_ms": day.from_ms,
        "to_ms": day.to_ms,
        "profile": day.profile,
        "site": list(day.site),
    }
    with gzip.open(path, "wb") as file:
        file.write(json.dumps(head, ensure_ascii=False).encode() + b"\n")
        for change in changes:
            count += 1
            name, order = change.order_id.encode(), change.order_bytes
            size = _GONE if order is None else len(order)
            body = name + (order or b"")
            file.write(_FRAME.pack(crc32(body), change.rev, change.at_ms, len(name), size) + body)
    return count


def open_archive(path: Path) -> Day:
    """The head of the file. Raises UserError."""
    try:
        return _head(path)
    except FileNotFoundError:
        raise UserError(f"no file {path}", WHERE) from None
    except BROKEN as error:
        raise UserError(f"{path} is no recorded day: {error}", WHERE) from error
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}", WHERE) from error


def list_days(folder: Path) -> list[Day]:
    """The recorded days in `folder`, oldest first; what is none is left out."""
    found = []
    for path in folder.glob(f"*{SUFFIX}"):
        try:
            found.append(_head(path))
        except (OSError, *BROKEN):
            continue
    return sorted(found, key=lambda day: (day.from_ms, day.to_ms))


def read_changes(day: Day) -> Iterator[Change]:
    """The orders that stood when the day began, then its changes in their order. Raises UserError for a damaged file."""
    assert day.path is not None
    try:
        with gzip.open(day.path) as file:
            file.readline(HEAD_BYTES_MAX)
            while frame := file.read(_FRAME.size):
                crc, rev, at_ms, name_size, size = _FRAME.unpack(frame)
                gone = size == _GONE
                if not gone and size > CHANGE_BYTES_MAX:
                    raise Damaged(f"{size} bytes are no order")
                body = file.read(name_size + (0 if gone else size))
                if crc32(body) != crc:
                    raise Damaged(f"the CRC of revision {rev} does not match")
                yield Change(rev, at_ms, body[:name_size].decode(), None if gone else body[name_size:])
    except (OSError, struct.error, UnicodeDecodeError, *BROKEN) as error:
        raise UserError(f"the archive {day.path} cannot be read: {error}", exit_code=1) from error


def _head(path: Path) -> Day:
    with gzip.open(path) as file:
        line = file.readline(HEAD_BYTES_MAX)
    try:
        head = json.loads(line)
        if head["heard_archive"] > FORMAT:
            raise Damaged(f"its format {head['heard_archive']} is newer than this release's {FORMAT}")
        day = Day(
            head["store_id"],
            head["epoch_n"],
            head["business_date"],
            head["from_ms"],
            head["to_ms"],
            head["profile"],
            path,
            tuple(head.get("site", ())),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged("it has no head of ours") from error
    return day
