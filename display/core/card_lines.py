"""What is missing on expo's card: a dish in its row with what is special about it; on a close card short dishes share a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from display.core import palette as p
from display.core.blocks import Block, Painted
from display.core.card_blocks import DOT, MODIFIER, STATION_TEXT, station_words
from display.core.card_words import Word
from display.core.chips import Chip, chip_width, draw_chip, draw_chips, is_out, line_chips, out_chip
from display.core.draw import Colour, Weight
from display.core.lines import SIGN_COLOURS, SIGNS, Same
from display.core.look import Look, Said
from display.core.pen import Pen
from heard.order import Modifier, ModifierKind
from heard.ticket import TO_MAKE_STATES

CHIP_ROW_H = 32
SIGN_W = 18  # a modifier's sign and the room behind it
BETWEEN = 14  # two modifiers in one row
LABEL_H = 24  # of a station that stands above its first dish
COUNTED_MAX = 8
"""Dishes of an order that is only counted: for a banquet the pass gets ready by name."""

Missing = tuple[Same, tuple[str, ...]]
"""A dish and the stations that have it."""
Fact = tuple[Word, tuple[Painted, ...]]
"""A word and the lines that it tells of."""


@dataclass(frozen=True, slots=True)
class _Special:
    """A modifier or note: its sign, its words, and whether it is out."""

    mark: str
    said: Said
    colour: Colour
    out: bool = False


def missing_lines(
    look: Look, w: int, missing: Sequence[Missing], *, close: bool, greyed: bool
) -> list[Block]:
    """All that is missing, station by station; the first line of each station says which.

    `close`: plain short dishes of a station share a row, and so do modifiers of a dish.
    """
    rows: list[tuple[list[Same], Said | None]] = []
    before: tuple[str, ...] | None = None
    for same, here in missing:
        if here != before:
            rows.append(([same], station_words(look, here)))
        elif close and _share(look, w, [*rows[-1][0], same], rows[-1][1]):
            rows[-1][0].append(same)
        else:
            rows.append(([same], None))
        before = here
    return [_row(look, w, sames, label, close=close, greyed=greyed) for sames, label in rows]


def station_counts(look: Look, missing: Sequence[Missing]) -> list[Fact]:
    """ "GRILL 3", "FRY 1" for some dishes, of which nothing must be said but how they are wished; else nothing."""
    if not 2 <= len(missing) <= COUNTED_MAX or any(_chips(look, same) for same, _ in missing):
        return []
    sums: dict[tuple[str, ...], int] = {}
    painted: dict[tuple[str, ...], tuple[Painted, ...]] = {}
    for same, here in missing:
        sums[here] = sums.get(here, 0) + same.to_make_milli
        painted[here] = (*painted.get(here, ()), *same.painted)
    found = []
    for here, milli in sums.items():
        ink = p.QUANTITY_MANY if milli > 1000 else p.INK
        count = Word(Said(look.number(milli), False), Weight.BOLD, "", ink, label=station_words(look, here))
        found.append((count, painted[here]))
    return found


def counted_notes(look: Look, missing: Sequence[Missing]) -> list[Fact]:
    """What guests wrote of dishes that are only counted, each once; an allergy among it stands above."""
    notes = [note for same, _ in missing for note in same.one.line.notes if not note.allergy]
    said = dict.fromkeys(look.name(note.text) for note in notes)
    return [(Word(one, Weight.MEDIUM, "", p.NOTE), ()) for one in said]


def _row(
    look: Look, w: int, sames: Sequence[Same], label: Said | None, *, close: bool, greyed: bool
) -> Block:
    """A dish with its changes and modifiers, or several plain ones; `label` says the station at the row's end."""
    t = look.theme
    pen = Pen(look, w)
    first = sames[0]
    x, right = _columns(look, pen, first)
    width = w - t.padding - x
    name = look.name(first.one.line.name, first.one.line.item_id or "?")
    beside = width - _label_w(look, pen, label)
    rows = look.measurer.wrap(name.text, t.item_text, Weight.SEMIBOLD, width, name.rtl)
    y = t.item_h // 2 + 1
    label_row = 0 if len(rows) == 1 or not close else len(rows) - 1
    ends = pen.width(Said(rows[label_row], name.rtl), t.item_text, Weight.SEMIBOLD)
    fits = ends <= beside and (len(rows) == 1 or close)
    specials, chips = _special(look, first), _chips(look, first)
    below = close and not fits and not chips and _ends_below(look, pen, specials, width, label)
    if label is not None and below:
        fits = True  # it stands in the row of modifiers
    elif label is not None:
        label_y = y + label_row * t.item_wrapped_h if fits else t.px(LABEL_H // 2)
        pen.text(w - t.padding, label_y, label, t.px(STATION_TEXT), Weight.SEMIBOLD, p.LINK, at="end")
        y = y if fits else y + t.px(LABEL_H)
    pen.text(
        right, y, look.number(first.to_make_milli), t.item_text, Weight.BOLD, _ink(first, greyed), at="end"
    )
    cuts: list[int] = []
    for n, text in enumerate(rows):
        if n:
            cuts.append(y + t.item_wrapped_h // 2)
            y += t.item_wrapped_h
        pen.text(x, y, Said(text, name.rtl), t.item_text, Weight.SEMIBOLD, p.DIM if greyed else p.INK)
    if len(sames) > 1:
        _others(look, pen, sames, x, y, greyed)
    if chips:
        y = draw_chips(look, pen, chips, x, y + t.px(CHIP_ROW_H), t.px(CHIP_ROW_H))
    last = x + pen.width(Said(rows[-1], name.rtl), t.item_text, Weight.SEMIBOLD) + t.px(BETWEEN)
    beside_name = (
        (last, w - t.padding - (_label_w(look, pen, label) if fits else 0)) if close and not chips else None
    )
    y = _specials(look, pen, specials, x, y, cuts, beside_name)
    if label is not None and below:
        pen.text(w - t.padding, y, label, t.px(STATION_TEXT), Weight.SEMIBOLD, p.LINK, at="end")
    painted = tuple(one for same in sames for one in same.painted)
    return Block("line", y + t.item_h - t.item_h // 2 - 1, tuple(pen.ops), painted, tuple(cuts))


def _ends_below(look: Look, pen: Pen, specials: Sequence[_Special], width: int, label: Said | None) -> bool:
    """Whether modifiers of a dish, which fit one row, leave room at its end."""
    t = look.theme
    if label is None or not specials or any(one.out for one in specials):
        return False
    used = sum(
        t.px(SIGN_W + BETWEEN) + pen.width(one.said, t.px(MODIFIER), Weight.MEDIUM) for one in specials
    )
    return used - t.px(BETWEEN) + _label_w(look, pen, label) <= width


def _columns(look: Look, pen: Pen, same: Same) -> tuple[int, int]:
    """Where the name starts and the quantity ends."""
    t = look.theme
    quantity = look.number(same.to_make_milli)
    right = max(t.quantity_right, t.padding + pen.width(quantity, t.item_text, Weight.BOLD))
    return (max(t.names_x, right + t.px(14)) if right > t.quantity_right else t.names_x), right


def _label_w(look: Look, pen: Pen, label: Said | None) -> int:
    t = look.theme
    return pen.width(label, t.px(STATION_TEXT), Weight.SEMIBOLD) + t.px(10) if label is not None else 0


def _ink(same: Same, greyed: bool) -> Colour:
    if greyed:
        return p.DIM
    return p.QUANTITY_MANY if same.to_make_milli > 1000 else p.INK


def _share(look: Look, w: int, sames: Sequence[Same], label: Said | None) -> bool:
    """Whether these fit one row: nothing is special about any of them."""
    if any(_chips(look, same) or _special(look, same) for same in sames):
        return False
    t, pen = look.theme, Pen(look, w)
    names = [look.name(same.one.line.name, same.one.line.item_id or "?") for same in sames]
    if any(name.rtl is not look.rtl for name in names):
        return False
    x, _ = _columns(look, pen, sames[0])
    used = pen.width(names[0], t.item_text, Weight.SEMIBOLD)
    for same, name in zip(sames[1:], names[1:], strict=True):
        used += pen.width(name, t.item_text, Weight.SEMIBOLD) + _count_w(look, pen, same)
    return x + used + _label_w(look, pen, label) <= w - t.padding


def _count_w(look: Look, pen: Pen, same: Same) -> int:
    """A dot and a quantity before a further dish."""
    t = look.theme
    count = pen.width(look.number(same.to_make_milli), t.item_text, Weight.BOLD)
    return pen.width(DOT, t.item_text, Weight.BOLD) + count + t.px(8)


def _others(look: Look, pen: Pen, sames: Sequence[Same], x: int, y: int, greyed: bool) -> None:
    """ " · 1 Hummus", after the first."""
    t, before = look.theme, sames[0]
    for same in sames[1:]:
        name = look.name(before.one.line.name, before.one.line.item_id or "?")
        x += pen.width(name, t.item_text, Weight.SEMIBOLD)
        pen.text(x, y, DOT, t.item_text, Weight.BOLD, p.LABEL)
        x += pen.width(DOT, t.item_text, Weight.BOLD)
        count = look.number(same.to_make_milli)
        pen.text(x, y, count, t.item_text, Weight.BOLD, _ink(same, greyed))
        x += pen.width(count, t.item_text, Weight.BOLD) + t.px(8)
        said = look.name(same.one.line.name, same.one.line.item_id or "?")
        pen.text(x, y, said, t.item_text, Weight.SEMIBOLD, p.DIM if greyed else p.INK)
        before = same


def _chips(look: Look, same: Same) -> Sequence[Chip]:
    return line_chips(look, same.one, [at for at in same.one.line.stations if at.state in TO_MAKE_STATES])


def _special(look: Look, same: Same) -> list[_Special]:
    """Modifiers and notes; an allergy among them stands above."""
    line = same.one.line
    found = [
        _modifier(look, one)
        for one in line.modifiers
        if one.kind is not ModifierKind.ALLERGY and not one.allergy
    ]
    return found + [_Special("•", look.name(one.text), p.NOTE) for one in line.notes if not one.allergy]


def _modifier(look: Look, modifier: Modifier) -> _Special:
    name = look.name(modifier.name, modifier.modifier_id)
    if modifier.quantity_milli != 1000:
        name = look.said(f"{look.number(modifier.quantity_milli)}× {name.text}", name.rtl)
    colour = SIGN_COLOURS.get(modifier.kind, p.NOTE)
    return _Special(SIGNS.get(modifier.kind, "•"), name, colour, is_out(look, modifier))


def _specials(
    look: Look,
    pen: Pen,
    specials: Sequence[_Special],
    x: int,
    y: int,
    cuts: list[int],
    beside: tuple[int, int] | None,
) -> int:
    """Each in a row below y, or where there is room `beside` the name (from, to) as many in a row as fit; the last middle."""
    t = look.theme
    size, close = t.px(MODIFIER), beside is not None
    at, end = beside or (x, x)
    for one in specials:
        lead = t.px(SIGN_W) + (chip_width(look, out_chip(look)) + t.px(8) if one.out else 0)
        needed = lead + pen.width(one.said, size, Weight.MEDIUM)
        if not close or at + needed > end:
            cuts.append(y + t.px(15))
            y += t.modifier_h
            at, end = x, pen.w - t.padding
        pen.text(at, y, one.mark, size, Weight.BOLD, one.colour)
        if one.out:
            draw_chip(look, pen, out_chip(look), at + t.px(SIGN_W), y)
        rows = look.measurer.wrap(one.said.text, size, Weight.MEDIUM, end - at - lead, one.said.rtl)
        for n, row in enumerate(rows):
            y += t.modifier_h if n else 0
            pen.text(at + lead, y, Said(row, one.said.rtl), size, Weight.MEDIUM, one.colour)
        at = end if len(rows) > 1 else at + needed + t.px(BETWEEN)
    return y
