"""Long work on the store in a process of its own, so that neither screens nor the writer wait for it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys

STOP_S = 0.5
"""For a child when the hub stops; what it left half is thrown away by its next run."""
ERROR_CHARS_MAX = 300


class Child:
    """At most one run at a time of `python -m MODULE ARGUMENTS`. For one thread."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._running is not None

    def start(self, *arguments: str) -> None:
        """Begins; what ran before must have ended."""
        assert self._running is None, "one run at a time"
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one)}
        self._running = subprocess.Popen(
            [sys.executable, "-m", self._module, *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env=environment,
        )

    def ended(self) -> str | None:
        """None while it runs or when nothing ran; "" once after a good end, else what went wrong."""
        running = self._running
        if running is None or (code := running.poll()) is None:
            return None
        said = running.stderr.read() if running.stderr else b""
        self._close()
        if code == 0:
            return ""
        return said.decode(errors="replace").strip()[-ERROR_CHARS_MAX:] or f"exit code {code}"

    def stop(self) -> None:
        """Ends it now."""
        if self._running is not None:
            if self._running.poll() is None:
                self._running.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._running.wait(STOP_S)
            self._close()

    def _close(self) -> None:
        if self._running is not None and self._running.stderr:
            self._running.stderr.close()
        self._running = None
