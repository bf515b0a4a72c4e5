"""What a screen is asked to be: settings and command line in one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from display.config import Config


@dataclass(frozen=True, slots=True)
class Options:
    """One screen to run. `size` None is the panel's own; `cook` "" is no simulated cook, `learn` begins with learn mode."""

    config: Config
    size: tuple[int, int] | None = None
    zoom: float = 1.0
    """A window shows what a panel would, so much smaller: to look at, not to cook from."""
    headless: bool = False
    count_headless: bool = False
    cook: str = ""
    ledger: Path | None = None
    unsafe_plaintext: bool = False
    mdns: bool = True
    state: Path = field(default_factory=Path)
    device: str = ""
    role: str = "prep"
    learn: bool = False
    shots: tuple[tuple[str, Path], ...] = ()
    """Pictures to keep while it runs: the word that must stand on a tile, and the file."""
