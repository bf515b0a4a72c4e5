"""The recall list over the prep screen: what was bumped today, newest first, with its search."""

from __future__ import annotations

from display.core import palette as p
from display.core.draw import Group, Op, Rect, Weight
from display.core.look import Look, Said
from display.core.pen import Pen
from display.core.recall import RecallList, Status
from heard.order import Line, LineState, Order

ROW_H = 76
HEAD_H = 84
FOOT_H = 56


def recall_panel(look: Look, station: str, w: int, h: int, what: RecallList) -> tuple[Op, ...]:
    """The panel in the middle of a screen of w x h."""
    t, words = look.theme, look.words
    panel_w = min(w - 2 * t.px(80), t.px(1280))
    top = t.top_bar_h + t.px(24)
    panel_h = h - top - t.bottom_bar_h - t.px(24)
    x = (w - panel_w) // 2
    pen = Pen(look, panel_w)
    pad = t.px(28)
    title = Said(words.say("recall.title"), look.rtl)
    pen.text(pad, t.px(HEAD_H // 2), title, t.bar_title, Weight.BOLD, p.INK)
    typed = Said(words.say("recall.search", n=what.search or "…"), look.rtl)
    pen.text(panel_w - pad, t.px(HEAD_H // 2), typed, t.bar_value, Weight.SEMIBOLD, p.QUANTITY_MANY, at="end")
    y, row_h = t.px(HEAD_H), t.px(ROW_H)
    room = max(1, (panel_h - t.px(HEAD_H + FOOT_H)) // row_h)
    if what.status is not Status.READY or not what.orders:
        key = {Status.LOADING: "recall.loading", Status.NO_HUB: "recall.no_hub"}.get(
            what.status, "recall.empty"
        )
        said = Said(words.say(key), look.rtl)
        rows = look.measurer.wrap(said.text, t.bar_value, Weight.MEDIUM, panel_w - 2 * pad, said.rtl)
        for n, text in enumerate(rows):
            middle = panel_h // 2 + n * t.px(44)
            pen.text(
                panel_w // 2, middle, Said(text, said.rtl), t.bar_value, Weight.MEDIUM, p.LABEL, at="centre"
            )
    first = max(0, min(what.cursor - room // 2, len(what.orders) - room))
    for n, order in enumerate(what.orders[first : first + room]):
        _row(look, pen, station, order, y + n * row_h, row_h, chosen=first + n == what.cursor)
    hint = Said(words.say("recall.hint"), look.rtl)
    pen.text(pad, panel_h - t.px(FOOT_H // 2), hint, t.hint_text, Weight.REGULAR, p.LABEL)
    group = Group("recall", x, top, panel_w, panel_h, p.CARD, tuple(pen.ops), t.radius, p.PAGE)
    ring = t.ring
    return (
        Rect(x - ring, top - ring, panel_w + 2 * ring, panel_h + 2 * ring, p.LINK, t.radius + ring, ring),
        group,
    )


def _row(look: Look, pen: Pen, station: str, order: Order, y: int, h: int, *, chosen: bool) -> None:
    t = look.theme
    pad, middle = t.px(28), y + h // 2
    if chosen:
        pen.rect(t.px(12), y + 3, pen.w - t.px(24), h - 6, p.FRESH, t.block_radius)
    ink = p.WHITE if chosen else p.INK
    label = p.WHITE if chosen else p.LABEL
    number = look.said(f"#{order.call_number or order.order_id[-4:]}", False)
    pen.text(pad, middle, number, t.number_text, Weight.BOLD, ink)
    there = order.at(station)
    done = [line for line in order.lines if (at := line.at(station)) and at.state is LineState.DONE]
    bumped_ms = there.bumped_at_ms if there is not None and there.bumped_at_ms else 0
    for line in done:
        at = line.at(station)
        bumped_ms = max(bumped_ms, at.done_at_ms if at is not None else 0)
    end = pen.w - pad
    if bumped_ms:
        when = Said(look.words.say("recall.bumped_at", time=look.fires_at(bumped_ms)), look.rtl)
        pen.text(end, middle, when, t.bar_text, Weight.REGULAR, label, at="end")
        end -= pen.width(when, t.bar_text, Weight.REGULAR) + t.px(30)
    x = pad + t.px(150)
    names = [f"{look.number(line.quantity_milli)} {_named(look, line)}" for line in done]
    said = look.said(" · ".join(names), look.rtl)
    rows = look.measurer.wrap(said.text, t.bar_text, Weight.MEDIUM, max(1, end - x), said.rtl)[:2]
    for n, text in enumerate(rows):
        offset = 0 if len(rows) == 1 else (t.px(18) if n else -t.px(17))
        pen.text(x, middle + offset, Said(text, said.rtl), t.bar_text, Weight.MEDIUM, ink)


def _named(look: Look, line: Line) -> str:
    """The name, and that it is out: it cannot be made again."""
    name = look.name(line.name, line.item_id).text
    return f"{name} ({look.words.say('out.chip')})" if line.item_id in look.out else name
