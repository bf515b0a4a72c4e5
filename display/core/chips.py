"""The chips under a line's name: what changed, where it comes from, where it may be too, that it is out. Alike for all layouts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from display.core import palette as p
from display.core.draw import Colour, Weight
from display.core.look import Look, Said
from display.core.pen import Pen
from display.core.wrap import wrap
from heard.order import ChangeKind, Line, LineState, Modifier, StationLine
from heard.ticket import OPEN_STATES, TicketLine, unseen_changes

GAP = 8  # between two chips, at scale 1
TOLD_OTHERWISE = frozenset({ChangeKind.QUANTITY, ChangeKind.VOIDED, ChangeKind.MOVED})
"""Changes with a chip or strike of their own."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A word on its paper."""

    text: str
    ink: Colour
    paper: Colour


def line_chips(look: Look, line: TicketLine, stations: Sequence[StationLine] = ()) -> tuple[Chip, ...]:
    """What is to be said of a line, the gravest first. `stations`: those that the screen looks at, else the line's own."""
    words, found = look.words, []
    at_stations = stations or (line.at,)
    state = line.at.state
    if state in OPEN_STATES and line.line.item_id in look.out:
        found.append(_grave(words.say("out.chip")))
    others = dict.fromkeys(one for at in at_stations for one in at.may_be_at)
    if others:
        names = " + ".join(look.pick(look.station_names.get(one, {})) or one for one in others)
        found.append(_grave(words.say("may_be_at", stations=names.upper())))
    if line.line.nobodys:
        found.append(_grave(words.say("nobodys")))
    if line.was_milli is not None and state is not LineState.VOIDED:
        found.append(Chip(words.say("was", n=look.number(line.was_milli)), p.NOTE, p.CHIP))
    elif any(_changed(line.line, at) for at in at_stations):
        found.append(Chip(words.say("changed"), p.NOTE, p.CHIP))
    if state is LineState.SENT:
        found.append(_news(words.say("sent_by_expo")))
    moved = next((one for at in at_stations if (one := moved_here(line.line, at)) is not None), None)
    if moved is not None:
        found.append(_news(words.say("from_number", n=f"#{moved}") if moved else words.say("moved")))
    if line.line.remake:
        found.append(_news(words.say("remake")))
    return tuple(found)


def moved_here(line: Line, at: StationLine) -> str | None:
    """The number of the order that it came from since it was last seen, "" from a station; None where it did not."""
    moves = [
        one for one in line.changes if one.kind is ChangeKind.MOVED and one.version > at.acknowledged_version
    ]
    return moves[-1].from_number if moves else None


def is_out(look: Look, modifier: Modifier) -> bool:
    """True for a modifier of which there is none left."""
    return modifier.modifier_id in look.out


def out_chip(look: Look) -> Chip:
    """86, beside what is out."""
    return _grave(look.words.say("out.chip"))


def chip_width(look: Look, chip: Chip, size: int = 0) -> int:
    """How much room it takes in a row; `size` of its text where it is not the tiles'."""
    t = look.theme
    width, _ = look.measurer.measure(chip.text, size or t.chip_text, Weight.SEMIBOLD, look.rtl)
    return width + 2 * (size // 3 or t.pill_padding)


def draw_chip(look: Look, pen: Pen, chip: Chip, x: int, y: int, size: int = 0) -> int:
    """One chip with its middle at y; its width."""
    t = look.theme
    width, h = chip_width(look, chip, size), size * 9 // 7 or t.chip_h
    pen.rect(x, y - h // 2, width, h, chip.paper, t.pill_radius)
    said = Said(chip.text, look.rtl)
    pen.text(x + (size // 3 or t.pill_padding), y, said, size or t.chip_text, Weight.SEMIBOLD, chip.ink)
    return width


def draw_chips(look: Look, pen: Pen, chips: Sequence[Chip], x: int, y: int, row_h: int) -> int:
    """As many in a row as fit, one that is wider than a row on several; the middle of the last row. The first row is at y."""
    t = look.theme
    room = pen.w - t.padding - x
    at = x
    for chip in chips:
        rows = _rows(look, chip, room - 2 * t.pill_padding)
        if at > x and (len(rows) > 1 or at + chip_width(look, chip) > x + room):
            at = x
            y += row_h
        if len(rows) == 1:
            at += draw_chip(look, pen, chip, at, y) + t.px(GAP)
            continue
        top, y = y - t.chip_h // 2, y + row_h * (len(rows) - 1)
        pen.rect(x, top, room, y + t.chip_h - t.chip_h // 2 - top, chip.paper, t.pill_radius)
        for n, text in enumerate(rows):
            middle = top + t.chip_h // 2 + n * row_h
            said = Said(text, look.rtl)
            pen.text(x + t.pill_padding, middle, said, t.chip_text, Weight.SEMIBOLD, chip.ink)
        at = x + room
    return y


def _rows(look: Look, chip: Chip, room: int) -> tuple[str, ...]:
    def width(text: str) -> int:
        return look.measurer.measure(text, look.theme.chip_text, Weight.SEMIBOLD, look.rtl)[0]

    return (chip.text,) if width(chip.text) <= room else wrap(chip.text, room, width)


def _changed(line: Line, at: StationLine) -> bool:
    return bool({change.kind for change in unseen_changes(line, at)} - TOLD_OTHERWISE)


def _grave(text: str) -> Chip:
    return Chip(text, p.VOID_CHIP_INK, p.VOID_CHIP)


def _news(text: str) -> Chip:
    return Chip(text, p.PILL_NEWS_INK, p.PILL_NEWS)
