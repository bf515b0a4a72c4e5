"""Desks with three tickets, as most tests of keys and fingers begin."""

import pytest

from tests.display.benches import three_tickets
from tests.display.desks import Bench


@pytest.fixture
def bench() -> Bench:
    """Three tickets that have stood for a while."""
    return three_tickets()


@pytest.fixture
def touched() -> Bench:
    """The same on a touch screen."""
    return three_tickets(touch=True)
