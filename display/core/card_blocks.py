"""The blocks of expo's card: allergy with its CONFIRM, who it is for, what is missing and where, what is done, what to pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from display.core import palette as p
from display.core.blocks import Block, Painted, allergy_names, seat_in_both
from display.core.card_header import (
    COVERS,
    COVERS_ICON,
    COVERS_LEAD,
    aggregator,
    covers,
    covers_above,
    covers_width,
    start_x,
)
from display.core.draw import Colour, Weight
from display.core.lines import Same
from display.core.look import Look, Said
from display.core.paid import paid_mark, paid_width, pays
from display.core.pen import Pen
from heard.expo import ExpoCard
from heard.order import Order, Text

CONFIRM = "confirm"
"""Action of a touch on the allergy's bar."""
BAG = "bag"
"""Action of a touch on the bags."""

SMALL, SMALL_H = 24, 29  # rows of what is done or to be packed
ASIDE, ASIDE_H = 23, 32  # "3 done", held
STATION_TEXT = 20
STATIONS_SAID = 2
"""Of a line by name; more of them are counted: a line of nobody stands at every station, which no card is wide enough to name."""
MODIFIER = 22
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


def allergies(
    look: Look, w: int, all_of: Sequence[White], *, unconfirmed: bool, close: bool = False
) -> Block:
    """The white block with every allergy, and the bar that confirms them; touched, it asks for CONFIRM.

    `close`: less white beside the words, and the other language below the sign where it would need two rows beside it.
    """
    t = look.theme
    pen = Pen(look, w)
    left = start_x(look, slots=False)
    inset = t.px(5 if close else 8)
    lead = inset + t.allergy_icon + t.px(6) if close else t.px(44)
    x, width = left + lead, w - left - t.padding - lead - inset
    rows: list[tuple[Said, int, int]] = []
    for n, one in enumerate(all_of):
        for k, name in enumerate(allergy_names(look, one.name, one.otherwise)):
            named_w = pen.width(name, t.allergy_text, Weight.BOLD)
            below = close and bool(k) and width < named_w <= width + lead - inset
            room, at = (width + lead - inset, left + inset) if below else (width, x)
            for text in look.measurer.wrap(name.text, t.allergy_text, Weight.BOLD, room, name.rtl):
                rows.append((Said(text, name.rtl), t.allergy_text, at))
        for aside in _asides(look, one, width):
            for text in look.measurer.wrap(aside.text, t.px(21), Weight.BOLD, width, aside.rtl):
                rows.append((Said(text, aside.rtl), t.px(21), x))
        if n < len(all_of) - 1:
            rows.append((Said("", False), 0, x))
    row_h = t.px(ALLERGY_ROW_H)
    heights = [row_h if size == t.allergy_text else t.px(27) if size else t.px(6) for _, size, _ in rows]
    bar_h = t.px(CONFIRM_H)
    h = t.px(4) + sum(heights) + t.px(4) + bar_h + t.px(6)
    top = t.px(2)
    pen.rect(left, top, w - left - t.padding, h, p.ALLERGY_PAPER, t.block_radius)
    sign_y = top + t.px(4) + row_h // 2
    pen.icon(left + inset, sign_y, "triangle-alert", t.allergy_icon, p.ALLERGY_INK)
    y = top + t.px(4)
    for (row, size, at), height in zip(rows, heights, strict=True):
        if size:
            pen.text(at, y + height // 2, row, size, Weight.BOLD, p.ALLERGY_INK)
        y += height
    y += t.px(4)
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


def _asides(look: Look, one: White, width: int) -> list[Said]:
    """Of which seat and which dish: in one row where that has room."""
    found = [seat_in_both(look, one.seat)] if one.seat else []
    found += [look.name(one.dish)] if one.dish is not None else []
    if len(found) == 2 and found[0].rtl is found[1].rtl:
        both = Said(f"{found[0].text}{DOT}{found[1].text}", found[0].rtl)
        if look.measurer.measure(both.text, look.theme.px(21), Weight.BOLD, both.rtl)[0] <= width:
            return [both]
    return found


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


def guest(look: Look, w: int, card: ExpoCard, *, slots: bool) -> Block | None:
    """For how many where the header has no room for it, whom and by whom, bags, and whether it is paid; None for nothing to say."""
    order = card.order
    t = look.theme
    said = [look.said(text) for text in (aggregator(order)[0], order.guest, order.server) if text]
    eat = "" if covers_above(look, w, card, slots=slots) else covers(look, order)
    if not said and not eat and not order.bags and not (card.ready and pays(order)):
        return None
    pen = Pen(look, w)
    size, left, end = t.px(SMALL), start_x(look, slots=False), w - t.padding
    paid_w = paid_width(look, pen, order) + t.px(10) if pays(order) else 0
    words = [Said(word, one.rtl) for one in said for word in one.text.split()]
    widest = max((pen.width(word, size, Weight.REGULAR) for word in words), default=0)
    beside = widest <= end - paid_w - left  # else PAID goes to the last row: a name is not broken for it
    x, y = left, t.px(GUEST_Y)
    row_end = end - (paid_w if beside else 0)
    if eat:
        pen.icon(x, y, COVERS, t.px(COVERS_ICON), p.LABEL)
        pen.text(x + t.px(COVERS_LEAD), y, eat, size, Weight.REGULAR, p.LABEL)
        x += covers_width(look, pen, order) + t.px(10)
    for one in said:
        room = row_end - x
        if x > left and pen.width(one, size, Weight.REGULAR) > room:
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
    x = max(t.names_x, t.stripe_w + t.px(11 + 24 + 8))
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


def counted(look: Look, same: Same, aside: str = "") -> Said:
    """ "2 Cola"."""
    milli = sum(line.line.quantity_milli for line in same.lines)
    name = look.name(same.one.line.name, same.one.line.item_id or "?")
    return look.said(f"{look.number(milli)} {name.text}{aside}", look.rtl or name.rtl)


def pack_words(look: Look, same: Same) -> Said:
    """What is to be packed may be out, and says so."""
    out = same.one.line.item_id in look.out
    return counted(look, same, f" ({look.words.say('out.chip')})" if out else "")


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
    x = max(t.names_x - t.px(4), t.stripe_w + t.px(11 + 24 + 8))
    width = w - t.padding - x
    size, weight = t.px(SMALL), Weight.MEDIUM
    paid_w = paid_width(look, Pen(look, w), pays_for) + t.px(10) if pays_for is not None else 0
    rows: list[tuple[str, bool, list[Painted]]] = []
    for same in sames:
        said = pack_words(look, same) if packed else counted(look, same)
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
    """ "GRILL", "GRILL + FRY", "GRILL + FRY +2" (nobody's line stands at all); None for none."""
    names = [look.pick(look.station_names.get(one, {})) or one for one in stations[:STATIONS_SAID]]
    if not names:
        return None
    more = len(stations) - len(names)
    said = look.said(" + ".join(names).upper() + (f" +{look.number(more * 1000)}" if more else ""))
    return Said(said.text, said.rtl)
