"""The blocks of expo's card: allergy with its CONFIRM, who it is for, what is missing and where, what is done, what to pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from display.core import palette as p
from display.core.blocks import Block, Painted, allergy_names, seat_in_both
from display.core.card_header import aggregator, start_x
from display.core.chips import chip_width, draw_chip, draw_chips, is_out, line_chips, out_chip
from display.core.draw import Colour, Weight
from display.core.lines import SIGN_COLOURS, SIGNS, Same
from display.core.look import Look, Said
from display.core.paid import paid_mark, paid_width, pays
from display.core.pen import Pen
from heard.expo import ExpoCard
from heard.order import Modifier, ModifierKind, Order, Text
from heard.ticket import TO_MAKE_STATES

CONFIRM = "confirm"
"""Action of a touch on the allergy's bar."""
BAG = "bag"
"""Action of a touch on the bags."""

SMALL, SMALL_H = 24, 29  # rows of what is done or to be packed
ASIDE, ASIDE_H = 23, 32  # "3 done", held
STATION_TEXT = 20
LINE_Y = 17  # middle of a line's first row
LINE_H = 33
MODIFIER, MODIFIER_H = 22, 27
CHIP_ROW_H = 32
ROW_H = 34  # RUSH, RIDER HERE
GUEST_Y = 15
ALLERGY_ROW_H = 33
CONFIRM_H = 32
DOT = " · "


@dataclass(frozen=True, slots=True)
class White:
    """One allergy to make sure of: its name, of which seat and which dish."""

    name: Text
    otherwise: str = ""
    seat: str = ""
    dish: Text | None = None


def allergies(look: Look, w: int, all_of: Sequence[White], *, unconfirmed: bool) -> Block:
    """The white block with every allergy, and the bar that confirms them; touched, it asks for CONFIRM."""
    t = look.theme
    pen = Pen(look, w)
    left = start_x(look, slots=False)
    x, width = left + t.px(44), w - left - t.padding - t.px(52)
    rows: list[tuple[Said, int, Weight]] = []
    for n, one in enumerate(all_of):
        for name in allergy_names(look, one.name, one.otherwise):
            for text in look.measurer.wrap(name.text, t.allergy_text, Weight.BOLD, width, name.rtl):
                rows.append((Said(text, name.rtl), t.allergy_text, Weight.BOLD))
        asides = [seat_in_both(look, one.seat)] if one.seat else []
        asides += [look.name(one.dish)] if one.dish is not None else []
        for aside in asides:
            for text in look.measurer.wrap(aside.text, t.px(21), Weight.BOLD, width, aside.rtl):
                rows.append((Said(text, aside.rtl), t.px(21), Weight.BOLD))
        if n < len(all_of) - 1:
            rows.append((Said("", False), 0, Weight.BOLD))
    row_h = t.px(ALLERGY_ROW_H)
    heights = [row_h if size == t.allergy_text else t.px(27) if size else t.px(6) for _, size, _ in rows]
    bar_h = t.px(CONFIRM_H)
    h = t.px(4) + sum(heights) + t.px(4) + bar_h + t.px(6)
    top = t.px(2)
    pen.rect(left, top, w - left - t.padding, h, p.ALLERGY_PAPER, t.block_radius)
    sign_y = top + t.px(4) + row_h // 2
    pen.icon(left + t.px(8), sign_y, "triangle-alert", t.allergy_icon, p.ALLERGY_INK)
    y = top + t.px(4)
    for (row, size, weight), height in zip(rows, heights, strict=True):
        if size:
            pen.text(x, y + height // 2, row, size, weight, p.ALLERGY_INK)
        y += height
    y += t.px(4)
    inset = t.px(8)
    bar_w = w - left - t.padding - 2 * inset
    if unconfirmed:
        pen.rect(left + inset, y, bar_w, bar_h, p.ALLERGY_INK, t.px(5))
        icon, word, ink = "square", "confirm", p.ALLERGY_PAPER
    else:
        icon, word, ink = "circle-check", "confirmed", p.ALLERGY_INK
    middle = y + bar_h // 2
    pen.icon(left + inset + t.px(10), middle, icon, t.px(22), ink)
    said = Said(look.words.say(word), look.rtl)
    pen.text(left + inset + t.px(40), middle, said, t.px(24), Weight.BOLD, ink)
    return Block("allergy", top + h + t.px(6), tuple(pen.ops), action=CONFIRM if unconfirmed else "")


def sign(look: Look, w: int, icon: str, word: str, ink: Colour, paper: Colour) -> Block:
    """A word on its colour over the whole width: RUSH, RIDER HERE."""
    t = look.theme
    pen = Pen(look, w)
    h = t.px(ROW_H)
    left = start_x(look, slots=False)
    pen.rect(left, t.px(2), w - left - t.padding, h, paper, t.px(5))
    pen.icon(left + t.px(8), t.px(2) + h // 2, icon, t.px(26), ink)
    said = Said(look.words.say(word), look.rtl)
    pen.text(left + t.px(44), t.px(2) + h // 2, said, t.px(25), Weight.BOLD, ink)
    return Block("mark", h + t.px(6), tuple(pen.ops), with_next=True)


def guest(look: Look, w: int, card: ExpoCard) -> Block | None:
    """Whom it is for, by whom, how many bags, and whether it is paid; None where there is nothing to say."""
    order = card.order
    t = look.theme
    said = [look.said(text) for text in (aggregator(order)[0], order.guest, order.server) if text]
    if not said and not order.bags and not (card.ready and pays(order)):
        return None
    pen = Pen(look, w)
    size, left, end = t.px(SMALL), start_x(look, slots=False), w - t.padding
    paid_w = paid_width(look, pen, order) + t.px(10) if pays(order) else 0
    words = [Said(word, one.rtl) for one in said for word in one.text.split()]
    widest = max((pen.width(word, size, Weight.REGULAR) for word in words), default=0)
    beside = widest <= end - paid_w - left  # else PAID goes to the last row: a name is not broken for it
    x, y = left, t.px(GUEST_Y)
    row_end = end - (paid_w if beside else 0)
    for n, one in enumerate(said):
        room = row_end - x
        if n and pen.width(one, size, Weight.REGULAR) > room:
            x, y, row_end = left, y + t.px(SMALL_H), end
            room = row_end - x
        for k, text in enumerate(look.measurer.wrap(one.text, size, Weight.REGULAR, max(1, room), one.rtl)):
            if k:
                x, y, row_end = left, y + t.px(SMALL_H), end
            pen.text(x, y, Said(text, one.rtl), size, Weight.REGULAR, p.LABEL)
            x += pen.width(Said(text, one.rtl), size, Weight.REGULAR) + t.px(10)
    if order.bags:
        bags = look.number(order.bags * 1000)
        bags_w = t.px(30) + pen.width(bags, size, Weight.SEMIBOLD)
        if x > left and x + bags_w > row_end:
            x, y, row_end = left, y + t.px(SMALL_H), end
        pen.icon(x, y, "shopping-bag", t.px(24), p.LABEL)
        pen.text(x + t.px(30), y, bags, size, Weight.SEMIBOLD, p.INK)
        x += bags_w + t.px(10)
    if pays(order):
        if not beside and x > end - paid_w:
            y += t.px(SMALL_H + 2)
        paid_mark(look, pen, order, t.px(GUEST_Y) if beside else y, end)
    return Block("mark", y + t.px(18), tuple(pen.ops), with_next=True)


def note(look: Look, w: int, text: Text) -> Block:
    """A note of the whole order."""
    t = look.theme
    pen = Pen(look, w)
    said = look.name(text)
    left = start_x(look, slots=False)
    x = left + t.px(18)
    pen.text(left, t.px(15), "•", t.px(SMALL), Weight.BOLD, p.NOTE)
    rows = look.measurer.wrap(said.text, t.px(SMALL), Weight.MEDIUM, w - t.padding - x, said.rtl)
    for n, row in enumerate(rows):
        pen.text(x, t.px(15) + n * t.px(SMALL_H), Said(row, said.rtl), t.px(SMALL), Weight.MEDIUM, p.NOTE)
    return Block("mark", t.px(SMALL_H) * len(rows) + t.px(3), tuple(pen.ops), with_next=True)


def missing_line(look: Look, w: int, same: Same, stations: Sequence[str]) -> Block:
    """A line that is to be made, with its changes and modifiers; `stations` stand at its end where they are named first."""
    t = look.theme
    pen = Pen(look, w)
    line = same.one.line
    quantity = look.number(same.to_make_milli)
    name = look.name(line.name, line.item_id or "?")
    label = station_words(look, stations)
    label_w = pen.width(label, t.px(STATION_TEXT), Weight.SEMIBOLD) if label is not None else 0
    right = max(t.quantity_right, t.padding + pen.width(quantity, t.item_text, Weight.BOLD))
    x = max(t.names_x, right + t.px(14)) if right > t.quantity_right else t.names_x
    width = w - t.padding - x
    measure = look.measurer.measure
    beside = width - (label_w + t.px(10) if label is not None else 0)
    y = t.px(LINE_Y)
    fits = measure(name.text, t.item_text, Weight.SEMIBOLD, name.rtl)[0] <= beside
    if label is not None:
        pen.text(
            w - t.padding,
            y if fits else t.px(12),
            label,
            t.px(STATION_TEXT),
            Weight.SEMIBOLD,
            p.LINK,
            at="end",
        )
        y = y if fits else y + t.px(24)
    colour = p.QUANTITY_MANY if same.to_make_milli > 1000 else p.INK
    pen.text(right, y, quantity, t.item_text, Weight.BOLD, colour, at="end")
    cuts: list[int] = []
    for n, text in enumerate(look.measurer.wrap(name.text, t.item_text, Weight.SEMIBOLD, width, name.rtl)):
        if n:
            cuts.append(y + t.item_wrapped_h // 2)
            y += t.item_wrapped_h
        pen.text(x, y, Said(text, name.rtl), t.item_text, Weight.SEMIBOLD, p.INK)
    chips = line_chips(look, same.one, [at for at in line.stations if at.state in TO_MAKE_STATES])
    if chips:
        y = draw_chips(look, pen, chips, x, y + t.px(CHIP_ROW_H), t.px(CHIP_ROW_H))
    for modifier in line.modifiers:
        if modifier.kind is not ModifierKind.ALLERGY and not modifier.allergy:
            cuts.append(y + t.px(15))
            y = _modifier(look, pen, modifier, x, y)
    for one in line.notes:
        if not one.allergy:
            cuts.append(y + t.px(15))
            y = _signed(look, pen, "•", look.name(one.text), p.NOTE, x, y)
    return Block("line", y + t.px(LINE_H - LINE_Y), tuple(pen.ops), same.painted, tuple(cuts))


def void_line(look: Look, w: int, same: Same) -> Block:
    """A void that a station has not seen yet: struck through, with the word."""
    t = look.theme
    pen = Pen(look, w)
    chip = Said(look.words.say("void"), look.rtl)
    chip_w = pen.width(chip, t.chip_text, Weight.SEMIBOLD) + 2 * t.pill_padding
    number = look.number(sum(line.line.quantity_milli for line in same.lines))
    left = start_x(look, slots=False)
    x = left + t.px(6) + chip_w + t.px(8)
    number_w = pen.width(number, t.item_text, Weight.BOLD) + t.px(8)
    name = look.name(same.one.line.name, same.one.line.item_id or "?")
    width = max(1, w - t.padding - t.px(6) - x - number_w)
    rows = look.measurer.wrap(name.text, t.item_text, Weight.SEMIBOLD, width, name.rtl)
    h = t.px(38) + t.item_wrapped_h * (len(rows) - 1)
    pen.rect(left, 0, w - left - t.padding, h, p.VOID_BAND, t.block_radius)
    y = t.px(19)
    pen.rect(left + t.px(6), y - t.chip_h // 2, chip_w, t.chip_h, p.VOID_CHIP, t.px(5))
    pen.text(left + t.px(6) + t.pill_padding, y, chip, t.chip_text, Weight.SEMIBOLD, p.VOID_CHIP_INK)
    pen.text(x, y, number, t.item_text, Weight.BOLD, p.INK)
    for n, text in enumerate(rows):
        row, at = Said(text, name.rtl), y + n * t.item_wrapped_h
        pen.text(x + number_w, at, row, t.item_text, Weight.SEMIBOLD, p.INK)
        pen.strike(
            x + number_w - t.px(3),
            at,
            pen.width(row, t.item_text, Weight.SEMIBOLD) + t.px(6),
            t.strike_h,
            p.VOID_STRIKE,
        )
    return Block("void", h + t.px(5), tuple(pen.ops), same.painted)


def held_row(look: Look, w: int, card: ExpoCard, lines: tuple[Painted, ...]) -> Block:
    """ "held 7 · fires 19:55": courses that are not fired."""
    t, words = look.theme, look.words
    pen = Pen(look, w)
    items = sum(one.line.quantity_milli for one in card.held)
    text = words.say("expo.held", n=look.number(items))
    if card.fires_at_ms:
        text += DOT + words.say("fires", time=look.fires_at(card.fires_at_ms))
    y = t.px(ASIDE_H // 2)
    pen.icon(t.stripe_w + t.px(11), y, "pause-circle", t.px(24), p.DIM)
    x = t.names_x
    rows = look.measurer.wrap(text, t.px(ASIDE), Weight.REGULAR, w - t.padding - x, look.rtl)
    for n, row in enumerate(rows):
        pen.text(x, y + n * t.px(SMALL_H), Said(row, look.rtl), t.px(ASIDE), Weight.REGULAR, p.DIM)
    return Block("held", t.px(ASIDE_H) + t.px(SMALL_H) * (len(rows) - 1), tuple(pen.ops), lines)


def done_row(look: Look, w: int, card: ExpoCard, lines: tuple[Painted, ...], *, paid: bool) -> Block | None:
    """ "3 done" with PAID at its end, where it does not stand elsewhere."""
    t = look.theme
    pen = Pen(look, w)
    y = t.px(ASIDE_H // 2)
    shows_paid = paid and pays(card.order)
    if shows_paid:
        paid_mark(look, pen, card.order, y, w - t.padding)
    if lines:
        pen.icon(t.stripe_w + t.px(11), y, "check", t.px(24), p.CHECK)
        said = Said(look.words.say("expo.done", n=look.number(card.made * 1000)), look.rtl)
        pen.text(t.names_x, y, said, t.px(ASIDE), Weight.REGULAR, p.DIM)
    elif not shows_paid:
        return None
    return Block("line" if lines else "mark", t.px(ASIDE_H), tuple(pen.ops), lines)


def listed(
    look: Look,
    w: int,
    icon: str,
    colour: Colour,
    sames: Sequence[Same],
    *,
    greyed: bool,
    packed: bool = False,
    pays_for: Order | None = None,
) -> list[Block]:
    """What is ready or to be packed: "2 Cola · 1 Cutlery", as many on a row as fit; a row is a block.

    `packed`: it may be out, and says so. PAID of `pays_for` stands at the end of the first row.
    """
    t = look.theme
    x = t.names_x - t.px(4)
    width = w - t.padding - x
    size, weight = t.px(SMALL), Weight.MEDIUM
    paid_w = paid_width(look, Pen(look, w), pays_for) + t.px(10) if pays_for is not None else 0
    rows: list[tuple[str, bool, list[Painted]]] = []
    for same in sames:
        milli = sum(line.line.quantity_milli for line in same.lines)
        name = look.name(same.one.line.name, same.one.line.item_id or "?")
        out = f" ({look.words.say('out.chip')})" if same.one.line.item_id in look.out and packed else ""
        said = look.said(f"{look.number(milli)} {name.text}{out}", look.rtl or name.rtl)
        painted = list(same.painted)
        if rows and rows[-1][1] == said.rtl:
            joined = f"{rows[-1][0]}{DOT}{said.text}"
            room = width - (paid_w if len(rows) == 1 else 0)
            if look.measurer.measure(joined, size, weight, said.rtl)[0] <= room:
                rows[-1] = (joined, said.rtl, rows[-1][2] + painted)
                continue
        room = width - (0 if rows else paid_w)
        wrapped = look.measurer.wrap(said.text, size, weight, room, said.rtl)
        for text in wrapped[:-1]:
            rows.append((text, said.rtl, []))
        rows.append((wrapped[-1], said.rtl, painted))
    blocks = []
    for n, (text, rtl, painted) in enumerate(rows):
        pen = Pen(look, w)
        y = t.px(SMALL_H // 2 + 1)
        if n == 0:
            pen.icon(t.stripe_w + t.px(11), y, icon, t.px(24), colour)
            if pays_for is not None:
                paid_mark(look, pen, pays_for, y, w - t.padding)
        pen.text(x, y, Said(text, rtl), size, weight, p.DIM if greyed else p.INK)
        blocks.append(Block("line", t.px(SMALL_H), tuple(pen.ops), tuple(painted), with_next=not painted))
    return blocks


def station_words(look: Look, stations: Sequence[str]) -> Said | None:
    """ "GRILL", "GRILL + FRY"; None for none."""
    names = [look.pick(look.station_names.get(one, {})) or one for one in stations]
    if not names:
        return None
    said = look.said(" + ".join(names).upper())
    return Said(said.text, said.rtl)


def _modifier(look: Look, pen: Pen, modifier: Modifier, x: int, y: int) -> int:
    name = look.name(modifier.name, modifier.modifier_id)
    if modifier.quantity_milli != 1000:
        name = look.said(f"{look.number(modifier.quantity_milli)}× {name.text}", name.rtl)
    colour = SIGN_COLOURS.get(modifier.kind, p.NOTE)
    sign = SIGNS.get(modifier.kind, "•")
    return _signed(look, pen, sign, name, colour, x, y, out=is_out(look, modifier))


def _signed(
    look: Look, pen: Pen, mark: str, said: Said, colour: Colour, x: int, y: int, *, out: bool = False
) -> int:
    t = look.theme
    sign_end = at = x + t.px(18)
    if out:
        at += chip_width(look, out_chip(look)) + t.px(8)
    rows = look.measurer.wrap(said.text, t.px(MODIFIER), Weight.MEDIUM, pen.w - t.padding - at, said.rtl)
    for n, row in enumerate(rows):
        y += t.px(MODIFIER_H)
        if n == 0:
            pen.text(x, y, mark, t.px(MODIFIER), Weight.BOLD, colour)
            if out:
                draw_chip(look, pen, out_chip(look), sign_end, y)
        pen.text(at, y, Said(row, said.rtl), t.px(MODIFIER), Weight.MEDIUM, colour)
    return y
