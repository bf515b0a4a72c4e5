"""The blocks that a tile is stacked from, and those that are not lines: allergy, marks between lines, HOLD, progress.

A block is never split; a tile is, between two blocks. Its operations stand at y 0 in a box of the tile's width.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from display.core import palette as p
from display.core.draw import Op, Weight
from display.core.isolate import own_direction
from display.core.look import Look, Said
from display.core.pen import Pen, moved
from heard.order import Text
from heard.quick import quick
from heard.ticket import Progress

Kind = Literal["allergy", "void", "line", "mark", "held"]

BLOCK_GAP = 8  # under a white or coloured block
ALLERGY_ROW_H = 46  # from one row's middle to the next
ALLERGY_MIDDLE = 29  # of the first row
HOLD_ROW1_Y, HOLD_ROW2_Y = 22, 61
ROW_H = 36  # a further row of small text
MARK_Y = 21  # middle of an ADDED or course strip
PROGRESS_GAP = 6  # between the last line and the rule
DOT = " · "


@quick
@dataclass(frozen=True, slots=True)
class Painted:
    """One line of the order that a block shows, at which version, and in which rows of the block it may be touched."""

    line_id: str
    version: int
    ticket: tuple[str, int] | None = None  # whose line it is, where a tile shows those of several


@quick
@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a tile. `lines` are the order's lines in it; `held` ones are only counted."""

    kind: Kind
    h: int
    ops: tuple[Op, ...]
    lines: tuple[Painted, ...] = ()
    cuts: tuple[int, ...] = ()  # where it may be cut if it is higher than a column
    since_ms: int = 0  # an ADDED strip shows its own age: it is drawn anew each second by `added_ops`
    with_next: bool = False  # never the last one before a split
    action: str = ""  # what a touch on it asks for, instead of its lines

    @property
    def ticking(self) -> bool:
        return self.since_ms > 0


def cut(block: Block, room: int) -> tuple[Block, ...]:
    """The block, or pieces of it that fit `room`: forty modifiers may not hide one. Its lines stand with the last piece."""
    if block.h <= room or not block.cuts:
        return (block,)
    pieces: list[Block] = []
    start = 0
    while block.h - start > room:
        fitting = [y for y in block.cuts if start < y <= start + room]
        if not fitting:
            break
        end = fitting[-1]
        pieces.append(Block(block.kind, end - start, _between(block.ops, start, end)))
        start = end
    rest = _between(block.ops, start, block.h + 1)
    return (*pieces, Block(block.kind, block.h - start, rest, block.lines))


def _between(ops: tuple[Op, ...], start: int, end: int) -> tuple[Op, ...]:
    return moved(tuple(op for op in ops if start <= op.y < end), 0, -start)


LEFT_H, LITTLE_H = (
    250,
    300,
)  # at scale 1: a header, a line and "n more"; less than this beside them is a low cell
SMALLER = (1.0, 0.75, 0.55, 0.4)
"""Of the size of allergies that would leave no room for what is to be made."""


def fitting(look: Look, column_h: int, make: Callable[[Look], tuple[Block, ...]]) -> tuple[Block, ...]:
    """What is repeated on each part: smaller only where somebody wrote an essay that would fill the column."""
    t = look.theme
    room = column_h - t.px(LEFT_H)
    if room < t.px(LITTLE_H):  # a part may take two cells of the grid
        room += column_h
    for factor in SMALLER:
        sizes = {
            name: max(1, round(getattr(t, name) * factor)) for name in ("allergy_text", "allergy_seat_text")
        }
        small = look if factor == 1.0 else look.with_theme(replace(t, scale=t.scale * factor, **sizes))
        found = make(small)
        if sum(block.h for block in found) <= room:
            break
    return found


def allergy(look: Look, w: int, name: Text, otherwise: str, seat: str = "", gap: bool = True) -> Block:
    """The white block: the allergy in both languages, with its seat."""
    t = look.theme
    pen = Pen(look, w)
    row_h, first_y = t.px(ALLERGY_ROW_H), t.px(ALLERGY_MIDDLE)
    width = w - t.padding - t.names_x - t.px(12)
    rows: list[Said] = []
    for said in allergy_names(look, name, otherwise):
        for text in look.measurer.wrap(said.text, t.allergy_text, Weight.BOLD, width, said.rtl):
            rows.append(Said(text, said.rtl))
    h = 2 * first_y + row_h * (len(rows) - 1)
    seats: tuple[str, ...] = ()
    seat_h = t.allergy_seat_h - t.allergy_h
    seat_y = h - first_y + t.px(44)
    if seat:
        said = seat_in_both(look, seat)
        seats = look.measurer.wrap(said.text, t.allergy_seat_text, Weight.BOLD, width, said.rtl)
        h += seat_h * len(seats)
    pen.rect(t.padding, 0, w - 2 * t.padding, h, p.ALLERGY_PAPER, t.block_radius)
    pen.icon(t.padding + t.px(12), first_y, "triangle-alert", t.allergy_icon, p.ALLERGY_INK)
    for n, row in enumerate(rows):
        pen.text(t.names_x, first_y + n * row_h, row, t.allergy_text, Weight.BOLD, p.ALLERGY_INK)
    for n, text in enumerate(seats):
        row = Said(text, False)
        pen.text(t.names_x, seat_y + n * seat_h, row, t.allergy_seat_text, Weight.BOLD, p.ALLERGY_INK)
    return Block("allergy", h + (t.px(BLOCK_GAP) if gap else 0), tuple(pen.ops))


def allergy_names(look: Look, name: Text, otherwise: str) -> tuple[Said, ...]:
    """ "Nuts" reads NUTS ALLERGY, a text that says it itself stays as it is; Latin letters in capitals."""
    spoken: dict[str, str] = {}
    for language, text in (name or {look.first: otherwise}).items():
        if not text.strip():
            continue
        word = look.words_in(language).say("allergy")
        if word.casefold() not in text.casefold():
            text = f"{word} {text}" if look.words_in(language).rtl else f"{text} {word}"
        spoken[language] = text.upper()
    return look.names_of_both(spoken, otherwise.upper())


def seat_in_both(look: Look, seat: str) -> Said:
    languages = tuple(dict.fromkeys((look.first, *look.site_languages)))
    words = [look.words_in(language) for language in languages]
    ordered = sorted(words, key=lambda one: one.rtl)  # one line, left-to-right first: "seat 2 · مقعد 2"
    return Said(DOT.join(dict.fromkeys(own_direction(one.say("seat", n=seat)) for one in ordered)), False)


def strip(look: Look, w: int, said: Said) -> Block:
    """A course's name with a rule after it."""
    pen = Pen(look, w)
    _mark(look, pen, said, p.LABEL, p.RULE)
    return Block("mark", look.theme.added_h, tuple(pen.ops), with_next=True)


def added(look: Look, w: int, since_ms: int) -> Block:
    """The ADDED mark with its own age, above what came after sending."""
    return Block("mark", look.theme.added_h, (), since_ms=since_ms, with_next=True)


def added_ops(look: Look, w: int, age: str) -> tuple[Op, ...]:
    """What an `added` block shows at this age."""
    pen = Pen(look, w)
    said = Said(look.words.say("added", age=age), look.rtl)
    _mark(look, pen, said, p.LINK, p.ADDED_RULE)
    return tuple(pen.ops)


def _mark(look: Look, pen: Pen, said: Said, colour: str, rule: str) -> None:
    t = look.theme
    y = t.px(MARK_Y)
    pen.text(t.padding, y, said, t.added_text, Weight.SEMIBOLD, colour)
    x = t.padding + pen.width(said, t.added_text, Weight.SEMIBOLD) + t.px(12)
    if x < pen.w - t.padding:
        pen.rect(x, y - t.added_rule_h // 2, pen.w - t.padding - x, t.added_rule_h, rule)


def hold(
    look: Look, w: int, course_name: Text, fires_at_ms: int, lines: tuple[Painted, ...], items_milli: int
) -> Block:
    """A course that is not fired: when it will be, and how much it is."""
    t, words = look.theme, look.words
    pen = Pen(look, w)
    top = t.px(3)
    name = look.pick(course_name)
    head = [words.say("hold")]
    if fires_at_ms:
        head.append(words.say("fires", time=look.fires_at(fires_at_ms)))
    counted = [plural(look, "lines", len(lines) * 1000), plural(look, "items", items_milli)]
    if name:
        counted.insert(0, name)
    x = t.padding + t.px(54)
    width = w - t.padding - t.px(10) - x
    below = look.measurer.wrap(DOT.join(counted), t.hold_text, Weight.REGULAR, width, look.rtl)
    h = t.hold_h + t.px(ROW_H) * (len(below) - 1)
    pen.rect(t.padding, top, w - 2 * t.padding, h, p.QUIET, t.block_radius)
    y = top + t.px(HOLD_ROW1_Y)
    pen.icon(t.padding + t.px(12), y, "pause-circle", t.px(30), p.LABEL)
    pen.text(x, y, Said(DOT.join(head), look.rtl), t.hold_text, Weight.SEMIBOLD, p.LABEL)
    for n, text in enumerate(below):
        y = top + t.px(HOLD_ROW2_Y) + n * t.px(ROW_H)
        pen.text(x, y, Said(text, look.rtl), t.hold_text, Weight.REGULAR, p.DIM)
    return Block("held", top + h + t.px(6), tuple(pen.ops), lines)


def plural(look: Look, key: str, milli: int) -> str:
    """ "1 line", "7 items"."""
    if milli == 1000:
        return look.words.say(f"{key}.one")
    return look.words.say(key, n=look.number(milli))


def progress(look: Look, w: int, elsewhere: tuple[Progress, ...]) -> Block | None:
    """The other stations' part in one row of ticks: "FRY ✓ · COLD 1/2"; None without any."""
    if not elsewhere:
        return None
    t = look.theme
    pen = Pen(look, w)
    rule_y = t.px(PROGRESS_GAP)
    pen.rect(t.padding, rule_y, w - 2 * t.padding, 1, p.RULE)
    y = rule_y + t.progress_h // 2
    x = t.padding
    row_h = t.px(ROW_H)
    for n, one in enumerate(elsewhere):
        name = look.said(look.pick(look.station_names.get(one.station, {})) or one.station)
        name = Said(name.text.upper(), name.rtl)
        done = one.done >= one.total
        count = f"{one.done}/{one.total}"
        gap = t.px(8)
        name_w = pen.width(name, t.progress_text, Weight.REGULAR)
        mark_w = t.progress_check if done else pen.width(count, t.progress_text, Weight.SEMIBOLD)
        dot_w = pen.width("·", t.progress_text, Weight.REGULAR) + gap if n else 0
        if n and x + dot_w + name_w + gap + mark_w > w - t.padding:
            x, y, dot_w = t.padding, y + row_h, 0
        if dot_w:
            pen.text(x, y, "·", t.progress_text, Weight.REGULAR, p.LABEL)
            x += dot_w
        pen.text(x, y, name, t.progress_text, Weight.REGULAR, p.LABEL)
        x += name_w + gap
        if done:
            pen.icon(x, y, "check", t.progress_check, p.CHECK)
        else:
            pen.text(x, y, count, t.progress_text, Weight.SEMIBOLD, p.INK)
        x += mark_w + gap
    h = y + t.progress_h - t.progress_h // 2
    return Block("mark", h, tuple(pen.ops))
