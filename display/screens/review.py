"""A ticket to look at, whatever became of it: every line as it stands, and who did what when. Nothing here reopens it."""

from __future__ import annotations

from dataclasses import replace

from display.core import palette as p
from display.core.draw import Op, Rect, Weight
from display.core.header import Head
from display.core.layout import flow
from display.core.look import Look, Said
from display.core.pen import Pen, moved
from display.core.prep_style import PrepStyle
from display.core.recall import LINE
from display.core.standing import Rows
from display.core.tiles import still, tile
from display.core.wording import KEYS
from heard.order import HistoryEntry, Order
from heard.ticket import Ticket

DEEDS_MAX = 5
"""Of its history, the last ones."""
DEED_H, DEED_TEXT = 34, 24
STYLE = PrepStyle()


def review(
    look: Look, station: str, ticket: Ticket, line: str, box: Rows, columns: int
) -> tuple[tuple[Op, ...], tuple[Rows, ...]]:
    """The ticket in a box of the screen, in so many columns, below it its history; with where each line may be touched."""
    look = replace(look, group_identical=False)  # each line can be picked
    t = look.theme
    deeds = _deeds(look, station, ticket.order)
    deeds_h = t.px(DEED_H) * len(deeds) + t.px(16)
    room = box.h - deeds_h
    column_w = (box.w + t.gap) // columns - t.gap
    body = STYLE.body(look, column_w, ticket, None, room, greyed=False)
    layout = flow(look, [body], columns, room)
    page = next(
        (
            one.page
            for one in layout.placed
            if line and line in _lines(one.part.body.lines_in(one.part.start, one.part.end))
        ),
        0,
    )
    head = Head(0, None)  # what is made has no age
    ops: list[Op] = []
    buttons: list[Rows] = []
    bottom = box.y
    for placed in layout.on(page):
        x = box.x + placed.column * (column_w + t.gap)
        if look.rtl:
            x = box.x + box.w - column_w - placed.column * (column_w + t.gap)
        still_part = still(look, placed.part, head)
        drawn = tile(look, f"review/{placed.part.index}", x, box.y, placed.part, head, 0, still_part)
        ops.append(drawn.group)
        bottom = max(bottom, drawn.group.y + drawn.group.h)
        for area in drawn.areas:
            for one in area.lines[:1]:
                buttons.append(
                    Rows(x + area.x, box.y + area.y, area.w, area.h, area.lines, LINE + one.line_id)
                )
                if line in _lines(area.lines):
                    left, width = x + t.stripe_w + 2, area.w - t.stripe_w - 4
                    ring = Rect(
                        left, box.y + area.y, width, area.h, p.SELECTED, t.block_radius, max(2, t.ring - 1)
                    )
                    ops.append(ring)
    pen = Pen(look, box.w)
    for n, said in enumerate(deeds):
        y = bottom - box.y + t.px(16) + n * t.px(DEED_H) + t.px(DEED_H // 2)
        pen.text(t.px(8), y, said, t.px(DEED_TEXT), Weight.REGULAR, p.LABEL)
    return (*ops, *moved(tuple(pen.ops), box.x, box.y)), tuple(buttons)


def _lines(lines: tuple[object, ...]) -> set[str]:
    return {getattr(one, "line_id", "") for one in lines}


def _deeds(look: Look, station: str, order: Order) -> list[Said]:
    """ "19:42 bumped · grill-1 · by key", the last first."""
    found = []
    for entry in reversed(order.history):
        if f"did.{entry.verb}" not in KEYS or (station and entry.station not in ("", station)):
            continue
        found.append(look.said(_deed(look, entry), look.rtl))
        if len(found) == DEEDS_MAX:
            break
    return found


def _deed(look: Look, entry: HistoryEntry) -> str:
    words = look.words
    parts = [f"{look.fires_at(entry.at_ms)} {words.say(f'did.{entry.verb}')}", entry.user or entry.device]
    if f"by.{entry.key_device}" in KEYS:
        parts.append(words.say(f"by.{entry.key_device}"))
    if entry.detail and entry.verb in ("remake", "move", "void_lines", "void_order"):
        parts.append(entry.detail)
    return " · ".join(part for part in parts if part)
