"""The rules that tests/conftest.py lays on every test do bite."""

import os
import subprocess
import sys
import time
from pathlib import Path

import blockbuster
import pytest

SKIPPING_TEST = "import pytest\n\ndef test_it() -> None:\n    pytest.skip('no such tool here')\n"
SKIPPING_MODULE = "import pytest\n\npytest.importorskip('no_such_package')\n"
PASSING_TEST = "def test_it() -> None: ...\n"


@pytest.mark.parametrize(
    ("source", "no_skip", "exit_code"),
    [(SKIPPING_TEST, "1", 1), (SKIPPING_MODULE, "1", 2), (SKIPPING_TEST, "0", 0), (PASSING_TEST, "1", 0)],
)
def test_no_skip_turns_a_skip_into_a_failure(
    source: str, no_skip: str, exit_code: int, tmp_path: Path
) -> None:
    (tmp_path / "conftest.py").write_text(Path(__file__).with_name("conftest.py").read_text())
    (tmp_path / "test_planted.py").write_text(source)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-c",
            os.devnull,
            "--rootdir",
            str(tmp_path),
            str(tmp_path),
        ],
        env=os.environ | {"HEARD_NO_SKIP": no_skip},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == exit_code, done.stdout
    assert ("allows no skip" in done.stdout) == (exit_code != 0)


async def test_a_blocking_call_of_ours_on_the_loop_is_refused() -> None:
    import heard

    ours: dict[str, object] = {"sleep": time.sleep}
    exec(compile("def block(): sleep(0.001)", heard.__file__, "exec"), ours)
    with pytest.raises(blockbuster.BlockingError):
        ours["block"]()  # type: ignore[operator]
