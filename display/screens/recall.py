"""The recall list over the tickets: what was bumped today, last first, its search, and the chosen ticket to look at.

On a touch screen it has its own digits and buttons. The same panel shows what stands at another station, to be taken over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from display.core import palette as p
from display.core.draw import Group, Op, Rect, Weight
from display.core.isolate import ltr
from display.core.keymap import Action, keys_of
from display.core.look import Look, Said
from display.core.order_words import details, type_word
from display.core.pen import Pen, moved
from display.core.recall import ROW, RecallList, Status, only_remake
from display.core.standing import Rows
from display.screens.review import review
from heard.order import Line, LineState, Order
from heard.ticket import MADE_STATES, OPEN_STATES, Ticket

ROW_H, HEAD_H, FOOT_H = 76, 84, 56
DETAIL_W, PAD_W, KEY_H = 470, 300, 84
"""The ticket and the digits beside the list, at scale 1; a digit is as high as a finger with a glove needs."""
GAP = 10
DIGIT = "digit:"
"""Before a digit, as what a touch on it asks for."""


@dataclass(frozen=True, slots=True)
class RecallView:
    """What the panel is made from besides the list. `ticket` is the chosen order, `labels` what stands on the keys."""

    station: str
    ticket: Ticket | None
    station_name: str = ""
    labels: Mapping[Action, str] | None = None
    touch: bool = False


def recall_panel(
    look: Look, w: int, h: int, bottom_h: int, what: RecallList, view: RecallView
) -> tuple[tuple[Op, ...], tuple[Rows, ...]]:
    """The panel over a screen of w x h whose bottom bar has `bottom_h`, and where it may be touched."""
    t = look.theme
    panel_w, top = w - 2 * t.px(32), t.top_bar_h + t.px(16)
    panel_h, x = h - top - bottom_h - t.px(16), t.px(32)
    pad = t.px(24)
    boxes = _boxes(look, panel_w, panel_h, what, touch=view.touch)
    pen = Pen(look, panel_w)
    _title(look, pen, what, view)
    ops: list[Op] = []
    buttons: list[Rows] = []
    if boxes.rows is not None:
        rows_ops, rows = _rows(look, boxes.rows, what, view)
        ops += rows_ops
        buttons += rows
    if view.ticket is not None and what.status is Status.READY and what.chosen is not None:
        inner, lines = review(look, view.station, view.ticket, what.line, boxes.detail, boxes.columns)
        ops += inner
        buttons += lines
        buttons.append(_acting(boxes.detail, f"{ROW}{what.chosen.order_id}"))
    if boxes.keys is not None:
        key_ops, keys = _keys(look, boxes.keys, what)
        ops += key_ops
        buttons += keys
    else:
        hint = Said(_hint(look, what, view.labels or {}), look.rtl)
        pen.text(pad, panel_h - t.px(FOOT_H // 2), hint, t.hint_text, Weight.REGULAR, p.LABEL)
    group = Group("recall", x, top, panel_w, panel_h, p.BAR, (*pen.ops, *ops), t.radius, p.PAGE)
    ring = t.ring
    cover = Rect(0, t.top_bar_h, w, h - t.top_bar_h - bottom_h, p.PAGE)
    around = Rect(x - ring, top - ring, panel_w + 2 * ring, panel_h + 2 * ring, p.LINK, t.radius + ring, ring)
    return (cover, around, group), tuple(
        Rows(one.x + x, one.y + top, one.w, one.h, one.lines, one.action) for one in buttons
    )


@dataclass(frozen=True, slots=True)
class _Boxes:
    """Where list, ticket and digits stand, from the panel's corner."""

    rows: Rows | None
    detail: Rows
    keys: Rows | None
    columns: int


def _boxes(look: Look, w: int, h: int, what: RecallList, *, touch: bool) -> _Boxes:
    t = look.theme
    pad = t.px(24)
    top, bottom = t.px(HEAD_H), h - (pad if touch else t.px(FOOT_H))
    keys_w = t.px(PAD_W) if touch else 0
    inner_w = w - 2 * pad - (keys_w + pad if touch else 0)
    keys = _at(look, w, w - pad - keys_w, top, keys_w, bottom - top) if touch else None
    if what.review and what.status is Status.READY and what.chosen is not None:
        columns = max(1, inner_w // t.px(DETAIL_W - 40))
        return _Boxes(None, _at(look, w, pad, top, inner_w, bottom - top), keys, columns)
    detail_w = t.px(DETAIL_W)
    if inner_w - detail_w - pad >= t.px(400):
        list_w = inner_w - detail_w - pad
        rows = _at(look, w, pad, top, list_w, bottom - top)
        return _Boxes(rows, _at(look, w, pad + list_w + pad, top, detail_w, bottom - top), keys, 1)
    list_h = (bottom - top) * 2 // 5  # upright: the ticket stands below the list
    rows = _at(look, w, pad, top, inner_w, list_h)
    detail = _at(look, w, pad, top + list_h + pad, inner_w, bottom - top - list_h - pad)
    return _Boxes(rows, detail, keys, max(1, inner_w // t.px(DETAIL_W - 40)))


def _at(look: Look, panel_w: int, x: int, y: int, w: int, h: int) -> Rows:
    return Rows(panel_w - x - w if look.rtl else x, y, w, h, ())


def _acting(box: Rows, action: str) -> Rows:
    return Rows(box.x, box.y, box.w, box.h, box.lines, action)


def _title(look: Look, pen: Pen, what: RecallList, view: RecallView) -> None:
    t, words = look.theme, look.words
    text = words.say("recall.review" if what.review else "recall.title")
    if what.pulls:
        text = words.say("recall.pull", station=view.station_name or what.station)
    middle, pad = t.px(HEAD_H // 2), t.px(24)
    pen.text(pad, middle, Said(text, look.rtl), t.bar_title, Weight.BOLD, p.INK)
    typed = Said(words.say("recall.search", n=what.search or "…"), look.rtl)
    pen.text(pen.w - pad, middle, typed, t.bar_value, Weight.SEMIBOLD, p.QUANTITY_MANY, at="end")


def _hint(look: Look, what: RecallList, labels: Mapping[Action, str]) -> str:
    key = "recall.hint.pull" if what.pulls else "recall.hint"
    return look.words.keys(key, keys_of(labels, Action.RECALL))


def _rows(
    look: Look, box: Rows, what: RecallList, view: RecallView
) -> tuple[tuple[Op, ...], tuple[Rows, ...]]:
    t = look.theme
    pen = Pen(look, box.w)
    row_h = t.px(ROW_H)
    if what.status is not Status.READY or not what.orders:
        key = {Status.LOADING: "recall.loading", Status.NO_HUB: "recall.no_hub"}.get(
            what.status, "recall.empty.pull" if what.pulls else "recall.empty"
        )
        said = Said(look.words.say(key), look.rtl)
        for n, text in enumerate(
            look.measurer.wrap(said.text, t.bar_value, Weight.MEDIUM, box.w - t.px(40), said.rtl)
        ):
            middle = box.h // 2 + n * t.px(44)
            row = Said(text, said.rtl)
            pen.text(box.w // 2, middle, row, t.bar_value, Weight.MEDIUM, p.LABEL, at="centre")
        return moved(tuple(pen.ops), box.x, box.y), ()
    room = max(1, box.h // row_h)
    first = max(0, min(what.cursor - room // 2, len(what.orders) - room))
    buttons = []
    for n, order in enumerate(what.orders[first : first + room]):
        y = n * row_h
        _row(look, pen, what, order, y, row_h, chosen=first + n == what.cursor)
        buttons.append(Rows(box.x, box.y + y, box.w, row_h, (), f"{ROW}{order.order_id}"))
    return moved(tuple(pen.ops), box.x, box.y), tuple(buttons)


def _row(look: Look, pen: Pen, what: RecallList, order: Order, y: int, h: int, *, chosen: bool) -> None:
    t = look.theme
    pad, middle = t.px(18), y + h // 2
    if chosen:
        pen.rect(0, y + 3, pen.w, h - 6, p.FRESH, t.block_radius)
    ink = p.WHITE if chosen else p.INK
    label = p.WHITE if chosen else p.LABEL
    number = look.said(f"#{order.call_number or order.order_id[-4:]}", False)
    pen.text(pad, middle, number, t.number_text, Weight.BOLD, ink)
    end = pen.w - pad
    when = _when(look, what, order)
    if when is not None:
        state = Said(look.words.say("recall.picked_up"), look.rtl) if only_remake(order) else None
        at = middle if state is None else middle - t.px(15)
        pen.text(end, at, when, t.bar_text, Weight.REGULAR, label, at="end")
        width = pen.width(when, t.bar_text, Weight.REGULAR)
        if state is not None:
            pen.text(end, middle + t.px(17), state, t.px(22), Weight.SEMIBOLD, p.QUANTITY_MANY, at="end")
            width = max(width, pen.width(state, t.px(22), Weight.SEMIBOLD))
        end -= width + t.px(24)
    x = pad + max(t.px(120), pen.width(number, t.number_text, Weight.BOLD) + t.px(20))
    rows = _in_two_rows(look, _names(look, what, order), max(1, end - x))
    for n, text in enumerate(rows):
        offset = 0 if len(rows) == 1 else (t.px(18) if n else -t.px(17))
        pen.text(x, middle + offset, Said(text, look.rtl), t.bar_text, Weight.MEDIUM, ink)


def _in_two_rows(look: Look, names: list[str], room: int) -> tuple[str, ...]:
    """As many of the names as two rows hold, and how many more there are; all of them stand on the ticket beside it."""
    size = look.theme.bar_text

    def width(text: str) -> int:
        return look.measurer.measure(text, size, Weight.MEDIUM, look.rtl)[0]

    shown, used = 0, 0
    while shown < len(names) and used < 2 * room:  # more than these two rows never hold
        used += width(names[shown])
        shown += 1
    rows: tuple[str, ...] = ()
    for n in range(shown, 0, -1):
        text = " · ".join(names[:n])
        if n < len(names):
            more = f"+{look.number((len(names) - n) * 1000)}"
            text += f" · {ltr(more) if look.rtl else more}"
        rows = look.measurer.wrap(look.said(text, look.rtl).text, size, Weight.MEDIUM, room, look.rtl)
        if len(rows) <= 2:
            break
    return rows[:2]


def _names(look: Look, what: RecallList, order: Order) -> list[str]:
    """What the row says of an order: what was made there, or what is still to make; the chosen one is drawn in full beside it."""
    states = OPEN_STATES if what.pulls else MADE_STATES
    names = [
        f"{look.number(line.quantity_milli)} {_named(look, line)}"
        for line in order.lines
        if any(at.state in states and what.station in ("", at.station) for at in line.stations)
    ]
    where = [type_word(look, order).text, *(one.text for one in details(look, order))]
    return [*names] if names else where


def _named(look: Look, line: Line) -> str:
    """The name, and that it is out: it cannot be made again."""
    name = look.name(line.name, line.item_id).text
    return f"{name} ({look.words.say('out.chip')})" if line.item_id in look.out else name


def _when(look: Look, what: RecallList, order: Order) -> Said | None:
    """When it was bumped here, or when it came."""
    if what.pulls:
        return Said(look.words.say("recall.held_at", time=look.fires_at(order.held_at_ms)), look.rtl)
    stations = [one for one in order.stations if what.station in ("", one.station)]
    times = [one.bumped_at_ms or one.first_bumped_at_ms for one in stations]
    times += [
        at.done_at_ms
        for line in order.lines
        for at in line.stations
        if what.station in ("", at.station) and at.state is LineState.DONE
    ]
    bumped_ms = max(times, default=0)
    if not bumped_ms:
        return None
    return Said(look.words.say("recall.bumped_at", time=look.fires_at(bumped_ms)), look.rtl)


def _keys(look: Look, box: Rows, what: RecallList) -> tuple[tuple[Op, ...], tuple[Rows, ...]]:
    """Digits for the search, and what can be done with the chosen ticket."""
    t, words = look.theme, look.words
    pen = Pen(look, box.w, rtl=False)  # digits stand as on every telephone
    wide = [(Action.BUMP.value, words.say("recall.take" if what.pulls else "key.recall"), "check")]
    if not what.pulls:
        wide.append((Action.REMAKE.value, words.say("menu.remake"), "refresh-cw"))
    wide.append((Action.REVIEW.value, words.say("recall.look"), "eye"))
    wide.append((Action.BACK.value, words.say("recall.close"), "x"))
    remakes = what.chosen is not None and only_remake(what.chosen) and not what.pulls
    usual = Action.REMAKE.value if remakes else Action.BUMP.value
    gap = t.px(GAP)
    row_h = min(t.px(KEY_H), (box.h + gap) // (4 + len(wide)) - gap)
    third = (box.w + gap) // 3 - gap
    digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", Action.ERASE.value]
    found = []
    for n, digit in enumerate(digits):
        if not digit:
            continue
        x, y = n % 3 * (third + gap), n // 3 * (row_h + gap)
        if not digit.isdigit():
            _button(look, pen, x, y, third, row_h, "", "delete")
        else:
            shown = look.number(int(digit) * 1000)
            _button(look, pen, x, y, third, row_h, shown, "")
        action = f"{DIGIT}{digit}" if digit.isdigit() else digit
        found.append((x, y, third, action))
    for n, (action, text, icon) in enumerate(wide):
        y = (4 + n) * (row_h + gap)
        _button(look, pen, 0, y, box.w, row_h, text, icon, p.FRESH if action == usual else p.CHIP)
        found.append((0, y, box.w, action))
    rows = tuple(Rows(box.x + x, box.y + y, w, row_h, (), action) for x, y, w, action in found)
    return moved(tuple(pen.ops), box.x, box.y), rows


def _button(
    look: Look, pen: Pen, x: int, y: int, w: int, h: int, text: str, icon: str, paper: str = p.CHIP
) -> None:
    t = look.theme
    pen.rect(x, y, w, h, paper, t.key_radius)
    size = t.px(34)
    said = Said(text, look.rtl)
    text_w = pen.width(said, t.bar_value, Weight.SEMIBOLD) if text else 0
    start = x + (w - text_w - (size + t.px(12) * bool(text) if icon else 0)) // 2
    if icon:
        pen.icon(start, y + h // 2, icon, size, p.INK, mirrored=icon == "delete")
        start += size + t.px(12)
    if text:
        pen.text(start, y + h // 2, said, t.bar_value, Weight.SEMIBOLD, p.INK)
