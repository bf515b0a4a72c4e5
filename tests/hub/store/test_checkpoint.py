"""A commit lies in the write-ahead file until a checkpoint brings it into the tables; nobody can tell the difference."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import lmdb
import pytest

from heard.errors import UserError
from heard.order import Order, OrderState
from hub.core.outbox import OrderSyncState, Settle
from hub.store import opening, view, wal
from hub.store.backup import list_backups, make_backup
from hub.store.check import check
from hub.store.child import Child
from hub.store.inline import InlineLmdbStore
from hub.store.layout import DataDir, data_file
from hub.store.options import StoreOptions
from hub.store.overlay import Writes
from hub.store.reader import Reader
from hub.store.seam import Committed, OutcomeUnknown, StoreUnavailable
from hub.store.view import open_view, waiting_rows
from hub.store.wal import BLOCK, RECORDS_AT, Position, wal_file
from hub.store.writer import AHEAD_ROWS_MAX, GroupLost, Writer
from tests.hub.store.making import (
    SMALL,
    Submission,
    a_paper,
    change,
    changed_outbox,
    delete,
    hold,
    numbers,
    pick_up,
)

DAY = "2026-11-23"


class Opened:
    """The stores of one test, the last of them in use."""

    def __init__(self, place: Path, options: StoreOptions = SMALL) -> None:
        self.files = DataDir(place)
        self.open(options)

    def open(self, options: StoreOptions = SMALL) -> InlineLmdbStore:
        self.store = InlineLmdbStore.open_here(self.files.root, options)
        return self.store

    def do(self, *submissions: Submission) -> list[Committed | Exception]:
        """Each in a commit of its own."""
        found: list[Committed | Exception] = []
        for submission in submissions:
            self.store.submit_soon(*submission, found.append)
            while self.store.step():
                pass
        return found

    def checkpoint(self) -> None:
        self.store.keep_up()

    @property
    def transactions(self) -> int:
        """Commits of LMDB."""
        return int(self.store._opened.env.info()["last_txnid"])

    def in_tables(self) -> list[str]:
        """The orders that the tables alone would show."""
        opened = self.store._opened
        return numbers(Reader(opened.env, opened.tables).orders(b"open", b"closed"))


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Opened]:
    opened = Opened(tmp_path)
    opened.checkpoint()
    yield opened
    opened.store.stop()


def test_a_commit_is_one_flush_and_the_tables_get_many_at_once(
    hub: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushes: list[int] = []
    monkeypatch.setattr(wal, "flush", flushes.append)
    before = hub.transactions
    hub.do(*(hold(f"o{n}") for n in range(5)))
    assert len(flushes) == 5
    assert hub.transactions == before
    assert hub.in_tables() == []
    hub.checkpoint()
    assert hub.transactions == before + 1
    assert hub.in_tables() == [f"o{n}" for n in range(5)]
    hub.checkpoint()
    assert hub.transactions == before + 1, "where nothing is behind, nothing is written"
    assert hub.store.stats.checkpoints == 2


def test_all_reads_are_the_same_before_and_after_the_tables_have_it(hub: Opened) -> None:
    hub.do(hold("open"), hold("closed"), hold("gone"), hold("back"), pick_up("closed"), pick_up("back"))
    hub.checkpoint()
    hub.do(
        pick_up("open"),
        change("back", state=OrderState.STARTED),
        delete("gone"),
        hold("new"),
        change("closed", guest="Zoë"),
        changed_outbox(Settle("order/closed", 3, OrderSyncState.SYNCED), a_paper("p1")),
    )
    store = hub.store
    paper = a_paper("p1")

    def seen() -> dict[str, object]:
        book = store.outbox
        return {
            "open": numbers(store.open_orders()),
            "recall": [one.order_id for one in store.closed_orders(DAY)],
            "found": [one.order_id for one in store.closed_orders(DAY, search="zoë")],
            "gone": store.get("order/gone"),
            "closed": store.get("order/closed"),
            "log": store._reader.log(0, 99, 99),
            "newest": store._reader.newest_log(2),
            "live": list(book.live(0)),
            "count": book.count(),
            "row": book.get("order/closed"),
            "paper": book.paper(paper.key),
            "day": (book.closed_on(DAY), book.papers_of(DAY), book.order("open"), book.order("gone")),
        }

    ahead = seen()
    assert ahead["open"] == ["back", "new"]
    assert ahead["gone"] is None
    assert ahead["paper"] == paper
    assert hub.in_tables() == ["back", "closed", "gone", "open"]
    hub.checkpoint()
    assert hub.in_tables() == ["back", "closed", "new", "open"]
    assert seen() == ahead


def test_the_group_that_finds_the_tables_too_far_behind_brings_them_up(hub: Opened) -> None:
    before = hub.transactions
    count = 0
    while hub.transactions == before:
        hub.do(hold(f"o{count}"))
        count += 1
    assert count > 10
    assert len(hub.in_tables()) == count, "with itself"
    assert count < AHEAD_ROWS_MAX
    assert len(hub.store.open_orders()) == count


def test_a_killed_hub_finds_in_the_file_what_its_tables_have_not_got(hub: Opened) -> None:
    hub.do(hold("o1"), hold("o2"), pick_up("o1"))
    hub.store.note("heard", "o2/grill", b"1")
    hub.do(change("o2", table="7"))
    rev = hub.store.rev
    hub.store.crash()
    store = hub.open()
    assert store.epoch.n == 1
    assert store.alarms.current() == {}
    assert (store.rev, numbers(store.open_orders())) == (rev, ["o2"])
    assert store.notes("heard") == [("o2/grill", b"1")]
    assert hub.in_tables() == ["o1", "o2"]
    hub.do(hold("o3"))
    hub.store.crash()
    assert numbers(hub.open().open_orders()) == ["o2", "o3"], "a second time too"


def test_a_store_that_was_stopped_is_its_tables_alone(hub: Opened) -> None:
    hub.do(hold("o1"))
    hub.store.stop()
    wal_file(hub.files.store).unlink()
    store = hub.open()
    assert (store.epoch.n, numbers(store.open_orders()), store.alarms.current()) == (1, ["o1"], {})


@pytest.mark.parametrize(
    ("harm", "left", "says"),
    [
        ("damaged", ["o1", "o2", "o3"], "commit 2 does not read back"),
        ("gone", ["o1", "o2"], "its write-ahead file is gone"),
        ("emptied", ["o1", "o2"], "its write-ahead file is cut off after 0 of"),
        ("a folder", ["o1", "o2"], "its write-ahead file cannot be read: Is a directory"),
    ],
)
def test_damage_in_the_file_costs_what_lies_behind_it_and_is_said(
    hub: Opened, harm: str, left: list[str], says: str
) -> None:
    hub.do(hold("o1"), hold("o2"))
    hub.checkpoint()
    hub.do(*(hold(f"o{n}") for n in range(3, 6)))
    hub.store.crash()
    file = wal_file(hub.files.store)
    if harm != "damaged":
        file.unlink()
        if harm == "emptied":
            file.touch()
        elif harm == "a folder":
            file.mkdir()
    else:
        content = bytearray(file.read_bytes())
        content[RECORDS_AT + BLOCK + 100] ^= 0xFF
        file.write_bytes(content)
        says = "commit 4 does not read back"
    report = check(hub.files.store, whole=True)
    assert (report.ok, report.cut) == (False, True)
    assert says in report.what
    store = hub.open()
    assert store.epoch.n == 2, "screens and tills must know that something is missing"
    assert numbers(store.open_orders()) == left
    assert says in str(store.alarms.current()["store-replaced"])
    assert len(list(hub.files.set_aside.iterdir())) == 1


def test_a_disk_that_has_no_room_at_the_start_serves_what_the_file_has(
    hub: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.do(hold("o1"), hold("o2"))
    hub.store.crash()

    def full(*_arguments: object) -> int:
        raise lmdb.DiskError("mdb_txn_commit: No space left on device")

    def no_room(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(opening, "apply_waiting", full)
        for name in ("write_marker", "risen", "offer_again"):  # nothing is written by what the tables say
            patch.setattr(opening, name, no_room)
        store = hub.open()
    assert numbers(store.open_orders()) == ["o1", "o2"]
    assert list(store.alarms.current()) == ["marker"]
    assert hub.in_tables() == []
    hub.store.crash()
    with monkeypatch.context() as patch:
        patch.setattr(opening, "apply_waiting", full)
        store = hub.open()
    assert numbers(store.open_orders()) == ["o1", "o2"], "the file is as it was"
    hub.do(hold("o3"))
    assert hub.in_tables() == ["o1", "o2", "o3"]
    hub.store.crash()
    assert numbers(hub.open().open_orders()) == ["o1", "o2", "o3"]


def test_a_checkpoint_without_room_loses_nothing_and_takes_nothing_new(
    hub: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.do(hold("o1"))

    def full(*_arguments: object, **_named: object) -> None:
        raise lmdb.DiskError("mdb_txn_commit: No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "_put", full)
        hub.checkpoint()
        assert "no-space" in hub.store.alarms.current()
        assert isinstance(hub.do(hold("o2"))[0], StoreUnavailable)
        assert numbers(hub.store.open_orders()) == ["o1"]
    hub.checkpoint()
    hub.store._upkeep._watch_space()
    assert "no-space" not in hub.store.alarms.current(), "without an order too"
    assert isinstance(hub.do(hold("o3"))[0], Committed)
    hub.checkpoint()
    assert hub.in_tables() == ["o1", "o3"]
    hub.store.crash()
    assert numbers(hub.open().open_orders()) == ["o1", "o3"]


def test_a_flush_that_fails_ends_the_hub_and_answers_nobody(
    hub: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Exception] = []
    hub.store.on_broken(told.append)

    def fails(_fd: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(wal, "flush", fails)
        assert isinstance(hub.do(hold("o1"))[0], OutcomeUnknown)
    assert [type(one) for one in told] == [OutcomeUnknown]
    hub.store.crash()
    assert numbers(hub.open().open_orders()) in ([], ["o1"])


def test_a_look_from_beside_is_at_what_was_just_committed(hub: Opened) -> None:
    hub.do(hold("o1"))
    hub.checkpoint()
    hub.do(hold("o2"), pick_up("o1"))
    opened = hub.store._opened
    file = wal_file(hub.files.store)
    beside = Reader(opened.env, opened.tables, partial(waiting_rows, opened.env, opened.tables, file))
    assert beside.state().rev == hub.store.rev
    assert numbers(beside.orders(b"open")) == ["o2"]
    hub.checkpoint()
    hub.do(pick_up("o2"))
    assert numbers(beside.orders(b"open")) == [], "each look is at now"
    hub.store.crash()
    with open_view(hub.files.root) as view:
        assert [one.order_id for one in view.reader.newest_closed(9)] == ["o2", "o1"]
    hub.open()


def test_a_backup_beside_a_hub_has_what_was_just_committed(hub: Opened) -> None:
    hub.do(hold("o1"))
    hub.checkpoint()
    hub.do(hold("o2"), pick_up("o1"))
    child = Child("hub.store.backup")
    child.start(str(hub.files.root))
    running = child._running
    assert running is not None
    running.wait(30)
    assert child.ended() == ""
    (made,) = list_backups(hub.files.backups)
    assert made.rev == hub.store.rev
    with open_view(made.path) as view:
        assert numbers(view.reader.orders(b"open", b"closed")) == ["o1", "o2"]


def test_a_backup_of_a_killed_hub_whose_file_is_damaged_is_refused_with_words(hub: Opened) -> None:
    hub.do(hold("o1"))
    hub.store.crash()
    wal_file(hub.files.store).unlink()
    with pytest.raises(UserError, match="write-ahead file is gone") as caught:
        make_backup(hub.files.store, hub.files.backups)
    assert "start its hub" in str(caught.value.hint)
    hub.open()


def test_a_look_that_the_hub_wrote_over_begins_anew(hub: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.do(hold("o1"))
    opened = hub.store._opened
    file = wal_file(hub.files.store)
    real = wal.waiting
    passed: list[Position] = []

    def overtaken(path: Path, position: Position) -> Iterator[Writes]:
        if not passed:
            passed.append(position)
            hub.checkpoint()
            hub.do(hold("o2"))
        return real(path, position)

    monkeypatch.setattr(view, "waiting", overtaken)
    beside = Reader(opened.env, opened.tables, partial(waiting_rows, opened.env, opened.tables, file))
    assert numbers(beside.orders(b"open")) == ["o1", "o2"]


def test_a_full_map_grows_before_the_tables_are_brought_up(tmp_path: Path) -> None:
    tiny = replace(SMALL, map_bytes=1 << 20, map_bytes_max=16 << 20, wal_bytes=2 << 20)
    hub = Opened(tmp_path, tiny)
    hub.checkpoint()
    hub.do(*(hold(f"o{n}", guest="x" * 60_000) for n in range(9)))
    hub.store.crash()
    hub.open(tiny)
    assert len(hub.in_tables()) == 9
    hub.checkpoint()
    hub.do(*(hold(f"p{n}", guest="x" * 60_000) for n in range(9)))
    for _ in range(5):
        hub.checkpoint()
    assert len(hub.in_tables()) == 18, "no order has to come for it"
    hub.store.stop()


def test_a_copied_folder_of_a_killed_hub_opens_whole(hub: Opened, tmp_path: Path) -> None:
    hub.do(hold("o1"))
    hub.store.crash()
    shutil.copytree(hub.files.store, tmp_path / "copy" / "store")
    copy = InlineLmdbStore.open_here(tmp_path / "copy", SMALL)
    assert isinstance(copy.get("order/o1"), Order)
    copy.stop()
    (tmp_path / "alone").mkdir()
    shutil.copyfile(data_file(tmp_path / "copy" / "store"), tmp_path / "alone" / "data.mdb")
    assert check(tmp_path / "alone", whole=True).ok
    hub.open()


@pytest.mark.parametrize("why", ["not wanted", "no room"])
def test_without_a_file_every_commit_goes_into_the_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    def full(*_arguments: object) -> int:
        raise OSError(28, "No space left on device")

    options = replace(SMALL, wal_bytes=0) if why == "not wanted" else SMALL
    if why == "no room":
        monkeypatch.setattr(wal, "_made", full)
    hub = Opened(tmp_path, options)
    said = [str(text) for text in hub.store.alarms.current().values()]
    assert said == [] if why == "not wanted" else "No space left on device" in said[0]
    before = hub.transactions
    hub.do(hold("o1"), hold("o2"))
    assert hub.transactions == before + 2
    assert hub.in_tables() == ["o1", "o2"]
    hub.store.crash()
    hub.open(options)
    assert (hub.store.epoch.n, numbers(hub.store.open_orders())) == (1, ["o1", "o2"])
    hub.store.stop()


def test_a_lost_group_is_in_no_layer(hub: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.do(hold("o1"))
    with monkeypatch.context() as patch:
        patch.setattr(wal.Wal, "append", lambda _self, _writes: False)

        def lost(*_arguments: object, **_named: object) -> None:
            raise GroupLost("no space", map_full=False)

        patch.setattr(Writer, "write", lost)
        assert isinstance(hub.do(hold("o2"))[0], StoreUnavailable)
    hub.checkpoint()
    assert hub.in_tables() == ["o1"]
