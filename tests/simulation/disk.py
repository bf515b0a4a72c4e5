"""The same hub over the real LMDB store, without its threads: kill -9, backups and restores on real files."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hub.store import upkeep
from hub.store.inline import InlineLmdbStore
from hub.store.layout import DataDir, Identity
from hub.store.opening import open_store
from hub.store.options import StoreOptions
from hub.store.swap import copy_store, making, put_in_place, set_epoch, settle
from tests.simulation.checks import Observer
from tests.simulation.hub import SimHub
from tests.simulation.listening import Listening

LOG_KEEP_REVS = 12
"""So few that screens which were away have to list again."""
SMALL_STEP = 2
SMALL = StoreOptions(
    map_bytes=32 << 20,
    map_bytes_max=32 << 20,
    ballast_bytes=0,
    room_bytes=0,
    wal_bytes=64 << 10,
    backup_every_s=0,
    log_keep_ms=0,
    log_keep_revs=LOG_KEEP_REVS,
    check_before=False,
)


class DiskStore(InlineLmdbStore):
    """Commits groups of a few decisions at a time; the business day does not keep the log."""

    groups = random.Random(0)

    def step(self, most: int = 0) -> bool:
        """One commit."""
        return super().step(most or self.groups.randint(1, 4))

    def compact(self, rev: int) -> None:
        """The log is kept as short as the options say, whatever `rev`."""
        with patch.object(upkeep, "STEP_ROWS", SMALL_STEP):
            self.keep_up()

    def image(self) -> Path:
        """A backup: a compact copy of what is on disk."""
        place = self._opened.files.root / f"copy-{self.groups.getrandbits(48):012x}"
        place.mkdir()
        self._opened.env.copy(str(place), compact=True)
        settle(place, self._opened.files.store)
        return place

    def _day_opened_ms(self) -> int:
        return 0


class DiskHub(SimHub):
    """One hub process over files in `root`, a folder of this run alone."""

    root: Path

    def __init__(
        self, seed: int, now_ms: Callable[[], int], observer: Observer, listening: Listening
    ) -> None:
        self._files = DataDir(self.root / str(seed))
        self._options = replace(SMALL, monotonic=lambda: now_ms() / 1000, wall_ms=lambda: 0)
        DiskStore.groups = random.Random(seed)
        super().__init__(seed, now_ms, observer, listening)

    def _new_store(self) -> Any:
        return self._open()

    def _open(self) -> DiskStore:
        return DiskStore(open_store(self._files, self._options), self._options)

    def crash(self) -> None:
        """kill -9 and start again."""
        self.store.crash()
        self.store = self._open()
        self._boot()

    def restore(self, image: Any) -> None:
        """The hub is stopped, a copy is put in the store's place with a new epoch, the hub starts."""
        self.store.crash()
        self.epoch_n += 1
        identity = Identity(self.store.store_id, self.epoch_n, self._random.getrandbits(64))
        ready = making(self._files)
        copy_store(image, ready)
        set_epoch(ready, identity)
        put_in_place(self._files, ready, "replaced")
        self.store = self._open()
        self._boot()

    def close(self) -> None:
        """Lets go of the files."""
        self.store.crash()


def disk_hub(root: Path) -> type[DiskHub]:
    """Hubs whose files lie under `root`."""
    return type("DiskHubHere", (DiskHub,), {"root": root})
