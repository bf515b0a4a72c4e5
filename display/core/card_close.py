"""Expo's card where all open orders would not fit one page.

No letter is smaller, and allergies, voids, an order's notes, RIDER HERE and UNPAID are never left out. Rows stand closer and are
shared first; then what is ready is counted, not named; then so is an order of which nothing is made yet, and then one that has far to
go. A dish that is counted keeps its notes and not its modifiers; at last they go too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from display.core import palette as p
from display.core.blocks import Block, Painted
from display.core.card_blocks import allergies, held_row, listed, note, pack_words, void_line
from display.core.card_header import card_header, covers_above, in_header, paid_above, start_x
from display.core.card_lines import Fact, Missing, counted_notes, missing_lines, station_counts
from display.core.card_words import (
    WORD_GAP,
    Word,
    bag_words,
    cover_words,
    draw_word,
    grave_words,
    name_words,
    word_width,
)
from display.core.draw import Weight
from display.core.expo_style import ExpoStyle, Lines, alike, by_station, grouped_lines, painted_of, whites_of
from display.core.header import Fit, Head, Header
from display.core.look import Look, Said
from display.core.paid import paid_mark, paid_width, pays
from display.core.pen import Pen
from heard.expo import ExpoCard, Progress
from heard.order import Order
from heard.ticket import Ticket


class CloseStyle(ExpoStyle):
    """A card as `tiles.Style` asks for it. `folds`: what is made is only counted.

    `counts`: a card of which nothing is made yet says how much each station has to make, instead of naming it. `far`: so does one
    that still lacks so many dishes; what lacks fewer is named. Without `notes`: no notes of dishes that are counted.
    """

    def __init__(
        self, *, slots: bool, folds: bool = False, counts: bool = False, far: int = 0, notes: bool = True
    ) -> None:
        super().__init__(slots=slots)
        self.folds, self.counts, self.far, self.notes = folds, counts, far, notes

    def header(self, look: Look, w: int, ticket: Ticket, head: Head, rows_for: Fit) -> Header:
        return card_header(look, w, ticket, head, slots=self.slots, close=True)

    def whites(self, look: Look, w: int, card: ExpoCard) -> Block:
        return allergies(look, w, whites_of(card), unconfirmed=card.unconfirmed, close=True)

    def blocks(self, look: Look, w: int, ticket: Ticket, card: ExpoCard, *, greyed: bool) -> list[Block]:
        order, by = card.order, grouped_lines(ticket)
        pays_for = order if pays(order) else None
        above = paid_above(look, w, card, slots=self.slots)
        signs: list[Fact] = [(word, ()) for word in grave_words(look, card)]
        blocks = fact_rows(look, w, signs, None, greyed=greyed)
        if blocks and pays_for is not None and not above:
            with_paid = fact_rows(look, w, signs, order, greyed=greyed)
            if len(with_paid) == len(blocks):
                blocks, above = with_paid, True
        blocks += [note(look, w, one.text) for one in order.notes if not one.allergy]
        blocks += [void_line(look, w, same) for same in alike(look, order, by, Progress.VOIDED)]
        missing = by_station(look, card, alike(look, order, by, Progress.MISSING))
        counts = station_facts(look, w, card, missing, far=self.far, notes=self.notes) if self.counts else []
        if not counts:
            blocks += missing_lines(look, w, missing, close=True, greyed=greyed)
        held = painted_of(by.get(Progress.HELD, []))
        if held:
            blocks.append(held_row(look, w, card, held))
        if card.ready and not self.folds:
            made = alike(look, order, by, Progress.DONE)
            blocks += listed(look, w, "check", p.CHECK, made, greyed=greyed)
        facts = [*counts, *self._facts(look, w, card, by)]
        blocks += fact_rows(look, w, facts, None if above else pays_for, greyed=greyed)
        return with_made(blocks, painted_of(by.get(Progress.DONE, [])))

    def _facts(self, look: Look, w: int, card: ExpoCard, by: Lines) -> list[Fact]:
        """How much is made, bags, names that the header has no room for, and what is to be packed."""
        found: list[Fact] = []
        done = painted_of(by.get(Progress.DONE, []))
        if done and card.ready is self.folds:  # "2 of 3" says it too, READY does not
            made = look.number(card.made * 1000)
            text = made if self.folds else look.words.say("expo.done", n=made)
            found.append((Word(Said(text, look.rtl), Weight.REGULAR, "", p.DIM, "check", p.CHECK), done))
        names = name_words(look, card)[in_header(look, w, card, slots=self.slots) :]
        eat = [] if covers_above(look, w, card, slots=self.slots) else cover_words(look, card)
        found += [(word, ()) for word in (*bag_words(look, card), *eat, *names)]
        for n, same in enumerate(alike(look, card.order, by, Progress.PACK)):
            said, icon = pack_words(look, same), "" if n else "shopping-bag"
            found.append((Word(said, Weight.MEDIUM, "", p.INK, icon, p.LABEL), same.painted))
        return found


def station_facts(
    look: Look, w: int, card: ExpoCard, missing: Sequence[Missing], *, far: int, notes: bool
) -> list[Fact]:
    """Of a card of which nothing, or little, is made yet; none where a station's name would need rows of its own."""
    if card.order.rush or (card.made and not 0 < far <= len(missing)):
        return []
    found = station_counts(look, missing)
    room = w - start_x(look, slots=False) - look.theme.padding
    wide = any(word_width(look, Pen(look, w), word) > room for word, _ in found)
    return [] if wide or not found else [*found, *(counted_notes(look, missing) if notes else ())]


def with_made(blocks: list[Block], made: tuple[Painted, ...]) -> list[Block]:
    """Lines that only the header counts stand with the last row of lines."""
    said = {one.line_id for block in blocks for one in block.lines}
    rest = tuple(one for one in made if one.line_id not in said)
    if not rest:
        return blocks
    last = next((n for n in reversed(range(len(blocks))) if blocks[n].kind == "line"), None)
    if last is None:
        return [*blocks, Block("line", 0, (), rest)]
    blocks[last] = replace(blocks[last], lines=(*blocks[last].lines, *rest))
    return blocks


def fact_rows(
    look: Look, w: int, facts: Sequence[Fact], pays_for: Order | None, *, greyed: bool
) -> list[Block]:
    """Words one after the other, as many in a row as fit, and PAID or UNPAID at the end of a row that has room."""
    t = look.theme
    pen = Pen(look, w)
    left, end, gap = start_x(look, slots=False), w - t.padding, t.px(WORD_GAP)
    rows: list[tuple[list[Word], list[Painted]]] = []
    used: list[int] = []
    for word, told in facts:
        pieces = _pieces(look, pen, word, end - left)
        for n, piece in enumerate(pieces):
            width = word_width(look, pen, piece)
            if not rows or used[-1] + width > end:
                rows.append(([], []))
                used.append(left)
            rows[-1][0].append(piece)
            used[-1] += width + gap
            if n == len(pieces) - 1:
                rows[-1][1].extend(told)
    paid_row = -1
    if pays_for is not None:
        paid_w = paid_width(look, pen, pays_for)
        paid_row = next((n for n, at in enumerate(used) if at + paid_w <= end), len(rows))
        if paid_row == len(rows):
            rows.append(([], []))
    blocks = []
    for n, (row, painted) in enumerate(rows):
        pen, at, y = Pen(look, w), left, t.progress_h // 2
        for word in row:
            at += draw_word(look, pen, word, at, y, p.LABEL, dim=greyed) + gap
        if n == paid_row and pays_for is not None:
            paid_mark(look, pen, pays_for, y, end)
        blocks.append(Block("line" if painted else "mark", t.progress_h, tuple(pen.ops), tuple(painted)))
    return blocks


def _pieces(look: Look, pen: Pen, word: Word, room: int) -> list[Word]:
    """A name that is longer than a row in pieces."""
    if word.paper or word_width(look, pen, word) <= room:
        return [word]
    texts = look.measurer.wrap(word.said.text, look.theme.type_text, word.weight, room, word.said.rtl)
    return [
        replace(word, said=Said(text, word.said.rtl), icon="" if n else word.icon)
        for n, text in enumerate(texts)
    ]
