"""200 seeds with every fault, and the mistakes that they must catch; 20,000 seeds in `make soak`."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.disk import disk_hub
from tests.simulation.hub import SimHub
from tests.simulation.mistakes import FIRST_SEED, MISTAKES
from tests.simulation.world import MakeHub, run

SEEDS = 200
SEEDS_A_TEST = 25
DISK_SEEDS = 16
DISK_SEEDS_A_TEST = 8
SOAK_SEEDS = int(os.environ.get("HEARD_SOAK_SEEDS", "20000"))
MISTAKE_SEEDS_MAX = 60
"""A mistake that hides longer than this would hide in `make test` too."""


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The hub logs what a planted mistake makes it do; that is not news here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def run_seeds(seeds: range, make_hub: MakeHub = SimHub) -> None:
    """Names the first seed that breaks a promise."""
    for seed in seeds:
        try:
            run(seed, make_hub)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error}") from error


@pytest.mark.parametrize("first", range(0, SEEDS, SEEDS_A_TEST))
def test_no_promise_breaks(first: int) -> None:
    run_seeds(range(first, first + SEEDS_A_TEST))


@pytest.mark.parametrize("first", range(0, DISK_SEEDS, DISK_SEEDS_A_TEST))
def test_no_promise_breaks_on_the_real_store(first: int, tmp_path: Path) -> None:
    """The same with LMDB on files: killed, compacted, backed up and restored."""
    run_seeds(range(first, first + DISK_SEEDS_A_TEST), disk_hub(tmp_path))


@pytest.mark.parametrize("words", list(MISTAKES))
def test_a_planted_mistake_is_caught(words: str) -> None:
    with MISTAKES[words]():
        for seed in range(FIRST_SEED[words], FIRST_SEED[words] + MISTAKE_SEEDS_MAX):
            try:
                run(seed)
            except Exception:
                return
    pytest.fail(f"not caught in {MISTAKE_SEEDS_MAX} seeds: {words}")


def test_there_are_enough_mistakes() -> None:
    assert len(MISTAKES) >= 15


@pytest.mark.soak
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("first", range(0, SOAK_SEEDS, 500))
def test_no_promise_breaks_for_long(first: int) -> None:
    run_seeds(range(first, min(first + 500, SOAK_SEEDS)))
