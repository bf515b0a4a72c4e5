"""Upkeep between commits, on the writer's thread: small steps, each some milliseconds at most.

The log is compacted, old answers and closed orders go, every record is read back within a day, the marker is kept
fresh, the disk and the readers are watched, and a backup is made by a child every hour.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from heard.archive import list_days
from hub.core.alarm_words import alarm
from hub.store.alarms import Alarms
from hub.store.child import Child
from hub.store.codec import log_hub_ms
from hub.store.corrupt import CorruptRecord
from hub.store.disk import Disk
from hub.store.env import free_share
from hub.store.layout import (
    LOG,
    META,
    SCHEMA_KEY,
    State,
    rev_of_log_key,
)
from hub.store.marker import write_marker
from hub.store.opening import Opened, marker_of
from hub.store.options import StoreOptions
from hub.store.overlay import Writes
from hub.store.purge import Purge
from hub.store.record import HEADER_BYTES, unseal
from hub.store.writer import GroupLost, Writer

STEP_ROWS = 500  # rows of the log that one step drops, or that a scrub reads: 1-3 ms
LOG_STEPS_A_LOOK = (
    10  # the log grows faster than one step a second at the busiest; a look ends when nothing is old
)
LOG_ALARM_MS = 3_600_000  # after the last early cut; one cut makes room for minutes only
READERS_EVERY_S = 60.0
DISK_EVERY_S = 10.0
FREE_SHARE_MAX = 0.5  # above it a copy would be half the size
FREE_ALARM_BYTES_MIN = 64 << 20  # a small store may be as empty as it likes
ARCHIVE_AGAIN_S = 600.0  # after one that failed

log = logging.getLogger("heard.store")


class Housekeeper:
    """Every method runs on the writer's thread."""

    def __init__(
        self,
        writer: Writer,
        opened: Opened,
        options: StoreOptions,
        alarms: Alarms,
        day_opened_ms: Callable[[], int],
    ) -> None:
        self._writer = writer
        self._opened = opened
        self._options = options
        self._alarms = alarms
        self._day_opened_ms = day_opened_ms
        self._disk = Disk(opened.files, options.ballast_bytes, alarms)
        now = options.monotonic()
        self._due = {
            "disk": now,
            "readers": now + READERS_EVERY_S,
            "marker": now + options.marker_every_s,
            "backup": now + options.backup_delay_s,
            "archive": now + options.backup_delay_s,
        }
        self._purge = Purge(writer, options, alarms, self._write)
        self._log_cut_ms = 0
        self._scrub_table = 0
        self._scrub_from = b""
        self._backup = Child("hub.store.backup")
        self._archive = Child("hub.store.archive")
        self._archiving_ms = 0
        self._archived_to_ms: int | None = None
        self._writes_when_full = -1

    # --- what the writer's thread calls

    def step(self, busy: Callable[[], bool] = lambda: False) -> None:
        """One look at everything that is due; what is not urgent waits while decisions wait. Raises as `Upkeep.step`."""
        if self._is_due("disk", DISK_EVERY_S):
            self._disk.look()
            self._watch_space()
        self._make_room()
        if self._is_due("readers", READERS_EVERY_S):
            self._writer.env.reader_check()
        if self._is_due("marker", self._options.marker_every_s):
            self.write_marker(clean=False)
        self._checkpoint()  # nothing may be copied or dropped by what the tables say while they are behind
        self._look_after_backup()
        self._look_after_archive()
        try:
            self.compact_log(busy)
            for task in (*self._purge.tasks, self.scrub):
                if busy():
                    return
                task()
        except GroupLost:
            self.no_space()
        except CorruptRecord as error:
            self._alarms.set("corrupt", alarm("store.corrupt", why=error))

    def _checkpoint(self) -> None:
        """Raises GroupLost where the tables stay behind what was committed, OutcomeUnknown."""
        try:
            self._writer.checkpoint()
        except GroupLost:
            self.no_space()
            raise

    def _make_room(self) -> None:
        env = self._writer.env
        used = (env.info()["last_pgno"] + 1) * env.stat()["psize"]
        self._disk.make_room(used, self._options.room_bytes)

    def no_space(self) -> None:
        """Gives the ballast back to the disk, and says so."""
        freed = self._disk.release_ballast()
        self._alarms.set("no-space", alarm("store.no_space_reserve" if freed else "store.no_space"))
        self._writes_when_full = self._writes

    def finish(self) -> None:
        """Ends the children, makes the tables whole and writes the marker of a clean stop."""
        self._backup.stop()
        self._archive.stop()
        try:
            self._writer.checkpoint(last=True)
        except GroupLost:
            self.no_space()  # the write-ahead file has it
        self.write_marker(clean=True)

    def write_marker(self, *, clean: bool) -> None:
        """Says outside the store how far it is."""
        now_ms = self._writer.now_ms()
        state = State(self._writer.rev, self._writer.compact_rev, now_ms)
        try:
            write_marker(
                self._opened.files.marker, marker_of(self._opened.identity, state, now_ms, clean=clean)
            )
            self._alarms.set("marker", None)
        except OSError as error:
            self._alarms.set("marker", alarm("store.marker", why=error.strerror))

    # --- steps

    def compact_log(self, busy: Callable[[], bool] = lambda: False) -> None:
        """Drops the oldest entries that nobody may resume from any more, some hundreds at a time; one step when busy."""
        for step in range(LOG_STEPS_A_LOOK):
            keys = self._old_log() if step == 0 or not busy() else []
            if not keys:
                return
            # Before the commit: whoever reads now must not count on what is about to go.
            self._writer.compact_rev = max(self._writer.compact_rev, rev_of_log_key(keys[-1]))
            self._write({}, keys)
            self._writer.stats.compacted += len(keys)

    def _old_log(self) -> list[bytes]:
        options, writer = self._options, self._writer
        needed_ms = min(writer.now_ms() - options.log_keep_ms, self._needed_from_ms())
        needed_rev = writer.rev - options.log_keep_revs
        keys: list[bytes] = []
        with writer.env.begin() as txn:
            stat = txn.stat(writer.tables[LOG])
            pages = stat["branch_pages"] + stat["leaf_pages"] + stat["overflow_pages"]
            too_large = pages * stat["psize"] > options.log_bytes_max
            self._tell_log_size(too_large)
            for key, record in txn.cursor(writer.tables[LOG]):
                rev = rev_of_log_key(key)
                if len(keys) >= STEP_ROWS and rev != rev_of_log_key(keys[-1]):
                    return keys
                old = rev <= needed_rev and log_hub_ms(record[HEADER_BYTES:]) < needed_ms
                if rev >= writer.rev or not (old or too_large):
                    break
                keys.append(key)
        return []  # fewer than a step: not worth a commit of its own

    def _tell_log_size(self, too_large: bool) -> None:
        now_ms = self._writer.now_ms()
        if too_large:
            self._log_cut_ms = now_ms
            self._alarms.set("log-size", alarm("store.log_size", mib=self._options.log_bytes_max >> 20))
        elif now_ms - self._log_cut_ms > LOG_ALARM_MS:
            self._alarms.set("log-size", None)

    def scrub(self) -> None:
        """Reads the next records of the whole store back; a bad one is an alarm."""
        every = tuple(self._writer.tables)
        name = every[self._scrub_table % len(every)]
        with self._writer.env.begin() as txn:
            cursor = txn.cursor(self._writer.tables[name])
            there = cursor.set_range(self._scrub_from) if self._scrub_from else cursor.first()
            for _ in range(STEP_ROWS):
                if not there:
                    break
                key, record = cursor.item()
                self._scrub_from = key + b"\0"
                if name != META or key != SCHEMA_KEY:
                    unseal(key, record)
                self._writer.stats.scrubbed += 1
                there = cursor.next()
        if not there:
            self._scrub_table += 1
            self._scrub_from = b""

    # --- watching

    def _watch_space(self) -> None:
        stats, writer = self._writer.stats, self._writer
        with writer.env.begin() as txn:
            stats.free_share, stats.file_bytes = free_share(writer.env, txn, writer.tables)
        stats.map_bytes = writer.env.info()["map_size"]
        wasteful = stats.free_share > FREE_SHARE_MAX and stats.file_bytes > FREE_ALARM_BYTES_MIN
        self._alarms.set(
            "free-pages",
            alarm("store.free_pages", share=f"{stats.free_share:.0%}", mib=stats.file_bytes >> 20)
            if wasteful
            else None,
        )
        if 0 <= self._writes_when_full < self._writes:
            self._writes_when_full = -1
            self._alarms.set("no-space", None)

    @property
    def _writes(self) -> int:
        """How often something went to disk."""
        return self._writer.stats.commits + self._writer.stats.checkpoints

    def _look_after_backup(self) -> None:
        failed = self._backup.ended()
        if failed is not None:
            if not failed:
                self._writer.stats.backups += 1
                self._writer.stats.last_backup_wall_ms = self._options.wall_ms()
            self._alarms.set("backup", alarm("store.backup", why=failed) if failed else None)
        if self._options.backup_every_s <= 0 or self._backup.running:
            return
        if self._is_due("backup", self._options.backup_every_s):
            self.start_backup()

    def start_backup(self) -> None:
        """Starts the child that makes a backup, unless the disk has no room for one."""
        files = self._opened.files
        if self._disk.free_bytes() < 2 * self._writer.stats.file_bytes:
            self._alarms.set("backup", alarm("store.backup_room"))
            return
        self._backup.start(str(files.root), "--keep", str(self._options.backups_kept))

    def _look_after_archive(self) -> None:
        """After each roll a child writes the day that ended; one that failed is tried again."""
        failed = self._archive.ended()
        if failed is not None:
            self._alarms.set("archive", alarm("store.archive", why=failed) if failed else None)
            if not failed:
                self._archived_to_ms = self._archiving_ms
        if self._options.archive_days_kept <= 0:
            return
        if self._archived_to_ms is None:
            self._archived_to_ms = self._newest_archive_ms()
        day_ms = self._day_opened_ms()
        if (
            self._archived_to_ms < day_ms
            and not self._archive.running
            and self._is_due("archive", ARCHIVE_AGAIN_S)
        ):
            self._archiving_ms = day_ms
            keep = str(self._options.archive_days_kept)
            self._archive.start(str(self._opened.files.root), "--keep", keep)

    def _newest_archive_ms(self) -> int:
        store_id = self._opened.identity.store_id
        days = list_days(self._opened.files.archive)
        return max((day.to_ms for day in days if day.store_id == store_id), default=0)

    def _needed_from_ms(self) -> int:
        """The log of the open day is needed, and of the day before until the flight recorder has it."""
        opened_ms = self._day_opened_ms()
        if not opened_ms:
            return self._writer.now_ms()
        recording = self._options.archive_days_kept > 0
        return min(self._archived_to_ms or 0, opened_ms) if recording else opened_ms

    def _is_due(self, name: str, every_s: float) -> bool:
        now = self._options.monotonic()
        if now < self._due[name]:
            return False
        self._due[name] = now + every_s
        return True

    def _write(self, writes: Writes, dropped_log: list[bytes] | None = None) -> None:
        writer = self._writer
        writer.write(writes, State(writer.rev, writer.compact_rev, writer.now_ms()), dropped_log or ())
        writer.stats.upkeep_commits += 1
