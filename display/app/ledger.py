"""The ledger of a screen: one JSON line for each tile that was flipped, and for each change between live and not.

`heard replay` compares it with the hub's store, fault tests read from it when NOT LIVE was painted. Times are monotonic.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from display.core.board import TicketKey
from heard.stream import Painted


class Ledger:
    """Open it before the first turn; every line is handed to the system at once, so a kill loses none."""

    def __init__(self, path: Path, station: str) -> None:
        self._file: TextIO = path.open("a", encoding="utf-8")
        self._station = station
        self._live: bool | None = None

    def painted(self, painted: Painted, tickets: Iterable[TicketKey], at_s: float, ms: float) -> None:
        """These orders were flipped at `at_s`, `ms` after the message with them came in."""
        if not painted.newly_shown:
            return
        batches: dict[str, list[int]] = {}
        for order_id, batch in tickets:
            batches.setdefault(order_id, []).append(batch)
        for order_id, version in painted.newly_shown:
            for batch in batches.get(order_id, [0]):
                self._write(order=order_id, version=version, batch=batch, at_s=at_s, ms=round(ms, 3))
        self._file.flush()

    def live(self, live: bool, at_s: float) -> None:
        """The picture that was flipped at `at_s` says that it is live, or that it is not; told when it changes."""
        if live is not self._live:
            self._live = live
            self._write(live=live, at_s=at_s)
            self._file.flush()

    def _write(self, **fields: Any) -> None:
        self._file.write(json.dumps({**fields, "station": self._station}) + "\n")

    def close(self) -> None:
        self._file.close()
