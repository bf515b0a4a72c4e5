"""The write-ahead file: what was acknowledged reads back, what was not does no harm, what is damaged is found."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.store import wal
from hub.store.overlay import Writes
from hub.store.record import seal
from hub.store.seam import CorruptRecord
from hub.store.wal import (
    BLOCK,
    RECORDS_AT,
    WAL_KEY,
    Position,
    Wal,
    WalFailed,
    damage,
    decode_writes,
    encode_writes,
    waiting,
)

BYTES = st.binary(max_size=9)
WRITES = st.dictionaries(BYTES, st.dictionaries(BYTES, st.one_of(st.none(), BYTES), max_size=5), max_size=4)


def writes(n: int, size: int = 10) -> Writes:
    return {b"open": {b"order/%d" % n: bytes([n]) * size, b"order/gone": None}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "wal"


@pytest.fixture
def log(file: Path) -> Iterator[Wal]:
    opened = Wal(file, 16 * BLOCK)
    opened.checkpointed()
    yield opened
    opened.close()


@given(WRITES)
def test_writes_come_back(found: Writes) -> None:
    assert decode_writes(encode_writes(found)) == found


def test_what_was_appended_is_read_back_from_where_the_tables_are(log: Wal, file: Path) -> None:
    start = log.position
    for n in (1, 2, 3):
        assert log.append(writes(n, size=n * BLOCK))
    assert list(waiting(file, start)) == [writes(n, size=n * BLOCK) for n in (1, 2, 3)]
    assert list(waiting(file, log.position)) == []
    assert damage(file, start) == ""
    assert file.stat().st_size == 16 * BLOCK, "its length never changes"
    assert file.stat().st_mode & 0o777 == 0o600


def test_after_a_checkpoint_it_is_written_from_the_start_and_older_records_are_no_more(
    log: Wal, file: Path
) -> None:
    for n in (1, 2, 3):
        log.append(writes(n))
    log.checkpointed()
    there = log.position
    assert list(waiting(file, there)) == []
    assert damage(file, there) == ""
    log.append(writes(4))
    assert list(waiting(file, there)) == [writes(4)]
    assert damage(file, there) == "", "what lies behind it is older, not damaged"
    assert list(waiting(file, Position(there.id, 1))) == [], (
        "a reader that is overtaken finds nothing, and nothing wrong"
    )


def test_another_life_of_the_file_is_nothing_to_these_tables(log: Wal, file: Path) -> None:
    log.append(writes(1))
    log.close()
    again = Wal(file, 16 * BLOCK)
    again.checkpointed()
    assert list(waiting(file, again.position)) == []
    assert damage(file, again.position) == ""
    again.close()


def test_a_record_that_was_torn_is_as_if_it_had_never_been(log: Wal, file: Path) -> None:
    start = log.position
    log.append(writes(1))
    log.append(writes(2, size=2 * BLOCK))
    whole = file.read_bytes()
    first = RECORDS_AT + BLOCK
    for sector in range(first // 512, (first + 2 * BLOCK) // 512):
        file.write_bytes(whole[: sector * 512] + bytes(512) + whole[(sector + 1) * 512 :])
        assert list(waiting(file, start)) == [writes(1)], sector
        assert damage(file, start) == "", "it was on its way when the power went"


def test_a_damaged_record_before_a_good_one_is_found(log: Wal, file: Path) -> None:
    start = log.position
    for n in (1, 2, 3):
        log.append(writes(n))
    content = bytearray(file.read_bytes())
    content[RECORDS_AT + BLOCK + 40] ^= 1
    file.write_bytes(content)
    assert damage(file, start) == "its write-ahead file goes on to commit 3, and commit 2 does not read back"
    assert list(waiting(file, start)) == [writes(1)]


def test_a_file_that_is_cut_off_or_gone_is_damage(log: Wal, file: Path) -> None:
    log.append(writes(1))
    file.write_bytes(file.read_bytes()[: 3 * BLOCK])
    assert damage(file, log.position) == "its write-ahead file is cut off after 12288 of 65536 bytes"
    file.unlink()
    assert damage(file, log.position) == "its write-ahead file is gone"
    assert damage(file, Position(1, 0)) == "", "there never was one: the disk was full"


def test_a_file_that_is_emptied_or_of_another_life_is_damage_though_it_has_no_record(
    log: Wal, file: Path
) -> None:
    start = log.position
    log.append(writes(1))
    log.close()
    content = file.read_bytes()
    file.write_bytes(bytes(len(content)))
    assert damage(file, start) == "its write-ahead file is not the one that it was written with"
    file.write_bytes(content)
    assert damage(file, start) == ""
    Wal(file, 16 * BLOCK).close()
    assert damage(file, start) == "its write-ahead file is not the one that it was written with"


def test_the_life_before_is_kept_until_the_tables_have_it(log: Wal, file: Path) -> None:
    start = log.position
    log.append(writes(1))
    log.close()
    for _ in range(3):
        Wal(file, 16 * BLOCK, start).close()
        assert damage(file, start) == ""
        assert list(waiting(file, start)) == [writes(1)]
    third = Wal(file, 16 * BLOCK, start)
    third.checkpointed()
    assert damage(file, third.position) == ""
    third.close()


def test_what_the_disk_does_not_give_costs_only_what_lay_there(
    log: Wal, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = log.position
    for n in (1, 2):
        log.append(writes(n))
    log.close()
    real = os.pread
    bad = set[int]()

    def pread(fd: int, size: int, at: int) -> bytes:
        if any(at <= block < at + size for block in bad):
            raise OSError(5, "Input/output error")
        return real(fd, size, at)

    monkeypatch.setattr(os, "pread", pread)
    for block, says in [
        (RECORDS_AT + 6 * BLOCK, ""),
        (RECORDS_AT + 2 * BLOCK, "what its write-ahead file has behind commit 2 cannot be read"),
        (RECORDS_AT, "its write-ahead file goes on to commit 2, and commit 1 does not read back"),
        (0, "its write-ahead file is not the one that it was written with"),
    ]:
        bad.clear()
        bad.add(block)
        assert damage(file, start) == says
    bad.clear()
    file.unlink()
    file.mkdir()
    assert damage(file, start) == "its write-ahead file cannot be read: Is a directory"
    assert list(waiting(file, start)) == []
    assert list(waiting(file, log.position)) == []


@pytest.mark.parametrize("content", [b"", b"HWAL", b"HWAL" + b"\xff" * 5000, os.urandom(3 * BLOCK)])
def test_a_file_of_anything_holds_nothing(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert list(waiting(file, Position(1, 0))) == []
    assert damage(file, Position(1, 0)) == ""


def test_what_does_not_fit_is_not_stored(log: Wal, file: Path) -> None:
    start = log.position
    assert log.append(writes(1, size=12 * BLOCK))
    assert not log.append(writes(2, size=BLOCK))
    assert log.append(writes(3))
    assert list(waiting(file, start)) == [writes(1, size=12 * BLOCK), writes(3)]


def test_nothing_is_appended_before_the_tables_know_of_it_or_without_a_file(file: Path) -> None:
    unknown, none, nowhere = Wal(file, 4 * BLOCK), Wal(file, 0), Wal(file.parent / "not" / "there", 4 * BLOCK)
    none.checkpointed()
    nowhere.checkpointed()
    assert [one.append(writes(1)) for one in (unknown, none, nowhere)] == [False] * 3
    assert [one.trouble for one in (unknown, none, nowhere)] == ["", "", "No such file or directory"]
    assert [one.there for one in (unknown, none, nowhere)] == [True, False, False]
    unknown.checkpointed()
    assert unknown.append(writes(1))
    unknown.forget()
    assert not unknown.append(writes(2))
    for one in (unknown, none, nowhere):
        one.close()


def test_a_longer_file_keeps_what_the_tables_have_not_got(log: Wal, file: Path) -> None:
    start = log.position
    log.append(writes(1))
    Wal(file, 64 * BLOCK, start).close()
    assert file.stat().st_size == 64 * BLOCK
    assert list(waiting(file, start)) == [writes(1)]


def test_a_disk_that_takes_no_or_half_a_record_has_stored_nothing(
    log: Wal, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = log.position
    real = os.pwrite
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", lambda fd, data, at: real(fd, data[:600], at))
        assert not log.append(writes(1, size=BLOCK))

        def full(*_arguments: object) -> int:
            raise OSError(28, "No space left on device")

        patch.setattr(os, "pwrite", full)
        assert not log.append(writes(1))
    assert list(waiting(file, start)) == []
    assert log.append(writes(2))
    assert list(waiting(file, start)) == [writes(2)]


def test_a_flush_that_fails_leaves_the_outcome_open(log: Wal, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_fd: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(wal, "flush", fails)
    with pytest.raises(WalFailed, match="Input/output"):
        log.append(writes(1))


def test_a_position_comes_back_and_a_wrong_one_is_corrupt() -> None:
    position = Position(2**64 - 1, 7, 4096)
    assert Position.from_record(position.to_record()) == position
    for record in (b"", seal(WAL_KEY, b"short"), position.to_record()[:-1]):
        with pytest.raises(CorruptRecord):
            Position.from_record(record)
