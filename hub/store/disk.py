"""The disk's ladder: warn at 80 %, louder at 90 %, give the ballast back at 95 %; a reserve for the worst hour."""

from __future__ import annotations

import logging
import os

from hub.core.alarm_words import alarm
from hub.store.alarms import Alarms
from hub.store.files import PRIVATE_FILE
from hub.store.layout import DataDir, data_file

WARN_SHARE = 0.80
ALARM_SHARE = 0.90
LAST_SHARE = 0.95

log = logging.getLogger("heard.store")


class Disk:
    """Watches the file system of the data folder and keeps the ballast file. For one thread."""

    def __init__(self, files: DataDir, ballast_bytes: int, alarms: Alarms) -> None:
        self._files = files
        self._ballast_bytes = ballast_bytes
        self._alarms = alarms

    def look(self) -> None:
        """Sets the alarms of the ladder; makes or gives back the ballast."""
        found = os.statvfs(self._files.root)
        taken = (found.f_blocks - found.f_bfree) * found.f_frsize
        left = found.f_bavail * found.f_frsize
        share = taken / (taken + left) if taken + left else 1.0
        where = {"folder": self._files.root, "share": f"{share:.0%}"}
        self._alarms.set("disk-80", alarm("store.disk_80", **where) if share >= WARN_SHARE else None)
        self._alarms.set("disk-90", alarm("store.disk_90", **where) if share >= ALARM_SHARE else None)
        self._alarms.set("disk-95", alarm("store.disk_95", **where) if share >= LAST_SHARE else None)
        if share >= LAST_SHARE:
            self.release_ballast()
        elif share < ALARM_SHARE and left > 4 * self._ballast_bytes:
            self._make_ballast()

    def make_room(self, used_bytes: int, room_bytes: int) -> None:
        """Keeps the data file longer than what is used of it: a commit that makes a file longer waits for the file system's
        journal too. On the writer's thread only. Where the disk has little left or cannot do it, commits go as they went."""
        path = data_file(self._files.store)
        try:
            size = path.stat().st_size
            if room_bytes <= 0 or size - used_bytes > room_bytes // 2 or self.free_bytes() < 8 * room_bytes:
                return
            fd = os.open(path, os.O_WRONLY)
            try:
                os.posix_fallocate(fd, size, used_bytes + room_bytes - size)
                os.fdatasync(fd)  # here, and not in the next order's commit
            finally:
                os.close(fd)
        except OSError as error:
            log.debug("no room ahead in the data file: %s", error)

    def free_bytes(self) -> int:
        """What we may still write."""
        found = os.statvfs(self._files.root)
        return found.f_bavail * found.f_frsize

    def release_ballast(self) -> bool:
        """Gives the reserve back to the disk; False when there was none."""
        try:
            self._files.ballast.unlink()
        except OSError:
            return False
        return True

    def _make_ballast(self) -> None:
        if self._ballast_bytes <= 0 or self._files.ballast.exists():
            return
        try:
            fd = os.open(self._files.ballast, os.O_WRONLY | os.O_CREAT, PRIVATE_FILE)
            try:
                os.posix_fallocate(fd, 0, self._ballast_bytes)
            finally:
                os.close(fd)
        except OSError:
            self.release_ballast()  # no room for a reserve is no fault of its own; the ladder speaks
