"""Expo's list: an order is a strip over the whole column. Its header says all of it in one row, below it runs what is missing."""

from __future__ import annotations

from display.core import palette as p
from display.core.blocks import Block
from display.core.card import card_of
from display.core.card_blocks import held_row, note, void_line
from display.core.card_flow import allergy_strip, dish_rows
from display.core.card_header import (
    GAP,
    card_colours,
    card_sizes,
    progress_words,
    start_x,
)
from display.core.card_words import (
    WORD_GAP,
    Word,
    bag_words,
    cover_words,
    draw_word,
    grave_words,
    kind_words,
    name_words,
    word_width,
)
from display.core.draw import Colour, Weight
from display.core.expo_style import ExpoStyle, alike, grouped_lines, painted_of, whites_of
from display.core.header import Fit, Head, Header, slot_key, word_pill
from display.core.look import Look, Said
from display.core.paid import paid_mark, paid_width, pays
from display.core.pen import Pen
from heard.expo import ExpoCard, Progress
from heard.ticket import Ticket

ROW_H = 34  # from one row of words to the next


class ExpoRowStyle(ExpoStyle):
    """A strip, as `tiles.Style` asks for it."""

    WORDS_X = 180
    """From the number: words of all strips stand below each other."""

    def inlay(
        self, look: Look, pen: Pen, ticket: Ticket, h: int, *, greyed: bool
    ) -> tuple[int, int, int, int] | None:
        """What a closer strip says in its header too, of which the row is so high; where it stands (x, y, w, h)."""
        return None

    def header(self, look: Look, w: int, ticket: Ticket, head: Head, rows_for: Fit) -> Header:
        t = look.theme
        pen = Pen(look, w)
        card = card_of(ticket)
        rows = _header_rows(look, w, ticket, self.WORDS_X, slots=self.slots)
        h = self._height(look, rows)
        ink, paper, track = card_colours(card, head)
        bar = 0 if head.bumped else t.age_bar_h
        pen.rect(t.stripe_w, 0, w - t.stripe_w, h - bar, paper)
        if bar:
            pen.rect(t.stripe_w, h - bar, w - t.stripe_w, bar, track)
        if self.slots:
            slot_key(look, pen, head, (t.header_h - t.age_bar_h - t.slot) // 2, t.slot)
        x, y = start_x(look, slots=self.slots), t.header_row1_y
        main, beside, size, small = card_sizes(look, pen, ticket, head, w // 2)
        pen.text(x, y, main, size, Weight.BOLD, ink)
        x += pen.width(main, size, Weight.BOLD) + t.px(GAP)
        if beside:
            pen.text(x, y + t.px(2), beside, small, Weight.REGULAR, ink)
            x += pen.width(beside, small, Weight.REGULAR) + t.px(GAP)
        if head.pending and not head.bumped:
            pen.icon(x, y, "clock-arrow-up", t.px(26), p.NOTE if ink == p.WHITE else ink)
        for n, row in enumerate(rows):
            at = _words_x(look, ticket, self.WORDS_X, slots=self.slots)
            for word in row:
                at += draw_word(look, pen, word, at, y + n * t.px(ROW_H), ink, dim=head.bumped) + t.px(
                    WORD_GAP
                )
        inlay = self.inlay(look, pen, ticket, h - t.age_bar_h, greyed=head.bumped)
        undo = _end(look, pen, card, head, ink)
        return Header(tuple(pen.ops), h, undo, inlay)

    def header_h(self, look: Look, w: int, ticket: Ticket) -> int:
        return self._height(look, _header_rows(look, w, ticket, self.WORDS_X, slots=self.slots))

    def _height(self, look: Look, rows: list[list[Word]]) -> int:
        return look.theme.header_h + look.theme.px(ROW_H) * (len(rows) - 1)

    def whites(self, look: Look, w: int, card: ExpoCard) -> Block:
        return allergy_strip(look, w, whites_of(card), unconfirmed=card.unconfirmed)

    def blocks(self, look: Look, w: int, ticket: Ticket, card: ExpoCard, *, greyed: bool) -> list[Block]:
        order = card.order
        blocks = [note(look, w, one.text) for one in order.notes if not one.allergy]
        by = grouped_lines(ticket)
        blocks += [void_line(look, w, same) for same in alike(look, order, by, Progress.VOIDED)]
        sames = {one: alike(look, order, by, one) for one in (Progress.MISSING, Progress.DONE, Progress.PACK)}
        blocks += dish_rows(look, w, card, sames, greyed=greyed)
        held = painted_of(by.get(Progress.HELD, []))
        return [*blocks, held_row(look, w, card, held)] if held else blocks


def _words_x(look: Look, ticket: Ticket, words_x: int, *, slots: bool) -> int:
    """Where the words of the first row begin: alike for all strips, so that they stand below each other."""
    t = look.theme
    pen = Pen(look, 10**4)
    main, beside, size, small = card_sizes(look, pen, ticket, Head(0, None), 10**4)
    used = pen.width(main, size, Weight.BOLD) + t.px(GAP + 26 + GAP)
    if beside:
        used += t.px(GAP) + pen.width(beside, small, Weight.REGULAR)
    return start_x(look, slots=slots) + max(used, t.px(words_x))


def header_end(look: Look, w: int, ticket: Ticket, words_x: int, *, slots: bool) -> tuple[int, int]:
    """Where the words of a header of one row end, and the numbers begin; no room between where it has more rows."""
    rows, pen = _header_rows(look, w, ticket, words_x, slots=slots), Pen(look, w)
    at = _words_x(look, ticket, words_x, slots=slots)
    at += sum(word_width(look, pen, word) + look.theme.px(WORD_GAP) for word in rows[0])
    return at, w - look.theme.padding - _end_w(look, pen, card_of(ticket)) if len(rows) == 1 else at


def _header_rows(look: Look, w: int, ticket: Ticket, words_x: int, *, slots: bool) -> list[list[Word]]:
    """Type, table and due time, for whom, signs; what does not fit before the numbers at the end wraps."""
    t = look.theme
    card = card_of(ticket)
    pen = Pen(look, w)
    rows: list[list[Word]] = [[]]
    at = start = _words_x(look, ticket, words_x, slots=slots)
    end = w - t.padding - _end_w(look, pen, card)
    for word in (
        *kind_words(look, card),
        *cover_words(look, card),
        *name_words(look, card),
        *bag_words(look, card),
        *grave_words(look, card),
    ):
        needed = word_width(look, pen, word)
        if at + needed > end and (rows[-1] or len(rows) == 1):
            rows.append([])
            at, end = start, w - t.padding
        if at + needed <= end:
            rows[-1].append(word)
            at += needed + t.px(WORD_GAP)
            continue
        width = max(1, end - at)
        for text in look.measurer.wrap(word.said.text, t.type_text, word.weight, width, word.said.rtl):
            if rows[-1]:
                rows.append([])
            rows[-1].append(Word(Said(text, word.said.rtl), word.weight))
        at += word_width(look, pen, rows[-1][0]) + t.px(WORD_GAP)
    return rows


def _timer_w(look: Look, pen: Pen) -> int:
    return pen.width("≥00:00", look.theme.timer_text, Weight.BOLD)


def _progress_w(look: Look, pen: Pen, card: ExpoCard) -> int:
    """A column of its own, as wide as what mostly stands in it."""
    words, t = look.words, look.theme
    own = progress_words(look, card)
    usual = [Said(words.say("ready"), look.rtl), Said(words.say("n_of_m", n=10, m=10), look.rtl)]
    return max(pen.width(one, t.type_text, Weight.SEMIBOLD) for one in ([own] if own else []) + usual)


def _end_w(look: Look, pen: Pen, card: ExpoCard) -> int:
    """Room of the timer, "3 of 6" and PAID at the end of the first row."""
    t = look.theme
    width = _timer_w(look, pen) + t.px(16) + _progress_w(look, pen, card) + t.px(16)
    if pays(card.order):
        width += paid_width(look, pen, card.order) + t.px(16)
    return width


def _end(look: Look, pen: Pen, card: ExpoCard, head: Head, ink: Colour) -> tuple[int, int, int, int] | None:
    """What stands at the end; where UNDO may be touched. The timer itself is painted by the second."""
    t, y = look.theme, look.theme.header_row1_y
    end = pen.w - t.padding
    if head.bumped:
        undo = None
        if head.undo:
            x, width = word_pill(look, pen, end, y, look.words.say("pill.UNDO"), p.PILL_NEWS_INK, p.PILL_NEWS)
            undo = (pen.w - x - width if pen.rtl else x, y - t.pill_h // 2, width, t.pill_h)
            end = x - t.px(16)
        word = Said(look.words.say("queued" if head.queued else "sent"), look.rtl)
        colour = p.WARN if head.queued else p.CHECK
        pen.text(end, y, word, t.pill_text, Weight.BOLD, colour, at="end")
        if pays(card.order):
            paid_mark(
                look, pen, card.order, y, end - pen.width(word, t.pill_text, Weight.BOLD) - t.px(16), ink
            )
        return undo
    end -= _timer_w(look, pen) + t.px(16)
    said = progress_words(look, card)
    if said is not None:
        pen.text(end, y, said, t.type_text, Weight.SEMIBOLD, ink, at="end")
    end -= _progress_w(look, pen, card) + t.px(16)
    if pays(card.order):
        paid_mark(look, pen, card.order, y, end, ink)
    return None
