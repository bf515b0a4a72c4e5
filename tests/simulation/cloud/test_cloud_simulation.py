"""200 seeds of hub and cloud with every fault between them, and the mistakes that they must catch; 20,000 seeds in `make soak`."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import blockbuster
import pytest

from tests.simulation.cloud.mistakes import FIRST_SEED, MISTAKES
from tests.simulation.cloud.world import run

SEEDS = 200
SEEDS_A_TEST = 10
SOAK_SEEDS = int(os.environ.get("HEARD_SOAK_SEEDS", "20000"))
MISTAKE_SEEDS_MAX = 100

FOUND = {
    3: "a first page that a crash cut off left a row which the cloud had deleted meanwhile",
    10: "numbers of two incarnations of one till met in one series",
    36: "a payment that only the cloud's order knew after a restore never came to it as a document",
}
"""Seeds of bugs that these simulations found, as they stood then."""
MEMORY = Path("/dev/shm")  # a file system without a disk: what is simulated is the program, not the fsync


@pytest.fixture(autouse=True)
def may_block(no_blocking_call: blockbuster.BlockBuster) -> Iterator[None]:
    """The real store is opened, and dies, in the middle of a run: here the loop may wait for it."""
    no_blocking_call.deactivate()
    yield
    no_blocking_call.activate()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The hub logs what a fault makes it do; that is not news here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None, prefix="heard-") as folder:
        yield Path(folder)


def run_seeds(seeds: range, place: Path) -> None:
    """Names the first seed that breaks a promise."""
    for seed in seeds:
        try:
            run(seed, place)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error}") from error


@pytest.mark.parametrize("first", range(0, SEEDS, SEEDS_A_TEST))
def test_no_promise_breaks(first: int, place: Path) -> None:
    run_seeds(range(first, first + SEEDS_A_TEST), place)


@pytest.mark.parametrize("words", list(MISTAKES))
def test_a_planted_mistake_is_caught(words: str, place: Path) -> None:
    with MISTAKES[words]():
        for seed in range(FIRST_SEED[words], FIRST_SEED[words] + MISTAKE_SEEDS_MAX):
            try:
                run(seed, place)
            except Exception:
                return
    pytest.fail(f"not caught in {MISTAKE_SEEDS_MAX} seeds: {words}")


def test_there_are_enough_mistakes() -> None:
    assert len(MISTAKES) >= 25


@pytest.mark.soak
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("first", range(0, SOAK_SEEDS, 500))
def test_no_promise_breaks_for_long(first: int, place: Path) -> None:
    run_seeds(range(first, min(first + 500, SOAK_SEEDS)), place)
