"""`heard cloud` as a real process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

START_S_MAX = 20.0


@contextmanager
def running(folder: Path, *arguments: str, stop: signal.Signals = signal.SIGTERM) -> Iterator[dict[str, Any]]:
    """Started in `folder`, ready; stopped by `stop` afterwards. `--ready-file` must be among the arguments."""
    ready_file = folder / arguments[arguments.index("--ready-file") + 1]
    ready_file.unlink(missing_ok=True)
    with (folder / "cloud.log").open("a+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "heard", "cloud", *arguments], cwd=folder, stdout=log, stderr=log
        )
        try:
            until = time.monotonic() + START_S_MAX
            while not ready_file.exists():
                assert process.poll() is None, (folder / "cloud.log").read_text()
                assert time.monotonic() < until, "it did not become ready"
                time.sleep(0.02)
            yield json.loads(ready_file.read_text())
        finally:
            process.send_signal(stop)
            code = process.wait(10)
    if stop is signal.SIGTERM:
        assert code == 0, (folder / "cloud.log").read_text()
        assert not ready_file.exists()
