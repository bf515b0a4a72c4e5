"""A journal that was copied is known by its mark or by its machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from heard.copied import MACHINE_KEY, mark_of, mark_path, read_mark, why_copied, write_mark
from heard.machine import machine_id
from heard.numbering import Book
from heard.offline_date import offline_date


def a_book(issued: int) -> Book:
    book = Book("T1").under("aaaaaa", lambda: "nonce")
    for _ in range(issued):
        _, book = book.take()
    return book


@pytest.mark.parametrize(
    ("known", "machine", "issued", "marked", "why"),
    [
        ("pi-1", "pi-1", 5, 5, ""),
        ("", "pi-1", 5, 5, ""),  # its first start
        ("pi-1", "", 5, 5, ""),  # a machine that cannot be told
        ("pi-1", "pi-1", 5, 4, ""),  # the mark is a lower bound
        ("pi-1", "pi-2", 5, 5, "another machine (pi-1), this one is pi-2"),
        ("pi-1", "pi-1", 3, 5, "an older copy: series T1.aaaaaa had reached 6, it says 4"),
    ],
)
def test_why(known: str, machine: str, issued: int, marked: int, why: str) -> None:
    found = why_copied({MACHINE_KEY: known}, a_book(issued), machine, mark_of(a_book(marked)))
    assert why in found
    assert bool(found) is bool(why)


def test_a_mark_is_written_whole_and_one_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    path = mark_path(tmp_path / "t1.journal")
    assert read_mark(path) == {}
    write_mark(path, {"T1.aa 1": 7})
    assert read_mark(path) == {"T1.aa 1": 7}
    assert list(tmp_path.iterdir()) == [path]
    path.write_text("[1")
    assert read_mark(path) == {}
    write_mark(tmp_path / "none" / "x", {})


def test_a_machine_is_told_by_its_hardware_first(tmp_path: Path) -> None:
    serial, system = tmp_path / "serial", tmp_path / "machine-id"
    assert machine_id((serial, system)) == ""
    system.write_text("abc\n")
    assert machine_id((serial, system)) == "abc"
    serial.write_bytes(b"10000000abcdef\x00")
    assert machine_id((serial, system)) == "10000000abcdef"


@pytest.mark.parametrize(
    ("known", "hours", "date"),
    [
        ("", 0, ""),  # no hub was ever met: the hub stamps
        ("2026-11-21", 20, "2026-11-21"),
        ("2026-11-21", 27.9, "2026-11-21"),  # 03:54, before the cut-off
        ("2026-11-21", 28, "2026-11-22"),
        ("2026-11-22", 20, "2026-11-22"),  # closed at ten in the evening
        ("2026-11-21", 24 * 9, "2026-11-21"),  # rather a wrong clock
    ],
)
def test_the_date_that_a_till_stamps_without_a_hub(known: str, hours: float, date: str) -> None:
    from datetime import UTC, datetime

    midnight_ms = int(datetime(2026, 11, 21, tzinfo=UTC).timestamp() * 1000)
    assert offline_date(known, midnight_ms + int(hours * 3_600_000), UTC, 4) == date
    assert offline_date(known, midnight_ms + int(hours * 3_600_000), None, 4) == known
