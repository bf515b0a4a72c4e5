"""The rules that tests/conftest.py lays on every test do bite."""

import os
import subprocess
import sys
import time
from pathlib import Path

import blockbuster
import pytest

PLANTED = {
    "test_skips.py": "import pytest\n\ndef test_it() -> None:\n    pytest.skip('no such tool here')\n",
    "test_module.py": "import pytest\n\npytest.importorskip('no_such_package')\n",
    "test_passes.py": """
import os

def test_it() -> None:
    assert not os.environ.keys() & {"DISPLAY", "SDL_VIDEODRIVER", "NOTIFY_SOCKET"}
    assert os.environ["no_proxy"] == "localhost,127.0.0.1,::1,intern.example"
""",
}
SHELL = {
    "DISPLAY": ":9",
    "SDL_VIDEODRIVER": "none",
    "NOTIFY_SOCKET": "@systemd",
    "no_proxy": "intern.example",
    "NO_PROXY": "intern.example",
}


@pytest.mark.parametrize(
    ("no_skip", "exit_code", "counted"),
    [("1", 1, "1 failed, 1 passed, 1 error in"), ("0", 0, "1 passed, 2 skipped in")],
)
def test_no_skip_turns_a_skip_into_a_failure(
    no_skip: str, exit_code: int, counted: str, tmp_path: Path
) -> None:
    """Of a test and of a whole module; what passes passes, and sees nothing of the shell that started it."""
    (tmp_path / "conftest.py").write_text(Path(__file__).with_name("conftest.py").read_text())
    for name, source in PLANTED.items():
        (tmp_path / name).write_text(source)
    words = ["-q", "-p", "no:cacheprovider", "--continue-on-collection-errors", "-c", os.devnull]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, "--tb=line", "--rootdir", str(tmp_path), str(tmp_path)],
        env=os.environ | SHELL | {"HEARD_NO_SKIP": no_skip},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == exit_code, done.stdout
    assert counted in done.stdout
    assert ("allows no skip" in done.stdout) == (exit_code != 0)


async def test_a_blocking_call_of_ours_on_the_loop_is_refused() -> None:
    import heard

    ours: dict[str, object] = {"sleep": time.sleep}
    exec(compile("def block(): sleep(0.001)", heard.__file__, "exec"), ours)
    with pytest.raises(blockbuster.BlockingError):
        ours["block"]()  # type: ignore[operator]
