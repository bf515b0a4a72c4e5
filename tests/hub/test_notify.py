"""What a supervisor is told, and that a hub without one says nothing."""

import os
import socket
from pathlib import Path

import pytest

from hub.notify import Notifier


def test_messages_reach_the_supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # its whole path may be longer than a socket's can be
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind("notify")
        monkeypatch.setenv("NOTIFY_SOCKET", "notify")
        monkeypatch.setenv("WATCHDOG_USEC", "10000000")
        monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
        notifier = Notifier()
        notifier.tell("READY=1", "STATUS=serving")
        assert supervisor.recv(100) == b"READY=1\nSTATUS=serving"
        assert notifier.watchdog_every_s == 5.0


@pytest.mark.parametrize(("usec", "pid"), [("", ""), ("x", ""), ("10000000", "1")])
def test_nobody_asked(monkeypatch: pytest.MonkeyPatch, usec: str, pid: str) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.setenv("WATCHDOG_USEC", usec)
    monkeypatch.setenv("WATCHDOG_PID", pid) if pid else monkeypatch.delenv("WATCHDOG_PID", raising=False)
    notifier = Notifier()
    assert notifier.watchdog_every_s == 0
    notifier.tell("READY=1")


def test_a_supervisor_that_is_gone_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    Notifier().tell("READY=1")
