"""200 seeds with every fault, and the mistakes that they must catch; 20,000 seeds in `make soak`."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.simulation.mistakes import MISTAKES
from tests.simulation.world import run

SEEDS = 200
SEEDS_A_TEST = 25
SOAK_SEEDS = 20_000
MISTAKE_SEEDS_MAX = 60
"""A mistake that hides longer than this would hide in `make test` too."""


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The hub logs what a planted mistake makes it do; that is not news here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def run_seeds(seeds: range) -> None:
    """Names the first seed that breaks a promise."""
    for seed in seeds:
        try:
            run(seed)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error}") from error


@pytest.mark.parametrize("first", range(0, SEEDS, SEEDS_A_TEST))
def test_no_promise_breaks(first: int) -> None:
    run_seeds(range(first, first + SEEDS_A_TEST))


@pytest.mark.parametrize("words", list(MISTAKES))
def test_a_planted_mistake_is_caught(words: str) -> None:
    with MISTAKES[words]():
        for seed in range(MISTAKE_SEEDS_MAX):
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
    run_seeds(range(first, first + 500))
