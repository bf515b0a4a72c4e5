"""Scheduled orders that wait for one minute (iftar, half-time), drawn as one row with their own all-day."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from display.core import palette as p
from display.core.allday import AllDayKey, key_of
from display.core.blocks import Block
from display.core.board import TicketKey
from display.core.draw import Weight
from display.core.header import Head, Header, slot_key
from display.core.look import Look, Said
from display.core.pen import Pen
from heard.ticket import Ticket

STAGED_MIN = 3
"""Fewer orders for one minute stay rows of their own."""
MINUTE_MS = 60_000
PREFIX = "staged:"
ROW_H = 38


@dataclass(frozen=True, slots=True)
class StagedTicket(Ticket):
    """Stands for its members, in their order; it is no order, and no key acts on it."""

    members: tuple[Ticket, ...]


def staged(
    tickets: Mapping[TicketKey, Ticket], order: Sequence[Ticket]
) -> tuple[Mapping[TicketKey, Ticket], tuple[Ticket, ...]]:
    """The tickets and their order of work, with many that wait for one minute as one."""
    by: dict[int, list[Ticket]] = {}
    for ticket in order:
        if ticket.waiting_only and ticket.scheduled and ticket.due_ms:
            by.setdefault(ticket.due_ms // MINUTE_MS, []).append(ticket)
    many = {minute: members for minute, members in by.items() if len(members) >= STAGED_MIN}
    if not many:
        return tickets, tuple(order)
    gone = {member.key for members in many.values() for member in members}
    kept = [ticket for ticket in order if ticket.key not in gone]
    rows = [_row(minute, many[minute]) for minute in sorted(many)]
    mapping = {key: ticket for key, ticket in tickets.items() if key not in gone}
    mapping |= {row.key: row for row in rows}
    return mapping, (*kept, *rows)


def _row(minute: int, members: list[Ticket]) -> StagedTicket:
    first = members[0]
    names = {tuple(sorted(member.order.type_name.items())) for member in members}
    order = dataclasses.replace(
        first.order,
        order_id=f"{PREFIX}{minute}",
        call_number="",
        table="",
        guest="",
        aggregator_code="",
        type_name=first.order.type_name if len(names) == 1 else {},
        lines=(),
        allergens=(),
        notes=(),
        rush=False,
    )
    fields = {field.name: getattr(first, field.name) for field in dataclasses.fields(Ticket)}
    fields |= {"order": order, "batch": 0, "lines": (), "allergens": (), "elsewhere": ()}
    return StagedTicket(**fields, members=tuple(members))


def own_all_day(ticket: StagedTicket) -> dict[AllDayKey, int]:
    """What its members will ask for, by item and the modifiers that change the food, in thousandths."""
    sums: dict[AllDayKey, int] = {}
    for member in ticket.members:
        for line in member.lines:
            if line.open:
                key = key_of(line.line)
                sums[key] = sums.get(key, 0) + line.to_make_milli
    return sums


def staged_words(look: Look, ticket: StagedTicket) -> Said:
    """ "IFTAR 18:14 · 80 orders"."""
    name = look.name(ticket.order.type_name).text.upper() or look.words.say("scheduled")
    time = look.local_time(ticket.order.due_at_ms)
    text = look.words.say("staged", name=name, time=time, n=len(ticket.members))
    return look.said(text, look.rtl)


def staged_header(look: Look, w: int, ticket: StagedTicket, head: Head) -> Header:
    """One quiet row, more where the words do not fit."""
    t = look.theme
    pen = Pen(look, w)
    rows = _words_in_rows(look, w, ticket)
    h = staged_header_h(look, w, ticket)
    pen.rect(t.stripe_w, 0, w - t.stripe_w, h, p.QUIET)
    slot_h = t.px(44)
    slot_key(look, pen, head, (t.header_continued_h - slot_h) // 2, slot_h)
    for n, text in enumerate(rows):
        y = t.header_continued_h // 2 + n * t.px(34)
        pen.text(t.names_x, y, Said(text, look.rtl), t.hold_text, Weight.SEMIBOLD, p.INK)
    return Header(tuple(pen.ops), h)


def staged_header_h(look: Look, w: int, ticket: StagedTicket) -> int:
    """What `staged_header` needs."""
    t = look.theme
    return t.header_continued_h + t.px(34) * (len(_words_in_rows(look, w, ticket)) - 1)


def _words_in_rows(look: Look, w: int, ticket: StagedTicket) -> tuple[str, ...]:
    t = look.theme
    width = w - t.padding - t.names_x
    return look.measurer.wrap(staged_words(look, ticket).text, t.hold_text, Weight.SEMIBOLD, width, look.rtl)


def staged_blocks(look: Look, w: int, ticket: StagedTicket) -> list[Block]:
    """Its own all-day, the most first; dim, for nothing of it may be made yet."""
    t = look.theme
    sums: dict[str, int] = {}
    keys: dict[str, AllDayKey] = {}
    for key, milli in own_all_day(ticket).items():
        sums[key.item_id] = sums.get(key.item_id, 0) + milli
        keys.setdefault(key.item_id, key)
    blocks = []
    for item_id in sorted(sums, key=lambda one: (-sums[one], one)):
        pen = Pen(look, w)
        y = t.px(ROW_H // 2)
        count = look.number(sums[item_id])
        right = max(t.quantity_right, t.padding + pen.width(count, t.hold_text, Weight.SEMIBOLD))
        pen.text(right, y, count, t.hold_text, Weight.SEMIBOLD, p.LABEL, at="end")
        name = look.name(keys[item_id].name, item_id)
        x = max(t.names_x, right + t.px(16))
        for n, text in enumerate(
            look.measurer.wrap(name.text, t.hold_text, Weight.REGULAR, max(1, w - t.padding - x), name.rtl)
        ):
            y += t.px(34) if n else 0
            pen.text(x, y, Said(text, name.rtl), t.hold_text, Weight.REGULAR, p.DIM)
        blocks.append(Block("held", y + t.px(ROW_H - ROW_H // 2), tuple(pen.ops)))
    return blocks
