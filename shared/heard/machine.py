"""What tells one machine from its clone: a Raspberry Pi's serial number, else the system's machine id."""

from __future__ import annotations

from pathlib import Path

SOURCES = (Path("/proc/device-tree/serial-number"), Path("/etc/machine-id"))
"""Of the hardware first: a copied card carries its machine id along."""


def machine_id(sources: tuple[Path, ...] = SOURCES) -> str:
    """A text that is the same on this machine for ever; "" where it has none. Blocking."""
    for source in sources:
        try:
            found = source.read_text(encoding="ascii", errors="replace").strip("\0\n ")
        except OSError:
            continue
        if found:
            return found
    return ""
