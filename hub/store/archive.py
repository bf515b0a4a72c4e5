"""The flight recorder: what happened on each business day, kept after the log has forgotten it.

An archive is one gzip file in the data folder's `archive`: a head (one JSON object), the orders that were open when the day
began, then every log entry of the day. A child of the hub writes it once the day has rolled:
`python -m hub.store.archive DATA --keep DAYS`. Until then the log keeps the day (see `upkeep`).
"""

from __future__ import annotations

import argparse
import gzip
import json
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lmdb

from heard.errors import HeardError, UserError
from heard.order import Order
from hub.core.decision import DAY_KEY, BusinessDay
from hub.store.codec import LogRecord, decode_log, encode_log
from hub.store.corrupt import CorruptRecord
from hub.store.env import open_env, open_tables
from hub.store.files import PRIVATE_FILE, PRIVATE_FOLDER, sync_file, sync_folder
from hub.store.layout import OPEN, DataDir, data_file, log_key, rev_of_log_key
from hub.store.reader import Reader, to_entry
from hub.store.record import seal, unseal
from hub.store.seam import Entry

FORMAT = 1
SUFFIX = ".heard.gz"
NOTES_TABLE = "recorder"
PROFILE_NOTE = "profile"
"""Where a hub leaves what its screens were told of the site, as JSON: a picture of the past is drawn with it."""
CHUNK = 2_000  # log records read at a time: some megabytes
RECORD_BYTES_MAX = 1 << 20  # a value has 256 KiB at most
_FRAME = struct.Struct(">I9s")  # bytes of the record, its log key


@dataclass(frozen=True, slots=True)
class Day:
    """A recorded day. Times are of the hub's time line, `to_ms` not included; `profile` as `show.to_json` writes it."""

    store_id: str
    epoch_n: int
    business_date: str
    from_ms: int
    to_ms: int
    profile: dict[str, Any] = field(default_factory=dict)
    path: Path | None = None


def list_days(folder: Path) -> list[Day]:
    """The archives in `folder`, oldest first; what is none is left out."""
    found = []
    for path in folder.glob(f"*{SUFFIX}"):
        try:
            with gzip.open(path) as file:
                found.append(_head(file, path))
        except (OSError, EOFError, CorruptRecord):
            continue
    return sorted(found, key=lambda day: (day.from_ms, day.to_ms))


def read_day(day: Day) -> Iterator[tuple[Entry, int]]:
    """First the orders that stood when it began (revision 0), then its entries, each with its hub time in ms.

    Raises UserError for a file that is damaged or is none.
    """
    assert day.path is not None
    try:
        with gzip.open(day.path) as file:
            _head(file, day.path)
            while frame := file.read(_FRAME.size):
                size, key = _FRAME.unpack(frame)
                if size > RECORD_BYTES_MAX:
                    raise CorruptRecord(key, f"{size} bytes are no record")
                record = decode_log(key, unseal(key, file.read(size)))
                yield to_entry(rev_of_log_key(key), record), record.hub_ms
    except (OSError, EOFError, struct.error, CorruptRecord) as error:
        raise UserError(f"the archive {day.path} cannot be read: {error}", exit_code=1) from error


def archive_day(files: DataDir) -> Day | None:
    """Writes the day before the open one, if that is not done yet; None when there is nothing to do. Raises UserError."""
    try:
        env = open_env(files.store, readonly=True)
    except lmdb.Error as error:
        raise UserError(f"the store in {files.store} cannot be opened: {error}", exit_code=1) from error
    try:
        return _archive(Reader(env, open_tables(env, create=False)), files)
    except (OSError, lmdb.Error, CorruptRecord) as error:
        raise UserError(f"the day could not be archived: {error}", exit_code=1) from error
    finally:
        env.close()


def rotate(folder: Path, keep: int) -> list[Path]:
    """Deletes all but the newest `keep` days; returns what went."""
    gone = [day.path for day in list_days(folder)[: -max(1, keep)] if day.path is not None]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def open_day(reader: Reader) -> Day | None:
    """The day that goes on, from the log; None before the first. See `read_open_day`."""
    identity, day = reader.identity(), reader.get(DAY_KEY)
    if not isinstance(day, BusinessDay):
        return None
    to_ms = reader.state().hub_ms + 1
    profile = profile_of(reader)
    return Day(identity.store_id, identity.epoch_n, day.date, day.opened_at_ms, to_ms, profile)


def read_open_day(reader: Reader, day: Day) -> Iterator[tuple[Entry, int]]:
    """As `read_day`, of the day that goes on."""
    for record in standing(reader, day.from_ms).values():
        yield to_entry(0, record), record.hub_ms
    for rev, record in log_span(reader, day.from_ms, day.to_ms):
        yield to_entry(rev, record), record.hub_ms


def profile_of(reader: Reader) -> dict[str, Any]:
    """What the hub left for the recorder; empty where it never did."""
    for table, key, value in reader.notes():
        if (table, key) == (NOTES_TABLE, PROFILE_NOTE):
            found = json.loads(value)
            return found if isinstance(found, dict) else {}
    return {}


def log_span(reader: Reader, from_ms: int, to_ms: int) -> Iterator[tuple[int, LogRecord]]:
    """The log's records of that time, oldest first."""
    from_rev, rev = 0, reader.state().rev
    while records := reader.log_records(from_rev, rev, CHUNK):
        for number, record in records:
            if record.hub_ms >= to_ms:
                return
            if record.hub_ms >= from_ms:
                yield number, record
        from_rev = records[-1][0]


def standing(reader: Reader, at_ms: int) -> dict[str, LogRecord]:
    """By key, the newest record of each order that was open at that time, as far back as the log goes."""
    found: dict[str, LogRecord] = {}
    for _, record in log_span(reader, 0, at_ms):
        if record.new_views:
            found[record.key] = record
        else:
            found.pop(record.key, None)
    for order in reader.orders(OPEN):
        key = f"order/{order.order_id}"
        if order.changed_at_ms < at_ms and key not in found:
            found[key] = _record_of(order)
    return found


def _record_of(order: Order) -> LogRecord:
    from heard.ticket import views
    from heard.wire import encode_order

    stood = views(order)
    return LogRecord(order.changed_at_ms, f"order/{order.order_id}", encode_order(order), stood, stood)


def _archive(reader: Reader, files: DataDir) -> Day | None:
    identity, open_day = reader.identity(), reader.get(DAY_KEY)
    if not isinstance(open_day, BusinessDay):
        return None
    known = [day for day in list_days(files.archive) if day.store_id == identity.store_id]
    from_ms = max((day.to_ms for day in known), default=0)
    to_ms = open_day.opened_at_ms
    if from_ms >= to_ms:
        return None
    first = next(log_span(reader, from_ms, to_ms), None)
    if first is None:
        return None
    day = Day(
        identity.store_id,
        identity.epoch_n,
        _date_of(reader, from_ms, to_ms, open_day.date),
        from_ms or first[1].hub_ms,
        to_ms,
        profile_of(reader),
    )
    files.archive.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    path = files.archive / f"{day.business_date}-epoch{day.epoch_n}-rev{first[0]}{SUFFIX}"
    making = path.with_name(f".making-{path.name}")
    try:
        _write(making, day, reader)
        written = Day(
            day.store_id, day.epoch_n, day.business_date, day.from_ms, day.to_ms, day.profile, making
        )
        for _ in read_day(written):
            pass  # what is kept for months is read back once
        making.rename(path)
    finally:
        making.unlink(missing_ok=True)
    sync_folder(files.archive)
    return day


def _write(path: Path, day: Day, reader: Reader) -> None:
    path.touch(mode=PRIVATE_FILE)
    with gzip.open(path, "wb") as file:
        head = {
            "heard_archive": FORMAT,
            "store_id": day.store_id,
            "epoch_n": day.epoch_n,
            "business_date": day.business_date,
            "from_ms": day.from_ms,
            "to_ms": day.to_ms,
            "profile": day.profile,
        }
        file.write(json.dumps(head, ensure_ascii=False).encode() + b"\n")
        for index, record in enumerate(standing(reader, day.from_ms).values()):
            _put(file, log_key(0, index % 256), record)
        for rev, record in log_span(reader, day.from_ms, day.to_ms):
            _put(file, log_key(rev, 0), record)
    sync_file(path)


def _put(file: gzip.GzipFile, key: bytes, record: LogRecord) -> None:
    sealed = seal(key, encode_log(record))
    file.write(_FRAME.pack(len(sealed), key) + sealed)


def _date_of(reader: Reader, from_ms: int, to_ms: int, before: str) -> str:
    """The newest business date of what was held in that time, before the open day's."""
    newest = ""
    for rev, record in log_span(reader, from_ms, to_ms):
        if not record.old_views and record.order_bytes is not None:
            order = to_entry(rev, record).order
            if order is not None and newest < order.business_date < before:
                newest = order.business_date
    return newest or f"before-{before}"


def _head(file: gzip.GzipFile, path: Path) -> Day:
    try:
        head = json.loads(file.readline(RECORD_BYTES_MAX))
        if head["heard_archive"] > FORMAT:
            raise CorruptRecord(
                b"head", f"format {head['heard_archive']} is newer than this release's {FORMAT}"
            )
        return Day(
            head["store_id"],
            head["epoch_n"],
            head["business_date"],
            head["from_ms"],
            head["to_ms"],
            head["profile"],
            path,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptRecord(b"head", f"is no archive of a day: {error!r}") from error


def main() -> None:
    """The child's entry."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--keep", type=int, default=31)
    args = parser.parse_args()
    files = DataDir(args.data)
    if not data_file(files.store).exists():
        sys.exit(f"there is no store in {files.store}")
    try:
        made = archive_day(files)
        rotate(files.archive, args.keep)
    except HeardError as error:
        sys.exit(error.what)
    sys.stdout.write("nothing to do\n" if made is None else f"{made.business_date}\n")


if __name__ == "__main__":
    main()
