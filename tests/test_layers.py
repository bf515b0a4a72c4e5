"""The import contracts of pyproject.toml are not only written down: planted violations are caught, each by its own."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINT = "from importlinter.cli import lint_imports_command as lint; lint()"

# (contract, module, line planted at its end, what the report must name)
PLANTED = [
    ("core is pure", "hub.core", "import time", "hub.core -> time"),
    ("core is pure", "heard.link.core", "import heard.wire", "heard.link.core -> heard.wire"),
    ("hub and display do not know each other", "display.ui", "import hub.core", "display.ui -> hub.core"),
    ("the library knows no application", "heard.errors", "import display", "heard.errors -> display"),
    (
        "only wire, link and hub.rpc touch",
        "hub.admin",
        "import heard.v1.order_pb2",
        "hub.admin -> heard.v1.order_pb2",
    ),
    ("only hub.store knows LMDB", "hub.admin", "import lmdb", "hub.admin -> lmdb"),
    ("only display.ui knows pygame", "display.screens", "import pygame", "display.screens -> pygame"),
    (
        "hub: its other shells know the store by its seam only",
        "hub.rpc",
        "import hub.store",
        "hub.rpc -> hub.store",
    ),
    ("hub: commands, app, shells", "hub.cloud", "import hub.admin", "hub.cloud -> hub.admin"),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter says of a copy of the tree with every violation planted at once."""
    tree = tmp_path_factory.mktemp("planted")
    for package in ("hub", "display", "shared"):
        shutil.copytree(
            ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__", "assets")
        )
    shutil.copy(ROOT / "pyproject.toml", tree)
    for _, module, line, _ in PLANTED:
        file = tree / ("shared" if module.startswith("heard") else "") / module.replace(".", "/")
        file = file / "__init__.py" if file.is_dir() else file.with_suffix(".py")
        with file.open("a") as source:
            source.write(f"\n{line}\n")
    done = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", "--no-logo"],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": f"{tree}:{tree / 'shared'}", "COLUMNS": "500"},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(("contract", "module", "line", "named"), PLANTED)
def test_planted_violation_is_caught(contract: str, module: str, line: str, named: str, report: str) -> None:
    assert re.search(rf"^{re.escape(contract)}.* BROKEN\b", report, re.MULTILINE), report
    assert re.search(rf"^-\s+{re.escape(named)} \(l\.", report, re.MULTILINE), report
