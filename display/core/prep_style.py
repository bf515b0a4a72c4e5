"""How a prep screen draws a ticket: allergies and voids on top, then lines by course, what was added, and what is held."""

from __future__ import annotations

from display.core import header as headers
from display.core import palette as p
from display.core.aging import Age, Level, age
from display.core.asides import has_asides
from display.core.blocks import Block, Painted, added, allergy, cut, fitting, hold, progress, strip
from display.core.draw import Op, Weight
from display.core.header import Fit, Head, Header, Pill, header_height, pill_of
from display.core.kept_lines import KeptLines
from display.core.lines import course_name, grouped, void_block
from display.core.look import Look, Said
from display.core.pen import Pen
from display.core.staged import StagedTicket, staged_blocks, staged_header, staged_header_h
from display.core.tiles import BODY_BOTTOM, MORE_BOTTOM, Body, Style
from heard.order import Course, LineState
from heard.stream import AgeLimits
from heard.ticket import Ticket, TicketLine, speaks_of_allergy, unseen_void


class PrepStyle:
    """A station's ticket, as `tiles.Style` asks for it."""

    def __init__(self) -> None:
        self._kept = KeptLines()

    def age(self, ticket: Ticket, now_ms: int, limits: AgeLimits) -> Age:
        if ticket.waiting_only or ticket.cancelled:
            return Age(0, Level.FRESH, 0.0)
        return age(ticket.age_from_ms, now_ms, limits, ticket.due_ms)

    def pill(self, ticket: Ticket, head: Head) -> Pill | None:
        return pill_of(ticket, head)

    def body(
        self, look: Look, w: int, ticket: Ticket, pill: Pill | None, column_h: int, *, greyed: bool
    ) -> Body:
        if isinstance(ticket, StagedTicket):
            blocks = tuple(staged_blocks(look, w, ticket))
            header_h = staged_header_h(look, w, ticket)
            return Body(self, ticket, w, (), blocks, None, header_h, Fit(), opened=True)
        return body(self, self._kept, look, w, ticket, pill, column_h, greyed=greyed)

    def header(self, look: Look, w: int, ticket: Ticket, head: Head, rows_for: Fit) -> Header:
        if isinstance(ticket, StagedTicket):
            return staged_header(look, w, ticket, head)
        return headers.header(look, w, ticket, head, rows_for)

    def ticking(self, look: Look, w: int, ticket: Ticket, head: Head, h: int) -> tuple[Op, ...]:
        return headers.ticking(look, w, ticket, head, h)

    def continued(self, look: Look, w: int, ticket: Ticket, head: Head) -> Header:
        return headers.continued(look, w, ticket, head)

    def waiting(self, look: Look, w: int, ticket: Ticket, head: Head, fires_at_ms: int) -> Header:
        return headers.waiting_row(look, w, ticket, head, fires_at_ms)


def body(
    style: Style,
    kept: KeptLines,
    look: Look,
    w: int,
    ticket: Ticket,
    pill: Pill | None,
    column_h: int,
    *,
    greyed: bool = False,
) -> Body:
    """See `Style.body`; a greyed tile has all lines done."""
    order = ticket.order
    notes = [note for note in order.notes if note.allergy or speaks_of_allergy(note.text, look.allergy_words)]
    whites = [(one.name, one.allergen_id, one.seat) for one in ticket.allergens if not one.line_id]
    whites += [(note.text, "", "") for note in notes]
    repeated = fitting(look, column_h, lambda one: tuple(allergy(one, w, *white) for white in whites))
    plain_notes = [note for note in order.notes if note not in notes]
    voids = [line for line in ticket.lines if unseen_void(line.at)]
    others = [line for line in ticket.lines if not unseen_void(line.at)]
    held = [] if look.held_lines else [line for line in others if line.at.state is LineState.WAITING]
    shown = [line for line in others if line.at.state is not LineState.WAITING or look.held_lines]
    blocks = [void_block(look, w, same) for same in grouped(voids, (), look.group_identical)]
    if plain_notes:
        blocks += [_note_block(look, w, look.name(note.text)) for note in plain_notes]
    blocks += _line_blocks(kept, look, w, ticket, [line for line in shown if not line.added], greyed)
    blocks += _added_blocks(kept, look, w, ticket, [line for line in shown if line.added], greyed)
    fires = _held_courses(ticket, held)
    blocks += [_held_block(look, w, ticket, course, lines) for course, lines in fires]
    times = [course.fires_at_ms for course, _ in fires if course.fires_at_ms]
    if ticket.waiting_only and look.held_lines:
        waiting = [line for line in ticket.lines if line.at.state is LineState.WAITING]
        times = [course.fires_at_ms for course, _ in _held_courses(ticket, waiting) if course.fires_at_ms]
    foot = progress(look, w, ticket.elsewhere)
    fit = Fit(pill)
    header_h = header_height(look, w, ticket, fit)
    if has_asides(order):
        rest = look.theme.body_top + sum(one.h for one in (*repeated, *blocks))
        rest += foot.h if foot is not None else look.theme.px(BODY_BOTTOM)
        if header_h + rest > column_h:
            tight = Fit(pill, roomy=False)
            lower = header_height(look, w, ticket, tight)
            if lower + rest <= column_h:  # covers and server alone would cut it in two
                fit, header_h = tight, lower
    around = header_h + look.theme.body_top + look.theme.px(MORE_BOTTOM) + look.theme.more_h
    room = max(column_h - around - sum(block.h for block in repeated), column_h // 3)
    return Body(
        style=style,
        ticket=ticket,
        w=w,
        repeated=repeated,
        blocks=tuple(piece for block in blocks for piece in cut(block, room)),
        foot=foot,
        header_h=header_h,
        rows_for=fit,
        fires_at_ms=min(times, default=0),
    )


def _note_block(look: Look, w: int, said: Said) -> Block:
    t = look.theme
    pen = Pen(look, w)
    x, y = t.padding + t.px(26), t.px(20)
    rows = look.measurer.wrap(said.text, t.modifier_text, Weight.MEDIUM, w - t.padding - x, said.rtl)
    pen.text(t.padding, y, "•", t.modifier_text, Weight.BOLD, p.NOTE)
    for n, text in enumerate(rows):
        pen.text(x, y + n * t.modifier_h, Said(text, said.rtl), t.modifier_text, Weight.MEDIUM, p.NOTE)
    return Block("mark", t.modifier_h * len(rows), tuple(pen.ops), with_next=True)


def _line_blocks(
    kept: KeptLines, look: Look, w: int, ticket: Ticket, lines: list[TicketLine], greyed: bool
) -> list[Block]:
    """Remakes first, then course by course where there are several."""
    allergens = ticket.order.allergens
    courses = {line.line.course for line in lines if line.at.state is not LineState.VOIDED}
    blocks: list[Block] = []
    for place in sorted({_place(line) for line in lines}):
        members = [line for line in lines if _place(line) == place]
        if len(courses) > 1 and place[0] and place[1]:
            blocks.append(strip(look, w, look.name(course_name(ticket.order, place[1], look))))
        for same in grouped(members, allergens, look.group_identical):
            blocks.append(kept.block(look, w, ticket.order, same, allergens, greyed))
    return blocks


def _place(line: TicketLine) -> tuple[bool, int]:
    return not line.line.remake, line.line.course


def _added_blocks(
    kept: KeptLines, look: Look, w: int, ticket: Ticket, lines: list[TicketLine], greyed: bool
) -> list[Block]:
    """What came after sending, each change under its own mark with its own age."""
    blocks: list[Block] = []
    for version in sorted({line.line.added_version for line in lines}):
        members = [line for line in lines if line.line.added_version == version]
        blocks.append(added(look, w, max(1, min(line.line.added_at_ms for line in members))))
        for same in grouped(members, ticket.order.allergens, look.group_identical):
            blocks.append(kept.block(look, w, ticket.order, same, ticket.order.allergens, greyed))
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
