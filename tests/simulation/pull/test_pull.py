"""Seeds of pulling: nothing dangles, vanishes or is skipped at any write; once faults are over the catalogue is the cloud's."""

from __future__ import annotations

import asyncio
import os

import pytest

from tests.simulation.pull.mistakes import MISTAKES
from tests.simulation.pull.world import World

SEEDS = int(os.environ.get("HEARD_PULL_SEEDS", "24"))
SEEDS_PER_TEST = 12
SOAK_FIRST, SOAK_SEEDS = 1_000, min(3_000, int(os.environ.get("HEARD_SOAK_SEEDS", "3000")))
SEEDS_TO_CATCH = 40
"""A mistake that so many seeds do not see is one that the simulation cannot see."""


@pytest.mark.parametrize("first", range(0, SEEDS, SEEDS_PER_TEST))
async def test_seeds(first: int) -> None:
    for seed in range(first, first + SEEDS_PER_TEST):
        try:
            await World(seed).run()
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error!r}") from error


FOUND = {
    6: "rows of a generation that nobody needs kept a tombstone for ever",
    80: "a first page was cut off, and what was deleted meanwhile stayed",
    1482: "a held row went among the rows that serve, and was counted in the shadow",
    1978: "a deletion told again to a shadow took the tombstone of the row that serves",
    2245: "a first page was cut off with nothing but a held row, which stayed",
}
"""Seeds that found a mistake, and what it was."""


@pytest.mark.parametrize("seed", FOUND, ids=FOUND.values())
async def test_found(seed: int) -> None:
    await World(seed).run()


@pytest.mark.soak
@pytest.mark.timeout(3_600)
async def test_many_seeds() -> None:
    for seed in range(SOAK_FIRST, SOAK_FIRST + SOAK_SEEDS):
        try:
            await World(seed).run()
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error!r}") from error


@pytest.mark.parametrize("words", list(MISTAKES))
async def test_a_planted_mistake_is_caught(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.simulation.pull.world.WAIT_S", 2.0)
    for seed in range(SEEDS_TO_CATCH):
        with MISTAKES[words]():
            try:
                await World(seed).run()
            except (AssertionError, TimeoutError):
                return
            await asyncio.sleep(0)
    raise AssertionError(f"{SEEDS_TO_CATCH} seeds did not catch it: {words}")
