"""The ladder of the disk, its ballast and the room ahead of the data file, on disks of every size."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hub.core.alarm_words import AlarmText
from hub.store import disk
from hub.store.alarms import Alarms
from hub.store.disk import LADDER
from hub.store.layout import DataDir

GIB = 1 << 30
BLOCK = 4096
CARD_16_GB = int(14.3 * GIB)  # what ext4 leaves of it
CARD_32_GB = int(28.8 * GIB)
BALLAST = 64 << 20


def kept(share: float, whole: int) -> tuple[int, int]:
    """(whole, left) of a disk of which that share is taken."""
    return whole, whole - int(share * whole)


class Watched:
    """A disk that says what the test wants of it, under the real ladder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, ballast_bytes: int = 0) -> None:
        self.posted: list[str] = []
        self.told: dict[str, AlarmText] = {}
        self.alarms = Alarms(lambda call, *arguments: call(*arguments))
        self.alarms.listen(self._hear)
        self.ballast = folder / "ballast"
        self.watch = disk.Disk(DataDir(folder), ballast_bytes, self.alarms)
        self.monkeypatch = monkeypatch
        monkeypatch.setattr(disk, "LADDER", LADDER)

    def _hear(self, name: str, text: AlarmText | None) -> None:
        self.posted.append(name if text else f"no {name}")
        if text:
            self.told[name] = text
        else:
            del self.told[name]

    def look(self, whole: int, left: int, of_root: int = 0) -> str:
        """What stands when `left` of `whole` bytes may be written, and `of_root` by root only."""
        shape = [BLOCK, BLOCK, whole // BLOCK, (left + of_root) // BLOCK, left // BLOCK, 9, 9, 9, 0, 255]
        self.monkeypatch.setattr(os, "statvfs", lambda _path: os.statvfs_result(shape))
        self.watch.look()
        return " ".join(name.removeprefix("disk-") for name in self.alarms.current())


@pytest.mark.parametrize(
    ("which", "disk_of", "standing"),
    [
        # Small cards: the share decides, every rung stands.
        ("16 GB card", kept(0.79, CARD_16_GB), ""),
        ("16 GB card", kept(0.81, CARD_16_GB), "80"),
        ("16 GB card", kept(0.89, CARD_16_GB), "80"),
        ("16 GB card", kept(0.91, CARD_16_GB), "80 90"),
        ("16 GB card", kept(0.94, CARD_16_GB), "80 90"),
        ("16 GB card", kept(0.96, CARD_16_GB), "80 90 95"),
        ("16 GB card, nothing left", (CARD_16_GB, 0), "80 90 95"),
        ("32 GB card", kept(0.79, CARD_32_GB), ""),
        ("32 GB card", kept(0.81, CARD_32_GB), "80"),
        ("32 GB card", kept(0.91, CARD_32_GB), "80 90"),
        ("32 GB card", kept(0.96, CARD_32_GB), "80 90 95"),
        # Tiny disks, down to a RAM disk.
        ("512 MB", kept(0.79, GIB // 2), ""),
        ("512 MB", kept(0.81, GIB // 2), "80"),
        ("1 MB", kept(0.91, 1 << 20), "80 90"),
        ("1 MB", kept(0.96, 1 << 20), "80 90 95"),
        ("no file system at all", (0, 0), "80 90 95"),
        # A share that is reached to the block.
        ("100 blocks", (100 * BLOCK, 20 * BLOCK), "80"),
        ("100 blocks", (100 * BLOCK, 10 * BLOCK), "80 90"),
        ("100 blocks", (100 * BLOCK, 5 * BLOCK), "80 90 95"),
        # Where share and bytes meet: 40 GiB.
        ("40 GiB", (40 * GIB, 8 * GIB), ""),
        ("40 GiB", (40 * GIB, 8 * GIB - BLOCK), "80"),
        ("40 GiB", (40 * GIB, 4 * GIB), "80"),
        ("40 GiB", (40 * GIB, 4 * GIB - BLOCK), "80 90"),
        ("40 GiB", (40 * GIB, 2 * GIB), "80 90"),
        ("40 GiB", (40 * GIB, 2 * GIB - BLOCK), "80 90 95"),
        # Large disks: what is left decides, whatever the share.
        ("100 GiB, 87 % full", kept(0.87, 100 * GIB), ""),
        ("100 GiB, 91 % full", kept(0.91, 100 * GIB), ""),
        ("100 GiB, 93 % full", kept(0.93, 100 * GIB), "80"),
        ("100 GiB, 97 % full", kept(0.97, 100 * GIB), "80 90"),
        ("100 GiB, 99 % full", kept(0.99, 100 * GIB), "80 90 95"),
        ("2 TiB, 99 % full", kept(0.99, 2048 * GIB), ""),
        ("2 TiB, 5 GiB left", (2048 * GIB, 5 * GIB), "80"),
        ("2 TiB, 1 GiB left", (2048 * GIB, GIB), "80 90 95"),
        # Less than 8 GiB left, but the card is not full.
        ("8 GB card, new", (7 * GIB, 6 * GIB), ""),
    ],
)
def test_an_alarm_stands_where_the_share_is_reached_and_little_is_left(
    which: str, disk_of: tuple[int, int], standing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Watched(tmp_path, monkeypatch).look(*disk_of) == standing, which


def test_what_only_root_may_write_is_neither_taken_nor_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(tmp_path, monkeypatch)
    assert watched.look(GIB, 180 << 20, of_root=100 << 20) == "80"  # 744 of 924 MiB
    assert watched.look(GIB, 190 << 20, of_root=124 << 20) == ""  # 710 of 900 MiB


def test_each_rung_is_logged_once_and_the_highest_alone_is_told_with_what_is_left_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "heard.store")
    watched = Watched(tmp_path, monkeypatch)
    told = []
    for share in (0.79, 0.81, 0.88, 0.88, 0.91, 0.96, 0.97, 0.91, 0.5):
        watched.look(*kept(share, CARD_16_GB))
        told.append({name: str(text).partition(" left")[0][-6:] for name, text in watched.told.items()})
        assert watched.told == watched.alarms.told(), share
    assert told == [
        {},
        {"disk-80": "2.9 GB"},
        {"disk-80": "1.8 GB"},
        {"disk-80": "1.8 GB"},
        {"disk-90": "1.4 GB"},
        {"disk-95": "614 MB"},
        {"disk-95": "461 MB"},
        {"disk-90": "1.4 GB"},
        {},
    ]
    assert watched.posted == [
        *("disk-80", "disk-80"),  # what is left has changed; the third look finds nothing new
        *("no disk-80", "disk-90"),
        *("no disk-90", "disk-95"),
        "disk-95",
        *("disk-90", "no disk-95"),
        "no disk-90",
    ]
    assert [record.getMessage()[:13] for record in caplog.records] == [
        *("disk-80: the ", "disk-90: the ", "disk-95: the "),
        *("over: disk-95", "over: disk-80", "over: disk-90"),
    ]


def test_a_rung_says_how_much_is_left_and_in_how_grave_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(tmp_path, monkeypatch)
    watched.look(*kept(0.9, CARD_16_GB))
    said = watched.alarms.current()["disk-90"]
    assert said == f"the disk of {tmp_path} is 90% full, 1.5 GB left: make room"
    assert "1.5 GB" in said.text["ar"]
    watched.look(*kept(0.96, CARD_16_GB))
    assert "is 96% full, 614 MB left: orders soon" in watched.alarms.current()["disk-95"]


@pytest.mark.parametrize(
    "looks",
    [
        # (whole, left), whether the ballast lies there afterwards
        [
            (kept(0.79, CARD_16_GB), True),
            (kept(0.91, CARD_16_GB), True),
            (kept(0.96, CARD_16_GB), False),
            (kept(0.91, CARD_16_GB), False),  # room for orders first: it comes back below 90 %
            (kept(0.89, CARD_16_GB), True),
        ],
        [(kept(0.96, 500 * GIB), True)],  # 20 GiB are left
        [(kept(0.995, 500 * GIB), False)],
        [((GIB, 256 << 20), False)],  # it would take a quarter of what is left
        [((GIB, (256 << 20) + BLOCK), True), ((GIB, 200 << 20), True)],
    ],
)
def test_the_ballast_is_made_where_there_is_room_and_given_back_on_the_last_rung(
    looks: list[tuple[tuple[int, int], bool]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    monkeypatch.setattr(os, "posix_fallocate", lambda fd, start, size: made.append((start, size)))
    watched = Watched(tmp_path, monkeypatch, BALLAST)
    for disk_of, there in looks:
        watched.look(*disk_of)
        assert watched.ballast.exists() is there, disk_of
    assert set(made) <= {(0, BALLAST)}


def test_the_ballast_takes_its_bytes_and_a_hub_without_one_makes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for size in (0, BLOCK):
        watched = Watched(tmp_path, monkeypatch, size)
        watched.look(*kept(0.5, CARD_16_GB))
        assert watched.ballast.exists() is bool(size)
    assert watched.ballast.stat().st_blocks * 512 == BLOCK


def test_how_full_this_machine_is_matters_to_no_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alarms = Alarms(lambda call, *arguments: call(*arguments))
    full = [BLOCK, BLOCK, 100, 0, 0, 9, 9, 9, 0, 255]
    monkeypatch.setattr(os, "statvfs", lambda _path: os.statvfs_result(full))
    disk.Disk(DataDir(tmp_path), 0, alarms).look()
    assert alarms.current() == {}


def test_the_data_file_is_kept_longer_than_what_is_used_where_the_disk_has_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = disk.Disk(DataDir(tmp_path), 0, Alarms(lambda call, *arguments: call(*arguments)))
    data = tmp_path / "store" / "data.mdb"
    watch.make_room(4096, 1 << 20)  # no store yet: nothing is made
    data.parent.mkdir()
    data.write_bytes(b"x" * 4096)
    sizes = []
    for used in (4096, 400 << 10, 600 << 10, 700 << 10):
        watch.make_room(used, 1 << 20)
        sizes.append(data.stat().st_size)
    assert sizes == [4096 + (1 << 20)] * 2 + [(600 << 10) + (1 << 20)] * 2
    assert data.read_bytes()[:4097] == b"x" * 4096 + b"\0"
    monkeypatch.setattr(disk.Disk, "free_bytes", lambda _self: 7 << 20)
    watch.make_room(2 << 20, 1 << 20)
    assert data.stat().st_size == sizes[-1]
