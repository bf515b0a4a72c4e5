"""Real kitchen screens as processes, and what their ledgers say."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STOP_S = 5.0


@dataclass(slots=True)
class Display:
    """One running screen without a panel."""

    process: subprocess.Popen[bytes]
    ledger: Path
    log: Path

    def lines(self) -> list[dict[str, Any]]:
        """Its ledger so far."""
        if not self.ledger.exists():
            return []
        whole, _, _ = self.ledger.read_text(encoding="utf-8").rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]

    def painted(self, since_s: float = 0.0) -> set[str]:
        """Orders that it painted at or after that moment."""
        return {line["order"] for line in self.lines() if "order" in line and line["at_s"] >= since_s}

    def turned(self, live: bool, since_s: float = 0.0) -> float | None:
        """The first moment from then on at which its picture began to say live, or not live."""
        return next(
            (line["at_s"] for line in self.lines() if line.get("live") is live and line["at_s"] >= since_s),
            None,
        )

    def freeze(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.thaw()
            self.process.terminate()
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def display(
    folder: Path,
    hub: str,
    *,
    station: str = "grill",
    name: str = "screen",
    ledger: str = "",
    more: Sequence[str] = (),
    command: Callable[..., list[str]] = lambda *arguments: list(arguments),
) -> Iterator[Display]:
    """A screen that counts, with its state in `folder/name`; `command` may put it on another machine."""
    book = folder / (ledger or f"{name}.ledger")
    log = folder / f"{name}.log"
    arguments = [
        "display",
        "prep",
        "--station",
        station,
        "--hub",
        hub,
        "--headless",
        "--count-headless",
        "--no-mdns",
    ]
    arguments += ["--state", str(folder / name), "--device", name, "--ledger", str(book), *more]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command(sys.executable, "-m", "heard", *arguments),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    screen = Display(process, book, log)
    try:
        yield screen
    finally:
        screen.stop()


def until(true: Callable[[], object], limit_s: float, what: str) -> float:
    """Look until it is so; seconds that it took. Not for event loops that have other work."""
    begun = time.monotonic()
    while not true():
        if time.monotonic() - begun > limit_s:
            raise AssertionError(f"not within {limit_s:g} s: {what}")
        time.sleep(0.01)
    return time.monotonic() - begun
