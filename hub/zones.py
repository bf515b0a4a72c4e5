"""The site's time zone, read from the machine's own tables."""

from __future__ import annotations

import contextlib
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo


def site_zone(name: str) -> tzinfo:
    """The zone of that IANA name; the machine's own for ""."""
    if name:
        return ZoneInfo(name)
    with contextlib.suppress(OSError, ValueError), Path("/etc/localtime").open("rb") as file:
        return ZoneInfo.from_file(file)
    return UTC
