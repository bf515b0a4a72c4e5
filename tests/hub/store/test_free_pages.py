"""A file that lost a page of its list of free pages is told from a whole one."""

from __future__ import annotations

from pathlib import Path

import lmdb
import pytest

from hub.store.check import check
from hub.store.free_pages import list_is_within

PAGE = 4096


@pytest.fixture(params=[40, 4_000], ids=["one leaf", "a tree with lists on pages of their own"])
def data(request: pytest.FixtureRequest, tmp_path: Path) -> bytes:
    """A file of LMDB whose records were mostly deleted again, some at a time, so that much is free."""
    env = lmdb.open(str(tmp_path), map_size=256 << 20, sync=False)
    count: int = request.param
    with env.begin(write=True) as txn:
        for n in range(count):
            txn.put(b"%08d" % n, b"x" * 3_000)
    for start in range(0, count - 9, max(1, count // 200)):
        with env.begin(write=True) as txn:
            for n in range(start, min(count - 9, start + max(1, count // 200))):
                txn.delete(b"%08d" % n)
    env.close()
    return (tmp_path / "data.mdb").read_bytes()


def test_the_list_is_within_a_whole_file_and_not_in_one_that_lacks_a_page_of_it(data: bytes) -> None:
    pages = len(data) // PAGE
    within = [list_is_within(data[: end * PAGE], PAGE) for end in range(pages, 2, -max(1, pages // 64))]
    assert within[0]
    assert not within[-1]
    assert within == sorted(within, reverse=True), "what lacks a page still lacks it when more is cut off"


def test_a_store_says_so(data: bytes, tmp_path: Path) -> None:
    place = tmp_path / "cut"
    place.mkdir()
    pages = len(data) // PAGE
    end = next(end for end in range(pages, 2, -1) if not list_is_within(data[: end * PAGE], PAGE))
    (place / "data.mdb").write_bytes(data[: end * PAGE])
    assert check(place, whole=False).what == "its list of free pages is cut off"
