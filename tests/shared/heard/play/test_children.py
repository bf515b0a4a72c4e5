"""Children are watched, end with their parent, and their last words are shown."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from heard.play.children import Child, Children


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def test_a_death_is_told_with_exit_code_and_last_words(tmp_path: Path) -> None:
    children = Children(tmp_path)
    dead: asyncio.Future[Child] = asyncio.get_running_loop().create_future()
    children.on_death(dead.set_result)
    await children.start("till one", "no-such-command")
    async with asyncio.timeout(20):
        child = await dead
    error = await child.died()
    assert (error.what, error.exit_code) == ("the till one ended with exit code 2", 1)
    assert "no command named 'no-such-command'" in error.hint
    await children.stop_all()


async def test_who_was_stopped_is_not_called_dead(tmp_path: Path) -> None:
    children = Children(tmp_path)
    told: list[Child] = []
    children.on_death(told.append)
    first = await children.start("first", "--version")
    await first.wait()
    second = await children.start("second", "--version")
    await second.kill()
    await children.stop_all()
    assert [child.name for child in told] in ([], ["first"])
    assert not second.running


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_parent_leaves_nobody_behind(tmp_path: Path, signal_number: int) -> None:
    leash = Path(__file__).resolve().parents[4] / "shared/heard/play/leash.py"
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(
                f"""
                import os, subprocess, sys
                sleeper = [sys.executable, "-c", "import os,time; print(os.getpid(), flush=True); time.sleep(60)"]
                subprocess.run([sys.executable, "-ISE", {str(leash)!r}, str(os.getpid()), *sleeper])
                """
            ),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    with parent:
        pid = int(parent.stdout.readline())
        assert alive(pid)
        os.kill(parent.pid, signal_number)
        parent.wait(10)
        parent.stdout.read()  # ends when the last holder of the pipe, the child, is gone
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:  # its files close a moment before it is gone
        time.sleep(0.005)
    assert not alive(pid)
