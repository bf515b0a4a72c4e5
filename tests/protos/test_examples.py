"""What protos/README.md shows to POS vendors is what lies in protos/examples, and both examples hold an order."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.hub_process import HubProcess, environment, hub_process

PROTOS = Path(__file__).resolve().parents[2] / "protos"
EXAMPLES = PROTOS / "examples"
LINES_MAX = 20
INSTALL_S = 50.0
RUN_S = 20.0


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    with hub_process(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.mark.parametrize("name", ["hold.py", "hold.js"])
def test_the_readme_shows_the_example(name: str) -> None:
    readme = (PROTOS / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(rf"<!-- examples/{re.escape(name)} -->\n```\w+\n(.*?)```", readme, re.DOTALL)
    code = (EXAMPLES / name).read_text(encoding="utf-8")
    assert shown == code
    assert len(code.splitlines()) <= LINES_MAX


def run(command: list[str], **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, timeout=RUN_S, env=environment(**more), check=False
    )


def check(hub: HubProcess, command: list[str], **more: str) -> None:
    """It holds an order at the hub, and says so plainly when there is none."""
    done = run([*command, hub.address], **more)
    assert re.fullmatch(r"held as #\d+, order [0-9a-f-]{36}\n", done.stdout), done.stderr
    assert done.returncode == 0
    nobody = run([*command, "127.0.0.1:1"], **more)
    assert nobody.returncode == 1
    assert nobody.stderr.startswith("not held: ")


def test_python_holds_an_order(hub: HubProcess) -> None:
    check(hub, [sys.executable, str(EXAMPLES / "hold.py")])


def test_node_holds_an_order(hub: HubProcess, tmp_path: Path) -> None:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("node and npm are not installed")
    shutil.copy(EXAMPLES / "package.json", tmp_path)
    installed = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=INSTALL_S,
        check=False,
    )
    if installed.returncode != 0:
        pytest.skip(f"npm cannot install what the example needs: {installed.stderr.strip()[-300:]}")
    check(hub, [node, str(EXAMPLES / "hold.js")], NODE_PATH=str(tmp_path / "node_modules"))
