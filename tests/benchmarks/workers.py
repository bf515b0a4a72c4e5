"""Starts and asks the client processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
LINE_S = 90.0


class Worker:
    """One client process; used as a context."""

    def __init__(self, **spec: Any) -> None:
        environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'shared'}"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.worker", json.dumps(spec)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=environment,
            text=True,
        )
        self._spec = spec

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def ask(self, **question: Any) -> None:
        """Start a round; the answers come with `answer`."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """The next line that it says. Its own limits end a round, so this ends too."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"a client process ended: {self._spec}")
        found: dict[str, Any] = json.loads(line)
        return found


def screens(system: str, address: str, count: int, processes: int) -> list[Worker]:
    """`count` screens spread over `processes` processes, all connected."""
    share, rest = divmod(count, processes)
    sizes = [share + (number < rest) for number in range(processes)]
    started = [
        Worker(role="screens", system=system, address=address, first_number=sum(sizes[:number]), count=size)
        for number, size in enumerate(sizes)
        if size
    ]
    expect(started, "ready")
    return started


def expect(workers: Iterable[Worker], word: str) -> None:
    for worker in workers:
        answer = worker.answer()
        if not answer.get(word):
            raise RuntimeError(f"a client process said {answer}, not {word}")
