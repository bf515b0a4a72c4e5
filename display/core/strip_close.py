"""Expo's strips where all open orders would not fit one page: what is below the header stands in it, where that has room.

As on close cards no letter is smaller, and allergies, voids, an order's notes, RIDER HERE and UNPAID are never left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from display.core import palette as p
from display.core.blocks import Block
from display.core.card import card_of
from display.core.card_blocks import held_row, note, void_line
from display.core.card_close import station_facts, with_made
from display.core.card_flow import (
    Dish,
    counted_dish,
    done_dish,
    draw_dishes,
    flowing,
    missing_dishes,
    packed_dishes,
    row_w,
)
from display.core.expo_rows import ExpoRowStyle, header_end
from display.core.expo_style import alike, by_station, grouped_lines, painted_of
from display.core.look import Look
from display.core.pen import Pen
from heard.expo import ExpoCard, Progress
from heard.ticket import Ticket

INLAY_PAD, INLAY_EDGE = 6, 4
"""Around what stands in the header on the paper of a card, so that its colours say there what they say below."""


class CloseRowStyle(ExpoRowStyle):
    """A strip as `tiles.Style` asks for it. `folds`, `counts`, `far` and `notes` are those of `CloseStyle`."""

    WORDS_X = 148

    def __init__(
        self, *, slots: bool, folds: bool = False, counts: bool = False, far: int = 0, notes: bool = True
    ) -> None:
        super().__init__(slots=slots)
        self.folds, self.counts, self.far, self.notes = folds, counts, far, notes

    def inlay(
        self, look: Look, pen: Pen, ticket: Ticket, h: int, *, greyed: bool
    ) -> tuple[int, int, int, int] | None:
        card = card_of(ticket)
        dishes = self._dishes(look, pen.w, ticket, card, greyed=greyed)
        if not self._fits(look, pen.w, ticket, dishes):
            return None
        t = look.theme
        width, pad, edge = row_w(look, dishes), t.px(INLAY_PAD), t.px(INLAY_EDGE)
        x, _ = header_end(look, pen.w, ticket, self.WORDS_X, slots=self.slots)
        paper_w = width + 2 * pad
        pen.rect(x, edge, paper_w, h - 2 * edge, p.CARD, t.block_radius)
        draw_dishes(look, pen, x + pad, h // 2, dishes)
        return pen.w - x - paper_w if look.rtl else x, edge, paper_w, h - 2 * edge

    def blocks(self, look: Look, w: int, ticket: Ticket, card: ExpoCard, *, greyed: bool) -> list[Block]:
        order, by = card.order, grouped_lines(ticket)
        dishes = self._dishes(look, w, ticket, card, greyed=greyed)
        blocks = [note(look, w, one.text) for one in order.notes if not one.allergy]
        blocks += [void_line(look, w, same) for same in alike(look, order, by, Progress.VOIDED)]
        above = self._fits(look, w, ticket, dishes)
        if not above:
            blocks += flowing(look, w, dishes)
        held = painted_of(by.get(Progress.HELD, []))
        if held:
            blocks.append(held_row(look, w, card, held))
        if above:  # a row of its own in the header
            said = tuple(one for dish in dishes for one in dish.painted)
            blocks.insert(0, Block("line", 0, (), said))
        return with_made(blocks, painted_of(by.get(Progress.DONE, [])))

    def _fits(self, look: Look, w: int, ticket: Ticket, dishes: Sequence[Dish]) -> bool:
        at, end = header_end(look, w, ticket, self.WORDS_X, slots=self.slots)
        return bool(dishes) and at + row_w(look, dishes) + 2 * look.theme.px(INLAY_PAD) <= end

    def _dishes(self, look: Look, w: int, ticket: Ticket, card: ExpoCard, *, greyed: bool) -> list[Dish]:
        """What is missing, by name or by station, what is ready and what is to be packed."""
        order, by = card.order, grouped_lines(ticket)
        missing = by_station(look, card, alike(look, order, by, Progress.MISSING))
        counts = station_facts(look, w, card, missing, far=self.far, notes=self.notes) if self.counts else []
        found = [counted_dish(look, word, painted, greyed=greyed) for word, painted in counts]
        found = found or missing_dishes(look, missing, greyed=greyed)
        made = by.get(Progress.DONE, [])
        if card.ready and not self.folds:
            found += packed_dishes(look, alike(look, order, by, Progress.DONE), made=True, greyed=greyed)
        elif made and card.ready is self.folds:  # "2 of 3" says it too, READY does not
            number = look.number(card.made * 1000)
            text = number if self.folds else look.words.say("expo.done", n=number)
            found.append(done_dish(look, text, painted_of(made)))
        return found + packed_dishes(look, alike(look, order, by, Progress.PACK), made=False, greyed=greyed)
