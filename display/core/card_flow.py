"""Parts of an expo card that run over a wide strip: what is missing one dish after the other, and allergies in a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from display.core import palette as p
from display.core.blocks import Block, Painted, allergy_names, seat_in_both
from display.core.card_blocks import CONFIRM, MODIFIER, SMALL, STATION_TEXT, White, station_words
from display.core.card_header import start_x
from display.core.card_words import Word
from display.core.chips import Chip, chip_width, draw_chip, is_out, line_chips, out_chip
from display.core.draw import Colour, Op, Weight
from display.core.expo_style import by_station
from display.core.lines import SIGN_COLOURS, SIGNS, Same
from display.core.look import Look, Said
from display.core.pen import Pen
from heard.expo import ExpoCard, Progress
from heard.order import Modifier, ModifierKind
from heard.ticket import TO_MAKE_STATES

ROW_MORE = 3  # a row of dishes is so much higher than a dish of a card
BETWEEN, INSIDE = 26, 9  # between two dishes, and between the pieces of one
BETWEEN_CLOSE = 16  # in a header
INDENT = 44  # of a row that goes on with a dish
ASIDE = 23
ALLERGY_ROW_H = 38
SMALL_ALLERGY = 23
CONFIRM_TEXT = 24


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text, a chip or a sign. `stays`: never the last of its row."""

    said: Said
    size: int
    weight: Weight = Weight.MEDIUM
    colour: Colour = p.INK
    chip: Chip | None = None
    icon: str = ""
    stays: bool = False

    def width(self, look: Look) -> int:
        if self.icon:
            return self.size
        if self.chip is not None:
            return chip_width(look, self.chip)
        return look.measurer.measure(self.said.text, self.size, self.weight, self.said.rtl)[0]


@dataclass(slots=True)
class _Flow:
    """Rows of dishes. Each row becomes a block, with the lines that end in it."""

    look: Look
    w: int
    rows: list[tuple[list[Op], list[Painted]]] = field(default_factory=list)
    x: int = 0

    def __post_init__(self) -> None:
        self._row(0)

    @property
    def x0(self) -> int:
        return start_x(self.look, slots=False)

    @property
    def end(self) -> int:
        return self.w - self.look.theme.padding

    def _row(self, indent: int) -> None:
        self.rows.append(([], []))
        self.x = self.x0 + indent

    def dish(self, pieces: Sequence[_Piece], lines: Sequence[Painted]) -> None:
        """One dish in the row that has room for all of it; a longer one goes on in rows that stand further in."""
        t = self.look.theme
        inside = t.px(INSIDE)
        widths = [piece.width(self.look) + inside for piece in pieces]
        if self.x > self.x0 and self.x + sum(widths) - inside > self.end:
            self._row(0)
        begun = len(self.rows)
        for n, piece in enumerate(pieces):
            beside = n
            while pieces[beside].stays and beside + 1 < len(pieces):
                beside += 1
            here = self.x0 if len(self.rows) == begun else self.x0 + t.px(INDENT)
            together = sum(widths[n : beside + 1]) - inside
            room = self.end - self.x0 - t.px(INDENT)
            narrow = self.end - self.x < room // 3  # too little to begin a text that is longer than a row
            if self.x > here and self.x + together > self.end and (together <= room or narrow):
                self._row(t.px(INDENT))
            self._place(piece, widths[n] - inside)
            self.x += inside
        self.rows[-1][1].extend(lines)
        self.x += t.px(BETWEEN - INSIDE)

    def _place(self, piece: _Piece, width: int) -> None:
        pen, y = Pen(self.look, self.w), row_h(self.look) // 2
        if piece.icon:
            pen.icon(self.x, y, piece.icon, piece.size, piece.colour)
        elif piece.chip is not None and width <= self.end - self.x:
            draw_chip(self.look, pen, piece.chip, self.x, y)
        elif width <= self.end - self.x:
            pen.text(self.x, y, piece.said, piece.size, piece.weight, piece.colour)
        else:
            self._long(piece)
            return
        self.rows[-1][0].extend(pen.ops)
        self.x += width

    def _long(self, piece: _Piece) -> None:
        """A text that is wider than what is left of a row of its own."""
        t, said = self.look.theme, piece.said
        room = max(1, min(self.end - self.x, self.end - self.x0 - t.px(INDENT)))
        rows = self.look.measurer.wrap(said.text, piece.size, piece.weight, room, said.rtl)
        for n, text in enumerate(rows):
            if n:
                self._row(t.px(INDENT))
            pen, row = Pen(self.look, self.w), Said(text, said.rtl)
            pen.text(self.x, row_h(self.look) // 2, row, piece.size, piece.weight, piece.colour)
            self.rows[-1][0].extend(pen.ops)
            self.x += pen.width(row, piece.size, piece.weight)

    def blocks(self) -> list[Block]:
        h = row_h(self.look)
        return [Block("line", h, tuple(ops), tuple(lines)) for ops, lines in self.rows if ops]


def row_h(look: Look) -> int:
    """Of a row of dishes."""
    return look.theme.item_h + look.theme.px(ROW_MORE)


@dataclass(frozen=True, slots=True)
class Dish:
    """What stands together in a row, and the lines that it tells of."""

    pieces: tuple[_Piece, ...]
    painted: tuple[Painted, ...]


def dish_rows(
    look: Look,
    w: int,
    card: ExpoCard,
    sames: Mapping[Progress, list[Same]],
    *,
    greyed: bool,
) -> list[Block]:
    """ "GRILL 2 Shish Tawook  1 Lamb Kebab + Extra garlic  FRY 1 Fries  ✓ 3 done", and what is to be packed."""
    dishes = missing_dishes(look, by_station(look, card, sames[Progress.MISSING]), greyed=greyed)
    done = sames[Progress.DONE]
    if done and not card.ready:
        text = look.words.say("expo.done", n=look.number(card.made * 1000))
        dishes.append(done_dish(look, text, tuple(line for same in done for line in same.painted)))
    elif done:
        dishes += packed_dishes(look, done, made=True, greyed=greyed)
    dishes += packed_dishes(look, sames[Progress.PACK], made=False, greyed=greyed)
    return flowing(look, w, dishes)


def flowing(look: Look, w: int, dishes: Sequence[Dish]) -> list[Block]:
    """One after the other, in as many rows as they need."""
    flow = _Flow(look, w)
    for dish in dishes:
        flow.dish(dish.pieces, dish.painted)
    return flow.blocks()


def row_w(look: Look, dishes: Sequence[Dish]) -> int:
    """All of them in one row."""
    t = look.theme
    inside = sum(t.px(INSIDE) * (len(dish.pieces) - 1) for dish in dishes)
    widths = sum(piece.width(look) for dish in dishes for piece in dish.pieces)
    return widths + inside + t.px(BETWEEN_CLOSE) * (len(dishes) - 1)


def draw_dishes(look: Look, pen: Pen, x: int, y: int, dishes: Sequence[Dish]) -> None:
    """One row of them from x on, its middle at y."""
    t = look.theme
    for dish in dishes:
        for piece in dish.pieces:
            if piece.icon:
                pen.icon(x, y, piece.icon, piece.size, piece.colour)
            elif piece.chip is not None:
                draw_chip(look, pen, piece.chip, x, y)
            else:
                pen.text(x, y, piece.said, piece.size, piece.weight, piece.colour)
            x += piece.width(look) + t.px(INSIDE)
        x += t.px(BETWEEN_CLOSE - INSIDE)


def missing_dishes(
    look: Look, missing: Sequence[tuple[Same, tuple[str, ...]]], *, greyed: bool
) -> list[Dish]:
    """Each with what is special about it, the first of a station with its name."""
    found = []
    before: tuple[str, ...] | None = None
    for same, here in missing:
        label = station_words(look, here) if here != before else None
        before = here
        found.append(Dish(tuple(_dish(look, same, label, greyed=greyed)), same.painted))
    return found


def counted_dish(look: Look, word: Word, painted: tuple[Painted, ...], *, greyed: bool) -> Dish:
    """ "GRILL 3", or a note of what is counted."""
    t = look.theme
    if word.ink == p.NOTE:
        return Dish(tuple(_signed(look, "•", word.said, p.NOTE)), painted)
    label = (
        () if word.label is None else (_Piece(word.label, t.type_text, Weight.SEMIBOLD, p.LINK, stays=True),)
    )
    ink = p.DIM if greyed else word.ink or p.INK
    return Dish((*label, _Piece(word.said, t.item_text, Weight.BOLD, ink)), painted)


def done_dish(look: Look, text: str, painted: tuple[Painted, ...]) -> Dish:
    """ "✓ 3 done"."""
    t = look.theme
    check = _Piece(Said("", False), t.px(24), icon="check", colour=p.CHECK, stays=True)
    return Dish((check, _Piece(Said(text, look.rtl), t.px(ASIDE), Weight.REGULAR, p.DIM)), painted)


def packed_dishes(look: Look, sames: Sequence[Same], *, made: bool, greyed: bool) -> list[Dish]:
    """What is ready (`made`), or to be packed: all by name, behind one sign."""
    t = look.theme
    icon, colour = ("check", p.CHECK) if made else ("shopping-bag", p.LABEL)
    sign = _Piece(Said("", False), t.px(24), icon=icon, colour=colour, stays=True)
    found = []
    for n, same in enumerate(sames):
        line = same.one.line
        milli = sum(one.line.quantity_milli for one in same.lines)
        name = look.name(line.name, line.item_id or "?")
        said = look.said(f"{look.number(milli)} {name.text}", look.rtl or name.rtl)
        pieces = [sign] if n == 0 else []
        pieces.append(_Piece(said, t.px(SMALL), Weight.MEDIUM, p.DIM if greyed else p.INK))
        if not made and line.item_id in look.out:
            pieces.append(_chip(look, out_chip(look)))
        found.append(Dish(tuple(pieces), same.painted))
    return found


def _dish(look: Look, same: Same, label: Said | None, *, greyed: bool) -> list[_Piece]:
    """Its station where it is the first of it, quantity and name, then what is special about it."""
    t, line = look.theme, same.one.line
    many = p.QUANTITY_MANY if same.to_make_milli > 1000 else p.INK
    count = Said(look.number(same.to_make_milli), False)
    name = look.name(line.name, line.item_id or "?")
    pieces = [
        _Piece(count, t.item_text, Weight.BOLD, p.DIM if greyed else many, stays=True),
        _Piece(name, t.item_text, Weight.SEMIBOLD, p.DIM if greyed else p.INK),
    ]
    if label is not None:
        pieces.insert(0, _Piece(label, t.px(STATION_TEXT), Weight.SEMIBOLD, p.LINK, stays=True))
    chips = line_chips(look, same.one, [at for at in line.stations if at.state in TO_MAKE_STATES])
    pieces += [_chip(look, chip) for chip in chips]
    for modifier in line.modifiers:
        if modifier.kind is not ModifierKind.ALLERGY and not modifier.allergy:
            pieces += _modifier(look, modifier)
    for one in line.notes:
        if not one.allergy:
            pieces += _signed(look, "•", look.name(one.text), p.NOTE)
    return pieces


def _chip(look: Look, chip: Chip) -> _Piece:
    said = Said(chip.text, look.rtl)
    return _Piece(said, look.theme.chip_text, Weight.SEMIBOLD, chip.ink, chip)


def _modifier(look: Look, modifier: Modifier) -> list[_Piece]:
    name = look.name(modifier.name, modifier.modifier_id)
    if modifier.quantity_milli != 1000:
        name = look.said(f"{look.number(modifier.quantity_milli)}× {name.text}", name.rtl)
    found = _signed(look, SIGNS.get(modifier.kind, "•"), name, SIGN_COLOURS.get(modifier.kind, p.NOTE))
    if is_out(look, modifier):
        found.insert(1, replace(_chip(look, out_chip(look)), stays=True))
    return found


def _signed(look: Look, sign: str, said: Said, colour: Colour) -> list[_Piece]:
    size = look.theme.px(MODIFIER)
    return [
        _Piece(Said(sign, False), size, Weight.BOLD, colour, stays=True),
        _Piece(said, size, Weight.MEDIUM, colour),
    ]


def allergy_strip(look: Look, w: int, all_of: Sequence[White], *, unconfirmed: bool) -> Block:
    """The white block with every allergy in both languages, one after the other, and the bar that confirms them."""
    t = look.theme
    left, top, row_h = start_x(look, slots=False), t.px(2), t.px(ALLERGY_ROW_H)
    x0, end = left + t.px(46), w - t.padding - t.px(10)
    pen = Pen(look, w)
    ops = Pen(look, w)
    x, y = x0, top + row_h // 2 + t.px(2)
    for n, one in enumerate(all_of):
        pieces = [(name, t.allergy_text) for name in allergy_names(look, one.name, one.otherwise)]
        pieces += [(seat_in_both(look, one.seat), t.px(SMALL_ALLERGY))] if one.seat else []
        pieces += [(look.name(one.dish), t.px(SMALL_ALLERGY))] if one.dish is not None else []
        if n and x > x0:
            x += t.px(BETWEEN - INSIDE)
        for said, size in pieces:
            width = pen.width(said, size, Weight.BOLD)
            if x > x0 and x + width > end:
                x, y = x0, y + row_h
            rows: Sequence[str] = (said.text,)
            if width > end - x0:
                rows = look.measurer.wrap(said.text, size, Weight.BOLD, max(1, end - x0), said.rtl)
            for k, text in enumerate(rows):
                if k:
                    x, y = x0, y + row_h
                row = Said(text, said.rtl)
                ops.text(x, y, row, size, Weight.BOLD, p.ALLERGY_INK)
                x += pen.width(row, size, Weight.BOLD) + t.px(12)
    word = Said(look.words.say("confirm" if unconfirmed else "confirmed"), look.rtl)
    bar_w = pen.width(word, t.px(CONFIRM_TEXT), Weight.BOLD) + t.px(56)
    if x + bar_w > end:
        y += row_h
    bar_h, bar_x = t.px(32), w - t.padding - t.px(6) - bar_w
    if unconfirmed:
        ops.rect(bar_x, y - bar_h // 2, bar_w, bar_h, p.ALLERGY_INK, t.px(5))
    ink = p.ALLERGY_PAPER if unconfirmed else p.ALLERGY_INK
    ops.icon(bar_x + t.px(10), y, "square" if unconfirmed else "circle-check", t.px(22), ink)
    ops.text(bar_x + t.px(40), y, word, t.px(CONFIRM_TEXT), Weight.BOLD, ink)
    h = y + row_h // 2 + t.px(2) - top
    pen.rect(left, top, w - left - t.padding, h, p.ALLERGY_PAPER, t.block_radius)
    pen.icon(left + t.px(8), top + row_h // 2 + t.px(2), "triangle-alert", t.allergy_icon, p.ALLERGY_INK)
    return Block("allergy", top + h + t.px(6), (*pen.ops, *ops.ops), action=CONFIRM if unconfirmed else "")
