"""A line of a ticket as a block: quantity, name, chips, modifiers, notes and its allergies; and a void that waits to be seen."""

from __future__ import annotations

from dataclasses import dataclass

from display.core import palette as p
from display.core.blocks import BLOCK_GAP, Block, Painted, allergy
from display.core.chips import chip_width, draw_chip, draw_chips, is_out, line_chips, out_chip
from display.core.draw import Colour, Weight
from display.core.look import Look, Said
from display.core.pen import Pen, moved
from heard.order import (
    Allergen,
    Line,
    LineState,
    Modifier,
    ModifierKind,
    Note,
    Order,
    Text,
)
from heard.quick import quick
from heard.ticket import OPEN_STATES, TO_MAKE_STATES, TicketLine, speaks_of_allergy, unseen_changes

# From a row's middle to the next row's middle or the block's end, at scale 1.
FIRST_Y = 23
CHIP_Y = 40
AFTER_CHIP = 43
MODIFIER_Y = 40
SECOND_Y = 40
MODIFIER_SECOND_Y = 34
END_NAME, END_SECOND, END_MODIFIER, END_MODIFIER_SECOND = 23, 19, 29, 27
MODIFIER_SECOND_TEXT = 24  # 75 % of a modifier
SECOND_WRAPPED_H = 32
MARK_ROOM = 40  # at the end of a row that carries a tick or flame
SIGN_X = 26  # a modifier's text, from its sign's start
QUANTITY_GAP = 16  # between quantity and name

SIGNS = {ModifierKind.ADD: "+", ModifierKind.REMOVE: "−", ModifierKind.PREPARE: "•"}
SIGN_COLOURS = {ModifierKind.ADD: p.ADD, ModifierKind.REMOVE: p.REMOVE, ModifierKind.PREPARE: p.NOTE}


@quick
@dataclass(frozen=True, slots=True)
class Same:
    """Identical lines of a ticket, drawn as one: `lines[0]` stands for all."""

    lines: tuple[TicketLine, ...]

    @property
    def one(self) -> TicketLine:
        return self.lines[0]

    @property
    def to_make_milli(self) -> int:
        return sum(line.to_make_milli for line in self.lines)

    @property
    def painted(self) -> tuple[Painted, ...]:
        return tuple(Painted(line.line.line_id, line.at.version) for line in self.lines)


def grouped(lines: list[TicketLine], allergens: tuple[Allergen, ...], together: bool) -> list[Same]:
    """Lines that read the same in one, in the order of their first; changed ones and those with allergies stay apart."""
    found: dict[object, list[TicketLine]] = {}
    with_allergy = {one.line_id for one in allergens if one.line_id}
    for line in lines:
        key: object = line.line.line_id
        if together and not line.unseen and line.was_milli is None and line.line.line_id not in with_allergy:
            key = (line.line.part_of, *reads(line))
        found.setdefault(key, []).append(line)
    return [Same(tuple(group)) for group in found.values()]


def reads(ticket_line: TicketLine) -> tuple[object, ...]:
    """What a line says besides how much of it, what became of it, and of which dish it is a part."""
    line, at = ticket_line.line, ticket_line.at
    return (
        line.item_id,
        tuple(line.name.items()),
        tuple([_looks(modifier) for modifier in line.modifiers]),
        tuple([(tuple(note.text.items()), note.allergy) for note in line.notes]),
        line.seat,
        line.course,
        at.state,
        at.recalled,
        at.may_be_at,
        line.remake,
        line.nobodys,
        line.added_version if ticket_line.added else 0,
        bool(at.made_milli),
    )


def _looks(modifier: Modifier) -> tuple[object, ...]:
    return modifier.modifier_id, modifier.kind, modifier.quantity_milli, tuple(modifier.name.items())


def line_block(
    look: Look, w: int, order: Order, same: Same, allergens: tuple[Allergen, ...], greyed: bool = False
) -> Block:
    """One line; done and seen-void ones dim in their place, held ones dim with a pause sign.

    `greyed`: its tile was bumped a moment ago; it looks done and keeps its height.
    """
    return _LineDrawer(look, w, order, same, greyed).block(allergens)


def other_stations(line: Line, station: str) -> tuple[str, ...]:
    """Where else the line is made at the same time; steps of a sequence are none."""
    own = line.at(station)
    if own is None or own.step:
        return ()
    return tuple(
        at.station
        for at in line.stations
        if at.station != station and not at.step and at.state is not LineState.VOIDED
    )


class _LineDrawer:
    def __init__(self, look: Look, w: int, order: Order, same: Same, greyed: bool) -> None:
        self.look, self.t, self.order, self.same = look, look.theme, order, same
        self.line, self.at = same.one.line, same.one.at
        self.pen = Pen(look, w)
        self.state = self.at.state
        self.greyed = greyed and self.state in TO_MAKE_STATES
        if self.greyed:
            self.state = LineState.DONE
        self.dim = self.state in (LineState.DONE, LineState.VOIDED, LineState.WAITING, LineState.SENT)
        self.name_x = self.t.names_x
        self.y = self.t.px(FIRST_Y)
        self.end = END_NAME
        self.last_row_w = 0
        self.cuts: list[int] = []

    def block(self, allergens: tuple[Allergen, ...]) -> Block:
        self._quantity()
        self._name()
        self._seat_and_parent()
        self._chips()
        alarming: list[Text] = []
        for modifier in self.line.modifiers:
            if self._alarms(modifier.name) or modifier.kind is ModifierKind.ALLERGY:
                alarming.append(modifier.name)
            else:
                self._modifier(modifier)
        self._taken_away()
        for note in self.line.notes:
            if note.allergy or self._alarms(note.text):
                alarming.append(note.text)
            else:
                self._note(note)
        h = self.y + self.t.px(self.end)
        ops = list(self.pen.ops)
        own = [(one.name, one.allergen_id, one.seat) for one in allergens if one.line_id == self.line.line_id]
        for name, otherwise, seat in own + [(name, "", self.line.seat) for name in alarming]:
            self.cuts.append(h - self.t.px(2))
            white = allergy(self.look, self.pen.w, name, otherwise, seat)
            ops += moved(white.ops, 0, h - self.t.px(2))
            h += white.h
        return Block("line", h, tuple(ops), self.same.painted, tuple(self.cuts))

    def _ink(self, colour: Colour) -> Colour:
        return p.DIM if self.dim else colour

    def _weight(self, weight: Weight) -> Weight:
        return Weight.REGULAR if self.state is LineState.WAITING else weight

    def _quantity(self) -> None:
        t = self.t
        milli = self.same.to_make_milli
        if not milli:  # done in full: say how many they were
            milli = sum(line.line.quantity_milli for line in self.same.lines)
        text = self.look.number(milli)
        colour = self._ink(p.QUANTITY_MANY if milli > 1000 else p.INK)
        weight = Weight.SEMIBOLD if self.dim else Weight.BOLD
        weight = self._weight(weight)
        width = self.pen.width(text, t.item_text, weight)
        right = max(t.quantity_right, t.padding + width)
        if right > t.quantity_right:
            self.name_x = max(t.names_x, right + t.px(QUANTITY_GAP))
        self.pen.text(right, self.y, text, t.item_text, weight, colour, at="end")

    def _name(self) -> None:
        t = self.t
        said = self.look.name(self.line.name, self.line.item_id or "?")
        weight = self._weight(Weight.MEDIUM if self.dim else Weight.SEMIBOLD)
        mark = self._mark()
        width = self.pen.w - t.padding - self.name_x - (t.px(MARK_ROOM) if mark else 0)
        rows = self.look.measurer.wrap(said.text, t.item_text, weight, width, said.rtl)
        if self.greyed:
            was_marked = self.at.state is LineState.STARTED
            as_it_was = width if was_marked else self.pen.w - t.padding - self.name_x
            kept = self.look.measurer.wrap(said.text, t.item_text, Weight.SEMIBOLD, as_it_was, said.rtl)
            if len(rows) > len(kept):  # its header says BUMPED; a tick here would make it higher
                rows, mark = kept, None
        if mark:
            icon, colour = mark
            self.pen.icon(self.pen.w - t.padding - t.check, self.y, icon, t.check, colour)
        for n, text in enumerate(rows):
            if n:
                self.cuts.append(self.y + t.item_wrapped_h // 2)
                self.y += t.item_wrapped_h
            row = Said(text, said.rtl)
            self.pen.text(self.name_x, self.y, row, t.item_text, weight, self._ink(p.INK))
            self.last_row_w = self.pen.width(row, t.item_text, weight)
            if self.state is LineState.VOIDED:
                self.pen.strike(self.name_x - 4, self.y, self.last_row_w + 8, t.strike_h, p.DIM)
        second = self.look.second_name(self.line.name)
        if second is not None:
            self._second(second, self._ink(p.LABEL), SECOND_Y)
            self.end = END_SECOND

    def _mark(self) -> tuple[str, Colour] | None:
        match self.state:
            case LineState.DONE if not self.greyed or self.look.ticks:
                return "check", p.CHECK
            case LineState.STARTED:
                return "flame", p.QUANTITY_MANY
            case LineState.WAITING:
                return "pause-circle", p.DIM
        return None

    def _second(
        self, said: Said, colour: Colour, first_gap: int, x: int | None = None, size: int | None = None
    ) -> None:
        t = self.t
        start = self.name_x if x is None else x
        size = t.second_text if size is None else size
        width = self.pen.w - t.padding - start
        rows = self.look.measurer.wrap(said.text, size, Weight.REGULAR, width, said.rtl)
        for n, text in enumerate(rows):
            gap = t.px(first_gap if n == 0 else SECOND_WRAPPED_H)
            self.cuts.append(self.y + gap // 2)
            self.y += gap
            self.pen.text(start, self.y, Said(text, said.rtl), size, Weight.REGULAR, colour)
        self.last_row_w = self.pen.w

    def _seat_and_parent(self) -> None:
        t = self.t
        said: list[Said] = []
        parent = self.order.line(self.line.part_of) if self.line.part_of else None
        if parent is not None:
            name = self.look.name(parent.name, parent.item_id)
            said.append(self.look.said(self.look.words.say("of_dish", name=name.text), self.look.rtl))
        if self.line.seat:
            said.append(Said(self.look.words.say("seat", n=self.line.seat), self.look.rtl))
        others = () if self.line.nobodys else other_stations(self.line, self.at.station)
        if others:
            names = [self.look.pick(self.look.station_names.get(one, {})) or one for one in others]
            also = self.look.words.say("also_at", stations=" + ".join(names).upper())
            said.append(self.look.said(also, self.look.rtl))
        for one in said:
            width = self.pen.width(one, t.second_text, Weight.REGULAR)
            room = self.pen.w - t.padding - self.name_x - self.last_row_w - t.px(16)
            colour = self._ink(p.LABEL)
            if width <= room and not self._mark():
                x = self.pen.w - t.padding
                self.pen.text(x, self.y, one, t.second_text, Weight.REGULAR, colour, at="end")
                self.last_row_w = self.pen.w
            else:
                self._second(one, colour, SECOND_Y)
                self.end = END_SECOND

    def _chips(self) -> None:
        chips = line_chips(self.look, self.same.one)
        if chips and chips[0] == (out := out_chip(self.look)) and not self._mark():
            x = self.pen.w - self.t.padding - chip_width(self.look, out)
            if x >= self.name_x + self.last_row_w + self.t.px(12):  # behind the name it takes no row
                draw_chip(self.look, self.pen, out, x, self.y)
                chips = chips[1:]
        if chips:
            first, row_h = self.y + self.t.px(CHIP_Y), self.t.px(CHIP_Y)
            self.y = draw_chips(self.look, self.pen, chips, self.name_x, first, row_h)
            self.y += self.t.px(AFTER_CHIP - MODIFIER_Y)
            self.end = END_MODIFIER - (AFTER_CHIP - MODIFIER_Y)

    def _modifier(self, modifier: Modifier) -> None:
        sign = SIGNS.get(modifier.kind, "•")
        colour = SIGN_COLOURS.get(modifier.kind, p.NOTE)
        weight = Weight.SEMIBOLD if modifier.kind is ModifierKind.REMOVE else Weight.MEDIUM
        name = self.look.name(modifier.name, modifier.modifier_id)
        if modifier.quantity_milli != 1000:
            name = self.look.said(f"{self.look.number(modifier.quantity_milli)}× {name.text}", name.rtl)
        self._signed(
            sign, name, self.look.second_name(modifier.name), colour, weight, out=is_out(self.look, modifier)
        )

    def _note(self, note: Note) -> None:
        name = self.look.name(note.text)
        self._signed("•", name, self.look.second_name(note.text), p.NOTE, Weight.MEDIUM)

    def _signed(
        self, sign: str, said: Said, second: Said | None, colour: Colour, weight: Weight, *, out: bool = False
    ) -> None:
        """A row with its sign; `out`: 86 stands before it."""
        t, pen = self.t, self.pen
        colour, weight = self._ink(colour), self._weight(weight)
        sign_end = self.name_x + t.px(SIGN_X)
        out = out and self.at.state in OPEN_STATES
        x = sign_end + (chip_width(self.look, out_chip(self.look)) + t.px(10) if out else 0)
        rows = self.look.measurer.wrap(said.text, t.modifier_text, weight, pen.w - t.padding - x, said.rtl)
        self.cuts.append(self.y + t.px(self.end) - t.px(4))
        for n, text in enumerate(rows):
            self.y += t.px(MODIFIER_Y)
            if n == 0:
                pen.text(self.name_x, self.y, sign, t.modifier_text, self._weight(Weight.BOLD), colour)
                if out:
                    draw_chip(self.look, pen, out_chip(self.look), sign_end, self.y)
            pen.text(x, self.y, Said(text, said.rtl), t.modifier_text, weight, colour)
        self.end = END_MODIFIER
        if second is None:
            return
        size = t.px(MODIFIER_SECOND_TEXT)
        used = x + pen.width(Said(rows[-1], said.rtl), t.modifier_text, weight) + t.px(14)
        if used + pen.width(second, size, Weight.REGULAR) <= pen.w - t.padding:
            pen.text(pen.w - t.padding, self.y, second, size, Weight.REGULAR, colour, at="end")
        else:
            self._second(second, colour, MODIFIER_SECOND_Y, x, size)
            self.end = END_MODIFIER_SECOND

    def _taken_away(self) -> None:
        """Modifiers that a change took away stay, struck through, until the change is seen."""
        for change in unseen_changes(self.line, self.at):
            for modifier in change.removed_modifiers:
                name = self.look.name(modifier.name, modifier.modifier_id)
                x = self.name_x + self.t.px(SIGN_X)
                self._signed(SIGNS.get(modifier.kind, "•"), name, None, p.LABEL, Weight.REGULAR)
                width = self.pen.width(name, self.t.modifier_text, Weight.REGULAR)
                width = min(width, self.pen.w - self.t.padding - x)
                self.pen.strike(x - 4, self.y, width + 8, self.t.strike_h, p.VOID_STRIKE)

    def _alarms(self, text: Text) -> bool:
        return speaks_of_allergy(text, self.look.allergy_words)


def void_block(look: Look, w: int, same: Same) -> Block:
    """A void that nobody has acknowledged: on top of its tile, on a band, with the word and a strike."""
    t = look.theme
    pen = Pen(look, w)
    chip = Said(look.words.say("void"), look.rtl)
    chip_w = pen.width(chip, t.chip_text, Weight.SEMIBOLD) + 2 * t.pill_padding
    chip_x = t.padding + t.px(8)
    number = look.number(sum(line.line.quantity_milli for line in same.lines))
    number_x = chip_x + chip_w + t.px(14)
    x = number_x + pen.width(number, t.item_text, Weight.BOLD) + t.px(14)
    width = w - t.padding - t.px(10) - x
    y = first = t.void_h // 2
    rows: list[tuple[int, Said, int, Weight, Colour, bool]] = []
    name = look.name(same.one.line.name, same.one.line.item_id or "?")
    for n, text in enumerate(look.measurer.wrap(name.text, t.item_text, Weight.SEMIBOLD, width, name.rtl)):
        y += t.item_wrapped_h if n else 0
        rows.append((y, Said(text, name.rtl), t.item_text, Weight.SEMIBOLD, p.INK, True))
    second = look.second_name(same.one.line.name)
    asides = [second] if second is not None else []
    for modifier in same.one.line.modifiers:
        said = look.name(modifier.name, modifier.modifier_id)
        asides.append(look.said(f"{SIGNS.get(modifier.kind, '•')} {said.text}", said.rtl))
    for aside in asides:
        for text in look.measurer.wrap(aside.text, t.second_text, Weight.REGULAR, width, aside.rtl):
            y += t.second_h
            rows.append((y, Said(text, aside.rtl), t.second_text, Weight.REGULAR, p.LABEL, False))
    band_h = y + t.void_h // 2
    pen.rect(t.padding, 0, w - 2 * t.padding, band_h, p.VOID_BAND, t.block_radius)
    pen.rect(chip_x, first - t.chip_h // 2, chip_w, t.chip_h, p.VOID_CHIP, t.pill_radius)
    pen.text(chip_x + t.pill_padding, first, chip, t.chip_text, Weight.SEMIBOLD, p.VOID_CHIP_INK)
    pen.text(number_x, first, number, t.item_text, Weight.BOLD, p.INK)
    for y, said, size, weight, colour, struck in rows:
        pen.text(x, y, said, size, weight, colour)
        if struck:
            pen.strike(x - t.px(4), y, pen.width(said, size, weight) + t.px(8), t.strike_h, p.VOID_STRIKE)
    return Block("void", band_h + t.px(BLOCK_GAP), tuple(pen.ops), same.painted)


def course_name(order: Order, course: int, look: Look) -> Text:
    """The name of a course, or "course 2"."""
    for one in order.courses:
        if one.course == course and look.pick(one.name):
            return one.name
    return {look.first: look.words.say("course", n=course)}
