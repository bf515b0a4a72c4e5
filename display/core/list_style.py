"""How the list by item draws a dish: how many of it on top, then for whom, each ticket with its allergies and changes."""

from __future__ import annotations

from dataclasses import replace

from display.core import palette as p
from display.core.aging import Age, Level, age, duration
from display.core.asides import asides, draw_asides
from display.core.blocks import Block, Painted, allergy, cut
from display.core.by_item import ItemTicket
from display.core.chips import Chip, chip_width, draw_chip, draw_chips, is_out, line_chips, out_chip
from display.core.draw import Colour, Op, Weight
from display.core.header import (
    Fit,
    Head,
    Header,
    Pill,
    number_of,
    pill_of,
    slot_key,
    undo_pill,
)
from display.core.lines import SIGN_COLOURS, SIGNS
from display.core.look import Look, Said
from display.core.order_words import details, type_word
from display.core.pen import Pen, moved
from display.core.prep_style import PrepStyle
from display.core.tiles import MORE_BOTTOM, Body
from heard.order import LineState, ModifierKind, Text
from heard.stream import AgeLimits
from heard.ticket import Ticket, TicketLine

ROW_H = 46
CHIP_Y = 42
SECOND_Y, SECOND_H = 36, 34  # the second language under the name
OUT_H = 46
TIMER_TEXT = 34
SIGN_X = 26  # a modifier's text, from its sign's start
MODIFIER_H = 40
NAME_H = 42
MADE_SIGN = 26  # before the quantity of a row that was just made
MODIFIER_SECOND_Y, MODIFIER_SECOND_TEXT = 34, 24  # the second language under a modifier
_PAPER = {Level.FRESH: p.FRESH, Level.WARN: p.WARN, Level.LATE: p.LATE}
_INK = {Level.FRESH: p.WHITE, Level.WARN: p.WARN_INK, Level.LATE: p.WHITE}
_TRACK = {Level.FRESH: p.FRESH_TRACK, Level.WARN: p.WARN_TRACK, Level.LATE: p.LATE_TRACK}


class ListStyle:
    """A dish, as `tiles.Style` asks for it; and a ticket of which all waits, as every station has it."""

    def __init__(self) -> None:
        self._ticket = PrepStyle()

    def age(self, ticket: Ticket, now_ms: int, limits: AgeLimits) -> Age:
        if not isinstance(ticket, ItemTicket):
            return self._ticket.age(ticket, now_ms, limits)
        return Age(0, Level.FRESH, 0.0) if ticket.cancelled else age(ticket.age_from_ms, now_ms, limits)

    def pill(self, ticket: Ticket, head: Head) -> Pill | None:
        return pill_of(ticket, head)

    def header(self, look: Look, w: int, ticket: Ticket, head: Head, rows_for: Fit) -> Header:
        if not isinstance(ticket, ItemTicket):
            return self._ticket.header(look, w, ticket, head, rows_for)
        t = look.theme
        pen = Pen(look, w)
        item = ticket
        h = _header_h(look, w, item)
        ink, paper, track = _colours(ticket, head)
        pen.rect(t.stripe_w, 0, w - t.stripe_w, h - t.age_bar_h, paper)
        pen.rect(t.stripe_w, h - t.age_bar_h, w - t.stripe_w, t.age_bar_h, track)
        slot_key(look, pen, head, t.slot_y, t.slot)
        to_make = any(line.at.state is not LineState.VOIDED for line in item.lines)
        count = Said(look.number(item.to_make_milli), False)
        if not to_make:
            count = Said(look.words.say("pill.CANCELLED"), look.rtl)
        size = t.number_text if to_make else t.pill_text
        pen.text(t.names_x, t.header_row1_y, count, size, Weight.BOLD, ink)
        x = t.names_x + pen.width(count, size, Weight.BOLD) + t.px(12)
        if head.pending:
            pen.icon(x, t.header_row1_y, "clock-arrow-up", t.clock_sign, ink)
            x += t.clock_sign + t.px(12)
        undo = None
        if head.bumped:
            end = w - t.padding
            if head.undo:
                undo = undo_pill(look, pen, end, t.header_row1_y)
                end -= undo[2] + t.px(12)
            word = Said(look.words.say("queued" if head.queued else head.word), look.rtl)
            if x + pen.width(word, t.pill_text, Weight.BOLD) <= end:
                pen.text(end, t.header_row1_y, word, t.pill_text, Weight.BOLD, p.CHECK, at="end")
            else:
                pen.icon(end - t.clock_sign, t.header_row1_y, "check", t.clock_sign, p.CHECK)
        elif ticket.order.rush and x + t.clock_sign <= w - t.padding - pen.width(
            "00:00", t.px(TIMER_TEXT), Weight.BOLD
        ):
            pen.icon(x, t.header_row1_y, "zap", t.clock_sign, ink)
        y = t.header_row2_y
        name, names = _name(look, w, item)
        for n, text in enumerate(names):
            pen.text(t.names_x, y + n * t.px(NAME_H), Said(text, name.rtl), t.item_text, Weight.SEMIBOLD, ink)
        y += t.px(NAME_H) * (len(names) - 1)
        for n, second in enumerate(_second(look, w, item)):
            pen.text(t.names_x, y + t.px(SECOND_Y + n * SECOND_H), second, t.second_text, Weight.REGULAR, ink)
        return Header(tuple(pen.ops), h, undo)

    def ticking(self, look: Look, w: int, ticket: Ticket, head: Head, h: int) -> tuple[Op, ...]:
        if not isinstance(ticket, ItemTicket):
            return self._ticket.ticking(look, w, ticket, head, h)
        if head.bumped or head.age is None:
            return ()
        t = look.theme
        pen = Pen(look, w)
        ink = _colours(ticket, head)[0]
        filled = round((w - t.stripe_w) * head.age.full)
        if filled:
            pen.rect(t.stripe_w, h - t.age_bar_h, filled, t.age_bar_h, ink)
        text = ("≥" if head.suspect else "") + look.said(duration(head.age.seconds), False).text
        pen.text(w - t.padding, t.header_row1_y, text, t.px(TIMER_TEXT), Weight.BOLD, ink, at="end")
        return tuple(pen.ops)

    def continued(self, look: Look, w: int, ticket: Ticket, head: Head) -> Header:
        """The dish's name, smaller where it is long; it stood in full on the first part."""
        if not isinstance(ticket, ItemTicket):
            return self._ticket.continued(look, w, ticket, head)
        t = look.theme
        pen = Pen(look, w)
        ink, paper, _ = _colours(ticket, head)
        word = Said(look.words.say("continued"), look.rtl)
        item = ticket
        name = look.name(item.item.name, item.item.item_id)
        room = w - t.padding - t.names_x - pen.width(word, t.progress_text, Weight.MEDIUM) - t.px(10)
        h = t.header_continued_h
        pen.rect(t.stripe_w, 0, w - t.stripe_w, h, paper)
        slot_h, y = t.px(44), h // 2
        slot_key(look, pen, head, (h - slot_h) // 2, slot_h)
        size, rows = _continued_name(look, name, max(1, room))
        for n, text in enumerate(rows):
            at = y if len(rows) == 1 else y + (size // 2 + 1 if n else -size // 2 - 1)
            pen.text(t.names_x, at, Said(text, name.rtl), size, Weight.SEMIBOLD, ink)
        pen.text(w - t.padding, y, word, t.progress_text, Weight.MEDIUM, ink, at="end")
        return Header(tuple(pen.ops), h)

    def waiting(self, look: Look, w: int, ticket: Ticket, head: Head, fires_at_ms: int) -> Header:
        return self._ticket.waiting(look, w, ticket, head, fires_at_ms)

    def body(
        self, look: Look, w: int, ticket: Ticket, pill: Pill | None, column_h: int, *, greyed: bool
    ) -> Body:
        if not isinstance(ticket, ItemTicket):
            found = self._ticket.body(look, w, ticket, pill, column_h, greyed=greyed)
            return replace(found, style=self)
        item = ticket
        header_h = _header_h(look, w, item)
        blocks = _modifiers(look, w, item)
        blocks += [_member(look, w, member, lines, greyed) for member, lines in item.members]
        room = max(
            column_h - header_h - look.theme.body_top - look.theme.px(MORE_BOTTOM) - look.theme.more_h,
            column_h // 3,
        )
        pieces = tuple(piece for block in blocks for piece in cut(block, room))
        return Body(self, ticket, w, (), pieces, None, header_h, Fit(pill))


def _continued_name(look: Look, name: Said, room: int) -> tuple[int, tuple[str, ...]]:
    """A size and one or two rows; what is left of a longer name stood on the first part."""
    wrap, t = look.measurer.wrap, look.theme
    for px, rows_max in ((28, 1), (24, 2), (20, 2), (15, 2)):
        rows = wrap(name.text, t.px(px), Weight.SEMIBOLD, room, name.rtl)
        if len(rows) <= rows_max:
            return t.px(px), rows
    return t.px(px), rows[:2]


def _name(look: Look, w: int, item: ItemTicket) -> tuple[Said, tuple[str, ...]]:
    t = look.theme
    name = look.name(item.item.name, item.item.item_id)
    width = w - t.padding - t.names_x
    return name, look.measurer.wrap(name.text, t.item_text, Weight.SEMIBOLD, width, name.rtl)


def _second(look: Look, w: int, item: ItemTicket) -> list[Said]:
    """The dish's name in the second language."""
    second = look.second_name(item.item.name)
    if second is None:
        return []
    t = look.theme
    rows = look.measurer.wrap(
        second.text, t.second_text, Weight.REGULAR, w - t.padding - t.names_x, second.rtl
    )
    return [Said(text, second.rtl) for text in rows]


def _modifiers(look: Look, w: int, item: ItemTicket) -> list[Block]:
    """Those that change the food, above all rows: they are the same for every line of the tile. 86 stands before them."""
    t = look.theme
    blocks = []
    if item.item.item_id in look.out:
        pen = Pen(look, w)
        draw_chip(look, pen, out_chip(look), t.names_x, t.px(OUT_H // 2))
        blocks.append(Block("line", t.px(OUT_H), tuple(pen.ops), with_next=True))
    for modifier in item.item.modifiers:
        pen = Pen(look, w)
        name = look.name(modifier.name, modifier.modifier_id)
        sign_end = x = t.names_x + t.px(SIGN_X)
        if is_out(look, modifier):
            x += chip_width(look, out_chip(look)) + t.px(10)
        colour = SIGN_COLOURS.get(modifier.kind, p.NOTE)
        rows = look.measurer.wrap(name.text, t.modifier_text, Weight.SEMIBOLD, w - t.padding - x, name.rtl)
        y = t.px(MODIFIER_H // 2)
        pen.text(t.names_x, y, SIGNS.get(modifier.kind, "•"), t.modifier_text, Weight.BOLD, colour)
        if x > sign_end:
            draw_chip(look, pen, out_chip(look), sign_end, y)
        for n, text in enumerate(rows):
            row = Said(text, name.rtl)
            pen.text(x, y + n * t.px(MODIFIER_H), row, t.modifier_text, Weight.SEMIBOLD, colour)
        y += (len(rows) - 1) * t.px(MODIFIER_H)
        last = x + pen.width(row, t.modifier_text, Weight.SEMIBOLD)
        y = _in_second(look, pen, look.second_name(modifier.name), x, last, y, colour)
        blocks.append(Block("line", y + t.px(MODIFIER_H) - t.px(MODIFIER_H // 2), tuple(pen.ops)))
    return blocks


def _header_h(look: Look, w: int, item: ItemTicket) -> int:
    t = look.theme
    names, seconds = len(_name(look, w, item)[1]), len(_second(look, w, item))
    second_h = t.px(SECOND_Y + SECOND_H * (seconds - 1)) if seconds else 0
    return t.header_h + t.px(8) + t.px(NAME_H) * (names - 1) + second_h


def _colours(ticket: Ticket, head: Head) -> tuple[Colour, Colour, Colour]:
    if head.bumped:
        return p.DIM, p.QUIET, p.QUIET
    if all(line.at.state is LineState.VOIDED for line in ticket.lines):
        return p.INK, p.VOID_BAND, p.VOID_BAND
    level = head.age.level if head.age is not None else Level.FRESH
    return _INK[level], _PAPER[level], _TRACK[level]


def _member(look: Look, w: int, ticket: Ticket, lines: tuple[TicketLine, ...], greyed: bool) -> Block:
    """One ticket's part: how many, for whom; then what is special about each of its lines."""
    painted = tuple(Painted(line.line.line_id, line.at.version, ticket.key) for line in lines)
    whites: list[tuple[Text, str, str]] = [
        (one.name, one.allergen_id, one.seat)
        for one in ticket.allergens
        if not one.line_id or one.line_id in {line.line.line_id for line in lines}
    ]
    for line in lines:
        whites += [(note.text, "", line.line.seat) for note in line.line.notes if note.allergy]
        whites += [
            (one.name, one.modifier_id, line.line.seat)
            for one in line.line.modifiers
            if one.kind is ModifierKind.ALLERGY or one.allergy
        ]
    made = all(line.at.state is LineState.DONE for line in lines)
    row = _row(look, w, ticket, lines, painted, greyed or made, made=made)
    h, ops, cuts = row.h, list(row.ops), list(row.cuts)
    for name, otherwise, seat in whites:  # never apart from the line that it is about
        white = allergy(look, w, name, otherwise, seat)
        cuts.append(h)
        ops += moved(white.ops, 0, h)
        h += white.h
    return Block("line", h, tuple(ops), painted, tuple(cuts))


def _row(
    look: Look,
    w: int,
    ticket: Ticket,
    lines: tuple[TicketLine, ...],
    painted: tuple[Painted, ...],
    greyed: bool,
    *,
    made: bool = False,
) -> Block:
    t = look.theme
    pen = Pen(look, w)
    void = all(line.at.state is LineState.VOIDED for line in lines)
    milli = sum(
        line.line.quantity_milli if void else line.to_make_milli
        for line in lines
        if void or line.at.state is not LineState.VOIDED
    )
    ink = p.DIM if greyed else p.INK
    y = t.px(ROW_H // 2)
    count = look.number(milli)
    right = max(t.quantity_right, t.padding + pen.width(count, t.item_text, Weight.BOLD))
    colour = ink if milli <= 1000 or greyed or void else p.QUANTITY_MANY
    sign_x = right - pen.width(count, t.item_text, Weight.BOLD) - t.px(MADE_SIGN + 4)
    if made:
        pen.icon(max(sign_x, t.stripe_w + t.px(4)), y, "check", t.px(MADE_SIGN), p.CHECK)
    if not made or sign_x > t.stripe_w:  # else the sign stands in its place
        pen.text(right, y, count, t.item_text, Weight.BOLD, colour, at="end")
    x = max(t.names_x, right + t.px(16))
    number = number_of(ticket, look)
    sizes = (t.px(one) for one in (34, 26, 18))
    room = w - t.padding - x
    size = next((one for one in sizes if pen.width(number, one, Weight.BOLD) <= room), t.px(9))
    pen.text(x, y, number, size, Weight.BOLD, ink)
    number_w = pen.width(number, size, Weight.BOLD)
    if void:
        pen.strike(x - t.px(4), y, number_w + t.px(8), t.strike_h, p.VOID_STRIKE)
    at = x + number_w + t.px(14)
    cuts: list[int] = []
    for said in (type_word(look, ticket.order), *details(look, ticket.order)):
        for n, text in enumerate(
            look.measurer.wrap(said.text, t.second_text, Weight.MEDIUM, w - t.padding - x, said.rtl)
        ):
            row = Said(text, said.rtl)
            width = pen.width(row, t.second_text, Weight.MEDIUM)
            if n or at + width > w - t.padding:
                cuts.append(y + t.px(18))
                y += t.px(36)
                at = x
            pen.text(at, y, row, t.second_text, Weight.MEDIUM, p.DIM if greyed else p.LABEL)
            at += width + t.px(12)
    shown = asides(look, ticket.order, w - t.padding - at)
    draw_asides(look, pen, at, y, shown, p.DIM if greyed else p.LABEL)
    chips = _chips(look, ticket, lines)
    if chips:
        y = draw_chips(look, pen, chips, x, y + t.px(CHIP_Y), t.px(CHIP_Y))
    for line in lines:
        for modifier in line.line.modifiers:
            if modifier.cosmetic:
                name = look.name(modifier.name, modifier.modifier_id)
                mark = SIGNS.get(modifier.kind, "•"), SIGN_COLOURS.get(modifier.kind, p.NOTE)
                out = is_out(look, modifier)
                second = look.second_name(modifier.name)
                y = _aside(look, pen, mark, name, second, x, y, cuts, out=out)
        for note in line.line.notes:
            if not note.allergy:
                y = _aside(
                    look, pen, ("•", p.NOTE), look.name(note.text), look.second_name(note.text), x, y, cuts
                )
    ops = list(pen.ops)
    if void:
        band = Pen(look, w)
        band.rect(t.padding, 0, w - 2 * t.padding, y + t.px(ROW_H // 2 - 3), p.VOID_BAND, t.block_radius)
        ops = [*band.ops, *ops]
    return Block("line", y + t.px(ROW_H // 2), tuple(ops), painted, tuple(cuts))


def _aside(
    look: Look,
    pen: Pen,
    mark: tuple[str, Colour],
    said: Said,
    second: Said | None,
    x: int,
    y: int,
    cuts: list[int],
    *,
    out: bool = False,
) -> int:
    """A modifier or note of one ticket's line, with its sign; the middle of its last row."""
    t = look.theme
    sign, colour = mark
    sign_end = at = x + t.px(SIGN_X)
    if out:
        at += chip_width(look, out_chip(look)) + t.px(10)
    room = pen.w - t.padding - at
    for n, piece in enumerate(look.measurer.wrap(said.text, t.modifier_text, Weight.MEDIUM, room, said.rtl)):
        cuts.append(y + t.px(20))
        y += t.px(MODIFIER_H)
        if n == 0:
            pen.text(x, y, sign, t.modifier_text, Weight.BOLD, colour)
            if out:
                draw_chip(look, pen, out_chip(look), sign_end, y)
        pen.text(at, y, Said(piece, said.rtl), t.modifier_text, Weight.MEDIUM, colour)
        last = at + pen.width(Said(piece, said.rtl), t.modifier_text, Weight.MEDIUM)
    return _in_second(look, pen, second, at, last, y, colour)


def _in_second(look: Look, pen: Pen, second: Said | None, x: int, last: int, y: int, colour: Colour) -> int:
    """A modifier in the second language: at the end of its row, which ends at `last`, else below; the last row's middle."""
    t = look.theme
    if second is None:
        return y
    size, end = t.px(MODIFIER_SECOND_TEXT), pen.w - t.padding
    if last + t.px(14) + pen.width(second, size, Weight.REGULAR) <= end:
        pen.text(end, y, second, size, Weight.REGULAR, colour, at="end")
        return y
    for text in look.measurer.wrap(second.text, size, Weight.REGULAR, end - x, second.rtl):
        y += t.px(MODIFIER_SECOND_Y)
        pen.text(x, y, Said(text, second.rtl), size, Weight.REGULAR, colour)
    return y


def _chips(look: Look, ticket: Ticket, lines: tuple[TicketLine, ...]) -> tuple[Chip, ...]:
    """VOID and RUSH, and what is to be said of the lines; that the dish is out stands over all rows."""
    words = look.words
    found: list[Chip] = []
    if any(line.at.state is LineState.VOIDED for line in lines):
        found.append(Chip(words.say("void"), p.VOID_CHIP_INK, p.VOID_CHIP))
    if ticket.order.rush and not ticket.cancelled:
        found.append(Chip(words.say("pill.RUSH"), p.PILL_RUSH_INK, p.PILL_RUSH))
    for line in lines:
        if line.at.state is not LineState.VOIDED:
            found += line_chips(look, line)
    return tuple(chip for chip in dict.fromkeys(found) if chip != out_chip(look))
