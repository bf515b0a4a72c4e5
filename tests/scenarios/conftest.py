"""What all scenarios share."""

from __future__ import annotations

import pytest

from display.app.options import Options
from display.app.start import Output, first_frame
from display.config import Config


@pytest.fixture(scope="session")
def fonts() -> Output:
    """Opening fonts reads files: once for all screens of a worker."""
    return first_frame(Options(Config(station="grill"), (64, 64), headless=True))
