"""Mistakes planted in the real code, each of which the simulation must catch: the test of the test."""

from tests.simulation.mistakes import hearing, kitchen, protocol, site
from tests.simulation.mistakes.plant import FIRST_SEED, MISTAKES

__all__ = ["FIRST_SEED", "MISTAKES", "hearing", "kitchen", "protocol", "site"]
