"""A tile's header: slot key, number, age, the order type as a word, where it goes, one pill, and the age bar."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from display.core import palette as p
from display.core.aging import Age, Level, duration
from display.core.asides import Aside, asides, draw_asides, has_asides, served
from display.core.draw import Colour, Op, Weight
from display.core.look import Look, Said
from display.core.order_words import details, type_word
from display.core.pen import Pen
from heard.order import LineState, OrderType
from heard.quick import quick
from heard.ticket import Ticket, line_is_open

ROW3_Y = 102  # middle of the third row
DETAIL_GAP = 15  # between the type word and what follows
CONTINUED_Y = 28
CONTINUED_SLOT_H = 44

STRIPES = {
    OrderType.DINE_IN: p.DINE_IN,
    OrderType.TAKEAWAY: p.TAKEAWAY,
    OrderType.DELIVERY: p.DELIVERY,
    OrderType.CAR: p.CAR,
}
_PAPER = {Level.FRESH: p.FRESH, Level.WARN: p.WARN, Level.LATE: p.LATE}
_INK = {Level.FRESH: p.WHITE, Level.WARN: p.WARN_INK, Level.LATE: p.WHITE}
_TRACK = {Level.FRESH: p.FRESH_TRACK, Level.WARN: p.WARN_TRACK, Level.LATE: p.LATE_TRACK}


class Pill(StrEnum):
    """The one pill of a header; the first that is true is shown."""

    CANCELLED = "CANCELLED"
    SENT = "SENT"
    REMAKE = "REMAKE"
    RUSH = "RUSH"
    RECALLED = "RECALLED"
    LATE = "LATE"
    HURRY = "HURRY"
    ADD_ON = "ADD_ON"
    NEW = "NEW"


_PILL_COLOURS: dict[Pill, tuple[Colour, Colour]] = {
    Pill.CANCELLED: (p.VOID_CHIP_INK, p.VOID_CHIP),
    Pill.SENT: (p.PILL_NEWS_INK, p.PILL_NEWS),
    Pill.REMAKE: (p.PILL_NEWS_INK, p.PILL_NEWS),
    Pill.RUSH: (p.PILL_RUSH_INK, p.PILL_RUSH),
    Pill.RECALLED: (p.PILL_NEWS_INK, p.PILL_NEWS),
    Pill.LATE: (p.PILL_LATE_INK, p.PILL_LATE),
    Pill.HURRY: (p.PILL_HURRY_INK, p.PILL_HURRY),
    Pill.ADD_ON: (p.PILL_NEWS_INK, p.PILL_NEWS),
    Pill.NEW: (p.PILL_NEWS_INK, p.PILL_NEWS),
}
_AGE_PILLS = (Pill.NEW, Pill.HURRY, Pill.LATE)


@quick
@dataclass(frozen=True, slots=True)
class Head:
    """All that a header shows besides the ticket; `age` None is a ticket that only waits for its course."""

    slot: int
    age: Age | None
    suspect: bool = False
    new: bool = False
    flash: bool = False
    pending: bool = False
    bumped: bool = False
    queued: bool = False
    undo: bool = True
    word: str = "bumped"  # of a greyed tile

    def aged(self, age: Age) -> Head:
        """The same with this age; made for each tile each second, so without `replace`."""
        return Head(
            self.slot,
            age,
            self.suspect,
            self.new,
            self.flash,
            self.pending,
            self.bumped,
            self.queued,
            self.undo,
            self.word,
        )


@quick
@dataclass(frozen=True, slots=True)
class Fit:
    """What a header's rows are laid out for: the pill beside them; `roomy`: covers and server may have a row of their own."""

    pill: Pill | None = None
    roomy: bool = True


@quick
@dataclass(frozen=True, slots=True)
class Header:
    """Operations at the top of a tile, its height, and where its UNDO may be touched (x, y, w, h), if it has one.

    `inlay` is where lines stand in it of which a block of no height tells.
    What the seconds change is not in it: see `ticking`.
    """

    ops: tuple[Op, ...]
    h: int
    undo: tuple[int, int, int, int] | None = None
    inlay: tuple[int, int, int, int] | None = None


def pill_of(ticket: Ticket, head: Head) -> Pill | None:
    """RUSH keeps its place in front of an age; a recalled ticket is never called late."""
    if ticket.cancelled:
        return Pill.CANCELLED
    if sent_by_expo(ticket):
        return Pill.SENT
    if ticket.remake:
        return Pill.REMAKE
    if ticket.order.rush:
        return Pill.RUSH
    if ticket.recalled:
        return Pill.RECALLED
    if head.age is not None and head.age.level is Level.LATE:
        return Pill.LATE
    if head.age is not None and head.age.level is Level.WARN:
        return Pill.HURRY
    if ticket.add_on:
        return Pill.ADD_ON
    return Pill.NEW if head.new else None


def sent_by_expo(ticket: Ticket) -> bool:
    """Nothing is left to do: expo sent out what was open, and the hub takes it away in a moment."""
    states = {line.at.state for line in ticket.lines if line_is_open(line.at)}
    return states == {LineState.SENT}


def header_height(look: Look, w: int, ticket: Ticket, fit: Fit) -> int:
    """What `header` will need; independent of the age's text, so that nothing below it moves with the seconds."""
    return look.theme.header_h + look.theme.header_row_h * _Rows(look, w, ticket, fit).extra


def number_of(ticket: Ticket, look: Look) -> str:
    """ "#214"; an order without a number shows the end of its id."""
    return look.said("#" + (ticket.order.call_number or ticket.order.order_id[-4:]), False).text


def _number_size(look: Look, pen: Pen, number: str) -> int:
    """The usual size; smaller for a number as no till of ours gives it."""
    t = look.theme
    sizes = (t.number_text, t.px(30), t.px(22), t.px(15))
    room = pen.w - t.padding - t.names_x
    fitting = (size for size in sizes if pen.width(number, size, Weight.BOLD) <= room)
    return next(fitting, t.px(10))


def stripe(ticket: Ticket, bumped: bool) -> Colour:
    return p.STRIPE_DIM if bumped else STRIPES.get(ticket.order.type, p.LABEL)


def header(look: Look, w: int, ticket: Ticket, head: Head, rows_for: Fit) -> Header:
    """The header of a tile's first part; `rows_for` is what its height was measured with."""
    t = look.theme
    pen = Pen(look, w)
    rows = _Rows(look, w, ticket, rows_for)
    h = t.header_h + t.header_row_h * rows.extra
    ink, paper = _colours(ticket, head)
    if head.bumped:
        pen.rect(t.stripe_w, 0, w - t.stripe_w, h, paper)
    else:
        pen.rect(t.stripe_w, 0, w - t.stripe_w, h - t.age_bar_h, paper)
        level = head.age.level if head.age is not None else Level.FRESH
        pen.rect(t.stripe_w, h - t.age_bar_h, w - t.stripe_w, t.age_bar_h, _TRACK[level])
    slot_key(look, pen, head, t.slot_y, t.slot)
    y1, y2 = t.header_row1_y, t.header_row2_y
    number = number_of(ticket, look)
    size = _number_size(look, pen, number)
    pen.text(t.names_x, y1, number, size, Weight.BOLD, ink)
    number_end = t.names_x + pen.width(number, size, Weight.BOLD)
    undo = None
    row2_end = w
    if head.bumped:
        undo = bumped_words(look, pen, head, y1, y2, head.word)
        row2_end = w - t.padding - undo[2] - t.px(10) if undo is not None else w
    else:
        if head.pending:
            pen.icon(
                number_end + t.px(10), y1, "clock-arrow-up", t.clock_sign, p.NOTE if ink == p.WHITE else ink
            )
        pill = pill_of(ticket, head)
        if pill is not None:
            pill_y = t.px(ROW3_Y) if rows.pill_below else y2
            word_pill(
                look, pen, w - t.padding, pill_y, look.words.say(f"pill.{pill.value}"), *_PILL_COLOURS[pill]
            )
    y = y2
    for n, row in enumerate(rows.rows):
        y = (y2, t.px(ROW3_Y))[n] if n < 2 else y + t.header_row_h
        x = t.names_x
        for said, weight in row:
            width = pen.width(said, t.type_text, weight)
            if undo is not None and n == 0 and x + width > row2_end and x > t.names_x:
                break  # UNDO stands here for three seconds; the number says which ticket it is
            pen.text(x, y, said, t.type_text, weight, ink)
            x += width + t.px(DETAIL_GAP)
    if undo is None or rows.aside_row:
        y = t.px(ROW3_Y) + (rows.aside_row - 1) * t.header_row_h if rows.aside_row else y2
        aside_ink = p.ASIDE if paper in (p.FRESH, p.VOID_BAND) else ink
        draw_asides(look, pen, t.names_x + rows.aside_x, y, rows.asides, aside_ink)
    return Header(tuple(pen.ops), h, undo)


def ticking(look: Look, w: int, ticket: Ticket, head: Head, h: int) -> tuple[Op, ...]:
    """What changes with the seconds: the age and how far its bar is filled. Painted over a header of height h."""
    if head.bumped or head.age is None:
        return ()
    t = look.theme
    pen = Pen(look, w)
    ink, _ = _colours(ticket, head)
    filled = round((w - t.stripe_w) * head.age.full)
    if filled:
        pen.rect(t.stripe_w, h - t.age_bar_h, filled, t.age_bar_h, _INK[head.age.level])
    age = ("≥" if head.suspect else "") + look.said(duration(head.age.seconds), False).text
    number = number_of(ticket, look)
    number_end = t.names_x + pen.width(number, _number_size(look, pen, number), Weight.BOLD)
    room = w - t.padding - number_end - t.px(10) - (t.clock_sign + t.px(10)) * head.pending
    size = t.timer_text if pen.width(age, t.timer_text, Weight.BOLD) <= room else t.px(30)
    pen.text(w - t.padding, t.header_row1_y, age, size, Weight.BOLD, ink, at="end")
    return tuple(pen.ops)


def continued(look: Look, w: int, ticket: Ticket, head: Head) -> Header:
    """The header of a tile's further parts: the same slot, the same colour, and the word."""
    t = look.theme
    pen = Pen(look, w)
    h, y = t.header_continued_h, t.px(CONTINUED_Y)
    ink, paper = _colours(ticket, head)
    pen.rect(t.stripe_w, 0, w - t.stripe_w, h, paper)
    slot_h = t.px(CONTINUED_SLOT_H)
    slot_key(look, pen, head, (h - slot_h) // 2, slot_h)
    number = number_of(ticket, look)
    pen.text(t.names_x, y, number, min(t.px(36), _number_size(look, pen, number)), Weight.BOLD, ink)
    said = Said(look.words.say("continued"), look.rtl)
    pen.text(w - t.padding, y, said, t.progress_text, Weight.MEDIUM, ink, at="end")
    return Header(tuple(pen.ops), h)


def waiting_row(look: Look, w: int, ticket: Ticket, head: Head, fires_at_ms: int) -> Header:
    """A ticket whose every line waits for its course: one row."""
    t, words = look.theme, look.words
    pen = Pen(look, w)
    h, y = t.header_continued_h, t.px(CONTINUED_Y)
    pen.rect(t.stripe_w, 0, w - t.stripe_w, h, p.QUIET)
    slot_h = t.px(CONTINUED_SLOT_H)
    slot_key(look, pen, head, (h - slot_h) // 2, slot_h)
    number = number_of(ticket, look)
    pen.text(t.names_x, y, number, t.px(36), Weight.BOLD, p.LABEL)
    text = words.say("hold")
    if ticket.scheduled and ticket.order.due_at_ms:
        text = words.say("due", time=look.local_time(ticket.order.due_at_ms))
    elif fires_at_ms:
        text += " · " + words.say("fires", time=look.fires_at(fires_at_ms))
    said = Said(text, look.rtl)
    x = w - t.padding
    room = x - t.names_x - pen.width(number, t.px(36), Weight.BOLD) - t.px(44)
    if pen.width(said, t.hold_text, Weight.SEMIBOLD) > room:
        said = Said(text.partition(" · ")[0], look.rtl)
    pen.text(x, y, said, t.hold_text, Weight.SEMIBOLD, p.LABEL, at="end")
    x -= pen.width(said, t.hold_text, Weight.SEMIBOLD) + t.px(38)
    pen.icon(x, y, "pause-circle", t.px(28), p.LABEL)
    return Header(tuple(pen.ops), h)


def _colours(ticket: Ticket, head: Head) -> tuple[Colour, Colour]:
    if head.bumped:
        return p.DIM, p.QUIET
    if ticket.cancelled:
        return p.INK, p.VOID_BAND
    level = head.age.level if head.age is not None else Level.FRESH
    if ticket.recalled:
        level = Level.FRESH
    if head.flash:
        return p.PILL_NEWS_INK, p.PILL_NEWS
    return _INK[level], _PAPER[level]


def slot_key(look: Look, pen: Pen, head: Head, y: int, h: int) -> None:
    """The key that selects the tile; one that is only looked at has none."""
    t = look.theme
    if not head.slot:
        return
    text = str(head.slot)
    size = t.slot_text if h >= t.slot else t.slot_text * 4 // 5
    if len(text) > 2:
        size = size * 2 // 3
    pen.rect(t.slot_x, y, t.slot, h, p.PAGE, t.slot_radius)
    ink = p.DIM if head.bumped else p.INK
    pen.text(t.slot_x + t.slot // 2, y + h // 2, text, size, Weight.BOLD, ink, at="centre")


def word_pill(
    look: Look, pen: Pen, end: int, y: int, text: str, ink: Colour, paper: Colour
) -> tuple[int, int]:
    """A pill that ends at `end`: where it starts, and its width."""
    t = look.theme
    said = Said(text, look.rtl)
    width = pen.width(said, t.pill_text, Weight.BOLD) + 2 * t.pill_padding
    pen.rect(end - width, y - t.pill_h // 2, width, t.pill_h, paper, t.pill_radius)
    pen.text(end - width // 2, y, said, t.pill_text, Weight.BOLD, ink, at="centre")
    return end - width, width


def bumped_words(
    look: Look, pen: Pen, head: Head, y1: int, y2: int, word: str = "bumped"
) -> tuple[int, int, int, int] | None:
    """BUMPED and the UNDO pill of a greyed tile; where UNDO may be touched."""
    t, end = look.theme, pen.w - look.theme.padding
    words = Said(look.words.say("queued" if head.queued else word), look.rtl)
    colour = p.WARN if head.queued else p.CHECK
    size = t.pill_text
    pen.text(end, y1, words, size, Weight.BOLD, colour, at="end")
    icon = "clock-arrow-up" if head.queued else "check"
    icon_h = size + t.px(2)
    x = end - pen.width(words, size, Weight.BOLD) - t.px(8) - icon_h
    pen.icon(x, y1, icon, icon_h, colour)
    return undo_pill(look, pen, end, y2) if head.undo else None


def undo_pill(look: Look, pen: Pen, end: int, y: int) -> tuple[int, int, int, int]:
    """UNDO, ending at `end`; where it may be touched."""
    x, width = word_pill(look, pen, end, y, look.words.say("pill.UNDO"), p.PILL_NEWS_INK, p.PILL_NEWS)
    left = pen.w - x - width if pen.rtl else x
    return left, y - look.theme.pill_h // 2, width, look.theme.pill_h


class _Rows:
    """The second row and what wraps below it: the type as a word, then table, guest and code; covers and server last."""

    def __init__(self, look: Look, w: int, ticket: Ticket, fit: Fit) -> None:
        t = look.theme
        measure = look.measurer.measure
        pill = fit.pill
        pill_w = _pill_room(look, pill)
        width = w - t.padding - t.names_x
        how = type_word(look, ticket.order)
        type_w = measure(how.text, t.type_text, Weight.SEMIBOLD, how.rtl)[0]
        # A pill that has no room beside the type word goes one row down; a word is never broken for it.
        self.pill_below = pill is not None and type_w > width - pill_w
        rooms = [width, width - pill_w] if self.pill_below else [width - pill_w]
        parts = [(how, Weight.SEMIBOLD)]
        parts += [(said, Weight.MEDIUM) for said in details(look, ticket.order)]
        self.rows: list[list[tuple[Said, Weight]]] = [[]]
        used = 0
        for said, weight in parts:
            row = len(self.rows) - 1
            room = (rooms[row] if row < len(rooms) else width) - used
            needed = measure(said.text, t.type_text, weight, said.rtl)[0]
            if needed <= room:
                self.rows[-1].append((said, weight))
                used += needed + t.px(DETAIL_GAP)
                continue
            row += bool(self.rows[-1])
            room = rooms[row] if row < len(rooms) else width
            words = said.text.split()
            if room < width and any(measure(one, t.type_text, weight, said.rtl)[0] > room for one in words):
                if self.rows[-1]:
                    self.rows.append([])
                self.rows.append([])  # the pill has the row before for itself
                room = width
            for text in look.measurer.wrap(said.text, t.type_text, weight, room, said.rtl):
                if self.rows[-1]:
                    self.rows.append([])
                self.rows[-1].append((Said(text, said.rtl), weight))
                used = measure(text, t.type_text, weight, said.rtl)[0] + t.px(DETAIL_GAP)
        self.extra = max(len(self.rows) - 1, int(self.pill_below))
        self.asides: tuple[Aside, ...] = ()
        self.aside_row, self.aside_x = len(self.rows) - 1, used
        if self.pill_below and not self.aside_row:
            self.aside_row, self.aside_x = 1, 0
        if has_asides(ticket.order):
            # Beside any pill of the ages, so that they do not jump as the ticket grows old.
            beside = (pill, *_AGE_PILLS) if fit.roomy else (pill,)
            pills = 0 if self.aside_row else max(_pill_room(look, one) for one in beside)
            room = rooms[self.aside_row] if 0 < self.aside_row < len(rooms) else width - pills
            here = asides(look, ticket.order, room - self.aside_x)
            own = asides(look, ticket.order, width)
            if len(own) > len(here) and fit.roomy and served(ticket.order):
                self.extra += 1
                self.asides, self.aside_row, self.aside_x = own, self.extra, 0
            else:
                self.asides = here


def _pill_room(look: Look, pill: Pill | None) -> int:
    """What a pill takes of its row, with the gap before it."""
    if pill is None:
        return 0
    t = look.theme
    word = look.words.say(f"pill.{pill.value}")
    word_w = look.measurer.measure(word, t.pill_text, Weight.BOLD, look.rtl)[0]
    return word_w + 2 * t.pill_padding + t.px(10)
