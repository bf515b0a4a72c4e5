"""A slip as the printer gets it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from hub.printer.answers import say_done
from hub.printer.escpos import encode

CUT = b"\x1dV"


@pytest.mark.parametrize("width", [384, 576])
def test_a_slip_of_any_paper_is_encoded_without_a_word_into_the_hubs_log(
    width: int, capfd: pytest.CaptureFixture[str]
) -> None:
    data = encode([Image.new("1", (width, 40), 1)] * 2, 7)
    assert data.count(b"\x1dv0") == data.count(CUT) == 2, "each ticket is a slip of its own"
    assert data.count(say_done(7)) == 1
    assert data.startswith(b"\x1b@")
    assert tuple(capfd.readouterr()) == ("", "")


def test_a_hub_that_prints_leaves_nothing_in_the_temporary_folder(tmp_path: Path) -> None:
    """python-escpos made a folder at each start."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    environment.pop("ESCPOS_CAPABILITIES_PICKLE_DIR", None)
    subprocess.run(
        [sys.executable, "-c", "import hub.printer.escpos"], env=environment, check=True, timeout=60
    )
    assert list(tmp_path.iterdir()) == []
