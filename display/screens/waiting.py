"""What a screen shows while it has no picture yet: which station it is, what it waits for, and what to do until then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from display.core import palette as p
from display.core.draw import Op, Picture, Weight
from display.core.look import Look, Said
from display.core.pen import Pen

TITLE, HEAD, LINE = 72, 44, 30
HEAD_GAP, LINE_GAP = 110, 60


@dataclass(frozen=True, slots=True)
class Waiting:
    """Keys of the wording with their values, in both languages of the site; `clock` "" shows none."""

    title: str
    head: tuple[str, dict[str, object]]
    lines: Sequence[tuple[str, dict[str, object]]] = ()
    clock: str = ""


def waiting(look: Look, w: int, h: int, what: Waiting) -> Picture:
    """The picture."""
    t = look.theme
    ops: list[Op] = []
    languages = look.two_languages
    y = h // 2 - t.px(HEAD_GAP + 40)
    pen = Pen(look, w, rtl=False)
    pen.text(w // 2, y, look.said(what.title), t.px(TITLE), Weight.BOLD, p.INK, at="centre")
    y += t.px(HEAD_GAP)
    for what_said, size, gap, weight, colour in (
        (what.head, HEAD, 68, Weight.SEMIBOLD, p.QUANTITY_MANY),
        *((line, LINE, 46, Weight.REGULAR, p.LABEL) for line in what.lines),
    ):
        key, values = what_said
        for language in languages:
            words = look.words_in(language)
            said = Said(words.say(key, **values), words.rtl)
            for text in look.measurer.wrap(said.text, t.px(size), weight, w - 2 * t.px(60), said.rtl):
                pen.text(w // 2, y, Said(text, said.rtl), t.px(size), weight, colour, at="centre")
                y += t.px(gap)
        y += t.px(LINE_GAP - 46)
    if what.clock:
        end = w - t.bar_padding
        pen.text(end, t.top_bar_h // 2, what.clock, t.bar_clock, Weight.BOLD, p.INK, at="end")
    ops += pen.ops
    return Picture(w, h, p.PAGE, tuple(ops))
