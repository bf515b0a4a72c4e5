"""Records one run of the writer, cuts its disk off at many points, and has each state judged."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.powercut.disk import Disk, Event, read_trace

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
LIVES = 2  # processes one after another, each killed
WRITER_S = 120.0
EXIT_OF_WRITER = 9  # it ends without closing anything


@dataclass(slots=True)
class Verdict:
    """What became of the states: answers counted by their first word, with an example of each bad one."""

    states: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    @property
    def bad(self) -> int:
        return self.states - self.counts["ok"]


def build_shim(place: Path) -> Path:
    """The recorder library, compiled. Raises CalledProcessError, FileNotFoundError without a compiler."""
    library = place / "shim.so"
    command = [
        "gcc",
        "-shared",
        "-fPIC",
        "-O2",
        "-Wall",
        "-Werror",
        "-o",
        str(library),
        str(HERE / "shim.c"),
        "-ldl",
    ]
    subprocess.run(command, check=True)
    return library


def record(place: Path, shim: Path, mode: str, decisions: int) -> tuple[list[Event], Path, int]:
    """Runs the writer under the shim, killed and started again; returns its trace, the recorded folder and that folder's inode."""
    data, trace = place / "data", place / "trace"
    data.mkdir(parents=True)
    environment = {
        **os.environ,
        "LD_PRELOAD": str(shim),
        "HEARD_TRACE": str(trace),
        "HEARD_TRACE_ROOT": str(data),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "shared"), *sys.path]),
    }
    for life in range(LIVES):
        span = (str(life * decisions // LIVES), str((life + 1) * decisions // LIVES))
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.powercut.writer", str(data), *span, mode],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            timeout=WRITER_S,
            check=False,
        )
        if done.returncode != EXIT_OF_WRITER:
            raise RuntimeError(f"the writer failed: {done.stderr.decode()[-2000:]}")
    return read_trace(trace), data, data.stat().st_ino


class Judge:
    """The judging child; a new one when a state killed it."""

    def __init__(self) -> None:
        self._child = self._start()

    def ask(self, place: Path, rev: int, acknowledged: dict[str, int]) -> str:
        """Its answer, or "killed"."""
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdin.write(f"{place} {rev}\n{json.dumps(acknowledged)}\n")
        self._child.stdin.flush()
        answer = self._child.stdout.readline().strip()
        if answer:
            return answer
        code = self._child.wait()
        self.close()
        self._child = self._start()
        return f"killed: the reader ended with {code}"

    def close(self) -> None:
        """Ends the child."""
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe:
                pipe.close()
        self._child.wait()

    def _start(self) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "shared"), *sys.path]),
        }
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.powercut.judge"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
            cwd=ROOT,
        )


def cut_everywhere(
    events: list[Event], root: Path, inode: int, place: Path, states: int, seed: int
) -> Verdict:
    """Judges `states` states, spread over the whole trace: every cut falls right before or inside an event."""
    chance = random.Random(seed)
    cuts = Counter(chance.randrange(len(events) + 1) for _ in range(states))
    disk, verdict, judge = Disk(root, inode), Verdict(), Judge()
    try:
        for at in range(len(events) + 1):
            in_flight = events[at] if at < len(events) else None
            for _ in range(cuts[at]):
                _cut(disk, chance, place, in_flight, judge, verdict, at)
            if in_flight is not None:
                disk.play(in_flight)
    finally:
        judge.close()
    return verdict


def _cut(
    disk: Disk,
    chance: random.Random,
    place: Path,
    in_flight: Event | None,
    judge: Judge,
    verdict: Verdict,
    at: int,
) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    style = disk.cut(chance, place, in_flight)
    acknowledged: dict[str, int] = {}
    rev = 0
    for line in disk.acknowledged:
        key, version, at_rev = line.split()
        acknowledged[key] = max(int(version), acknowledged.get(key, 0))
        rev = max(rev, int(at_rev))
    answer = judge.ask(place, rev, acknowledged)
    word = answer.split(":")[0]
    verdict.states += 1
    verdict.counts[word] += 1
    if word != "ok":
        verdict.examples.setdefault(word, f"cut before event {at}, kept {style}: {answer}")
