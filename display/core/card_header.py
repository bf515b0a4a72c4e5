"""The header of expo's card: number or aggregator code, the order type as a word, how old, and how much of it is ready."""

from __future__ import annotations

from display.core import palette as p
from display.core.aging import Age, Level, duration
from display.core.asides import served
from display.core.card import card_of
from display.core.draw import Colour, Op, Weight
from display.core.header import Head, Header, bumped_words, number_of, slot_key
from display.core.isolate import ltr
from display.core.look import Look, Said
from display.core.order_words import due_words, table_words, type_word
from display.core.pen import Pen
from heard.expo import ExpoCard
from heard.order import Order
from heard.ticket import Ticket

BESIDE = ((38, 23), (38, 19), (34, 19), (30, 19), (26, 17))
"""Sizes of an aggregator's code and of our number beside it: the first that fit."""
ALONE = (38, 30, 22, 15)
GAP = 9
COVERS = "users"
"""The sign of how many eat."""
COVERS_ICON, COVERS_LEAD = 22, 27
CODE_MAX = 8
"""A longer code of an aggregator is a name and a code, or goes to the second row."""

_PAPER = {Level.FRESH: p.FRESH, Level.WARN: p.WARN, Level.LATE: p.LATE}
_TRACK = {Level.FRESH: p.FRESH_TRACK, Level.WARN: p.WARN_TRACK, Level.LATE: p.LATE_TRACK}
_INK = {Level.FRESH: p.WHITE, Level.WARN: p.WARN_INK, Level.LATE: p.WHITE}


def aggregator(order: Order) -> tuple[str, str]:
    """ "HungerStation 8841" as its name and its code; a code alone has no name."""
    code = order.aggregator_code.strip()
    name, _, last = code.rpartition(" ")
    if name and any(sign.isdigit() for sign in last) and len(last) <= CODE_MAX:
        return name.strip(), last
    return ("", code) if len(code) <= CODE_MAX else (code, "")


def card_header(
    look: Look, w: int, ticket: Ticket, head: Head, *, slots: bool, close: bool = False
) -> Header:
    """Two rows, more where the details do not fit. `slots`: the key that selects it stands at its start.

    How many eat stands in it where that fits; `close`: names that fit too, and PAID. See `covers_above`, `in_header`, `paid_above`.
    """
    t = look.theme
    pen = Pen(look, w)
    card = card_of(ticket)
    rows = header_rows(look, w, card, slots=slots)
    h = t.header_h + t.header_row_h * (len(rows) - 1)
    ink, paper, track = card_colours(card, head)
    if head.bumped:
        pen.rect(t.stripe_w, 0, w - t.stripe_w, h, paper)
    else:
        pen.rect(t.stripe_w, 0, w - t.stripe_w, h - t.age_bar_h, paper)
        pen.rect(t.stripe_w, h - t.age_bar_h, w - t.stripe_w, t.age_bar_h, track)
    if slots:
        slot_key(look, pen, head, t.slot_y, t.slot)
    x, y1, y2 = start_x(look, slots=slots), t.header_row1_y, t.header_row2_y
    end = w - t.padding
    main, beside, size, small = card_sizes(look, pen, ticket, head, end - x)
    pen.text(x, y1, main, size, Weight.BOLD, ink)
    number_end = x + pen.width(main, size, Weight.BOLD)
    if beside:
        pen.text(number_end + t.px(GAP), y1 + t.px(2), beside, small, Weight.REGULAR, ink)
    undo = None
    row_end = end
    if head.bumped:
        undo = bumped_words(look, pen, head, y1, y2, "sent")
        row_end = w - t.padding - (undo[2] + t.px(GAP) if undo is not None else 0)
    else:
        if head.pending:
            colour = p.NOTE if ink == p.WHITE else ink
            pen.icon(number_end + t.px(GAP), y1, "clock-arrow-up", t.px(26), colour)
        said = progress_words(look, card)
        if said is not None:
            pen.text(end, y2, said, t.type_text, Weight.SEMIBOLD, ink, at="end")
    behind = x
    for n, row in enumerate(rows):
        at = x
        for said, weight in row:
            width = pen.width(said, t.type_text, weight)
            if n == 0 and undo is not None and at + width > row_end and at > x:
                break
            pen.text(at, y2 + n * t.header_row_h, said, t.type_text, weight, ink)
            at += width + t.px(GAP)
        behind = behind if n else at
    if not head.bumped:
        _beside(look, pen, behind, y2, card, ink, slots=slots, close=close)
    return Header(tuple(pen.ops), h, undo)


def _beside(
    look: Look, pen: Pen, x: int, y: int, card: ExpoCard, ink: Colour, *, slots: bool, close: bool
) -> None:
    """What has room behind type and table: how many eat; on a close card names and PAID too."""
    t, w = look.theme, pen.w
    if covers_above(look, w, card, slots=slots):
        pen.icon(x, y, COVERS, t.px(COVERS_ICON), ink)
        pen.text(x + t.px(COVERS_LEAD), y, covers(look, card.order), t.type_text, Weight.REGULAR, ink)
        x += covers_width(look, pen, card.order) + t.px(GAP)
    if not close:
        return
    more = [
        (said, Weight.REGULAR)
        for said in order_names(look, card.order)[: in_header(look, w, card, slots=slots)]
    ]
    if paid_above(look, w, card, slots=slots):
        more.append((Said(look.words.say("paid"), look.rtl), Weight.SEMIBOLD))
    for said, weight in more:
        pen.text(x, y, said, t.type_text, weight, ink)
        x += pen.width(said, t.type_text, weight) + t.px(GAP)


def card_ticking(look: Look, w: int, ticket: Ticket, head: Head, h: int) -> tuple[Op, ...]:
    """The age, or how long it waits ready, and its bar."""
    if head.bumped or head.age is None:
        return ()
    t = look.theme
    pen = Pen(look, w)
    ink, _, _ = card_colours(card_of(ticket), head)
    filled = round((w - t.stripe_w) * head.age.full)
    if filled:
        pen.rect(t.stripe_w, h - t.age_bar_h, filled, t.age_bar_h, ink)
    text = _age(look, head)
    size = t.timer_text if head.age.seconds < 3600 else t.px(24)
    pen.text(w - t.padding, t.header_row1_y, text, size, Weight.BOLD, ink, at="end")
    return tuple(pen.ops)


def card_continued(look: Look, w: int, ticket: Ticket, head: Head, *, slots: bool) -> Header:
    """The header of a further part: the same colour and number, and the word."""
    t = look.theme
    pen = Pen(look, w)
    h = t.header_continued_h
    ink, paper, _ = card_colours(card_of(ticket), head)
    pen.rect(t.stripe_w, 0, w - t.stripe_w, h, paper)
    x = start_x(look, slots=slots)
    if slots:
        size = min(t.px(34), h - t.px(6))
        slot_key(look, pen, head, (h - size) // 2, size)
    said = Said(look.words.say("continued"), look.rtl)
    word_w = pen.width(said, t.progress_text, Weight.MEDIUM)
    room = w - t.padding - word_w - t.px(GAP) - x
    main = code_or_number(look, ticket)
    size = next(
        (one for one in (28, 22, 16) if pen.width(main, t.px(one), Weight.BOLD) <= room),
        11,
    )
    pen.text(x, h // 2, main, t.px(size), Weight.BOLD, ink)
    pen.text(w - t.padding, h // 2, said, t.progress_text, Weight.MEDIUM, ink, at="end")
    return Header(tuple(pen.ops), h)


def card_waiting(look: Look, w: int, ticket: Ticket, head: Head, fires_at_ms: int, *, slots: bool) -> Header:
    """A card with nothing to do yet: its number, HOLD, and when it is fired."""
    t, words = look.theme, look.words
    pen = Pen(look, w)
    h = t.header_continued_h
    pen.rect(t.stripe_w, 0, w - t.stripe_w, h, p.QUIET)
    x, y = start_x(look, slots=slots), h // 2
    if slots:
        size = min(t.px(34), h - t.px(6))
        slot_key(look, pen, head, (h - size) // 2, size)
    main = code_or_number(look, ticket)
    pen.text(x, y, main, t.px(26), Weight.BOLD, p.LABEL)
    room = w - t.padding - x - pen.width(main, t.px(26), Weight.BOLD) - t.px(2 * GAP + 22)
    said = Said(words.say("hold"), look.rtl)
    if fires_at_ms:
        longer = Said(f"{said.text} · {words.say('fires', time=look.fires_at(fires_at_ms))}", look.rtl)
        said = longer if pen.width(longer, t.px(21), Weight.SEMIBOLD) <= room else said
    pen.text(w - t.padding, y, said, t.px(21), Weight.SEMIBOLD, p.LABEL, at="end")
    icon_x = w - t.padding - pen.width(said, t.px(21), Weight.SEMIBOLD) - t.px(GAP) - t.px(22)
    pen.icon(icon_x, y, "pause-circle", t.px(22), p.LABEL)
    return Header(tuple(pen.ops), h)


def start_x(look: Look, *, slots: bool) -> int:
    """Where the header's text begins."""
    t = look.theme
    return t.slot_x + t.slot + t.px(8) if slots else t.stripe_w + t.px(11)


def code_or_number(look: Look, ticket: Ticket) -> str:
    """What is called out: the aggregator's code, else our number."""
    code = aggregator(ticket.order)[1]
    return look.said(code, False).text if code else number_of(ticket, look)


def progress_words(look: Look, card: ExpoCard) -> Said | None:
    """READY, "3 of 6", or CANCELLED."""
    words = look.words
    if card.cancelled:
        return Said(words.say("pill.CANCELLED"), look.rtl)
    if card.ready:
        return Said(words.say("ready"), look.rtl)
    if card.waiting_only:
        return None
    return Said(words.say("n_of_m", n=card.made, m=card.total), look.rtl)


def header_rows(look: Look, w: int, card: ExpoCard, *, slots: bool) -> list[list[tuple[Said, Weight]]]:
    """The second row and what wraps below it: type, table or lane, due time; the end of the first row is the progress."""
    t = look.theme
    measure = look.measurer.measure
    order = card.order
    width = w - t.padding - start_x(look, slots=slots)
    progress = progress_words(look, card)
    progress_w = 0
    if progress is not None:
        progress_w = measure(progress.text, t.type_text, Weight.SEMIBOLD, progress.rtl)[0] + t.px(GAP)
    first, *where = order_words(look, order)
    parts = [(first, Weight.MEDIUM), *((said, Weight.SEMIBOLD) for said in where)]
    rows: list[list[tuple[Said, Weight]]] = [[]]
    used = 0
    for said, weight in parts:
        room = width - (progress_w if len(rows) == 1 else 0)
        needed = measure(said.text, t.type_text, weight, said.rtl)[0]
        if not rows[-1] and room < needed <= width:
            rows.append([])  # whole below the progress, rather than broken beside it
            room = width
        if used + needed <= room:
            rows[-1].append((said, weight))
            used += needed + t.px(GAP)
            continue
        for text in look.measurer.wrap(said.text, t.type_text, weight, width if rows[-1] else room, said.rtl):
            if rows[-1]:
                rows.append([])
            rows[-1].append((Said(text, said.rtl), weight))
            used = measure(text, t.type_text, weight, said.rtl)[0] + t.px(GAP)
    return rows


def order_names(look: Look, order: Order) -> list[Said]:
    """Aggregator, guest and server."""
    return [look.said(text) for text in (aggregator(order)[0], order.guest, order.server) if text]


def covers(look: Look, order: Order) -> str:
    """How many eat at the table; "" where nobody said, or no guest sits."""
    return look.number(order.covers * 1000) if order.covers > 0 and served(order) else ""


def covers_width(look: Look, pen: Pen, order: Order) -> int:
    """Of the sign and the number."""
    number = pen.width(covers(look, order), look.theme.type_text, Weight.REGULAR)
    return look.theme.px(COVERS_LEAD) + number


def covers_above(look: Look, w: int, card: ExpoCard, *, slots: bool) -> bool:
    """Whether the covers fit behind what stands in the header's second row, before its progress."""
    if not covers(look, card.order):
        return False
    room = _room_behind(look, w, card, slots=slots)
    return covers_width(look, Pen(look, w), card.order) <= room


def in_header(look: Look, w: int, card: ExpoCard, *, slots: bool) -> int:
    """How many names fit there."""
    room = _room_beside(look, w, card, slots=slots)
    found = 0
    for said in order_names(look, card.order):
        room -= look.measurer.measure(said.text, look.theme.type_text, Weight.REGULAR, said.rtl)[0]
        if room < 0:
            break
        room -= look.theme.px(GAP)
        found += 1
    return found


def paid_above(look: Look, w: int, card: ExpoCard, *, slots: bool) -> bool:
    """Whether PAID fits there, of an order that has no name. UNPAID stands on its paper below."""
    if not card.order.paid or order_names(look, card.order):
        return False
    width, _ = look.measurer.measure(look.words.say("paid"), look.theme.type_text, Weight.SEMIBOLD, look.rtl)
    return width <= _room_beside(look, w, card, slots=slots)


def _room_beside(look: Look, w: int, card: ExpoCard, *, slots: bool) -> int:
    """Behind the covers too."""
    room = _room_behind(look, w, card, slots=slots)
    if covers_above(look, w, card, slots=slots):
        room -= covers_width(look, Pen(look, w), card.order) + look.theme.px(GAP)
    return room


def _room_behind(look: Look, w: int, card: ExpoCard, *, slots: bool) -> int:
    """Behind the order's type and table, before its progress."""
    t, pen = look.theme, Pen(look, w)
    rows = header_rows(look, w, card, slots=slots)
    if len(rows) > 1:
        return 0
    gap = t.px(GAP)
    room = w - t.padding - start_x(look, slots=slots)
    room -= sum(pen.width(said, t.type_text, weight) + gap for said, weight in rows[0])
    progress = progress_words(look, card)
    return room - (pen.width(progress, t.type_text, Weight.SEMIBOLD) + gap if progress is not None else 0)


def order_words(look: Look, order: Order) -> list[Said]:
    """The order's type, then its table or lane, where it is fetched and when it is due."""
    fetched = [look.said(order.pick_up_point)] if order.pick_up_point else []
    return [type_word(look, order), *table_words(look, order), *fetched, *due_words(look, order)]


def card_sizes(look: Look, pen: Pen, ticket: Ticket, head: Head, width: int) -> tuple[str, str, int, int]:
    """What stands large, the ticket's number beside a code, and their sizes."""
    t = look.theme
    timer = "≥00:00" if head.suspect else "00:00"  # the header does not change with the seconds
    room = width - pen.width(timer, t.timer_text, Weight.BOLD) - t.px(GAP)
    main = code_or_number(look, ticket)
    number = number_of(ticket, look)
    if number != main:
        for size, small in BESIDE:
            beside_w = t.px(GAP) + pen.width(number, t.px(small), Weight.REGULAR)
            if pen.width(main, t.px(size), Weight.BOLD) + beside_w <= room:
                return main, number, t.px(size), t.px(small)
    fitting = (size for size in ALONE if pen.width(main, t.px(size), Weight.BOLD) <= room)
    return main, "", t.px(next(fitting, 9)), 0


def _age(look: Look, head: Head) -> str:
    assert head.age is not None
    text = look.said(duration(head.age.seconds), False).text
    return ltr(f"≥{text}") if head.suspect and look.rtl else ("≥" if head.suspect else "") + text


def card_colours(card: ExpoCard, head: Head) -> tuple[Colour, Colour, Colour]:
    """Ink, paper and the age bar's track."""
    if head.bumped:
        return p.DIM, p.QUIET, p.QUIET
    if card.cancelled:
        return p.INK, p.VOID_BAND, p.VOID_BAND
    if head.flash:
        return p.PILL_NEWS_INK, p.PILL_NEWS, p.PILL_NEWS
    if card.ready:
        return p.WHITE, p.READY, p.READY_TRACK
    level = (head.age or Age(0, Level.FRESH, 0.0)).level
    return _INK[level], _PAPER[level], _TRACK[level]
