"""The menu of a tile and its choosers: a title and big buttons beside the tile that they are about."""

from __future__ import annotations

from display.core import palette as p
from display.core.draw import Group, Op, Rect, Weight
from display.core.isolate import ltr
from display.core.look import Look, Said
from display.core.menu import Entry, Kind, Menu
from display.core.menu_intents import MENU
from display.core.order_words import table_words, type_word
from display.core.pen import Pen
from display.core.standing import Rows

W, HEAD_H, SUB_H, ROW_H, FOOT_H = 540, 76, 44, 84, 50
"""Sizes at scale 1."""
GAP = 10
COLUMNS_MAX = 2
BOTH_WORDS = frozenset({"menu.out", "menu.back"})
"""Entries that say a word and a name."""


def menu_panel(
    look: Look, w: int, h: int, bottom_h: int, menu: Menu, beside: Rows | None, *, touch: bool
) -> tuple[tuple[Op, ...], tuple[Rows, ...], Rows]:
    """Over a screen of w x h whose bottom bar has `bottom_h`; `beside` is the tile. Also where it may be touched, and its box."""
    t = look.theme
    top, room = t.top_bar_h + t.px(GAP), h - t.top_bar_h - bottom_h - 2 * t.px(GAP)
    pad, gap = t.px(14), t.px(GAP)
    row_h = max(t.px(ROW_H), bottom_h if touch else 0)
    head = _head(look, menu)
    around = t.px(HEAD_H) + (t.px(SUB_H) if len(head) > 1 else 0) + pad + (0 if touch else t.px(FOOT_H))
    column_w = min(t.px(W), w - 4 * gap)
    for columns in range(1, COLUMNS_MAX + 1):
        per_column = -(-len(menu.entries) // columns)
        if around + per_column * (row_h + gap) <= room:
            break
    row_h = min(row_h, (room - around) // max(1, per_column) - gap)
    panel_w = min(columns * column_w + (columns - 1) * gap, w - 2 * gap)
    column_w = (panel_w - (columns - 1) * gap) // columns
    panel_h = around + per_column * (row_h + gap)
    x, y = _place(menu, beside, w, top, room, panel_w, panel_h, gap, rtl=look.rtl)
    pen = Pen(look, panel_w)
    middle = t.px(HEAD_H // 2)
    for n, said in enumerate(head):
        size, weight, ink = (
            (t.bar_title, Weight.BOLD, p.INK) if not n else (t.bar_text, Weight.MEDIUM, p.LABEL)
        )
        h_max = t.px(SUB_H if n else HEAD_H)
        _fitted(look, pen, t.px(24), middle, said, size, weight, ink, (panel_w - t.px(48), h_max))
        middle += t.px(SUB_H)
    buttons = []
    start = around - pad - (0 if touch else t.px(FOOT_H))
    for n, entry in enumerate(menu.entries):
        column, row = divmod(n, per_column)
        at_x, at_y = column * (column_w + gap) + pad, start + row * (row_h + gap)
        width = column_w - 2 * pad
        _entry(
            look,
            pen,
            entry,
            n,
            (at_x, at_y, width, row_h),
            chosen=n == menu.cursor and not touch,
            key=not touch,
        )
        left = panel_w - at_x - width if look.rtl else at_x
        buttons.append(Rows(x + left, y + at_y, width, row_h, (), MENU + entry.what))
    if not touch:
        hint = Said(look.words.say("menu.hint"), look.rtl)
        _fitted(
            look,
            pen,
            t.px(24),
            panel_h - t.px(FOOT_H // 2),
            hint,
            t.px(22),
            Weight.REGULAR,
            p.LABEL,
            (panel_w - t.px(48), t.px(FOOT_H)),
        )
    ring = t.ring
    group = Group("menu", x, y, panel_w, panel_h, p.BAR, tuple(pen.ops), t.radius, p.PAGE)
    around_it = Rect(
        x - ring, y - ring, panel_w + 2 * ring, panel_h + 2 * ring, p.LINK, t.radius + ring, ring
    )
    box = Rows(x - ring, y - ring, panel_w + 2 * ring, panel_h + 2 * ring, ())
    return (around_it, group), tuple(buttons), box


def _head(look: Look, menu: Menu) -> tuple[Said, ...]:
    """Which ticket, and which line of it."""
    words, subject = look.words, menu.subject
    if subject is None:
        return (Said(words.say(f"ask.{menu.kind.value}"), look.rtl),)
    order = subject.order
    number = f"#{order.call_number or order.order_id[-4:]}"
    if menu.kind is not Kind.TICKET:
        title = words.say(f"ask.{menu.kind.value}", number=number)
    else:
        title = f"{_ltr(look, number)} · {type_word(look, order).text}"
        title += "".join(f" {where.text}" for where in table_words(look, order))
    lines = [line for line in order.lines if line.line_id in subject.line_ids]
    if not lines or menu.kind is Kind.LINES:
        return (Said(title, look.rtl),)
    first = lines[0]
    name = look.name(first.name, first.item_id)
    text = f"{_ltr(look, look.number(first.quantity_milli) + '×')} {name.text}"
    if len(lines) > 1:
        text += f"  {_ltr(look, '+' + look.number((len(lines) - 1) * 1000))}"
    return Said(title, look.rtl), look.said(text, look.rtl)


def _place(
    menu: Menu,
    beside: Rows | None,
    w: int,
    top: int,
    room: int,
    panel_w: int,
    panel_h: int,
    gap: int,
    *,
    rtl: bool,
) -> tuple[int, int]:
    """Beside the tile in reading direction, else on its other side, else over it; in the middle where it is about no tile."""
    if beside is None:
        return (w - panel_w) // 2, top + (room - panel_h) // 2
    after, before = beside.x + beside.w + gap, beside.x - gap - panel_w
    order = (before, after) if rtl else (after, before)
    fits = [x for x in order if gap <= x <= w - gap - panel_w]
    x = fits[0] if fits else (w - panel_w) // 2
    y = beside.y if menu.at is None else menu.at[1] - panel_h // 3
    return x, min(max(y, top), top + room - panel_h)


def _entry(
    look: Look,
    pen: Pen,
    entry: Entry,
    n: int,
    box: tuple[int, int, int, int],
    *,
    chosen: bool,
    key: bool,
) -> None:
    t = look.theme
    x, y, w, h = box
    middle, end = y + h // 2, x + w - t.px(18)
    pen.rect(x, y, w, h, p.FRESH if chosen else p.CHIP, t.key_radius)
    if chosen:
        pen.rect(x, y, w, h, p.SELECTED, t.key_radius, max(2, t.ring - 1))
    at = x + t.px(16)
    if key:
        size = min(t.px(48), h - t.px(12))
        pen.rect(at, middle - size // 2, size, size, p.PAGE, t.slot_radius)
        digit = look.number((n + 1) * 1000) if n < 9 else ""
        pen.text(at + size // 2, middle, digit, t.px(30), Weight.BOLD, p.INK, at="centre")
        at += size + t.px(16)
    if entry.icon:
        pen.icon(at, middle, entry.icon, t.px(34), p.INK, mirrored=entry.icon == "arrow-right")
        at += t.px(34) + t.px(16)
    if entry.note:
        note = look.words.say(entry.note) if entry.note.startswith("menu.") else _ltr(look, entry.note)
        said = look.said(note, look.rtl)
        pen.text(end, middle, said, t.bar_text, Weight.MEDIUM, p.WHITE if chosen else p.LABEL, at="end")
        end -= pen.width(said, t.bar_text, Weight.MEDIUM) + t.px(14)
    _fitted(
        look, pen, at, middle, _text(look, entry), t.px(34), Weight.SEMIBOLD, p.INK, (end - at, h - t.px(6))
    )


def _ltr(look: Look, text: str) -> str:
    """ "2×" keeps its order inside Arabic."""
    return ltr(text) if look.rtl else text


def _text(look: Look, entry: Entry) -> Said:
    name = look.name(entry.name)
    if not entry.word:
        return name
    word = look.words.say(entry.word, **entry.values)
    if entry.word in BOTH_WORDS:
        return look.said(f"{word} · {name.text}", look.rtl)
    return Said(word, look.rtl)


def _fitted(
    look: Look,
    pen: Pen,
    x: int,
    y: int,
    said: Said,
    size: int,
    weight: Weight,
    ink: str,
    room: tuple[int, int],
) -> None:
    """In one row, smaller where it is long; in as many as fit `room` where that is not enough: a name is never cut off."""
    w, h = room
    for one in (size, size * 5 // 6, size * 2 // 3):
        if pen.width(said, one, weight) <= w:
            pen.text(x, y, said, one, weight, ink)
            return
    small = size * 2 // 3
    rows = look.measurer.wrap(said.text, small, weight, max(1, w), said.rtl)
    while len(rows) * small * 6 // 5 > h and small > size // 4:
        small = small * 7 // 8
        rows = look.measurer.wrap(said.text, small, weight, max(1, w), said.rtl)
    step = small * 6 // 5
    for n, text in enumerate(rows):
        pen.text(x, y + n * step - (len(rows) - 1) * step // 2, Said(text, said.rtl), small, weight, ink)
