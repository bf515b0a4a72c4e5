"""Tiles into columns, columns into pages: a tile that does not fit goes on in the next column, cut between two lines."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from display.core.look import Look
from display.core.same_ends import same_ends
from display.core.tiles import Body, Part, more_after, part_height
from heard.quick import quick

COLUMNS, GRID, LIST, PORTRAIT = "columns", "grid", "list", "portrait"
LAYOUTS = (COLUMNS, GRID, LIST, PORTRAIT)
"""How tickets lie; the hub's settings know the same words (heard.station)."""
GRID_ROWS = 2
"""Rows of a fixed grid: with four or five columns, the ten keys of a bump bar."""


_PAGE = attrgetter("page")


@quick
@dataclass(frozen=True, slots=True)
class Placed:
    """A part of tile number `tile` (from 0, in the order given) in a column of a page (both from 0)."""

    tile: int
    part: Part
    page: int
    column: int
    y: int


@dataclass(frozen=True, slots=True)
class Layout:
    """All parts in reading order. `first_page[n]` is where tile n begins.

    `marks[n]` is how far `flow` had come before it: parts placed, column, y.
    """

    placed: tuple[Placed, ...]
    pages: int
    first_page: tuple[int, ...]
    bodies: tuple[Body, ...] = ()
    marks: tuple[tuple[int, int, int], ...] = ()

    def on(self, page: int) -> tuple[Placed, ...]:
        """The parts of one page."""
        start = bisect_left(self.placed, page, key=_PAGE)
        return self.placed[start : bisect_left(self.placed, page + 1, lo=start, key=_PAGE)]


def flow(
    look: Look, bodies: Sequence[Body], columns: int, column_h: int, before: Layout | None = None
) -> Layout:
    """Every tile, in order; nothing is left out, however long.

    `before` is an older layout of the same look and sizes: a ticket that comes last costs what it costs, however many stand
    before it, and one that changes and keeps its height costs nothing behind it.

    A tile is cut only where moving it whole would leave more than `split_leaves_min_h` of a column empty, with at least
    one line on each side; one that is higher than a column is always cut.
    """
    t = look.theme
    same, same_end = (0, 0) if before is None else same_ends(before.bodies, bodies)
    placed: list[Placed] = []
    first_page: list[int] = []
    marks: list[tuple[int, int, int]] = []
    column, y = 0, 0
    if before is not None and same:
        parts, column, y = before.marks[same]
        placed += before.placed[:parts]
        first_page += before.first_page[:same]
        marks += before.marks[:same]
    in_place = before is not None and len(before.bodies) == len(bodies)
    same_again = len(bodies) - (same_end if in_place else 0)  # from here on, at the same places
    for n in range(same, len(bodies)):
        whole = bodies[n]
        if before is not None and n >= same_again and before.marks[n][1:] == (column, y):
            first, more_parts = before.marks[n][0], len(placed) - before.marks[n][0]
            placed += before.placed[first:]
            first_page += before.first_page[n:]
            rest = before.marks[n:-1]
            marks += [(parts + more_parts, at, at_y) for parts, at, at_y in rest] if more_parts else rest
            _, column, y = before.marks[-1]
            break
        marks.append((len(placed), column, y))
        start = index = 0
        begun = -1
        end_of_body = len(whole.blocks)
        while True:
            h = part_height(look, whole, index, start, end_of_body)
            room = column_h - y
            if h <= room:
                end = end_of_body
            elif y and room <= t.split_leaves_min_h:
                column, y = column + 1, 0
                continue
            else:
                cut = _cut(look, whole, index, start, room)
                if cut is None and y:
                    column, y = column + 1, 0
                    continue
                end = _least(whole, start) if cut is None else cut
                h = part_height(look, whole, index, start, end)
            more = more_after(whole, end) if end < end_of_body else 0
            next_page = (column + 1) // columns
            more_page = next_page + 1 if more and next_page != column // columns else 0
            part = Part(whole, index, start, end, h, more, more_page)
            placed.append(Placed(n, part, column // columns, column % columns, y))
            begun = column // columns if begun < 0 else begun
            y += h + t.gap
            if end >= end_of_body:
                break
            start, index = end, index + 1
            column, y = column + 1, 0
        first_page.append(begun)
    marks.append((len(placed), column, y))
    pages = placed[-1].page + 1 if placed else 1
    return Layout(tuple(placed), pages, tuple(first_page), tuple(bodies), tuple(marks))


def grid(look: Look, bodies: Sequence[Body], columns: int, cell_h: int) -> Layout:
    """Every part in a cell of its own, so that a number is always at the same place; `column` is the cell on its page.

    A part that cannot be as low as a cell takes the one below too. Where there is none below, it says what it is and how much
    follows, goes on at the top of the next page, and leaves the rest of the row to others.
    """
    cells = columns * GRID_ROWS
    column_h = (cell_h + look.theme.gap) * GRID_ROWS - look.theme.gap
    parts: list[list[Placed]] = [[] for _ in bodies]
    taken: set[int] = set()
    later: list[tuple[int, int, int]] = []  # tile, block, index of the part that waits for the next page
    later_page = cell = 0

    def put(n: int, start: int, index: int) -> bool:
        """All of it from this block on; False when the rest waits for the next page."""
        nonlocal cell, later_page
        whole = bodies[n]
        while True:
            while cell in taken:
                cell += 1
            end, h = _fitting(look, whole, index, start, cell_h)
            if h > cell_h:
                if cell % cells >= columns:  # nothing is below it on this page
                    h = part_height(look, whole, index, 0, 0)
                    if not index and h <= cell_h:
                        more = more_after(whole, 0)
                        parts[n].append(
                            Placed(n, Part(whole, 0, 0, 0, h, more), cell // cells, cell % cells, 0)
                        )
                        cell, index = cell + 1, 1
                    later_page = (cell - 1) // cells
                    later.append((n, start, index))
                    return False
                end, h = _fitting(look, whole, index, start, column_h)
                taken.add(cell + columns)
            more = more_after(whole, end) if end < len(whole.blocks) else 0
            parts[n].append(
                Placed(n, Part(whole, index, start, end, h, more), cell // cells, cell % cells, 0)
            )
            cell += 1
            if end >= len(whole.blocks):
                return True
            start, index = end, index + 1

    def put_later() -> None:
        waiting = later[:]
        later.clear()
        for one in waiting:
            put(*one)

    for n in range(len(bodies)):
        if later and cell // cells > later_page:
            put_later()
        put(n, 0, 0)
    while later:
        cell = max(cell, (later_page + 1) * cells)
        put_later()
    placed = [
        _going_on(one, after) for mine in parts for one, after in zip(mine, [*mine[1:], None], strict=True)
    ]
    placed.sort(key=lambda one: (one.page, one.column))
    pages = placed[-1].page + 1 if placed else 1
    return Layout(tuple(placed), pages, tuple(mine[0].page for mine in parts))


def _fitting(look: Look, whole: Body, index: int, start: int, room: int) -> tuple[int, int]:
    """Where a part ends that begins at this block, and its height: all that fits the room, one line at the least."""
    end = len(whole.blocks)
    h = part_height(look, whole, index, start, end)
    if h > room:
        cut = _cut(look, whole, index, start, room)
        end = _least(whole, start) if cut is None else cut
        h = part_height(look, whole, index, start, end)
    return end, h


def _going_on(one: Placed, after: Placed | None) -> Placed:
    """Says on which page the ticket goes on, if it is another."""
    if after is None or after.page == one.page or not one.part.more:
        return one
    return replace(one, part=replace(one.part, more_page=after.page + 1))


def _cut(look: Look, whole: Body, index: int, start: int, room: int) -> int | None:
    """The last block that still fits, with lines on both sides of the cut; None where there is no such place.

    Pieces of one line that is higher than a column have their line in the last piece only: they are cut between pieces.
    """
    last = whole.lines_before[-1]
    before = whole.lines_before
    piece: int | None = None
    used = part_height(look, whole, index, start, start)
    fitting = bisect_right(whole.tops, room - used + whole.tops[start]) - 1
    for end in range(min(fitting, len(whole.blocks) - 1), start, -1):
        block = whole.blocks[end - 1]
        if block.with_next:
            continue
        if before[start] < before[end] < last:
            return end
        if piece is None and block.kind == "line":
            piece = end
    return piece


def _least(whole: Body, start: int) -> int:
    """One line in a column of its own, even where it is too high for it."""
    end = start + 1
    while end < len(whole.blocks) and whole.blocks[end - 1].with_next:
        end += 1
    return end
