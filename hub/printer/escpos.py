"""A picture as ESC/POS."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from escpos import capabilities
from escpos.printer import Dummy
from PIL import Image

from hub.printer.answers import say_done

# It keeps what it has read of its printers' table in a folder in /tmp, a new one at each start, and leaves it there.
shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)

FRAGMENT_DOTS = 960
"""Rows of one raster command; small printers have buffers of 64 KiB."""


def encode(slips: Sequence[Image.Image], job: int) -> bytes:
    """Print the pictures, cut below each, and say `job` when all is done: a printer answers that after the paper is out."""
    device = Dummy()
    # A profile without a width makes it print a warning with each slip; ours are drawn to the paper's width.
    media = {"media": {"width": {"pixels": slips[0].width}}}
    device.profile.profile_data = {**device.profile.profile_data, **media}
    device.hw("INIT")
    for image in slips:
        device.image(image, impl="bitImageRaster", fragment_height=FRAGMENT_DOTS)
        device.cut()
    return bytes(device.output) + say_done(job)
