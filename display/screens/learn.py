"""Learn mode over the tickets: the question, what the bar has taught so far, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from display.core import palette as p
from display.core.draw import Colour, Group, Op, Rect, Weight
from display.core.keymap import Action
from display.core.learn import Asking
from display.core.look import Look, Said
from display.core.pen import Pen
from display.core.presets import DIGITS, label_of
from display.core.reasons import reason

HEAD_H, FOOT_H, UNDER_H = 84, 56, 56
CHIP_W, CHIP_H = 300, 52  # at scale 1
FUNCTION_TEXT = 96

FUNCTIONS: Mapping[str, str] = {
    Action.BUMP.value: "learn.bump",
    Action.UNDO.value: "learn.undo",
    Action.RECALL.value: "learn.recall",
    Action.START.value: "learn.start",
    Action.ALL_DAY.value: "learn.all_day",
    Action.PAGE_NEXT.value: "learn.page_next",
    Action.PAGE_PREVIOUS.value: "learn.page_previous",
    Action.HOME.value: "learn.home",
    Action.NEXT.value: "learn.next",
    Action.PREVIOUS.value: "learn.previous",
    Action.LINE_DOWN.value: "learn.line_down",
    Action.LINE_UP.value: "learn.line_up",
    Action.RUSH.value: "learn.rush",
    Action.FIRE.value: "learn.fire",
    Action.BACK.value: "learn.back",
    Action.BUMP_LINE.value: "learn.bump_line",
    Action.MENU.value: "learn.menu",
    Action.REVIEW.value: "learn.review",
    Action.PUSH.value: "learn.push",
    Action.PULL.value: "learn.pull",
    Action.REMAKE.value: "learn.remake",
    Action.MADE.value: "learn.made",
    Action.NOT_MADE.value: "learn.not_made",
    Action.OUT.value: "learn.out",
    Action.HOLD.value: "learn.hold",
    Action.PAUSE.value: "learn.pause",
    Action.PRINT.value: "learn.print",
    Action.SOUND.value: "learn.sound",
}
"""What each function is called here; digits are called by themselves."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the panel shows: a question, or (`told`) how it ended; `keys` is function -> key as learnt so far."""

    asking: Asking | None
    keys: Mapping[str, str]
    told: str = ""
    why: str = ""
    under: int = 0
    came: int = 0
    """Tickets that the panel hides, and how many of them came since it stands there."""


def function_word(look: Look, function: str) -> str:
    """ "BUMP", "digit 3"."""
    if function in DIGITS:
        return look.words.say("learn.digit", n=function)
    return look.words.say(FUNCTIONS[function])


def learn_panel(look: Look, w: int, h: int, lesson: Lesson) -> tuple[Op, ...]:
    """The panel over a screen of w x h; nothing of the tickets stands through it."""
    t, words = look.theme, look.words
    panel_w, top = min(w - 2 * t.px(40), t.px(1360)), t.top_bar_h + t.gap
    panel_h = h - top - t.bottom_bar_h - t.gap
    pen = Pen(look, panel_w)
    pad = t.px(28)
    title = Said(words.say("learn.title"), look.rtl)
    pen.text(pad, t.px(HEAD_H // 2), title, t.bar_title, Weight.BOLD, p.INK)
    asking = lesson.asking
    y = t.px(HEAD_H)
    if lesson.under:
        y = _under(look, pen, lesson, y)
    if asking is not None:
        far = Said(words.say("learn.of", n=asking.number, total=asking.of), look.rtl)
        pen.text(panel_w - pad, t.px(HEAD_H // 2), far, t.bar_value, Weight.SEMIBOLD, p.LABEL, at="end")
        y = _question(look, pen, asking, y + t.px(36))
        hint = "learn.hint" if asking.skippable else "learn.hint.first"
        said = Said(words.say(hint), look.rtl)
        pen.text(pad, panel_h - t.px(FOOT_H // 2), said, t.hint_text, Weight.REGULAR, p.LABEL)
    else:
        why = {"why": reason(look, lesson.why)} if lesson.why else {}
        colour = p.CHECK if lesson.told == "learn.done" else p.INK
        y = _lines(look, pen, words.say(lesson.told, **why), y + t.px(72), colour)
    _chips(look, pen, lesson.keys, y + t.px(36), panel_h - t.px(FOOT_H))
    cover = Rect(0, t.top_bar_h, w, h - t.top_bar_h - t.bottom_bar_h, p.PAGE)
    return (
        cover,
        Group("learn", (w - panel_w) // 2, top, panel_w, panel_h, p.BAR, tuple(pen.ops), t.radius, p.PAGE),
    )


def _under(look: Look, pen: Pen, lesson: Lesson, y: int) -> int:
    """The kitchen goes on: what this hides."""
    t, words = look.theme, look.words
    text = words.say("learn.under", n=lesson.under)
    if lesson.came:
        text += " · " + words.say("learn.came", n=lesson.came)
    paper, ink = (p.WARN, p.WARN_INK) if lesson.came else (p.CHIP, p.INK)
    h = t.px(UNDER_H)
    pen.rect(0, y, pen.w, h, paper)
    said = Said(text, look.rtl)
    pen.text(pen.w // 2, y + h // 2, said, t.bar_value, Weight.SEMIBOLD, ink, at="centre")
    return y + h


def _question(look: Look, pen: Pen, asking: Asking, y: int) -> int:
    """The function in letters that an installer reads from the other end of the kitchen; below it what was wrong."""
    t, words = look.theme, look.words
    y = _lines(look, pen, words.say("learn.press"), y, p.LABEL)
    size = t.px(FUNCTION_TEXT)
    name = Said(function_word(look, asking.function), look.rtl)
    pen.text(pen.w // 2, y + size // 2 + t.px(12), name, size, Weight.BOLD, p.INK, at="centre")
    y += size + t.px(60)
    if not asking.taken_by:
        if asking.function == Action.MENU.value:
            return _lines(look, pen, words.say("learn.menu.for"), y, p.LABEL)
        return y + t.px(44)
    taken = words.say("learn.taken", name=function_word(look, asking.taken_by))
    return _lines(look, pen, taken, y, p.QUANTITY_MANY)


def _lines(look: Look, pen: Pen, text: str, y: int, colour: Colour) -> int:
    t = look.theme
    for row in look.measurer.wrap(text, t.bar_value, Weight.SEMIBOLD, pen.w - 2 * t.px(28), look.rtl):
        pen.text(pen.w // 2, y, Said(row, look.rtl), t.bar_value, Weight.SEMIBOLD, colour, at="centre")
        y += t.px(44)
    return y


def _chips(look: Look, pen: Pen, keys: Mapping[str, str], y: int, bottom: int) -> None:
    """Function and key, as many as there is room for; the newest stay."""
    t = look.theme
    pad, gap, h = t.px(28), t.px(10), t.px(CHIP_H)
    columns = max(1, (pen.w - 2 * pad + gap) // (t.px(CHIP_W) + gap))
    w = (pen.w - 2 * pad + gap) // columns - gap
    room = max(0, (bottom - y + gap) // (h + gap)) * columns
    for n, (function, key) in enumerate(list(keys.items())[-room:] if room else ()):
        x, top = pad + n % columns * (w + gap), y + n // columns * (h + gap)
        pen.rect(x, top, w, h, p.CARD, t.block_radius)
        name = Said(function_word(look, function), look.rtl)
        pen.text(x + t.px(14), top + h // 2, name, t.bar_text, Weight.REGULAR, p.LABEL)
        pen.text(x + w - t.px(14), top + h // 2, label_of(key), t.bar_text, Weight.BOLD, p.INK, at="end")
