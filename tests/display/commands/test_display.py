"""`heard display`: pictures from fixtures, and bad calls that say what to do."""

import os
from pathlib import Path

import pygame
import pytest

from heard import cli
from tests.display.dishes import FOLDER


def call(*args: str) -> int:
    return cli.main(["display", *args])


def test_a_shot_of_a_fixture_is_the_golden(tmp_path: Path) -> None:
    png = tmp_path / "busy.png"
    assert call("prep", "--shot", str(png), "--fixture", str(FOLDER / "busy.json")) == 0
    golden = Path(__file__).parent.parent.parent / "goldens" / "prep-busy.png"
    made, wanted = pygame.image.load(png), pygame.image.load(golden)
    assert pygame.image.tobytes(made, "RGB") == pygame.image.tobytes(wanted, "RGB")


@pytest.mark.parametrize(
    ("args", "what"),
    [
        ((), "required"),
        (("prpe",), "invalid choice"),
        (("prep",), "which station?"),
        (("prep", "--station", "grill", "--windowed", "big"), "'big' is no size"),
        (("prep", "--station", "grill", "--headless", "--size", "10x10"), "'10x10' is no size"),
        (("prep", "--station", "grill", "--headless", "--cook", "quick"), "no cook is called 'quick'"),
        (("prep", "--station", "grill", "--shot-when", "RUSH"), "'RUSH' is not WORD=FILE.png"),
        (("prep", "--fixture", "a.json"), "--fixture is only for --shot"),
        (("prep", "--shot", "a.png", "--fixture", "/nowhere/a.json"), "cannot read"),
        (("prep", "--station", "grill", "--config", "/nowhere/a.toml"), "cannot read"),
        (("prep", "--windowed", "800x600", "--headless"), "not allowed with"),
        (("prep", "--station", "grill", "--beside", "grill"), "grill stands on both halves"),
        (("prep", "--station", "grill", "--beside", "fry", "--cook", "instant"), "does not go with --cook"),
        (("prep", "--station", "grill", "--learn", "--headless"), "--learn asks people for keys"),
        (("prep", "--station", "grill", "--zoom", "0.5"), "--zoom is only for --windowed"),
        (("prep", "--station", "grill", "--windowed", "960x540", "--zoom", "2"), "'2' is not 0.25 to 1"),
        (("board", "--learn"), "unrecognized arguments"),
        (("expo", "--beside", "fry"), "unrecognized arguments"),
        (("expo", "--cook", "quick", "--headless"), "no cook is called 'quick'"),
    ],
)
def test_a_bad_call_exits_with_2_and_a_message(
    args: tuple[str, ...],
    what: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert call(*args) == 2
    assert what in capsys.readouterr().err


def test_a_broken_fixture_names_its_field(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text, what in (("{", "is not JSON"), ('{"orders": 5}', "orders must be a list")):
        file = tmp_path / "broken.json"
        file.write_text(text, encoding="utf-8")
        assert call("prep", "--shot", str(tmp_path / "a.png"), "--fixture", str(file)) == 2
        assert what in capsys.readouterr().err


def test_an_unwritable_picture_is_a_failure_at_run_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("prep", "--shot", "/nowhere/a.png", "--fixture", str(FOLDER / "empty.json")) == 1
    assert "cannot write /nowhere/a.png" in capsys.readouterr().err


def test_an_unusable_state_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    assert call("prep", "--station", "grill", "--headless", "--state", str(file / "x")) == 1
    assert "--state DIR" in capsys.readouterr().err


def test_a_user_without_a_home_is_asked_for_a_state_folder(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HOME", "XDG_STATE_HOME", "STATE_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)  # as in a container: a number that nobody named
    assert call("prep", "--station", "grill", "--headless") == 1
    said = capsys.readouterr().err
    assert "no home folder" in said
    assert "--state DIR" in said
