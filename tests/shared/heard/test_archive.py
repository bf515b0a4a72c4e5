"""A recorded day that was cut or damaged is an error in words, and hides no other day."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from heard.archive import Change, Day, list_days, open_archive, read_changes, write_day
from heard.errors import UserError


def a_day(path: Path) -> bytes:
    random = Random(1)
    changes = [Change(n, n, f"o{n}", random.randbytes(300)) for n in range(20)]
    write_day(path, Day("s", 1, "2026-11-23", 0, 100), changes)
    return path.read_bytes()


def test_whatever_became_of_the_file_is_said_in_words(tmp_path: Path) -> None:
    """Found by hand: one wrong bit in the packed data was a traceback, for the list of all days too."""
    a_day(tmp_path / "good.heard.gz")
    bad = tmp_path / "bad.heard.gz"
    whole, random = a_day(bad), Random(7)
    for _ in range(60):
        data = bytearray(whole)
        data[random.randrange(16, len(data))] ^= 1 << random.randrange(8)
        bad.write_bytes(data[: random.choice((len(data), random.randrange(len(data))))])
        assert [day.path for day in list_days(tmp_path)][-1] == tmp_path / "good.heard.gz"
        with pytest.raises(UserError, match=str(bad)):
            list(read_changes(open_archive(bad)))


@pytest.mark.parametrize(("name", "what"), [("none", "no file"), (".", "is a directory")])
def test_a_file_that_is_not_there_or_no_file(name: str, what: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        open_archive(tmp_path / name)
    assert what in caught.value.what.lower()
    assert "Errno" not in caught.value.what
