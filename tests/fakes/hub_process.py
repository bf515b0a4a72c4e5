"""A real hub in a process of its own, for tests that need one: started, waited for by its ready file, stopped or killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

READY_S = 30.0
STOP_S = 15.0
LOOK_EVERY_S = 0.01
CONFIG = """
[network]
admin_port = 0
[store]
backup_every_min = 0
[stations.grill]
[stations.fry]
[[routes]]
stations = ["grill"]
categories = ["grills"]
[[routes]]
stations = ["fry"]
categories = ["fried"]
"""


@dataclass(slots=True)
class HubProcess:
    """A hub that serves."""

    process: subprocess.Popen[bytes]
    address: str
    admin: str
    store_id: str
    log: Path

    def terminate(self) -> tuple[int, float]:
        """SIGTERM; exit code and seconds until the end."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(STOP_S)
        return code, time.monotonic() - begun

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait(STOP_S)


def environment(**more: str) -> dict[str, str]:
    """What a hub of a test sees; no supervisor's sockets."""
    kept = {key: value for key, value in os.environ.items() if key not in ("NOTIFY_SOCKET", "JOURNAL_STREAM")}
    return {**kept, **more}


def command(folder: Path, *arguments: str, config: str = CONFIG, port: int = 0) -> list[str]:
    """`heard hub` on `folder`/data with that configuration."""
    (folder / "hub.toml").write_text(config, encoding="utf-8")
    asked = ["--config", str(folder / "hub.toml"), "--data", str(folder / "data"), "--port", str(port)]
    if "--mdns" not in arguments:
        asked.append("--no-mdns")
    return [sys.executable, "-m", "heard", "hub", *asked, *(one for one in arguments if one != "--mdns")]


def start(folder: Path, *arguments: str, config: str = CONFIG, port: int = 0, **more: str) -> HubProcess:
    """Starts a hub and returns when it serves; AssertionError with its words when it does not."""
    ready, log = folder / "ready.json", folder / "hub.log"
    ready.unlink(missing_ok=True)
    with log.open("ab") as out:
        process = subprocess.Popen(
            [*command(folder, *arguments, config=config, port=port), "--ready-file", str(ready)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment(**more),
        )
    deadline = time.monotonic() + READY_S
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            process.wait(STOP_S)
            raise AssertionError(f"the hub did not serve: {log.read_text()}")
        time.sleep(LOOK_EVERY_S)
    told = json.loads(ready.read_text())
    assert told["pid"] == process.pid
    return HubProcess(process, told["address"], told["admin"], told["store_id"], log)


@contextmanager
def hub_process(
    folder: Path, *arguments: str, config: str = CONFIG, port: int = 0, **more: str
) -> Iterator[HubProcess]:
    """One that ends with the block, however it ends."""
    hub = start(folder, *arguments, config=config, port=port, **more)
    try:
        yield hub
    finally:
        if hub.process.poll() is None:
            hub.process.kill()
            hub.process.wait(STOP_S)


def run_to_end(folder: Path, *arguments: str, config: str = CONFIG, **more: str) -> tuple[int, str]:
    """A call that is expected to fail: exit code and all that it said."""
    done = subprocess.run(
        command(folder, *arguments, config=config),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=READY_S,
        env=environment(**more),
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).decode()
