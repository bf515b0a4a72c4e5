"""One text engine and one set of icons for all tests of the display: opening fonts is the dear part."""

import pytest

from display.ui.icons import Icons
from display.ui.text import TextEngine


@pytest.fixture(scope="session")
def text() -> TextEngine:
    """The real engine, with the shipped fonts."""
    return TextEngine()


@pytest.fixture(scope="session")
def icons() -> Icons:
    """The real icons."""
    return Icons()
