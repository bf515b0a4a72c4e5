"""A ticket as a tile: its blocks, and the parts that columns and pages cut it into."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from typing import Protocol

from display.core import palette as p
from display.core.aging import Age, duration, ticked
from display.core.blocks import Block, Painted, added_ops
from display.core.draw import Group, Op, Rect, Weight
from display.core.header import Fit, Head, Header, Pill, stripe
from display.core.look import Look, Said
from display.core.pen import Pen, moved
from heard.quick import quick
from heard.stream import AgeLimits
from heard.ticket import Ticket

BODY_BOTTOM = 6
MORE_BOTTOM = 6


class Style(Protocol):
    """How one kind of screen draws a ticket: its blocks, its headers, and what its age says."""

    def age(self, ticket: Ticket, now_ms: int, limits: AgeLimits) -> Age:
        """What the header's timer and bar show."""
        ...

    def pill(self, ticket: Ticket, head: Head) -> Pill | None:
        """The one word of the header that is more than the order's type."""
        ...

    def body(
        self, look: Look, w: int, ticket: Ticket, pill: Pill | None, column_h: int, *, greyed: bool
    ) -> Body:
        """The blocks of a ticket, none of them higher than a column holds.

        `pill` is the one that the header's height is measured with. A `greyed` tile is as high as it was.
        """
        ...

    def header(self, look: Look, w: int, ticket: Ticket, head: Head, rows_for: Fit) -> Header:
        """The header of the first part, without what the seconds change."""
        ...

    def ticking(self, look: Look, w: int, ticket: Ticket, head: Head, h: int) -> tuple[Op, ...]:
        """What the seconds change, painted over a header of height h."""
        ...

    def continued(self, look: Look, w: int, ticket: Ticket, head: Head) -> Header:
        """The header of further parts."""
        ...

    def waiting(self, look: Look, w: int, ticket: Ticket, head: Head, fires_at_ms: int) -> Header:
        """A ticket with nothing to do yet, as one row."""
        ...


@dataclass(frozen=True, slots=True)
class Body:
    """A ticket's blocks at one width. `repeated` (allergies) stand on every part, `foot` under the last."""

    style: Style
    ticket: Ticket
    w: int
    repeated: tuple[Block, ...]
    blocks: tuple[Block, ...]
    foot: Block | None
    header_h: int
    rows_for: Fit
    fires_at_ms: int = 0
    opened: bool = False  # more than one row although all of it waits
    # Sums over the blocks before each, and over all of them: a layout asks for every ticket of a full kitchen.
    tops: tuple[int, ...] = field(init=False, repr=False, compare=False)
    lines_before: tuple[int, ...] = field(init=False, repr=False, compare=False)
    seen_before: tuple[int, ...] = field(
        init=False, repr=False, compare=False
    )  # without what is only counted
    repeated_h: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        counts = [len(block.lines) for block in self.blocks]
        seen = [0 if block.kind == "held" else n for block, n in zip(self.blocks, counts, strict=True)]
        for name, found in (
            ("tops", tuple(accumulate((block.h for block in self.blocks), initial=0))),
            ("lines_before", tuple(accumulate(counts, initial=0))),
            ("seen_before", tuple(accumulate(seen, initial=0))),
            ("repeated_h", sum(block.h for block in self.repeated)),
        ):
            object.__setattr__(self, name, found)

    @property
    def waiting_only(self) -> bool:
        return self.ticket.waiting_only and not self.opened

    def lines_in(self, start: int, end: int) -> tuple[Painted, ...]:
        """The order's lines that blocks `start` to `end` show."""
        return tuple(line for block in self.blocks[start:end] for line in block.lines)


@quick
@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a tile in one column: blocks `start` to `end` of its body. `index` 0 is the one with the full header."""

    body: Body
    index: int
    start: int
    end: int
    h: int
    more: int = 0  # lines that follow on a further part
    more_page: int = 0  # … on this page, when it is not the one shown

    @property
    def last(self) -> bool:
        return self.more == 0


def part_height(look: Look, whole: Body, index: int, start: int, end: int) -> int:
    """Height of a part with these blocks; the last one carries the foot, another the "n more" row."""
    t = look.theme
    if whole.waiting_only:
        return t.header_continued_h
    h = (whole.header_h if index == 0 else t.header_continued_h) + t.body_top
    below = whole.repeated_h + whole.tops[end] - whole.tops[start]
    if not below and index == 0 and end == len(whole.blocks) and whole.foot is None:
        return whole.header_h  # which says all of it
    h += below
    if end < len(whole.blocks):
        return h + t.more_h + t.px(MORE_BOTTOM)
    return h + (whole.foot.h if whole.foot is not None else t.px(BODY_BOTTOM))


def more_after(whole: Body, end: int) -> int:
    """How many lines follow block `end`: those to see; held ones only when there is nothing else."""
    shown = whole.seen_before[-1] - whole.seen_before[end]
    return shown or whole.lines_before[-1] - whole.lines_before[end]


@quick
@dataclass(frozen=True, slots=True)
class Area:
    """A touchable rectangle of a tile, from the tile's own corner."""

    x: int
    y: int
    w: int
    h: int
    lines: tuple[Painted, ...] = ()
    action: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Tile:
    """A painted part: its operations, and where its header, lines and UNDO may be touched."""

    group: Group
    header_h: int
    areas: tuple[Area, ...]
    undo: Area | None


@quick
@dataclass(frozen=True, slots=True)
class Still:
    """What of a part does not change with the seconds; `ages` are its ADDED strips: y and since when."""

    ops: tuple[Op, ...]
    header_h: int
    areas: tuple[Area, ...]
    undo: Area | None
    ages: tuple[tuple[int, int], ...]


def still(look: Look, part: Part, head: Head) -> Still:
    """Everything of a part but its ages."""
    t, whole, w = look.theme, part.body, part.body.w
    ticket = whole.ticket
    if whole.waiting_only and not head.bumped:
        top = whole.style.waiting(look, w, ticket, head, whole.fires_at_ms)
    elif part.index == 0:
        top = whole.style.header(look, w, ticket, head, whole.rows_for)
    else:
        top = whole.style.continued(look, w, ticket, head)
    stripe_x = w - t.stripe_w if look.rtl else 0
    ops: list[Op] = [Rect(stripe_x, 0, t.stripe_w, part.h, stripe(ticket, head.bumped)), *top.ops]
    areas: list[Area] = []
    ages: list[tuple[int, int]] = []
    if not whole.waiting_only:
        at = top.h + t.body_top
        for block in (*whole.repeated, *whole.blocks[part.start : part.end]):
            if block.ticking:
                ages.append((at, block.since_ms))
            else:
                ops += moved(block.ops, 0, at)
            if block.h and (block.lines or block.action):
                areas.append(Area(0, at, w, block.h, block.lines, block.action))
            elif block.lines and top.inlay is not None:
                areas.append(Area(*top.inlay, block.lines))
            at += block.h
        if part.end < len(whole.blocks):
            ops += _more(look, w, at, part)
        elif whole.foot is not None:
            ops += moved(whole.foot.ops, 0, at)
    undo = Area(*top.undo) if top.undo is not None else None
    return Still(tuple(ops), top.h, tuple(areas), undo, tuple(ages))


def tile(look: Look, key: str, x: int, y: int, part: Part, head: Head, now_ms: int, rest: Still) -> Tile:
    """The part as a group at x, y; `rest` is its `still`."""
    w, ticket = part.body.w, part.body.ticket
    ops = rest.ops
    if part.index == 0 and not part.body.waiting_only:
        ops += part.body.style.ticking(look, w, ticket, head, rest.header_h)
    for at, since_ms in rest.ages:
        age = duration((ticked(now_ms) - since_ms) // 1000)
        ops += moved(added_ops(look, w, age), 0, at)
    group = Group(key, x, y, w, part.h, p.CARD, ops, look.theme.radius, p.PAGE)
    return Tile(group, rest.header_h, rest.areas, rest.undo)


def _more(look: Look, w: int, y: int, part: Part) -> tuple[Op, ...]:
    t, words = look.theme, look.words
    pen = Pen(look, w)
    middle = y + t.more_h // 2
    x = w - t.padding - t.more_arrow
    pen.icon(x, middle, "arrow-right", t.more_arrow, p.LINK, mirrored=True)
    text = words.say("more", n=part.more)
    if part.more_page:
        where = words.say("on_page", n=part.more_page)
        longer = f"{text} · {where}"
        room = x - t.px(12) - t.stripe_w
        text = longer if pen.width(Said(longer, look.rtl), t.more_text, Weight.SEMIBOLD) <= room else text
    pen.text(x - t.px(12), middle, Said(text, look.rtl), t.more_text, Weight.SEMIBOLD, p.LINK, at="end")
    return tuple(pen.ops)
