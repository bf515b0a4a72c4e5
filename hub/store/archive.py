"""The flight recorder: what happened on each business day, kept after the log has forgotten it.

A child of the hub writes a day's file (`heard.archive`) from the log once the day has rolled:
`python -m hub.store.archive DATA --keep DAYS`. Until then the log keeps the day (see `upkeep`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import lmdb

from heard.archive import SUFFIX, Change, Day, list_days, read_changes, write_day
from heard.errors import HeardError, UserError
from heard.wire import encode_order
from hub.core.decision import DAY_KEY, SITE_DEEDS_KEY, BusinessDay, SiteDeeds
from hub.store.codec import LogRecord
from hub.store.corrupt import CorruptRecord
from hub.store.env import open_env, open_tables
from hub.store.files import PRIVATE_FOLDER, sync_file, sync_folder
from hub.store.layout import OPEN, DataDir, data_file
from hub.store.plain import to_plain
from hub.store.reader import Reader, to_entry

NOTES_TABLE = "recorder"
PROFILE_NOTE = "profile"
"""Where a hub leaves what its screens were told of the site, as JSON: a picture of the past is drawn with it."""
CHUNK = 2_000  # log records read at a time: some megabytes


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
    """The day that goes on, from the log; None before the first. Its changes: `changes_of`."""
    identity, day = reader.identity(), reader.get(DAY_KEY)
    if not isinstance(day, BusinessDay):
        return None
    to_ms = reader.state().hub_ms + 1
    made = Day(identity.store_id, identity.epoch_n, day.date, day.opened_at_ms, to_ms, _profile(reader))
    return replace(made, site=_site(reader, made.from_ms, to_ms))


def changes_of(reader: Reader, day: Day) -> Iterator[Change]:
    """What the log still has of that day, in the order of `heard.archive`."""
    for record in _standing(reader, day.from_ms).values():
        yield _change(0, record)
    for rev, record in _span(reader, day.from_ms, day.to_ms):
        yield _change(rev, record)


def _archive(reader: Reader, files: DataDir) -> Day | None:
    going_on = open_day(reader)
    if going_on is None:
        return None
    known = [day for day in list_days(files.archive) if day.store_id == going_on.store_id]
    from_ms, to_ms = max((day.to_ms for day in known), default=0), going_on.from_ms
    span = _span(reader, from_ms, to_ms) if from_ms < to_ms else iter(())
    first = next(span, None)
    if first is None:
        return None
    date = _date_of(chain((first,), span), going_on.business_date)
    from_ms = from_ms or first[1].hub_ms
    site = _site(reader, from_ms, to_ms)
    day = replace(going_on, business_date=date, from_ms=from_ms, to_ms=to_ms, site=site)
    files.archive.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    path = files.archive / f"{date}-epoch{day.epoch_n}-rev{first[0]}{SUFFIX}"
    making = path.with_name(f".making-{path.name}")
    try:
        making.unlink(missing_ok=True)  # a run that was ended left it
        write_day(making, day, changes_of(reader, day))
        for _ in read_changes(replace(day, path=making)):
            pass  # what is kept for months is read back once
        sync_file(making)
        making.rename(path)
    finally:
        making.unlink(missing_ok=True)
    sync_folder(files.archive)
    return day


def _span(reader: Reader, from_ms: int, to_ms: int) -> Iterator[tuple[int, LogRecord]]:
    """The log's records of that time, oldest first."""
    from_rev, rev = 0, reader.state().rev
    while records := reader.log_records(from_rev, rev, CHUNK):
        for number, record in records:
            if record.hub_ms >= to_ms:
                return
            if record.hub_ms >= from_ms:
                yield number, record
        from_rev = records[-1][0]


def _standing(reader: Reader, at_ms: int) -> dict[str, LogRecord]:
    """By key, the newest record of each order that was open at that time, as far back as the log goes."""
    found: dict[str, LogRecord] = {}
    for _, record in _span(reader, 0, at_ms):
        if record.new_views:
            found[record.key] = record
        else:
            found.pop(record.key, None)
    for order in reader.orders(OPEN):
        key = f"order/{order.order_id}"
        if order.changed_at_ms < at_ms and key not in found:
            nowhere = frozenset[str]()
            found[key] = LogRecord(order.changed_at_ms, key, encode_order(order), nowhere, nowhere)
    return found


def _change(rev: int, record: LogRecord) -> Change:
    return Change(rev, record.hub_ms, record.key.removeprefix("order/"), record.order_bytes)


def _date_of(span: Iterator[tuple[int, LogRecord]], before: str) -> str:
    """The newest business date of what was held in that time, before the open day's."""
    newest = ""
    for rev, record in span:
        if not record.old_views and record.order_bytes is not None:
            order = to_entry(rev, record).order
            if order is not None and newest < order.business_date < before:
                newest = order.business_date
    return newest or f"before-{before}"


def _site(reader: Reader, from_ms: int, to_ms: int) -> tuple[dict[str, Any], ...]:
    """What was done about the site in that time."""
    book = reader.get(SITE_DEEDS_KEY)
    deeds = book.deeds if isinstance(book, SiteDeeds) else ()
    return tuple(to_plain(one) for one in deeds if from_ms <= one.at_ms < to_ms)


def _profile(reader: Reader) -> dict[str, Any]:
    for table, key, value in reader.notes():
        if (table, key) == (NOTES_TABLE, PROFILE_NOTE):
            found = json.loads(value)
            return found if isinstance(found, dict) else {}
    return {}


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
