"""A ticket as a tile: its blocks, and the parts that columns and pages cut it into."""

from __future__ import annotations

from dataclasses import dataclass

from display.core import palette as p
from display.core.aging import duration, ticked
from display.core.blocks import Block, Painted, added, added_ops, allergy, cut, hold, progress, strip
from display.core.draw import Group, Op, Rect, Weight
from display.core.header import (
    Head,
    Pill,
    continued,
    header,
    header_height,
    stripe,
    ticking,
    waiting_row,
)
from display.core.lines import course_name, grouped, line_block, void_block
from display.core.look import Look, Said
from display.core.pen import Pen, moved
from heard.order import Course, LineState
from heard.ticket import Ticket, TicketLine, unseen_void

BODY_TOP = 10  # under the header
BODY_BOTTOM = 6
MORE_BOTTOM = 6


@dataclass(frozen=True, slots=True)
class Body:
    """A ticket's blocks at one width. `repeated` (allergies) stand on every part, `foot` under the last."""

    ticket: Ticket
    w: int
    repeated: tuple[Block, ...]
    blocks: tuple[Block, ...]
    foot: Block | None
    header_h: int
    rows_for: Pill | None
    fires_at_ms: int = 0

    @property
    def waiting_only(self) -> bool:
        return self.ticket.waiting_only

    def lines_in(self, start: int, end: int) -> tuple[Painted, ...]:
        """The order's lines that blocks `start` to `end` show."""
        return tuple(line for block in self.blocks[start:end] for line in block.lines)


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


def body(
    look: Look, w: int, ticket: Ticket, pill: Pill | None, column_h: int, *, greyed: bool = False
) -> Body:
    """The blocks of a ticket, none of them higher than a column holds.

    `pill` is the one that the header's height is measured with. A `greyed` tile is as high as it was, with all lines done.
    """
    order = ticket.order
    repeated = [
        allergy(look, w, one.name, one.allergen_id, one.seat) for one in ticket.allergens if not one.line_id
    ]
    notes = [note for note in order.notes if note.allergy or _alarms(look, note.text)]
    repeated += [allergy(look, w, note.text, "") for note in notes]
    plain_notes = [note for note in order.notes if note not in notes]
    voids = [line for line in ticket.lines if unseen_void(line.at)]
    others = [line for line in ticket.lines if not unseen_void(line.at)]
    held = [] if look.held_lines else [line for line in others if line.at.state is LineState.WAITING]
    shown = [line for line in others if line.at.state is not LineState.WAITING or look.held_lines]
    blocks = [void_block(look, w, same) for same in grouped(voids, (), look.group_identical)]
    if plain_notes:
        blocks += [_note_block(look, w, look.name(note.text)) for note in plain_notes]
    blocks += _line_blocks(look, w, ticket, [line for line in shown if not line.added], greyed)
    blocks += _added_blocks(look, w, ticket, [line for line in shown if line.added], greyed)
    fires = _held_courses(ticket, held)
    blocks += [_held_block(look, w, ticket, course, lines) for course, lines in fires]
    times = [course.fires_at_ms for course, _ in fires if course.fires_at_ms]
    if ticket.waiting_only and look.held_lines:
        waiting = [line for line in ticket.lines if line.at.state is LineState.WAITING]
        times = [course.fires_at_ms for course, _ in _held_courses(ticket, waiting) if course.fires_at_ms]
    header_h = header_height(look, w, ticket, pill)
    around = header_h + look.theme.px(BODY_TOP + MORE_BOTTOM) + look.theme.more_h
    room = max(column_h - around - sum(block.h for block in repeated), column_h // 3)
    return Body(
        ticket=ticket,
        w=w,
        repeated=tuple(repeated),
        blocks=tuple(piece for block in blocks for piece in cut(block, room)),
        foot=progress(look, w, ticket.elsewhere),
        header_h=header_h,
        rows_for=pill,
        fires_at_ms=min(times, default=0),
    )


def _alarms(look: Look, text: object) -> bool:
    spoken = " ".join(text.values()).casefold() if isinstance(text, dict) else ""
    return any(word.casefold() in spoken for word in look.allergy_words if word)


def _note_block(look: Look, w: int, said: Said) -> Block:
    t = look.theme
    pen = Pen(look, w)
    x, y = t.padding + t.px(26), t.px(20)
    rows = look.measurer.wrap(said.text, t.modifier_text, Weight.MEDIUM, w - t.padding - x, said.rtl)
    pen.text(t.padding, y, "•", t.modifier_text, Weight.BOLD, p.NOTE)
    for n, text in enumerate(rows):
        pen.text(x, y + n * t.modifier_h, Said(text, said.rtl), t.modifier_text, Weight.MEDIUM, p.NOTE)
    return Block("mark", t.modifier_h * len(rows), tuple(pen.ops), with_next=True)


def _line_blocks(look: Look, w: int, ticket: Ticket, lines: list[TicketLine], greyed: bool) -> list[Block]:
    """Remakes first, then course by course where there are several."""
    allergens = ticket.order.allergens
    courses = {line.line.course for line in lines if line.at.state is not LineState.VOIDED}
    blocks: list[Block] = []
    for place in sorted({_place(line) for line in lines}):
        members = [line for line in lines if _place(line) == place]
        if len(courses) > 1 and place[0] and place[1]:
            blocks.append(strip(look, w, look.name(course_name(ticket.order, place[1], look))))
        for same in grouped(members, allergens, look.group_identical):
            blocks.append(line_block(look, w, ticket.order, same, allergens, greyed))
    return blocks


def _place(line: TicketLine) -> tuple[bool, int]:
    return not line.line.remake, line.line.course


def _added_blocks(look: Look, w: int, ticket: Ticket, lines: list[TicketLine], greyed: bool) -> list[Block]:
    """What came after sending, each change under its own mark with its own age."""
    blocks: list[Block] = []
    for version in sorted({line.line.added_version for line in lines}):
        members = [line for line in lines if line.line.added_version == version]
        blocks.append(added(look, w, max(1, min(line.line.added_at_ms for line in members))))
        for same in grouped(members, ticket.order.allergens, look.group_identical):
            blocks.append(line_block(look, w, ticket.order, same, ticket.order.allergens, greyed))
    return blocks


def _held_courses(ticket: Ticket, held: list[TicketLine]) -> list[tuple[Course, list[TicketLine]]]:
    known = {course.course: course for course in ticket.order.courses}
    found: dict[int, list[TicketLine]] = {}
    for line in held:
        found.setdefault(line.line.course, []).append(line)
    return [(known.get(number, Course(number)), found[number]) for number in sorted(found)]


def _held_block(look: Look, w: int, ticket: Ticket, course: Course, lines: list[TicketLine]) -> Block:
    painted = tuple(Painted(line.line.line_id, line.at.version) for line in lines)
    items = sum(line.to_make_milli for line in lines)
    several = len({line.line.course for line in ticket.lines if line.at.state is LineState.WAITING}) > 1
    name = course_name(ticket.order, course.course, look) if several and course.course else course.name
    return hold(look, w, name, course.fires_at_ms, painted, items)


def part_height(look: Look, whole: Body, index: int, start: int, end: int) -> int:
    """Height of a part with these blocks; the last one carries the foot, another the "n more" row."""
    t = look.theme
    if whole.waiting_only:
        return t.header_continued_h
    h = (whole.header_h if index == 0 else t.header_continued_h) + t.px(BODY_TOP)
    h += sum(block.h for block in whole.repeated) + sum(block.h for block in whole.blocks[start:end])
    if end < len(whole.blocks):
        return h + t.more_h + t.px(MORE_BOTTOM)
    return h + (whole.foot.h if whole.foot is not None else t.px(BODY_BOTTOM))


def more_after(whole: Body, end: int) -> int:
    """How many lines follow block `end`: those to see; held ones only when there is nothing else."""
    rest = whole.blocks[end:]
    shown = sum(len(block.lines) for block in rest if block.kind != "held")
    return shown or sum(len(block.lines) for block in rest)


@dataclass(frozen=True, slots=True)
class Area:
    """A touchable rectangle of a tile, from the tile's own corner."""

    x: int
    y: int
    w: int
    h: int
    lines: tuple[Painted, ...] = ()


@dataclass(frozen=True, slots=True)
class Tile:
    """A painted part: its operations, and where its header, lines and UNDO may be touched."""

    group: Group
    header_h: int
    areas: tuple[Area, ...]
    undo: Area | None


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
        top = waiting_row(look, w, ticket, head, whole.fires_at_ms)
    elif part.index == 0:
        top = header(look, w, ticket, head, whole.rows_for)
    else:
        top = continued(look, w, ticket, head)
    stripe_x = w - t.stripe_w if look.rtl else 0
    ops: list[Op] = [Rect(stripe_x, 0, t.stripe_w, part.h, stripe(ticket, head.bumped)), *top.ops]
    areas: list[Area] = []
    ages: list[tuple[int, int]] = []
    if not whole.waiting_only:
        at = top.h + t.px(BODY_TOP)
        for block in (*whole.repeated, *whole.blocks[part.start : part.end]):
            if block.ticking:
                ages.append((at, block.since_ms))
            else:
                ops += moved(block.ops, 0, at)
            if block.lines:
                areas.append(Area(0, at, w, block.h, block.lines))
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
        ops += ticking(look, w, ticket, head, rest.header_h)
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
        text += " · " + words.say("on_page", n=part.more_page)
    pen.text(x - t.px(12), middle, Said(text, look.rtl), t.more_text, Weight.SEMIBOLD, p.LINK, at="end")
    return tuple(pen.ops)
