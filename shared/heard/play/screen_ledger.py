"""Reads the ledgers that screens write: what they painted, what they said of the all-day, and what each bump made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from heard.play.compare import PaintedTile


@dataclass(frozen=True, slots=True)
class Bumped:
    """One bump at `station`: of each line the painted version, and what there was to make of it in thousandths."""

    station: str
    order_id: str
    lines: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class DrawnSums:
    """The all-day on one picture at revision `rev`, by the name of its sums: of the rail as drawn, of the tickets on the screen,
    and of its orders without what only this screen knows yet; `to_make_milli` is the last one's total.
    """

    rev: int
    rail: str
    tickets: str
    orders: str
    to_make_milli: int


@dataclass(frozen=True, slots=True)
class ScreenLedger:
    """All that one screen wrote, in its order."""

    painted: tuple[PaintedTile, ...]
    bumped: tuple[Bumped, ...]
    drawn: tuple[DrawnSums, ...]


def proof_of(bumped: Iterable[Bumped]) -> Iterator[PaintedTile]:
    """A bump names what was painted: of a ticket that goes over several pages some lines are made before all of it was seen."""
    for one in bumped:
        if one.lines:
            yield PaintedTile(one.order_id, max(version for version, _ in one.lines.values()), 0)


def read_ledger(path: Path) -> ScreenLedger:
    """The whole ledger. A last line cut short by a kill is left out."""
    painted: list[PaintedTile] = []
    bumped: list[Bumped] = []
    drawn: list[DrawnSums] = []
    for row in _rows(path):
        if "order" in row:
            painted.append(PaintedTile(row["order"], row["version"], row.get("batch", 0)))
        elif "bump" in row:
            lines = {line_id: (version, milli) for line_id, (version, milli) in row["lines"].items()}
            bumped.append(Bumped(row["at"], row["bump"], lines))
        elif "rail" in row:
            drawn.append(
                DrawnSums(row["rev"], row["rail"], row["tickets"], row["orders"], row["to_make_milli"])
            )
    return ScreenLedger(tuple(painted), tuple(bumped), tuple(drawn))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):
                yield json.loads(line)
