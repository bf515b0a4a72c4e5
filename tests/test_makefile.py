"""The Makefile: its default target lists every other, and a machine that cannot run it is told so in one line."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TARGETS = ["setup", "demo", "test", "check", "bench", "faults", "soak", "protos", "clean"]


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make as a person would, although these tests may run below a make of their own."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", "-C", str(ROOT), *arguments],
        env=plain,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_make_alone_explains_every_target() -> None:
    said = make().stdout
    assert re.findall(r"^  make (\w+) +\S", said, re.MULTILINE) == ["help", *TARGETS]


@pytest.mark.parametrize(
    ("refuses", "line"),
    [
        ("sys.exit", "needs Python 3.11 to 3.14"),
        ("venv", "has no venv module; install it: apt-get install python3-venv"),
    ],
)
def test_setup_says_in_one_line_what_is_missing(refuses: str, line: str, tmp_path: Path) -> None:
    """A stand-in for python3 that fails one question: too old, or Debian's Python without its venv package."""
    python = tmp_path / "a place" / "python3"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\ncase "$2" in *{refuses}*) exit 1;; esac\n')
    python.chmod(0o755)
    done = make("setup", f"PYTHON={python}", "UV=", f"VENV={tmp_path / 'venv'}")
    ours = [said for said in done.stderr.splitlines() if not said.startswith("make: ***")]
    assert done.returncode == 2
    assert len(ours) == 1
    assert line in ours[0]
    assert not (tmp_path / "venv").exists()
