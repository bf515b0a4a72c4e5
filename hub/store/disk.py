"""The disk's ladder of alarms, by the share taken and the bytes left; a reserve for the worst hour, given back on its last rung."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from hub.core.alarm_words import alarm
from hub.store.alarms import Alarms
from hub.store.env import MAP_BYTES
from hub.store.files import PRIVATE_FILE
from hub.store.layout import DataDir, data_file

log = logging.getLogger("heard.store")


@dataclass(frozen=True, slots=True)
class Rung:
    """One alarm of the ladder: it stands from `share` taken on, while less than `left_bytes` are left."""

    name: str
    words: str
    share: float
    left_bytes: int

    def stands(self, taken: int, left: int) -> bool:
        """Whether it is an alarm that so much is taken and so much is left, in bytes."""
        return left < self.left_bytes and taken >= self.share * (taken + left)


WARN = Rung("disk-80", "store.disk_80", 0.80, MAP_BYTES)
LOUD = Rung("disk-90", "store.disk_90", 0.90, MAP_BYTES // 2)
LAST = Rung("disk-95", "store.disk_95", 0.95, MAP_BYTES // 4)
LADDER = (WARN, LOUD, LAST)
"""A share alone says nothing of a large disk: 13 % of 100 GB are left for years, 13 % of a 16 GB card for some months. So a disk
is no alarm while the store could grow from nothing to its whole map of 8 GiB in what is left; the next rungs halve that as their
shares halve. Up to 40 GiB (the map, the usual three backups, one in the making: a 16 or 32 GB card) the share alone decides."""


class Disk:
    """Watches the file system of the data folder and keeps the ballast file. For one thread."""

    def __init__(self, files: DataDir, ballast_bytes: int, alarms: Alarms) -> None:
        self._files = files
        self._ballast_bytes = ballast_bytes
        self._alarms = alarms

    def look(self) -> None:
        """Sets the alarms of the ladder, of which the highest is told; makes or gives back the ballast."""
        taken, left = _taken_and_left(self._files.root)
        share = taken / (taken + left) if taken + left else 1.0
        said = {"folder": self._files.root, "share": f"{share:.0%}", "left": _in_words(left)}
        standing = [rung for rung in LADDER if rung.stands(taken, left)]
        for rung in LADDER:
            text = alarm(rung.words, **said) if rung in standing else None
            self._alarms.set(rung.name, text, told=rung in standing[-1:])
        if LAST in standing:
            self.release_ballast()
        elif LOUD not in standing and left > 4 * self._ballast_bytes:
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
        return _taken_and_left(self._files.root)[1]

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


def _taken_and_left(folder: Path) -> tuple[int, int]:
    """Bytes of the file system: what anybody has written, and what we may still write."""
    found = os.statvfs(folder)
    return (found.f_blocks - found.f_bfree) * found.f_frsize, found.f_bavail * found.f_frsize


def _in_words(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
