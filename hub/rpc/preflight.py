"""Who runs preflights, as the calls of screens see it; see `hub.preflight`."""

from __future__ import annotations

from typing import Protocol

from heard.preflight import PreflightReport, PreflightResult
from heard.stream import View


class Preflights(Protocol):
    """One at a time."""

    def joined(self, device: str, view: View) -> None:
        """A screen of any role watches that view."""
        ...

    def left(self, device: str, view: View) -> None:
        """One stream of it has ended."""
        ...

    def reported(self, device: str, view: View, report: PreflightReport) -> None:
        """What a screen says of the preflight."""
        ...

    def begin(self, by: str, wait_s: int = 0) -> tuple[str, bool]:
        """Its id, and whether it ran already. Raises InvalidInput."""
        ...

    def result(self) -> PreflightResult | None:
        """Of the one that runs, else of the last one."""
        ...
