"""What of the store can be set, with its defaults and reasons."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from hub.config import Config
from hub.store.env import MAP_BYTES, MAP_BYTES_MAX

DAY_MS = 24 * 3600 * 1000


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """Bounds and clocks of one store. Tests make them small; a hub changes `ballast_bytes` and the backups at most."""

    map_bytes: int = MAP_BYTES
    map_bytes_max: int = MAP_BYTES_MAX
    ballast_bytes: int = 64 << 20  # given back when the disk is full: room for hours of orders
    room_bytes: int = 16 << 20  # the data file is as much longer than it needs to be; some hours of orders
    wal_bytes: int = 2 << 20  # the write-ahead file: some seconds of the busiest hour. 0: none
    log_keep_ms: int = DAY_MS  # a screen that was off since yesterday resumes
    log_keep_revs: int = 50_000  # and after a very busy day too
    log_bytes_max: int = 2 << 30  # above the two: a log this large is an alarm
    answers_keep_ms: int = 7 * DAY_MS  # clients keep their journals as long
    closed_keep_ms: int = 400 * DAY_MS  # this time last year, and a month
    closed_map_share: float = 0.6  # of the map; older closed orders go before their time
    keep_unsynced: bool = False  # True where a cloud is set: nothing is dropped before it is there
    marker_every_s: float = 10.0
    backup_every_s: float = 3600.0  # 0: none
    backup_delay_s: float = 60.0  # after start; the first minute belongs to the screens
    backups_kept: int = 3
    archive_days_kept: int = 31  # the flight recorder's; some 10 MB for a busy day. 0: no archive
    check_before: bool = True  # False: simulation only, which opens a store hundreds of times
    monotonic: Callable[[], float] = time.monotonic
    wall_ms: Callable[[], int] = _wall_ms


def options_of(config: Config) -> StoreOptions:
    """What of the store the settings say."""
    keep = config.retention
    return StoreOptions(
        log_keep_ms=keep.log_hours * 3_600_000,
        log_keep_revs=keep.log_revisions,
        closed_keep_ms=keep.closed_orders_days * 24 * 3_600_000,
        backup_every_s=keep.backup_every_min * 60.0,
        backups_kept=keep.backups_kept,
        archive_days_kept=keep.archive_days,
        keep_unsynced=bool(config.cloud.url),
    )
