"""The journal: on disk when it says so, seqs without gap, one process, and a damaged file that is never reused."""

import asyncio
import logging
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from heard.errors import LinkError, UserError
from heard.link import journal_store
from heard.link.journal_file import DOCUMENTS_PER_SAVE, JournalFile
from heard.link.journal_store import CLOCK_PLAUSIBLE_MS, KEPT_MS, Kept, RowState
from heard.order import Line, Order
from heard.revision import Epoch

WALL_MS = CLOCK_PLAUSIBLE_MS + 10 * KEPT_MS


@asynccontextmanager
async def opened(path: Path, device: str = "T1") -> AsyncIterator[JournalFile]:
    journal = await JournalFile.open(path, device=device)
    try:
        yield journal
    finally:
        await journal.close()


def execute(path: Path, statement: str, *values: object) -> list[tuple[object, ...]]:
    """One statement on the file by another connection, which is closed again."""
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement, values).fetchall()


async def append(journal: JournalFile, *commands: bytes) -> list[int]:
    return list(await asyncio.gather(*[journal.append(data, WALL_MS) for data in commands]))


async def test_seqs_have_no_gap_and_outlive_the_process(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    async with opened(path) as journal:
        incarnation = journal.incarnation
        assert await append(journal, b"a", b"b", b"c") == [1, 2, 3]
        journal.answered(1, RowState.ANSWERED)
    async with opened(path) as journal:
        assert journal.incarnation == incarnation
        kept = journal.kept
        assert (kept.oldest, kept.acked, kept.next_seq) == (1, 2, 4)
        assert kept.unanswered == ((2, b"b"), (3, b"c"))
        assert await append(journal, b"d") == [4]
        assert await journal.read(range(2, 5)) == [(2, b"b"), (3, b"c"), (4, b"d")]


async def test_an_append_is_on_disk_when_it_returns(tmp_path: Path) -> None:
    """A second reader cannot open the file meanwhile, so a copy of it as it lies there is opened."""
    path = tmp_path / "journal"
    async with opened(path) as journal:
        await append(journal, b"a")
        for suffix in ("", "-wal"):
            shutil.copy(f"{path}{suffix}", f"{tmp_path}/copy{suffix}")
        rows = execute(tmp_path / "copy", "SELECT seq, data FROM commands")
    assert rows == [(1, b"a")]


async def test_what_gathers_is_one_commit(tmp_path: Path) -> None:
    async with opened(tmp_path / "journal") as journal:
        commits = 0
        store: list[journal_store.JournalStore] = []

        def look(seen: journal_store.JournalStore) -> None:
            store.append(seen)

        await journal._call(look)
        store[0]._sql.set_trace_callback(lambda text: count(text))

        def count(text: str) -> None:
            nonlocal commits
            commits += text == "COMMIT"

        await append(journal, *[b"x"] * 100)
    assert 1 <= commits <= 20


async def test_told_runs_in_order_even_when_the_caller_has_gone(tmp_path: Path) -> None:
    async with opened(tmp_path / "journal") as journal:
        told: list[int] = []
        futures = [journal.append(b"x", WALL_MS, told.append) for _ in range(5)]
        futures[2].cancel()
        await asyncio.gather(*futures, return_exceptions=True)
        assert told == [1, 2, 3, 4, 5]


async def test_values_ride_with_the_command(tmp_path: Path) -> None:
    async with opened(tmp_path / "journal") as journal:
        await journal.append(b"x", WALL_MS, values={"numbers": "7"})
        journal.set_value("address", "127.0.0.1:1")
    async with opened(tmp_path / "journal") as journal:
        assert (journal.kept.values["numbers"], journal.kept.values["address"]) == ("7", "127.0.0.1:1")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"not a database at all" * 100),
        lambda path: path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 4096),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
    ],
    ids=["garbage", "bad page", "truncated"],
)
async def test_a_damaged_file_is_set_aside_and_a_new_incarnation_begins(
    tmp_path: Path, spoil: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "journal"
    async with opened(path) as journal:
        incarnation = journal.incarnation
        await append(journal, *[b"x" * 500] * 50)
    spoil(path)
    damaged = path.read_bytes()
    with caplog.at_level(logging.ERROR):
        async with opened(path) as journal:
            assert journal.incarnation != incarnation
            assert journal.kept.next_seq == 1
    assert "set aside as journal.bad-1" in caplog.text
    assert (tmp_path / "journal.bad-1").read_bytes() == damaged


async def test_two_processes_on_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal"
    program = (
        "import asyncio, sys, pathlib\n"
        "from heard.link.journal_file import JournalFile\n"
        "async def main():\n"
        "    journal = await JournalFile.open(pathlib.Path(sys.argv[1]), device='T1')\n"
        "    print('open', flush=True)\n"
        "    await asyncio.to_thread(sys.stdin.read)\n"
        "    await journal.close()\n"
        "asyncio.run(main())\n"
    )
    monkeypatch.setattr(journal_store, "BUSY_WAIT_S", 0.05)
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(path), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert other.stdout is not None
        assert await other.stdout.readline() == b"open\n"
        with pytest.raises(UserError, match="in use by another process") as caught:
            await JournalFile.open(path, device="T1")
        assert caught.value.exit_code == 1
    finally:
        await other.communicate(b"")
    async with opened(path):
        pass


async def test_what_cannot_be_used_says_why(tmp_path: Path) -> None:
    async with opened(tmp_path / "journal"):
        pass
    with pytest.raises(UserError, match="belongs to device T1, not to T2"):
        await JournalFile.open(tmp_path / "journal", device="T2")
    with pytest.raises(UserError, match="cannot be opened"):
        await JournalFile.open(tmp_path / "no" / "journal", device="T1")
    execute(tmp_path / "other", "CREATE TABLE t (x)")
    with pytest.raises(UserError, match="no journal of Heard"):
        await JournalFile.open(tmp_path / "other", device="T1")
    execute(tmp_path / "journal", "PRAGMA user_version = 99")
    with pytest.raises(UserError, match="newer release"):
        await JournalFile.open(tmp_path / "journal", device="T1")


async def test_a_full_disk_is_said_leaves_no_gap_and_heals(tmp_path: Path) -> None:
    async with opened(tmp_path / "journal") as journal:
        await append(journal, b"a")
        await journal._call(lambda store: store._sql.execute("PRAGMA max_page_count = 20").fetchall())
        with pytest.raises(LinkError, match="is full: nothing was stored"):
            await append(journal, b"x" * 200_000)
        await journal._call(lambda store: store._sql.execute("PRAGMA max_page_count = 100000").fetchall())
        assert await append(journal, b"b") == [2]


async def test_the_picture_comes_back_with_its_revision(tmp_path: Path) -> None:
    first = {f"o{n}": Order(f"o{n}", lines=(Line("l1"),), version=1) for n in range(DOCUMENTS_PER_SAVE + 50)}
    async with opened(tmp_path / "journal") as journal:
        journal.save_documents(first, clear=True, view="prep:grill", epoch=Epoch(2, 9), rev=40)
        await journal.save()
        journal.save_documents(
            {"o0": None, "o1": Order("o1", version=2)},
            clear=False,
            view="prep:grill",
            epoch=Epoch(2, 9),
            rev=41,
        )
    async with opened(tmp_path / "journal") as journal:
        kept = journal.kept
    assert (kept.view, kept.epoch, kept.rev) == ("prep:grill", Epoch(2, 9), 41)
    found = {document.order_id: document.version for document in kept.documents}
    assert found == {key: 1 for key in first if key != "o0"} | {"o1": 2}


async def test_a_picture_that_could_not_be_saved_is_saved_later(tmp_path: Path) -> None:
    async with opened(tmp_path / "journal") as journal:
        await journal._call(lambda store: store._sql.execute("PRAGMA max_page_count = 12").fetchall())
        big = Order("o1", guest="x" * 100_000, version=1)
        journal.save_documents({"o1": big}, clear=True, view="expo", epoch=Epoch(1, 1), rev=1)
        with pytest.raises(LinkError, match="is full"):
            await journal.save()
        journal.save_documents(
            {"o2": Order("o2", version=1)}, clear=False, view="expo", epoch=Epoch(1, 1), rev=2
        )
        await journal._call(lambda store: store._sql.execute("PRAGMA max_page_count = 100000").fetchall())
    async with opened(tmp_path / "journal") as journal:
        assert [document.order_id for document in journal.kept.documents] == ["o1", "o2"]
        assert journal.kept.rev == 2


@pytest.mark.parametrize("answered_too", [True, False])
async def test_a_new_incarnation_numbers_from_one(tmp_path: Path, answered_too: bool) -> None:
    told: list[tuple[Kept, dict[int, int]]] = []
    async with opened(tmp_path / "journal") as journal:
        before = journal.incarnation
        await append(journal, b"a", b"b", b"c", b"d")
        for seq, state in ((1, RowState.ANSWERED), (2, RowState.PARKED), (3, RowState.REJECTED)):
            journal.answered(seq, state)
        await journal.renew(
            answered_too=answered_too, told=lambda kept, seqs: told.append((kept, dict(seqs)))
        )
        assert journal.incarnation != before
        rows = await journal.read(range(1, 99))
        assert await append(journal, b"e") == [len(rows) + 1]
    kept, seqs = told[0]
    if answered_too:
        assert rows == [(1, b"a"), (2, b"b"), (3, b"c"), (4, b"d")]
        assert (kept.oldest, kept.acked, kept.next_seq, seqs[2]) == (1, 4, 5, 2)
    else:
        assert rows == [(1, b"b"), (2, b"d")]
        assert (kept.acked, kept.next_seq, seqs) == (2, 3, {2: 1, 4: 2})


async def test_a_parked_command_moves_to_the_end(tmp_path: Path) -> None:
    async with opened(tmp_path / "journal") as journal:
        await append(journal, b"a", b"b")
        journal.answered(1, RowState.PARKED)
        assert await journal.move(1, WALL_MS) == 3
    async with opened(tmp_path / "journal") as journal:
        assert journal.kept.unanswered == ((2, b"b"), (3, b"a"))
        assert journal.kept.parked == ()


async def test_retention_keeps_seven_days_what_is_unanswered_and_the_newest(tmp_path: Path) -> None:
    old, new = WALL_MS - KEPT_MS - 1, WALL_MS
    unset = 1_000
    stamps = [unset, old, old, new, old, old]

    async def pruned(states: dict[int, RowState]) -> list[int]:
        async with opened(tmp_path / "journal") as journal:
            for seq, state in states.items():
                journal.answered(seq, state)
            await journal.save()

        def prune() -> list[int]:
            store, _ = journal_store.open_store(tmp_path / "journal", "T1", lambda: "x")
            store._prune(WALL_MS)
            left = [row[0] for row in store._sql.execute("SELECT seq FROM commands ORDER BY seq")]
            store.close()
            return left

        return await asyncio.to_thread(prune)

    async with opened(tmp_path / "journal") as journal:
        await asyncio.gather(*[journal.append(b"x", at_ms) for at_ms in stamps])
    answered = dict.fromkeys(range(1, 7), RowState.ANSWERED)
    assert await pruned({}) == [1, 2, 3, 4, 5, 6], "nothing is answered"
    assert await pruned(answered) == [1, 2, 3, 4, 5, 6], (
        "the first was written under a clock that says nothing"
    )
    execute(tmp_path / "journal", "DELETE FROM commands WHERE seq = 1")
    assert await pruned({}) == [4, 5, 6], "the fourth is younger than seven days"
    execute(tmp_path / "journal", "UPDATE commands SET at_ms = ?", old)
    assert await pruned({}) == [6], "the next seq hangs on the newest"


async def test_the_write_ahead_log_stays_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_store, "CHECKPOINT_FORCE_ROWS", 5)
    async with opened(tmp_path / "journal") as journal:
        for _ in range(40):
            await append(journal, b"x" * 20_000)
        size = (tmp_path / "journal-wal").stat().st_size
    assert size < 400_000


async def test_a_closed_journal_refuses(tmp_path: Path) -> None:
    async with opened(tmp_path / "journal") as journal:
        pass
    with pytest.raises(LinkError, match="is closed"):
        journal.append(b"x", WALL_MS)
    await journal.close()
