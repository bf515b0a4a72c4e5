"""A bad store is found before it serves: each way to be bad, with and without a backup; and a good one opens fast.

Longer than a room: one sound store, and every way in which it can be damaged.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from heard.errors import UserError
from heard.revision import Epoch
from hub.store import opening, record
from hub.store.backup import list_backups, make_backup, rotate
from hub.store.check import check, check_in_child
from hub.store.codec import LogRecord, encode_log
from hub.store.env import open_env, open_tables
from hub.store.layout import LOG, META, SCHEMA, SCHEMA_KEY, STATE_KEY, DataDir, State, data_file, log_key
from hub.store.lmdb_store import LmdbStore
from hub.store.marker import Marker, read_marker, write_marker
from hub.store.record import seal
from tests.hub.store.making import SMALL, hold, numbers

Damage = Callable[[DataDir, Path], None]


def live(files: DataDir) -> Path:
    return data_file(files.store)


def empty(files: DataDir, _old: Path) -> None:
    live(files).write_bytes(b"")


def missing(files: DataDir, _old: Path) -> None:
    shutil.rmtree(files.store)


def cut_off(files: DataDir, _old: Path) -> None:
    data = live(files).read_bytes()
    live(files).write_bytes(data[: len(data) // 2 // 4096 * 4096])


def cut_in_the_metas(files: DataDir, _old: Path) -> None:
    live(files).write_bytes(live(files).read_bytes()[:5000])


def meta_zeroed(number: int) -> Damage:
    def damage(files: DataDir, _old: Path) -> None:
        with live(files).open("r+b") as file:
            file.seek(number * 4096)
            file.write(bytes(4096))

    return damage


def bit_flipped(files: DataDir, _old: Path) -> None:
    """In every copy of an open order's text that the file has."""
    data = bytearray(live(files).read_bytes())
    at = data.find(b"guest-of-o1")
    assert at > 0
    while at > 0:
        data[at] ^= 4
        at = data.find(b"guest-of-o1", at)
    live(files).write_bytes(data)


def old_copy(files: DataDir, old: Path) -> None:
    shutil.copyfile(data_file(old), live(files))


def other_store(files: DataDir, _old: Path) -> None:
    place = files.root / "other"

    served(place, 20)
    shutil.copyfile(live(DataDir(place)), live(files))
    shutil.rmtree(place)


def no_store_at_all(files: DataDir, _old: Path) -> None:
    live(files).write_bytes(b"\0" * 100_000)


DAMAGES: dict[str, tuple[Damage, str]] = {
    "0 bytes": (empty, "empty (0 bytes)"),
    "missing": (missing, "missing"),
    "cut off": (cut_off, "cut off"),
    "cut in the metas": (cut_in_the_metas, "cut off"),
    "first meta zeroed": (meta_zeroed(0), "damaged"),
    "second meta zeroed": (meta_zeroed(1), "damaged"),
    "bit flip": (bit_flipped, "CRC"),
    "old copy": (old_copy, "old copy"),
    "another store": (other_store, "another store"),
    "zeros": (no_store_at_all, "damaged"),
}


def served(data: Path, count: int = 0, first: int = 0, beside: Callable[[], None] | None = None) -> Seen:
    """A hub's life on this folder: opens, holds `count` orders o<first>…, closes; `beside` runs before the close."""

    async def life() -> Seen:
        store = await LmdbStore.open(data, SMALL)
        try:
            for n in range(first, first + count):
                await store.submit(*hold(f"o{n}", guest=f"guest-of-o{n}"))
            if beside is not None:
                await asyncio.to_thread(beside)
            orders = numbers(store.open_orders())
            return Seen(store.store_id, store.epoch, store.rev, orders, dict(store.alarms.current()))
        finally:
            await store.close()

    return asyncio.run(life())


@dataclasses.dataclass(frozen=True)
class Seen:
    """What a hub served."""

    store_id: str
    epoch: Epoch
    rev: int
    orders: list[str]
    alarms: dict[str, str]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of 8 orders with a backup at 6, and an old copy of the store at 3 in `old`."""
    place = tmp_path_factory.mktemp("sound")
    files = DataDir(place / "data")
    served(files.root, 3)
    shutil.copytree(files.store, place / "old")
    served(files.root, 3, 3)
    make_backup(files.store, files.backups)
    served(files.root, 2, 6)
    return place


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Path:
    """A copy of `sound` to damage."""
    shutil.copytree(sound, tmp_path, dirs_exist_ok=True)
    return tmp_path


def damaged(copy: Path, damage: Damage, *, backup: bool) -> DataDir:
    files = DataDir(copy / "data")
    if not backup:
        shutil.rmtree(files.backups)
    damage(files, copy / "old")
    return files


@pytest.mark.parametrize("name", DAMAGES)
def test_a_bad_store_is_set_aside_and_the_newest_backup_serves_in_a_new_epoch(name: str, copy: Path) -> None:
    damage, why = DAMAGES[name]
    files = damaged(copy, damage, backup=True)
    before = read_marker(files.marker)
    assert before is not None
    was = live(files).read_bytes() if live(files).exists() else None

    seen = served(files.root, 1, 50)
    assert seen.orders == sorted([*(f"o{n}" for n in range(6)), "o50"])
    assert (seen.store_id, seen.epoch.n, seen.rev) == (before.store_id, 2, 7)
    assert seen.epoch.random != before.epoch_random
    assert why in seen.alarms["store-replaced"]
    aside = list(files.set_aside.glob("*/data.mdb"))
    if was is not None:
        assert [one.read_bytes() for one in aside] == [was], "the bad store must be kept as it was"

    again = served(files.root)
    assert (again.epoch, again.orders) == (seen.epoch, seen.orders), "the next start is an ordinary one"
    assert "store-replaced" not in again.alarms


@pytest.mark.parametrize("name", [name for name in DAMAGES if name != "old copy"])
def test_without_a_backup_it_does_not_start_and_touches_nothing(name: str, copy: Path) -> None:
    damage, why = DAMAGES[name]
    files = damaged(copy, damage, backup=False)
    was = live(files).read_bytes() if live(files).exists() else None
    with pytest.raises(UserError, match="no verified backup") as caught:
        served(files.root)
    assert caught.value.exit_code == 1
    assert why in caught.value.what
    assert "heard restore" in caught.value.hint
    assert (live(files).read_bytes() if live(files).exists() else None) == was
    assert not files.set_aside.exists()


WRITES = """
import asyncio, sys
from hub.store.lmdb_store import LmdbStore
from tests.hub.store.making import SMALL, hold

async def life(place):
    store = await LmdbStore.open(place, SMALL)
    for n in range(100):
        await store.submit(*hold(f"late{n}"))
    await store.close()
    print(sum(1 for order in store.open_orders() if order.order_id.startswith("o")))

for place in sys.argv[1:]:
    asyncio.run(life(place))
"""


def test_a_file_that_is_cut_off_is_found_or_can_be_written(copy: Path, tmp_path: Path) -> None:
    """No table reaches the list of free pages: a hub that missed a page of it would be killed by its first order."""
    data = live(DataDir(copy / "data")).read_bytes()
    passed: list[str] = []
    for pages in range(len(data) // 4096 - 1, len(data) // 4096 // 2, -1):
        place = DataDir(tmp_path / f"cut{pages}")
        place.store.mkdir(parents=True)
        live(place).write_bytes(data[: pages * 4096])
        if check_in_child(place.store, whole=False).ok:
            passed.append(str(place.root))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", WRITES, *passed], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.split()) == (0, ["8"] * len(passed)), done.stderr[-500:]


def test_an_old_copy_that_is_whole_serves_in_a_new_epoch_when_nothing_reaches_further(copy: Path) -> None:
    files = damaged(copy, old_copy, backup=False)
    seen = served(files.root)
    assert (seen.orders, seen.epoch.n) == (["o0", "o1", "o2"], 2)
    assert "old copy" in seen.alarms["store-replaced"]


def test_a_damaged_backup_is_passed_over(copy: Path) -> None:
    files = damaged(copy, bit_flipped, backup=True)
    newest = files.backups / "20990101T000000Z-epoch1-rev7"
    shutil.copytree(list_backups(files.backups)[0].path, newest)
    about = json.loads((newest / "backup.json").read_text())
    (newest / "backup.json").write_text(json.dumps({**about, "rev": 7}))
    data = bytearray(data_file(newest).read_bytes())
    data[data.find(b"guest-of-o2")] ^= 1
    data_file(newest).write_bytes(data)
    assert len(served(files.root).orders) == 6


def test_what_nothing_ever_was_in_becomes_a_new_store(tmp_path: Path) -> None:
    seen = served(tmp_path / "a" / "b")
    assert (seen.epoch.n, seen.rev, seen.orders) == (1, 0, [])
    assert served(tmp_path / "c").store_id != seen.store_id


@pytest.mark.parametrize("left", ["marker.json", "backups", "set-aside"])
def test_a_folder_with_traces_of_a_store_never_becomes_an_empty_one(left: str, copy: Path) -> None:
    files = DataDir(copy / "data")
    files.set_aside.mkdir()
    for place in files.root.iterdir():
        if place.name != left:
            shutil.rmtree(place) if place.is_dir() else place.unlink()
    if left == "backups":
        assert len(served(files.root).orders) == 6
        return
    with pytest.raises(UserError, match="no verified backup"):
        served(files.root)
    assert not files.store.exists()


def test_a_power_cut_between_the_two_renames_of_a_swap_is_finished(copy: Path) -> None:
    files = DataDir(copy / "data")
    other = served(copy / "other", 5)
    shutil.rmtree(files.store)
    shutil.copytree(copy / "other" / "store", files.next_store)
    seen = served(files.root)
    assert seen.store_id == other.store_id, (
        "what was to come into place, although the marker is the old store's"
    )
    assert len(seen.orders) == 5


def test_leftovers_of_interrupted_copies_are_removed(copy: Path) -> None:
    files = DataDir(copy / "data")
    for left in (files.root / "store.making-1", files.next_store, files.backups / ".making-2"):
        left.mkdir(parents=True)
        (left / "data.mdb").write_bytes(b"half")
    served(files.root)
    assert sorted(one.name for one in files.root.iterdir()) == ["backups", "hub.lock", "marker.json", "store"]
    assert len(list(files.backups.iterdir())) == 1


def test_the_marker_is_a_lower_bound(tmp_path: Path) -> None:
    path = tmp_path / "marker.json"
    found: list[Marker | None] = []
    served(tmp_path, 3, beside=lambda: found.append(read_marker(path)))
    assert found[0] is not None
    assert (found[0].rev, found[0].clean) == (0, False), "written at start"
    marker = read_marker(path)
    assert marker is not None
    assert (marker.rev, marker.epoch_n, marker.clean) == (3, 1, True)
    write_marker(path, dataclasses.replace(marker, rev=1))
    seen = served(tmp_path)
    assert (seen.epoch.n, len(seen.orders)) == (1, 3), "a store ahead of its marker is a good one"


def test_a_damaged_marker_is_said_and_does_not_stop_the_hub(copy: Path) -> None:
    path = copy / "data" / "marker.json"
    path.write_text(path.read_text().replace('"rev": 8', '"rev": 9'))
    with pytest.raises(ValueError, match="CRC"):
        read_marker(path)
    seen = served(copy / "data")
    assert "marker" in seen.alarms
    assert len(seen.orders) == 8


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"crc": 1}', "\x00\x00"])
def test_a_file_that_is_no_marker_is_an_error(content: str, tmp_path: Path) -> None:
    (tmp_path / "marker.json").write_text(content)
    with pytest.raises(ValueError, match=r"."):
        read_marker(tmp_path / "marker.json")


def test_markers_come_back(tmp_path: Path) -> None:
    marker = Marker("id", 3, 2**64 - 1, 99, 5, clean=True)
    write_marker(tmp_path / "m", marker)
    assert read_marker(tmp_path / "m") == marker
    assert read_marker(tmp_path / "none") is None
    assert [one.name for one in tmp_path.iterdir()] == ["m"]


def test_a_store_of_a_newer_hub_is_refused_and_left_alone(copy: Path) -> None:
    env = open_env(copy / "data" / "store")
    meta = env.open_db(META, create=False)
    with env.begin(write=True) as txn:
        txn.put(SCHEMA_KEY, str(SCHEMA + 1).encode(), db=meta)
    env.close()
    with pytest.raises(UserError, match="newer hub") as caught:
        served(copy / "data")
    assert caught.value.exit_code == 1
    assert not (copy / "data" / "set-aside").exists()


def write_log(data: Path, revs: range, state_rev: int) -> None:
    env = open_env(data / "store")
    tables = open_tables(env, create=False)
    body = encode_log(LogRecord(1, "order/o0", b"x" * 700, frozenset({"expo"}), frozenset({"expo"})))
    rows = [(key := log_key(rev, 0), seal(key, body)) for rev in revs]
    with env.begin(write=True) as txn, txn.cursor(tables[LOG]) as cursor:
        cursor.putmulti(rows, append=True)
        txn.put(STATE_KEY, State(state_rev, 0, 1).to_record(), db=tables[META])
    env.close()


def test_a_log_that_goes_further_than_the_state_is_bad(copy: Path) -> None:
    write_log(copy / "data", range(15, 16), state_rev=9)
    report = check_in_child(copy / "data" / "store", whole=False)
    assert not report.ok
    assert "revision 15" in report.what


def test_a_hundred_thousand_log_entries_cost_the_start_no_record_more(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the start reads is counted, by the child that checks and by the hub; `make bench` times it (goal 7)."""
    read = 0

    def counted(body: bytes, start: int = 0) -> int:
        nonlocal read
        read += 1
        return zlib.crc32(body, start)

    monkeypatch.setattr(record, "crc32", counted)

    def cost() -> tuple[int | None, int]:
        before = read
        checked = check(copy / "data" / "store", whole=False).records
        served(copy / "data")
        return checked, read - before

    served(copy / "data")  # what a first life does once is done
    few = cost()
    assert all(few)
    write_log(copy / "data", range(9, 100_009), state_rev=100_008)
    assert cost() == few


def test_backups_are_verified_listed_and_rotated(copy: Path) -> None:
    files = DataDir(copy / "data")
    assert make_backup(files.store, files.backups).rev == 8
    assert [one.rev for one in list_backups(files.backups)] == [8, 6]
    for rev, made_ms in ((3, 1), (4, 2), (5, 3)):
        shutil.copytree(list_backups(files.backups)[0].path, files.backups / f"old-{rev}")
        about = json.loads((files.backups / f"old-{rev}" / "backup.json").read_text())
        text = json.dumps({**about, "rev": rev, "made_wall_ms": made_ms})
        (files.backups / f"old-{rev}" / "backup.json").write_text(text)
    assert [one.rev for one in list_backups(files.backups)] == [8, 6, 5, 4, 3]
    assert [one.name for one in rotate(files.backups, 3)] == ["old-4", "old-3"]
    assert [one.name for one in rotate(files.backups, 0)] == ["old-5"], "two are kept whatever was asked for"
    for one in list_backups(files.backups):
        assert check_in_child(one.path, whole=True).rev == one.rev
        assert json.loads((one.path / "backup.json").read_text())["records"] > 6


def test_a_backup_of_a_damaged_store_is_not_kept(copy: Path) -> None:
    files = damaged(copy, bit_flipped, backup=False)
    with pytest.raises(UserError, match="does not read back"):
        make_backup(files.store, files.backups)
    assert list(files.backups.iterdir()) == []


def test_restore_puts_a_backup_in_place_with_the_hub_stopped(copy: Path) -> None:
    files = DataDir(copy / "data")
    backup = list_backups(files.backups)[0].path

    def while_it_runs() -> None:
        with pytest.raises(UserError, match="another process"):
            opening.restore(files, backup)

    served(files.root, beside=while_it_runs)
    assert "revision 6 as epoch 2" in opening.restore(files, backup)
    seen = served(files.root)
    assert (len(seen.orders), seen.epoch.n, seen.rev, seen.alarms) == (6, 2, 6, {})
    assert len(list(files.set_aside.glob("*-replaced/data.mdb"))) == 1
    assert "epoch 3" in opening.restore(files, backup), "above the highest seen, not above the backup's"


def test_a_bad_backup_is_not_restored(copy: Path) -> None:
    files = DataDir(copy / "data")
    (copy / "bad").mkdir()
    data_file(copy / "bad").write_bytes(live(files).read_bytes()[:30_000])
    with pytest.raises(UserError, match="cannot be restored"):
        opening.restore(files, copy / "bad")
    seen = served(files.root)
    assert (len(seen.orders), seen.epoch.n) == (8, 1)


def test_a_backup_brings_a_replaced_box_back(copy: Path) -> None:
    backup = list_backups(copy / "data" / "backups")[0]
    opening.restore(DataDir(copy / "new"), backup.path)
    seen = served(copy / "new")
    assert (seen.store_id, seen.epoch.n, len(seen.orders)) == (backup.store_id, 2, 6)


def test_a_backup_beside_a_running_hub_holds_what_was_committed(tmp_path: Path) -> None:
    files = DataDir(tmp_path)

    def backup() -> None:
        command = [sys.executable, "-m", "hub.store.backup", str(tmp_path)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        subprocess.run(command, env=environment, check=True, capture_output=True)

    served(tmp_path, 4, beside=backup)
    assert [one.rev for one in list_backups(files.backups)] == [4]
