"""`protos/generate.py`: stale, missing and left-over files are found by name; writing touches only what changed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from protos import generate

FILES = {"order_pb2.py": b"new", "order_pb2.pyi": b"stub", "order_pb2_grpc.py": b"calls"}


def fill(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize(
    ("committed", "stale"),
    [
        (FILES, []),
        (FILES | {"__init__.py": b"hand-written"}, []),
        (FILES | {"order_pb2.py": b"old"}, ["order_pb2.py"]),
        ({"order_pb2.py": b"new"}, ["order_pb2.pyi", "order_pb2_grpc.py"]),
        (FILES | {"gone_pb2.pyi": b"left over"}, ["gone_pb2.pyi"]),
    ],
)
def test_stale_files_are_named(committed: dict[str, bytes], stale: list[str], tmp_path: Path) -> None:
    fresh, target = fill(tmp_path / "fresh", FILES), fill(tmp_path / "committed", committed)
    assert generate.stale_files(fresh, target) == stale


def test_install_writes_what_changed_removes_what_is_gone_and_keeps_ours(tmp_path: Path) -> None:
    fresh = fill(tmp_path / "fresh", FILES)
    target = fill(
        tmp_path / "target", FILES | {"order_pb2.py": b"old", "gone_pb2.py": b"", "__init__.py": b"ours"}
    )
    os.utime(target / "order_pb2.pyi", (1, 1))
    generate.install(fresh, target)
    assert {path.name: path.read_bytes() for path in target.iterdir()} == FILES | {"__init__.py": b"ours"}
    assert (target / "order_pb2.pyi").stat().st_mtime == 1


def generator(files: dict[str, bytes]) -> Callable[[Path], None]:
    def run(folder: Path) -> None:
        fill(folder / generate.PACKAGE, files)

    return run


@pytest.mark.parametrize(("files", "code"), [(FILES, 0), (FILES | {"order_pb2.py": b"other"}, 1)])
def test_check_writes_nothing_and_says_what_to_run(
    files: dict[str, bytes],
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fill(tmp_path / generate.PACKAGE, FILES)
    monkeypatch.setattr(generate, "TARGET", tmp_path)
    monkeypatch.setattr(generate, "generate", generator(files))
    monkeypatch.setattr("sys.argv", ["generate.py", "--check"])
    assert generate.main() == code
    said = capsys.readouterr().err
    assert ("order_pb2.py" in said and "make protos" in said) == (code == 1)
    assert generate.generated_files(tmp_path / generate.PACKAGE) == FILES


def test_a_proto_that_is_wrong_is_one_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(folder: Path) -> None:
        generate.run(["sh", "-c", "echo 'order.proto:3:1: expected a field' >&2; exit 1"])

    monkeypatch.setattr(generate, "generate", fails)
    monkeypatch.setattr("sys.argv", ["generate.py"])
    assert generate.main() == 1
    assert "order.proto:3:1: expected a field" in capsys.readouterr().err
