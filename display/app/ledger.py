"""The ledger of a screen: one JSON line for each tile and each all-day that was flipped, for each push, for each bump, and for
each change between live and not.

`heard replay` compares it with the hub's store and log, fault tests read from it when NOT LIVE was painted. Times are monotonic.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from display.core.board import TicketKey
from display.screens.role import Drawn
from heard.command import BumpLines, Verb
from heard.order import Order
from heard.stream import Painted
from heard.sums_name import sums_name
from heard.ticket import tickets

LINES_REMEMBERED_MAX = 2_000
"""Lines that may be bumped once more; a screen has some hundred."""


class Ledger:
    """Open it before the first turn; every line is handed to the system at once, so a kill loses none."""

    def __init__(self, path: Path, station: str) -> None:
        self._file: TextIO = path.open("a", encoding="utf-8")
        self._station = station
        self._live: bool | None = None
        self._to_make: dict[str, int] = {}
        self._drawn: tuple[int, str, str, str] | None = None
        self._last_drawn: Drawn | None = None

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

    def pressed(self, order: Order | None, order_id: str, verb: Verb, *, again: bool) -> None:
        """A command goes out. Of a bump: each line's painted version, and what there was to make of it in thousandths.

        `again`: the same bump once more, with newer versions of the same food.
        """
        if not isinstance(verb, BumpLines):
            return
        if order is not None and not again:
            for tile in tickets(order, verb.station):
                self._to_make.update({line.line.line_id: line.to_make_milli for line in tile.lines})
        lines = {one.line_id: [one.version, self._to_make.get(one.line_id, 0)] for one in verb.lines}
        while len(self._to_make) > LINES_REMEMBERED_MAX:
            del self._to_make[next(iter(self._to_make))]
        self._write(bump=order_id, lines=lines, at=verb.station)
        self._file.flush()

    def drawn(self, rev: int, drawn: Drawn) -> None:
        """The picture that was flipped said so of the all-day; the hub stood at `rev`. Told when it changes."""
        if drawn is self._last_drawn and self._drawn is not None and rev == self._drawn[0]:
            return
        self._last_drawn = drawn
        row = (rev, sums_name(drawn.rail), sums_name(drawn.tickets), sums_name(drawn.orders))
        if row == self._drawn:
            return
        self._drawn = row
        self._write(
            rev=rev, rail=row[1], tickets=row[2], orders=row[3], to_make_milli=sum(drawn.orders.values())
        )
        self._file.flush()

    def flipped(self, at_s: float, ms: float) -> None:
        """What the hub pushed is on the panel, `ms` after its message came in, also where no tile of this page changed."""
        self._write(flip_ms=round(ms, 3), at_s=at_s)
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
