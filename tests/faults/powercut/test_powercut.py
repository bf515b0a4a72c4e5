"""Promise: a power cut at any moment loses no acknowledged order, on a disk that keeps what it has synced.

kill -9 cannot show this, for the kernel keeps what a killed process wrote; here the recorded disk of the real store is
cut off at many points. The controls, stores that skip their fsyncs, must fail, or this test proves nothing.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.powercut.recorder import Verdict, build_shim, cut_everywhere, record

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

STATES = int(os.environ.get("HEARD_POWERCUT_STATES", "1000"))
CONTROL_STATES = 150
DECISIONS = 250
IN_MEMORY = Path("/dev/shm")  # the states only; the recorded disk is a real one


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("gcc") is None:
        pytest.fail("the power-cut test compiles its recorder: apt-get install gcc libc6-dev")
    return build_shim(tmp_path_factory.mktemp("shim"))


@pytest.fixture
def states() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="heard-powercut-", dir=IN_MEMORY if IN_MEMORY.is_dir() else None))
    yield place / "state"
    shutil.rmtree(place)


def run(
    tmp_path: Path, shim: Path, states: Path, mode: str, count: int, seed: int
) -> tuple[Counter[str], Verdict]:
    events, root, inode = record(tmp_path / mode, shim, mode, DECISIONS)
    verdict = cut_everywhere(events, root, inode, states, count, seed)
    print(f"{mode}: {len(events)} events, {verdict.states} states: {dict(verdict.counts)}")
    for example in verdict.examples.values():
        print(f"  {example}")
    return Counter(event.operation for event in events), verdict


def test_a_power_cut_anywhere_loses_nothing(tmp_path: Path, shim: Path, states: Path) -> None:
    operations, verdict = run(tmp_path, shim, states, "sync", STATES, seed=1)
    assert operations["A"] >= DECISIONS, "the writer must have been heard"
    assert operations["S"] > 100, "the shim must have seen the fsyncs"
    assert {"O", "M", "R", "W"} <= operations.keys()
    assert verdict.states == STATES
    assert verdict.bad == 0, verdict.examples


@pytest.mark.parametrize("mode", ["nosync", "nometasync", "nowalsync"])
def test_the_control_without_fsyncs_fails(tmp_path: Path, shim: Path, states: Path, mode: str) -> None:
    _, verdict = run(tmp_path, shim, states, mode, CONTROL_STATES, seed=2)
    assert verdict.bad >= CONTROL_STATES // 10, (
        "a store that lies was not found out: the replay proves nothing"
    )
