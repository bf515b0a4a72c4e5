"""How large the numbers of an order board are: as large as all of them fit, and never a second page. Pure.

Cells keep their places; a grid that once became finer stays so until the cells that need it are free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from display.core.pickups import Called


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of one block: `columns` beside each other, `rows` below each other, numbers `text` px high at scale 1."""

    columns: int
    rows: int
    text: int

    @property
    def count(self) -> int:
        return self.columns * self.rows


@dataclass(frozen=True, slots=True)
class Step:
    """A size of numbers with the narrowest and lowest cell that it needs, at scale 1."""

    text: int
    w: int
    h: int


READY_STEPS = (Step(150, 440, 236), Step(120, 330, 190), Step(100, 280, 164), Step(84, 230, 136))
PREPARING_STEPS = (Step(84, 230, 150), Step(68, 190, 116), Step(54, 150, 88))
RIDER_READY_STEPS = (Step(84, 330, 160), Step(64, 240, 124), Step(54, 200, 100))
RIDER_PREPARING_STEPS = (Step(54, 230, 112), Step(44, 180, 88))


def grid(steps: Sequence[Step], w: int, h: int, gap: int, scale: float, count: int) -> Grid:
    """The coarsest grid with room for `count` cells, else the finest."""
    found = Grid(1, 1, steps[-1].text)
    for step in steps:
        columns = max(1, (w + gap) // (round(step.w * scale) + gap))
        rows = max(1, (h + gap) // (round(step.h * scale) + gap))
        found = Grid(columns, rows, step.text)
        if found.count >= count:
            break
    return found


@dataclass(frozen=True, slots=True)
class Placed:
    """What is drawn of a block: by cell, then in the row below."""

    cells: tuple[tuple[int, Called], ...]
    row: tuple[Called, ...] = ()


def placed(ready: Sequence[Called | None], capacity: int) -> Placed:
    """Numbers in their cells; without room the oldest go to the row first, those of more than 5 min before all others."""
    standing = [(n, one) for n, one in enumerate(ready) if one is not None]
    if len(ready) <= capacity:
        return Placed(tuple(standing))
    # The order in which they may go: the old ones, then the rest, oldest first; what is newest stays.
    by_age = sorted(standing, key=lambda pair: (pair[1].newest, not pair[1].old, pair[1].since, pair[0]))
    over = max(0, len(standing) - capacity)
    row = [one for _, one in by_age[:over]]
    gone = {one.order_id for one in row}
    free = set(range(capacity))
    cells: list[tuple[int, Called]] = []
    moved: list[Called] = []
    for n, one in standing:
        if one.order_id in gone:
            continue
        if n < capacity:
            cells.append((n, one))
            free.discard(n)
        else:
            moved.append(one)
    cells += zip(sorted(free), moved, strict=False)
    return Placed(tuple(sorted(cells, key=lambda pair: pair[0])), tuple(row))
