"""How the list by item draws a dish: how many of it on top, then for whom, each ticket with its allergies and changes."""

from __future__ import annotations

from display.core import palette as p
from display.core.aging import Age, Level, age, duration
from display.core.blocks import Block, Painted, allergy, cut
from display.core.by_item import ItemTicket
from display.core.draw import Colour, Op, Weight
from display.core.header import (
    Head,
    Header,
    Pill,
    details,
    number_of,
    pill_of,
    slot_key,
    type_word,
)
from display.core.lines import SIGN_COLOURS, SIGNS
from display.core.look import Look, Said
from display.core.pen import Pen, moved
from display.core.tiles import MORE_BOTTOM, Body
from heard.order import LineState, ModifierKind, Text
from heard.stream import AgeLimits
from heard.ticket import Ticket, TicketLine

ROW_H = 46
MODIFIER_H = 40
NAME_H = 42
_PAPER = {Level.FRESH: p.FRESH, Level.WARN: p.WARN, Level.LATE: p.LATE}
_INK = {Level.FRESH: p.WHITE, Level.WARN: p.WARN_INK, Level.LATE: p.WHITE}
_TRACK = {Level.FRESH: p.FRESH_TRACK, Level.WARN: p.WARN_TRACK, Level.LATE: p.LATE_TRACK}


def _item(ticket: Ticket) -> ItemTicket:
    assert isinstance(ticket, ItemTicket)
    return ticket


class ListStyle:
    """A dish, as `tiles.Style` asks for it."""

    def age(self, ticket: Ticket, now_ms: int, limits: AgeLimits) -> Age:
        return Age(0, Level.FRESH, 0.0) if ticket.cancelled else age(ticket.age_from_ms, now_ms, limits)

    def pill(self, ticket: Ticket, head: Head) -> Pill | None:
        return pill_of(ticket, head)

    def header(self, look: Look, w: int, ticket: Ticket, head: Head, rows_for: Pill | None) -> Header:
        t = look.theme
        pen = Pen(look, w)
        item = _item(ticket)
        h = _header_h(look, w, item)
        ink, paper, track = _colours(ticket, head)
        pen.rect(t.stripe_w, 0, w - t.stripe_w, h - t.age_bar_h, paper)
        pen.rect(t.stripe_w, h - t.age_bar_h, w - t.stripe_w, t.age_bar_h, track)
        slot_key(look, pen, head, t.slot_y, t.slot)
        count = look.number(item.to_make_milli)
        pen.text(t.names_x, t.header_row1_y, count, t.number_text, Weight.BOLD, ink)
        x = t.names_x + pen.width(count, t.number_text, Weight.BOLD) + t.px(12)
        if head.pending:
            pen.icon(x, t.header_row1_y, "clock-arrow-up", t.clock_sign, ink)
            x += t.clock_sign + t.px(12)
        undo = None
        if head.bumped:
            word = Said(look.words.say("queued" if head.queued else "bumped"), look.rtl)
            pen.text(w - t.padding, t.header_row1_y, word, t.pill_text, Weight.BOLD, p.CHECK, at="end")
        elif ticket.order.rush:
            pen.icon(x, t.header_row1_y, "zap", t.clock_sign, ink)
        y = t.header_row2_y
        name, names = _name(look, w, item)
        for n, text in enumerate(names):
            pen.text(t.names_x, y + n * t.px(NAME_H), Said(text, name.rtl), t.item_text, Weight.SEMIBOLD, ink)
        return Header(tuple(pen.ops), h, undo)

    def ticking(self, look: Look, w: int, ticket: Ticket, head: Head, h: int) -> tuple[Op, ...]:
        if head.bumped or head.age is None:
            return ()
        t = look.theme
        pen = Pen(look, w)
        ink = _colours(ticket, head)[0]
        filled = round((w - t.stripe_w) * head.age.full)
        if filled:
            pen.rect(t.stripe_w, h - t.age_bar_h, filled, t.age_bar_h, ink)
        text = ("≥" if head.suspect else "") + look.said(duration(head.age.seconds), False).text
        pen.text(w - t.padding, t.header_row1_y, text, t.px(34), Weight.BOLD, ink, at="end")
        return tuple(pen.ops)

    def continued(self, look: Look, w: int, ticket: Ticket, head: Head) -> Header:
        """The dish's name, smaller where it is long; it stood in full on the first part."""
        t = look.theme
        pen = Pen(look, w)
        ink, paper, _ = _colours(ticket, head)
        word = Said(look.words.say("continued"), look.rtl)
        item = _item(ticket)
        name = look.name(item.item.name, item.item.item_id)
        room = w - t.padding - t.names_x - pen.width(word, t.progress_text, Weight.MEDIUM) - t.px(10)
        sizes = (t.px(one) for one in (28, 22, 17))
        size = next((one for one in sizes if pen.width(name, one, Weight.SEMIBOLD) <= room), t.px(13))
        shown = look.measurer.wrap(name.text, size, Weight.SEMIBOLD, max(1, room), name.rtl)[0]
        h = t.header_continued_h
        pen.rect(t.stripe_w, 0, w - t.stripe_w, h, paper)
        slot_h, y = t.px(44), h // 2
        slot_key(look, pen, head, (h - slot_h) // 2, slot_h)
        pen.text(t.names_x, y, Said(shown, name.rtl), size, Weight.SEMIBOLD, ink)
        pen.text(w - t.padding, y, word, t.progress_text, Weight.MEDIUM, ink, at="end")
        return Header(tuple(pen.ops), h)

    def waiting(self, look: Look, w: int, ticket: Ticket, head: Head, fires_at_ms: int) -> Header:
        """Nothing that only waits is in the list."""
        return self.continued(look, w, ticket, head)

    def body(
        self, look: Look, w: int, ticket: Ticket, pill: Pill | None, column_h: int, *, greyed: bool
    ) -> Body:
        item = _item(ticket)
        header_h = _header_h(look, w, item)
        blocks = _modifiers(look, w, item)
        blocks += [_member(look, w, member, lines, greyed) for member, lines in item.members]
        room = max(
            column_h - header_h - look.theme.body_top - look.theme.px(MORE_BOTTOM) - look.theme.more_h,
            column_h // 3,
        )
        pieces = tuple(piece for block in blocks for piece in cut(block, room))
        return Body(self, ticket, w, (), pieces, None, header_h, pill)


def _name(look: Look, w: int, item: ItemTicket) -> tuple[Said, tuple[str, ...]]:
    t = look.theme
    name = look.name(item.item.name, item.item.item_id)
    width = w - t.padding - t.names_x
    return name, look.measurer.wrap(name.text, t.item_text, Weight.SEMIBOLD, width, name.rtl)


def _modifiers(look: Look, w: int, item: ItemTicket) -> list[Block]:
    """Those that change the food, above all rows: they are the same for every line of the tile."""
    t = look.theme
    blocks = []
    for modifier in item.item.modifiers:
        pen = Pen(look, w)
        name = look.name(modifier.name, modifier.modifier_id)
        x = t.names_x + t.px(26)
        colour = SIGN_COLOURS.get(modifier.kind, p.NOTE)
        rows = look.measurer.wrap(name.text, t.modifier_text, Weight.SEMIBOLD, w - t.padding - x, name.rtl)
        y = t.px(MODIFIER_H // 2)
        pen.text(t.names_x, y, SIGNS.get(modifier.kind, "•"), t.modifier_text, Weight.BOLD, colour)
        for n, text in enumerate(rows):
            row = Said(text, name.rtl)
            pen.text(x, y + n * t.px(MODIFIER_H), row, t.modifier_text, Weight.SEMIBOLD, colour)
        blocks.append(Block("line", t.px(MODIFIER_H) * len(rows), tuple(pen.ops)))
    return blocks


def _header_h(look: Look, w: int, item: ItemTicket) -> int:
    t = look.theme
    names = len(_name(look, w, item)[1])
    return t.header_h + t.px(8) + t.px(NAME_H) * (names - 1)


def _colours(ticket: Ticket, head: Head) -> tuple[Colour, Colour, Colour]:
    if head.bumped:
        return p.DIM, p.QUIET, p.QUIET
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
    row = _row(look, w, ticket, lines, painted, greyed)
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
    colour = ink if milli <= 1000 or greyed else p.QUANTITY_MANY
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
    for said in (type_word(look, ticket.order), *details(look, ticket)):
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
    for text, chip_ink, paper in _chips(look, ticket, lines):
        y += t.px(42)
        said = Said(text, look.rtl)
        width = pen.width(said, t.chip_text, Weight.SEMIBOLD) + 2 * t.pill_padding
        pen.rect(x, y - t.chip_h // 2, width, t.chip_h, paper, t.pill_radius)
        pen.text(x + t.pill_padding, y, said, t.chip_text, Weight.SEMIBOLD, chip_ink)
    for line in lines:
        for modifier in line.line.modifiers:
            if modifier.cosmetic:
                name = look.name(modifier.name, modifier.modifier_id)
                sign = SIGNS.get(modifier.kind, "•")
                y = _aside(
                    look, pen, f"{sign} {name.text}", name.rtl, SIGN_COLOURS, modifier.kind, x, y, cuts
                )
        for note in line.line.notes:
            if not note.allergy:
                name = look.name(note.text)
                y = _aside(
                    look, pen, f"• {name.text}", name.rtl, SIGN_COLOURS, ModifierKind.PREPARE, x, y, cuts
                )
    return Block("line", y + t.px(ROW_H // 2), tuple(pen.ops), painted, tuple(cuts))


def _aside(
    look: Look,
    pen: Pen,
    text: str,
    rtl: bool,
    colours: dict[ModifierKind, Colour],
    kind: ModifierKind,
    x: int,
    y: int,
    cuts: list[int],
) -> int:
    t = look.theme
    said = look.said(text, rtl)
    for piece in look.measurer.wrap(
        said.text, t.modifier_text, Weight.MEDIUM, pen.w - t.padding - x, said.rtl
    ):
        cuts.append(y + t.px(20))
        y += t.px(MODIFIER_H)
        pen.text(x, y, Said(piece, said.rtl), t.modifier_text, Weight.MEDIUM, colours.get(kind, p.NOTE))
    return y


def _chips(look: Look, ticket: Ticket, lines: tuple[TicketLine, ...]) -> list[tuple[str, Colour, Colour]]:
    words = look.words
    found: list[tuple[str, Colour, Colour]] = []
    if any(line.at.state is LineState.VOIDED for line in lines):
        found.append((words.say("void"), p.VOID_CHIP_INK, p.VOID_CHIP))
    for line in lines:
        if line.was_milli is not None and line.at.state is not LineState.VOIDED:
            found.append((words.say("was", n=look.number(line.was_milli)), p.NOTE, p.CHIP))
        elif line.unseen and line.at.state is not LineState.VOIDED:
            found.append((words.say("changed"), p.NOTE, p.CHIP))
    if ticket.order.rush and not ticket.cancelled:
        found.append((words.say("pill.RUSH"), p.PILL_RUSH_INK, p.PILL_RUSH))
    if any(line.line.remake for line in lines):
        found.append((words.say("remake"), p.PILL_NEWS_INK, p.PILL_NEWS))
    return found
