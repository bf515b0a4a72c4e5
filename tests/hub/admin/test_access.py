"""The file with the hub's address and token: for its user's eyes only, whole or not there."""

from pathlib import Path

import pytest

from heard.errors import UserError
from hub.admin.access import Access, new_token, read_access, remove_access, write_access


def test_written_private_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "admin.json"
    path.write_text("what an older hub left")
    path.chmod(0o644)
    access = Access("127.0.0.1:7421", new_token(), "1.2.3", 77)
    write_access(path, access)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_access(path) == access
    assert list(tmp_path.iterdir()) == [path]
    remove_access(path)
    remove_access(path)
    assert not path.exists()


def test_tokens_differ() -> None:
    assert len({new_token() for _ in range(10)}) == 10


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"address": "x", "token": "y", "version": "z", "pid": "no"}']
)
def test_another_file_is_none_of_ours(tmp_path: Path, text: str) -> None:
    path = tmp_path / "admin.json"
    path.write_text(text)
    with pytest.raises(ValueError):
        read_access(path)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        write_access(tmp_path / "none" / "admin.json", Access("", ""))
